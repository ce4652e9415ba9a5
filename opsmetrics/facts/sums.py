"""The reads that series are made of: sums by quarter-hour, single readings, values of a dimension; many slices at once.

Medians and percentiles do not add up: they need every reading of a period.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from opsmetrics.access import Viewer
from opsmetrics.facts.asked import Asked, Scope, answers, joined
from opsmetrics.facts.reading import _check, _facts, _scope, _sql, _visible
from opsmetrics.store import Store

_KEPT = 256


class _Shape(NamedTuple):
    """What a query over many slices depends on. dimensions: those among the ones it needs that the KPIs have; limited:
    those that the slices limit."""

    statistic: str
    dimensions: tuple[str, ...]
    limited: tuple[str, ...]
    by: tuple[str, ...]
    scope: Scope


def binned(store: Store, asked: Sequence[Asked], *, viewer: Viewer) -> list[pd.DataFrame]:
    """The facts of each slice summed by UTC quarter-hour (and by the dimensions `by`), in order of time.

    Columns of counts: bin, by…, numerator, denominator (NaN where none is recorded), rows; of readings: bin, by…, n,
    mean, m2 (sum of squared deviations from the bin's mean), rows; of shares of readings: bin, by…, numerator (readings
    within the limit), denominator (all readings), rows. Raises UnknownDimension.
    """
    shapes = [_shape(one, viewer) for one in asked]
    return answers(store, asked, shapes, _binned_sql, lambda shape: ("bin", *shape.by))


def readings(store: Store, asked: Sequence[Asked], *, viewer: Viewer) -> list[pd.DataFrame]:
    """Every reading of each slice of measured KPIs with the UTC quarter-hour that it lies in, in order of time.

    Columns: bin, by…, value. Raises UnknownDimension.
    """
    shapes = [_shape(one, viewer, "reading") for one in asked]
    return answers(store, asked, shapes, _readings_sql, lambda shape: ("bin", *shape.by, "value"))


def values_of(store: Store, asked: Sequence[Asked], *, viewer: Viewer) -> list[list[str]]:
    """The values that a dimension, the one of `by`, takes in the facts of each slice, sorted. Raises
    UnknownDimension."""
    shapes = [_shape(one, viewer, "count" if one.kpi.counts else "reading") for one in asked]
    found = answers(store, asked, shapes, _values_sql, lambda shape: shape.by)
    return [sorted(str(value) for value in rows.iloc[:, 0].dropna()) for rows in found]


def _shape(one: Asked, viewer: Viewer, statistic: str = "") -> _Shape:
    _check(one.kpi, *one.by, *one.limited)
    needed = {*one.by, *one.limited, *viewer.scope}
    carried = tuple(sorted(needed & set(one.kpi.dimensions)))
    statistic = statistic or ("count" if one.kpi.counts else one.kpi.statistic)
    return _Shape(statistic, carried, one.limited, one.by, _scope(viewer))


def _asked_for(shape: _Shape) -> Any:
    """The visible facts of all slices of one shape, each with the place of its slice."""
    rows = _visible(_facts(shape.statistic == "count", shape.dimensions), shape.dimensions, shape.scope)
    return joined(rows, "kpi", shape.limited)


@functools.lru_cache(maxsize=_KEPT)
def _binned_sql(shape: _Shape) -> str:
    rows = _asked_for(shape)
    bins = rows["observed_at"].bucket(minutes=15)
    groups = {"_place": rows["_place"], "bin": bins, **{name: rows[name] for name in shape.by}}
    value = None if shape.statistic == "count" else rows["value"]
    if value is None:
        sums = {"numerator": rows["numerator"].sum(), "denominator": rows["denominator"].sum()}
    elif shape.statistic == "share_within":
        sums = {"numerator": value.count(where=value <= rows["_within"]), "denominator": value.count()}
    else:
        # The population variance is computed in one stable pass; sums of squares would cancel far from zero.
        sums = {"n": value.count(), "mean": value.mean(), "m2": value.var(how="pop") * value.count()}
    return _sql(rows.group_by(**groups).aggregate(**sums, rows=rows.count()))


@functools.lru_cache(maxsize=_KEPT)
def _readings_sql(shape: _Shape) -> str:
    rows = _asked_for(shape)
    return _sql(rows.select("_place", *shape.by, "value", bin=rows["observed_at"].bucket(minutes=15)))


@functools.lru_cache(maxsize=_KEPT)
def _values_sql(shape: _Shape) -> str:
    return _sql(_asked_for(shape).select("_place", *shape.by).distinct())
