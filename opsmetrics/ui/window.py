"""Since when Today tells what is new: the reader's last visit, yesterday, the last shift or the last week."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

import pandas as pd
import streamlit as st

from opsmetrics.catalog import Calendar, Catalog
from opsmetrics.series import periods, to_utc
from opsmetrics.ui import addressed, filters
from opsmetrics.ui.clock import at_site, site
from opsmetrics.verdict import news_words, wording

NAME = "since"
_WEEK = dt.timedelta(days=7)


@dataclass(frozen=True)
class Window:
    """code: visit, day, shift or week; since: naive UTC; words: "yesterday", "Fri 27 Nov 2026, 06:02". first: no
    earlier visit of this reader is known. choices: the codes that there are, with their words."""

    code: str
    since: pd.Timestamp
    words: str
    choices: dict[str, str]
    first: bool = False


def chosen(catalog: Catalog, as_of: dt.date | None, visited: dt.datetime | None) -> Window:
    """What the address asks for; else since the last visit, or since yesterday where there is none or the page is shown
    as of another day. visited: naive UTC."""
    calendar = site(catalog)
    now = dt.datetime.combine(as_of, dt.time(12)) if as_of else at_site(calendar).replace(tzinfo=None)
    starts = {
        "visit": None if as_of or visited is None else at_site(calendar, visited).replace(tzinfo=None),
        "day": _midnight(now) - dt.timedelta(days=1),
        "shift": _last_shift(calendar, now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0)),
        "week": _midnight(now) - _WEEK,
    }
    choices = {code: news_words.window(code, then=bool(as_of)) for code, start in starts.items() if start is not None}
    asked = st.query_params.get(NAME, "")
    code = asked if asked in choices else next(iter(choices))
    start = starts[code]
    assert start is not None  # it is among the choices
    since = pd.Timestamp(start.replace(tzinfo=ZoneInfo(calendar.time_zone)).astimezone(dt.UTC).replace(tzinfo=None))
    return Window(code, since, _words(start, now, near=not as_of), choices, first=visited is None and not as_of)


def control(window: Window) -> None:
    """The choice, as a row of segments; it stands in the address and goes with the reader."""
    addressed.segments("What is new since", window.choices, window.code, key=NAME, write=_write)


def _write(code: str) -> None:
    st.query_params[NAME] = code
    filters.kept()[NAME] = code


def _midnight(moment: dt.datetime) -> dt.datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


@lru_cache(maxsize=64)
def _last_shift(calendar: Calendar, now: dt.datetime) -> dt.datetime | None:
    """The start of the last shift that has ended; None where there are no shifts."""
    if not calendar.shifts:
        return None
    local = pd.DatetimeIndex([_midnight(now) - _WEEK, _midnight(now) + dt.timedelta(days=1), now])
    first, last, moment = to_utc(local, calendar.time_zone)
    found = periods(calendar, "shift", first, last)
    ended = found[(found["ends_at"] <= moment) & ~found["closed"]]
    return None if ended.empty else ended["period"].iloc[-1].to_pydatetime()


def _words(start: dt.datetime, now: dt.datetime, *, near: bool) -> str:
    """A moment as a person would say it: yesterday by that name where it is near, no clock at midnight."""
    days = (now.date() - start.date()).days
    day = news_words.near_day(days) if near and days < 2 else wording.date(start, weekday=True)
    return day if start == _midnight(start) else f"{day}, {start:%H:%M}"
