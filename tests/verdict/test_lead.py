"""Rare series against their target over months. Authority: months counted by hand on the calendar of 2025."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pandas as pd
import pytest

from opsmetrics.catalog import Calendar, Grain, Kpi, Target
from opsmetrics.verdict.assurance import Assessment, assess
from tests.verdict.sketches import LATE, points, with_target


def of(frame: pd.DataFrame, kpi: Kpi, grain: Grain = "day") -> Assessment:
    return assess(kpi, frame, variation="common_cause", chart_kind="rare", grain=grain)


def year(met: Sequence[bool], *, start: str = "2025-01-01", lead: Grain | None = "month", closed: bool = True) -> tuple:
    """Days of stock-outs, 0 or one of 100 items on the first of each month that is to miss the target of 0 %."""
    kpi = with_target(replace(LATE, lead=lead, calendar=Calendar(time_zone="Europe/Berlin")), 0.0)
    days = pd.date_range(start, periods=len(met), freq="MS")
    last = days[-1] + pd.offsets.MonthEnd(0)
    n = (last - days[0]).days + 1
    stamps = pd.date_range(start, periods=n)
    missing = {day for day, good in zip(days, met, strict=True) if not good}
    values = [0.01 if stamp in missing else 0.0 for stamp in stamps]
    if not closed:
        values = values[:-1]
    return kpi, points(values, kpi=kpi, start=start, size=100.0)


@pytest.mark.parametrize(
    ("met", "expected"),
    [([True] * 12, "meets"), ([False] * 12, "fails"), ([True] * 11 + [False], "hit_or_miss")],
)
def test_29a_rare(met: list[bool], expected: str) -> None:
    kpi, frame = year(met)
    found = of(frame, kpi)
    assert found.assurance == expected
    assert found.detail["lead_met"] == sum(met)
    assert (found.detail["lead_grain"], found.detail["lead_periods"]) == ("month", 12)


def test_29a_only_the_last_twelve_closed_months_count() -> None:
    kpi, frame = year([False] + [True] * 12)
    assert of(frame, kpi).assurance == "meets"


def test_29a_the_open_month_does_not_count() -> None:
    kpi, frame = year([True] * 12, closed=False)
    found = of(frame, kpi)
    assert (found.assurance, found.detail["lead_periods"]) == ("too_early", 11)


def test_29a_a_month_whose_end_is_missing_stays_open_however_long() -> None:
    """Verdict.md 34: data that are late keep the last verdict, also once the clock has passed the end of the month."""
    kpi, _ = year([True] * 12)
    days = [0.0] * 360  # up to 26 December
    for missing in (0, 3, 5, 20):
        state = ["judged"] * len(days) + ["gap"] * missing
        found = of(points([*days, *[None] * missing], kpi=kpi, start="2025-01-01", size=100.0, state=state), kpi)
        assert (found.assurance, found.detail["lead_periods"]) == ("too_early", 11), f"{missing} days later"
    state = ["judged"] * len(days) + ["gap"] * 5 + ["judged"]
    later = points([*days, *[None] * 5, 0.0], kpi=kpi, start="2025-01-01", size=100.0, state=state)
    assert of(later, kpi).detail["lead_periods"] == 12, "the next figure closes it"


def test_29a_a_month_that_began_before_the_data_does_not_count() -> None:
    kpi, frame = year([True] * 12)
    assert of(frame.iloc[1:].reset_index(drop=True), kpi).detail["lead_periods"] == 11


def test_29a_closed_days_before_the_first_day_do_not_matter() -> None:
    """1 January 2025 is closed: the year's first working day is the 2nd, so January is whole."""
    kpi, frame = year([True] * 12)
    kpi = replace(kpi, calendar=replace(kpi.calendar, closed_dates=frozenset({frame["period"].iloc[0].date()})))
    assert of(frame.iloc[1:].reset_index(drop=True), kpi).detail["lead_periods"] == 12


def test_29a_months_are_summed_before_they_are_divided() -> None:
    """1 of 10 on one day, 0 of 1,000 on each of 30: 0.03 % of the month, within 1 %; the mean of the days' shares
    is 0.3 %."""
    kpi, frame = year([True] * 12)
    kpi = replace(kpi, targets=(Target(None, 0.1),))
    frame.loc[0, ["numerator", "denominator", "size", "value"]] = [1.0, 10.0, 10.0, 0.1]
    frame.loc[1:, ["denominator", "size"]] = 1000.0
    frame["target_high"] = 0.001
    assert of(frame, kpi).detail["lead_met"] == 12


def test_29a_without_a_lead_grain_months_are_taken() -> None:
    kpi, frame = year([True] * 12, lead=None)
    assert of(frame, kpi).detail["lead_grain"] == "month"


def test_29a_months_are_their_own_lead_periods_and_so_are_samples() -> None:
    kpi = with_target(LATE, 0.0)
    for grain in ("month", "sample"):
        frame = points([0.0] * 11 + [0.01], kpi=kpi, grain=grain, start="2025-01-01")
        found = of(frame, kpi, grain=grain)
        assert (found.assurance, found.detail["lead_grain"], found.detail["lead_met"]) == ("hit_or_miss", grain, 11)


def test_29a_a_count_has_its_target_for_its_own_periods() -> None:
    """One stop on each of 3 days of a month meets "at most one a day" there: no month of 3 against 1."""
    kpi = with_target(replace(LATE, kind="count", unit="", multiplier=1.0), 1.0)
    frame = points([1.0 if day % 10 == 0 else 0.0 for day in range(400)], kpi=kpi, start="2025-01-01")
    found = of(frame, kpi)
    assert (found.assurance, found.detail["lead_grain"]) == ("meets", "day")
