"""Events in the store: told apart by the reference that their file gives them, else replaced stretch by stretch.
Outages that follow from logs of states are the business of `states`.

A batch puts in every event that it states, also those that were stored already: the version before it is put away and
comes back when the batch is undone. So what is stored follows from the batches in force alone, in whatever order they
were undone: an event is there where no later batch in force states its reference or, for one without, all events of
its time.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import duckdb
import pandas as pd

from opsmetrics.catalog import Catalog
from opsmetrics.measurements import EVENT_VALUES, Batch, events_key, stream_of
from opsmetrics.store import ledger
from opsmetrics.store.admission import admit_events, stream_named
from opsmetrics.store.errors import StoreError
from opsmetrics.store.incoming import incoming
from opsmetrics.store.shape import columns, matching
from opsmetrics.store.statements import literal, quoted, statement


@dataclass(frozen=True)
class Outcome:
    """What became of the events of a batch, and of whose streams they are."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0
    keys: frozenset[str] = frozenset()


@dataclass(frozen=True)
class TakenBack:
    """What an undo did to events: put back, taken out, kept because a later batch states them."""

    restored: int
    removed: int
    kept: int


def brought_by(batch: Batch) -> bool:
    """True where the batch brings events, or states that there were none."""
    return batch.events.rows > 0 or any(span.replaces for span in batch.spans)


def diff(
    cursor: duckdb.DuckDBPyConnection, catalog: Catalog, dimensions: tuple[str, ...], batch: Batch, limit: int
) -> tuple[Outcome, pd.DataFrame]:
    """What a commit would do to the events, and the rows of `Diff.event_changes`; nothing is written."""
    with _compared(cursor, catalog, dimensions, batch) as (outcome, parts):
        frames = [
            ledger.frame_of(cursor, statement("events", name, **parts), {"limit": limit})
            for name in ("updated_rows", "removed_rows")
        ]
    return outcome, pd.concat(frames, ignore_index=True)


def write(
    cursor: duckdb.DuckDBPyConnection, catalog: Catalog, dimensions: tuple[str, ...], batch: Batch, number: int
) -> Outcome:
    """Puts the batch's events in, inside an open transaction, after putting away those that give way to them."""
    of_batch = {"batch": number}
    with _compared(cursor, catalog, dimensions, batch) as (outcome, parts):
        cursor.execute(statement("events", "put_away", **parts), of_batch)
        cursor.execute(statement("events", "take_out"))
        cursor.execute(statement("events", "put_in", **parts), of_batch)
    return outcome


def undo(cursor: duckdb.DuckDBPyConnection, dimensions: tuple[str, ...], batch: int) -> TakenBack:
    """Takes the batch's events out, inside an open transaction, and puts back those that had given way to it."""
    parts, of_batch = event_parts(dimensions, dimensions), {"batch": batch}
    free, named = cursor.execute(statement("events", "own"), of_batch).fetchall()[0]
    kept = int(cursor.execute(statement("events", "kept"), of_batch).fetchall()[0][0])
    with _dropped(cursor, "end_loose"):
        cursor.execute(statement("events", "loose", **parts), of_batch)
        free_back, named_back = cursor.execute(statement("events", "coming_back")).fetchall()[0]
        same = int(cursor.execute(statement("events", "same_as_back", **parts), of_batch).fetchall()[0][0])
        cursor.execute(statement("events", "forget"), of_batch)
        cursor.execute(statement("events", "put_back", **parts))
        cursor.execute(statement("events", "hand_on"))
        cursor.execute(statement("events", "forget_past"), of_batch)
    return TakenBack(free_back + named_back - same, free + named - named_back - same, kept)


@contextlib.contextmanager
def _compared(
    cursor: duckdb.DuckDBPyConnection, catalog: Catalog, dimensions: tuple[str, ...], batch: Batch
) -> Iterator[tuple[Outcome, dict[str, str]]]:
    """The checked events of the batch beside those they displace, as temporary tables of this cursor."""
    parts = event_parts(dimensions, batch.dimensions)
    with (
        _dropped(cursor, "leave"),
        _dropped(cursor, "end_clearing"),
        _dropped(cursor, "end_displaced"),
    ):
        _arrive(cursor, batch, parts)
        _clear(cursor, catalog, batch)
        keys = _check(cursor, catalog, dimensions, batch, parts)
        cursor.execute(statement("events", "displaced", **parts))
        new, updated, same, removed = map(int, cursor.execute(statement("events", "totals", **parts)).fetchall()[0])
        yield Outcome(new, updated, same, removed, keys), parts


@contextlib.contextmanager
def _dropped(cursor: duckdb.DuckDBPyConnection, name: str) -> Iterator[None]:
    """Drops a temporary table at the end. After an error the cursor is closed, and the table with it."""
    yield
    cursor.execute(statement("events", name))


