"""A small table as texts, for files that hold no measurements: a spreadsheet of definitions."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from opsmetrics.ingest.formulas import as_it_was
from opsmetrics.ingest.problems import IngestRefused
from opsmetrics.ingest.records import split
from opsmetrics.ingest.sheet import read_file

#: Rows that a person still looks through.
MOST = 5_000


def texts_of(path: Path) -> pd.DataFrame:
    """All records of a file as text columns under its headers, short ones filled up with "".

    The dialect is recognised as for any other file; apostrophes before what looks like a formula, as our own downloads
    have them, are taken off. Raises IngestRefused (`too_many_rows` and as `read_file`),
    NeedsAnswer where the file leaves open which of its sheets is meant.
    """
    sheet = read_file(path)
    wanted = range(sheet.head.first, sheet.lines + 1)
    if len(wanted) > MOST:
        found, most = f"{len(wanted):,} rows", f"at most {MOST:,}"
        raise IngestRefused("too_many_rows", found, most, "choose the file with one row for each KPI")
    width = len(sheet.headers)
    rows = [split(text, sheet.dialect.delimiter, sheet.dialect.quote) or [] for text in sheet.texts(wanted).values()]
    filled = [[*map(as_it_was, row), *[""] * width][:width] for row in rows if any(cell.strip() for cell in row)]
    return pd.DataFrame(filled, columns=list(sheet.headers), dtype="str")
