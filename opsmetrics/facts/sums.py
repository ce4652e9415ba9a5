"""The reads that series are made of: sums by quarter-hour, single readings, values of a dimension, of many slices.

Sums come from the store's totals, so that they cost what is shown and not what lies behind it. What does not add up
from those is read from the facts: medians and percentiles need every reading of a period, and the limit of a share of
readings is the definitions' to move.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from typing import Any, NamedTuple

import pandas as pd

from opsmetrics.access import Viewer
from opsmetrics.facts.asked import Asked, Scope, answers, joined
from opsmetrics.facts.reading import _check, _facts, _scope, _sql, _visible, cells
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
    cells: bool  # sums of totals, not of facts


def binned(store: Store, asked: Sequence[Asked], *, viewer: Viewer) -> list[pd.DataFrame]:
    """The facts of each slice summed by UTC quarter-hour (and by the dimensions `by`), in order of time.

    Columns of counts: bin, by…, numerator, denominator (NaN where none is recorded), rows; of readings: bin, by…, n,
    mean, m2 (sum of squared deviations from the bin's mean), rows; of shares of readings: bin, by…, numerator (readings
    within the limit), denominator (all readings), rows. Raises UnknownDimension.
    """
    shapes = [_shape(one, viewer) for one in asked]
    found = answers(store, asked, shapes, _binned_sql, lambda shape: ("bin", *shape.by))
    # A moment within a quarter-hour that has facts on both sides of it: totals cannot tell them apart.
    cut = [place for place, shape in enumerate(shapes) if shape.cells and found[place].pop("cut").any()]
    exact = [shapes[place]._replace(cells=False) for place in cut]
    single = answers(store, [asked[place] for place in cut], exact, _binned_sql, lambda shape: ("bin", *shape.by))
    read = dict(zip(cut, single, strict=True))
    return [read.get(place, rows) for place, rows in enumerate(found)]


def readings(store: Store, asked: Sequence[Asked], *, viewer: Viewer) -> list[pd.DataFrame]:
    """Every reading of each slice of measured KPIs with the UTC quarter-hour that it lies in, in order of time.

    Columns: bin, by…, value. Raises UnknownDimension.
    """
    shapes = [_shape(one, viewer, "reading") for one in asked]
    return answers(store, asked, shapes, _readings_sql, lambda shape: ("bin", *shape.by, "value"))


def values_of(store: Store, asked: Sequence[Asked], *, viewer: Viewer) -> list[list[str]]:
    """The values that a dimension, the one of `by`, takes in the facts of each slice, sorted; `until` counts by whole
    quarter-hours. Raises UnknownDimension."""
    shapes = [_shape(one, viewer, "count" if one.kpi.counts else "mean") for one in asked]
    found = answers(store, asked, shapes, _values_sql, lambda shape: shape.by)
    return [sorted(str(value) for value in rows.iloc[:, 0].dropna()) for rows in found]


def _shape(one: Asked, viewer: Viewer, statistic: str = "") -> _Shape:
    _check(one.kpi, *one.by, *one.limited)
    needed = {*one.by, *one.limited, *viewer.scope}
    carried = tuple(sorted(needed & set(one.kpi.dimensions)))
    statistic = statistic or ("count" if one.kpi.counts else one.kpi.statistic)
    return _Shape(statistic, carried, one.limited, one.by, _scope(viewer), statistic in ("count", "mean"))


def _asked_for(shape: _Shape) -> Any:
    """The visible facts, or their totals, of all slices of one shape, each with the place of its slice."""
    table = cells if shape.cells else _facts
    rows = _visible(table(shape.statistic == "count", shape.dimensions), shape.dimensions, shape.scope)
    return joined(rows, "kpi", shape.limited, "bin" if shape.cells else "observed_at")


@functools.lru_cache(maxsize=_KEPT)
def _binned_sql(shape: _Shape) -> str:
    rows = _asked_for(shape)
    if shape.cells:
        return _sql(_summed_cells(rows, shape))
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


def _summed_cells(rows: Any, shape: _Shape) -> Any:
    """Cells added up. `cut`: some of their facts lie at or after the moment of asking."""
    import ibis

    groups = ["_place", "bin", *shape.by]
    if shape.statistic == "count":
        sums = {"numerator": rows["numerator"].sum(), "denominator": rows["denominator"].sum()}
    else:
        # Chan, Golub and LeVeque (The American Statistician 37, 1983), about a mean of the group: exact far from zero.
        rows = rows.group_by(groups).mutate(_near=rows["mean"].min())
        n, off = rows["rows"], rows["mean"] - rows["_near"]
        count, away = n.sum(), (n * off).sum()
        between = ibis.greatest((n * off * off).sum() - away * away / count, 0.0)
        sums = {"n": count.cast("int64"), "mean": rows["_near"].min() + away / count, "m2": rows["m2"].sum() + between}
    cut = (rows["_last_at"] >= rows["_until"]).any()
    return rows.group_by(groups).aggregate(**sums, rows=rows["rows"].sum().cast("int64"), cut=cut)


@functools.lru_cache(maxsize=_KEPT)
def _readings_sql(shape: _Shape) -> str:
    rows = _asked_for(shape)
    return _sql(rows.select("_place", *shape.by, "value", bin=rows["observed_at"].bucket(minutes=15)))


@functools.lru_cache(maxsize=_KEPT)
def _values_sql(shape: _Shape) -> str:
    return _sql(_asked_for(shape).select("_place", *shape.by).distinct())
