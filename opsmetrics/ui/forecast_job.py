"""Forecasts that are still to be made, in a thread of their own: watched and stopped, while the page stays usable.

One work of a slot at a time. What is made is kept for all readers by what it follows from, so a work is worth finishing
where its tab is closed, and what was made before a stop stays.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable

import streamlit as st

from opsmetrics.desk.forecast_many_words import say
from opsmetrics.ui import upload_job
from opsmetrics.ui.upload_blocks import plain
from opsmetrics.ui.upload_job import Job

#: Seconds between two looks at the work, with which what is made comes in.
LOOK = 1.0


def attend(slot: str, name: str, about: Hashable, run: Callable[[], object] | None) -> Job | None:
    """The work of a slot, begun where there is none; None once nothing is under way. Raises what the work raised.

    about: what is made follows from it: a work about something else is stopped, and a stop holds until it changes.
    run: makes what is missing, None where nothing is. Short work is waited for.
    """
    job, of = _held(slot)
    if job is not None and of != about:
        job.work.cancel()
        job = None
    if job is None and run is not None and st.session_state.get(_stopped(slot)) != about:
        job = Job(name, run, lambda _: None, lasting=True)
        st.session_state[slot] = (job, about)
    if job is None:
        st.session_state.pop(slot, None)
        return None
    if job.seconds < upload_job.PATIENCE:
        with st.spinner(f"{name}…"):
            job.wait(upload_job.PATIENCE)
    if not job.wait(0):
        return job
    st.session_state.pop(slot)
    if not job.settle():
        st.session_state[_stopped(slot)] = about
    return None


def _held(slot: str) -> tuple[Job | None, Hashable]:
    found: tuple[Job, Hashable] | None = st.session_state.get(slot)
    return found if found is not None else (None, None)


def _stopped(slot: str) -> str:
    return f"{slot}_stopped"


@st.fragment(run_every=LOOK)
def follow(slot: str, job: Job, draw: Callable[[], None]) -> None:
    """How far the work has come, with a way to stop it, and beneath it what `draw` draws anew in each look at it.
    Controls outside keep what is typed in them meanwhile: only this part runs again."""
    if job.wait(0):
        st.rerun()
    progress = job.work.progress
    step = say("stopping") if job.work.cancelled else progress.step or say("beginning")
    with st.container(horizontal=True, vertical_alignment="bottom", key=f"{slot}_progress"):
        st.progress(min(job.share, 1.0), plain(say("making_step", name=job.name, step=step, seconds=job.seconds)))
        st.button(say("stop"), key=f"{slot}_stop", on_click=job.work.cancel, disabled=job.work.cancelled)
    st.caption(say("meanwhile"))
    draw()


def stopped(slot: str, told: str, again: str) -> None:
    """What a stop left, and the way on."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"{slot}_stopped_row"):
        st.text(told)
        st.button(again, key=f"{slot}_make", on_click=lambda: st.session_state.pop(_stopped(slot), None))
