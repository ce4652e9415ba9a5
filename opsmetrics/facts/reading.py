"""The few read queries over the facts, written once in Ibis, compiled for DuckDB and run on the store's cursor.

Every public read takes the `viewer` and sees nothing outside the viewer's scope: `_visible` is the one place where
rows are chosen. Instants are naive UTC and are summed by UTC quarter-hour; calendars and time zones are the business
of `series` (a cast to a zoned timestamp through Ibis drops the zone on every engine). Ibis takes half a second to
import and is loaded with the first query; compiled queries are kept by query, arguments and dimensions.
"""

from __future__ import annotations

import functools
from typing import Any

import pandas as pd

from opsmetrics.access import Viewer
from opsmetrics.catalog import Kpi, Slice
from opsmetrics.facts.asked import Scope, instant
from opsmetrics.store import Store

_KEPT = 512  # compiled queries of one kind


class UnknownDimension(ValueError):
    """A dimension was named that the KPI does not have."""


def rows_between(
    store: Store,
    kpi: Kpi,
    slice_: Slice,
    start: pd.Timestamp,
    end: pd.Timestamp,
    *,
    viewer: Viewer,
    limit: int = 500,
) -> pd.DataFrame:
    """The stored rows with start ≤ observed_at < end (naive UTC), the first `limit` in order of time.

    Columns: observed_at, the KPI's dimensions, numerator and denominator or sample and value, batch, and of that
    batch source, loaded_by, loaded_at. Raises UnknownDimension.
    """
    _check(kpi, *(dimension for dimension, _ in slice_))
    span = (instant(start), instant(end))
    sql = _rows_sql(kpi.counts, kpi.key, kpi.dimensions, slice_, _scope(viewer), span, limit)
    return store.read(sql).sort_values(["observed_at", *_keys(kpi)], ignore_index=True)


def latest(store: Store, kpi: Kpi, *, viewer: Viewer) -> pd.DataFrame:
    """The last row of each combination of the KPI's key dimensions (of several samples at one instant the last).

    Columns: the dimensions, observed_at, numerator and denominator or sample and value, batch.
    """
    found = store.read(_latest_sql(kpi.counts, kpi.key, kpi.dimensions, _scope(viewer)))
    return found.sort_values([*kpi.dimensions, "observed_at"], ignore_index=True)


def freshness(store: Store, *, viewer: Viewer) -> pd.DataFrame:
    """One row per KPI with facts: kpi, last_observed_at (naive UTC), rows."""
    found = store.read(_freshness_sql(store.dimensions, _scope(viewer)))
    return found.sort_values("kpi", ignore_index=True)


def _check(kpi: Kpi, *dimensions: str) -> None:
    for name in dimensions:
        if name not in kpi.dimensions:
            raise UnknownDimension(
                f"{kpi.key!r} has no dimension {name!r}; choose one of: {', '.join(kpi.dimensions) or 'none'}."
            )


def _scope(viewer: Viewer) -> Scope:
    return tuple(sorted((dimension, tuple(sorted(values))) for dimension, values in viewer.scope.items()))


def _keys(kpi: Kpi) -> list[str]:
    return [*kpi.dimensions] if kpi.counts else [*kpi.dimensions, "sample"]


def _facts(counts: bool, dimensions: tuple[str, ...]) -> Any:
    """The fact table as an expression, without an engine behind it. Columns are always taken by `[name]`: many of
    their names are methods too."""
    import ibis

    fields = {"kpi": "string", "observed_at": "timestamp(6)", **dict.fromkeys(dimensions, "string")}
    values = {"numerator": "float64", "denominator": "float64"} if counts else {"sample": "int64", "value": "float64"}
    return ibis.table({**fields, **values, "batch": "int32"}, name="counts" if counts else "readings")


