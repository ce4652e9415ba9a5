"""A recognised file: its bytes, encoding, dialect, header and a sample; nothing in it is interpreted yet."""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import pandas as pd

from opsmetrics.ingest.across import Across
from opsmetrics.ingest.binary import BinaryTable
from opsmetrics.ingest.dialect import NAMES, Dialect
from opsmetrics.ingest.header import Head
from opsmetrics.ingest.held import Held, Look, hold, look_at
from opsmetrics.ingest.limits import Limits
from opsmetrics.ingest.marks import BREAK, CELL, EXACT, SPOILT, STRAY, UNCLOSED
from opsmetrics.ingest.no_records import refuse_without_rows
from opsmetrics.ingest.origin import Origin, Part
from opsmetrics.ingest.packed import only_table
from opsmetrics.ingest.parquet import is_parquet, read_parquet
from opsmetrics.ingest.problems import IngestRefused, safe_name
from opsmetrics.ingest.readable import make_readable
from opsmetrics.ingest.recognise import recognise
from opsmetrics.ingest.records import split
from opsmetrics.ingest.said_order import said_order
from opsmetrics.ingest.scan import first_bytes, scan_binary
from opsmetrics.ingest.template import Template
from opsmetrics.ingest.workbook import is_workbook, read_workbook
from opsmetrics.measurements import Notice

if TYPE_CHECKING:
    from opsmetrics.ingest.mended_rejects import Mending


@dataclass(frozen=True, eq=False)
class Sheet:
    """A file whose lines can be read as records.

    Positions are lines of the readable file, counted from 1; `origin` tells the lines (or rows) of the file as given.
    """

    name: str  # of the file, for people only: never a path
    fingerprint: str  # SHA-256 of the bytes, hexadecimal
    size: int
    encoding: str
    dialect: Dialect
    head: Head
    lines: int
    rows: tuple[tuple[str, ...], ...]  # the first records, as texts
    ascii: bool
    tabs: bool  # cells may hold tabs
    separator: str  # between cells in the readable file
    readable: Path  # private: UTF-8, one record to a line, generated name
    notices: tuple[Notice, ...] = ()
    limits: Limits = field(default_factory=Limits)
    origin: Origin = field(default_factory=Origin)
    across: Across | None = None  # of a table whose dates stand across
    exact: bool = False  # numbers that the file holds as numbers carry a mark
    form: str = ""  # "Excel workbook", "Parquet"; "" for text
    part: str = ""  # the name of the sheet that was read
    serial_base: str = "1899-12-30"  # the day with serial number 0
    mending: Mending | None = None  # of corrected rejects
    behind: Sheet | None = None  # the sheet whose readable file this one reads
    held: Held | None = None  # what must stay as it is until the records have been read

    @property
    def headers(self) -> tuple[str, ...]:
        """The columns' names, made distinct."""
        return self.head.names

    @property
    def delimiter_name(self) -> str:
        """The delimiter in words."""
        return NAMES.get(self.dialect.delimiter, f"'{self.dialect.delimiter}'")

    def preview(self) -> pd.DataFrame:
        """The first records as they stand in the file, one text column for each header."""
        width = len(self.headers)
        rows = [(list(row) + [""] * width)[:width] for row in self.rows]
        return pd.DataFrame(rows, columns=list(self.headers), dtype="str")

    def texts(self, wanted: Iterable[int]) -> dict[int, str]:
        """The records at these positions, as they stand in the file; rows of a workbook parted by tabs."""
        numbers = sorted(set(wanted))
        found: dict[int, str] = {}
        with self.readable.open(encoding="utf-8", newline="") as file:
            for number, line in _picked(file, numbers):
                found[number] = self._as_given(line.rstrip("\r\n"))
        return found

    def cells(self, position: int) -> list[str]:
        """The cells of the record at this position."""
        return split(self.texts([position])[position], self.dialect.delimiter, self.dialect.quote) or []

    def column(self, position: int, cells: Sequence[str]) -> str:
        """The header of a column (counted from 1) in the file as given: of a value below a date, that date."""
        if self.across is not None and position == len(self.headers) and len(cells) >= position:
            return cells[position - 2]
        return self.headers[position - 1]

    @contextmanager
    def from_first_record(self) -> Iterator[BinaryIO]:
        """The readable file, open where its records begin."""
        with self.readable.open("rb") as file:
            for _ in islice(file, self.head.first - 1):
                pass
            yield file

    def said_order(self, column: int) -> str | None:
        """The order of day, month and year that the name of a column says, or a row of formats below it."""
        return said_order(" ".join((self.headers[column], *self.head.formats[column : column + 1])))

    def refuse_changed(self) -> None:
        """Raises IngestRefused (`changed_while_read`) where the file is no longer what was fingerprinted."""
        if self.held is not None:
            self.held.refuse_changed()

    def _as_given(self, line: str) -> str:
        line = line.removeprefix("\ufeff").replace(EXACT, "").replace(STRAY, "")
        if self.separator != CELL or line.startswith((UNCLOSED, SPOILT)):
            return line.removeprefix(UNCLOSED).removeprefix(SPOILT).replace(BREAK, "\n")
        return self.dialect.delimiter.join(_quoted(cell, self.dialect) for cell in line.split(CELL))


