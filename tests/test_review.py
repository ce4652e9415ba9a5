"""A review is composition only: what it holds comes from its parts, and a grain without a verdict has none."""

from __future__ import annotations

from dataclasses import asdict, fields, replace

import pandas as pd
import pytest

from opsmetrics.review import KpiReview, review
from opsmetrics.verdict.build import Judgement, judge
from tests.verdict.made import LATE, SPEED, binomial, counts, decision, noise, readings

STATES = {"judged", "running", "partial", "excluded", "gap", "undefined", "uncovered"}
COLUMNS = {
    *("state", "centre", "lower", "upper", "standard_error", "phase", "baseline", "target_low", "target_high"),
    *("met", "side", "signal", "tone", "note"),
}


def test_a_review_holds_what_was_judged() -> None:
    series = counts(binomial(40, 0.1, 500), 500)
    decisions = [decision(series, "exclude", 3)]
    found, judged = review(series, decisions, data_version=4), judge(series, decisions, (4, 0, ""))
    assert found.series is series and found.kpi is series.kpi
    assert found.verdict is not None and judged.verdict is not None
    assert asdict(found.verdict) == asdict(judged.verdict)
    assert found.decisions == tuple(decisions) == judged.decisions
    pd.testing.assert_frame_equal(found.points, judged.points)
    assert {field.name for field in fields(Judgement)} == {field.name for field in fields(KpiReview)} - {
        "kpi",
        "series",
        "told",
    }


@pytest.mark.parametrize(("grain", "has_one"), [("day", True), ("month", True), ("week", False), ("quarter", False)])
def test_only_the_operate_and_the_lead_grain_have_a_verdict(grain: str, has_one: bool) -> None:
    """Verdict.md 1: any other grain is a view without a verdict."""
    series = counts(binomial(40, 0.1, 500), 500, kpi=replace(LATE, lead="month"), grain=grain)
    found = review(series, ())
    assert (found.verdict is not None) == has_one
    assert found.chart is not None and set(found.points.columns) >= COLUMNS
    if not has_one:
        assert found.proposals == ()


def test_points_keep_the_rows_and_columns_of_the_series() -> None:
    series = readings([*noise(20), None, 50.0], kpi=SPEED, running=True)
    found = review(series, ())
    assert found.points.index.equals(series.points.index)
    pd.testing.assert_frame_equal(found.points[series.points.columns], series.points)
    assert set(found.points["state"]) <= STATES
    assert found.points["state"].tolist()[-2:] == ["gap", "running"]


def test_signals_point_into_the_points() -> None:
    found = review(readings([*noise(30), 70.0], kpi=SPEED), ())
    assert list(found.signals.columns) == ["position", "rule", "side", "members", "length", "decides"]
    assert found.signals["position"].between(0, 30).all() and found.signals["decides"].any()


def test_versions_and_decisions_of_the_store_make_the_identity() -> None:
    series = counts([5])
    found = review(series, (), data_version=7, decisions_version=3, definitions_version="9f2c")
    assert found.verdict is not None
    identity = found.verdict.identity
    assert (identity.data_version, identity.decisions_version, identity.definitions_version) == (7, 3, "9f2c")


def test_a_series_without_rows_has_no_chart() -> None:
    found = review(counts([]), ())
    assert found.chart is None and found.episodes == () and found.signals.empty
    assert set(found.points.columns) >= COLUMNS


def test_the_choice_is_told_in_words() -> None:
    assert set(review(counts([5, 6, 7]), ()).choice) >= {"kind", "why", "rejected"}
