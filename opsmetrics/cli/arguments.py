"""Argument types: each turns one word of the command line into a value, or says what was found and wanted."""

from __future__ import annotations

import argparse
import datetime as dt
import re
from typing import TypeVar

Day = TypeVar("Day", bound=dt.date)


def pair(text: str) -> tuple[str, str]:
    """`key=value` as a pair."""
    key, sign, value = text.partition("=")
    if not sign or not key.strip() or not value.strip():
        raise argparse.ArgumentTypeError(f"found {text!r}, wanted key=value, such as site=North")
    return key.strip(), value.strip()


#: What begins like this is a value such as -1/5 or -2..8, and no option.
NEGATIVE = re.compile(r"-[.,]?\d")


def reason(text: str) -> str:
    """A reason in words."""
    if not text.strip():
        raise argparse.ArgumentTypeError("found an empty text, wanted the reason in a few words")
    return text


#: Years that a date may lie in: calendar arithmetic on both sides of them stays within what a date can hold.
YEARS = range(1800, 2201)


def date(text: str) -> dt.date:
    """An ISO date, `2026-11-22`."""
    try:
        return _in_reach(text, dt.date.fromisoformat(text))
    except ValueError:
        raise argparse.ArgumentTypeError(f"found {text!r}, wanted a date such as 2026-11-22") from None


def _in_reach(text: str, day: Day) -> Day:
    if day.year not in YEARS:
        raise argparse.ArgumentTypeError(f"found {text!r}, wanted a date from {YEARS[0]} to {YEARS[-1]}")
    return day


def day_span(text: str) -> tuple[dt.date, dt.date]:
    """`A..B`, two ISO dates, both days included."""
    first, sign, last = text.partition("..")
    if not sign:
        raise argparse.ArgumentTypeError(f"found {text!r}, wanted first..last day, such as 2026-11-01..2026-11-30")
    start, end = date(first), date(last)
    if end < start:
        raise argparse.ArgumentTypeError(f"found {text!r}, wanted the earlier day first")
    return start, end


def instant(text: str) -> dt.date | dt.datetime:
    """A date (noon at the site is meant) or a local date and time, `2026-11-22` or `2026-11-22T06:00`."""
    try:
        dated = len(text) == len("2026-11-22")
        return _in_reach(text, dt.date.fromisoformat(text) if dated else dt.datetime.fromisoformat(text))
    except ValueError:
        wanted = "a date such as 2026-11-22, or a date and time such as 2026-11-22T06:00"
        raise argparse.ArgumentTypeError(f"found {text!r}, wanted {wanted}") from None


def port(text: str) -> int:
    """A TCP port, 1 to 65535, or 0 for any free one."""
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"found {text!r}, wanted a port number from 0 (any free one) to 65535")
    return int(text)


def above_zero(text: str) -> int:
    """A whole number of at least 1."""
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"found {text!r}, wanted a whole number of at least 1")
    return int(text)


def whole(text: str) -> int:
    """A whole number, 0 included."""
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"found {text!r}, wanted a whole number, such as 7")
    return int(text)
