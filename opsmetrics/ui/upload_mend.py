"""Records that cannot be read, in a grid: their cells are corrected before anything is loaded."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import streamlit as st

from opsmetrics.ingest import Edits, Problem, edited_notice
from opsmetrics.measurements import Batch, counted
from opsmetrics.ui.upload_files import Incoming

#: The names of the columns of cells: a header may be called as ours are.
_CELL = "cell "


def grid(file: Incoming) -> Edits | None:
    """Draw the grid; the answer is all corrections so far, in the one rerun after they are to be checked."""
    changed = _so_far(file)
    if changed or not file.problems:
        return changed
    total = file.examined.batch.tally.rejected if file.examined else len(file.problems)
    with st.expander(f"Correct cells here ({counted(total, '{n} row', '{n} rows')})", key=f"upload_mend_{file.key}"):
        if total > len(file.problems):
            st.caption(f"The first {len(file.problems):,} of {total:,} whose cells can be told apart.")
        key = f"upload_cells_{file.key}_{abs(hash(file.edited))}"
        st.data_editor(
            frame(file.problems),
            key=key,
            hide_index=True,
            num_rows="fixed",
            disabled=["line", "why"],
            column_config=_columns(file),
        )
        state = st.session_state.get(key) or {}
        found = edits_of(file.problems, state.get("edited_rows", {}))
        pressed = st.button("Check again", type="primary", disabled=not found, key=f"{key}_check")
        st.caption("The file itself stays as it is. Corrected rows are read by the same rules as all others.")
    return merged(file.edits, found) if pressed and found else None


def _so_far(file: Incoming) -> Edits | None:
    """What was corrected already, with the way to take it back."""
    if not file.edited:
        return None
    with st.container(horizontal=True, vertical_alignment="center"):
        st.text(counted(len(file.edited), "{n} cell corrected.", "{n} cells corrected."))
        back = st.button("Take the corrections back", type="tertiary", key=f"upload_mend_back_{file.key}")
    return {0: {}} if back else None


def frame(problems: Sequence[Problem]) -> pd.DataFrame:
    """The problems as texts: line, why, then their cells."""
    width = max(len(problem.cells) for problem in problems)
    rows = [
        (problem.line, f"{problem.reason}; {problem.mend}", *problem.cells, *[""] * (width - len(problem.cells)))
        for problem in problems
    ]
    return pd.DataFrame(rows, columns=["line", "why", *(f"{_CELL}{at}" for at in range(width))])


def _columns(file: Incoming) -> dict[str, Any]:
    width = max(len(problem.cells) for problem in file.problems)
    named: dict[str, Any] = {
        "line": st.column_config.NumberColumn("Line", format="%d", width="small", pinned=True),
        "why": st.column_config.TextColumn("Why", width="large"),
    }
    for at in range(width):
        label = file.header[at] if at < len(file.header) else "beyond the last column"
        named[f"{_CELL}{at}"] = st.column_config.TextColumn(label)
    return named


def edits_of(problems: Sequence[Problem], rows: Mapping[int, Mapping[str, Any]]) -> Edits:
    """What the grid says was changed: position of the record → place of the cell → text."""
    return {
        problems[int(row)].position: {
            int(name.removeprefix(_CELL)): "" if text is None else str(text)
            for name, text in cells.items()
            if name.startswith(_CELL)
        }
        for row, cells in rows.items()
    }


def merged(before: Edits, more: Edits) -> Edits:
    """Both; what was said last counts."""
    return {at: {**before.get(at, {}), **more.get(at, {})} for at in {*before, *more}}


def signed(file: Incoming, person: str) -> Batch | None:
    """The batch to load. Corrected cells stand in its receipt and in the ledger, with who corrected them."""
    batch = file.examined.batch if file.examined else None
    if batch is None or not file.edited:
        return batch
    notice = edited_notice(file.edited, person)
    note = " ".join(filter(None, (batch.note, notice.text)))
    return replace(batch, note=note, warnings=(notice, *batch.warnings))
