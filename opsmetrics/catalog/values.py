"""Single values of a catalogue: each reader takes what TOML gave and returns the value, or says what it wanted."""

from __future__ import annotations

import datetime as dt
import difflib
import functools
import math
import re
import zoneinfo
from collections.abc import Callable, Iterable
from typing import Any

from opsmetrics.catalog.names import LONGEST_RULE, OWN_RULES, RULE_SETS, RULES, WEEKDAYS, is_rule, spelled_like_a_rule
from opsmetrics.catalog.problems import NotUnderstood, listed, nearest

Reader = Callable[[Any], Any]

KEY = re.compile(r"[a-z][a-z0-9_]*")
_DURATION = re.compile(r"(?:(\d+)\s*d)?\s*(?:(\d+)\s*h)?\s*(?:(\d+)\s*min)?")
_MONTH_DAY = re.compile(r"(\d{2})-(\d{2})")
_CLOCK = re.compile(r"(\d{2}):(\d{2})")


def text(value: Any) -> str:
    """Text on one line, without blanks at its ends."""
    if not isinstance(value, str):
        raise NotUnderstood("text", 'Put it between quotes: "…".')
    if any(ord(sign) < 32 or ord(sign) == 127 for sign in value):
        raise NotUnderstood("text on one line", "Take out the line breaks and control characters.")
    return value.strip()


def some_text(value: Any) -> str:
    """Text that is not empty."""
    read = text(value)
    if not read:
        raise NotUnderstood("text that is not empty", "Write it, or take the line out.")
    return read


def number(value: Any) -> float:
    """A finite number."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotUnderstood("a number", "Write it without quotes, with a decimal point.")
    if not math.isfinite(value):
        raise NotUnderstood("a finite number", "Take the line out where there is none.")
    return float(value)


def above_zero(value: Any) -> float:
    """A number above zero."""
    read = number(value)
    if read <= 0:
        raise NotUnderstood("a number above 0", "Write 1 where values are shown as they are stored.")
    return read


def not_negative(value: Any) -> float:
    """Zero or a number above it."""
    read = number(value)
    if read < 0:
        raise NotUnderstood("0 or more", "Write what one unit too many costs, without a sign.")
    return read


def decimals(value: Any) -> int:
    """A whole number of decimals, 0 to 6."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= 6:
        raise NotUnderstood("a whole number from 0 to 6", "Write how many decimals are shown.")
    return value


def choice(options: Iterable[str]) -> Reader:
    """A reader of one of the given words."""
    known = tuple(options)

    def read(value: Any) -> str:
        if value not in known:
            raise NotUnderstood(listed(known), nearest(value, known) or "Choose one of them.")
        return str(value)

    return read


def keys(value: Any) -> tuple[str, ...]:
    """A list of keys, none of them twice."""
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise NotUnderstood("a list of keys", 'Write it as ["line", "shift"].')
    if len(set(value)) != len(value):
        raise NotUnderstood("each key once", "Take the repeated one out.")
    return tuple(value)


def texts(value: Any) -> tuple[str, ...]:
    """A list of texts that are not empty, none of them twice."""
    if not isinstance(value, list):
        raise NotUnderstood("a list of texts", 'Write it as ["Jam", "Breakdown"].')
    read = tuple(some_text(item) for item in value)
    if len(set(read)) != len(read):
        raise NotUnderstood("each text once", "Take the repeated one out.")
    return read


def weights(value: Any) -> tuple[tuple[str, float], ...]:
    """A table of a number above zero for each category, in the order given."""
    if not isinstance(value, dict):
        raise NotUnderstood("a table of numbers", "Write it as {Major = 5, Minor = 1}.")
    return tuple((some_text(name), _weight(name, part)) for name, part in value.items())


def _weight(name: str, value: Any) -> float:
    read = number(value)
    if read <= 0:
        raise NotUnderstood("a weight above 0", f"Categories that are not named weigh 1: change or drop {name!r}.")
    return read


def slices(value: Any) -> tuple[tuple[tuple[str, str], ...], ...]:
    """A list of tables of dimension values, each becoming a slice."""
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        raise NotUnderstood("a list of tables", 'Write it as [{}, {site = "North"}]; {} is the whole KPI.')
    read = tuple(tuple(sorted((key, some_text(part)) for key, part in item.items())) for item in value)
    if len(set(read)) != len(read):
        raise NotUnderstood("each slice once", "Take the repeated one out.")
    return read


