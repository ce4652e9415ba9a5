"""Tables whose dates stand across: one column for each day, week or month becomes one record for each cell.

The header of dates is a row of at least two dates of one form over columns of numbers. Where its dates repeat, or
leave gaps as merged cells do, a second header row above or below it says what each column states. Names of months
without a year take it from a column of years.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise, repeat

from opsmetrics.ingest import totals
from opsmetrics.ingest.cells import MISSING, kind_of, tidy
from opsmetrics.ingest.cells import fold as folded
from opsmetrics.ingest.dates import form_of
from opsmetrics.ingest.header import SEARCHED, Head, distinct_names
from opsmetrics.ingest.marks import BREAK, CELL, CONTINUED, EXACT
from opsmetrics.ingest.months import month_of
from opsmetrics.ingest.problems import listed
from opsmetrics.measurements import Notice

DATE, METRIC, VALUE = "date", "metric", "value"
#: Of the filled cells below the dates, at most this share may be texts.
_TEXTS = 0.2
_QUARTER = re.compile(r"Q[1-4]")
_YEAR = re.compile(r"(?:19[7-9]|20[0-9])[0-9]")
_SHORT_MONTH = re.compile(r"([^\W\d_]{3,})[-']+([0-9]{2})")

Row = Sequence[str]


@dataclass(frozen=True)
class Across:
    """Where the parts of such a table stand; columns are counted from 0, lines from 1."""

    labels: tuple[int, ...]  # columns repeated in every record
    dates: tuple[int, ...]  # columns of values
    stamps: tuple[str, ...]  # the date over each of them
    metrics: tuple[str, ...]  # what the second header row says over each of them; () without one
    names: tuple[str, ...]  # the columns of the records
    header: tuple[str, ...]  # what stands over each column, as in the file
    line: int  # of the header of dates
    first: int  # lines before the first record
    width: int
    year: int | None = None  # the column that holds the year of months without one
    left_out: tuple[str, ...] = ()  # columns of sums and the like

    @property
    def count(self) -> int:
        """Records in one line."""
        return len(self.dates)

    @property
    def head(self) -> Head:
        """The columns of the records, which begin in the first line of the readable file."""
        return Head(self.names, self.names, self.line, 1)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What a person should know about it."""
        said = (
            f"The dates stand in {self.count} columns ({self.stamps[0]} to {self.stamps[-1]}); each cell is a record."
        )
        left = Notice("columns_left_out", f"Columns beside the dates were left out: {listed(self.left_out)}.")
        return (Notice("dates_across", said), *([left] if self.left_out else []))

    def records(self, cells: Sequence[str]) -> Iterator[list[str]]:
        """The records of one line that state anything, as texts."""
        for line in fold(cells, self):
            if line not in ("", CONTINUED):
                yield line.replace(EXACT, "").replace(BREAK, "\n").split(CELL)

    @property
    def pairs(self) -> tuple[tuple[str, ...], ...]:
        """Metric (where there is one) and date of each column of values."""
        return tuple(zip(*filter(None, (self.metrics, self.stamps)), strict=True))


def find_across(rows: Sequence[Row], lines: Sequence[int]) -> Across | None:
    """The dates across, from the first rows of a table (short rows are filled up), or None.

    `lines` are the lines in which the rows begin.
    """
    width = max(map(len, rows), default=0)
    table = [[_said(cell) for cell in row] + [""] * (width - len(row)) for row in rows[:SEARCHED]]
    for at in range(len(table)):
        found = _dated(table, at) or _months_of_years(table, at)
        if found and (across := _arranged(table, lines, at, *found)):
            return across
    return None


def _said(cell: str) -> str:
    text = tidy(cell.removeprefix(EXACT))
    return "" if text.casefold() in MISSING else text


def _dated(table: Sequence[Row], at: int) -> tuple[dict[int, str], int | None, int | None] | None:
    """Column → date, the row that names metrics (or None), None for the column of years."""
    row = table[at]
    stamps = {column: stamp for column, cell in enumerate(row) if cell and (stamp := _stamp(cell))}
    forms = {form_of(stamp) for stamp in stamps.values()}
    if len(stamps) < 2 or len(forms) > 1 or not _sequence(stamps, forms.pop()):
        return None
    if at + 1 < len(table) and (filled := _spread(stamps, row, table[at + 1])):
        return filled, at + 1, None
    if len(set(stamps.values())) == len(stamps):
        return stamps, None, None
    for beside in (at + 1, at - 1):
        if 0 <= beside < len(table) and _tells_apart(stamps, table[beside]):
            return stamps, beside, None
    return None


