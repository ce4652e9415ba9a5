"""What a text file is before anything in it is read: encoding, dialect, header, and the first of its records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from opsmetrics.ingest.across import Across
from opsmetrics.ingest.across_find import find_across, is_named
from opsmetrics.ingest.alphabets import words_beyond_ascii
from opsmetrics.ingest.dialect import Dialect, dialect_of
from opsmetrics.ingest.encoding import NAMES, encoding_of, sample_lines
from opsmetrics.ingest.header import Head, find_head, line_numbers
from opsmetrics.ingest.limits import Limits
from opsmetrics.ingest.mending import mended
from opsmetrics.ingest.problems import IngestRefused, listed
from opsmetrics.ingest.readable import too_many_records
from opsmetrics.ingest.records import Record, records
from opsmetrics.ingest.scan import Scan, scan_file
from opsmetrics.ingest.template import Template
from opsmetrics.measurements import Notice

SAMPLE_ROWS = 50


@dataclass(frozen=True)
class TextFile:
    """A recognised text file. `rows` are the first records, as texts."""

    scan: Scan
    encoding: str
    dialect: Dialect
    head: Head
    across: Across | None
    rows: tuple[tuple[str, ...], ...]
    notices: tuple[Notice, ...]


def recognise(path: Path, template: Template | None, limits: Limits) -> TextFile:
    """Look at the bytes of a file once, and at the lines of its start, middle and end.

    Raises IngestRefused: `file_unreadable`, `empty_file`, `too_large`, `line_too_long`, `not_a_table`, `encoding`,
    `no_table`, `too_many_columns`, `too_many_records`.
    """
    scan = scan_file(path, limits)
    if scan.lines > limits.records:
        raise too_many_records(f"{scan.lines:,} lines", limits)
    encoding = encoding_of(path, scan, template.encoding if template else None)
    first, others = sample_lines(path, encoding, scan)
    known = (template.header or template.sources) if template else ()
    dialect = dialect_of(first, others, template.delimiter if template else None, known)
    _refuse_wide(dialect, limits)
    if dialect.rewrites:
        first = [dialect.plain(line) for line in first]
    head, across, rows = _head(first, dialect, known)
    told = template is not None and template.encoding is not None
    guessed = () if told else _guessed(encoding, [*first, *others])
    notices = (*_nul_bytes(scan, encoding), *guessed, *_misfits(head), *(across.notices if across else ()))
    return TextFile(scan, encoding, dialect, head, across, rows, notices)


def _refuse_wide(dialect: Dialect, limits: Limits) -> None:
    if dialect.width > limits.columns:
        raise IngestRefused(
            "too_many_columns",
            f"{dialect.width:,} columns",
            f"at most {limits.columns:,}",
            "export only the columns that are needed, or one record to a line",
        )


def _head(
    first: list[str], dialect: Dialect, known: Sequence[str]
) -> tuple[Head, Across | None, tuple[tuple[str, ...], ...]]:
    """The header, the dates that stand across (or None), and the first records."""
    offset = int(dialect.hint)
    found = [_mended(record, dialect) for record in records(first[offset:], dialect.delimiter, dialect.quote)]
    table = [record.cells or [] for record in found]
    across = None if is_named(table, known) else find_across(table, line_numbers(found, offset))
    head = across.head if across else find_head(found, dialect.width, known, offset=offset)
    start, width = (across.first, across.width) if across else (head.first - 1, len(head.names))
    body = records(first[start:], dialect.delimiter, dialect.quote, width)
    filled = (record.cells for record in body if record.cells and any(map(str.strip, record.cells)))
    if across:
        filled = (record for cells in filled for record in across.records(cells))
    return head, across, tuple(tuple(cells) for cells in islice(filled, SAMPLE_ROWS))


def _mended(record: Record, dialect: Dialect) -> Record:
    """The record with its likeliest cells, where a stray mark joins several of them: it may be the header."""
    if dialect.quote not in record.text or (record.cells is not None and len(record.cells) >= dialect.width):
        return record
    cells = mended(record.text, dialect.delimiter, dialect.quote, dialect.width)
    return record._replace(cells=cells) if record.cells is None or len(cells) == dialect.width else record


def _misfits(head: Head) -> tuple[Notice, ...]:
    if head.surplus:
        told = (
            "Each record ends with {n} delimiter more than the header.",
            "Records have {n} cells more than the header.",
        )
        return (Notice.counting("surplus_delimiter", head.surplus, *told),)
    if not head.misfit:
        return ()
    found = f"The line above the first record names {len(head.misfit)} columns, and the records have {len(head.names)}:"
    return (Notice("header_misfit", f"{found} its names are not used."),)


def _nul_bytes(scan: Scan, encoding: str) -> tuple[Notice, ...]:
    if not scan.nul or encoding.startswith(("utf-16", "utf-32")):
        return ()
    one, many = "{n} NUL byte was removed from the text.", "{n} NUL bytes were removed from the text."
    return (Notice.counting("nul_bytes_removed", scan.nul, one, many),)


def _guessed(encoding: str, lines: Sequence[str]) -> tuple[Notice, ...]:
    """What an encoding that the bytes only suggest makes of the file's own words."""
    if encoding.startswith("utf"):
        return ()
    words = words_beyond_ascii("\n".join(lines))
    example = f", so that it says {listed(words)}" if words else ""
    advice = "If that looks wrong, name its encoding in the template."
    return (Notice("encoding", f"The file is not UTF-8 and was read as {NAMES[encoding]}{example}. {advice}"),)
