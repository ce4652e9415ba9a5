"""What can go wrong with the store, each as one sentence for a person."""

from __future__ import annotations

from pathlib import Path


class StoreError(Exception):
    """The store refused something. `str(error)` says what was found, what was wanted and what to do."""


class StoreBusy(StoreError):
    """Another process (or another part of this one) owns the store.

    `pid` is None where the owner did not leave its number, `role` is what the owner called itself.
    """

    def __init__(self, path: Path, pid: int | None, role: str | None) -> None:
        self.pid = pid
        self.role = role
        who = f"the {role}" if role else "another program"
        number = f" (process {pid})" if pid else ""
        super().__init__(
            f"The store {path} is in use by {who}{number}. Stop it, or work on the pages of the app: "
            "only one process at a time may open a store."
        )


class StoreDamaged(StoreError):
    """The file is not a DuckDB database, or a part of it can no longer be read."""

    def __init__(self, path: Path, found: str) -> None:
        super().__init__(
            f"The store {path} cannot be read: {found} Put it aside and restore a backup, "
            "or start a new store and load the files again."
        )


class StoreNotWhole(StoreDamaged):
    """The file opens, and does not hold what was acknowledged: the end of its log is gone, or it was exchanged."""

    def __init__(self, path: Path, found: str) -> None:
        StoreError.__init__(self, f"The store {path} is not whole, and nothing of it is shown. {found}")


class StoreTooNew(StoreError):
    """The store was written by a newer version of the program."""

    def __init__(self, path: Path, found: int, known: int) -> None:
        super().__init__(
            f"The store {path} has schema {found}; this program knows schemas up to {known}. "
            "Install the newer version of OpsMetrics that wrote it, or open another store."
        )


class StoreClosed(StoreError):
    """The store is closed, or none was opened. It never opens itself again."""

    def __init__(self, path: Path | None = None) -> None:
        what = "No store is open." if path is None else f"The store {path} is closed."
        super().__init__(f"{what} Start the app again, or open the store first.")


class StoreFull(StoreError):
    """There is no room for a change on the disk; reading goes on. `stored` is True where it was committed before."""

    def __init__(self, *, stored: bool = False) -> None:
        self.stored = stored
        super().__init__(
            "There is no space left beside the store. Free some space and try again. "
            f"{'The change in hand was stored.' if stored else 'This call changed nothing.'}"
        )


class StoreTimeout(StoreError):
    """A query ran longer than it may."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"The query ran longer than {seconds:g} s and was stopped. Ask for a shorter time or fewer slices, "
            "or raise OPSMETRICS_QUERY_SECONDS."
        )


class StoreReopened(StoreError):
    """The database stopped, was closed and opened again; what had been acknowledged is all there.

    `stored` is True where the change in hand was committed before the stop, False where it was not or where the
    call only read.
    """

    def __init__(self, path: Path, found: str, *, writing: bool, stored: bool) -> None:
        self.stored = stored
        if stored:
            now = "The change in hand was stored before that."
        elif writing:
            now = "The change in hand was not acknowledged: look at the list of batches, then send it again."
        else:
            now = "Ask again."
        super().__init__(
            f"The database {path} stopped ({found}) and was opened again. Nothing that had been acknowledged was "
            f"lost. {now} If the disk is full, free some space first."
        )


class KeyDimensionNeedsAnswer(StoreError):
    """KPIs with facts gain key dimensions: their old rows must be given a value. `needed` lists 'kpi.dimension'."""

    def __init__(self, needed: tuple[str, ...], rows: tuple[int, ...]) -> None:
        self.needed = needed
        listed = ", ".join(f"{name} ({count} rows)" for name, count in zip(needed, rows, strict=True))
        super().__init__(
            f"These KPIs have rows from before they had this dimension: {listed}. Say which value the old rows get, "
            f"for example fill {needed[0]}=VALUE, or undo their batches and load the files again: "
            "without an answer, sending a file again would count everything twice."
        )
