"""Targets are dated: each period is compared with the one in force at its end (verdict.md 25)."""

from __future__ import annotations

import bisect
import datetime as dt
import math
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from opsmetrics.catalog import Decision, Grain, Kpi, Slice, Target, target_at
from opsmetrics.series import to_local

#: Equal to a target means met; this much noise of a division (relative) still counts as equal.
TOLERANCE = 1e-9

Bounds = tuple[float | None, float | None]


def attach(
    kpi: Kpi, decisions: Iterable[Decision], slice_: Slice, points: pd.DataFrame, grain: Grain | None = None
) -> pd.DataFrame:
    """A copy of the points with target_low, target_high (stored units, NaN = open side) and met (nullable boolean).

    points: those of a KpiSeries. The target is that of the site's date at the period's last instant; a series of
    samples has no dates, so one target holds for all of them. met is NA where there is no target or no value, and
    while the period still runs. At a `grain` at which the target says nothing (`aims_at`) there is none.
    """
    decisions = tuple(decisions) if aims_at(kpi, grain) else ()
    kpi = kpi if aims_at(kpi, grain) else replace(kpi, targets=())
    at = _targets(kpi, decisions, slice_, points)
    low, high = (np.array([math.nan if b[end] is None else b[end] for b in at], dtype=float) for end in (0, 1))
    value = points["value"].to_numpy(dtype=float)
    comparable = points["ended"].to_numpy(dtype=bool) & ~np.isnan(value) & ~(np.isnan(low) & np.isnan(high))
    met = pd.Series(pd.arrays.BooleanArray(_within(value, low, high), ~comparable), index=points.index)
    return points.assign(target_low=low, target_high=high, met=met)


def awaited(kpi: Kpi, decisions: Iterable[Decision], slice_: Slice, as_of: pd.Timestamp, grain: Grain) -> Bounds:
    """The target that holds as of an instant (naive UTC) for values that have not come yet."""
    if not aims_at(kpi, grain):
        return None, None
    day = dt.date.max if grain == "sample" else to_local(pd.DatetimeIndex([as_of]), kpi.calendar.time_zone).date[0]
    return stored_bounds(kpi, target_at(kpi, tuple(decisions), slice_, day))


def aims_at(kpi: Kpi, grain: Grain | None) -> bool:
    """Whether a target can be compared with values of this grain (None: that of the KPI).

    A count adds up over time: at most 15 stops a day says nothing about how many a month may have.
    """
    return kpi.kind != "count" or grain in (None, kpi.operate)


def bounds_of(row: Mapping[str, Any] | pd.Series) -> Bounds:
    """The target of one row of `attach`, None for an open side."""
    low, high = float(row["target_low"]), float(row["target_high"])
    return (None if math.isnan(low) else low), (None if math.isnan(high) else high)


def as_value(row: Mapping[str, Any] | pd.Series) -> dict[str, float] | None:
    """The target of one row as plain values in stored units: {"low"}, {"high"} or both; None without a target."""
    low, high = bounds_of(row)
    found = {name: end for name, end in (("low", low), ("high", high)) if end is not None}
    return found or None


def inside(value: float, low: float | None, high: float | None) -> bool:
    """True where a value meets a target; equality counts."""
    ends = [math.nan if end is None else end for end in (low, high)]
    return bool(_within(np.array([value]), np.array(ends[:1]), np.array(ends[1:]))[0])


def stored_bounds(kpi: Kpi, target: Target | None) -> Bounds:
    """A target as low and high end in stored units; a single value lies on the KPI's better side.

    A single value for a KPI without a better side says nothing that could be met: no target.
    """
    if target is None:
        return None, None
    low, high = target.low, target.high
    if target.value is not None and kpi.better == "higher":
        low = target.value
    elif target.value is not None and kpi.better == "lower":
        high = target.value
    return _stored(kpi, low), _stored(kpi, high)


def _targets(kpi: Kpi, decisions: tuple[Decision, ...], slice_: Slice, points: pd.DataFrame) -> list[Bounds]:
    """The bounds in force for each row; a target is looked up once for each stretch between two changes."""
    samples = bool(points["ends_at"].isna().all())
    changes: list[Any] = _changes(kpi, decisions, int if samples else dt.date)
    if not samples and not changes:  # the same at any moment
        return [stored_bounds(kpi, _target_at(kpi, decisions, slice_, dt.date.max))] * len(points)
    found: dict[int, Bounds] = {}
    rows: list[Bounds] = []
    for moment in _last_moments(kpi, points, samples):
        stretch = bisect.bisect_right(changes, moment)
        if stretch not in found:
            found[stretch] = stored_bounds(kpi, _target_at(kpi, decisions, slice_, moment))
        rows.append(found[stretch])
    return rows


def _last_moments(kpi: Kpi, points: pd.DataFrame, samples: bool) -> list[Any]:
    """The sample's number, or the site's date at the period's last instant."""
    if samples:
        return [int(number) for number in points["period"]]
    last = pd.DatetimeIndex(points["ends_at"]) - pd.Timedelta(microseconds=1)
    return list(to_local(last, kpi.calendar.time_zone).date)


def _target_at(kpi: Kpi, decisions: tuple[Decision, ...], slice_: Slice, moment: dt.date | int) -> Target | None:
    """Samples know no dates: where every target has a date, the last of them holds for all samples."""
    found = target_at(kpi, decisions, slice_, moment)
    if found is not None or not isinstance(moment, int):
        return found
    dated = all(isinstance(start, dt.date) for start in _starts(kpi, decisions))
    return target_at(kpi, decisions, slice_, dt.date.max) if dated else None


def _changes(kpi: Kpi, decisions: Iterable[Decision], kind: type) -> list[Any]:
    """Where a target may begin, in order: dates, or sample numbers."""
    days = {start.date() if isinstance(start, dt.datetime) else start for start in _starts(kpi, decisions)}
    return sorted(day for day in days if isinstance(day, kind))


def _starts(kpi: Kpi, decisions: Iterable[Decision]) -> list[Any]:
    decided: list[Any] = [d.start for d in decisions if d.kind == "target" and d.kpi == kpi.key]
    return decided + [target.start for target in kpi.targets]


def _within(value: np.ndarray, low: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Element by element low ≤ value ≤ high, NaN an open side."""
    above = np.isnan(low) | (value >= low - TOLERANCE * np.abs(low))
    below = np.isnan(high) | (value <= high + TOLERANCE * np.abs(high))
    return np.asarray(above & below, dtype=bool)


def _stored(kpi: Kpi, shown: float | None) -> float | None:
    return None if shown is None else shown / kpi.multiplier
