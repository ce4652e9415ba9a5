"""A few figures about many facts: of what a batch brings, and of what is stored, so that the two can be compared."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import duckdb
import pandas as pd

from opsmetrics.measurements import Batch
from opsmetrics.store import cells
from opsmetrics.store.events import event_parts
from opsmetrics.store.incoming import incoming
from opsmetrics.store.ledger import frame_of
from opsmetrics.store.schema import dimension_columns
from opsmetrics.store.shape import FACT_TABLES, FactTable, Shape, columns
from opsmetrics.store.statements import literal, quoted, statement
from opsmetrics.store.store import Store


@dataclass(frozen=True, eq=False)
class Profile:
    """Facts in short, by KPI or stream (as `events_key`) and day of UTC.

    days: kpi, day, first_at (the first instant), rows, numerator (of readings their sum), denominator. levels: kpi,
    part ('rows' a day, 'value', 'denominator', 'minutes', 'cost': means a record, or the quotient), dimension and name
    ('': all), days, told (days not at 0), rows, first_at, last_at, and of the days not at 0 low, mid, high (5, 50,
    95 %), least, most, least_at, most_at, without signs.
    """

    days: pd.DataFrame
    levels: pd.DataFrame


def profile_of(store: Store, batch: Batch) -> Profile:
    """What a batch brings: one pass over its facts. Logs of states are not among them."""
    with store.cursor() as cursor, _profiled(cursor) as dimensions:
        parts = {"grouped": _grouped(dimensions)}
        tables: tuple[FactTable, ...] = ("counts", "readings")
        for table, facts in zip(tables, (batch.counts, batch.readings), strict=True):
            if facts.rows:
                source = f"{Shape(table, dimensions, batch.dimensions).source()} AS source"
                with incoming(cursor, facts, batch.source):
                    cursor.execute(statement("profile", table, source=source, **parts))
        if batch.events.rows:
            given = event_parts(dimensions, batch.dimensions)["given"]
            with incoming(cursor, batch.events, batch.source):
                cursor.execute(statement("profile", "events", source=f"(SELECT {given} FROM incoming)", **parts))  # noqa: S608
        return _read(cursor, dimensions)


def stored_profile(store: Store, keys: Sequence[str], start: dt.datetime, end: dt.datetime) -> Profile:
    """What is stored of some KPIs and streams in start ≤ t < end, from the totals."""
    asked = {"keys": list(keys), "start": start, "end": end}
    with store.cursor() as cursor, _profiled(cursor) as dimensions:
        parts = {"grouped": _grouped(dimensions)}
        for table, totals in zip(FACT_TABLES, ("count_totals", "reading_totals"), strict=True):
            found = cells.everywhere(dimensions, table)
            cursor.execute(statement("profile", totals, cells=found, **parts), asked)
        source = statement("profile", "stored_events")
        cursor.execute(statement("profile", "events", source=source, **parts), asked)
        return _read(cursor, dimensions)


@contextlib.contextmanager
def _profiled(cursor: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, ...]]:
    """An empty table of days on this cursor; the answer is its dimensions."""
    dimensions = dimension_columns(cursor)
    typed = "".join(f", {quoted(name)} VARCHAR" for name in dimensions)
    cursor.execute(statement("profile", "begin", typed=typed))
    yield dimensions
    cursor.execute(statement("profile", "end"))


def _grouped(dimensions: tuple[str, ...]) -> str:
    return f", {columns(dimensions)}" if dimensions else ""


def _read(cursor: duckdb.DuckDBPyConnection, dimensions: tuple[str, ...]) -> Profile:
    named = [("''", "''"), *((literal(name), quoted(name)) for name in dimensions)]
    slices = " UNION ALL ".join(statement("profile", "slice", dimension=d, part=n) for d, n in named)
    days = frame_of(cursor, statement("profile", "days"))
    return Profile(days, frame_of(cursor, statement("profile", "levels", slices=slices)))


def names_known(store: Store, dimension: str) -> list[str]:
    """All names of a dimension that something stored has, in order; none of a dimension that nothing has."""
    with store.cursor() as cursor:
        dimensions = dimension_columns(cursor)
        if dimension not in dimensions:
            return []
        tables = {table: cells.everywhere(dimensions, table) for table in FACT_TABLES}
        query = statement("profile", "names", part=quoted(dimension), **tables)
        return [name for (name,) in cursor.execute(query).fetchall()]


def names_brought(store: Store, batches: Sequence[int]) -> list[dict[str, set[str]]]:
    """By dimension the names in what each of these batches wrote and no later one changed, in their order."""
    found: dict[int, dict[str, set[str]]] = {number: {} for number in batches}
    with store.cursor() as cursor:
        for name in dimension_columns(cursor):
            for table in ("counts", "readings", "events"):
                parts = {"table": table, "dimension": literal(name), "part": quoted(name)}
                asked = cursor.execute(statement("profile", "brought", **parts), {"numbers": list(batches)})
                for number, dimension, value in asked.fetchall():
                    found[number].setdefault(dimension, set()).add(value)
    return [found[number] for number in batches]
