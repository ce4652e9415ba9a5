"""The reads over events, in the same manner as those over counts and readings: written in Ibis, in the viewer's scope.

An event without a count is one event. An event without a category (or subcategory, or value of a dimension) has the
value "" here, in answers and in slices alike. Instants are naive UTC; the calendar is the business of the caller.
"""

from __future__ import annotations

import functools
from typing import Any, NamedTuple

import pandas as pd

from opsmetrics.access import Viewer
from opsmetrics.catalog import Slice, Stream
from opsmetrics.facts.asked import Scope, instant
from opsmetrics.facts.reading import UnknownDimension, _scope, _sql, _visible
from opsmetrics.store import Store

#: By what events can be told apart beside their dimensions.
EVENT_CLASSES = ("category", "subcategory")
#: What can be added up.
AMOUNTS = ("count", "minutes", "cost")

_KEPT = 256


class _Choice(NamedTuple):
    """Which events are meant, in a form that a cache can keep. None: no bound on that side."""

    stream: str
    dimensions: tuple[str, ...]
    slice: Slice
    scope: Scope
    start: pd.Timestamp | None
    end: pd.Timestamp | None


def event_totals(
    store: Store,
    stream: Stream,
    slice_: Slice = (),
    *,
    viewer: Viewer,
    by: tuple[str, ...] = ("category",),
    start: pd.Timestamp | None = None,
    end: pd.Timestamp | None = None,
) -> pd.DataFrame:
    """Sums over the events with start ≤ observed_at < end, by category, subcategory or dimensions.

    Columns: by…, rows, count, minutes, cost (0 where none is recorded), their sums of squares over the rows
    (count_squares, …), and how many rows have minutes and a cost (with_minutes, with_cost). Sorted by `by`.
    Raises UnknownDimension.
    """
    _check(stream, *by, *(name for name, _ in slice_))
    found = store.read(_totals_sql(_choice(stream, slice_, viewer, start, end), by))
    return found.sort_values(list(by), ignore_index=True) if by else found


def event_days(
    store: Store,
    stream: Stream,
    slice_: Slice = (),
    *,
    viewer: Viewer,
    start: pd.Timestamp | None = None,
    end: pd.Timestamp | None = None,
) -> pd.DataFrame:
    """How many events each 24 hours hold, which begin at the time of day of `start` (None: midnight UTC): day, count.

    Days without events are absent. Raises UnknownDimension.
    """
    _check(stream, *(name for name, _ in slice_))
    return store.read(_days_sql(_choice(stream, slice_, viewer, start, end))).sort_values("day", ignore_index=True)


def event_rows(
    store: Store,
    stream: Stream,
    slice_: Slice = (),
    *,
    viewer: Viewer,
    start: pd.Timestamp | None = None,
    end: pd.Timestamp | None = None,
    limit: int = 500,
) -> pd.DataFrame:
    """The stored events themselves, the first `limit` in order of time.

    Columns: observed_at, the stream's dimensions, category, subcategory, count, minutes, cost, reference, batch, and of
    that batch source, loaded_by, loaded_at. Raises UnknownDimension.
    """
    _check(stream, *(name for name, _ in slice_))
    found = store.read(_rows_sql(_choice(stream, slice_, viewer, start, end), limit))
    return found.sort_values(["observed_at", "category", "reference", "batch"], ignore_index=True)


def event_values(store: Store, stream: Stream, dimension: str, *, viewer: Viewer) -> list[str]:
    """The values that a dimension, the category or the subcategory takes in the stream, sorted. Raises
    UnknownDimension."""
    _check(stream, dimension)
    found = store.read(_values_sql(_choice(stream, (), viewer, None, None), dimension))
    return sorted(str(value) for value in found[dimension])


def event_reach(store: Store, stream: Stream, *, viewer: Viewer) -> tuple[pd.Timestamp, pd.Timestamp] | None:
    """The first and the last event of the stream (naive UTC); None where there is none."""
    found = store.read(_reach_sql(_choice(stream, (), viewer, None, None)))
    first, last = found.iloc[0]
    return None if pd.isna(first) else (pd.Timestamp(first), pd.Timestamp(last))


