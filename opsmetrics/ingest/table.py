"""A file as the table recognised in it: cells as they stand, nothing checked and nothing left out for a fault."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice, takewhile
from pathlib import Path

from opsmetrics.ingest.encoding import clean_lines, encoding_of
from opsmetrics.ingest.limits import Limits
from opsmetrics.ingest.marks import BREAK, CELL, EXACT
from opsmetrics.ingest.mending import mended
from opsmetrics.ingest.parquet import is_parquet
from opsmetrics.ingest.problems import IngestRefused
from opsmetrics.ingest.readable import plain_lines
from opsmetrics.ingest.recognise import TextFile, recognise
from opsmetrics.ingest.records import BLANK, records
from opsmetrics.ingest.scan import first_bytes, scan_file
from opsmetrics.ingest.sheet import read_file
from opsmetrics.ingest.workbook import is_workbook

#: A blank behind so many of the delimiters belongs to them.
SPACED = 0.9
#: Lines by which this is told.
TOLD = 200


def table_of(path: Path, limits: Limits | None = None) -> list[list[str]]:
    """The header, where the file has one, and below it every record with all of its cells.

    What `read_file` recognises, without the names that it invents and without its demand for records: an empty file is
    an empty table, a file that no character parts has one column. Lines before the header and notes below the last
    record are no part of it; records that would be rejected are. Raises IngestRefused as `read_file`, for other files.
    """
    path, limits = Path(path), limits or Limits()
    head = first_bytes(path)
    if not head:
        return []
    if is_workbook(head) or is_parquet(head):
        sheet = read_file(path, limits=limits)
        with sheet.readable.open(encoding="utf-8", newline="") as file:
            return [list(sheet.headers), *map(_plain, islice(file, sheet.head.first - 1, None))]
    try:
        text = recognise(path, None, limits)
    except IngestRefused as refused:
        if refused.code != "no_table":
            raise
        lines = clean_lines(path, encoding_of(path, scan_file(path, limits)))
        return [[line.strip()] for line in lines if line.strip()]
    table = [*_header(path, text), *_without_notes(list(_body(path, text)), text.dialect.width)]
    if text.head.line is not None:
        table = _with_equal_headers(path, text, table)
    told = list(islice(plain_lines(path, text.encoding, text.dialect), text.head.first - 1, text.head.first + TOLD))
    return [[cell.strip(" ") for cell in row] for row in table] if _is_spaced(told, text.dialect.delimiter) else table


def _plain(line: str) -> list[str]:
    return line.rstrip("\n").replace(EXACT, "").replace(BREAK, "\n").split(CELL)


def _header(path: Path, text: TextFile) -> list[list[str]]:
    """The names that the file itself states, of several lines those of each column together."""
    head, dialect = text.head, text.dialect
    if head.line is None:
        return [list(head.misfit)] if head.misfit else []
    lines = islice(plain_lines(path, text.encoding, dialect), head.line - 1, head.first - 1)
    found = [record for record in records(lines, dialect.delimiter, dialect.quote) if record.text.strip()]
    alone = found[0].cells
    if len(found) == 1 and alone is not None and len(alone) >= len(head.raw):
        return [alone]
    units = [*head.units, *[""] * (len(head.raw) - len(head.units))]
    return [[f"{name} {unit}".strip() for name, unit in zip(head.raw, units, strict=False)]]


def _with_equal_headers(path: Path, text: TextFile, table: list[list[str]]) -> list[list[str]]:
    """The table with the names of equal header lines above one another together, as those of different lines are."""
    line = text.head.line or 1
    above = list(islice(plain_lines(path, text.encoding, text.dialect), line))
    same = sum(1 for _ in takewhile(above[-1].__eq__, reversed(above)))
    below = sum(1 for _ in takewhile(table[0].__eq__, table[1:]))
    names = [" ".join([name] * (same + below)) for name in table[0]] if same + below > 1 else table[0]
    return [names, *table[1 + below :]]


def _body(path: Path, text: TextFile) -> Iterator[list[str]]:
    dialect = text.dialect
    lines = islice(plain_lines(path, text.encoding, dialect), text.head.first - 1, None)
    for cells, taken, line in records(lines, dialect.delimiter, dialect.quote):
        if not (line.strip() if cells is None else "".join(cells).strip()):
            continue
        if dialect.delimiter != BLANK and (cells is None or (taken == 1 and len(cells) != dialect.width)):
            cells = mended(line, dialect.delimiter, dialect.quote, dialect.width)
        yield cells or [line]


def _is_spaced(lines: Sequence[str], delimiter: str) -> bool:
    """True where a blank follows nearly every delimiter, as in `a, b, c`."""
    several = [line for line in lines if delimiter in line]
    spaced = sum(line.count(delimiter) == (line + " ").count(delimiter + " ") for line in several)
    return bool(several) and delimiter != BLANK and spaced >= SPACED * len(several)


def _without_notes(rows: list[list[str]], width: int) -> list[list[str]]:
    """The records without the lines of one cell below the last of them."""
    end = len(rows)
    while end and width > 2 and sum(cell.strip() != "" for cell in rows[end - 1]) <= 1:
        end -= 1
    return rows[: end or len(rows)]
