"""Textbook samples from file to review. Authority: truths.json; Montgomery, Introduction to Statistical Quality
Control; the manual of the R package qcc."""

from __future__ import annotations

from pathlib import Path

import pytest

from opsmetrics.catalog import Decision
from opsmetrics.desk import Desk
from opsmetrics.review import KpiReview
from tests.paths import needs_shared
from tests.real_stores import beyond, limits, loaded, truth

pytestmark = needs_shared


def lock(desk: Desk, kpi: str, last: int) -> None:
    desk.decide(Decision(kpi, "lock", start=1, end=last, by="tester", why="the trial samples"))


def numbers(labels: list[str], last: int) -> list[int]:
    """The numbers of the samples up to the last one asked for."""
    found = [int(label.removeprefix("sample ")) for label in labels]
    return sorted(number for number in found if number <= last)


def centre(found: KpiReview) -> float:
    assert found.chart is not None
    return float(found.chart.points["centre"].iloc[0])


def test_orange_juice_on_its_p_chart(tmp_path: Path) -> None:
    known = truth("orange_juice")
    trial = known["trial_samples"]
    with loaded(tmp_path, "orange_juice") as (desk, receipt):
        assert receipt.tally.rows == receipt.new == known["rows"]
        lock(desk, "orange_juice_defects", trial)
        found = desk.review("orange_juice_defects")
        assert found.points["numerator"].iloc[:trial].sum() == known["D_trial"]
        assert found.chart is not None and found.chart.kind == "p"
        chart = known["p_chart_trial"]
        assert (centre(found), found.chart.points["baseline"].sum()) == (
            pytest.approx(chart["pbar"], abs=1e-8),
            chart["points"],
        )
        assert limits(found) == pytest.approx((known["lcl"], known["ucl"]), abs=1e-6)
        out = [str(number) for number in numbers(beyond(found, "high"), trial)]
        assert (out, numbers(beyond(found, "low"), trial)) == (chart["above_ucl"], chart["below_lcl"])
        later = found.points.iloc[trial:]
        mean = later["numerator"].sum() / later["denominator"].sum()
        assert mean == pytest.approx(known["phase2_mean_p"], abs=1e-6)
        for sample in map(int, chart["above_ucl"]):
            desk.decide(Decision("orange_juice_defects", "exclude", start=sample, by="tester", why="known cause"))
        revised, after = known["revised_without_15_23"], desk.review("orange_juice_defects")
        assert centre(after) == pytest.approx(revised["pbar"], abs=1e-8)
        assert limits(after) == pytest.approx((revised["lcl"], revised["ucl"]), abs=1e-6)


def test_circuit_boards_on_their_pinned_c_chart(tmp_path: Path) -> None:
    """The chart is pinned in the catalogue; samples 6 and 20 are out, the ones with a known cause."""
    known = truth("circuit_boards")
    with loaded(tmp_path, "circuit_boards") as (desk, receipt):
        assert receipt.tally.rows == receipt.new == known["rows"]
        lock(desk, "board_nonconformities", known["trial"])
        found = desk.review("board_nonconformities")
        assert found.chart is not None and found.chart.kind == "c"
        assert "catalogue" in found.choice["why"]
        assert limits(found) == pytest.approx((known["lcl"], known["ucl"]), abs=1e-6)
        assert centre(found) == pytest.approx(known["cbar"], abs=1e-6)
        assert numbers([*beyond(found, "low"), *beyond(found, "high")], known["trial"]) == known["out"] == [6, 20]


def test_computers_numbered_by_their_rows_on_a_u_chart(tmp_path: Path) -> None:
    known = truth("personal_computers")
    with loaded(tmp_path, "personal_computers") as (desk, receipt):
        assert receipt.tally.rows == known["rows"]
        found = desk.review("computer_nonconformities")
        assert list(found.points["label"]) == [f"sample {number}" for number in range(1, known["rows"] + 1)]
        assert found.chart is not None and found.chart.kind == "u"
        assert limits(found) == pytest.approx((known["lcl"], known["ucl"]), abs=1e-6)
        assert centre(found) == pytest.approx(known["ubar"], abs=1e-9)
        assert (beyond(found, "low"), beyond(found, "high")) == ([], known["out"])
        assert found.verdict is not None and found.verdict.variation == "common_cause"


def test_piston_rings_in_samples_of_five(tmp_path: Path) -> None:
    """The spread is estimated by standard deviations in place of ranges: limits agree to a fifth of a micrometre."""
    known = truth("piston_rings")
    with loaded(tmp_path, "piston_rings") as (desk, receipt):
        assert (receipt.tally.rows, receipt.new) == (known["rows"], known["rows"])
        lock(desk, "ring_diameter", 25)
        found = desk.review("ring_diameter")
        assert found.chart is not None and found.chart.kind == "xbar_s"
        assert len(found.points) == known["samples"] and set(found.points["size"]) == {5}
        assert centre(found) == pytest.approx(known["xbarbar_first25"], abs=1e-6)
        assert limits(found) == pytest.approx((known["xbar_lcl"], known["xbar_ucl"]), abs=2e-4)
        out = numbers([*beyond(found, "low"), *beyond(found, "high")], known["samples"])
        assert [number for number in out if number <= 25] == known["phase1_out"]
        assert [number for number in out if number > 25] == known["phase2_out"]
        assert found.verdict is not None and "step_proposed" in found.verdict.caveats
        assert any("sample 33" in text for text in found.proposals), "its level rose before it left the limits"
        assert found.chart.spread is not None
