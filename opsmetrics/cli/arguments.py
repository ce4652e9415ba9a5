"""Argument types: each turns one word of the command line into a value, or says what was found and wanted."""

from __future__ import annotations

import argparse
import datetime as dt
import math
import re
from collections.abc import Callable
from typing import TypeVar

from opsmetrics.catalog import NotUnderstood
from opsmetrics.catalog.written import read_day, read_day_or_instant, read_day_span, read_pair

Value = TypeVar("Value")


def _as(read: Callable[[str], Value], text: str) -> Value:
    """The text as a value, or what argparse tells of it."""
    try:
        return read(text)
    except NotUnderstood as error:
        raise argparse.ArgumentTypeError(f"found {error.found}, wanted {error.wanted}") from None


def pair(text: str) -> tuple[str, str]:
    """`key=value` as a pair."""
    return _as(read_pair, text)


#: What begins like this is a value such as -1/5 or -2..8, and no option.
NEGATIVE = re.compile(r"-[.,]?\d")


def identifier(text: str) -> str:
    """The id of a verdict, as people write it."""
    from opsmetrics.verdict.identifying import read_identifier  # loads pandas, which help has no need of

    try:
        return read_identifier(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from None


def reason(text: str) -> str:
    """A reason in words."""
    if not text.strip():
        raise argparse.ArgumentTypeError("found an empty text, wanted the reason in a few words")
    return text


def date(text: str) -> dt.date:
    """An ISO date, `2026-11-22`."""
    return _as(read_day, text)


def day_span(text: str) -> tuple[dt.date, dt.date]:
    """`A..B`, two ISO dates, both days included."""
    return _as(read_day_span, text)


def instant(text: str) -> dt.date | dt.datetime:
    """A date (noon at the site is meant) or a local date and time, `2026-11-22` or `2026-11-22T06:00`."""
    return _as(read_day_or_instant, text)


def port(text: str) -> int:
    """A TCP port, 1 to 65535, or 0 for any free one."""
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"found {text!r}, wanted a port number from 0 (any free one) to 65535")
    return int(text)


def number(text: str) -> float:
    """A finite number."""
    try:
        found = float(text)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        raise argparse.ArgumentTypeError(f"found {text!r}, wanted a number such as 12.5")
    return found


def positive(text: str) -> float:
    """A finite number above 0."""
    found = number(text)
    if found <= 0:
        raise argparse.ArgumentTypeError(f"found {text!r}, wanted a number above 0")
    return found


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


def hours(text: str) -> tuple[int, int]:
    """`A..B`, local hours of the day from A on and before B, `8..18`."""
    first, _, last = text.partition("..")
    if not (first.isdecimal() and last.isdecimal() and int(first) < int(last) <= 24):
        raise argparse.ArgumentTypeError(f"found {text!r}, wanted hours of a day such as 8..18")
    return int(first), int(last)
