"""EWMA and moving average: charts that see small lasting shifts sooner than single points do.

EWMA z(i) = λx(i) + (1 − λ)z(i−1), Var z(i) = Σ λ²(1 − λ)^(2(i−j))·se(j)², which with equal subgroups is
σ²/n · λ/(2 − λ) · (1 − (1 − λ)^(2i)) (Roberts, Technometrics 1, 1959; Montgomery, Introduction to Statistical Quality
Control, chapter 9). Moving average of w points: se √(Σ se(j)²)/w; before there are w, of the points so far.

What is smoothed are the distances of the points from their own centre line. Both start anew with each phase, a gap
leaves their state as it is (they go on from the last point before it), and only points beyond the limits mean
anything: neighbours share most of their data.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal, Unpack

import numpy as np

from opsmetrics.stats.arrays import BoolArray, FloatArray, IntArray, one_of
from opsmetrics.stats.results import ControlChart
from opsmetrics.stats.shewhart import Foundation, Readings, shewhart

EwmaLimits = Literal["time_varying", "asymptotic"]
Variance = Literal["exact", "current_size"]
Excluded = Literal["judged", "passed"]


@dataclass(frozen=True, eq=False)
class Entering:
    """A chart's points as distances from their centre line. here: takes part; starts: opens a phase."""

    offset: FloatArray
    centre: FloatArray
    error: FloatArray
    here: BoolArray
    starts: BoolArray


def ewma(
    values: Readings,
    *,
    weight: float = 0.2,
    width: float = 3.0,
    limits: EwmaLimits = "time_varying",
    variance: Variance = "exact",
    start: float | None = None,
    excluded: Excluded = "judged",
    **of: Unpack[Foundation],
) -> ControlChart:
    """EWMA chart of single values, of rows of readings, or of subgroup means with their `sizes`.

    weight: λ, above 0 up to 1. width: L, limits in standard errors of the EWMA. start: z(0); by default the centre line
        (the target, where `centre` is one). limits: "time_varying", or "asymptotic" as after many points.
    variance: "exact", each point with its own size; "current_size" that of the last point in the whole sum (qcc). They
        differ for subgroups of unequal size only.
    excluded: excluded points enter the EWMA ("judged") or are passed over like a gap ("passed").
    of: sizes of means; sigma, centre, phase, exclude, baseline and constants as for `xmr`, of subgroups as for `xbar_s`
        and `xbar_r`.
    Raises ValueError for other options and values that are not numbers.
    """
    chart = shewhart(values, **of)
    return ewma_of(chart, weight=weight, width=width, limits=limits, variance=variance, start=start, excluded=excluded)


def ewma_of(
    chart: ControlChart,
    *,
    weight: float = 0.2,
    width: float = 3.0,
    limits: EwmaLimits = "time_varying",
    variance: Variance = "exact",
    start: float | None = None,
    excluded: Excluded = "judged",
) -> ControlChart:
    """The EWMA of the points of a chart with standard errors, about its own centre line. Arguments as for `ewma`."""
    one_of(limits, ("time_varying", "asymptotic"), "limits")
    one_of(variance, ("exact", "current_size"), "variance")
    if not 0 < weight <= 1:
        raise ValueError(f"weight: found {weight!r}; wanted a number above 0, up to 1")
    points = entering(chart, excluded)
    first = np.zeros(len(points.offset)) if start is None else start - points.centre
    smoothed, exact, count = _smoothed(points, weight, first)
    if limits == "asymptotic":
        error = points.error * math.sqrt(weight / (2 - weight))
    elif variance == "current_size":
        grown = np.where(count > 0, 1 - (1 - weight) ** (2 * count), np.nan)
        error = points.error * np.sqrt(weight / (2 - weight) * grown)
    else:
        error = exact
    methods = {
        **chart.methods,
        "weight": f"{weight:g}",
        "width": f"{width:g}",
        "limits": limits,
        "variance": variance,
        "start": "centre" if start is None else "given",
    }
    return _drawn("ewma", chart, points, smoothed, error, width, methods)