def _check(stream: Stream, *names: str) -> None:
    known = (*EVENT_CLASSES, *stream.dimensions)
    for name in names:
        if name not in known:
            raise UnknownDimension(f"{stream.key!r} has no dimension {name!r}; choose one of: {', '.join(known)}.")


def _choice(
    stream: Stream, slice_: Slice, viewer: Viewer, start: pd.Timestamp | None, end: pd.Timestamp | None
) -> _Choice:
    bounds = [None if bound is None else instant(bound) for bound in (start, end)]
    return _Choice(stream.key, stream.dimensions, slice_, _scope(viewer), *bounds)


def visible_events(dimensions: tuple[str, ...], scope: Scope) -> Any:
    """The events of all streams with these dimensions that lie in the scope, as an expression."""
    import ibis

    texts = dict.fromkeys((*dimensions, *EVENT_CLASSES), "string")
    amounts = dict.fromkeys(AMOUNTS, "float64")
    fields = {"stream": "string", "observed_at": "timestamp(6)", **texts, **amounts}
    rows = ibis.table({**fields, "reference": "string", "batch": "int32"}, name="events")
    rows = _visible(rows, dimensions, scope)
    return rows.mutate(**{name: rows[name].fill_null("") for name in texts}, count=rows["count"].fill_null(1.0))


def _events(choice: _Choice) -> Any:
    """The chosen events that the viewer may see, as an expression."""
    import ibis

    rows = visible_events(choice.dimensions, choice.scope)
    rows = rows.filter(rows["stream"] == choice.stream)
    for name, value in choice.slice:
        rows = rows.filter(rows[name] == value)
    if choice.start is not None:
        rows = rows.filter(rows["observed_at"] >= ibis.literal(choice.start.to_pydatetime()))
    if choice.end is not None:
        rows = rows.filter(rows["observed_at"] < ibis.literal(choice.end.to_pydatetime()))
    return rows


@functools.lru_cache(maxsize=_KEPT)
def _totals_sql(choice: _Choice, by: tuple[str, ...]) -> str:
    rows = _events(choice)
    sums = {"rows": rows.count()}
    for name in AMOUNTS:
        sums[name] = rows[name].sum().fill_null(0.0)
        sums[f"{name}_squares"] = (rows[name] * rows[name]).sum().fill_null(0.0)
    sums |= {f"with_{name}": rows[name].count() for name in ("minutes", "cost")}
    groups = {name: rows[name] for name in by}
    return _sql((rows.group_by(**groups) if groups else rows).aggregate(**sums))


@functools.lru_cache(maxsize=_KEPT)
def _days_sql(choice: _Choice) -> str:
    import ibis

    rows = _events(choice)
    start = choice.start
    into_day = 0 if start is None else int((start - start.normalize()).total_seconds())
    day = (rows["observed_at"] - ibis.interval(seconds=into_day)).truncate("D")
    return _sql(rows.group_by(day=day).aggregate(count=rows["count"].sum()))


@functools.lru_cache(maxsize=_KEPT)
def _rows_sql(choice: _Choice, limit: int) -> str:
    return _listed(_events(choice), choice.dimensions, limit)


def _listed(rows: Any, dimensions: tuple[str, ...], limit: int) -> str:
    """The first of these events in order of time, each with its file."""
    import ibis

    batches = ibis.table({"batch": "int32", "source": "string", "by": "string", "at": "timestamp(6)"}, name="batches")
    batches = batches.rename(loaded_by="by", loaded_at="at")
    keys = ["observed_at", *dimensions, *EVENT_CLASSES]
    first = rows.order_by([*keys, "reference", "batch"]).limit(limit)
    shown = [*keys, *AMOUNTS, "reference", "batch", "source", "loaded_by", "loaded_at"]
    return _sql(first.join(batches, "batch")[shown])


@functools.lru_cache(maxsize=_KEPT)
def _values_sql(choice: _Choice, dimension: str) -> str:
    return _sql(_events(choice).select(dimension).distinct())


@functools.lru_cache(maxsize=_KEPT)
def _reach_sql(choice: _Choice) -> str:
    rows = _events(choice)
    return _sql(rows.aggregate(first=rows["observed_at"].min(), last=rows["observed_at"].max()))
