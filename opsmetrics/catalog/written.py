"""Days, times and pairs as a terminal or a program writes them. What cannot be read raises NotUnderstood."""

from __future__ import annotations

import datetime as dt
from typing import TypeVar

from opsmetrics.catalog.problems import NotUnderstood

Day = TypeVar("Day", bound=dt.date)

#: Years that a date may lie in: calendar arithmetic on both sides of them stays within what a date can hold.
YEARS = range(1800, 2201)


def read_pair(text: str) -> tuple[str, str]:
    """`key=value` as a pair."""
    key, sign, value = text.partition("=")
    if not sign or not key.strip() or not value.strip():
        raise _no(text, "key=value, such as site=North")
    return key.strip(), value.strip()


def read_day(text: str) -> dt.date:
    """An ISO date, `2026-11-22`."""
    try:
        day = dt.date.fromisoformat(text)
    except ValueError:
        raise _no(text, "a date such as 2026-11-22") from None
    return _in_reach(text, day)


def read_day_span(text: str) -> tuple[dt.date, dt.date]:
    """`A..B`, two ISO dates, both days included."""
    first, sign, last = text.partition("..")
    if not sign:
        raise _no(text, "first..last day, such as 2026-11-01..2026-11-30")
    start, end = read_day(first), read_day(last)
    if end < start:
        raise _no(text, "the earlier day first")
    return start, end


def read_day_or_instant(text: str) -> dt.date | dt.datetime:
    """A date (noon at the site is meant) or a local date and time, `2026-11-22` or `2026-11-22T06:00`."""
    try:
        dated = len(text) == len("2026-11-22")
        moment = dt.date.fromisoformat(text) if dated else dt.datetime.fromisoformat(text)
    except ValueError:
        wanted = "a date such as 2026-11-22, or a date and time such as 2026-11-22T06:00"
        raise _no(text, wanted) from None
    return _in_reach(text, moment)


def _in_reach(text: str, day: Day) -> Day:
    if day.year not in YEARS:
        raise _no(text, f"a date from {YEARS[0]} to {YEARS[-1]}")
    return day


def _no(text: str, wanted: str) -> NotUnderstood:
    return NotUnderstood(wanted, "", repr(text))
