"""Rejected records with their line, their text and what to do about them."""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

import pandas as pd

from opsmetrics.ingest.faults import COLUMN, FIRST_REJECT, REJECTS
from opsmetrics.ingest.records import split
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.ingest.sheet import Sheet

COLUMNS = ("line", "text", "column", "code", "reason", "mend")


def rejects_of(scratch: Scratch, sheet: Sheet) -> pd.DataFrame:
    """One row for each rejected record: line, text (as in the file), column, code, reason, mend."""
    first = sheet.head.first
    found = scratch.rows(f"SELECT rowid + {first}, fault FROM stage WHERE fault >= {FIRST_REJECT * COLUMN} ORDER BY 1")
    texts = sheet.texts(line for line, _ in found)
    return rejects_frame(_row(sheet, line, fault, texts[line]) for line, fault in found)


def rejects_frame(rows: object = ()) -> pd.DataFrame:
    """A table of rejects, with its columns also where there are none."""
    frame = pd.DataFrame(list(rows), columns=list(COLUMNS))  # type: ignore[call-overload]
    return frame.astype({name: "int64" if name == "line" else "str" for name in COLUMNS})


def _row(sheet: Sheet, line: int, fault: int, text: str) -> tuple[int, str, str, str, str, str]:
    kind, position = REJECTS[fault // COLUMN], fault % COLUMN
    cells = split(text, sheet.dialect.delimiter, sheet.dialect.quote) or []
    column = sheet.column(position, cells) if position else ""
    cell = cells[position - 1].strip()[:80] if 0 < position <= len(cells) else ""
    return sheet.origin.line(line), text, column, kind.code, kind.reason.format(cell=cell, column=column), kind.mend
