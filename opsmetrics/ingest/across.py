"""Tables whose dates stand across: one column for each day, week or month becomes one record for each cell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import repeat

from opsmetrics.ingest import totals
from opsmetrics.ingest.cells import MISSING, tidy
from opsmetrics.ingest.date_forms import form_of
from opsmetrics.ingest.dates import DateStyle
from opsmetrics.ingest.header import Head
from opsmetrics.ingest.marks import BREAK, CELL, CONTINUED, EXACT
from opsmetrics.ingest.problems import listed
from opsmetrics.measurements import Notice


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
        first, last = _day(self.stamps[0]), _day(self.stamps[-1])
        said = f"The dates stand in {self.count} columns ({first} to {last}); each cell is a record."
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


def said(cell: str) -> str:
    """What a cell says, "" where it states that there is no value."""
    text = tidy(cell.removeprefix(EXACT))
    return "" if text.casefold() in MISSING else text


def _day(stamp: str) -> str:
    """A date as people read it: a workbook's own dates come as such, a text may hold Excel's serial numbers."""
    if form_of(stamp) != "serial":
        return stamp
    return (dt.date.fromisoformat(DateStyle.base) + dt.timedelta(days=int(float(stamp)))).isoformat()


def fold(cells: Sequence[str], across: Across) -> Iterator[str]:
    """The lines of the readable file for one line of the table: always `across.count`.

    Lines without any value below a date and with less than two labels are headings or notes: blank.
    """
    labels = [cells[c] if c < len(cells) else "" for c in across.labels]
    told = [said(label) for label in labels]
    year = said(cells[across.year]) if across.year is not None and across.year < len(cells) else ""
    values = [cells[c] if c < len(cells) else "" for c in across.dates]
    filled = [*filter(None, told), *filter(None, [year])]
    if len(filled) < min(2, len(told) + 1) and not any(map(said, values)):
        yield from _once("", across)
    elif filled and totals.says_total(filled[0].lower()):
        yield from _once(CELL.join([filled[0], *repeat("", len(across.names) - 1)]), across)
    elif [said(value) for value in values] == [across.header[c] for c in across.dates]:
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
