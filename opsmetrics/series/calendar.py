"""Periods on the site's own clock, as half-open stretches of UTC: the one place that does calendar arithmetic on facts.

Boundaries fall on quarter-hours of UTC, because the offsets of all zones have been multiples of a quarter-hour since
1972; so quarter-hour sums never straddle a period.
"""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.catalog import Calendar, Moment, period_start
from opsmetrics.series.model import Flags, Stretch

Stamps = pd.DatetimeIndex | pd.Series | list[dt.datetime] | npt.NDArray[np.datetime64]

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MIDNIGHT = dt.time()


def to_local(stamps: Stamps, zone: str) -> pd.DatetimeIndex:
    """Naive UTC instants as naive local times."""
    return _micro(stamps).tz_localize("UTC").tz_convert(zone).tz_localize(None)


def to_utc(stamps: Stamps, zone: str) -> pd.DatetimeIndex:
    """Naive local times as naive UTC instants: of two equal times the first, for a skipped one the next that exists."""
    local = _micro(stamps)
    first = np.ones(len(local), dtype=bool)
    return local.tz_localize(zone, ambiguous=first, nonexistent="shift_forward").tz_convert("UTC").tz_localize(None)


def _micro(stamps: Stamps) -> pd.DatetimeIndex:
    return pd.DatetimeIndex(stamps).as_unit("us")


@lru_cache(maxsize=64)  # all slices of a KPI have the same periods; nobody mutates a frame received
def periods(calendar: Calendar, grain: Stretch, start_utc: pd.Timestamp, end_utc: pd.Timestamp) -> pd.DataFrame:
    """The periods of a grain (or fiscal years) that lie in [start_utc, end_utc), whole, in order.

    Columns: period (naive local start), starts_at and ends_at (naive UTC, half open), closed (bool: no day of it is
    a working day; a shift belongs to the day on which it starts).
    """
    first, last = (moment.date() for moment in to_local([start_utc, end_utc], calendar.time_zone))
    local = _local_starts(calendar, grain, first, last)
    instants = to_utc(local, calendar.time_zone)
    frame = pd.DataFrame({"period": local[:-1], "starts_at": instants[:-1], "ends_at": instants[1:]})
    frame["closed"] = _all_closed(calendar, grain, local)
    # A skipped hour can swallow a whole shift: a stretch without length is no period.
    inside = (frame["ends_at"] > start_utc) & (frame["starts_at"] < end_utc) & (frame["ends_at"] > frame["starts_at"])
    return frame[inside].reset_index(drop=True)


def _local_starts(calendar: Calendar, grain: Stretch, first: dt.date, last: dt.date) -> pd.DatetimeIndex:
    """Local starts of all periods that touch the days first … last, and at least one after them."""
    day = dt.datetime.combine(first, _MIDNIGHT)
    begin = _year_start(day, calendar) if grain == "year" else period_start(day, grain, calendar)
    if grain == "shift":
        days = np.arange(np.datetime64(begin.date(), "D"), np.datetime64(last, "D") + 2)
        minutes = sorted(shift.starts.hour * 60 + shift.starts.minute for shift in calendar.shifts)
        grid = days.astype("datetime64[m]")[:, None] + np.array(minutes, dtype="timedelta64[m]")[None, :]
        return _micro(grid.ravel().astype("datetime64[us]"))
    if grain in ("day", "week"):
        step = 1 if grain == "day" else 7
        days = np.arange(np.datetime64(begin.date(), "D"), np.datetime64(last, "D") + 1 + step, step)
        return _micro(days.astype("datetime64[us]"))
    step = {"month": 1, "quarter": 3, "year": 12}[grain]
    months = np.arange(np.datetime64(begin, "M"), np.datetime64(last, "M") + 1 + step, step)
    return _micro((months.astype("datetime64[D]") + (begin.day - 1)).astype("datetime64[us]"))


def _year_start(day: dt.datetime, calendar: Calendar) -> dt.datetime:
    """The first day of the fiscal year that a day lies in."""
    start = dt.datetime(day.year, *calendar.fiscal_year_start)
    return start if start <= day else dt.datetime(day.year - 1, *calendar.fiscal_year_start)


def _all_closed(calendar: Calendar, grain: Stretch, starts: pd.DatetimeIndex) -> Flags:
    """For each period between two starts: True where none of its days is a working day."""
    days = starts.to_numpy().astype("datetime64[D]")
    if grain in ("day", "shift"):
        return ~open_days(calendar, days[:-1])
    all_days = np.arange(days[0], days[-1])
    before = np.concatenate([[0], np.cumsum(open_days(calendar, all_days))])
    counted = before[(days - days[0]).astype(int)]
    idle: Flags = counted[1:] == counted[:-1]
    return idle


def open_days(calendar: Calendar, days: npt.NDArray[np.datetime64]) -> Flags:
    """True for working days. `days` has the dtype datetime64[D]."""
    weekday = (days.astype("datetime64[D]").astype(int) + 3) % 7  # 1970-01-01 was a Thursday
    closed = np.isin(weekday, sorted(calendar.closed_weekdays))
    return ~(closed | np.isin(days, np.array(sorted(calendar.closed_dates), dtype="datetime64[D]")))


def period_label(period: Moment, grain: Stretch, calendar: Calendar) -> str:
    """A period in words: "16 Nov 2026", "16 Nov 2026, Early", "week of 16 Nov 2026", "Mar 2019", "Q1 2019/20" and
    "2019/20" (fiscal where the year does not start in January), "sample 15"."""
    if isinstance(period, int | np.integer):
        return f"sample {period}"
    if grain == "month":
        return f"{_MONTHS[period.month - 1]} {period.year}"
    if grain in ("quarter", "year"):
        year = _fiscal_year(period, calendar)
        return year if grain == "year" else f"Q{(period.month - calendar.fiscal_year_start[0]) % 12 // 3 + 1} {year}"
    day = f"{period.day} {_MONTHS[period.month - 1]} {period.year}"
    if grain == "shift":
        names = {shift.starts: shift.name for shift in calendar.shifts}
        return f"{day}, {names.get(period.time(), f'{period:%H:%M}')}"
    return f"week of {day}" if grain == "week" else day


def _fiscal_year(period: dt.datetime, calendar: Calendar) -> str:
    """The fiscal year, which is named by both calendar years where it spans two."""
    month, day = calendar.fiscal_year_start
    year = period.year - ((period.month, period.day) < (month, day))
    return f"{year}" if (month, day) == (1, 1) else f"{year}/{(year + 1) % 100:02d}"


def as_of_instant(asked: dt.date | None, calendar: Calendar, now: dt.datetime) -> pd.Timestamp:
    """The instant (naive UTC) as of which a person wants to see things.

    None is now; a date alone is 12:00 of that day on the site's clock, a datetime without a zone is on that clock.
    Never later than `now`, which is naive UTC or has a zone.
    """
    latest = _as_utc(now)
    if asked is None:
        return latest
    moment = asked if isinstance(asked, dt.datetime) else dt.datetime.combine(asked, dt.time(12))
    instant = to_utc([moment], calendar.time_zone)[0] if moment.tzinfo is None else _as_utc(moment)
    return min(instant, latest)


def _as_utc(moment: dt.datetime) -> pd.Timestamp:
    stamp = pd.Timestamp(moment)
    return (stamp if stamp.tzinfo is None else stamp.tz_convert("UTC").tz_localize(None)).as_unit("us")
