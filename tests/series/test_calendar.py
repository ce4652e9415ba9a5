"""Periods on the site's clock.

Authority: a pandas oracle (each quarter-hour of UTC converted to wall time and cut there) over both clock changes, and
the standard library's zoneinfo for single instants.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsmetrics.catalog import Calendar, Grain, Shift, period_start
from opsmetrics.series import as_of_instant, period_label, periods, to_local, to_utc

# Lord Howe changes by half an hour; Kathmandu is 5:45 ahead; Havana and Beirut change at midnight; Dublin's winter time
# is the "saving" one in the database; Chatham is 12:45 ahead and changes.
ZONES = (
    "UTC",
    "Europe/Berlin",
    "Europe/Dublin",
    "America/New_York",
    "America/Havana",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Asia/Beirut",
    "Pacific/Chatham",
)
SHIFTS = (Shift("Early", dt.time(6)), Shift("Late", dt.time(14, 15)), Shift("Night", dt.time(22, 30)))
START, END = pd.Timestamp("2024-12-20"), pd.Timestamp("2026-01-20")
BINS = pd.date_range(START, END, freq="15min", inclusive="left").as_unit("us")


def wall(zone: str) -> pd.Series:
    """The wall time of each quarter-hour of UTC."""
    return pd.Series(BINS.tz_localize("UTC").tz_convert(zone).tz_localize(None))


def found(calendar: Calendar, grain: Grain) -> pd.Series:
    """The period of each quarter-hour according to `periods`."""
    frame = periods(calendar, grain, START, END)
    position = np.searchsorted(frame["starts_at"].to_numpy(), BINS.to_numpy(), side="right") - 1
    assert (BINS.to_numpy() < frame["ends_at"].to_numpy()[position]).all()
    return pd.Series(frame["period"].to_numpy()[position])


def same(left: pd.Series, right: pd.Series) -> bool:
    return bool((left.to_numpy().astype("datetime64[us]") == right.to_numpy().astype("datetime64[us]")).all())


@pytest.mark.parametrize("zone", ZONES)
def test_days_are_those_of_the_wall_clock(zone: str) -> None:
    assert same(found(Calendar(time_zone=zone), "day"), wall(zone).dt.normalize())


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("week_start", range(7))
def test_weeks_start_on_the_sites_day(zone: str, week_start: int) -> None:
    days = wall(zone).dt.normalize()
    expected = days - pd.to_timedelta((days.dt.day_of_week - week_start) % 7, unit="D")
    assert same(found(Calendar(time_zone=zone, week_start=week_start), "week"), expected)


@pytest.mark.parametrize("zone", ZONES)
def test_months_and_calendar_quarters(zone: str) -> None:
    local = wall(zone)
    assert same(found(Calendar(time_zone=zone), "month"), local.dt.to_period("M").dt.start_time)
    assert same(found(Calendar(time_zone=zone), "quarter"), local.dt.to_period("Q").dt.start_time)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(("month", "anchor"), [(2, "JAN"), (4, "MAR"), (7, "JUN"), (10, "SEP"), (12, "NOV")])
def test_fiscal_quarters_are_those_of_pandas(zone: str, month: int, anchor: str) -> None:
    calendar = Calendar(time_zone=zone, fiscal_year_start=(month, 1))
    assert same(found(calendar, "quarter"), wall(zone).dt.to_period(f"Q-{anchor}").dt.start_time)


def test_fiscal_quarters_may_start_within_a_month() -> None:
    """The tax year of the United Kingdom starts on 6 April."""
    starts = periods(Calendar(fiscal_year_start=(4, 6)), "quarter", START, END)["period"]
    assert [f"{s:%Y-%m-%d}" for s in starts] == [
        "2024-10-06",
        "2025-01-06",
        "2025-04-06",
        "2025-07-06",
        "2025-10-06",
        "2026-01-06",
    ]


@pytest.mark.parametrize("zone", ZONES)
def test_shifts_across_midnight_and_clock_changes(zone: str) -> None:
    local = wall(zone)
    day = local.dt.normalize()
    minute = local.dt.hour * 60 + local.dt.minute
    night_before = day - pd.Timedelta(days=1) + pd.Timedelta(hours=22, minutes=30)
    expected = night_before.where(minute < 6 * 60, day + pd.Timedelta(hours=6))
    expected = expected.mask(minute >= 14 * 60 + 15, day + pd.Timedelta(hours=14, minutes=15))
    expected = expected.mask(minute >= 22 * 60 + 30, day + pd.Timedelta(hours=22, minutes=30))
    assert same(found(Calendar(time_zone=zone, shifts=SHIFTS), "shift"), expected)


@pytest.mark.parametrize(
    ("zone", "spring", "autumn", "change"),
    [
        ("Europe/Berlin", "2026-03-29", "2026-10-25", 60),
        ("America/New_York", "2026-03-08", "2026-11-01", 60),
        ("Australia/Lord_Howe", "2026-10-04", "2026-04-05", 30),
        ("America/Havana", "2026-03-08", "2026-11-01", 60),
    ],
)
def test_the_days_of_clock_changes_are_shorter_and_longer(zone: str, spring: str, autumn: str, change: int) -> None:
    frame = periods(Calendar(time_zone=zone), "day", pd.Timestamp("2026-01-01"), pd.Timestamp("2026-12-31"))
    length = (frame["ends_at"] - frame["starts_at"]).dt.total_seconds() / 60
    odd = dict(zip(frame["period"].dt.strftime("%Y-%m-%d"), length - 1440, strict=True))
    assert {day: minutes for day, minutes in odd.items() if minutes} == {spring: -change, autumn: change}


def test_a_night_shift_lasts_an_hour_more_or_less_at_a_clock_change() -> None:
    night = Calendar(time_zone="Europe/Berlin", shifts=(Shift("Day", dt.time(6)), Shift("Night", dt.time(22))))
    for day, hours in (("2026-03-28", 7), ("2026-10-24", 9), ("2026-10-25", 8)):
        frame = periods(night, "shift", pd.Timestamp(f"{day} 21:15"), pd.Timestamp(f"{day} 21:30"))
        assert [f"{p:%Y-%m-%d %H}" for p in frame["period"]] == [f"{day} 22"]
        assert (frame["ends_at"] - frame["starts_at"]).tolist() == [pd.Timedelta(hours=hours)]


def test_a_shift_that_starts_in_a_skipped_hour_starts_at_the_next_time_that_exists() -> None:
    calendar = Calendar(time_zone="Europe/Berlin", shifts=(Shift("Day", dt.time(2, 30)), Shift("Rest", dt.time(14))))
    frame = periods(calendar, "shift", pd.Timestamp("2026-03-29 01:00"), pd.Timestamp("2026-03-29 02:00"))
    assert frame["starts_at"].tolist() == [pd.Timestamp("2026-03-29 01:00")]  # 03:00 summer time


def test_a_shift_swallowed_by_a_skipped_hour_is_no_period() -> None:
    shifts = (Shift("A", dt.time(2)), Shift("B", dt.time(2, 30)), Shift("C", dt.time(3)))
    frame = periods(
        Calendar(time_zone="Europe/Berlin", shifts=shifts),
        "shift",
        pd.Timestamp("2026-03-29 01:00"),
        pd.Timestamp("2026-03-30"),
    )
    assert [f"{p:%d %H:%M}" for p in frame["period"]] == ["29 03:00"]


def test_a_day_that_a_zone_skipped_is_no_period() -> None:
    """Samoa went from 29 to 31 December 2011 (IANA tz database, Pacific/Apia)."""
    frame = periods(Calendar(time_zone="Pacific/Apia"), "day", pd.Timestamp("2011-12-29"), pd.Timestamp("2012-01-01"))
    assert [p.day for p in frame["period"]] == [28, 29, 31, 1]


@pytest.mark.parametrize("grain", ["shift", "day", "week", "month", "quarter"])
@given(
    zone=st.sampled_from(ZONES),
    start=st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2035, 1, 1)),
    days=st.integers(0, 800),
)
def test_periods_join_without_gap_and_hold_the_stretch(grain: Grain, zone: str, start: dt.datetime, days: int) -> None:
    begin = pd.Timestamp(start)
    end = begin + pd.Timedelta(days=days, minutes=1)
    frame = periods(Calendar(time_zone=zone, shifts=SHIFTS, fiscal_year_start=(4, 6)), grain, begin, end)
    assert (frame["starts_at"].iloc[1:].to_numpy() == frame["ends_at"].iloc[:-1].to_numpy()).all()
    assert frame["starts_at"].iloc[0] <= begin < frame["ends_at"].iloc[0]
    assert frame["starts_at"].iloc[-1] < end <= frame["ends_at"].iloc[-1]


@given(
    moment=st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2035, 1, 1)),
    grain=st.sampled_from(["shift", "day", "week", "month", "quarter"]),
    week_start=st.integers(0, 6),
    year_start=st.tuples(st.integers(1, 12), st.integers(1, 28)),
)
def test_period_start_agrees_with_periods(
    moment: dt.datetime, grain: Grain, week_start: int, year_start: tuple[int, int]
) -> None:
    """Two ways to the same calendar: a person's text is aligned by one, facts by the other."""
    calendar = Calendar(week_start=week_start, fiscal_year_start=year_start, shifts=SHIFTS)
    frame = periods(calendar, grain, pd.Timestamp(moment), pd.Timestamp(moment) + pd.Timedelta(microseconds=1))
    assert [p.to_pydatetime() for p in frame["period"]] == [period_start(moment, grain, calendar)]


