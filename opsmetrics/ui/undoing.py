"""Taking batches back in a thread of its own: watched and cancelled as a load is, while its page stays usable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from opsmetrics.ui import upload_blocks, upload_job
from opsmetrics.ui.upload_job import Job

_JOB, _CANCELLED = "undo_job", "undo_cancelled"


def begin(name: str, run: Callable[[], Any], slot: str) -> None:
    """Start it; what it answers is kept in the session under `slot`. Nothing while another one is under way."""
    if under_way():
        return

    def undone(answer: Any) -> None:
        st.session_state[slot] = answer

    st.session_state.pop(_CANCELLED, None)
    st.session_state[_JOB] = Job(name, run, undone, lasting=True)


def under_way() -> bool:
    """Whether this reader takes something back right now."""
    return isinstance(st.session_state.get(_JOB), Job)


def attend() -> None:
    """Draw how far it has come, with a way to stop it, and take over what became of it once it is over."""
    job = st.session_state.get(_JOB)
    if not isinstance(job, Job):
        if stopped := st.session_state.get(_CANCELLED):
            upload_blocks.show(
                upload_blocks.said(f"{stopped} was cancelled: nothing was changed."), key="undo_cancelled"
            )
        return
    if not upload_job.attend(job):
        return
    st.session_state.pop(_JOB)
    if not job.settle():
        st.session_state[_CANCELLED] = job.name
    st.rerun()
