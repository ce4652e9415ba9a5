"""The rejected records of a batch on the pages Data and Upload: what became of them, and the file to mend."""

from __future__ import annotations

from functools import partial

import streamlit as st

from opsmetrics.desk import Desk
from opsmetrics.desk.rejected import Form, rejects_file, state_of
from opsmetrics.measurements import counted

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

FORMS: tuple[tuple[Form, str, str], ...] = (("xlsx", EXCEL, "Excel"), ("csv", "text/csv", "CSV"))


def render(desk: Desk, batch: int, key: str = "data_rejects") -> None:
    """Draw how many are settled and left, and the downloads; nothing where the batch rejected nothing."""
    state = state_of(desk.store, batch)
    if not state.rejected:
        return
    told = counted(
        state.rejected, f"{{n}} rejected record of batch {batch}", f"{{n}} rejected records of batch {batch}"
    )
    settled = f"{state.settled:,} settled by a later batch, {state.left:,} left"
    st.text(f"{told}: {settled if state.settled else 'none is settled yet'}.")
    if not state.kept:
        st.text("They were not kept: an earlier version loaded this batch.")
        return
    if not state.left:
        return
    with st.container(horizontal=True):
        for form, media, word in FORMS:
            st.download_button(
                f"Rejected records as {word}",
                partial(rejects_file, desk.store, batch, form),
                f"batch-{batch}-rejects.{form}",
                media,
                key=f"{key}_{form}",
                on_click="ignore",
            )
    if state.whole:
        st.text(f"Correct the file that they came from and load it whole: {state.whole}.")
    else:
        st.text("Correct the cells in one of them and upload it: only what is corrected is read.")
