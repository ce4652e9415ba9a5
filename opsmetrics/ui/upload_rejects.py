"""The rows that cannot be read, all of them at a glance, and by what is wrong with them."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from opsmetrics.figures import data_mark
from opsmetrics.ingest import fault_name
from opsmetrics.ui import upload_blocks
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.upload_blocks import cell, column
from opsmetrics.ui.upload_preview import clip
from opsmetrics.verdict import wording

#: Rows shown at most; the table is scrolled in its own frame from TALL rows on.
ROWS, TALL = 500, 10

_COLUMNS = (
    column("Line", right=True, narrow=True),
    column("Column"),
    column("What it says"),
    column("Why"),
    column("What to do"),
)


def render(rejects: pd.DataFrame, key: str, title: str = "") -> None:
    """Draw the rejects (line, text, column, code, reason, mend), those of one reason where that is chosen."""
    if rejects.empty:
        return
    reasons = rejects["code"].value_counts()
    chosen = None
    if len(reasons) > 1:
        chosen = st.pills(
            "Show the rows with",
            list(reasons.index),
            format_func=lambda code: f"{fault_name(code)} {wording.number(float(reasons[code]), 0)}",
            key=f"{key}_reason",
            wrap=True,
        )
    upload_blocks.show(table(rejects, chosen, title), key=f"{key}_rows")


def table(rejects: pd.DataFrame, code: str | None = None, title: str = "") -> Block:
    """These rows behind a plum edge, or those of one reason: line, column, what it says, why, what to do."""
    found = rejects if code is None else rejects[rejects["code"] == code]
    lines = []
    for line in found.head(ROWS).itertuples():
        says = cell(clip(str(line.text)), under=f"{line.reason}: {line.mend}")  # where there is no room beside it
        lines.append(
            [cell(str(line.line)), cell(str(line.column or "")), says, cell(str(line.reason)), cell(str(line.mend))]
        )
    total = len(rejects)
    title = title or f"{wording.number(total, 0)} {'row cannot' if total == 1 else 'rows cannot'} be read"
    tall = len(lines) > TALL
    left = len(found) - ROWS
    note = "scroll the table for all of them" if tall else ""
    if left > 0:
        note = f"scroll the table for the first {ROWS:,}; the download holds {wording.number(left, 0)} more"
    block = upload_blocks.edged(data_mark("missing"), title, _COLUMNS, lines, note)
    return block | {"tall": tall}
