"""Taking batches back in a thread of its own: watched and cancelled as a load is, while its page stays usable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from opsmetrics.ui import blocks, page, upload_blocks, upload_job
from opsmetrics.ui.upload_job import Job

_JOB, _CANCELLED, _TOASTED = "undo_job", "undo_cancelled", "undo_toasted"


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
    """Above any page, draw how far it has come, with a way to stop it, and take over what became of it once it is
    over. That it was cancelled stands on that page until another one is looked at."""
    job = st.session_state.get(_JOB)
    if not isinstance(job, Job):
        _tell_cancelled()
        return
    if not upload_job.attend(job, "undo"):
        return
    st.session_state.pop(_JOB)
    if not job.settle():
        st.session_state[_CANCELLED] = (job.name, _page())
        st.session_state[_TOASTED] = False
    st.rerun()


def _tell_cancelled() -> None:
    name, seen = st.session_state.get(_CANCELLED, ("", _page()))
    if seen != _page():
        st.session_state.pop(_CANCELLED)
    elif name:
        said = f"{name} was cancelled: nothing was changed."
        page.show(blocks.caption(said), key="undo_cancelled")
        if not st.session_state.get(_TOASTED, True):  # once, seen wherever the reader has scrolled to
            st.toast(upload_blocks.plain(said))
            st.session_state[_TOASTED] = True


def _page() -> str:
    """Which page is run."""
    context = get_script_run_ctx()
    return "" if context is None else context.page_script_hash
