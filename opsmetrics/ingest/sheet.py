"""A recognised file: its bytes, encoding, dialect, header and a sample; nothing in it is interpreted yet."""

from __future__ import annotations

import re
import shutil
import tempfile
import weakref
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice, repeat
from pathlib import Path

import pandas as pd

from opsmetrics.ingest.dialect import NAMES, Dialect, dialect_of
from opsmetrics.ingest.encoding import clean_lines, encoding_of, sample_lines
from opsmetrics.ingest.header import Head, find_head, refuse_without_rows
from opsmetrics.ingest.limits import Limits
from opsmetrics.ingest.problems import IngestRefused
from opsmetrics.ingest.records import records, split
from opsmetrics.ingest.scan import Scan, scan_file
from opsmetrics.ingest.template import Template
from opsmetrics.measurements import Notice

#: Marks of a rewritten file: between cells, a line that continues its record, a record whose quotation mark stays
#: open, a line end inside a cell. All are control characters, which the file itself no longer holds.
CELL, CONTINUED, UNCLOSED, BREAK = "\x1f", "\x1e", "\x1d", "\x1c"

SAMPLE_ROWS = 50


@dataclass(frozen=True, eq=False)
class Sheet:
    """A file whose lines can be read as records. Line numbers count from 1 and are those of the file as given."""

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
        """The records that begin in these lines, as they stand in the file."""
        numbers = sorted(set(wanted))
        found: dict[int, str] = {}
        with self.readable.open(encoding="utf-8", newline="") as file:
            for number, line in _picked(file, numbers):
                found[number] = self._as_given(line.rstrip("\r\n"))
        return found

    def cells(self, line: int) -> list[str]:
        """The cells of the record that begins in this line."""
        return split(self.texts([line])[line], self.dialect.delimiter, self.dialect.quote) or []

    def _as_given(self, line: str) -> str:
        line = line.removeprefix("\ufeff")
        if self.separator != CELL or line.startswith(UNCLOSED):
            return line.removeprefix(UNCLOSED)
        return self.dialect.delimiter.join(_quoted(cell, self.dialect) for cell in line.split(CELL))


def read_file(
    path: Path, *, name: str | None = None, template: Template | None = None, limits: Limits | None = None
) -> Sheet:
    """Recognise a file. `name` is what the person called it (default: the path's own last part).

    The file must stay as it is until the sheet has been prepared. Raises IngestRefused: `file_unreadable`,
    `empty_file`, `too_large`, `line_too_long`, `not_a_table`, `encoding`, `no_table`, `too_many_columns`, `no_rows`.
    """
    path, limits = Path(path), limits or Limits()
    scan = scan_file(path, limits)
    encoding = encoding_of(path, scan, template.encoding if template else None)
    first, others = sample_lines(path, encoding, scan)
    known = (template.header or template.sources) if template else ()
    dialect = dialect_of(first, others, template.delimiter if template else None, known)
    _refuse_wide(dialect, limits)
    head, rows = _head(first, dialect, known)
    readable, separator, lines = _make_readable(path, scan, encoding, dialect, head)
    sheet = Sheet(
        name=_safe_name(name or path.name),
        fingerprint=scan.sha256,
        size=scan.size,
        encoding=encoding,
        dialect=dialect,
        head=head,
        lines=lines,
        rows=rows,
        ascii=scan.ascii,
        tabs=scan.tabs > 0 and dialect.delimiter != "\t",
        separator=separator,
        readable=readable,
        notices=_notices(scan, encoding),
        limits=limits,
    )
    weakref.finalize(sheet, shutil.rmtree, readable.parent, ignore_errors=True)
    refuse_without_rows(head, lines)
    return sheet


def _refuse_wide(dialect: Dialect, limits: Limits) -> None:
    if dialect.width > limits.columns:
        raise IngestRefused(
            "too_many_columns",
            f"{dialect.width:,} columns",
            f"at most {limits.columns:,}",
            "export only the columns that are needed, or one record to a line",
        )


def _head(first: list[str], dialect: Dialect, known: Iterable[str]) -> tuple[Head, tuple[tuple[str, ...], ...]]:
    """The header, and the first records below it."""
    found = list(records(first[dialect.hint :], dialect.delimiter, dialect.quote))
    head = find_head(found, dialect.width, known, offset=int(dialect.hint))
    body = records(first[head.first - 1 :], dialect.delimiter, dialect.quote, len(head.names))
    filled = (record.cells for record in body if record.cells and any(map(str.strip, record.cells)))
    return head, tuple(tuple(cells) for cells in islice(filled, SAMPLE_ROWS))


def _make_readable(path: Path, scan: Scan, encoding: str, dialect: Dialect, head: Head) -> tuple[Path, str, int]:
    """A private file in UTF-8 with one record to a line and the file's own line numbers; its separator; its lines.

    A plain file is only linked under a generated name: its own name might hold characters that a reader expands.
    """
    marks = scan.quotes if dialect.quote == '"' else scan.apostrophes
    target = Path(tempfile.mkdtemp(prefix="ingest-")) / "lines.txt"
    try:
        if marks == 0 and scan.utf8 and scan.controls == 0 and scan.one_line_end:
            _link(path.resolve(), target)
            return target, dialect.delimiter, scan.lines
        plain = clean_lines(path, encoding)
        lines = 0
        with target.open("w", encoding="utf-8", newline="") as out:
            for line in _rewritten(plain, dialect, head) if marks else plain:
                out.write(line + "\n")
                lines += 1
    except BaseException:
        shutil.rmtree(target.parent, ignore_errors=True)
        raise
    return target, CELL if marks else dialect.delimiter, lines


def _link(path: Path, target: Path) -> None:
    try:
        target.hardlink_to(path)
    except OSError:  # another file system, or a file of another owner
        target.symlink_to(path)


def _rewritten(lines: Iterable[str], dialect: Dialect, head: Head) -> Iterator[str]:
    source = iter(lines)
    yield from islice(source, head.first - 1)
    for cells, taken, text in records(source, dialect.delimiter, dialect.quote, len(head.names)):
        if cells is None:
            yield UNCLOSED + text
        elif taken == 1:
            yield CELL.join(cells)
        else:
            yield CELL.join(cells).replace("\n", BREAK)
            yield from repeat(CONTINUED, taken - 1)


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


def _safe_name(name: str) -> str:
    """The last part of a given name without control characters: it is shown and kept, never opened."""
    last = re.split(r"[/\\]", name)[-1]
    return re.sub(r"[\x00-\x1f\x7f]", "", last)[:200] or "file"


def _notices(scan: Scan, encoding: str) -> tuple[Notice, ...]:
    found = []
    if scan.nul and not encoding.startswith(("utf-16", "utf-32")):
        found.append(Notice("nul_bytes_removed", f"{scan.nul} NUL bytes were removed from the text."))
    if encoding in ("cp1252", "latin-1"):
        name = "Windows-1252" if encoding == "cp1252" else "Latin-1"
        found.append(Notice("encoding", f"The file is not UTF-8 and was read as {name}."))
    return tuple(found)