def duration(value: Any) -> dt.timedelta:
    """A time such as "6h", "30min" or "1d 6h"."""
    match = _DURATION.fullmatch(value.strip()) if isinstance(value, str) and value.strip() else None
    if match is None:
        raise NotUnderstood("a time such as 6h, 30min or 1d 6h", 'Use d, h and min, between quotes: "1d 6h".')
    days, hours, minutes = (int(part or 0) for part in match.groups())
    try:
        return dt.timedelta(days=days, hours=hours, minutes=minutes)
    except OverflowError as error:
        raise NotUnderstood("a time of some days at most", "Write a shorter one.") from error


def duration_text(value: dt.timedelta) -> str:
    """The text that `duration` reads back."""
    minutes = int(value.total_seconds() // 60)
    parts = [(minutes // 1440, "d"), (minutes % 1440 // 60, "h"), (minutes % 60, "min")]
    return " ".join(f"{count}{unit}" for count, unit in parts if count) or "0min"


def day(value: Any) -> dt.date:
    """A date, written without quotes."""
    if not isinstance(value, dt.date) or isinstance(value, dt.datetime):
        raise NotUnderstood("a date", "Write it without quotes and without a time: 2026-04-01.")
    return value


def days(value: Any) -> frozenset[dt.date]:
    """A list of dates."""
    if not isinstance(value, list):
        raise NotUnderstood("a list of dates", "Write it as [2026-12-25, 2026-12-26].")
    return frozenset(day(item) for item in value)


def weekday(value: Any) -> int:
    """A day of the week by its English name; Monday is 0."""
    return WEEKDAYS.index(choice(WEEKDAYS)(value))


def weekdays(value: Any) -> frozenset[int]:
    """A list of days of the week, not all seven."""
    if not isinstance(value, list):
        raise NotUnderstood("a list of weekdays", 'Write it as ["saturday", "sunday"].')
    read = frozenset(weekday(item) for item in value)
    if len(read) == len(WEEKDAYS):
        raise NotUnderstood("at least one open weekday", "Take one of the seven out.")
    return read


def month_day(value: Any) -> tuple[int, int]:
    """A month and day such as "04-01"; days after the 28th do not exist in every quarter."""
    match = _MONTH_DAY.fullmatch(value) if isinstance(value, str) else None
    month, of_month = (int(part) for part in match.groups()) if match else (0, 0)
    if not (1 <= month <= 12 and 1 <= of_month <= 28):
        raise NotUnderstood("month and day as MM-DD, the day from 01 to 28", 'Write it between quotes: "04-01".')
    return month, of_month


def quarter_hour(value: Any) -> dt.time:
    """A local time of day on a quarter-hour."""
    match = _CLOCK.fullmatch(value) if isinstance(value, str) else None
    if match and int(match[1]) < 24 and int(match[2]) < 60:
        value = dt.time(int(match[1]), int(match[2]))
    if not isinstance(value, dt.time) or value.minute % 15 or value.second or value.microsecond:
        raise NotUnderstood("a time of day on a quarter-hour", 'Write it as "06:00", "06:15", "06:30" or "06:45".')
    return value


@functools.cache
def _zones() -> dict[str, str]:
    """The zones of the IANA database by lower-case name, without the machine's own."""
    return {zone.lower(): zone for zone in zoneinfo.available_timezones() - {"localtime", "Factory"}}


def time_zone(value: Any) -> str:
    """The name of a time zone in the IANA database."""
    name = some_text(value)
    if name in _zones().values():
        return name
    close = difflib.get_close_matches(name.lower(), _zones(), n=1, cutoff=0.6)
    hint = f"Did you mean {_zones()[close[0]]!r}?" if close else "Name the city of your zone."
    raise NotUnderstood("a time zone such as Europe/London", hint)


def rules(value: Any) -> tuple[str, ...]:
    """The rules of a named set, or a list of rules."""
    if isinstance(value, str):
        return RULE_SETS[choice(RULE_SETS)(value)]
    if not isinstance(value, list) or not value:
        raise NotUnderstood(f"{listed(RULE_SETS)}, or a list of rules", 'Write it as "daily" or ["beyond_limits"].')
    read = tuple(_rule(item) for item in value)
    if len(set(read)) != len(read):
        raise NotUnderstood("each rule once", "Take the repeated one out.")
    return read


def _rule(value: Any) -> str:
    if isinstance(value, str) and is_rule(value):
        return value
    if isinstance(value, str) and spelled_like_a_rule(value):
        raise NotUnderstood(f"a rule of 2 to {LONGEST_RULE} points (trends and alternations: 3)", "Change its length.")
    wanted = f"{listed(RULES)}; or of your own length (N, K, M up to {LONGEST_RULE} points): {OWN_RULES}"
    raise NotUnderstood(wanted, nearest(value, RULES) or 'Write it as "run_of_7".')
