"""The store: one DuckDB file with one owner, read through cursors and written by one transaction at a time."""

from __future__ import annotations

import contextlib
import datetime as dt
import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Self

import duckdb
import pandas as pd
import pyarrow as pa

from opsmetrics.catalog import Catalog, Decision, Slice, read_catalog
from opsmetrics.measurements import Batch, Diff, Receipt, UndoReceipt
from opsmetrics.store import cells, chores, decisions, definitions, ledger, load, shown, undo
from opsmetrics.store.acknowledged import Notes
from opsmetrics.store.check import Finding, check, refuse_one_that_is_gone, refuse_one_that_lacks
from opsmetrics.store.engine import Engine
from opsmetrics.store.errors import StoreError
from opsmetrics.store.lock import OwnerLock
from opsmetrics.store.recalled import Recalled
from opsmetrics.store.schema import counted, dimension_columns, known_migrations, migrate, utc_now
from opsmetrics.store.statements import statement


class Store:
    """An open store. Every method may be called from any thread; all raise StoreClosed after `close`."""

    def __init__(self, engine: Engine, lock: OwnerLock) -> None:
        self.path = engine.path
        self._engine = engine
        self._lock = lock
        self._notes = Notes(engine.path)
        self._doubts = lock.left_behind
        self._counted = Recalled(engine, counted)
        self._catalog = Recalled(engine, self._current)
        self._held: tuple[int | None, Catalog] | None = None  # the definitions in force, with their number
        self._given: Catalog | None = None  # the last one applied here: spares reading its text again

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        memory_limit: str = "1GB",
        query_seconds: float = 30.0,
        role: str = "app",
        whole: bool = True,
    ) -> Self:
        """Opens the store, creating it where there is none.

        whole: it must hold what was acknowledged, and after an owner that was killed what its ledger says; only
        `check` looks into one that does not. Raises StoreBusy where another process owns it, StoreDamaged where the
        file cannot be read, StoreNotWhole where something is missing, StoreTooNew where a newer program wrote it, and
        StoreError where the path cannot be used.
        """
        path = Path(path).expanduser().resolve()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreError(
                f"The folder {path.parent} for the store cannot be made ({error.strerror}). Choose another path."
            ) from error
        lock = OwnerLock(path, role)
        try:
            if whole and not path.exists():
                refuse_one_that_is_gone(path, Notes(path).read())
            engine = Engine(path, memory_limit, query_seconds)
            try:
                created = migrate(engine, known_migrations())
                opened = cls(engine, lock)
                if created:
                    opened._notes.add("created", data_version=0)
                elif whole:
                    with engine.reading() as cursor:
                        refuse_one_that_lacks(cursor, path, opened._notes.read(), doubts=opened._doubts)
                    opened._doubts = False
            except BaseException:
                engine.close()
                raise
        except BaseException:
            lock.release(doubts=lock.left_behind)
            raise
        return opened

    def close(self) -> None:
        """Waits for the writer, stops the readers, writes the log into the file and lets go of it. Idempotent."""
        if not self._lock.held:
            return
        try:
            self._engine.close()
        finally:
            self._lock.release(doubts=self._doubts)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def is_open(self) -> bool:
        """False once closed."""
        return self._engine.is_open

    @property
    def free_bytes(self) -> int:
        """What may still be written to the disk of the store."""
        return self._engine.free_bytes

    @property
    def has_room(self) -> bool:
        """False while the disk is so full that every change is refused (StoreFull)."""
        return self._engine.has_room

    # What is stored

    @property
    def data_version(self) -> int:
        """Grows with every change of facts."""
        return self.counted[0]

    @property
    def decisions_version(self) -> int:
        """Grows with every change of decisions."""
        return self.counted[1]

    @property
    def versions(self) -> tuple[int, int]:
        """Both versions, of data and of decisions, at one moment."""
        return self.counted[:2]

    @property
    def counted(self) -> tuple[int, int, int]:
        """The same and, third, how much was said about signals: no verdict depends on it."""
        return self._counted()

    @property
    def catalog(self) -> Catalog:
        """The applied definitions; an empty catalogue where none were applied."""
        return self._catalog()

    @property
    def dimensions(self) -> tuple[str, ...]:
        """The dimension columns of the fact tables."""
        with self._engine.reading() as cursor:
            return dimension_columns(cursor)

    @contextlib.contextmanager
    def cursor(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor of one's own for reads, interrupted after the query timeout (StoreTimeout)."""
        with self._engine.reading(self._engine.query_seconds) as cursor:
            yield cursor

    def read(self, sql: str, params: Sequence[Any] = (), **tables: pa.Table) -> pd.DataFrame:
        """The answer to one query, values bound to its question marks; it may read `tables` by their names."""
        with self.cursor() as cursor:
            for name, table in tables.items():
                cursor.register(name, table)  # seen by this cursor only
            return ledger.frame_of(cursor, sql, tuple(params))

    # Definitions

    def apply_catalog(self, catalog: Catalog, *, by: str, fill: Mapping[str, str] | None = None) -> tuple[str, ...]:
        """Makes these definitions the ones in force and returns what changed, as sentences (none: nothing).

        fill: 'kpi.dimension' to the value that old rows get for a new key dimension; without it such a change raises
        KeyDimensionNeedsAnswer. Raises StoreError where a KPI with rows would lose a key dimension or change table.
        """
        with self._engine.writing() as transaction:
            cursor = transaction.cursor
            told = definitions.apply(cursor, self._current(cursor), catalog, by=by, fill=fill or {})
        self._given = catalog
        return told

    # Batches

    def diff(self, batch: Batch, limit: int = 1000) -> Diff:
        """What a commit of the batch would change, with at most `limit` changed rows of each table."""
        catalog = self.catalog
        with self._engine.reading() as cursor:
            return load.diff(cursor, catalog, dimension_columns(cursor), batch, limit)

    def commit(self, batch: Batch, *, by: str) -> Receipt:
        """Stores the batch, all or nothing. The same bytes with nothing new open no batch (Receipt.batch None)."""
        with self._engine.writing() as transaction:
            cursor = transaction.cursor
            receipt = load.commit(transaction, self._current(cursor), dimension_columns(cursor), batch, by)
        if receipt.batch is not None:
            self._notes.add("batch", batch=receipt.batch, data_version=receipt.data_version)
        return receipt

    def undo(self, batch: int, *, by: str, why: str = "") -> UndoReceipt:
        """Takes back what the batch wrote and later batches have not overwritten."""
        with self._engine.writing() as transaction:
            cursor = transaction.cursor
            receipt = undo.undo(cursor, dimension_columns(cursor), batch, by, why)
        self._notes.add("undo", batch=batch, data_version=receipt.data_version)
        return receipt

    def batches(self) -> pd.DataFrame:
        """The ledger, oldest first; `kind` is 'load', or 'fill' for a dimension given to old rows."""
        with self.cursor() as cursor:
            return ledger.batches(cursor)

    def spans(self, key: str) -> pd.DataFrame:
        """The spans of a KPI or stream in the batches in force: batch, source, starts_at, ends_at, reporters."""
        with self.cursor() as cursor:
            return ledger.spans(cursor, [key])[key]

    def covered(self, keys: Sequence[str]) -> dict[str, pd.DataFrame]:
        """By KPI or stream the time of which batches in force tell something: starts_at, ends_at, reporters, watched.

        watched: what a log of states tells of one unit, which may have been silent between two such stretches
        (`series.joined` makes one of them where that means nothing).
        """
        with self.cursor() as cursor:
            return ledger.covered(cursor, keys)

    def changes(self, batch: int) -> pd.DataFrame:
        """The facts that the batch overwrote: fact (its table), key, old_… and new_… values, old_batch."""
        with self.cursor() as cursor:
            return ledger.changes(cursor, dimension_columns(cursor), batch)

    def seen(self, fingerprint: str) -> int | None:
        """The last batch in force that was loaded from these very bytes."""
        with self.cursor() as cursor:
            return ledger.seen(cursor, fingerprint)

    # Keeping it

    def compact(self) -> int:
        """Lays the facts in the order in which they are read, makes their totals anew, and returns how many there are.
        Nothing that can be read changes; no batch does this, as it takes long and much memory."""
        with self._engine.writing() as transaction:
            return cells.compact(transaction.cursor, dimension_columns(transaction.cursor))

    def check(self) -> tuple[Finding, ...]:
        """What does not fit between the store, its ledger and what it acknowledged; empty where all is well."""
        with self._engine.reading() as cursor:
            return check(cursor, dimension_columns(cursor), self._notes.read())

    @contextlib.contextmanager
    def at_rest(self) -> Iterator[Path]:
        """The database's path while nobody writes; see `keeping.back_up`."""
        with self._engine.at_rest() as path:
            yield path

    # Decisions and shown verdicts

    def decide(self, decision: Decision, *more: Decision) -> int:
        """Adds a decision and returns its number. `more` are added with it or not at all, and numbered after it."""
        with self._engine.writing() as transaction:
            known, at = self._current(transaction.cursor), utc_now()
            for unknown in (each.kpi for each in (decision, *more) if each.kpi not in known):
                names = ", ".join(kpi.key for kpi in self.catalog.kpis) or "nothing yet"
                raise StoreError(f"The definitions do not know {unknown!r}. Decide about one of: {names}.")
            numbers = [decisions.decide(transaction.cursor, replace(d, at=d.at or at)) for d in (decision, *more)]
            transaction.cursor.execute(statement("schema", "bump_decisions"))
        return numbers[0]

    def decisions(self, *kpis: str) -> tuple[Decision, ...]:
        """All decisions (of these KPIs), superseded ones too, oldest first."""
        with self.cursor() as cursor:
            return decisions.decisions(cursor, kpis)

    def keep_shown(self, rows: Sequence[Mapping[str, Any]]) -> int:
        """Keeps verdicts that were shown, as far as they say something new, and returns how many did; the keys of each
        row are `shown.COLUMNS` (`at` defaults to now, `id` and `program` to none)."""
        if not rows:
            return 0
        with self._engine.writing() as transaction:
            kept = shown.keep(transaction.cursor, rows)
            if not kept:
                transaction.abandon()
        return kept

    def forget_shown(self, before: dt.datetime) -> int:
        """Forgets the words of verdicts that were kept before an instant (naive UTC), and returns of how many. What
        `told` answers stays, and so does the last verdict said of each series."""
        with self._engine.writing() as transaction:
            forgotten = shown.forget(transaction.cursor, before)
            if not forgotten:
                transaction.abandon()
        return forgotten

    def known_ids(self, ids: Sequence[str]) -> set[str]:
        """Which of these ids belong to a kept verdict."""
        with self.cursor() as cursor:
            return shown.known(cursor, ids)

    def shown_as(self, id_: str) -> dict[str, Any] | None:
        """The kept verdict with this id as it was first shown, its keys `shown.COLUMNS`; None where there is none."""
        with self.cursor() as cursor:
            return shown.found(cursor, id_)

    def looked_at(self, since: dt.datetime) -> list[dict[str, Any]]:
        """The verdicts that the terminal has kept since an instant (naive UTC), as `keep_shown` takes them."""
        with self.cursor() as cursor:
            return shown.looked_at(cursor, since)

    def shown(self, kpi: str, slice_: Slice, grain: str) -> pd.DataFrame:
        """The verdicts shown of one KPI slice at one grain, oldest first."""
        with self.cursor() as cursor:
            return shown.shown(cursor, kpi, slice_, grain)

    def told(self, series: Sequence[tuple[str, Slice, str]]) -> list[pd.DataFrame]:
        """What the verdicts shown of each KPI slice at a grain said, each wording once, in the order in which it was
        first said: as_of, as_of_period, value, episodes (JSON)."""
        with self.cursor() as cursor:
            return shown.told(cursor, series)

    # What the app does by itself

    def record_chore(self, done: chores.Chore) -> None:
        """Notes that a chore was done, or that it failed."""
        with self._engine.writing() as transaction:
            chores.record(transaction.cursor, done)

    def chores(self) -> tuple[chores.Chore, ...]:
        """Of each chore and site the last time that it was done, and the last time that it failed."""
        with self.cursor() as cursor:
            return chores.last(cursor)

    def chore_done(self, chore: str, day: dt.date) -> set[str]:
        """The sites at which a chore was done for a day."""
        with self.cursor() as cursor:
            return chores.done(cursor, chore, day)

    def _current(self, cursor: duckdb.DuckDBPyConnection) -> Catalog:
        """The applied definitions: always those of the store, so that no thread sees others than it reads. Their text
        is fetched once for each number."""
        number, held = definitions.latest_number(cursor), self._held
        if held is None or held[0] != number:
            latest, given = definitions.latest(cursor), self._given
            same = given is not None and latest == (given.text, given.version)
            held = self._held = number, given if same and given else _read(latest[0]) if latest else Catalog()
        return held[1]


@functools.lru_cache(maxsize=4)
def _read(text: str) -> Catalog:
    return read_catalog(text)
