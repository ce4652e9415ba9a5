"""How instants are written: the form and the order of day and month of a whole column, and the SQL that reads it.

`01/05/2025` may be 1 May or 5 January. A day over 12 anywhere in the column settles it for the column; cells that are
then impossible are rejected, never read in another order. Where every cell fits both, a person is asked. Dates with
points (`01.05.2025`) are day first, unless days over 12 say that a program wrote them month first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from opsmetrics.ingest.date_forms import (
    END_OF_DAY,
    FORMS,
    FRACTIONS,
    HALVES,
    LATE,
    NAMED,
    NUMBERED,
    OF,
    OFFSET,
    ORDINAL,
    SEPARATOR,
    TAILS,
    Form,
    M,
    whole_pattern,
)
from opsmetrics.ingest.months import month_sql
from opsmetrics.ingest.sql import text
from opsmetrics.ingest.weekdays import agreeing, without_weekday

ORDERS: Mapping[str, tuple[str, str]] = {
    "dmy": ("%d/%m/%Y", "%d/%m/%y"),
    "mdy": ("%m/%d/%Y", "%m/%d/%y"),
    "ymd": ("", "%y/%m/%d"),
}
ORDER_WORDS = {"dmy": "day/month/year", "mdy": "month/day/year", "ymd": "year/month/day"}


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

    @property
    def lasting(self) -> Mapping[str, str]:
        """What a file told that its source's later files may not tell again: code of a question → answer."""
        swapped = {"swapped_dates": "swap"} if self.swapped else {}
        return {**swapped, **({"point_order": "mdy"} if self.american else {})}

    def sql(self, cell: str) -> str:
        """An expression of type TIMESTAMP: the stamp as written (offset ignored), null where it is not one."""
        arms = []
        for form in FORMS:
            if form.name in self.forms:
                dated = without_weekday(cell) if self.weekdays and form.timed else cell
                whole = text(whole_pattern(form, self.weekdays))
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
        elif form.name in ("iso", "slashed iso") and self.swapped:
            dates = tuple(f"{date[:3]}%d{date[2]}%m" for date in dates)
        elif form.ordered:
            long, short = ORDERS[self.order]
            dates = (short if form.name.endswith("short") else long,)
            prepared = f"replace({cell}, '-', '/')" if not self.offsets else _slashed(cell)
            if form.name == "ordered compact":
                prepared = f"regexp_replace(lpad({cell}, 8, '0'), '^(..)(..)', '\\1/\\2/')"
        elif form.name in NAMED:
            prepared, dates = _named(form.name, cell, self.months), ("%Y-%m-%d",)
            dates = ("%y-%m-%d",) if form.name.endswith("short") else dates
        if not any(dates):
            return "NULL"
        read = f"try_strptime({self._bare(prepared)}, {self._formats(dates, form.timed)})"
        if not form.timed or not {tail % 10 for tail in self.tails} & LATE:
            return read
        return f"{read} + to_days(CASE WHEN regexp_matches({cell}, '[T ]{END_OF_DAY}') THEN 1 ELSE 0 END)"

    def _formats(self, dates: tuple[str, ...], timed: bool) -> str:
        tails = sorted({tail % 10 for tail in self.tails}) if timed else [0]
        return "[" + ", ".join(text(date + TAILS[tail][1]) for date in dates for tail in tails) + "]"

    def _bare(self, cell: str) -> str:
        """The cell without its offset, with a blank before its time."""
        tails = {tail % 10 for tail in self.tails}
        if self.offsets:
            cell = f"regexp_replace({cell}, {text(f'(:[0-9.,]+){OFFSET}$')}, '\\1')"
        if tails & ({1, 2, 3} | LATE):
            cell = f"replace({cell}, 'T', ' ')"
        if tails & LATE:
            cell = f"replace({cell}, ' {END_OF_DAY}', ' 00:00')"
        if tails & FRACTIONS:
            cell = f"regexp_replace(replace({cell}, ',', '.'), '([.][0-9]{{6}})[0-9]+', '\\1')"
        if tails & HALVES:
            cell = f"regexp_replace({cell}, {text(f' ?([AaPp]){M}$')}, ' \\1M')"
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
        if form == "year":
            return f"try_strptime({cell} || '-01', '%Y-%m')"
        if form == "serial":
            stamp = (
                f"TIMESTAMP '{self.base}' + to_seconds(round(TRY_CAST(replace({cell}, ',', '.') AS DOUBLE) * 86400))"
            )
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
    word = f"[\\pL]{{3,}}{SEPARATOR}(?:de )?"
    day = f"([0-9]{{1,2}}){ORDINAL}{SEPARATOR}"
    patterns = {
        "day month": (f"^{day}{OF}{word}([0-9]{{4}})", "\\2-@-\\1"),
        "day month short": (f"^{day}{word}([0-9]{{2}})", "\\2-@-\\1"),
        "month day": (f"^{word}{day}([0-9]{{4}})", "\\2-@-\\1"),
        "named month": (f"^{word}([0-9]{{4}})", "\\1-@-1"),
    }
    pattern, order = patterns[form]
    return f"replace(regexp_replace({cell}, {text(pattern)}, '{order}'), '@', {month_sql(cell, months)})"
