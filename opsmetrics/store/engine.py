"""The one connection to the store's file: opened, locked down, lent out as cursors, closed, and reopened after a
fatal error. Nothing else in the program opens the database's path, not even to copy it: closing such a second handle
drops DuckDB's lock, and another process could then write rows that vanish.
"""

from __future__ import annotations

import contextlib
import shutil
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb

from opsmetrics.store.diagnosis import is_damage, is_full, not_opened, plain_words
from opsmetrics.store.errors import StoreClosed, StoreDamaged, StoreError, StoreFull, StoreReopened, StoreTimeout
from opsmetrics.store.loans import Loan, Transaction
from opsmetrics.store.statements import statement
from opsmetrics.working import stoppable

#: Before the file is touched: DuckDB guesses other programs' files and would fetch an extension for them.
_CONFIG: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}

#: Bytes that stay free on the disk: a small change, its note and a temporary file find room.
ROOM = 4 * 1024 * 1024

_CHECKPOINTS = 5  # tries after each commit, 20 ms apart
_PATIENCE = 10.0  # seconds that interrupted queries get to come back before their cursors are taken away


class Engine:
    """The open database. `generation` grows with each reopening; whoever keeps what was read compares it."""

    def __init__(self, path: Path, memory_limit: str, query_seconds: float) -> None:
        self.path = path
        self.query_seconds = query_seconds
        self.generation = 0
        self._writings = 0
        self._memory_limit = memory_limit
        self._writer = threading.RLock()
        self._gate = threading.Condition()
        self._reopening = False
        self._loans: set[Loan] = set()
        self._connection: duckdb.DuckDBPyConnection | None = self._connect()

    @property
    def is_open(self) -> bool:
        """False after `close`, and after a reopening that failed."""
        with self._settled():
            return self._connection is not None

    @property
    def moment(self) -> tuple[int, int]:
        """Grows with each reopening and each commit: between two equal ones nothing changed that a new cursor sees.
        Raises StoreClosed."""
        with self._settled():
            if self._connection is None:
                raise StoreClosed(self.path)
            return self.generation, self._writings

    @property
    def has_room(self) -> bool:
        """False while the disk is so full that nothing more is written."""
        return self.free_bytes >= ROOM

    @property
    def free_bytes(self) -> int:
        """What this account may still write to the disk of the store."""
        return shutil.disk_usage(self.path.parent).free

    @contextlib.contextmanager
    def reading(self, seconds: float | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor for reads, interrupted after `seconds` (None: no limit)."""
        with self._lent(seconds, writing=False) as loan, stoppable(loan.interrupt):
            yield loan.cursor

    @contextlib.contextmanager
    def writing(self) -> Iterator[Transaction]:
        """One transaction of the one writer, then a checkpoint. All or nothing. Refused while there is no room: a
        disk that fills up on the way stops the database, for readers too, until it was opened again."""
        if not self.has_room:
            raise StoreFull()
        with self._writer, self._lent(None, writing=True) as loan:
            loan.cursor.execute("BEGIN TRANSACTION")
            transaction = Transaction(loan.cursor)
            with stoppable(loan.interrupt):  # until here; what is committed is told as committed
                yield transaction  # an error passes through here, and the cursor's end rolls back
            if transaction.abandoned:
                return
            try:
                loan.cursor.execute("COMMIT")
            finally:
                self._writings += 1  # before the checkpoint, which may take long; a commit that failed may count too
            loan.stored = True
            _checkpoint(loan.cursor)

    @contextlib.contextmanager
    def at_rest(self) -> Iterator[Path]:
        """The database's path while no writer is at work, so that file and log may be copied: by another process, as
        to open the file in this one drops its lock."""
        with self._writer, self._lent(None, writing=False) as loan:
            _checkpoint(loan.cursor)
            yield self.path

    def close(self) -> None:
        """Waits for the writer, ends the open queries, writes the log into the file and closes it. Idempotent."""
        with self._writer, self._settled():
            connection, self._connection = self._connection, None
            if connection is None:
                return
            self._end_loans()
            try:
                connection.execute("CHECKPOINT")
            except duckdb.Error as error:
                raise StoreError(
                    f"The store {self.path} was closed, but its log could not be written into it "
                    f"({plain_words(error)}) Nothing is lost while the file beside it ending in .wal stays there."
                ) from error
            finally:
                connection.close()

    @contextlib.contextmanager
    def _lent(self, seconds: float | None, *, writing: bool) -> Iterator[Loan]:
        loan = self._lend(seconds, writing)
        try:
            yield loan
        except duckdb.Error as error:
            self._take_back(loan)  # first: a reopening waits for all cursors
            told = self._explain(error, loan)
            if told is None:
                raise
            raise told from error
        finally:
            self._take_back(loan)

    def _lend(self, seconds: float | None, writing: bool) -> Loan:
        with self._settled():
            if self._connection is None:
                raise StoreClosed(self.path)
            loan = Loan(self._connection.cursor(), self.generation, seconds, writing)
            self._loans.add(loan)
        loan.start_watch()
        return loan

    def _take_back(self, loan: Loan) -> None:
        loan.end()
        with self._gate:
            self._loans.discard(loan)
            self._gate.notify_all()

    @contextlib.contextmanager
    def _settled(self) -> Iterator[None]:
        """The gate, at a moment when nobody is reopening the file."""
        with self._gate:
            self._gate.wait_for(lambda: not self._reopening)
            yield

    def _explain(self, error: duckdb.Error, loan: Loan) -> StoreError | None:
        """The sentence for an error of DuckDB, after reopening where that is needed; None: a mistake of our own."""
        if isinstance(error, duckdb.FatalException):
            self._reopen(loan.generation)
        with self._settled():
            if self._connection is None:
                return StoreClosed(self.path)
            if self.generation != loan.generation:
                return StoreReopened(self.path, plain_words(error), writing=loan.writing, stored=loan.stored)
        if loan.expired and isinstance(error, duckdb.InterruptException):
            return StoreTimeout(loan.seconds or 0.0)
        if is_damage(error):
            return StoreDamaged(self.path, plain_words(error))
        if is_full(error):
            return StoreFull(stored=loan.stored)
        if isinstance(error, duckdb.OutOfMemoryException):
            return StoreError(
                f"This needs more memory than the store may use ({self._memory_limit}). Ask for less at once, split "
                "the file, or raise OPSMETRICS_MEMORY."
            )
        return None

    def _reopen(self, generation: int) -> None:
        """Closes the stopped database and opens the file again, once for all threads that met the same stop."""
        with self._settled():
            stopped = self._connection
            if stopped is None or self.generation != generation:
                return
            self._reopening, self._connection = True, None
            try:
                # The stopped instance lives until its last cursor is closed, and connecting would find it again.
                self._end_loans()
                stopped.close()
                self._connection = self._connect()
                self.generation += 1
            finally:
                self._reopening = False
                self._gate.notify_all()

    def _end_loans(self) -> None:
        """Interrupts what is running and waits for it to come back; called with the gate held."""
        deadline = time.monotonic() + _PATIENCE
        while self._loans and time.monotonic() < deadline:
            for loan in self._loans:
                loan.interrupt()
            self._gate.wait(0.05)
        for loan in self._loans:
            loan.end()
        self._loans.clear()

    def _connect(self) -> duckdb.DuckDBPyConnection:
        try:
            connection = duckdb.connect(str(self.path), config=_CONFIG)
        except duckdb.Error as error:
            raise not_opened(self.path, error) from error
        connection.execute(statement("engine", "utc"))
        connection.execute(statement("engine", "memory"), {"memory_limit": self._memory_limit})
        connection.execute(statement("engine", "no_outside"))
        connection.execute(statement("engine", "lock"))
        return connection


def _checkpoint(cursor: duckdb.DuckDBPyConnection) -> None:
    """Writes the log into the file. Readers at work keep DuckDB from it; the commit is safe in the log already, so
    after a few tries it is left to the next commit or to `close`."""
    for _ in range(_CHECKPOINTS):
        try:
            cursor.execute("CHECKPOINT")
        except duckdb.TransactionException:
            time.sleep(0.02)
        else:
            return