def cells(counts: bool, dimensions: tuple[str, ...]) -> Any:
    """The totals of the fact table by KPI, quarter-hour and dimensions, as an expression; of batches that are called
    sparse none are kept, and each of their facts stands for a total of its own (`store.cells`)."""
    import ibis

    values = ("numerator", "denominator") if counts else ("mean", "m2")
    totals = ibis.table(
        {
            "kpi": "string",
            "bin": "timestamp",
            **dict.fromkeys(dimensions, "string"),
            **dict.fromkeys(values, "float64"),
            "rows": "int64",
            "_last_at": "timestamp(6)",
        },
        name="count_totals" if counts else "reading_totals",
    )
    sparse = ibis.table({"batch": "int32", "fact": "string"}, name="sparse")
    sparse = sparse.filter(sparse["fact"] == ("counts" if counts else "readings"))
    facts = _facts(counts, dimensions).semi_join(sparse, "batch")
    single = {name: facts[name] for name in values} if counts else {"mean": facts["value"], "m2": ibis.literal(0.0)}
    bins = {"bin": facts["observed_at"].bucket(minutes=15), "rows": ibis.literal(1, "int64")}
    alone = facts.select("kpi", *dimensions, **single, **bins, _last_at=facts["observed_at"])
    named = [*reversed(totals.columns)]  # in another order than declared: else all columns that the store has are taken
    return totals.select(named).union(alone.select(named))


def _visible(rows: Any, dimensions: tuple[str, ...], scope: Scope) -> Any:
    """The rows that lie in the scope. A row without a value in a limited dimension belongs to nobody in particular,
    and so does a table without that dimension: neither is shown."""
    import ibis

    for dimension, allowed in scope:
        seen = rows[dimension].isin(allowed) if dimension in dimensions and allowed else ibis.literal(False)
        rows = rows.filter(seen)
    return rows


def _chosen(counts: bool, key: str, dimensions: tuple[str, ...], slice_: Slice, scope: Scope) -> Any:
    """The visible facts of one KPI slice."""
    rows = _facts(counts, dimensions)
    rows = _visible(rows.filter(rows["kpi"] == key), dimensions, scope)
    for dimension, value in slice_:
        rows = rows.filter(rows[dimension] == value)
    return rows


def _sql(expression: Any) -> str:
    import ibis

    return str(ibis.to_sql(expression, dialect="duckdb"))


@functools.lru_cache(maxsize=_KEPT)
def _rows_sql(
    counts: bool,
    key: str,
    dimensions: tuple[str, ...],
    slice_: Slice,
    scope: Scope,
    span: tuple[pd.Timestamp, pd.Timestamp],
    limit: int,
) -> str:
    import ibis

    rows = _chosen(counts, key, dimensions, slice_, scope)
    start, end = (ibis.literal(bound.to_pydatetime()) for bound in span)
    rows = rows.filter(rows["observed_at"] >= start, rows["observed_at"] < end)
    batches = ibis.table({"batch": "int32", "source": "string", "by": "string", "at": "timestamp(6)"}, name="batches")
    batches = batches.rename(loaded_by="by", loaded_at="at")
    keys = ["observed_at", *dimensions, *([] if counts else ["sample"])]
    values = ["numerator", "denominator"] if counts else ["value"]
    first = rows.order_by(keys).limit(limit)
    return _sql(first.join(batches, "batch")[[*keys, *values, "batch", "source", "loaded_by", "loaded_at"]])


@functools.lru_cache(maxsize=_KEPT)
def _latest_sql(counts: bool, key: str, dimensions: tuple[str, ...], scope: Scope) -> str:
    import ibis

    rows = _chosen(counts, key, dimensions, (), scope)
    totals = cells(counts, dimensions)
    totals = _visible(totals.filter(totals["kpi"] == key), dimensions, scope)
    groups = {f"_{name}": totals[name] for name in dimensions}
    newest = (totals.group_by(**groups) if groups else totals).aggregate(_last=totals["_last_at"].max())
    # Numbering all rows by time would sort them all; the totals know the last instants, and few rows are left.
    same = [rows[name].identical_to(newest[f"_{name}"]) for name in dimensions]
    last = rows.semi_join(newest, [rows["observed_at"] == newest["_last"], *same])
    if not counts:
        place = ibis.row_number().over(group_by=list(dimensions), order_by=last["sample"].desc())
        last = last.mutate(_place=place).filter(lambda row: row["_place"] == 0)
    values = ["numerator", "denominator"] if counts else ["sample", "value"]
    return _sql(last.select(*dimensions, "observed_at", *values, "batch"))


@functools.lru_cache(maxsize=_KEPT)
def _freshness_sql(dimensions: tuple[str, ...], scope: Scope) -> str:
    parts = []
    for counts in (True, False):
        rows = _visible(cells(counts, dimensions), dimensions, scope)
        parts.append(rows.select("kpi", "_last_at", "rows"))
    both = parts[0].union(parts[1])
    return _sql(
        both.group_by("kpi").aggregate(last_observed_at=both["_last_at"].max(), rows=both["rows"].sum().cast("int64"))
    )
