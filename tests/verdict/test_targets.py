"""Targets in force at the end of each period. Authority: dates counted by hand, pandas for the clock of Berlin."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace

import pandas as pd
import pytest

from opsmetrics.catalog import Decision, Target
from opsmetrics.verdict import targets
from tests.verdict.sketches import CHANGEOVER, LATE, YIELD, berlin, day, points, with_target


def bare(frame: pd.DataFrame) -> pd.DataFrame:
    """The points as a series has them, before targets."""
    return frame.drop(columns=["target_low", "target_high", "met"])


def test_value_lies_on_the_better_side_in_stored_units() -> None:
    low = targets.attach(with_target(LATE, 5.0), (), (), bare(points([0.04])))
    assert math.isnan(low["target_low"].iloc[0])
    assert low["target_high"].iloc[0] == 0.05
    high = targets.attach(with_target(YIELD, 97.0), (), (), bare(points([0.98])))
    assert high["target_low"].iloc[0] == 0.97
    assert math.isnan(high["target_high"].iloc[0])


def test_range_target() -> None:
    kpi = with_target(CHANGEOVER, low=18.0, high=24.0)
    frame = targets.attach(kpi, (), (), bare(points([17.9, 18.0, 24.0, 24.1], kpi=CHANGEOVER)))
    assert list(frame["met"]) == [False, True, True, False]


def test_a_single_value_without_a_better_side_is_no_target() -> None:
    frame = targets.attach(with_target(CHANGEOVER, 20.0), (), (), bare(points([20.0], kpi=CHANGEOVER)))
    assert frame[["target_low", "target_high", "met"]].isna().all(axis=None)


def test_equality_counts_as_met_also_after_division() -> None:
    """29 of 200 is 14.5 %; 7 of 100 against 7 % divides on both sides."""
    frame = targets.attach(with_target(LATE, 14.5), (), (), bare(points([29 / 200, 29 / 200 + 1e-6])))
    assert list(frame["met"]) == [True, False]
    assert targets.inside(7 / 100, None, 7.0 / 100.0)


def test_met_is_unknown_without_value_target_or_end() -> None:
    frame = bare(points([0.04, math.nan, 0.04], state=["judged", "gap", "running"]))
    attached = targets.attach(with_target(LATE, 5.0), (), (), frame)
    assert attached["met"].dtype == "boolean"
    assert attached["met"].isna().tolist() == [False, True, True]
    assert targets.attach(LATE, (), (), frame)["met"].isna().all()


def test_the_frame_received_is_not_changed() -> None:
    frame = bare(points([0.04, 0.06]))
    before = frame.copy(deep=True)
    targets.attach(with_target(LATE, 5.0), (), (), frame)
    pd.testing.assert_frame_equal(frame, before)


def test_a_target_from_the_17th_does_not_hold_for_the_16th() -> None:
    kpi = replace(LATE, targets=(Target(None, 10.0), Target(dt.date(2026, 11, 17), 5.0)))
    frame = targets.attach(kpi, (), (), bare(points([0.07] * 4, start="2026-11-15")))
    assert list(frame["target_high"]) == [0.10, 0.10, 0.05, 0.05]
    assert list(frame["met"]) == [True, True, False, False]


def test_the_target_at_the_end_of_a_month_holds_for_it() -> None:
    """A target from 30 November holds for November and December, not for October."""
    kpi = replace(LATE, targets=(Target(None, 10.0), Target(dt.date(2026, 11, 30), 5.0)))
    frame = targets.attach(kpi, (), (), bare(points([0.07] * 3, grain="month", start="2026-10-01")))
    assert list(frame["target_high"]) == [0.10, 0.05, 0.05]


def test_dates_are_those_of_the_site() -> None:
    """Each day of Berlin, across the change of the clock on 25 October 2026, against its own local date."""
    kpi = berlin(replace(LATE, targets=(Target(None, 10.0), Target(dt.date(2026, 10, 25), 5.0))))
    frame = bare(points([0.07] * 5, kpi=kpi, start="2026-10-23"))
    assert frame["ends_at"].iloc[2] == pd.Timestamp("2026-10-25 23:00")  # a day of 25 hours
    attached = targets.attach(kpi, (), (), frame)
    assert list(attached["target_high"]) == [0.10, 0.10, 0.05, 0.05, 0.05]


def test_decisions_rule_over_the_definition_and_slices_fall_back_on_the_whole() -> None:
    kpi = replace(LATE, targets=(Target(None, 10.0),))
    whole = Decision("late_share", "target", value={"value": 8.0}, start=day("2026-11-02"), id=1)
    south = Decision("late_share", "target", slice=(("site", "South"),), value={"value": 6.0}, id=2)
    frame = bare(points([0.07] * 3))
    for slice_, expected in (((("site", "South"),), [0.06] * 3), ((("site", "North"),), [math.nan, 0.08, 0.08])):
        attached = targets.attach(kpi, (whole, south), slice_, frame)
        pd.testing.assert_series_equal(attached["target_high"], pd.Series(expected, name="target_high"))


def test_a_target_taken_away_leaves_none() -> None:
    kpi = replace(LATE, targets=(Target(None, 10.0),))
    kept = Decision("late_share", "target", value={"value": 10.0}, id=1)
    dropped = Decision("late_share", "target", value={}, start=day("2026-11-02"), id=2)
    attached = targets.attach(kpi, (kept, dropped), (), bare(points([0.07] * 3)))
    assert attached["target_high"].isna().tolist() == [False, True, True]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ((Target(None, 10.0),), 0.10),
        ((Target(dt.date(2025, 1, 1), 10.0), Target(dt.date(2026, 1, 1), 5.0)), 0.05),  # the last by order
        ((Target(None, 10.0), Target(dt.date(2026, 1, 1), 5.0)), 0.10),  # the one without a start
    ],
)
def test_samples_have_no_dates(given: tuple[Target, ...], expected: float) -> None:
    frame = bare(points([0.07] * 3, grain="sample"))
    attached = targets.attach(replace(LATE, targets=given), (), (), frame)
    assert list(attached["target_high"]) == [expected] * 3


def test_a_target_can_start_at_a_sample() -> None:
    first = Decision("late_share", "target", value={"value": 10.0}, id=1)
    second = Decision("late_share", "target", value={"value": 5.0}, start=3, id=2)
    attached = targets.attach(LATE, (first, second), (), bare(points([0.07] * 4, grain="sample")))
    assert list(attached["target_high"]) == [0.10, 0.10, 0.05, 0.05]


def test_as_value_names_only_the_closed_sides() -> None:
    frame = points([20.0], kpi=with_target(CHANGEOVER, low=18.0, high=24.0))
    assert targets.as_value(frame.iloc[0]) == {"low": 18.0, "high": 24.0}
    assert targets.as_value(points([0.1]).iloc[0]) is None
    assert targets.as_value(points([0.1], kpi=with_target(LATE, 5.0)).iloc[0]) == {"high": 0.05}


def test_no_points_no_targets() -> None:
    assert targets.attach(with_target(LATE, 5.0), (), (), bare(points([]))).empty


def test_the_target_of_a_count_belongs_to_the_period_it_is_run_in() -> None:
    """At most 15 stops a day says nothing about a month; a proportion keeps its target at every grain."""
    stops = replace(LATE, kind="count", targets=(Target(None, 15.0),), multiplier=1.0)
    table = bare(points([12.0, 20.0]))
    assert targets.attach(stops, (), (), table, "day")["met"].tolist() == [True, False]
    assert targets.attach(stops, (), (), table, "month")["target_high"].isna().all()
    assert targets.attach(with_target(LATE, 5.0), (), (), bare(points([0.04])), "month")["target_high"].notna().all()