@given(
    zone=st.sampled_from(ZONES),
    moments=st.lists(st.datetimes(dt.datetime(2024, 1, 1), dt.datetime(2027, 1, 1)), min_size=1, max_size=20),
)
def test_conversion_agrees_with_zoneinfo(zone: str, moments: list[dt.datetime]) -> None:
    there = zoneinfo.ZoneInfo(zone)
    as_utc = [m.replace(tzinfo=dt.UTC).astimezone(there).replace(tzinfo=None) for m in moments]
    assert [m.to_pydatetime() for m in to_local(moments, zone)] == as_utc
    for moment, stamp in zip(moments, to_utc(moments, zone), strict=True):
        first = moment.replace(tzinfo=there, fold=0).astimezone(dt.UTC).replace(tzinfo=None)
        back = first.replace(tzinfo=dt.UTC).astimezone(there).replace(tzinfo=None)
        if back == moment:  # the wall clock showed it
            assert stamp.to_pydatetime() == first
        else:
            after = to_local([stamp.to_pydatetime()], zone)[0]
            assert moment < after.to_pydatetime() <= moment + dt.timedelta(hours=1)


def test_closed_days_are_marked_and_a_week_is_closed_only_when_all_its_days_are() -> None:
    holidays = frozenset(dt.date(2026, 12, day) for day in range(21, 26))
    calendar = Calendar(closed_weekdays=frozenset({5, 6}), closed_dates=holidays)
    days = periods(calendar, "day", pd.Timestamp("2026-12-14"), pd.Timestamp("2027-01-04"))
    assert [p.day for p in days["period"][~days["closed"]]] == [14, 15, 16, 17, 18, 28, 29, 30, 31, 1]
    weeks = periods(calendar, "week", pd.Timestamp("2026-12-14"), pd.Timestamp("2027-01-04"))
    assert weeks["closed"].tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("period", "grain", "year_start", "label"),
    [
        (dt.datetime(2026, 11, 16), "day", (1, 1), "16 Nov 2026"),
        (dt.datetime(2026, 11, 16), "week", (1, 1), "week of 16 Nov 2026"),
        (dt.datetime(2019, 3, 1), "month", (1, 1), "Mar 2019"),
        (dt.datetime(2026, 11, 16, 6), "shift", (1, 1), "16 Nov 2026, Early"),
        (dt.datetime(2019, 4, 1), "quarter", (1, 1), "Q2 2019"),
        (dt.datetime(2019, 4, 1), "quarter", (4, 1), "Q1 2019/20"),
        (dt.datetime(2020, 1, 1), "quarter", (4, 1), "Q4 2019/20"),
        (dt.datetime(1999, 11, 5), "quarter", (5, 5), "Q3 1999/00"),
        (15, "sample", (1, 1), "sample 15"),
    ],
)
def test_labels(period: dt.datetime | int, grain: Grain, year_start: tuple[int, int], label: str) -> None:
    calendar = Calendar(shifts=SHIFTS, fiscal_year_start=year_start)
    assert period_label(period, grain, calendar) == label


