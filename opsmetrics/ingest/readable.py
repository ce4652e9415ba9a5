"""The private file that the scratch database reads: UTF-8, one record to a line, marks that no file can hold itself."""

from __future__ import annotations

import errno
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from itertools import islice, repeat
from pathlib import Path

from opsmetrics.ingest.across import Across, fold
from opsmetrics.ingest.dialect import Dialect
from opsmetrics.ingest.encoding import LOST, clean_lines
from opsmetrics.ingest.header import Head
from opsmetrics.ingest.limits import Limits
from opsmetrics.ingest.marks import BREAK, CELL, CONTINUED, SPOILT, STRAY, UNCLOSED
from opsmetrics.ingest.problems import IngestRefused, no_room
from opsmetrics.ingest.records import BLANK, Record, records, well_formed
from opsmetrics.ingest.scan import Scan
from opsmetrics.working import tell

#: What the system says of a disk, a quota or a limit that is full.
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def make_readable(
    path: Path, scan: Scan, encoding: str, dialect: Dialect, head: Head, across: Across | None, limits: Limits
) -> tuple[Path, str, int]:
    """The readable file of a text file with the file's own line numbers, its separator, how many lines it has.

    A plain file is only linked under a generated name: its own name might hold characters that a reader expands.
    Where dates stand across, the file holds only records, `across.count` lines for each line of the file.
    Raises IngestRefused (`too_many_records`).
    """
    marks = scan.quotes if dialect.quote == '"' else scan.apostrophes
    spoilt = encoding.startswith("utf-8") and not scan.utf8
    rewritten = marks or dialect.delimiter == BLANK or dialect.rewrites or spoilt
    if across is None and not rewritten and scan.utf8 and scan.controls == 0 and scan.one_line_end:
        target = private_file()
        _link(path.resolve(), target)
        return target, dialect.delimiter, scan.lines
    plain = plain_lines(path, encoding, dialect)
    if across is not None:
        source = islice(plain, across.first, None)
        found = records(source, dialect.delimiter, dialect.quote, across.width)
        target, lines = write_lines(_folded(found, across), limits)
        return target, CELL, lines
    target, lines = write_lines(_rewritten(plain, dialect, head) if rewritten else plain, limits)
    return target, CELL if rewritten else dialect.delimiter, lines


def plain_lines(path: Path, encoding: str, dialect: Dialect) -> Iterator[str]:
    """The lines of a file, their cells parted by the delimiter of the dialect."""
    lines = clean_lines(path, encoding)
    return map(dialect.plain, lines) if dialect.rewrites else lines


def private_file() -> Path:
    """A path with a generated name in a folder of its own."""
    return Path(tempfile.mkdtemp(prefix="ingest-")) / "lines.txt"


def write_lines(lines: Iterable[str], limits: Limits) -> tuple[Path, int]:
    """A readable file with these lines, and their number. Raises IngestRefused (`too_many_records`, `no_room`)."""
    target, count = private_file(), 0
    with written(target), target.open("w", encoding="utf-8", newline="", errors="replace") as out:
        for line in lines:
            out.write(line + "\n")
            count += 1
            if count % 100_000 == 0:
                tell(f"Read {count:,} lines")
            if count > limits.records:
                raise too_many_records(f"more than {limits.records:,} records", limits)
    return target, count


@contextmanager
def written(target: Path) -> Iterator[None]:
    """A private file is written inside; unless all of it is, nothing is left. Raises IngestRefused (`no_room`)."""
    try:
        yield
    except BaseException as error:
        shutil.rmtree(target.parent, ignore_errors=True)
        if isinstance(error, OSError) and error.errno in _FULL:
            raise no_room(error) from error
        raise


def too_many_records(found: str, limits: Limits) -> IngestRefused:
    """The refusal of a table that would become too many records."""
    return IngestRefused(
        "too_many_records", found, f"at most {limits.records:,} records", "split the file, for example by month"
    )


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
            yield UNCLOSED + text.replace("\n", BREAK)
            yield from repeat(CONTINUED, taken - 1)
        elif LOST in text:
            yield SPOILT + text.replace("\n", BREAK)
            yield from repeat(CONTINUED, taken - 1)
        elif taken == 1:
            joined = CELL.join(cells)
            yield CELL.join(_doubted(cells, text, dialect)) if dialect.quote in joined else joined
        else:
            yield CELL.join(cells).replace("\n", BREAK)
            yield from repeat(CONTINUED, taken - 1)


def _doubted(cells: list[str], text: str, dialect: Dialect) -> list[str]:
    """The cells of a line, those marked in which a quotation mark is neither doubled nor at an end."""
    quote = dialect.quote
    if well_formed(text, dialect.delimiter, quote, len(cells)):
        return cells
    return [STRAY + cell if quote in cell and cell.replace(quote, 2 * quote) not in text else cell for cell in cells]


def _folded(found: Iterable[Record], across: Across) -> Iterator[str]:
    """The records of a file whose dates stand across; a record that stays open is given up once."""
    for cells, taken, text in found:
        if cells is None or LOST in text:
            yield (UNCLOSED if cells is None else SPOILT) + text.replace("\n", BREAK)
            yield from repeat(CONTINUED, across.count - 1)
        else:
            yield from fold([cell.replace("\n", BREAK) for cell in cells], across)
        yield from repeat(CONTINUED, across.count * (taken - 1))
