"""What the events of a stream bring to the KPI that they feed: sums by quarter-hour, outages, and the events behind.

Written like the other reads over events: in the viewer's scope, an event without a count being one event and one
without a value of a dimension having the value "". Instants are naive UTC.
"""

from __future__ import annotations

import functools
from typing import Any

import pandas as pd

from opsmetrics.access import Viewer
from opsmetrics.catalog import EventSource, Kpi, Slice, Stream
from opsmetrics.facts.events import _Choice, _choice, _events, _listed
from opsmetrics.facts.reading import Scope, _check, _scope, _sql, _visible
from opsmetrics.store import Store

_KEPT = 256


def event_sums(
    store: Store,
    kpi: Kpi,
    stream: Stream,
    slice_: Slice,
    *,
    viewer: Viewer,
    by: tuple[str, ...] = (),
    until: pd.Timestamp | None = None,
) -> pd.DataFrame:
    """The numerators that the events give a KPI, summed by UTC quarter-hour (and by the dimensions `by`).

    Columns: bin, by…, numerator (their number, minutes or cost, as the KPI measures them), rows. `until` (naive UTC)
    leaves out events at that instant and later. Raises UnknownDimension.
    """
    source = _source(kpi)
    _check(kpi, *by, *(dimension for dimension, _ in slice_))
    choice = _choice(stream, slice_, viewer, None, until)
    found = store.read(_sums_sql(choice, source.categories, source.measure, by))
    return found.sort_values(["bin", *by], ignore_index=True)


def outages(
    store: Store,
    kpi: Kpi,
    stream: Stream,
    slice_: Slice,
    *,
    viewer: Viewer,
    by: tuple[str, ...] = (),
    until: pd.Timestamp | None = None,
) -> pd.DataFrame:
    """The events that take a unit down: starts_at (naive UTC), minutes (NaN: not closed yet), the dimensions `by`, in
    order of time. `by` are dimensions of the stream. `until` leaves out events at that instant and later."""
    source = _source(kpi)
    _check(kpi, *(dimension for dimension, _ in slice_))
    choice = _choice(stream, slice_, viewer, None, until)
    found = store.read(_outages_sql(choice, source.categories, by))
    return found.sort_values(["starts_at", *by, "minutes"], ignore_index=True)


def events_behind(
    store: Store,
    kpi: Kpi,
    stream: Stream,
    slice_: Slice,
    start: pd.Timestamp,
    end: pd.Timestamp,
    *,
    viewer: Viewer,
    limit: int = 500,
) -> pd.DataFrame:
    """The events behind a KPI's value in start ≤ t < end (naive UTC), the first `limit` in order of time: those that
    happened then, or, where minutes down are taken off, those that lasted into it.

    Columns: observed_at, the stream's dimensions, category, subcategory, count, minutes, cost, reference, batch, and of
    that batch source, loaded_by, loaded_at. Raises UnknownDimension.
    """
    source = _source(kpi)
    _check(kpi, *(dimension for dimension, _ in slice_))
    lasting = source.role == "downtime"
    choice = _choice(stream, slice_, viewer, start, end)
    found = store.read(_behind_sql(choice, source.categories, lasting, limit))
    return found.sort_values(["observed_at", "category", "reference", "batch"], ignore_index=True)


def fed_values(store: Store, kpi: Kpi, stream: Stream, dimension: str, *, viewer: Viewer) -> list[str]:
    """The values that the dimension takes in the events that feed a KPI, sorted, none being left out. Raises
    UnknownDimension where the KPI has no such dimension and the stream does not carry it."""
    if dimension not in stream.dimensions:
        _check(kpi, dimension)
    found = store.read(_fed_values_sql(_choice(stream, (), viewer, None, None), _source(kpi).categories, dimension))
    return sorted(str(value) for value in found[dimension] if value)


def event_freshness(store: Store, *, viewer: Viewer) -> pd.DataFrame:
    """One row per stream and category with events: stream, category, last_observed_at (naive UTC), rows."""
    found = store.read(_freshness_sql(store.dimensions, _scope(viewer)))
    return found.sort_values(["stream", "category"], ignore_index=True)


def _source(kpi: Kpi) -> EventSource:
    if kpi.events is None:
        raise ValueError(f"{kpi.key} is fed by no events; read it with facts.binned")
    return kpi.events


def _of(choice: _Choice, categories: tuple[str, ...]) -> Any:
    rows = _events(choice)
    return rows.filter(rows["category"].isin(categories)) if categories else rows


@functools.lru_cache(maxsize=_KEPT)
def _sums_sql(choice: _Choice, categories: tuple[str, ...], measure: str, by: tuple[str, ...]) -> str:
    rows = _of(choice, categories)
    groups = {"bin": rows["observed_at"].bucket(minutes=15), **{name: rows[name] for name in by}}
    return _sql(rows.group_by(**groups).aggregate(numerator=rows[measure].sum().fill_null(0.0), rows=rows.count()))


@functools.lru_cache(maxsize=_KEPT)
def _outages_sql(choice: _Choice, categories: tuple[str, ...], by: tuple[str, ...]) -> str:
    rows = _of(choice, categories)
    return _sql(
        rows.select(starts_at=rows["observed_at"], minutes=rows["minutes"], **{name: rows[name] for name in by})
    )


@functools.lru_cache(maxsize=_KEPT)
def _behind_sql(choice: _Choice, categories: tuple[str, ...], lasting: bool, limit: int) -> str:
    import ibis

    rows = _of(choice._replace(start=None) if lasting else choice, categories)
    if lasting and choice.start is not None:
        start = ibis.literal(choice.start.to_pydatetime())
        lasts = start.delta(rows["observed_at"], unit="microsecond") < rows["minutes"] * 60e6
        rows = rows.filter(rows["minutes"].isnull() | lasts | (rows["observed_at"] >= start))
    return _listed(rows, choice.dimensions, limit)


@functools.lru_cache(maxsize=_KEPT)
def _fed_values_sql(choice: _Choice, categories: tuple[str, ...], dimension: str) -> str:
    return _sql(_of(choice, categories).select(dimension).distinct())


@functools.lru_cache(maxsize=_KEPT)
def _freshness_sql(dimensions: tuple[str, ...], scope: Scope) -> str:
    import ibis

    fields = {"stream": "string", "observed_at": "timestamp(6)", "category": "string"}
    rows = ibis.table({**fields, **dict.fromkeys(dimensions, "string")}, name="events")
    rows = _visible(rows, dimensions, scope)
    groups = {"stream": rows["stream"], "category": rows["category"].fill_null("")}
    return _sql(rows.group_by(**groups).aggregate(last_observed_at=rows["observed_at"].max(), rows=rows.count()))
