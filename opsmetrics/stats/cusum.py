"""CUSUM: two sums that grow while points stay away from the target, and tell when the level changed.

With y the distance from the target: C⁺(i) = max(0, C⁺(i−1) + y(i) − k), C⁻(i) = max(0, C⁻(i−1) − y(i) − k); a signal
where a sum is above h (Page, Biometrika 41, 1954; Montgomery, Introduction to Statistical Quality Control, chapter 9).
Both sums are kept as positive numbers. A head start (Lucas & Crosier, Technometrics 24, 1982) lets them begin above 0.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal, Unpack

import numpy as np
import pandas as pd

from opsmetrics.stats.arrays import BoolArray, FloatArray, IntArray, one_of, tolerance
from opsmetrics.stats.results import ControlChart
from opsmetrics.stats.shewhart import Foundation, Readings, shewhart
from opsmetrics.stats.smoothing import Entering, Excluded, entering

Units = Literal["standardised", "data"]
AfterSignal = Literal["go_on", "restart"]


@dataclass(frozen=True)
class CusumShift:
    """One stretch of signals of an arm: when the level seems to have changed, and to what.

    start: the first slot after the arm was last 0; detected: the first slot above h; last: the last slot above h
    without a break. level: mean of the points from start to detected, weighted by their precision.
    """

    side: Literal["high", "low"]
    start: int
    detected: int
    last: int
    level: float


@dataclass(frozen=True, eq=False)
class Cusum:
    """A computed CUSUM chart.

    points: one row per slot with the columns position, value (as given), size, centre (the target), standard_error (of
        the value), score (distance from the target as it enters the sums), high, low (the two arms, both positive, NaN
        in a gap), high_run, low_run (points since the arm was last 0), phase, excluded, baseline.
    k, h, head_start: in the units of the score. signals_pos, signals_neg: slots where an arm is above h.
    sigma: per phase, of single readings. shifts: by the slot at which they were detected.
    """

    points: pd.DataFrame
    k: float
    h: float
    head_start: float
    signals_pos: tuple[int, ...]
    signals_neg: tuple[int, ...]
    shifts: tuple[CusumShift, ...]
    sigma: tuple[float | None, ...]
    methods: dict[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def cusum(
    values: Readings,
    *,
    k: float = 0.5,
    h: float = 5.0,
    head_start: float = 0.0,
    units: Units = "standardised",
    after_signal: AfterSignal = "go_on",
    excluded: Excluded = "judged",
    **of: Unpack[Foundation],
) -> Cusum:
    """Two-sided CUSUM of single values, of rows of readings, or of subgroup means with their `sizes`.

    units: "standardised", where k, h and head_start count standard errors of the point, or "data", where they are in
        the unit of the values. k is half the shift to be seen, h the decision interval. head_start: where both arms
        begin; h/2 is usual. centre: the target; by default the mean.
    after_signal: the arms "go_on" after a signal, or "restart" at the head start.
    A gap leaves both arms as they are; a new phase starts them anew. excluded, sizes, sigma, phase, exclude, baseline
    and constants as for `ewma`. Raises ValueError for other options and values that are not numbers.
    """
    chart = shewhart(values, **of)
    return cusum_of(chart, k=k, h=h, head_start=head_start, units=units, after_signal=after_signal, excluded=excluded)


def cusum_of(
    chart: ControlChart,
    *,
    k: float = 0.5,
    h: float = 5.0,
    head_start: float = 0.0,
    units: Units = "standardised",
    after_signal: AfterSignal = "go_on",
    excluded: Excluded = "judged",
) -> Cusum:
    """The CUSUM of the points of a chart about its own centre line. Arguments as for `cusum`."""
    _check(k, h, head_start, units, after_signal)
    points = entering(chart, excluded)
    score, near = _scores(points, units)
    arms = {
        side: _arm(sign * score, points, (k, h, head_start), near, restart=after_signal == "restart")
        for side, sign in (("high", 1), ("low", -1))
    }
    table = chart.points[["position", "value", "size", "centre", "standard_error"]].assign(
        score=score,
        **{side: arm for side, (arm, _, _) in arms.items()},
        **{f"{side}_run": run for side, (_, run, _) in arms.items()},
        **{name: chart.points[name] for name in ("phase", "excluded", "baseline")},
    )
    shifts = [shift for side, arm in arms.items() for shift in _shifts(side, arm, points)]
    return Cusum(
        points=table,
        k=float(k),
        h=float(h),
        head_start=float(head_start),
        signals_pos=tuple(np.flatnonzero(arms["high"][2]).tolist()),
        signals_neg=tuple(np.flatnonzero(arms["low"][2]).tolist()),
        shifts=tuple(sorted(shifts, key=lambda shift: shift.detected)),
        sigma=chart.sigma,
        methods={**chart.methods, "units": units, "after_signal": after_signal},
        warnings=chart.warnings if units == "standardised" else (),
    )


def _check(k: float, h: float, head_start: float, units: str, after_signal: str) -> None:
    for name, number in (("k", k), ("h", h), ("head_start", head_start)):
        if not (math.isfinite(number) and number >= 0):
            raise ValueError(f"{name}: found {number!r}; wanted a number of at least 0")
    one_of(units, ("standardised", "data"), "units")
    one_of(after_signal, ("go_on", "restart"), "after_signal")


def _scores(points: Entering, units: str) -> tuple[FloatArray, FloatArray]:
    """Distances from the target as they enter the sums (NaN where none does), and how near to h counts as on it."""
    offset = np.where(points.here, points.offset, np.nan)
    rounding = tolerance(np.abs(points.error), points.centre, points.offset)
    if units == "data":
        return offset, rounding
    spread = np.where(points.error > rounding, points.error, np.nan)  # no variation gives no score
    return offset / spread, rounding / spread


_Arm = tuple[FloatArray, IntArray, BoolArray]


def _arm(
    score: FloatArray, points: Entering, options: tuple[float, float, float], near: FloatArray, *, restart: bool
) -> _Arm:
    """One arm, the points since it was last 0, and whether it is above h, at each slot."""
    k, h, head_start = options
    arm, runs, above = [], [], []
    total, run = 0.0, 0
    for y, starts, margin in zip(score.tolist(), points.starts.tolist(), near.tolist(), strict=True):
        if starts:
            total, run = head_start, 0
        if math.isnan(y):
            arm.append(math.nan)
            runs.append(run)
            above.append(False)
            continue
        total = max(0.0, total + y - k)
        run = run + 1 if total > 0 else 0
        signal = total - h > margin
        arm.append(total)
        runs.append(run)
        above.append(signal)
        if signal and restart:
            total, run = head_start, 0
    return np.array(arm, dtype=np.float64), np.array(runs, dtype=np.int64), np.array(above, dtype=np.bool_)


def _shifts(side: str, found: _Arm, points: Entering) -> Iterator[CusumShift]:
    """The stretches of signals of one arm; slots that do not enter lie between without ending them."""
    arm, runs, above = found
    slots = np.flatnonzero(np.isfinite(arm))
    signal, run = above[slots], runs[slots]
    goes_on = signal[:-1] & (run[1:] > run[:-1])  # a new phase or a restart begins counting anew
    fresh = signal & ~np.r_[False, goes_on][: len(slots)]
    stretch = np.cumsum(fresh)
    signalling = np.flatnonzero(signal)
    lasts = signalling[np.searchsorted(stretch[signalling], stretch[fresh], side="right") - 1]
    for place, last in zip(np.flatnonzero(fresh), lasts, strict=True):
        members = slots[place - run[place] + 1 : place + 1]
        yield CusumShift(
            side="high" if side == "high" else "low",
            start=int(members[0]),
            detected=int(slots[place]),
            last=int(slots[last]),
            level=_level(members, points),
        )


def _level(members: IntArray, points: Entering) -> float:
    error = points.error[members]
    weights = 1 / error**2 if (error > 0).all() else np.ones(len(members))
    return float(points.centre[members[-1]] + np.average(points.offset[members], weights=weights))
