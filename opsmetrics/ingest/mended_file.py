"""A file of rejects as it comes back: its own columns apart from those of the source, cell by cell."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from opsmetrics.ingest.encoding import encoding_of
from opsmetrics.ingest.formulas import as_it_was
from opsmetrics.ingest.limits import Limits
from opsmetrics.ingest.marks import BREAK, CELL, EXACT
from opsmetrics.ingest.problems import safe_name
from opsmetrics.ingest.reject_file import HEAD, is_mending
from opsmetrics.ingest.scan import first_bytes, scan_file
from opsmetrics.ingest.sheet import Sheet

_WIDTH = len(HEAD)
_FIRST = re.compile(r'"?batch"?([,;\t])"?reject"?\1"?line"?\1', re.IGNORECASE)


@dataclass(frozen=True)
class RawRow:
    """One record of the file: its line, the cells about the reject, the cells of the source."""

    line: int
    head: tuple[str, ...]
    own: tuple[str, ...]

    def cells(self, at: int, decimal: str | None) -> str:
        """The cell of a column of the source. A number that a workbook holds as one is written with the mark of the
        source's numbers."""
        text = self.own[at] if at < len(self.own) else ""
        return text[len(EXACT) :].replace(".", decimal or ".") if text.startswith(EXACT) else text


@dataclass(frozen=True)
class Raw:
    """The file: what it is called, its digest, the header of the source's columns, its records."""

    name: str
    fingerprint: str
    size: int
    form: str
    header: Sequence[str]
    rows: Sequence[RawRow]


def raw_of_text(path: Path, name: str | None = None) -> Raw | None:
    """A text file of rejects; None of any other file. Raises IngestRefused as `read_file` does."""
    start = first_bytes(path)[:200].replace(b"\x00", b"").decode("latin-1").lstrip("\xef\xbb\xbf\xff\xfe\r\n")
    known = _FIRST.match(start)
    if known is None:
        return None
    scan = scan_file(path, Limits())
    with path.open(encoding=encoding_of(path, scan), newline="", errors="replace") as file:
        reader = csv.reader(file, delimiter=known[1])
        header = [cell.removeprefix("\ufeff") for cell in next(reader)]
        if not is_mending(header):
            return None
        rows = list(_rows(reader))
    return Raw(safe_name(name or path.name), scan.sha256, scan.size, "", [as_it_was(n) for n in header[_WIDTH:]], rows)


def _rows(reader: Iterator[list[str]]) -> Iterator[RawRow]:
    line = 2
    for cells in reader:
        after = int(getattr(reader, "line_num", line))
        if any(cell.strip() for cell in cells):
            yield _row(line, [as_it_was(cell) for cell in cells])
        line = after + 1


def _row(line: int, cells: Sequence[str]) -> RawRow:
    head = [cell.removeprefix(EXACT).strip() for cell in cells[:_WIDTH]]
    head = [text.removesuffix(".0") if at < 3 else text for at, text in enumerate(head)]
    return RawRow(line, tuple(head), tuple(cells[_WIDTH:]))


def raw_of_sheet(sheet: Sheet) -> Raw | None:
    """The rejects of a workbook; None of any other sheet."""
    if sheet.separator != CELL or not is_mending(sheet.head.raw):
        return None
    rows = []
    with sheet.readable.open(encoding="utf-8", newline="") as file:
        for position, line in enumerate(file, start=1):
            cells = line.rstrip("\r\n").replace(BREAK, "\n").split(CELL)
            if position >= sheet.head.first and any(cell.strip() for cell in cells):
                rows.append(_row(sheet.origin.line(position), cells))
    header = [str(name) for name in sheet.head.raw[_WIDTH:]]
    return Raw(sheet.name, sheet.fingerprint, sheet.size, sheet.form, header, rows)
