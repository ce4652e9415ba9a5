"""What a person may write for a slice, a moment and a range.

Authority: ISO 8601 for weeks (week 12 of 2019 is 18 to 24 March); naive oracles; cases worked by hand.
"""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsmetrics.catalog import (
    Calendar,
    Grain,
    NotUnderstood,
    Shift,
    parse_moment,
    parse_range,
    period_start,
)

SITE = Calendar(
    shifts=(Shift("Early", dt.time(6)), Shift("Late", dt.time(14)), Shift("Night", dt.time(22))),
    fiscal_year_start=(4, 1),
)


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("text", "grain", "start"),
    [
        ("2019-03-17", "day", "2019-03-17"),
        ("2019-03-17", "week", "2019-03-11"),
        ("2019-03-17", "month", "2019-03-01"),
        ("2019-03-17", "quarter", "2019-01-01"),
        ("2019-03", "day", "2019-03-01"),
        ("2019-03", "month", "2019-03-01"),
        ("2019-03", "week", "2019-02-25"),
        ("2019-W12", "week", "2019-03-18"),
        ("2019-W12", "day", "2019-03-18"),
        ("2020-W01", "week", "2019-12-30"),
        ("2019-Q1", "quarter", "2019-04-01"),
        ("2019-Q4", "month", "2020-01-01"),
        ("2019", "quarter", "2019-04-01"),
        ("2019-03-17 13:59", "shift", "2019-03-17T06:00"),
        ("2019-03-17T05:00", "shift", "2019-03-16T22:00"),
        ("2019-03-17", "shift", "2019-03-17T06:00"),
        ("2019-03-17 night", "shift", "2019-03-17T22:00"),
        ("2019-03-17, Late", "shift", "2019-03-17T14:00"),
        ("2019-03-17 13:59:30", "day", "2019-03-17"),
    ],
)
def test_a_moment_is_the_start_of_its_period(text: str, grain: Grain, start: str) -> None:
    assert parse_moment(text, grain, SITE) == at(start)


@pytest.mark.parametrize(
    ("text", "grain", "first", "last"),
    [
        ("2019-03", "day", "2019-03-01", "2019-03-31"),
        ("2019-03..2019-05", "month", "2019-03-01", "2019-05-01"),
        ("2019-Q1..2019-Q2", "month", "2019-04-01", "2019-09-01"),
        ("2019", "month", "2019-04-01", "2020-03-01"),
        ("2019-W12 .. 2019-W13", "day", "2019-03-18", "2019-03-31"),
        ("2019-03-17", "shift", "2019-03-17T06:00", "2019-03-17T22:00"),
        ("2019-03-17 Late..2019-03-18 Early", "shift", "2019-03-17T14:00", "2019-03-18T06:00"),
        ("2024-02", "day", "2024-02-01", "2024-02-29"),
        ("2019-12", "week", "2019-11-25", "2019-12-30"),
    ],
)
def test_a_range_holds_both_its_ends(text: str, grain: Grain, first: str, last: str) -> None:
    assert parse_range(text, grain, SITE) == (at(first), at(last))


@pytest.mark.parametrize(("text", "numbers"), [("15", (15, 15)), ("1..30", (1, 30)), ("sample 3", (3, 3))])
def test_samples_are_numbers(text: str, numbers: tuple[int, int]) -> None:
    assert parse_range(text, "sample", SITE) == numbers
    if ".." not in text:
        assert parse_moment(text, "sample", SITE) == numbers[0]


@pytest.mark.parametrize("week_start", range(7))
def test_an_iso_week_is_the_sites_week_that_shares_most_days(week_start: int) -> None:
    first = parse_moment("2019-W12", "week", Calendar(week_start=week_start))
    assert isinstance(first, dt.datetime)
    assert first.weekday() == week_start
    iso = {dt.date(2019, 3, 18) + dt.timedelta(days=n) for n in range(7)}
    assert len(iso & {first.date() + dt.timedelta(days=n) for n in range(7)}) >= 4


@pytest.mark.parametrize(
    ("text", "grain", "said"),
    [
        ("last month", "month", "2019-W47|a date"),
        ("2019-13", "month", "a day that exists"),
        ("2019-02-30", "day", "a day that exists"),
        ("2019-W54", "week", "a day that exists"),
        ("0000", "month", "a day that exists"),
        ("9999-12", "month", "a day that exists"),
        ("2019-Q5", "month", "a quarter"),
        ("03/04/2019", "day", "a date"),
        ("", "day", "a date"),
        ("2019-03-17 Noon", "shift", "The calendar's shifts: Early, Late, Night"),
        ("2019-03-17 25:00", "shift", "a day that exists"),
        ("2019-03", "sample", "number of a sample"),
        ("-1", "sample", "number of a sample"),
    ],
)
def test_what_is_not_understood_is_refused(text: str, grain: Grain, said: str) -> None:
    with pytest.raises(NotUnderstood, match=said):
        parse_moment(text, grain, SITE)


@pytest.mark.parametrize(
    ("text", "grain", "said"),
    [
        ("2019-05..2019-03", "month", "the earlier end first"),
        ("30..1", "sample", "the earlier sample first"),
        ("2019-03..", "month", "found ''|Found ''"),
        ("..2019-03", "month", "Found ''"),
    ],
)
def test_ranges_run_forward_and_have_two_ends(text: str, grain: Grain, said: str) -> None:
    with pytest.raises(NotUnderstood, match=said):
        parse_range(text, grain, SITE)


def test_a_range_is_no_moment_and_shifts_need_a_calendar_that_has_them() -> None:
    with pytest.raises(NotUnderstood, match="a date"):
        parse_moment("2019-03..2019-04", "month", SITE)
    with pytest.raises(NotUnderstood, match="Add shifts under"):
        parse_moment("2019-03-17", "shift", Calendar())
    with pytest.raises(ValueError, match="no calendar"):
        period_start(at("2019-03-17"), "sample", SITE)


@given(
    moment=st.datetimes(dt.datetime(1990, 1, 1), dt.datetime(2060, 1, 1)),
    year_start=st.tuples(st.integers(1, 12), st.integers(1, 28)),
)
def test_quarters_agree_with_a_list_of_all_quarter_starts(moment: dt.datetime, year_start: tuple[int, int]) -> None:
    """Naive oracle: every third month from the start of the fiscal year, the last one that is not later."""
    month, day = year_start
    months = [(month - 1 + 3 * n) % 12 + 1 for n in range(4)]
    starts = [dt.datetime(year, m, day) for year in (moment.year - 1, moment.year) for m in months]
    expected = max(start for start in starts if start <= moment)
    assert period_start(moment, "quarter", Calendar(fiscal_year_start=year_start)) == expected
