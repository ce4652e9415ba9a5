"""The forms in which instants are written, and which of them a cell has: to the engine and to Python alike."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

from opsmetrics.ingest.months import month_of
from opsmetrics.ingest.plain import plain, plain_sql
from opsmetrics.ingest.sql import text
from opsmetrics.ingest.weekdays import PREFIX, bare, has_weekday

SEPARATOR = "[ .,/-]*"
#: After the number of a day: 4th, 1er, 1º. Between it and the month: 27 de enero, 4th of March.
ORDINAL = "(?:(?i:st|nd|rd|th|er|re)|[ºª°])?"
_DAY = f"[0-9]{{1,2}}{ORDINAL}"
OF = "(?:de |of )?"
#: The half of the day: 5 pm, 5 p.m.
M = "(?:[Mm]|[.] ?[Mm][.])"
_HALF = f" ?[AaPp]{M}"
CLOCK = "(?:[01]?[0-9]|2[0-3]):[0-5][0-9]"
#: The end of a day, the first instant of the next one (ISO 8601-1:2004).
END_OF_DAY = "24:00"
#: Ways to write the time after a date, and how it is parsed.
TAILS: tuple[tuple[str, str], ...] = (
    ("", ""),
    (f"[T ]{CLOCK}", " %H:%M"),
    (f"[T ]{CLOCK}:[0-5][0-9]", " %H:%M:%S"),
    (f"[T ]{CLOCK}:[0-5][0-9][.,][0-9]{{1,9}}", " %H:%M:%S.%f"),
    (f" (?:0?[1-9]|1[0-2]):[0-5][0-9]{_HALF}", " %I:%M %p"),
    (f" (?:0?[1-9]|1[0-2]):[0-5][0-9]:[0-5][0-9]{_HALF}", " %I:%M:%S %p"),
    (f" (?:0?[1-9]|1[0-2]):[0-5][0-9]:[0-5][0-9][.,][0-9]{{1,9}}{_HALF}", " %I:%M:%S.%f %p"),
    (f"[T ]{END_OF_DAY}", " %H:%M"),
    (f"[T ]{END_OF_DAY}:00", " %H:%M:%S"),
)
#: Positions in TAILS: with fractions of a second, with a half of the day, at the end of the day.
FRACTIONS, HALVES, LATE = {3, 6}, {4, 5, 6}, {7, 8}
OFFSET = "(?: ?(?:Z|UTC|GMT)| ?[-+][0-1][0-9]:?[0-5][0-9]|[-+][0-1][0-9])"
#: Added to the number of a tail where a weekday stands before the date.
WEEKDAY = 100
_TAIL = f"(?:{'|'.join(pattern for pattern, _ in TAILS[1:])})"


#: A day, an hour of figures only.
_COMPACT, _HOUR = "(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])", "(?:[01][0-9]|2[0-3])"

#: Of a month or a week.
_NUMBER2 = "(?:0[1-9]|[1-4][0-9]|5[0-3])"
_NUMBER = f"(?:[1-9]|{_NUMBER2})"


@dataclass(frozen=True)
class Form:
    """A way of writing a date: its pattern, the formats of its date part, whether it is a day, which a weekday may
    precede and a time follow."""

    name: str
    pattern: str
    formats: tuple[str, ...]
    timed: bool = True
    ordered: bool = False  # day and month may stand in either order


FORMS: tuple[Form, ...] = (
    Form("iso", "[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}", ("%Y-%m-%d",)),
    Form("slashed iso", "[0-9]{4}([/.])[0-9]{1,2}[/.][0-9]{1,2}", ("%Y/%m/%d", "%Y.%m.%d")),
    Form("dotted", r"[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{4}", ("%d.%m.%Y",)),
    Form("dotted short", r"[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{2}", ("%d.%m.%y",)),
    Form("ordered", "[0-9]{1,2}[/-][0-9]{1,2}[/-][0-9]{4}", (), ordered=True),
    Form("ordered short", "[0-9]{1,2}[/-][0-9]{1,2}[/-][0-9]{2}", (), ordered=True),
    Form("day month", f"{_DAY}{SEPARATOR}{OF}[\\pL]{{3,}}{SEPARATOR}(?:de )?[0-9]{{4}}", ()),
    Form("day month short", f"{_DAY}{SEPARATOR}[\\pL]{{3,}}{SEPARATOR}[0-9]{{2}}", ()),
    Form("month day", f"[\\pL]{{3,}}{SEPARATOR}{_DAY}{SEPARATOR}[0-9]{{4}}", ()),
    Form("week", "[0-9]{4}-?W[0-5][0-9]", (), timed=False),
    Form("month", "[0-9]{4}-[0-9]{2}", (), timed=False),
    Form("named month", f"[\\pL]{{3,}}{SEPARATOR}[0-9]{{4}}", (), timed=False),
    Form("year week", "[0-9]{4}[ /-]?(?i:KW|CW|W) ?[0-9]{1,2}", (), timed=False),
    Form("week year", "(?i:KW|CW|W|WK|WEEK|WOCHE|SEMAINE|SEMANA)[ .]?[0-9]{1,2}[ /.-]+[0-9]{4}", (), timed=False),
    Form("quarter", "[0-9]{4}[ /-]?Q[1-4]", (), timed=False),
    Form("quarter year", "Q[1-4][ /-]?[0-9]{4}", (), timed=False),
    Form("month year", f"{_NUMBER}[/.-](?:19|20)[0-9]{{2}}", (), timed=False),
    Form("week day", "[0-9]{4}-?W[0-5][0-9]-?[1-7]", (), timed=False),
    Form("day of year", "(?:19|20)[0-9]{2}[-/.][0-3][0-9]{2}", (), timed=False),
    Form("slashed month", f"(?:19|20)[0-9]{{2}}[/.]{_NUMBER2}", (), timed=False),
    Form("ordered compact", "[0-3]?[0-9][0-3][0-9](?:19|20)[0-9]{2}", (), timed=False, ordered=True),
    Form("compact", "(?:19|20)[0-9]{6}", ("%Y%m%d",), timed=False),
    Form("compact month", f"(?:19|20)[0-9]{{2}}{_NUMBER2}", ("%Y%m",), timed=False),
    Form("serial", "[2-7][0-9]{4}(?:[.,][0-9]+)?", (), timed=False),
    Form("epoch", "[0-9]{9,10}(?:[.][0-9]+)?", (), timed=False),
    Form("compact minute", f"{_COMPACT}{_HOUR}[0-5][0-9]", ("%Y%m%d%H%M",), timed=False),
    Form("compact second", f"{_COMPACT}{_HOUR}[0-5][0-9][0-5][0-9]", ("%Y%m%d%H%M%S",), timed=False),
    Form("epoch ms", "[0-9]{12,13}(?:[.][0-9]+)?", (), timed=False),
    Form("epoch us", "[0-9]{15,16}", (), timed=False),
    Form("year", "(?:19|20)[0-9]{2}", (), timed=False),
    Form("compact day of year", "(?:19|20)[0-9]{2}[0-3][0-9]{2}", (), timed=False),
)
EMPTY, OTHER = len(FORMS), len(FORMS) + 1
#: Forms of digits only: they count only where the whole column is written so.
BARE = (
    *("compact", "compact month", "serial", "epoch", "compact minute", "compact second", "epoch ms", "epoch us"),
    *("compact day of year", "ordered compact", "year"),
)
NAMED = ("day month", "day month short", "month day", "named month")
_FIRST_NAMED = [form.name for form in FORMS].index(NAMED[0])
#: Words for weeks and quarters look like those for months; what they head is written plainly first (`plain`).
_NO_MONTH = (
    "^(?:[0-9]{1,4}[^0-9 ]{0,4}[ ./-]*)?"
    "(?i:weeks?|woche|kalenderwoche|semaine|sem|semana|settimana|uge|vecka"
    "|quarter|quartal|qtr|trim|trimestre|trimester|kwartaal)(?:[^\\pL]|$)"
)
#: Forms of a year and a number, which may be that of a month or of a week.
NUMBERED = ("month", "month year", "slashed month", "compact month")


@cache
def _patterns() -> tuple[re.Pattern[str], tuple[tuple[str, re.Pattern[str]], ...]]:
    """The pattern of any form, and of each form by its name, as Python reads them."""
    each = [(form.name, whole_pattern(form).replace("[\\pL]", "[^\\W\\d_]")) for form in FORMS]
    return re.compile("|".join(pattern for _, pattern in each)), tuple((name, re.compile(p)) for name, p in each)


@lru_cache(maxsize=10_000)
def form_of(cell: str) -> str | None:
    """The name of the form in which a cell is written, as it stands or rewritten; None where it is no date."""
    found = _form_of(cell)
    return found or (_form_of(plain(cell)) if any(sign.isdigit() for sign in cell) else None)


def _form_of(cell: str) -> str | None:
    any_form, forms = _patterns()
    if not any_form.fullmatch(cell):
        return None
    name = next(name for name, pattern in forms if pattern.fullmatch(cell))
    words = re.findall(r"[^\W\d_]{3,}", bare(cell)) if name in NAMED else []
    return name if not words or month_of(words[0]) else None


def is_plain(cell: str) -> bool:
    """True where a cell stands in one of the forms."""
    return _form_of(cell) is not None


def form_sql(cell: str, beside: str = "FALSE") -> str:
    """The code of the cell's form: a position in FORMS, EMPTY or OTHER; EMPTY too where it is none and `beside`."""
    arms = [
        f"WHEN regexp_full_match({cell}, {text(whole_pattern(form))}) THEN {code}" for code, form in enumerate(FORMS)
    ]
    nothing = f"WHEN {cell} IS NULL OR {cell} = '' THEN {EMPTY}"
    arms.insert(_FIRST_NAMED, f"WHEN regexp_matches({cell}, {text(_NO_MONTH)}) THEN {OTHER}")
    return f"CASE {nothing} {' '.join(arms)} WHEN {beside} THEN {EMPTY} ELSE {OTHER} END"


