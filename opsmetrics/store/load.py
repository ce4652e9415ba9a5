"""A checked batch becomes facts: compared with what is stored, then written in one transaction."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import duckdb
import pandas as pd

from opsmetrics.catalog import Catalog
from opsmetrics.measurements import BIN, EPOCH, Batch, Diff, Facts, Notice, Receipt, stream_of
from opsmetrics.store import cells, events, ledger, rejected, states
from opsmetrics.store.admission import admit, stream_named
from opsmetrics.store.errors import StoreError
from opsmetrics.store.incoming import incoming
from opsmetrics.store.loans import Transaction
from opsmetrics.store.schema import data_version, utc_now
from opsmetrics.store.shape import Shape
from opsmetrics.store.statements import statement


@dataclass
class Totals:
    """What became of the facts of a batch, and whose they are."""

    new: int = 0
    updated: int = 0
    unchanged: int = 0
    removed: int = 0  # events that gave way to the file's own stretch of time
    kpis: set[str] = field(default_factory=set)

    def add(self, outcome: events.Outcome) -> None:
        """Adds what became of the events."""
        self.new += outcome.new
        self.updated += outcome.updated
        self.unchanged += outcome.unchanged
        self.removed += outcome.removed
        self.kpis |= outcome.keys


@dataclass(frozen=True)
class _Manifest:
    """What a batch brings for one table: facts, their KPIs, their first and last instant."""

    rows: int
    kpis: frozenset[str]
    first: dt.datetime | None
    last: dt.datetime | None


def diff(
    cursor: duckdb.DuckDBPyConnection, catalog: Catalog, dimensions: tuple[str, ...], batch: Batch, limit: int
) -> Diff:
    """What a commit of the batch would change; nothing is written."""
    totals = Totals()
    samples = []
    for shape, facts in _parts(dimensions, batch):
        _manifest(cursor, shape, facts, catalog, batch.source)
        with incoming(cursor, facts, batch.source):
            repeated = cells.repeats(cursor, statement("load", "key_hashes", **shape.parts()), {})
        if repeated:
            _refuse_repeated(cursor, shape, facts, batch.source)
        with incoming(cursor, facts, batch.source):
            counted = cursor.execute(statement("load", "diff_totals", **shape.parts())).fetchall()[0]
        with incoming(cursor, facts, batch.source):
            query = statement("load", "diff_rows", **shape.parts())
            samples.append(ledger.frame_of(cursor, query, {"limit": limit}))
        totals.new += counted[0]
        totals.updated += counted[1]
        totals.unchanged += counted[2]
    changes = pd.concat(samples, ignore_index=True) if samples else _no_changes(cursor, dimensions)
    of_events = []
    if events.brought_by(batch):
        outcome, changed = events.diff(cursor, catalog, dimensions, batch, limit)
        totals.add(outcome)
        of_events.append(changed)
    if batch.states.rows:
        outcome, changed = states.diff(cursor, catalog, dimensions, batch, limit)
        totals.add(outcome)
        of_events.append(changed)
    together = pd.concat(of_events, ignore_index=True) if len(of_events) > 1 else (of_events or [pd.DataFrame()])[0]
    return Diff(totals.new, totals.updated, totals.unchanged, changes, totals.removed, together)


def commit(transaction: Transaction, catalog: Catalog, dimensions: tuple[str, ...], batch: Batch, by: str) -> Receipt:
    """Writes the batch and its row of the ledger; abandons the transaction where the same bytes bring nothing new."""
    cursor = transaction.cursor
    if not batch.tally.adds_up():
        raise StoreError(
            f"The tally of {batch.source} does not add up to its {batch.tally.records} records: {batch.tally}. "
            "Nothing was stored; read the file again."
        )
    number, at = ledger.next_batch(cursor), utc_now()
    totals = _write(cursor, catalog, dimensions, batch, number)
    earlier = _nothing_new(cursor, batch, totals)
    if earlier is not None:
        transaction.abandon()
        told = f"{batch.source} was loaded before, as batch {earlier}: nothing in it is new, and nothing was changed."
        notice = Notice("same_file_again", told)
        return _receipt(cursor, batch, None, at, by, totals, (*batch.warnings, notice))
    ledger.record(
        cursor,
        kind="load",
        at=at,
        by=by,
        source=batch.source,
        fingerprint=batch.fingerprint,
        template=batch.template,
        note=batch.note,
        tally=batch.tally,
        totals=(totals.new, totals.updated, totals.unchanged),
        removed=totals.removed,
        kpis=totals.kpis | {span.kpi for span in batch.spans},
        batch=number,
    )
    ledger.record_spans(cursor, number, batch.spans, _reported_by(catalog, batch))
    if batch.states.rows:
        states.watch(cursor, sorted(stream for span in batch.spans if (stream := stream_of(span.kpi)) is not None))
    mended, more = rejected.keep(cursor, number, batch)
    cursor.execute(statement("schema", "bump_data"))
    return replace(_receipt(cursor, batch, number, at, by, totals, (*batch.warnings, *more)), mended=mended)


def _write(
    cursor: duckdb.DuckDBPyConnection, catalog: Catalog, dimensions: tuple[str, ...], batch: Batch, number: int
) -> Totals:
    """Stores the facts, first what they overwrite. RETURNING would cost a copy and gives no old values, so the
    counts come from what each statement touched."""
    totals = Totals()
    for shape, facts in _parts(dimensions, batch):
        manifest = None if facts.reach else _manifest(cursor, shape, facts, catalog, batch.source)
        reach = facts.reach if manifest is None else (manifest.first, manifest.last)  # known before: read once less
        if not _anything_there(cursor, shape, *(reach or (None, None))):
            manifest, overwritten = _append(cursor, shape, facts, catalog, batch.source, number), 0
            written = manifest.rows
        else:
            with _arrived(cursor, shape, facts, batch.source) as arrived:
                manifest = manifest or _manifest(cursor, shape, facts, catalog, batch.source, arrived)
                written, overwritten = _merge(cursor, shape, facts, batch.source, number, arrived)
        totals.updated += overwritten
        totals.new += written - overwritten
        totals.unchanged += manifest.rows - written
        totals.kpis |= manifest.kpis
    if events.brought_by(batch):
        totals.add(events.write(cursor, catalog, dimensions, batch, number))
    if batch.states.rows:
        totals.add(states.write(cursor, catalog, dimensions, batch, number))
    return totals


def _anything_there(
    cursor: duckdb.DuckDBPyConnection, shape: Shape, first: dt.datetime | None, last: dt.datetime | None
) -> bool:
    """True where a quarter-hour from that of the first instant to that of the last holds a fact already."""
    if first is None or last is None:
        return False
    start, end = (moment - (moment - EPOCH) % BIN for moment in (first, last))
    found = cursor.execute(statement("load", "anything_there", **shape.parts()), {"first": start, "last": end + BIN})
    return bool(found.fetchall()[0][0])


def _append(
    cursor: duckdb.DuckDBPyConnection, shape: Shape, facts: Facts, catalog: Catalog, source: str, number: int
) -> _Manifest:
    """Stores facts that meet no others. Half of what a merge costs, and a fifth of what it costs to look for the totals
    that they might touch. What they are is asserted of what is stored: a stream would be made anew for it."""
    try:
        with incoming(cursor, facts, source):
            cursor.execute(statement("load", "append", **shape.parts()), {"batch": number})
    except duckdb.ConstraintException:  # a row without an instant or a number: which, the rows themselves tell
        cursor.execute("ROLLBACK")
        _manifest(cursor, shape, facts, catalog, source)
        raise
    stored = {**shape.parts(), "source": statement("load", "of_batch", table=shape.table, batch=str(number))}
    manifest = _manifest(cursor, shape, facts, catalog, source, stored)
    if facts.reach not in (None, (manifest.first, manifest.last)):
        raise StoreError(
            f"{source} announced rows from {facts.reach[0]} to {facts.reach[1]} and brought some from {manifest.first} "
            f"to {manifest.last}. Nothing was stored; read the file again."
        )
    if cells.repeats(cursor, statement("load", "key_hashes", **stored), {}):
        _refuse_repeated(cursor, shape, facts, source)
    cells.add(cursor, shape.dimensions, shape.table, number)
    return manifest


@contextlib.contextmanager
def _arrived(cursor: duckdb.DuckDBPyConnection, shape: Shape, facts: Facts, source: str) -> Iterator[Mapping[str, str]]:
    """The parts of statements about the batch's rows, which are in a table meanwhile: they are asked for more often."""
    with incoming(cursor, facts, source):
        cursor.execute(statement("load", "arrive", **shape.parts()))
    yield {**shape.parts(), "source": "temp.arrived"}
    cursor.execute(statement("load", "drop_arrived"))


