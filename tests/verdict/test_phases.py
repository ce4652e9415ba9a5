"""Phases, locks and where decisions fall (verdict.md 4 and 5)."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from opsmetrics.catalog import Calendar, Decision
from opsmetrics.review import review
from opsmetrics.verdict.judged import judge_periods
from opsmetrics.verdict.moments import covered
from opsmetrics.verdict.phases import split
from tests.verdict.made import LATE, SPEED, binomial, counts, decision, noise, readings


def phases_of(series, decisions):
    return split(series, decisions, judge_periods(series, decisions))


def test_5_without_decisions_there_is_one_phase_and_all_judged_points_make_its_limits() -> None:
    found = phases_of(counts([5, None, 7]), ())
    assert found.label.tolist() == [0, 0, 0] and found.current == 0
    assert found.baseline.tolist() == [True, False, True] and found.locked == (False,)


def test_5_a_phase_begins_with_the_period_of_its_decision() -> None:
    series = counts([5] * 6)
    found = phases_of(series, [decision(series, "phase", 2), decision(series, "phase", 4)])
    assert found.label.tolist() == [0, 0, 1, 1, 2, 2] and found.current == 2
    assert found.points(1).tolist() == [2, 3]


def test_5_a_moment_inside_a_period_begins_the_phase_with_the_next_one() -> None:
    series = counts([5] * 3, kpi=replace(LATE, operate="week"))
    inside = Decision(LATE.key, "phase", start=dt.datetime(2026, 1, 14))  # the second week began on the 12th
    assert phases_of(series, [inside]).label.tolist() == [0, 0, 1]


def test_5_a_phase_that_starts_later_than_the_series_changes_nothing() -> None:
    series = counts([5] * 3)
    assert phases_of(series, [Decision(LATE.key, "phase", start=dt.datetime(2027, 1, 1))]).current == 0


def test_5_a_phase_before_all_data_changes_nothing() -> None:
    series = counts([5] * 3)
    assert phases_of(series, [Decision(LATE.key, "phase", start=dt.datetime(2020, 1, 1))]).current == 0


def test_5_a_lock_takes_the_judged_points_of_its_stretch() -> None:
    series = counts([5] * 6)
    found = phases_of(series, [decision(series, "lock", 1, 3), decision(series, "exclude", 2)])
    assert found.basis(0).tolist() == [1, 3] and found.locked == (True,)


def test_5_a_lock_holds_within_its_phase_only() -> None:
    series = counts([5] * 6)
    found = phases_of(series, [decision(series, "phase", 3), decision(series, "lock", 3, 4)])
    assert found.basis(0).tolist() == [0, 1, 2] and found.basis(1).tolist() == [3, 4]
    assert found.locked == (False, True)


def test_5_the_latest_lock_of_a_phase_wins() -> None:
    series = counts([5] * 6)
    found = phases_of(series, [decision(series, "lock", 0, 1), decision(series, "lock", 2, 4)])
    assert found.basis(0).tolist() == [2, 3, 4]


def test_5_a_lock_without_judged_points_locks_nothing() -> None:
    series = counts([None, None, 5, 6])
    found = phases_of(series, [decision(series, "lock", 0, 1)])
    assert found.basis(0).tolist() == [2, 3] and found.locked == (False,)


def test_5_the_chart_is_chosen_on_the_newest_phase_with_twelve_points() -> None:
    series = counts([5] * 30)
    young = phases_of(series, [decision(series, "phase", 20)])
    assert young.basis_of_choice().tolist() == list(range(20))
    grown = phases_of(series, [decision(series, "phase", 18)])
    assert grown.basis_of_choice().tolist() == list(range(18, 30))
    assert phases_of(counts([5] * 4), ()).basis_of_choice().tolist() == [0, 1, 2, 3]


def test_5_limits_of_the_current_phase_come_from_its_own_points() -> None:
    """Authority: limits of the later half alone, computed by hand as mean ± 2.659574·mean moving range (3/1.128)."""
    values = noise(20) + noise(20, seed=8, centre=60.0)
    series = readings(values, kpi=SPEED)
    late = np.array(values[20:])
    width = 3 * np.abs(np.diff(late)).mean() / 1.128
    found = review(series, [decision(series, "phase", 20)])
    assert found.verdict is not None
    assert found.verdict.centre == pytest.approx(late.mean(), abs=1e-9)
    assert found.verdict.upper == pytest.approx(late.mean() + width, rel=1e-4)


def test_5_a_lock_to_which_exclusions_leave_one_point_locks_nothing() -> None:
    """One point gives no limits: 40 of 100 after 10 ± 3 a day would be nothing unusual."""
    series = counts([*binomial(59, 0.1, 100), 40.0])
    lock, excluded = decision(series, "lock", 0, 29), decision(series, "exclude", 0, 28)
    found = review(series, [lock, excluded])
    assert found.verdict is not None and found.verdict.variation == "concerning"
    assert found.points["baseline"].sum() == 31
    two = review(series, [lock, decision(series, "exclude", 0, 27)])
    assert two.points["baseline"].sum() == 2 and two.points["upper"].notna().all()


def test_5_locked_limits_do_not_follow_the_data() -> None:
    series = readings(noise(30) + noise(30, seed=8, centre=55.0), kpi=SPEED)
    locked = review(series, [decision(series, "lock", 0, 29)])
    alone = review(readings(noise(30), kpi=SPEED), ())
    assert locked.verdict is not None and alone.verdict is not None
    assert locked.verdict.upper == pytest.approx(alone.verdict.upper, rel=1e-12)


def test_5_excluded_points_take_no_part_in_the_limits() -> None:
    """Authority: the same series without the point; the moving range bridges it (spc.md, excluded point)."""
    values = noise(30)
    series = readings([*values[:15], 90.0, *values[15:]], kpi=SPEED)
    found = review(series, [decision(series, "exclude", 15)])
    without = review(readings(values, kpi=SPEED), ())
    assert found.verdict is not None and without.verdict is not None
    assert found.verdict.centre == pytest.approx(without.verdict.centre, rel=1e-12)
    assert found.verdict.upper == pytest.approx(without.verdict.upper, rel=1e-12)


@pytest.mark.parametrize(
    ("n", "grain", "said"),
    [(23, "week", False), (24, "week", True), (59, "day", False), (60, "day", True), (24, "sample", True)],
)
def test_5_locking_is_proposed_from_24_points_and_from_60_by_day(n: int, grain: str, said: bool) -> None:
    series = readings(noise(n), kpi=replace(SPEED, operate=grain))
    texts = review(series, ()).proposals
    assert any("enough to lock the limits" in text for text in texts) == said


def test_5_what_is_locked_is_not_proposed_again() -> None:
    series = readings(noise(60), kpi=SPEED)
    assert review(series, [decision(series, "lock", 0, 59)]).proposals == ()


# Moments


def test_a_moment_inside_a_period_marks_that_period() -> None:
    series = counts([5] * 3, kpi=replace(LATE, operate="week"))
    inside = Decision(LATE.key, "exclude", start=dt.datetime(2026, 1, 14, 9))
    assert covered(series, inside).tolist() == [False, True, False]


def test_a_moment_on_a_day_without_a_row_marks_nothing() -> None:
    """A closed Saturday after a Friday's row: it must not fall on the Friday."""
    series = counts([5] * 5)  # Monday 5 to Friday 9 January
    assert not covered(series, Decision(LATE.key, "exclude", start=dt.datetime(2026, 1, 10))).any()


def test_moments_are_read_on_the_sites_clock() -> None:
    """23:30 UTC is already the next day in Berlin; a week ends at 23:00 UTC there."""
    kpi = replace(LATE, operate="week", calendar=Calendar(time_zone="Europe/Berlin"))
    series = counts([5] * 3, kpi=kpi)
    late = Decision(kpi.key, "exclude", start=dt.datetime(2026, 1, 11, 23, 59))
    assert covered(series, late).tolist() == [True, False, False]


def test_a_decision_without_an_end_marks_one_period() -> None:
    series = counts([5] * 4)
    assert covered(series, decision(series, "exclude", 1)).tolist() == [False, True, False, False]


def test_decisions_hold_for_exactly_their_slice_and_grain() -> None:
    series = counts([5] * 3)
    elsewhere = decision(series, "exclude", 1, slice=(("site", "North"),))
    monthly = decision(series, "exclude", 1, grain="month")
    assert list(review(series, [elsewhere, monthly]).points["state"]) == ["judged"] * 3