def read_file(
    path: Path,
    *,
    name: str | None = None,
    template: Template | None = None,
    answers: Mapping[str, str] | None = None,
    limits: Limits | None = None,
) -> Sheet:
    """Recognise a file. `name` is what the person called it (default: the path's own last part).

    The file must stay as it is until the sheet has been prepared. Raises IngestRefused: `file_unreadable`,
    `is_a_folder`, `not_a_file`, `empty_file`, `too_large`, `line_too_long`, `not_a_table`, `encoding`, `no_table`,
    `too_many_columns`, `no_rows`, `changed_while_read`,
    and for workbooks and Parquet `damaged`, `protected`, `unpacks_too_large`, `too_much_memory`, `too_slow`,
    `empty_workbook`, `missing_sheet`, `nested_columns`, `too_many_records`; NeedsAnswer (`sheet`).
    """
    path, limits = Path(path), limits or Limits()
    called = safe_name(name or path.name)
    first_bytes(path)
    before = look_at(path)
    try:
        return _read(path, called, template, answers or {}, limits, before)
    except (OSError, IngestRefused):  # a workbook that is still being written is not called damaged
        Held(path, before).refuse_changed()
        raise


def _read(
    path: Path,
    name: str,
    template: Template | None,
    answers: Mapping[str, str],
    limits: Limits,
    before: Look,
    packed: bool = False,
) -> Sheet:
    head = first_bytes(path)
    if not packed and (inside := only_table(path, head, limits)) is not None:
        return _unpacked(path, name, inside, template, answers, limits, before)
    if is_workbook(head):
        size, sha256 = scan_binary(path, limits.packed)
        known = (template.header or template.sources) if template else ()
        wanted = answers.get("sheet") or (template.sheet if template else None)
        table = read_workbook(path, wanted, known, limits)
    elif is_parquet(head):
        size, sha256 = scan_binary(path, limits.bytes)
        table = read_parquet(path, limits, template.sources if template else ())
    else:
        return _text(path, name, template, limits, before)
    sheet = _binary(name, size, sha256, table, limits)
    Held(path, before).refuse_changed()
    return sheet


def _unpacked(
    path: Path,
    name: str,
    inside: tuple[Path, str],
    template: Template | None,
    answers: Mapping[str, str],
    limits: Limits,
    before: Look,
) -> Sheet:
    """The sheet of the one file of an archive, fingerprinted as that file: unpacked by a person it is the same."""
    file, called = inside
    try:
        Held(path, before).refuse_changed()
        sheet = _read(file, f"{name}: {called}", template, answers, limits, look_at(file), packed=True)
    except BaseException:
        shutil.rmtree(file.parent, ignore_errors=True)
        raise
    weakref.finalize(sheet, shutil.rmtree, file.parent, ignore_errors=True)
    return sheet


def _binary(name: str, size: int, sha256: str, table: BinaryTable, limits: Limits) -> Sheet:
    """The sheet of a workbook or a Parquet file."""
    sheet = Sheet(
        name=name,
        fingerprint=sha256,
        size=size,
        encoding="utf-8",
        dialect=Dialect("\t", '"', len(table.head.names)),
        head=table.head,
        lines=table.lines,
        rows=table.rows,
        ascii=False,
        tabs=True,
        separator=CELL,
        readable=table.readable,
        notices=table.notices,
        limits=limits,
        origin=table.origin,
        across=table.across,
        exact=True,
        form=table.form,
        part=table.part,
        serial_base=table.serial_base,
    )
    weakref.finalize(sheet, shutil.rmtree, table.readable.parent, ignore_errors=True)
    refuse_without_rows(table.head, table.lines)
    return sheet


def _text(path: Path, name: str, template: Template | None, limits: Limits, before: Look) -> Sheet:
    text = recognise(path, template, limits)
    scan, encoding, dialect, head, across = text.scan, text.encoding, text.dialect, text.head, text.across
    readable, separator, lines = make_readable(path, scan, encoding, dialect, head, across, limits)
    try:
        held = hold(path, readable, before)
    except BaseException:
        shutil.rmtree(readable.parent, ignore_errors=True)
        raise
    sheet = Sheet(
        name=name,
        fingerprint=scan.sha256,
        size=scan.size,
        encoding=encoding,
        dialect=dialect,
        head=head,
        lines=lines,
        rows=text.rows,
        ascii=scan.ascii,
        tabs=scan.tabs and dialect.delimiter != "\t",
        separator=separator,
        readable=readable,
        notices=text.notices,
        limits=limits,
        origin=Origin((Part(0, across.first + 1, across.count),)) if across else Origin(),
        across=across,
        held=held,
    )
    weakref.finalize(sheet, shutil.rmtree, readable.parent, ignore_errors=True)
    refuse_without_rows(head, lines)
    return sheet


def _picked(file: Iterable[str], numbers: list[int]) -> Iterator[tuple[int, str]]:
    source, at = iter(file), 0
    for number in numbers:
        for line in islice(source, number - at - 1, number - at):
            yield number, line
        at = number


def _quoted(cell: str, dialect: Dialect) -> str:
    if not any(mark in cell for mark in (dialect.delimiter, dialect.quote, BREAK)):
        return cell
    inner = cell.replace(dialect.quote, 2 * dialect.quote).replace(BREAK, "\n")
    return f"{dialect.quote}{inner}{dialect.quote}"