def _arrive(cursor: duckdb.DuckDBPyConnection, batch: Batch, parts: dict[str, str]) -> None:
    if not batch.events.rows:
        cursor.execute(statement("events", "arrive_none", **parts))
        return
    with incoming(cursor, batch.events, batch.source):
        cursor.execute(statement("events", "arrive", **parts))


def _clear(cursor: duckdb.DuckDBPyConnection, catalog: Catalog, batch: Batch) -> None:
    """The stretches of which the batch states all events."""
    cursor.execute(statement("events", "begin_clearing"))
    for span in batch.spans:
        stream = stream_of(span.kpi)
        if stream is None or not span.replaces:
            continue
        values = {
            "stream": stream,
            "starts_at": span.starts_at,
            "ends_at": span.ends_at,
            "reported_by": stream_named(catalog, stream, batch.source).reported_by,
            "reporters": list(span.reporters),
        }
        cursor.execute(statement("events", "clear"), values)


def _check(
    cursor: duckdb.DuckDBPyConnection,
    catalog: Catalog,
    dimensions: tuple[str, ...],
    batch: Batch,
    parts: dict[str, str],
) -> frozenset[str]:
    """The keys of the streams, after asserting that the events may be stored and that none would be doubled."""
    rows = cursor.execute(statement("events", "manifest", **parts)).fetchall()
    found = sum(row[1] for row in rows)
    if found != batch.events.rows:
        raise StoreError(
            f"{batch.source} announced {batch.events.rows} events and brought {found}. Nothing was stored; "
            "read the file again."
        )
    admit_events(rows, dimensions, catalog, batch.source)
    twice = cursor.execute(statement("events", "repeated")).fetchall()
    if twice:
        raise StoreError(
            f"{batch.source} holds two events of {twice[0][0]!r} with the reference {twice[0][1]!r}. Nothing was "
            'stored: keep one record for each reference, or tell the template rows = "last".'
        )
    outside = cursor.execute(statement("events", "uncovered", **parts)).fetchall()
    if outside:
        raise StoreError(
            f"{batch.source} holds {outside[0][2]} events of {outside[0][0]!r} without a reference outside the time "
            f"that it covers, the first at {outside[0][1]:%Y-%m-%d %H:%M} UTC: loaded again they would count twice. "
            "Nothing was stored; let the file cover all its events."
        )
    return frozenset(events_key(row[0]) for row in rows)


def event_parts(dimensions: tuple[str, ...], given: tuple[str, ...]) -> dict[str, str]:
    """Everything that the statements about events put in braces."""
    names = ("stream", "observed_at", *dimensions, *EVENT_VALUES, "reference")
    told = tuple(name for name in names if name not in ("stream", "reference"))
    brought = [quoted(n) if n not in dimensions or n in given else f"NULL::VARCHAR AS {quoted(n)}" for n in names]
    numbers = [f"({n} IS NOT NULL AND NOT (isfinite({n}) AND {n} >= 0))" for n in ("count", "cost", "minutes")]
    return {
        "columns": columns(names),
        "given": ", ".join(brought),
        "same": matching(told, "target", "source"),
        "covered": _covered(dimensions, "target"),
        "past_covered": _covered(dimensions, "past"),
        "unsound": " OR ".join(["stream IS NULL", "observed_at IS NULL", *numbers]),
        "filled": "".join(f", count({quoted(name)})" for name in dimensions),
        "old_new": ", ".join(f"target.{quoted(n)} AS old_{n}, source.{quoted(n)} AS new_{n}" for n in told),
        "old_gone": ", ".join(f"target.{quoted(n)} AS old_{n}, {_null(n)} AS new_{n}" for n in told),
    }


def _null(name: str) -> str:
    kind = {"observed_at": "TIMESTAMP", "count": "DOUBLE", "cost": "DOUBLE", "minutes": "DOUBLE"}.get(name, "VARCHAR")
    return f"NULL::{kind}"


def _covered(dimensions: tuple[str, ...], event: str) -> str:
    """True where `span` states all events of the stream at the event's time, by its reporter; only for events without
    a reference: the others are told apart by it."""
    arms = " ".join(f"WHEN {literal(name)} THEN {event}.{quoted(name)}" for name in dimensions)
    reporter = f"CASE span.reported_by {arms} END" if arms else "NULL"
    return (
        f"{event}.reference IS NULL AND {event}.stream = span.stream AND {event}.observed_at >= span.starts_at "
        f"AND {event}.observed_at < span.ends_at "
        f"AND (span.reported_by IS NULL OR coalesce(list_contains(span.reporters, {reporter}), false))"
    )