def _stamp(cell: str) -> str | None:
    """The date that a cell writes, a short month such as Jan-25 in full; None where it writes none."""
    short = _SHORT_MONTH.fullmatch(cell)
    if short and month_of(short[1]):
        return f"{short[1]} 20{short[2]}"
    form = form_of(cell)
    return cell if form and not form.startswith("epoch") else None


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
    """Names of months, or Q1 to Q4, beside a column of years."""
    row = table[at]
    named = {c: cell for c, cell in enumerate(row) if (cell.isalpha() and month_of(cell)) or _QUARTER.fullmatch(cell)}
    if len(named) < 3 or len(set(named.values())) < len(named):
        return None
    for column in range(min(named)):
        years = [line[column] for line in table[at + 1 :] if line[column] and line[min(named)]]
        years = [year for year in years if not totals.says_total(year.lower())]
        if years and all(_YEAR.fullmatch(year) for year in years):
            return named, None, column
    return None


def _arranged(
    table: Sequence[Row],
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
    if not _numbers(table[body:], stamps) or _goes_on(table[body:], stamps):
        return None
    rest = [c for c in range(len(table[at])) if c not in stamps and c != year]
    first = min(stamps)
    labels = [c for c in rest if c < first or _is_label(table, at, body, c)]
    if any(_kinds(table[body:], c) == {"date"} for c in labels):
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
        width=len(table[at]),
        year=year,
        left_out=tuple(header[c] for c in rest if c not in labels and header[c]),
    )


def _units(row: Row, stamps: Mapping[int, str]) -> bool:
    """A row that says the same text over every date: a unit."""
    said = {row[column] for column in stamps}
    return len(said) == 1 and kind_of(next(iter(said))) == "text"


def _numbers(body: Sequence[Row], columns: Mapping[int, str]) -> bool:
    """True where the first filled row, and nearly every cell, below the dates is a number."""
    rows = [[kind_of(row[c]) for c in columns if row[c]] for row in body]
    filled = [kinds for kinds in rows if kinds]
    cells = [kind for kinds in filled for kind in kinds]
    texts = sum(kind != "number" for kind in cells)
    return bool(filled) and "number" in filled[0] and texts <= _TEXTS * len(cells)


def _goes_on(body: Sequence[Row], stamps: Mapping[int, str]) -> bool:
    """True where dates that could as well be numbers stand over numbers of the same kind: then they are data."""
    if any(kind_of(stamp) != "number" for stamp in stamps.values()):
        return False
    forms = [form_of(row[c]) == form_of(stamp) for row in body for c, stamp in stamps.items() if row[c]]
    return sum(forms) > len(forms) / 2


def _is_label(table: Sequence[Row], at: int, body: int, column: int) -> bool:
    """A column beside the dates that holds texts, under a name of its own."""
    return bool(table[at][column]) and _kinds(table[body:], column) == {"text"}


def _kinds(body: Sequence[Row], column: int) -> set[str]:
    return {kind_of(row[column]) for row in body if row[column]}


def fold(cells: Sequence[str], across: Across) -> Iterator[str]:
    """The lines of the readable file for one line of the table: always `across.count`.

    Lines without any value below a date and with less than two labels are headings or notes: blank.
    """
    labels = [cells[c] if c < len(cells) else "" for c in across.labels]
    said = [_said(label) for label in labels]
    year = _said(cells[across.year]) if across.year is not None and across.year < len(cells) else ""
    values = [cells[c] if c < len(cells) else "" for c in across.dates]
    filled = [*filter(None, said), *filter(None, [year])]
    if len(filled) < min(2, len(said) + 1) and not any(map(_said, values)):
        yield from _once("", across)
    elif filled and totals.says_total(filled[0].lower()):
        yield from _once(CELL.join([filled[0], *repeat("", len(across.names) - 1)]), across)
    elif [_said(value) for value in values] == [across.header[c] for c in across.dates]:
        yield from _once(CELL.join(across.names), across)
    elif len(cells) <= max(across.dates):
        yield from _once(CELL.join([*labels, *across.pairs[0]]), across)
    else:
        surplus = [cell for cell in cells[across.width :] if cell.strip()]
        for pair, value in zip(across.pairs, values, strict=True):
            stamp = [*pair[:-1], f"{pair[-1]} {year}"] if year else pair
            yield CELL.join([*labels, *stamp, value, *surplus])


def _once(line: str, across: Across) -> Iterator[str]:
    yield line
    yield from repeat(CONTINUED, across.count - 1)


def is_named(rows: Sequence[Row], wanted: Sequence[str]) -> bool:
    """True where one of the first rows says all of these names: then the table is read as it stands."""
    names = {folded(name) for name in wanted}
    return bool(names) and any(names <= {folded(cell) for cell in row} for row in rows[:SEARCHED])
