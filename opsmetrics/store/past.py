"""The store as it stood: read at an earlier version of the data and of the decisions, by the same methods.

What a batch overwrote lies in the table of changes, so facts, events, spans, decisions and shown verdicts of any
version can be read again. Two things cannot: what a batch that was undone since had brought (`lost` names them), and
outages of logs of states, which are made anew with each log.
"""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from typing import cast

import duckdb
import pandas as pd

from opsmetrics.store import cells
from opsmetrics.store.engine import Engine
from opsmetrics.store.errors import StoreError
from opsmetrics.store.ledger import frame_of
from opsmetrics.store.schema import dimension_columns
from opsmetrics.store.shape import FACT_TABLES, Shape, columns
from opsmetrics.store.statements import literal, quoted, statement
from opsmetrics.store.store import Store


def past(store: Store, data_version: int, decisions_version: int, before: dt.datetime) -> Store:
    """The store as it stood at these versions, of shown verdicts those kept before an instant (naive UTC). Nothing can
    be written to it, and it is open as long as the store is."""
    engine = _PastEngine(store._engine, int(data_version), int(decisions_version), before)
    return Store(cast(Engine, engine), store._lock)


def lost(store: Store, data_version: int) -> tuple[int, ...]:
    """The batches that were in force at a version and have been undone since."""
    with store.cursor() as cursor:
        return tuple(
            number for (number,) in cursor.execute(statement("past", "undone"), {"data": data_version}).fetchall()
        )


def steps_after(store: Store, data_version: int, decisions_version: int, definitions_version: str) -> pd.DataFrame:
    """What came after these versions, oldest first.

    Columns: what (batch, undo, decision, definitions), number, at, by, name (its file, kind of decision, or version),
    version (of data or decisions, or number of the definitions), keys (KPIs and streams that a batch or decision is
    about), why, starts_at (NaT: not known), states (True: holds a log of states).
    """
    with store.cursor() as cursor:
        asked: dict[str, object] = {"data": data_version, "decisions": decisions_version}
        steps = frame_of(cursor, statement("past", "steps"), {**asked, "definitions": definitions_version})
        starts = frame_of(cursor, statement("past", "starts"))
    told = starts.rename(columns={"batch": "number"})
    joined = steps.merge(told, on="number", how="left")
    other = ~joined["what"].isin(["batch", "undo"])
    return joined.assign(
        starts_at=joined["starts_at"].mask(other), states=(joined["states"].fillna(False) & ~other).astype(bool)
    )


def definitions_text(store: Store, version: str) -> str | None:
    """The text of a version of the definitions; None where it was never in force."""
    with store.cursor() as cursor:
        rows = cursor.execute(statement("past", "definitions"), {"version": version}).fetchall()
    return rows[0][0] if rows else None


class _PastEngine:
    """Lends cursors that see the past; what is not about that is the engine's own."""

    def __init__(self, engine: Engine, data: int, decisions: int, before: dt.datetime) -> None:
        self.path, self.query_seconds = engine.path, engine.query_seconds
        self._engine = engine
        self._data, self._decisions, self._before = data, decisions, before

    @property
    def is_open(self) -> bool:
        return self._engine.is_open

    @property
    def moment(self) -> tuple[int, int]:
        return self._engine.moment

    @contextlib.contextmanager
    def reading(self, seconds: float | None = None) -> Iterator[duckdb.DuckDBPyConnection]:
        with self._engine.reading(seconds) as cursor:
            for text in self._views(cursor):
                cursor.execute(text)
            yield cursor

    @contextlib.contextmanager
    def writing(self) -> Iterator[None]:
        raise StoreError("The past cannot be changed: this is the store as it stood at an earlier version.")
        yield

    def _views(self, cursor: duckdb.DuckDBPyConnection) -> list[str]:
        database = cursor.execute("SELECT current_database()").fetchall()[0][0]
        last = int(cursor.execute(statement("past", "last"), {"data": self._data}).fetchall()[0][0])
        parts = {
            "store": f"{quoted(database)}.main",
            "data": str(self._data),
            "decisions": str(self._decisions),
            "last": str(last),
            "before": f"TIMESTAMP {literal(self._before.isoformat(sep=' '))}",
        }
        dimensions = dimension_columns(cursor)
        views = [
            statement("past", name, **parts) for name in ("meta", "batches", "events", "decisions", "shown", "sparse")
        ]
        shapes = [Shape(table, dimensions) for table in FACT_TABLES]
        return [*views, *(_facts(shape, parts) for shape in shapes), *map(_totals, shapes)]


def _facts(shape: Shape, parts: dict[str, str]) -> str:
    values = ", ".join(f"change.{quoted('old_' + name)} AS {quoted(name)}" for name in shape.values)
    keys = columns(shape.keys, "change.")
    return statement("past", "table", table=shape.table, keys=keys, values=values, **parts)


def _totals(shape: Shape) -> str:
    """Over the view of the facts, so that they are the totals of that version."""
    return statement("past", "totals", totals=shape.cell_parts()["totals"], cells=cells.query(shape))