def _merge(
    cursor: duckdb.DuckDBPyConnection,
    shape: Shape,
    facts: Facts,
    source: str,
    number: int,
    arrived: Mapping[str, str],
) -> tuple[int, int]:
    """Stores facts over others; the answer is how many were written, and how many of these are updates."""
    if cells.repeats(cursor, statement("load", "key_hashes", **arrived), {}):
        _refuse_repeated(cursor, shape, facts, source)
    overwritten = _touched(cursor, statement("load", "overwritten", **arrived), number)
    written = _touched(cursor, statement("load", "merge", **arrived), number)
    cells.touch(cursor, shape.dimensions, shape.table, number)
    cells.renew(cursor, shape.dimensions, shape.table)
    return written, overwritten


def _reported_by(catalog: Catalog, batch: Batch) -> dict[str, str | None]:
    """Which dimension the reporters of each stream are values of, as it is now: the definitions may change later."""
    streams = {span.kpi: stream_of(span.kpi) for span in batch.spans}
    return {key: stream_named(catalog, s, batch.source).reported_by for key, s in streams.items() if s is not None}


def _touched(cursor: duckdb.DuckDBPyConnection, query: str, batch: int) -> int:
    return int(cursor.execute(query, {"batch": batch}).fetchall()[0][0])


def _nothing_new(cursor: duckdb.DuckDBPyConnection, batch: Batch, totals: Totals) -> int | None:
    """The earlier batch of the same bytes, where this one adds neither a value nor a covered span to it."""
    if totals.new or totals.updated or totals.removed:
        return None
    earlier = ledger.seen(cursor, batch.fingerprint)
    if earlier is None or not set(batch.spans) <= ledger.live_spans(cursor, batch.fingerprint):
        return None
    return earlier


