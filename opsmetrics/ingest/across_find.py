"""Where dates stand across: a row of at least two dates of one form over columns of numbers.

Where its dates repeat, or leave gaps as merged cells do, a second header row above or below it says what each column
states. Names of months without a year take it from a column of years.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

from opsmetrics.ingest import totals
from opsmetrics.ingest.across import Across, said
from opsmetrics.ingest.cells import fold, kind_of
from opsmetrics.ingest.date_forms import form_of
from opsmetrics.ingest.date_parts import YEARS
from opsmetrics.ingest.header import SEARCHED, distinct_names
from opsmetrics.ingest.months import month_of

DATE, METRIC, VALUE = "date", "metric", "value"
#: Of the filled cells below the dates, at most this share may be texts.
_TEXTS = 0.2
_QUARTER = re.compile(r"Q[1-4]")
_YEAR = re.compile(r"(?:19[7-9]|20[0-9])[0-9]")
_MONTH_NUMBER = re.compile(r"[Mm]?(0?[1-9]|1[0-2])")
_WEEK_NUMBER = re.compile(r"(?i:kw|cw|wk|w|s|sem|week|woche|semaine|semana)[ .]*(0?[1-9]|[1-5][0-9])")
#: Forms that one row of dates may mix.
_MIXED = ({"iso", "slashed iso", "dotted", "day month", "month day"}, {"week", "year week", "week year"})
_SHORT_MONTH = re.compile(r"([^\W\d_]{3,})[ .'’-]+([0-9]{2})")

Row = Sequence[str]


def find_across(rows: Sequence[Row], lines: Sequence[int]) -> Across | None:
    """The dates across, from the first rows of a table (short rows are filled up), or None.

    `lines` are the lines in which the rows begin.
    """
    width = max(map(len, rows), default=0)
    table = [[said(cell) for cell in row] + [""] * (width - len(row)) for row in rows[:SEARCHED]]
    for at in range(len(table)):
        found = _dated(table, at) or _months_of_years(table, at)
        if found and (across := _arranged(table, rows[at], lines, at, *found)):
            return across
    return None


def _dated(table: Sequence[Row], at: int) -> tuple[dict[int, str], int | None, int | None] | None:
    """Column → date, the row that names metrics (or None), None for the column of years."""
    row = table[at]
    stamps = _short_months(row) or {column: cell for column, cell in enumerate(row) if cell and _is_stamp(cell)}
    forms = {form_of(stamp) for stamp in stamps.values()}
    mixed = len(forms) > 1 and not any(forms <= group for group in _MIXED)
    if len(stamps) < 2 or mixed or not _sequence(stamps, forms.pop()):
        return None
    if at + 1 < len(table) and (filled := _spread(stamps, row, table[at + 1])):
        return filled, at + 1, None
    if len(set(stamps.values())) == len(stamps):
        return stamps, None, None
    for beside in (at + 1, at - 1):
        if 0 <= beside < len(table) and _tells_apart(stamps, table[beside]):
            return stamps, beside, None
    return None


def _is_stamp(cell: str) -> bool:
    form = form_of(cell)
    return form is not None and not form.startswith("epoch")


def _short_months(row: Row) -> dict[int, str]:
    """Months such as Jan-25, in full, where they go on month by month or quarter by quarter; else it may be a day."""
    found = {column: short for column, cell in enumerate(row) if (short := _SHORT_MONTH.fullmatch(cell))}
    counted = [12 * int(short[2]) + (month_of(short[1]) or 100) for short in found.values()]
    steps = {b - a for a, b in pairwise(dict.fromkeys(counted))}
    if len(steps) != 1 or not steps <= {1, -1, 3, -3}:
        return {}
    return {column: f"{short[1]} 20{short[2]}" for column, short in found.items()}


def _sequence(stamps: Mapping[int, str], form: str | None) -> bool:
    """Dates that could as well be numbers count only where three or more go on in steps of one kind."""
    if any(kind_of(stamp) != "number" for stamp in stamps.values()):
        return True
    numbers = [float(stamp) for stamp in dict.fromkeys(stamps.values()) if stamp.replace(".", "").isdigit()]
    steps = [b - a for a, b in pairwise(numbers)]
    if len(numbers) < 3 or not (all(step > 0 for step in steps) or all(step < 0 for step in steps)):
        return False
    size = sorted(map(abs, steps))
    return form != "serial" or size[-1] <= 7 or (size[0] >= 28 and size[-1] <= 92)


def _spread(stamps: Mapping[int, str], row: Row, below: Row) -> dict[int, str]:
    """Each date over all columns up to the next one where the row below names every one of them; {} elsewhere."""
    found: dict[int, str] = {}
    stamp = ""
    for column in range(min(stamps), len(row)):
        stamp = stamps.get(column, "" if row[column] else stamp)
        if stamp and below[column]:
            found[column] = stamp
    if len(found) <= len(stamps) or not set(stamps) <= set(found):
        return {}
    pairs = {(stamp, below[column]) for column, stamp in found.items()}
    texts = all(kind_of(below[column]) == "text" for column in found)
    return found if texts and len(pairs) == len(found) else {}


def _tells_apart(stamps: Mapping[int, str], beside: Row) -> bool:
    """True where this row, spread to the right, makes every column of a repeated date another one."""
    named = _rightwards(beside, stamps)
    pairs = {(stamp, named[column]) for column, stamp in stamps.items()}
    return len(pairs) == len(stamps) and all(named.values()) and all(kind_of(n) == "text" for n in named.values())


def _rightwards(row: Row, columns: Mapping[int, str]) -> dict[int, str]:
    """What a row says over each column, its gaps filled from the left."""
    found: dict[int, str] = {}
    held = ""
    for column in sorted(columns):
        held = row[column] or held
        found[column] = held
    return found


def _months_of_years(table: Sequence[Row], at: int) -> tuple[dict[int, str], int | None, int | None] | None:
    """Names of months, Q1 to Q4, numbered months or weeks, beside a column of years."""
    row = table[at]
    named = {c: cell for c, cell in enumerate(row) if _is_month(cell) or _QUARTER.fullmatch(cell)}
    numbered = {} if named else _numbered(row)
    named = named or numbered
    if len(named) < 3 or len(set(named.values())) < len(named):
        return None
    for column in range(min(named)):
        years = [line[column] for line in table[at + 1 :] if line[column] and line[min(named)]]
        years = [year for year in years if not totals.says_total(year.lower())]
        known = not numbered or fold(row[column]) in YEARS
        if known and years and all(_YEAR.fullmatch(year) for year in years):
            return named, None, column
    return None


def _is_month(cell: str) -> bool:
    word = cell.rstrip(".")
    return word.isalpha() and month_of(word) is not None


def _numbered(row: Row) -> dict[int, str]:
    """Column → M01 or KW1, where the months or weeks of a year are numbered from the first on without a gap."""
    for pattern, written, most in ((_MONTH_NUMBER, "M{:02}", 12), (_WEEK_NUMBER, "KW{}", 53)):
        found = {c: int(number[1]) for c, cell in enumerate(row) if (number := pattern.fullmatch(cell))}
        if list(found.values()) == list(range(1, len(found) + 1)) and 3 <= len(found) <= most:
            return {column: written.format(number) for column, number in found.items()}
    return {}


def _arranged(
    table: Sequence[Row],
    given: Row,
    lines: Sequence[int],
    at: int,
    stamps: Mapping[int, str],
    beside: int | None,
    year: int | None,
) -> Across | None:
    """The whole table, None where what stands below the dates are no numbers."""
    body = max(at, beside or 0) + 1
    if beside is None and body < len(table) and _units(table[body], stamps):
        body += 1
    below = [row for row in table[body:] if row != table[at]]
    if not _numbers(below, stamps) or _goes_on(below, stamps) or _records_above(table[:at], stamps):
        return None
    rest = [c for c in range(len(table[at])) if c not in stamps and c != year]
    first = min(stamps)
    labels = [c for c in rest if c < first or _is_label(table, at, body, c)]
    if any(_mostly_dates(below, c) for c in labels):
        return None  # the records have dates of their own
    header = tuple(table[at][c] or (table[beside][c] if beside is not None else "") for c in range(len(table[at])))
    named = _rightwards(table[beside], stamps) if beside is not None else {}
    names = [header[c] for c in labels] + [METRIC] * bool(named) + [DATE, VALUE]
    return Across(
        labels=tuple(labels),
        dates=tuple(stamps),
        stamps=tuple(stamps.values()),
        metrics=tuple(named[c] for c in stamps) if named else (),
        names=distinct_names(names),
        header=header,
        line=lines[at],
        first=(lines[body] if body < len(lines) else lines[-1] + 1) - 1,
        width=max(len(given), max(stamps) + 1),
        year=year,
        left_out=tuple(header[c] for c in rest if c not in labels and header[c]),
    )


def _units(row: Row, stamps: Mapping[int, str]) -> bool:
    """A row that says the same text over every date: a unit."""
    units = {row[column] for column in stamps}
    return len(units) == 1 and kind_of(next(iter(units))) == "text"


def _numbers(body: Sequence[Row], columns: Mapping[int, str]) -> bool:
    """True where the first filled row, and nearly every cell, below the dates is a number."""
    rows = [[kind_of(row[c]) for c in columns if row[c]] for row in body]
    filled = [kinds for kinds in rows if kinds]
    cells = [kind for kinds in filled for kind in kinds]
    texts = sum(kind != "number" for kind in cells)
    return bool(filled) and "number" in filled[0] and texts <= _TEXTS * len(cells)


def _records_above(above: Sequence[Row], columns: Mapping[int, str]) -> bool:
    """True where more than one row above the dates holds numbers in their columns (one may number the weeks)."""
    return sum(sum(kind_of(row[c]) == "number" for c in columns) > 1 for row in above) > 1


def _goes_on(body: Sequence[Row], stamps: Mapping[int, str]) -> bool:
    """True where dates that could as well be numbers stand over numbers of the same kind: then they are data."""
    if any(kind_of(stamp) != "number" for stamp in stamps.values()):
        return False
    forms = [form_of(row[c]) == form_of(stamp) for row in body for c, stamp in stamps.items() if row[c]]
    return sum(forms) > len(forms) / 2


def _is_label(table: Sequence[Row], at: int, body: int, column: int) -> bool:
    """A column beside the dates that holds texts, under a name of its own."""
    return bool(table[at][column]) and _kinds(table[body:], column) == {"text"}


def _mostly_dates(body: Sequence[Row], column: int) -> bool:
    kinds = [kind_of(row[column]) for row in body if row[column]]
    return kinds.count("date") > len(kinds) / 2


def _kinds(body: Sequence[Row], column: int) -> set[str]:
    return {kind_of(row[column]) for row in body if row[column]}


def is_named(rows: Sequence[Row], wanted: Sequence[str]) -> bool:
    """True where one of the first rows says all of these names: then the table is read as it stands."""
    names = {fold(name) for name in wanted}
    return bool(names) and any(names <= {fold(cell) for cell in row} for row in rows[:SEARCHED])
