"""Logs of states in the store: their records are kept, and outages follow from those of all batches in force.

A log states all records of its units from its first record to its last: those that an earlier batch states there give
way, and come back when it is undone. Records in force that repeat a state are summed up as runs, and from these alone
outages (and what is known of each unit) are made anew with each change. So in whatever order logs were loaded and
undone, they are those of one log that holds the records in force.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import duckdb
import pandas as pd

from opsmetrics.catalog import Catalog
from opsmetrics.measurements import STATE_VALUES, Batch, events_key
from opsmetrics.store import ledger
from opsmetrics.store.admission import admit_events
from opsmetrics.store.errors import StoreError
from opsmetrics.store.events import Outcome, TakenBack, event_parts
from opsmetrics.store.incoming import incoming
from opsmetrics.store.shape import columns
from opsmetrics.store.statements import quoted, statement

#: A unit is checked regularly only where this many distances between its records are known.
STEPS = 8

_STATE = ("_unit", "_state", "_down", "_line")


def diff(
    cursor: duckdb.DuckDBPyConnection, catalog: Catalog, dimensions: tuple[str, ...], batch: Batch, limit: int
) -> tuple[Outcome, pd.DataFrame]:
    """What a commit would do to the outages, and the rows of `Diff.event_changes`; nothing is written."""
    parts = event_parts(dimensions, batch.dimensions)
    with (
        _arrived(cursor, catalog, dimensions, batch, ledger.next_batch(cursor)) as keys,
        _outages(cursor, dimensions),
    ):
        outcome = _outcome(cursor, parts, keys)
        query = statement("states", "changed_rows", **parts)
        changed = ledger.frame_of(cursor, query, {"streams": keys, "limit": limit})
    return outcome, changed


def write(
    cursor: duckdb.DuckDBPyConnection, catalog: Catalog, dimensions: tuple[str, ...], batch: Batch, number: int
) -> Outcome:
    """Puts the batch's records in, inside an open transaction, and makes the outages anew."""
    with _arrived(cursor, catalog, dimensions, batch, number) as keys:
        with _outages(cursor, dimensions):
            outcome = _renew(cursor, dimensions, keys)
            cursor.execute(statement("states", "put_logs"))
        cursor.execute(statement("states", "put_in"))
    return outcome


def undo(cursor: duckdb.DuckDBPyConnection, dimensions: tuple[str, ...], batch: int) -> TakenBack:
    """Takes the batch's records out, inside an open transaction, and makes the outages and what is known anew."""
    of_batch = {"batch": batch}
    keys = [key for (key,) in cursor.execute(statement("states", "streams_of"), of_batch).fetchall()]
    if not keys:
        return TakenBack(0, 0, 0)
    cursor.execute(statement("states", "left"), of_batch)
    with _dropped(cursor, "drop_touched"), _runs(cursor, "states"), _made(cursor):
        changed = _renew(cursor, dimensions, keys)
    for name in ("take_out", "take_logs"):
        cursor.execute(statement("states", name), of_batch)
    watch(cursor, keys)
    return TakenBack(changed.new + changed.updated, changed.removed, 0)


def watch(cursor: duckdb.DuckDBPyConnection, streams: list[str]) -> None:
    """Makes anew for which time each unit's state is known; the spans of all batches in force are on record."""
    cursor.execute(statement("states", "forget_watched"), {"streams": streams})
    cursor.execute(statement("states", "watch", steps=str(STEPS)), {"streams": streams})


def _columns(dimensions: tuple[str, ...]) -> tuple[str, ...]:
    return ("stream", "observed_at", *dimensions, *STATE_VALUES, *_STATE)


@contextlib.contextmanager
def _arrived(
    cursor: duckdb.DuckDBPyConnection, catalog: Catalog, dimensions: tuple[str, ...], batch: Batch, number: int
) -> Iterator[list[str]]:
    """The checked records of the batch as a temporary table; the answer are the keys of their streams."""
    absent = [f"NULL::VARCHAR AS {quoted(name)}" for name in dimensions if name not in batch.dimensions]
    brought = [quoted(name) for name in _columns(dimensions) if name in batch.dimensions or name not in dimensions]
    with incoming(cursor, batch.states, batch.source):
        cursor.execute(statement("states", "arrive", given=", ".join([*brought, *absent])), {"batch": number})
    missing = ("stream", "observed_at", "_unit", "_state", "_down")
    parts = {
        "unsound": " OR ".join([*(f"{name} IS NULL" for name in missing), "NOT (isfinite(cost) AND cost >= 0)"]),
        "filled": "".join(f", count({quoted(name)})" for name in dimensions),
    }
    rows = cursor.execute(statement("states", "manifest", **parts)).fetchall()
    if (found := sum(row[1] for row in rows)) != batch.states.rows:
        raise StoreError(
            f"{batch.source} announced {batch.states.rows} records of states and brought {found}. Nothing was stored; "
            "read the file again."
        )
    admit_events(rows, dimensions, catalog, batch.source)
    with _dropped(cursor, "leave"):
        yield [row[0] for row in rows]


@contextlib.contextmanager
def _outages(cursor: duckdb.DuckDBPyConnection, dimensions: tuple[str, ...]) -> Iterator[None]:
    """The outages with the arriving records, as a temporary table of this cursor."""
    told = columns(_columns(dimensions))
    together = f"(SELECT {told}, batch FROM states UNION ALL SELECT {told}, batch FROM arriving_states)"  # noqa: S608
    cursor.execute(statement("states", "touched"))
    with _dropped(cursor, "drop_touched"), _runs(cursor, together), _made(cursor):
        yield


@contextlib.contextmanager
def _runs(cursor: duckdb.DuckDBPyConnection, source: str) -> Iterator[None]:
    """The runs that are to be made anew, from the records of a relation."""
    cursor.execute(statement("states", "runs", source=source))
    with _dropped(cursor, "drop_runs"):
        yield


@contextlib.contextmanager
def _made(cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
    cursor.execute(statement("states", "outages", runs_after=statement("states", "runs_after")))
    with _dropped(cursor, "drop_outages"):
        yield


@contextlib.contextmanager
def _dropped(cursor: duckdb.DuckDBPyConnection, name: str) -> Iterator[None]:
    """Drops a temporary table at the end. After an error the cursor is closed, and the table with it."""
    yield
    cursor.execute(statement("states", name))


def _renew(cursor: duckdb.DuckDBPyConnection, dimensions: tuple[str, ...], streams: list[str]) -> Outcome:
    """Puts runs and outages as they now are in the place of what is stored."""
    outcome = _outcome(cursor, event_parts(dimensions, dimensions), streams)
    for name in ("forget_runs", "forget_outages"):
        cursor.execute(statement("states", name), {"streams": streams})
    for name in ("put_runs", "put_outages"):
        cursor.execute(statement("states", name))
    return outcome


def _outcome(cursor: duckdb.DuckDBPyConnection, parts: dict[str, str], streams: list[str]) -> Outcome:
    query = statement("states", "totals", **parts)
    new, updated, same, removed = map(int, cursor.execute(query, {"streams": streams}).fetchall()[0])
    return Outcome(new, updated, same, removed, frozenset(events_key(key) for key in streams))
