"""Forecasts that are still to be made, in a thread of their own: watched and stopped, while the page stays usable."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence

import streamlit as st

from opsmetrics.desk.forecast_many_words import say
from opsmetrics.desk.forecast_outlook import outlooks
from opsmetrics.review import KpiReview
from opsmetrics.ui import upload_job
from opsmetrics.ui.upload_blocks import plain
from opsmetrics.ui.upload_job import Job
from opsmetrics.verdict import wording
from opsmetrics.working import tell

#: Seconds between two looks at the work, with which the rows come in.
LOOK = 1.0

_JOB, _STOPPED = "forecasts_job", "forecasts_stopped"


def attend(missing: Sequence[KpiReview], about: Hashable) -> Job | None:
    """The work that makes these, begun where there is none, unless it was stopped; None once nothing is under way.

    about: what the forecasts follow from: a stop holds until that changes. Short work is waited for.
    """
    job = st.session_state.get(_JOB)
    if not isinstance(job, Job) and missing and st.session_state.get(_STOPPED) != about:
        st.session_state.pop(_STOPPED, None)
        waiting = list(missing)
        # What is made is kept for all readers, so it is worth finishing where the tab is closed.
        job = st.session_state[_JOB] = Job(
            say("making"), lambda: outlooks(waiting, None, tell), lambda _: None, lasting=True
        )
    if not isinstance(job, Job):
        return None
    if job.seconds < upload_job.PATIENCE:
        with st.spinner(f"{say('making')}…"):
            job.wait(upload_job.PATIENCE)
    if not job.wait(0):
        return job
    st.session_state.pop(_JOB)
    if not job.settle():
        st.session_state[_STOPPED] = about
    return None


def follow(job: Job | None, missing: int, draw: Callable[[], None]) -> None:
    """Draw the rows; while the work goes on with how far it has come above them and anew in each look at it."""
    if job is None:
        if missing:
            _stopped(missing)
        draw()
    else:
        _following(job, draw)


@st.fragment(run_every=LOOK)
def _following(job: Job, draw: Callable[[], None]) -> None:
    """Controls outside keep what is typed in them meanwhile: only this part runs again."""
    if job.wait(0):
        st.rerun()
    progress = job.work.progress
    step = say("stopping") if job.work.cancelled else progress.step or say("beginning")
    with st.container(horizontal=True, vertical_alignment="bottom", key="forecasts_progress"):
        st.progress(min(job.share, 1.0), plain(say("making_step", step=step, seconds=job.seconds)))
        st.button(say("stop"), key="forecasts_stop", on_click=job.work.cancel, disabled=job.work.cancelled)
    st.caption(say("meanwhile"))
    draw()


def _stopped(missing: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="forecasts_stopped_row"):
        st.text(say("stopped", n=wording.number(missing)))
        st.button(say("make"), key="forecasts_make", on_click=lambda: st.session_state.pop(_STOPPED, None))
