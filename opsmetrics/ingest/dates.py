"""How instants are written: the form and the order of day and month of a whole column, and the SQL that reads it.

`01/05/2025` may be 1 May or 5 January. A day over 12 anywhere in the column settles it for the column; cells that are
then impossible are rejected, never read in another order. Where every cell fits both, a person is asked. Dates with
points (`01.05.2025`) are day first, unless days over 12 say that a program wrote them month first.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache

from opsmetrics.ingest.months import month_of, month_sql
from opsmetrics.ingest.plain import plain, plain_sql
from opsmetrics.ingest.sql import text
from opsmetrics.ingest.weekdays import PREFIX, agreeing, bare, has_weekday, without_weekday

_SEPARATOR = "[ .,/-]*"
#: After the number of a day: 4th, 1er, 1º. Between it and the month: 27 de enero, 4th of March.
_ORDINAL = "(?:(?i:st|nd|rd|th|er|re)|[ºª°])?"
_DAY = f"[0-9]{{1,2}}{_ORDINAL}"
_OF = "(?:de |of )?"
#: The half of the day: 5 pm, 5 p.m.
_M = "(?:[Mm]|[.] ?[Mm][.])"
_HALF = f" ?[AaPp]{_M}"
_CLOCK = "(?:[01]?[0-9]|2[0-3]):[0-5][0-9]"
#: The end of a day, the first instant of the next one (ISO 8601-1:2004).
_END_OF_DAY = "24:00"
#: Ways to write the time after a date, and how it is parsed.
TAILS: tuple[tuple[str, str], ...] = (
    ("", ""),
    (f"[T ]{_CLOCK}", " %H:%M"),
    (f"[T ]{_CLOCK}:[0-5][0-9]", " %H:%M:%S"),
    (f"[T ]{_CLOCK}:[0-5][0-9][.,][0-9]{{1,9}}", " %H:%M:%S.%f"),
    (f" (?:0?[1-9]|1[0-2]):[0-5][0-9]{_HALF}", " %I:%M %p"),
    (f" (?:0?[1-9]|1[0-2]):[0-5][0-9]:[0-5][0-9]{_HALF}", " %I:%M:%S %p"),
    (f" (?:0?[1-9]|1[0-2]):[0-5][0-9]:[0-5][0-9][.,][0-9]{{1,9}}{_HALF}", " %I:%M:%S.%f %p"),
    (f"[T ]{_END_OF_DAY}", " %H:%M"),
    (f"[T ]{_END_OF_DAY}:00", " %H:%M:%S"),
)
#: Positions in TAILS: with fractions of a second, with a half of the day, at the end of the day.
_FRACTIONS, _HALVES, _LATE = {3, 6}, {4, 5, 6}, {7, 8}
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
    Form("day month", f"{_DAY}{_SEPARATOR}{_OF}[\\pL]{{3,}}{_SEPARATOR}(?:de )?[0-9]{{4}}", ()),
    Form("day month short", f"{_DAY}{_SEPARATOR}[\\pL]{{3,}}{_SEPARATOR}[0-9]{{2}}", ()),
    Form("month day", f"[\\pL]{{3,}}{_SEPARATOR}{_DAY}{_SEPARATOR}[0-9]{{4}}", ()),
    Form("week", "[0-9]{4}-?W[0-5][0-9]", (), timed=False),
    Form("month", "[0-9]{4}-[0-9]{2}", (), timed=False),
    Form("named month", f"[\\pL]{{3,}}{_SEPARATOR}[0-9]{{4}}", (), timed=False),
    Form("year week", "[0-9]{4}[ /-]?(?i:KW|CW|W) ?[0-9]{1,2}", (), timed=False),
    Form("week year", "(?i:KW|CW|W|WK|WEEK|WOCHE|SEMAINE|SEMANA)[ .]?[0-9]{1,2}[ /.-]+[0-9]{4}", (), timed=False),
    Form("quarter", "[0-9]{4}[ /-]?Q[1-4]", (), timed=False),
    Form("quarter year", "Q[1-4][ /-]?[0-9]{4}", (), timed=False),
    Form("month year", f"{_NUMBER}[/.-](?:19|20)[0-9]{{2}}", (), timed=False),
    Form("week day", "[0-9]{4}-?W[0-5][0-9]-?[1-7]", (), timed=False),
    Form("day of year", "(?:19|20)[0-9]{2}[-/.][0-3][0-9]{2}", (), timed=False),
    Form("slashed month", f"(?:19|20)[0-9]{{2}}[/.]{_NUMBER2}", (), timed=False),
    Form("compact", "(?:19|20)[0-9]{6}", ("%Y%m%d",), timed=False),
    Form("compact month", f"(?:19|20)[0-9]{{2}}{_NUMBER2}", ("%Y%m",), timed=False),
    Form("serial", "[2-7][0-9]{4}(?:[.][0-9]+)?", (), timed=False),
    Form("epoch", "[0-9]{9,10}(?:[.][0-9]+)?", (), timed=False),
    Form("compact minute", f"{_COMPACT}{_HOUR}[0-5][0-9]", ("%Y%m%d%H%M",), timed=False),
    Form("compact second", f"{_COMPACT}{_HOUR}[0-5][0-9][0-5][0-9]", ("%Y%m%d%H%M%S",), timed=False),
    Form("epoch ms", "[0-9]{12,13}(?:[.][0-9]+)?", (), timed=False),
    Form("epoch us", "[0-9]{15,16}", (), timed=False),
    Form("compact day of year", "(?:19|20)[0-9]{2}[0-3][0-9]{2}", (), timed=False),
)
EMPTY, OTHER = len(FORMS), len(FORMS) + 1
#: Forms of digits only: they count only where the whole column is written so.
BARE = (
    *("compact", "compact month", "serial", "epoch", "compact minute", "compact second", "epoch ms", "epoch us"),
    "compact day of year",
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
ORDERS: Mapping[str, tuple[str, str]] = {
    "dmy": ("%d/%m/%Y", "%d/%m/%y"),
    "mdy": ("%m/%d/%Y", "%m/%d/%y"),
    "ymd": ("", "%y/%m/%d"),
}
ORDER_WORDS = {"dmy": "day/month/year", "mdy": "month/day/year", "ymd": "year/month/day"}


@cache
def _patterns() -> tuple[re.Pattern[str], tuple[tuple[str, re.Pattern[str]], ...]]:
    """The pattern of any form, and of each form by its name, as Python reads them."""
    each = [(form.name, _whole(form).replace("[\\pL]", "[^\\W\\d_]")) for form in FORMS]
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
    arms = [f"WHEN regexp_full_match({cell}, {text(_whole(form))}) THEN {code}" for code, form in enumerate(FORMS)]
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


def _whole(form: Form, weekdays: bool = True) -> str:
    if not form.timed:
        return form.pattern
    return f"{f'(?:{PREFIX})?' if weekdays else ''}{form.pattern}(?:{_TAIL}{OFFSET}?)?"


@dataclass(frozen=True)
class DateStyle:
    """How a column writes its instants."""

    forms: tuple[str, ...] = ("iso",)
    order: str = "dmy"
    tails: tuple[int, ...] = (0,)
    months: Mapping[str, int] = field(default_factory=dict)  # words of the column → month
    base: str = "1899-12-30"  # the day that has serial number 0
    swapped: bool = False  # a spreadsheet exchanged day and month of those that it took for dates
    american: bool = False  # days with points are written month first
    weeks: bool = False  # a number beside a year is that of a week
    weekdays: bool = False  # a weekday stands before some dates

    @property
    def offsets(self) -> bool:
        """True where some stamps state their offset from UTC."""
        return any(tail >= 10 for tail in self.tails)

    @property
    def zoned(self) -> bool:
        """True where the whole column is in UTC by its nature."""
        return self.forms[0] in ("epoch", "epoch ms", "epoch us")

    def sql(self, cell: str) -> str:
        """An expression of type TIMESTAMP: the stamp as written (offset ignored), null where it is not one."""
        arms = []
        for form in FORMS:
            if form.name in self.forms:
                dated = without_weekday(cell) if self.weekdays and form.timed else cell
                whole = text(_whole(form, self.weekdays))
                arms.append(f"WHEN regexp_full_match({cell}, {whole}) THEN {self._value(form, dated)}")
        stamp = f"CASE {' '.join(arms)} END"
        return agreeing(cell, stamp) if self.weekdays else stamp

    def offset_sql(self, cell: str) -> str:
        """Minutes east of UTC that the cell states; null where it states none."""
        found = f"regexp_extract({cell}, {text(f':[0-9.,]+({OFFSET})$')}, 1)"
        digits = f"regexp_replace({found}, '[^0-9]', '', 'g')"
        hours, rest = f"substr({digits}, 1, 2)", f"coalesce(nullif(substr({digits}, 3), ''), '0')"
        minutes = f"CAST({hours} AS INTEGER) * 60 + CAST({rest} AS INTEGER)"
        return (
            f"CASE WHEN {found} = '' THEN NULL WHEN {digits} = '' THEN 0 "
            f"ELSE ({minutes}) * CASE WHEN contains({found}, '-') THEN -1 ELSE 1 END END"
        )

    def _value(self, form: Form, cell: str) -> str:
        special = self._special(form.name, cell)
        if special:
            return special
        prepared, dates = cell, form.formats
        if form.name.startswith("dotted") and self.american:
            dates = tuple(date.replace("%d.%m", "%m.%d") for date in dates)
        elif form.name == "iso" and self.swapped:
            dates = ("%Y-%d-%m",)
        elif form.ordered:
            long, short = ORDERS[self.order]
            dates = (short if form.name.endswith("short") else long,)
            prepared = f"replace({cell}, '-', '/')" if not self.offsets else _slashed(cell)
        elif form.name in NAMED:
            prepared, dates = _named(form.name, cell, self.months), ("%Y-%m-%d",)
            dates = ("%y-%m-%d",) if form.name.endswith("short") else dates
        if not any(dates):
            return "NULL"
        read = f"try_strptime({self._bare(prepared)}, {self._formats(dates, form.timed)})"
        if not form.timed or not {tail % 10 for tail in self.tails} & _LATE:
            return read
        return f"{read} + to_days(CASE WHEN regexp_matches({cell}, '[T ]{_END_OF_DAY}') THEN 1 ELSE 0 END)"

    def _formats(self, dates: tuple[str, ...], timed: bool) -> str:
        tails = sorted({tail % 10 for tail in self.tails}) if timed else [0]
        return "[" + ", ".join(text(date + TAILS[tail][1]) for date in dates for tail in tails) + "]"

    def _bare(self, cell: str) -> str:
        """The cell without its offset, with a blank before its time."""
        tails = {tail % 10 for tail in self.tails}
        if self.offsets:
            cell = f"regexp_replace({cell}, {text(f'(:[0-9.,]+){OFFSET}$')}, '\\1')"
        if tails & ({1, 2, 3} | _LATE):
            cell = f"replace({cell}, 'T', ' ')"
        if tails & _LATE:
            cell = f"replace({cell}, ' {_END_OF_DAY}', ' 00:00')"
        if tails & _FRACTIONS:
            cell = f"regexp_replace(replace({cell}, ',', '.'), '([.][0-9]{{6}})[0-9]+', '\\1')"
        if tails & _HALVES:
            cell = f"regexp_replace({cell}, {text(f' ?([AaPp]){_M}$')}, ' \\1M')"
        return cell

    def _special(self, form: str, cell: str) -> str | None:
        year, rest = f"regexp_extract({cell}, '[0-9]{{4}}')", f"regexp_replace({cell}, '[0-9]{{4}}', '')"
        number = f"regexp_extract({rest}, '[0-9]{{1,2}}')"
        if form in NUMBERED and self.weeks:
            return _week(*year_number(form, cell))
        if form in ("week", "year week", "week year"):
            digits = f"regexp_extract({cell}, '[0-9]{{1,2}}')" if form == "week year" else number
            return _week(f"regexp_extract({cell}, '[0-9]{{4}}$')" if form == "week year" else year, digits)
        if form in ("quarter", "quarter year"):
            quarter = f"regexp_extract({cell}, 'Q([1-4])', 1)"
            if form == "quarter year":
                year = f"right({cell}, 4)"
            return f"try_strptime({year} || '-' || CAST(3 * CAST({quarter} AS INTEGER) - 2 AS VARCHAR), '%Y-%m')"
        if form in ("month", "month year", "slashed month"):
            return f"try_strptime({year} || '-' || {number}, '%Y-%m')"
        if form == "serial":
            stamp = f"TIMESTAMP '{self.base}' + to_seconds(round(TRY_CAST({cell} AS DOUBLE) * 86400))"
            return f"try_strptime(strftime({stamp}, '%Y-%d-%m %X'), '%Y-%m-%d %X')" if self.swapped else stamp
        if form == "epoch":
            return f"TIMESTAMP '1970-01-01' + to_seconds(TRY_CAST({cell} AS DOUBLE))"
        if form == "epoch ms":
            return f"TIMESTAMP '1970-01-01' + to_microseconds(CAST(round(TRY_CAST({cell} AS DOUBLE) * 1000) AS BIGINT))"
        if form == "epoch us":
            return f"TIMESTAMP '1970-01-01' + to_microseconds(TRY_CAST({cell} AS BIGINT))"
        if form == "week day":
            return _same(f"regexp_replace({cell}, '[W-]', '', 'g')", "%G%V%u")
        if form in ("day of year", "compact day of year"):
            return _same(f"regexp_replace({cell}, '[-/.]', '')", "%Y%j")
        return None


def year_number(form: str, cell: str) -> tuple[str, str]:
    """Expressions for the year and the number beside it in a cell of one of NUMBERED."""
    if form == "month year":
        return f"right({cell}, 4)", f"regexp_extract({cell}, '^[0-9]{{1,2}}')"
    return f"left({cell}, 4)", f"regexp_extract({cell}, '([0-9]{{2}})$', 1)"


def _week(year: str, number: str) -> str:
    """The Monday of an ISO week; null for a 53rd week that the year does not have."""
    week = f"{year} || 'W' || lpad({number}, 2, '0')"
    day = f"try_strptime({week} || '1', '%GW%V%u')"
    return f"CASE WHEN strftime({day}, '%GW%V') = {week} THEN {day} END"


def _same(figures: str, parts: str) -> str:
    """The stamp of these figures; null where the calendar does not have it (a 366th day, a 53rd week)."""
    lengths = {"%G": 4, "%V": 2, "%u": 1, "%Y": 4, "%j": 3}
    formats = [parts[i : i + 2] for i in range(0, len(parts), 2)]
    starts = [1 + sum(lengths[before] for before in formats[:i]) for i in range(len(formats))]
    cut = [f"substr({figures}, {at}, {lengths[part]})" for at, part in zip(starts, formats, strict=True)]
    apart = " || '-' || ".join(cut)
    read = f"try_strptime({apart}, {text('-'.join(formats))})"
    return f"CASE WHEN strftime({read}, {text(parts)}) = {figures} THEN {read} END"


def _slashed(cell: str) -> str:
    """Only the marks of the date become slashes: a later '-' belongs to the offset."""
    return f"regexp_replace({cell}, '^([0-9]+)[/-]([0-9]+)[/-]', '\\1/\\2/')"


def _named(form: str, cell: str, months: Mapping[str, int]) -> str:
    """The cell as year-month-day, then its time."""
    word = f"[\\pL]{{3,}}{_SEPARATOR}(?:de )?"
    day = f"([0-9]{{1,2}}){_ORDINAL}{_SEPARATOR}"
    patterns = {
        "day month": (f"^{day}{_OF}{word}([0-9]{{4}})", "\\2-@-\\1"),
        "day month short": (f"^{day}{word}([0-9]{{2}})", "\\2-@-\\1"),
        "month day": (f"^{word}{day}([0-9]{{4}})", "\\2-@-\\1"),
        "named month": (f"^{word}([0-9]{{4}})", "\\1-@-1"),
    }
    pattern, order = patterns[form]
    return f"replace(regexp_replace({cell}, {text(pattern)}, '{order}'), '@', {month_sql(cell, months)})"