def plainly_sql(cell: str, rules: Iterable[int]) -> str:
    """The cell as it stands where it is in a form, else rewritten by these rules."""
    known = f"{form_sql(cell)} < {EMPTY}"
    return f"CASE WHEN {cell} = '' OR {known} THEN {cell} ELSE {plain_sql(cell, rules)} END"


def tail_sql(cell: str) -> str:
    """A number that says what stands around the date of a cell: the position of its time in TAILS, plus 10 where an
    offset follows, plus WEEKDAY where a weekday stands before it."""
    arms = [
        f"WHEN regexp_matches({cell}, {text(f'{pattern}{OFFSET}?$')}) THEN {code}"
        for code, (pattern, _) in reversed(list(enumerate(TAILS)))
        if pattern
    ]
    offset = f"CASE WHEN regexp_matches({cell}, {text(f':[0-9.,]+{OFFSET}$')}) THEN 10 ELSE 0 END"
    time = f"CASE WHEN NOT contains({cell}, ':') THEN 0 ELSE {offset} + CASE {' '.join(arms)} ELSE 0 END END"
    lettered = f"{cell} > ':'"  # figures come before letters: most columns have no letter to look at
    return f"{time} + CASE WHEN {lettered} THEN CASE WHEN {has_weekday(cell)} THEN {WEEKDAY} ELSE 0 END ELSE 0 END"


def whole_pattern(form: Form, weekdays: bool = True) -> str:
    """The pattern of a whole cell of this form."""
    if not form.timed:
        return form.pattern
    return f"{f'(?:{PREFIX})?' if weekdays else ''}{form.pattern}(?:{_TAIL}{OFFSET}?)?"
