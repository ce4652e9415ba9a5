"""Long work that can be watched and stopped from another thread: a leaf, known to whoever reads files or the store.

Who starts the work opens it with `Work.open`; what is done inside tells how far it has come with `tell`, and offers a
way to stop what cannot look around by itself with `stoppable`: a query, a process. Without an open work both do
nothing, so that the same path serves the terminal, a program and a page.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

_CURRENT: ContextVar[Work | None] = ContextVar("work", default=None)
#: Seconds between two attempts to stop: an interrupt that falls between two statements is lost.
_AGAIN = 0.05


class Cancelled(Exception):
    """Somebody asked for the work to stop; nothing of it was kept."""


@dataclass(frozen=True)
class Progress:
    """How far a work has come: a step in words, and the share of it that is done (0 to 1; None: not known)."""

    step: str = ""
    share: float | None = None


@dataclass(eq=False)
class Work:
    """One piece of work. `progress` and `cancel` may be used from any thread."""

    progress: Progress = Progress()
    _asked: threading.Event = field(default_factory=threading.Event)
    _hand: threading.Lock = field(default_factory=threading.Lock)
    _stops: list[Callable[[], None]] = field(default_factory=list)

    @contextmanager
    def open(self) -> Iterator[Work]:
        """What this thread does inside belongs to this work."""
        token = _CURRENT.set(self)
        try:
            yield self
        finally:
            _CURRENT.reset(token)

    @property
    def cancelled(self) -> bool:
        """Whether somebody asked it to stop."""
        return self._asked.is_set()

    def cancel(self) -> None:
        """Ask it to stop, and stop what cannot look around by itself. Idempotent; returns at once."""
        if not self._asked.is_set():
            self._asked.set()
            threading.Thread(target=self._stop, name="stop work", daemon=True).start()

    def check(self) -> None:
        """Raises Cancelled where somebody asked it to stop."""
        if self.cancelled:
            raise Cancelled

    def _stop(self) -> None:
        while True:
            with self._hand:
                if not self._stops:
                    return
                for stop in self._stops:
                    stop()
            time.sleep(_AGAIN)

    @contextmanager
    def _offering(self, stop: Callable[[], None]) -> Iterator[None]:
        with self._hand:
            self.check()
            self._stops.append(stop)
        try:
            yield
        finally:
            with self._hand:
                self._stops.remove(stop)


def tell(step: str, done: int = 0, total: int = 0) -> None:
    """Say which step is under way and how much of it is done (`total` 0: not known). Raises Cancelled."""
    work = _CURRENT.get()
    if work is not None:
        work.check()
        work.progress = Progress(step, min(done / total, 1.0) if total else None)


@contextmanager
def unstopped() -> Iterator[None]:
    """What is done inside is finished even where the work was asked to stop."""
    token = _CURRENT.set(None)
    try:
        yield
    finally:
        _CURRENT.reset(token)


@contextmanager
def stoppable(stop: Callable[[], None]) -> Iterator[None]:
    """What is done inside ends early once `stop` is called, which may happen more than once and from another thread.

    Raises Cancelled in place of the error with which it then ends.
    """
    work = _CURRENT.get()
    if work is None:
        yield
        return
    with work._offering(stop):
        try:
            yield
        except Exception:
            work.check()
            raise