BERLIN = Calendar(time_zone="Europe/Berlin")
NOW = dt.datetime(2026, 11, 17, 9, 0)


@pytest.mark.parametrize(
    ("asked", "instant"),
    [
        (None, "2026-11-17 09:00"),
        (dt.date(2026, 11, 16), "2026-11-16 11:00"),  # noon in Berlin
        (dt.date(2026, 7, 16), "2026-07-16 10:00"),  # noon in summer time
        (dt.date(2026, 11, 17), "2026-11-17 09:00"),  # noon lies ahead: now
        (dt.date(2027, 1, 1), "2026-11-17 09:00"),
        (dt.datetime(2026, 11, 16, 18, 30), "2026-11-16 17:30"),
        (dt.datetime(2026, 11, 16, 18, 30, tzinfo=dt.UTC), "2026-11-16 18:30"),
    ],
)
def test_as_of_is_noon_of_a_day_and_never_later_than_now(asked: dt.date | None, instant: str) -> None:
    assert as_of_instant(asked, BERLIN, NOW) == pd.Timestamp(instant)
    aware = NOW.replace(tzinfo=dt.UTC).astimezone(zoneinfo.ZoneInfo("Asia/Tokyo"))
    assert as_of_instant(asked, BERLIN, aware) == pd.Timestamp(instant)
