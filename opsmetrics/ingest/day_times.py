"""Times of day in a column of their own: 7:03, 7.03 Uhr, 0703, 7 pm, 8-9, hours, quarters of an hour, parts of a day.

Figures are read in one way for the whole column. Hours from 1 to 24 may be those of the clock, or be counted from
midnight on, as in files of metered values: a person is asked, unless the name of the column says it. A day with a 25th
hour or a 100th quarter is that of a clock change: `numbered_times` tells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from opsmetrics.ingest.cells import fold
from opsmetrics.ingest.problems import IngestRefused, Question
from opsmetrics.ingest.sql import text
from opsmetrics.measurements import Notice

HOURS = "hours"
_M = "[AaPp][.]?(?: ?[Mm][.]?)?"
_SECONDS = "(?::[0-5][0-9](?:[.][0-9]{1,9})?)?"
#: A time as it is joined to its date.
IS_TIME = f"(?:[01]?[0-9]|2[0-3]):[0-5][0-9]{_SECONDS}|24:00(?::00)?|(?:0?[1-9]|1[0-2]):[0-5][0-9]{_SECONDS} [AaPp]M"
#: Other ways of writing → a plain one, in this order.
_RULES: tuple[tuple[str, str], ...] = (
    # the day that spreadsheets and databases put before a time alone
    ("^(?:1899-12-3[01]|1900-01-0[01]|1904-01-01|1970-01-01|3[01][./]12[./]1899|12/3[01]/1899|0?[01][./]0?1[./]1900"
     "|0?1/0?0/1900)[T ]", ""),
    # stretches: their beginning
    ("^([0-9]{1,2}) ?(?i:uhr|h)? ?(?:[-–]|(?i:bis|to|until|à|a)) ?[0-9]{1,2} ?(?i:uhr|h)?$", "\\1:00"),
    ("^([0-9]{1,2}[:.hH][0-9]{2}(?:[:.][0-9]{2})?) ?(?i:uhr|h)? ?(?:[-–]|(?i:bis|to|until|à|a)) ?"
     "[0-9]{1,2}[:.hH][0-9]{2}(?:[:.][0-9]{2})? ?(?i:uhr|h)?$", "\\1"),
    (f"^([0-9:]+ ?{_M}) ?(?:[-–]|(?i:to|until)) ?[0-9:]+ ?{_M}$", "\\1"),
    ("^(?i:h|hr|hour|std[.]?|stunde|heure|hora) ?([0-9]{1,2})$", "\\1:00"),
    ("^([0-9]{1,2}) ?(?i:h|uhr|hrs?|std[.]?|o'clock)$", "\\1:00"),
    ("^([0-9]{1,2}) ?[hH.] ?([0-5][0-9])(?: ?(?i:h|uhr|hrs?|min|m))?$", "\\1:\\2"),
    ("^([0-9]{1,2})[.]([0-5][0-9])[.]([0-5][0-9])$", "\\1:\\2:\\3"),
    ("^([0-9:]+) ?(?i:h|uhr|hrs?)$", "\\1"),
    ("^([0-9:]+),([0-9]+)$", "\\1.\\2"),
    ("^([0-9]{1,2}) ?([AaPp])[.]?(?: ?[Mm][.]?)?$", "\\1:00 \\2M"),
    ("^([0-9:.]+) ?([AaPp])[.]?(?: ?[Mm][.]?)?$", "\\1 \\2M"),
)  # fmt: skip
_DAY = 24 * 60
_WHOLE = re.compile(r"[0-9]+(?:[.]0*)?")
_PART = re.compile(r"0?[.,][0-9]+|0|1(?:[.,]0*)?|[0-9](?:[.,][0-9]+)?[eE]-[0-9]+")
_QUARTERS = ("quarter hour", "quarter", "viertelstunde", "quart d'heure", "cuarto de hora", "interval", "intervall")
_HALVES = ("settlement period", "half hour", "halbstunde", "halbe stunde")
_ENDING = ("hour ending", "he", "stunde bis", "ending", "hour end", "fin d'heure")


@dataclass(frozen=True)
class DayTimes:
    """How a column of times is written: an expression for the time of a cell, or what must be asked. `minutes` of a
    numbered hour or quarter: an expression for those before it since the day began; `beyond`: from so many on it can
    only be in the longer day of a clock change, and its time is the end of the day."""

    sql: Callable[[str], str]
    question: Question | None = None
    notices: tuple[Notice, ...] = ()
    minutes: Callable[[str], str] | None = None
    beyond: int = _DAY


def day_times(header: str, cells: Sequence[str], answers: Mapping[str, str]) -> DayTimes:
    """Decide over all cells. Raises IngestRefused (`times_not_understood`, `unknown_answer`)."""
    if all(_PART.fullmatch(cell) for cell in cells) and not all(_WHOLE.fullmatch(cell) for cell in cells):
        return DayTimes(_fraction)
    figures = [cell for cell in cells if _WHOLE.fullmatch(cell)]
    if not cells or len(figures) * 2 < len(cells):
        return DayTimes(_texts)
    numbers = sorted({int(cell.split(".", 1)[0]) for cell in figures})
    padded = {len(cell) for cell in figures if "." not in cell}
    counted = numbers[-1] == 25 and 0 not in numbers and fold(header) not in (*_QUARTERS, *_HALVES)
    if (numbers[-1] <= 24 or counted) and not (padded == {4} or padded == {6}):
        return _hours(header, numbers, answers)
    if 24 < numbers[-1] <= 100 and padded != {4}:
        return _slots(header, numbers)
    for digits, parts in ((4, _hhmm), (6, _hhmmss)):
        if numbers[-1] < 10**digits and all(_is_clock(number, digits) for number in numbers):
            return DayTimes(parts)
    raise _not_understood(header, numbers)


def is_time(cell: str) -> bool:
    """True where a cell alone may be a time of day."""
    found = cell
    for pattern, written in _RULES:
        found = re.sub(pattern, written, found, count=1)
    return any(re.fullmatch(pattern, found) for pattern in (IS_TIME, _WHOLE, _PART))


def _texts(cell: str) -> str:
    found = cell
    for pattern, written in _RULES:
        found = f"regexp_replace({found}, {text(pattern)}, {text(written)})"
    return found


def _whole(cell: str) -> str:
    return f"CASE WHEN regexp_full_match({cell}, '[0-9]+([.]0*)?') THEN CAST(TRY_CAST({cell} AS DOUBLE) AS BIGINT) END"


def _clock(seconds: str) -> str:
    """07:03:00 of so many seconds since midnight, null beyond the end of the day."""
    two = ("{s} // 3600", "({s} // 60) % 60", "{s} % 60")
    parts = [f"lpad(CAST({part.format(s=f'({seconds})')} AS VARCHAR), 2, '0')" for part in two]
    return f"CASE WHEN ({seconds}) BETWEEN 0 AND 86400 THEN {' || chr(58) || '.join(parts)} END"


def _fraction(cell: str) -> str:
    return _clock(f"CAST(round(TRY_CAST(replace({cell}, ',', '.') AS DOUBLE) * 86400) AS BIGINT)")


def _hhmm(cell: str) -> str:
    number = _whole(cell)
    return _clock(f"({number}) // 100 * 3600 + ({number}) % 100 * 60")


def _hhmmss(cell: str) -> str:
    number = _whole(cell)
    return _clock(f"({number}) // 10000 * 3600 + ({number}) // 100 % 100 * 60 + ({number}) % 100")


def _is_clock(number: int, digits: int) -> bool:
    hours = number // 10 ** (digits - 2)
    rest = (number % 100,) if digits == 4 else (number // 100 % 100, number % 100)
    return all(part < 60 for part in rest) and (hours < 24 or (hours == 24 and not any(rest)))


def _hours(header: str, numbers: Sequence[int], answers: Mapping[str, str]) -> DayTimes:
    """Hours by number: of the clock where there is a 0, else perhaps counted from 1 on, as a 25th can only be."""
    clock = _numbered(0, 60, _DAY + 1)
    counted = _numbered(1, 60)
    if 0 in numbers:
        return clock
    if fold(header) in _ENDING or numbers[-1] > 24:
        return counted
    question = Question(
        HOURS,
        f"The hours of column '{header}' go from {numbers[0]} to {numbers[-1]}: they may be times of the clock, or be "
        "counted from midnight on.",
        (
            f"counted: {numbers[0]} is the hour from {numbers[0] - 1}:00 to {numbers[0]}:00",
            f"clock: {numbers[0]} is {numbers[0]}:00",
        ),
    )
    answer = question.answered(answers)
    if answer is not None:
        return counted if answer == "counted" else clock
    if numbers[0] > 1 and numbers[-1] < 24:  # neither the first nor the last of a day: no count from midnight
        said = f"The hours of '{header}' were read as times of the clock: {numbers[0]} is {numbers[0]}:00."
        return replace(clock, notices=(Notice("hours_of_the_clock", said),))
    return replace(clock, question=question)


def _slots(header: str, numbers: Sequence[int]) -> DayTimes:
    """Quarters or halves of an hour, numbered through the day from 0 or 1 on."""
    word, first = fold(header), 0 if 0 in numbers else 1
    if word in _HALVES:
        minutes = 30
    elif word in _QUARTERS or numbers[-1] > 50:
        minutes = 15
    else:
        raise _not_understood(header, numbers)
    if numbers[-1] - first >= (_DAY + 60) // minutes:
        raise _not_understood(header, numbers)
    return _numbered(first, minutes)


def _numbered(first: int, length: int, beyond: int = _DAY) -> DayTimes:
    """Stretches of so many minutes, numbered through the day from `first` on."""

    def minutes(cell: str) -> str:
        return f"(({_whole(cell)}) - {first}) * {length}"

    return DayTimes(
        lambda cell: _clock(f"CASE WHEN {minutes(cell)} < {_DAY + 60} THEN least({minutes(cell)}, {_DAY}) * 60 END"),
        minutes=minutes,
        beyond=beyond,
    )


def _not_understood(header: str, numbers: Sequence[int]) -> IngestRefused:
    return IngestRefused(
        "times_not_understood",
        f"the figures of column '{header}' ({numbers[0]} to {numbers[-1]}) are no times of day in a known form",
        "times such as 07:03, 0703, 7 pm or 8-9, hours from 0 to 24, or quarters of an hour from 1 to 96",
        "write times with a colon; on the day of a clock change with their offset",
    )
