"""Several files at once: one line for each with its state, and the choice of the one that is shown below."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from opsmetrics.figures import STOPPED, data_mark
from opsmetrics.ui import blocks, upload_blocks
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.upload_blocks import cell, column
from opsmetrics.ui.upload_files import Incoming
from opsmetrics.verdict import wording

_CHOSEN = "upload_chosen"
_COLUMNS = (
    column("File"),
    column("State"),
    column("Records", right=True),
    column("New", right=True),
    column("Changed", right=True),
    column("Identical", right=True),
    column("Cannot be read", right=True),
)


def table(files: Sequence[Incoming]) -> None:
    """Draw the table."""
    title = blocks.title("Files", count=len(files))
    upload_blocks.show(title, upload_blocks.grid("Files", _COLUMNS, [line(file) for file in files]), key="upload_files")


def chosen(files: Sequence[Incoming]) -> Incoming:
    """Draw the choice; by itself the first file that waits for a person, else the first that cannot be loaded."""
    names = {file.key: f"{number} · {file.name}" for number, file in enumerate(files, start=1)}
    order = [
        [file.key for file in files if file.state in states]
        for states in (("columns", "asks"), ("refused", "unusable"))
    ]
    waiting = [key for keys in order for key in keys]
    if st.session_state.get(_CHOSEN) not in names:
        st.session_state[_CHOSEN] = waiting[0] if waiting else files[0].key
    key = st.selectbox("Show the steps of", list(names), format_func=names.__getitem__, key=_CHOSEN, width=420)
    return next(file for file in files if file.key == key)


def line(file: Incoming) -> list[Block]:
    """One file as a line of the table."""
    if file.examined is None or file.diff is None:
        return [cell(file.name), state(file), *(cell(wording.DASH, "muted") for _ in range(5))]
    tally = file.examined.batch.tally
    numbers = (tally.records, file.diff.new, file.diff.updated, file.diff.unchanged, tally.rejected)
    return [cell(file.name), state(file), *(cell(wording.number(n, 0)) for n in numbers)]


def state(file: Incoming) -> Block:
    """The state of a file as a marked word."""
    if file.why_not:
        return {"mark": blocks.worded(STOPPED, "cannot be loaded")}
    if file.state == "columns":
        return {"mark": blocks.worded(data_mark("suspect"), "which column is which?")}
    if file.state == "asks":
        return {"mark": blocks.worded(data_mark("suspect"), "asks a question")}
    word = "ready" if file.changes else "nothing new"
    return {"mark": blocks.worded(data_mark("fresh"), word)}
