"""What the events of a stream bring to the KPI that they feed: sums by quarter-hour, outages, and the events behind.

Written like the other reads over events: in the viewer's scope, an event without a count being one event and one
without a value of a dimension having the value "". Instants are naive UTC.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from opsmetrics.access import Viewer
from opsmetrics.catalog import EventSource, Kpi, Slice, Stream
from opsmetrics.facts.asked import Asked, Scope, answers, joined
from opsmetrics.facts.events import _Choice, _choice, _events, _listed, visible_events
from opsmetrics.facts.reading import _check, _scope, _sql, _visible
from opsmetrics.store import Store

_KEPT = 256


class _Fed(NamedTuple):
    """What a query over the events of many slices depends on. dimensions: those of the stream."""

    dimensions: tuple[str, ...]
    limited: tuple[str, ...]
    by: tuple[str, ...]
    scope: Scope
    measure: str


def event_sums(store: Store, asked: Sequence[Asked], *, viewer: Viewer) -> list[pd.DataFrame]:
    """The numerators that the events give the KPI of each slice, summed by UTC quarter-hour (and by the dimensions
    `by`): bin, by…, numerator (their number, minutes or cost, as the KPI measures them), rows. Raises
    UnknownDimension."""
    for one in asked:
        _check(one.kpi, *one.by)
    return answers(store, asked, _fed(asked, viewer), _sums_sql, lambda fed: ("bin", *fed.by))


def outages(store: Store, asked: Sequence[Asked], *, viewer: Viewer) -> list[pd.DataFrame]:
    """The events of each slice that take a unit down: starts_at (naive UTC), minutes (NaN: not closed yet), the
    dimensions `by` of the stream, in order of time. Raises UnknownDimension."""
    return answers(store, asked, _fed(asked, viewer), _outages_sql, lambda fed: ("starts_at", *fed.by, "minutes"))


def fed_values(store: Store, asked: Sequence[Asked], *, viewer: Viewer) -> list[list[str]]:
    """The values that a dimension, the one of `by`, takes in the events that feed the KPI of each slice, sorted, none
    being left out. Raises UnknownDimension where the KPI has no such dimension and the stream does not carry it."""
    for one in asked:
        _check(one.kpi, *(name for name in one.by if name not in _stream(one).dimensions))
    found = answers(store, asked, _fed(asked, viewer), _fed_values_sql, lambda fed: fed.by)
    return [sorted(str(value) for value in rows.iloc[:, 0] if value) for rows in found]


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


def event_freshness(store: Store, *, viewer: Viewer) -> pd.DataFrame:
    """One row per stream and category with events: stream, category, last_observed_at (naive UTC), rows."""
    found = store.read(_freshness_sql(store.dimensions, _scope(viewer)))
    return found.sort_values(["stream", "category"], ignore_index=True)


def _source(kpi: Kpi) -> EventSource:
    if kpi.events is None:
        raise ValueError(f"{kpi.key} is fed by no events; read it with facts.binned")
    return kpi.events


def _fed(asked: Sequence[Asked], viewer: Viewer) -> list[_Fed]:
    """The shape of each slice."""
    shapes = []
    for one in asked:
        source = _source(one.kpi)
        _check(one.kpi, *one.limited)
        shapes.append(_Fed(_stream(one).dimensions, one.limited, one.by, _scope(viewer), source.measure))
    return shapes


def _stream(one: Asked) -> Stream:
    if one.stream is None:
        raise ValueError(f"{one.kpi.key}: wanted the stream of the events that feed it")
    return one.stream


def _asked_for(fed: _Fed) -> Any:
    """The visible events of the categories that feed the KPIs, each with the place of its slice."""
    rows = joined(visible_events(fed.dimensions, fed.scope), "stream", fed.limited)
    every = rows["_categories"].length() == 0
    return rows.filter(every | rows["_categories"].contains(rows["category"]))


@functools.lru_cache(maxsize=_KEPT)
def _sums_sql(fed: _Fed) -> str:
    rows = _asked_for(fed)
    bins = rows["observed_at"].bucket(minutes=15)
    groups = {"_place": rows["_place"], "bin": bins, **{name: rows[name] for name in fed.by}}
    return _sql(rows.group_by(**groups).aggregate(numerator=rows[fed.measure].sum().fill_null(0.0), rows=rows.count()))


@functools.lru_cache(maxsize=_KEPT)
def _outages_sql(fed: _Fed) -> str:
    rows = _asked_for(fed)
    return _sql(rows.select("_place", *fed.by, "minutes", starts_at=rows["observed_at"]))


@functools.lru_cache(maxsize=_KEPT)
def _fed_values_sql(fed: _Fed) -> str:
    return _sql(_asked_for(fed).select("_place", *fed.by).distinct())


@functools.lru_cache(maxsize=_KEPT)
def _behind_sql(choice: _Choice, categories: tuple[str, ...], lasting: bool, limit: int) -> str:
    import ibis

    rows = _events(choice._replace(start=None) if lasting else choice)
    rows = rows.filter(rows["category"].isin(categories)) if categories else rows
    if lasting and choice.start is not None:
        start = ibis.literal(choice.start.to_pydatetime())
        lasts = start.delta(rows["observed_at"], unit="microsecond") < rows["minutes"] * 60e6
        rows = rows.filter(rows["minutes"].isnull() | lasts | (rows["observed_at"] >= start))
    return _listed(rows, choice.dimensions, limit)


@functools.lru_cache(maxsize=_KEPT)
def _freshness_sql(dimensions: tuple[str, ...], scope: Scope) -> str:
    import ibis

    fields = {"stream": "string", "observed_at": "timestamp(6)", "category": "string"}
    rows = ibis.table({**fields, **dict.fromkeys(dimensions, "string")}, name="events")
    rows = _visible(rows, dimensions, scope)
    groups = {"stream": rows["stream"], "category": rows["category"].fill_null("")}
    return _sql(rows.group_by(**groups).aggregate(last_observed_at=rows["observed_at"].max(), rows=rows.count()))
