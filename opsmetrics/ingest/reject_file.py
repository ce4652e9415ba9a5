"""Rejected records as a file to mend: each with its line, its text, what is wrong and what to do, and beside these the
columns of its source, in which the cells are corrected. `mending` reads the file back."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence

import pandas as pd

from opsmetrics.ingest.excel_file import MOST_ROWS, Column, Table, workbook
from opsmetrics.ingest.faults import SWALLOWED, TOO_MANY, UNCLOSED
from opsmetrics.ingest.formulas import harmless
from opsmetrics.ingest.records import split
from opsmetrics.measurements import Batch, ReadAs, counted

#: The columns that stand before those of the source, by which the file is recognised.
HEAD = ("batch", "reject", "line", "text", "column", "reason", "mend")

#: Records whose cells cannot be told apart: their columns stay empty, and their text says what was there.
TORN = (TOO_MANY.code, UNCLOSED.code, SWALLOWED.code)

_WIDTHS = {"batch": 8, "reject": 8, "line": 8, "text": 30, "column": 14, "reason": 44, "mend": 36}


def reject_csv(batch: Batch, number: int | None = None) -> bytes:
    """The rejects of a batch as CSV; `number`: as which it was written, None before that."""
    return rejects_csv(numbered(batch, number), batch.read_as)


def reject_excel(batch: Batch, number: int | None = None) -> bytes:
    """The rejects of a batch as a workbook."""
    return rejects_excel(numbered(batch, number), batch.read_as, batch.source)


def numbered(batch: Batch, number: int | None) -> pd.DataFrame:
    """The rejects of a batch with the batch and number of the reject that each of them is."""
    own = [*range(1, len(batch.rejects) + 1)]
    if batch.mends is None:
        return batch.rejects.assign(batch=number, number=own)
    still = batch.mends.still
    of_batch = [number if earlier is None else batch.mends.batch for earlier in still]
    numbers = [mine if earlier is None else earlier for mine, earlier in zip(own, still, strict=True)]
    return batch.rejects.assign(batch=pd.Series(of_batch, dtype=object), number=numbers)


def rejects_csv(rejects: pd.DataFrame, read_as: ReadAs | None) -> bytes:
    """Rejects (batch, number, line, text, column, code, reason, mend) as CSV: UTF-8 with mark, so that spreadsheets
    read it right.

    Texts that a spreadsheet would take for a formula get a leading apostrophe; numbers stay numbers.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([*HEAD, *map(harmless, read_as.header if read_as else ())])
    for row in _rows(rejects, read_as):
        writer.writerow([cell if isinstance(cell, int) else harmless(cell) for cell in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8")


def rejects_excel(rejects: pd.DataFrame, read_as: ReadAs | None, source: str) -> bytes:
    """The same as a workbook, with a sheet that says what to do. `source`: the file that they came from."""
    header = read_as.header if read_as else ()
    columns = [Column(name, _WIDTHS[name], ours=True) for name in HEAD] + [Column(name) for name in header]
    rows = list(_rows(rejects, read_as))
    places = {name: len(HEAD) + at for at, name in enumerate(header)}
    wrong = enumerate(rejects["column"].tolist())
    marked = frozenset((row, places[name]) for row, name in wrong if name in places)
    return workbook(Table("rejects", columns, rows, marked), "what to do", _words(len(rows), read_as, source))


def _words(count: int, read_as: ReadAs | None, source: str) -> Iterator[str]:
    told = counted(count, "{n} record of this file was", "{n} records of this file were")
    yield f"{source}: {told} not loaded. The sheet “rejects” holds them."
    if count > MOST_ROWS:
        yield f"It holds the first {MOST_ROWS:,}: a file with more has another fault than its records."
    if read_as is None or read_as.whole:
        yield f"Correct the file itself and load it whole: {read_as.whole if read_as else 'its columns are not known'}."
        return
    yield "1. Read what is wrong under “reason”, and what to do about it under “mend”. Wrong cells are shaded."
    yield "2. Correct the cells in the columns to the right of “mend”. Leave the seven grey columns as they are."
    yield "3. Delete rows that are not wanted, or leave them: what is not corrected is not loaded."
    yield "4. Save, and load this file like any other. Its records are read as the file was that they came from."
    yield "“line” is the line in that file, “text” the record as it stood there. Cells not told apart are empty."


def _rows(rejects: pd.DataFrame, read_as: ReadAs | None) -> Iterator[list[str | int]]:
    names = ("batch", "number", "line", "text", "column", "code", "reason", "mend")
    for batch, number, line, text, column, code, reason, mend in rejects[list(names)].itertuples(index=False):
        cells = cells_of(str(text), str(code), read_as) if read_as else []
        told = [str(part) for part in (text, column, reason, mend)]
        yield ["" if pd.isna(batch) else int(batch), int(number), int(line), *told, *cells]


def cells_of(text: str, code: str, read_as: ReadAs) -> list[str]:
    """The cells of a rejected record, one for each column of its source; empty where they cannot be told apart."""
    width = len(read_as.header)
    found = None if code in TORN else split(text, read_as.delimiter, read_as.quote)
    return ([cell.strip() for cell in found or []] + [""] * width)[:width]


def is_mending(header: Sequence[str]) -> bool:
    """True where a header is that of a file of rejects."""
    return tuple(name.strip().casefold() for name in header[: len(HEAD)]) == HEAD
