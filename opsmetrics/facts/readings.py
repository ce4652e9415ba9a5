"""Single readings, for statistics that do not add up: medians and percentiles need every reading of a period."""

from __future__ import annotations

import functools

import pandas as pd

from opsmetrics.access import Viewer
from opsmetrics.catalog import Kpi, Slice
from opsmetrics.facts.reading import Scope, _check, _chosen, _instant, _scope, _sql
from opsmetrics.store import Store

_KEPT = 256


def readings(
    store: Store,
    kpi: Kpi,
    slice_: Slice,
    *,
    viewer: Viewer,
    by: tuple[str, ...] = (),
    until: pd.Timestamp | None = None,
) -> pd.DataFrame:
    """Every reading of a measured KPI with the UTC quarter-hour that it lies in, in order of time.

    Columns: bin, by…, value. `until` (naive UTC) leaves out readings at that instant and later.
    Raises UnknownDimension.
    """
    _check(kpi, *by, *(dimension for dimension, _ in slice_))
    end = None if until is None else _instant(until)
    found = store.read(_readings_sql(kpi.key, kpi.dimensions, slice_, _scope(viewer), by, end))
    return found.sort_values(["bin", *by, "value"], ignore_index=True)


@functools.lru_cache(maxsize=_KEPT)
def _readings_sql(
    key: str,
    dimensions: tuple[str, ...],
    slice_: Slice,
    scope: Scope,
    by: tuple[str, ...],
    until: pd.Timestamp | None,
) -> str:
    import ibis

    rows = _chosen(False, key, dimensions, slice_, scope)
    if until is not None:
        rows = rows.filter(rows["observed_at"] < ibis.literal(until.to_pydatetime()))
    return _sql(
        rows.select(bin=rows["observed_at"].bucket(minutes=15), **{n: rows[n] for n in by}, value=rows["value"])
    )