def _receipt(
    cursor: duckdb.DuckDBPyConnection,
    batch: Batch,
    number: int | None,
    at: dt.datetime,
    by: str,
    totals: Totals,
    warnings: tuple[Notice, ...],
) -> Receipt:
    return Receipt(
        batch=number,
        at=at,
        by=by,
        source=batch.source,
        fingerprint=batch.fingerprint,
        tally=batch.tally,
        new=totals.new,
        updated=totals.updated,
        unchanged=totals.unchanged,
        spans=batch.spans,
        warnings=warnings,
        rejects=batch.rejects,
        data_version=data_version(cursor),
        removed=totals.removed,
    )


def _parts(dimensions: tuple[str, ...], batch: Batch) -> Iterator[tuple[Shape, Facts]]:
    """The tables that the batch brings rows for."""
    unknown = [name for name in batch.dimensions if name not in dimensions]
    if unknown:
        raise StoreError(
            f"{batch.source} brings the dimension {unknown[0]!r}, which the store does not have "
            f"(it has: {', '.join(dimensions) or 'none'}). Apply the definitions that name it, then load the file."
        )
    if batch.counts.rows:
        yield Shape("counts", dimensions, batch.dimensions), batch.counts
    if batch.readings.rows:
        yield Shape("readings", dimensions, batch.dimensions), batch.readings


def _manifest(
    cursor: duckdb.DuckDBPyConnection,
    shape: Shape,
    facts: Facts,
    catalog: Catalog,
    source: str,
    arrived: Mapping[str, str] | None = None,
) -> _Manifest:
    """What the batch brings, after asserting that the rows may be stored."""
    if arrived is not None:
        rows = cursor.execute(statement("load", "manifest", **arrived)).fetchall()
    else:
        with incoming(cursor, facts, source):
            rows = cursor.execute(statement("load", "manifest", **shape.parts())).fetchall()
    found = sum(row[1] for row in rows)
    if found != facts.rows:
        raise StoreError(
            f"{source} announced {facts.rows} rows of {shape.table} and brought {found}. Nothing was stored; "
            "read the file again."
        )
    admit(rows, shape, catalog, source)
    ends = [row[3:5] for row in rows]
    first, last = min((a for a, _ in ends), default=None), max((b for _, b in ends), default=None)
    return _Manifest(found, frozenset(row[0] for row in rows), first, last)


def _refuse_repeated(cursor: duckdb.DuckDBPyConnection, shape: Shape, facts: Facts, source: str) -> None:
    """Raises StoreError where a key does come twice, and its hash not by chance."""
    with incoming(cursor, facts, source):
        found = cursor.execute(statement("load", "repeated", **shape.parts())).fetchall()
    for twice in found:
        listed = ", ".join(f"{k} {v}" for k, v in zip(shape.keys, twice, strict=True) if v is not None)
        raise StoreError(
            f"{source} holds two rows with the same key ({listed}). Nothing was stored: keep one row per key, or tell "
            "the template that repeats are samples."
        )


def _no_changes(cursor: duckdb.DuckDBPyConnection, dimensions: tuple[str, ...]) -> pd.DataFrame:
    """The frame of changes without a row, its columns in place."""
    shape = Shape("counts", dimensions)
    query = statement("load", "no_changes", **shape.parts())
    return ledger.frame_of(cursor, query)
