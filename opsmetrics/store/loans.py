"""Cursors in somebody's hands: one per call, because a connection shared by threads hands out other threads' rows."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import duckdb


@dataclass(eq=False)
class Loan:
    """A cursor lent out. `generation` says which opening of the file it belongs to; `stored` is set after COMMIT,
    `expired` once its `seconds` (None: no limit) were over."""

    cursor: duckdb.DuckDBPyConnection
    generation: int
    seconds: float | None
    writing: bool
    stored: bool = False
    expired: bool = False
    over: threading.Event = field(default_factory=threading.Event)
    _hand: threading.Lock = field(default_factory=threading.Lock)

    def start_watch(self) -> None:
        """Starts the thread that interrupts the cursor once its time is up."""
        if self.seconds is not None:
            threading.Thread(target=self._watch, name="store query watch", daemon=True).start()

    def interrupt(self) -> None:
        """Stops what the cursor is doing, if it is still lent."""
        with self._hand:
            if not self.over.is_set():
                self.cursor.interrupt()

    def end(self) -> None:
        """Closes the cursor, which rolls back what it had not committed. Idempotent."""
        with self._hand:
            if not self.over.is_set():
                self.over.set()
                self.cursor.close()

    def _watch(self) -> None:
        if self.over.wait(self.seconds):
            return
        self.expired = True
        # Again and again: an interrupt that falls between two statements is lost.
        while not self.over.wait(0.05):
            self.interrupt()


@dataclass(eq=False)
class Transaction:
    """An open transaction of the one writer. Leaving it commits, unless `abandon` was called or an error passes."""

    cursor: duckdb.DuckDBPyConnection
    abandoned: bool = False

    def abandon(self) -> None:
        """Rolls back on leaving, without an error: there was nothing to store."""
        self.abandoned = True
