"""Applying definitions: their text is kept, new dimensions become columns, and no old row is left under a key that the
new definitions would count a second time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import duckdb

from opsmetrics.catalog import Catalog, Kpi
from opsmetrics.measurements import Tally, counted
from opsmetrics.store import cells, ledger
from opsmetrics.store.admission import table_of
from opsmetrics.store.errors import KeyDimensionNeedsAnswer, StoreError
from opsmetrics.store.schema import dimension_columns, utc_now
from opsmetrics.store.shape import DIMENSIONED, NOT_A_DIMENSION
from opsmetrics.store.statements import quoted, statement
from opsmetrics.store.targets import copy_targets

#: Kinds whose numbers are counted: never below 0.
_COUNTING = ("proportion", "rate", "count", "rare")


@dataclass(frozen=True)
class Stored:
    """What the store holds of a KPI: the table and key dimensions of its facts, and how many there are."""

    table: str
    dimensions: tuple[str, ...]
    rows: int


@dataclass(frozen=True)
class Gain:
    """A key dimension that a KPI with facts gets, and the value its old rows receive."""

    kpi: str
    dimension: str
    rows: int
    value: str | None

    @property
    def name(self) -> str:
        """'kpi.dimension', as the answer names it."""
        return f"{self.kpi}.{self.dimension}"


def latest_number(cursor: duckdb.DuckDBPyConnection) -> int | None:
    """The number of the applied definitions, which only grows; None where none were applied."""
    number: int | None = cursor.execute(statement("definitions", "latest_number")).fetchall()[0][0]
    return number


def latest(cursor: duckdb.DuckDBPyConnection) -> tuple[str, str] | None:
    """Text and version of the applied definitions; None where none were applied."""
    rows = cursor.execute(statement("definitions", "latest")).fetchall()
    return (rows[0][0], rows[0][1]) if rows else None


def apply(
    cursor: duckdb.DuckDBPyConnection, before: Catalog, after: Catalog, *, by: str, fill: Mapping[str, str]
) -> tuple[str, ...]:
    """Applies the definitions inside an open transaction and returns what changed, as sentences."""
    _refuse_names(after)
    stored = _stored(cursor)
    for kpi in after.kpis:
        _refuse_new_shape(kpi, stored.get(kpi.key))
        if kpi.key in stored and kpi.key in before and kpi.kind != before[kpi.key].kind:
            _refuse_no_counts(cursor, before[kpi.key].kind, kpi)
    gains = _gains(after, stored, fill)
    told = _add_columns(cursor, after)
    at = utc_now()
    told += _fill(cursor, gains, by, at)
    told += _compare(before, after, stored)
    told += copy_targets(cursor, before, after, by=by, at=at)
    _record_keys(cursor, after)
    if latest(cursor) != (after.text, after.version):
        values = {"text": after.text, "version": after.version, "at": at, "by": by}
        cursor.execute(statement("definitions", "record"), values)
    return tuple(told)


def _refuse_names(catalog: Catalog) -> None:
    for name in catalog.dimension_keys:
        if name.lower() in NOT_A_DIMENSION:
            raise StoreError(
                f"The dimension {name!r} has the name of a column of the store. Give it another key, "
                f"for example {name + '_name'!r}."
            )


def _stored(cursor: duckdb.DuckDBPyConnection) -> dict[str, Stored]:
    rows = dict(cursor.execute(statement("definitions", "rows")).fetchall())
    keys = cursor.execute(statement("definitions", "keys")).fetchall()
    return {kpi: Stored(table, tuple(dimensions), rows[kpi]) for kpi, table, dimensions in keys if kpi in rows}


def _refuse_new_shape(kpi: Kpi, stored: Stored | None) -> None:
    if stored is None:
        return
    if stored.table != table_of(kpi):
        raise StoreError(
            f"{kpi.key!r} has {stored.rows} rows of {stored.table}; as kind {kpi.kind!r} it would need "
            f"{table_of(kpi)}. Define it under a new key, or undo its batches first."
        )
    dropped = [name for name in stored.dimensions if name not in kpi.dimensions]
    if dropped:
        raise StoreError(
            f"{kpi.key!r} has {stored.rows} rows told apart by {dropped[0]!r}; the new definitions drop it from the "
            "key, and rows that differ in nothing else would become one. Keep the dimension, or define the KPI under "
            "a new key and load its files again."
        )


def _refuse_no_counts(cursor: duckdb.DuckDBPyConnection, was: str, kpi: Kpi) -> None:
    """Refuses to call counts what a file could not have brought as such."""
    if kpi.kind not in _COUNTING:
        return
    negative, above = cursor.execute(statement("definitions", "no_counts"), {"kpi": kpi.key}).fetchall()[0]
    told = counted(negative, "{n} row below 0", "{n} rows below 0") if negative else ""
    if not told and above and kpi.kind == "proportion":
        told = counted(above, "{n} row of more than its denominator", "{n} rows of more than their denominators")
    if told:
        raise StoreError(
            f"{kpi.key!r} has {told}, which as kind {kpi.kind!r} it cannot have. Keep it as {was!r}, or correct these "
            "rows or undo their batches first."
        )


def _gains(after: Catalog, stored: Mapping[str, Stored], fill: Mapping[str, str]) -> list[Gain]:
    known = {f"{kpi.key}.{dimension}" for kpi in after.kpis for dimension in kpi.dimensions}
    for name, value in fill.items():
        if name not in known or not value.strip():
            raise StoreError(
                f"The answer {name}={value} was not understood: wanted KPI.DIMENSION=VALUE with a KPI and one of its "
                "dimensions from the definitions, and a value that is not empty."
            )
    gains = [
        Gain(kpi.key, dimension, stored[kpi.key].rows, fill.get(f"{kpi.key}.{dimension}"))
        for kpi in after.kpis
        if kpi.key in stored
        for dimension in kpi.dimensions
        if dimension not in stored[kpi.key].dimensions
    ]
    unanswered = [gain for gain in gains if gain.value is None]
    if unanswered:
        raise KeyDimensionNeedsAnswer(tuple(g.name for g in unanswered), tuple(g.rows for g in unanswered))
    return gains


def _add_columns(cursor: duckdb.DuckDBPyConnection, after: Catalog) -> list[str]:
    """Adds the missing columns. Called under the write lock: ALTER beside an open writer makes its COMMIT fail."""
    present = {name.lower(): name for name in dimension_columns(cursor)}
    told = []
    for dimension in after.dimensions:
        same = present.get(dimension.key.lower())
        if same == dimension.key:
            continue
        if same is not None:
            raise StoreError(
                f"The dimension {dimension.key!r} differs from the store's {same!r} in capitals only. "
                f"Write it as {same!r}."
            )
        for table in DIMENSIONED:
            cursor.execute(statement("definitions", "add_column", table=table, column=quoted(dimension.key)))
        cursor.execute(statement("definitions", "record_dimension"), {"name": dimension.key})
        present[dimension.key.lower()] = dimension.key
        told.append(f"Dimension {dimension.key} added.")
    return told


def _fill(cursor: duckdb.DuckDBPyConnection, gains: list[Gain], by: str, at: dt.datetime) -> list[str]:
    """Gives old rows their value, as if their batches had brought it: they keep their owner, and what those batches
    had overwritten moves along, so that undoing one of them still finds every row it wrote."""
    told, updated = [], 0
    for gain in gains:
        column = quoted(gain.dimension)
        for table in ("counts", "readings", "change"):
            query = statement("definitions", "fill", table=table, column=column)
            touched = cursor.execute(query, {"kpi": gain.kpi, "value": gain.value}).fetchall()[0][0]
            updated += touched if table != "change" else 0
        cells.renew_kpi(cursor, dimension_columns(cursor), gain.kpi)
        told.append(f"{gain.rows} old rows of {gain.kpi} now have {gain.dimension} {gain.value}.")
    if gains:
        ledger.record(
            cursor,
            kind="fill",
            at=at,
            by=by,
            source="definitions",
            note=" ".join(told),
            tally=Tally(0, 0),
            totals=(0, updated, 0),
            kpis={gain.kpi for gain in gains},
            batch=ledger.next_batch(cursor),
        )
        cursor.execute(statement("schema", "bump_data"))
    return told


def _compare(before: Catalog, after: Catalog, stored: Mapping[str, Stored]) -> list[str]:
    told = [f"KPI {kpi.name} added." for kpi in after.kpis if kpi.key not in before]
    told += [f"KPI {kpi.name} changed." for kpi in after.kpis if kpi.key in before and before[kpi.key] != kpi]
    told += _compare_streams(before, after)
    for kpi in before.kpis:
        if kpi.key not in after:
            kept = f"; its {stored[kpi.key].rows} rows stay in the store" if kpi.key in stored else ""
            told.append(f"KPI {kpi.name} has left the definitions{kept}.")
    return told


def _compare_streams(before: Catalog, after: Catalog) -> list[str]:
    old, new = ({stream.key: stream for stream in catalog.streams} for catalog in (before, after))
    told = [f"Stream of events {stream.name} added." for key, stream in new.items() if key not in old]
    told += [
        f"Stream of events {stream.name} changed." for key, stream in new.items() if old.get(key, stream) != stream
    ]
    gone = (stream for key, stream in old.items() if key not in new)
    return [*told, *(f"Stream of events {stream.name} has left the definitions; its events stay." for stream in gone)]


def _record_keys(cursor: duckdb.DuckDBPyConnection, after: Catalog) -> None:
    for kpi in after.kpis:
        cursor.execute(statement("definitions", "forget_key"), {"kpi": kpi.key})
        values = {"kpi": kpi.key, "fact": table_of(kpi), "dimensions": list(kpi.dimensions)}
        cursor.execute(statement("definitions", "record_key"), values)
