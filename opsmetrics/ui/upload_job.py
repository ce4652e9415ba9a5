"""Long work of a page in a thread of its own: watched, cancelled, and ended with the tab that asked for it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

import streamlit as st
from streamlit import runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from opsmetrics.ui import upload_blocks
from opsmetrics.working import Cancelled, Work

#: Seconds that the run which starts a work waits for it: short work draws no progress.
PATIENCE = 1.5
#: Seconds between two looks at a work, and after which one whose tab was closed is stopped: a browser may come back.
LOOK, GRACE = 0.5, 30.0

#: Where each step begins and ends on the bar.
_STEPS = {
    "Reading the file": (0.0, 0.3),
    "Looking at every column": (0.3, 0.4),
    "Reading every record": (0.4, 0.65),
    "Checking every record": (0.65, 0.75),
    "Looking for repeated records": (0.75, 0.85),
    "Comparing with the store": (0.85, 1.0),
    "Looking at the verdicts before": (0.0, 0.1),
    "Taking back": (0.1, 0.8),
}


class Job:
    """One piece of work and what became of it. `then` is given the answer in the run of the page that finds it done."""

    def __init__(
        self, name: str, run: Callable[[], Any], then: Callable[[Any], None], *, lasting: bool = False
    ) -> None:
        """Start it. `lasting`: it is finished even where its tab is closed."""
        self.name, self.work, self.lasting = name, Work(), lasting
        self._run, self._then = run, then
        self._over, self._since = threading.Event(), time.monotonic()
        self._answer: Any = None
        self._error: Exception | None = None
        threading.Thread(target=self._do, name="upload", daemon=True).start()
        context = get_script_run_ctx()
        if context is not None and runtime.exists() and not lasting:
            watch = threading.Thread(target=self._watch, args=(context.session_id,), name="upload watch", daemon=True)
            watch.start()

    def wait(self, seconds: float) -> bool:
        """Whether it is over, after waiting so long at most."""
        return self._over.wait(seconds)

    @property
    def seconds(self) -> int:
        """For how long it has been at work."""
        return int(time.monotonic() - self._since)

    @property
    def share(self) -> float:
        """How much of it is done, from 0 to 1."""
        progress = self.work.progress
        low, high = _STEPS.get(progress.step, (0.0, 1.0))
        return low + (high - low) * (progress.share or 0.0)

    def settle(self) -> bool:
        """Hand over the answer of a work that is over; False where it was cancelled. Raises what it raised."""
        if isinstance(self._error, Cancelled):
            return False
        if self._error is not None:
            raise self._error
        self._then(self._answer)
        return True

    def _do(self) -> None:
        try:
            with self.work.open():
                self._answer = self._run()
        except Exception as error:  # noqa: BLE001  (raised again by `settle`, where a page can say it)
            self._error = error
        finally:
            self._over.set()

    def _watch(self, session_id: str) -> None:
        """Stop the work some time after nobody looks at its tab any more."""
        gone = 0.0
        while not self._over.wait(1.0):
            gone = 0.0 if runtime.get_instance().is_active_session(session_id) else gone + 1.0
            if gone >= GRACE:
                self.work.cancel()


def attend(job: Job, key: str) -> bool:
    """Draw how far a work has come, with a way to stop it; True where it is over and may be settled. key: of what it
    draws, as several works may be under way at once."""
    if job.seconds < PATIENCE:
        with st.spinner(job.name):
            job.wait(PATIENCE)
    if job.wait(0):
        return True
    _progress(job, key)
    return False


@st.fragment(run_every=LOOK)
def _progress(job: Job, key: str) -> None:
    if job.wait(0):
        st.rerun()
    step = "Stopping" if job.work.cancelled else job.work.progress.step or "Beginning"
    with st.container(gap="xsmall", key=f"{key}_bar"):
        with st.container(horizontal=True, vertical_alignment="bottom", key=f"{key}_progress"):
            st.progress(min(job.share, 1.0), upload_blocks.plain(f"{job.name}: {step}, {job.seconds} s"))
            if st.button("Cancel", key=f"{key}_stop", disabled=job.work.cancelled):
                job.work.cancel()
                st.rerun(scope="fragment")
        meanwhile = "You may look at other pages meanwhile."
        st.caption(meanwhile if job.lasting else f"Nothing is written while it is being read. {meanwhile}")