def moving_average(
    values: Readings,
    *,
    span: int = 5,
    width: float = 3.0,
    excluded: Excluded = "judged",
    **of: Unpack[Foundation],
) -> ControlChart:
    """Chart of the mean of the last `span` points; before there are as many, of those so far. Arguments as for `ewma`.

    Gaps are passed over: the mean is of the last `span` points that are there. Raises ValueError for a span below 1.
    """
    chart = shewhart(values, **of)
    return moving_average_of(chart, span=span, width=width, excluded=excluded)


def moving_average_of(
    chart: ControlChart, *, span: int = 5, width: float = 3.0, excluded: Excluded = "judged"
) -> ControlChart:
    """The moving average of the points of a chart with standard errors, about its own centre line."""
    if span != int(span) or span < 1:
        raise ValueError(f"span: found {span!r}; wanted a whole number of at least 1")
    points = entering(chart, excluded)
    averaged, error = _averaged(points, int(span))
    methods = {**chart.methods, "span": f"{span:g}", "width": f"{width:g}"}
    return _drawn("moving_average", chart, points, averaged, error, width, methods)


def entering(chart: ControlChart, excluded: str) -> Entering:
    """The points of a chart as they enter a sum over time. Raises ValueError for an unknown `excluded`."""
    one_of(excluded, ("judged", "passed"), "excluded")
    points = chart.points
    value, centre, error = (points[name].to_numpy(dtype=np.float64) for name in ("value", "centre", "standard_error"))
    here = np.isfinite(value)
    if excluded == "passed":
        here &= ~points["excluded"].to_numpy(dtype=np.bool_)
    phase = points["phase"].to_numpy(dtype=np.int64)
    starts = np.r_[True, phase[1:] != phase[:-1]] if len(phase) else np.zeros(0, dtype=np.bool_)
    return Entering(value - centre, centre, error, here, starts)


def _smoothed(points: Entering, weight: float, first: FloatArray) -> tuple[FloatArray, FloatArray, IntArray]:
    """z, its standard error, and how many points it holds, at each slot."""
    keep = 1 - weight
    smoothed, errors, counts = [], [], []
    z, variance, count = 0.0, 0.0, 0
    for offset, error, here, starts, at in zip(
        *(column.tolist() for column in (points.offset, points.error, points.here, points.starts, first)), strict=True
    ):
        if starts:
            variance, count = 0.0, 0
        if here:
            z = keep * (z if count else at) + weight * offset
            variance = keep * keep * variance + (weight * error) ** 2
            count += 1
        smoothed.append(z)
        errors.append(math.sqrt(variance) if count else math.nan)
        counts.append(count)
    return np.array(smoothed, dtype=np.float64), np.array(errors, dtype=np.float64), np.array(counts, dtype=np.int64)


def _averaged(points: Entering, span: int) -> tuple[FloatArray, FloatArray]:
    """Mean of the last `span` points of the phase at each slot, and its standard error."""
    mean, error = np.full((2, len(points.offset)), np.nan)
    phase = np.cumsum(points.starts)
    index = np.flatnonzero(points.here)
    offset, square, own = points.offset[index], points.error[index] ** 2, phase[index]
    count = np.zeros(len(index))
    sums, squares = np.zeros(len(index)), np.zeros(len(index))
    for back in range(min(span, len(index))):  # sums of few terms: a running total would lose digits
        same = np.r_[np.zeros(back, dtype=np.bool_), own[back:] == own[: len(own) - back]]
        sums[same] += offset[np.flatnonzero(same) - back]
        squares[same] += square[np.flatnonzero(same) - back]
        count += same
    mean[index], error[index] = sums / count, np.sqrt(squares) / count
    return mean, error


def _drawn(
    kind: str,
    chart: ControlChart,
    points: Entering,
    smoothed: FloatArray,
    error: FloatArray,
    width: float,
    methods: dict[str, str],
) -> ControlChart:
    if not (math.isfinite(width) and width > 0):
        raise ValueError(f"width: found {width!r}; wanted a number above 0")
    drawn = chart.points.assign(
        value=np.where(points.here, points.centre + smoothed, np.nan),
        lower=points.centre - width * error,
        upper=points.centre + width * error,
        standard_error=error,
    )
    return replace(chart, kind=kind, points=drawn, methods=methods, sigma_z=(), spread=None)
