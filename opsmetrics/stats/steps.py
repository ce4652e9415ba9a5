"""The best single step in a series, whether it is more than chance, and how alike neighbours are once it is removed."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from opsmetrics.stats.arrays import FloatArray, IntArray, Values, floats

#: |t| of the best single step (segments of at least 8) that pure normal noise of n points passes with probability
#: 0.00135; 400,000 series for each n, seed 20260815, by `python -m bench.step_thresholds`.
STEP_POINTS = (16, 18, 20, 24, 30, 36, 48, 60, 90, 120, 180, 250, 365, 500, 730, 1000, 2000, 5000)
STEP_THRESHOLDS = (
    3.991,
    4.293,
    4.382,
    4.406,
    4.361,
    4.318,
    4.280,
    4.277,
    4.245,
    4.211,
    4.236,
    4.239,
    4.250,
    4.261,
    4.265,
    4.277,
    4.299,
    4.331,
)
STEP_SEGMENT = 8


@dataclass(frozen=True)
class Step:
    """A change of level. position: the first slot after it; t: pooled two-sample t, positive for a step up."""

    position: int
    t: float
    before: float
    after: float


def best_single_step(values: Values, min_segment: int = STEP_SEGMENT) -> Step | None:
    """The split into two levels that leaves the smallest sum of squares, each part at least `min_segment` points.

    Gaps are left out; `position` counts the slots as given. None where no split is possible or nothing varies.
    The first of equally good splits. Raises ValueError for min_segment < 1.
    """
    if min_segment < 1:
        raise ValueError(f"min_segment: found {min_segment}; wanted at least 1")
    series = floats(values)
    slots = np.flatnonzero(np.isfinite(series))
    return _best_split(series[slots], slots, min_segment)


def lag1_after_step(residual_values: Values, min_segment: int = STEP_SEGMENT) -> tuple[float, int | None]:
    """Lag-1 autocorrelation about the best single step, and the step's position (None where no split is possible).

    Removing one step first keeps a real shift from passing as autocorrelation. r1 = Σ e(t)·e(t+1) / Σ e(t)², over
    neighbours without a gap between them. NaN where the residuals are all zero.
    """
    series = floats(residual_values)
    step = best_single_step(series, min_segment)
    present = np.isfinite(series)
    if not present.any():
        return float("nan"), None
    residual = series - series[present][0]
    parts = [slice(None)] if step is None else [slice(None, step.position), slice(step.position, None)]
    for part in parts:
        residual[part] -= np.mean(residual[part][present[part]])
    residual[np.abs(residual) <= 8 * np.spacing(np.abs(series))] = 0.0
    squares = float(np.sum(residual[present] ** 2))
    products = residual[:-1] * residual[1:]
    r1 = float(np.sum(products[np.isfinite(products)])) / squares if squares > 0 else float("nan")
    return r1, None if step is None else step.position


def lag1_of_rows(rows: FloatArray, min_segment: int = STEP_SEGMENT) -> FloatArray:
    """The autocorrelation of `lag1_after_step`, for each row of a matrix at once."""
    found = np.full(len(rows), np.nan)
    present = np.isfinite(rows)
    counts = present.sum(axis=1)
    for n in np.unique(counts[counts > 0]).tolist():
        these = np.flatnonzero(counts == n)
        slots = np.nonzero(present[these])[1].reshape(len(these), n)
        found[these] = _lag1(np.take_along_axis(rows[these], slots, axis=1), slots, min_segment)
    return found


def _lag1(series: FloatArray, slots: IntArray, min_segment: int) -> FloatArray:
    """For rows without gaps, and the slots they come from."""
    n = series.shape[1]
    shifted = series - series[:, :1]
    size = np.abs(series)
    first = np.zeros(len(series), dtype=np.int64)
    if n >= max(2 * min_segment, 3):
        varied = np.ptp(series, axis=1) > 8 * np.spacing(size.max(axis=1))
        first[varied] = min_segment + _between_squares(shifted[varied], min_segment).argmax(axis=1)
    before = np.arange(n) < first[:, None]
    sums = np.where(before, shifted, 0.0).sum(axis=1), np.where(before, 0.0, shifted).sum(axis=1)
    means = sums[0] / np.maximum(first, 1), sums[1] / (n - first)
    residual = shifted - np.where(before, means[0][:, None], means[1][:, None])
    residual[np.abs(residual) <= 8 * np.spacing(size)] = 0.0
    products = residual[:, :-1] * residual[:, 1:]
    together = np.where(np.diff(slots, axis=1) == 1, products, 0.0).sum(axis=1)
    squares = np.sum(residual**2, axis=1)
    return np.asarray(np.divide(together, squares, out=np.full(len(series), np.nan), where=squares > 0))


def step_threshold(n: int) -> float:
    """|t| that the best single step of n points of noise passes with probability 0.00135; infinite below 16 points.

    Interpolated in log n; above 5,000 points the last figure holds (it grows by about 0.04 for each doubling).
    """
    if n < STEP_POINTS[0]:
        return math.inf
    return float(np.interp(math.log(n), np.log(STEP_POINTS), STEP_THRESHOLDS))


def proposed_step(values: Values) -> Step | None:
    """The best single step (segments of at least 8) where it is more than chance at probability 0.00135, else None.

    The probability holds for independent normal values; neighbours that are alike make steps look surer than they are.
    """
    step = best_single_step(values)
    if step is None:
        return None
    n = int(np.isfinite(floats(values)).sum())
    return step if abs(step.t) > step_threshold(n) else None


def proposed_steps(values: Values) -> tuple[Step, ...]:
    """All steps that are more than chance, in order: binary segmentation (Scott & Knott, Biometrics 30, 1974).

    The best single step is looked for in the series and then in each of its parts, as long as it passes the threshold
    for so many points; then each is placed once more between its neighbours (Bai, Econometric Theory 13, 1997). Empty
    exactly where `proposed_step` is None: a level that came back soon may hide both of its steps.
    """
    series = floats(values)
    edges = [0, *_split_on(series, 0, len(series)), len(series)]
    found = []
    for begin, end in zip(edges[:-2], edges[2:], strict=True):
        step = best_single_step(series[begin:end])
        if step is not None:
            found.append(replace(step, position=begin + step.position))
    return tuple(found)


def _split_on(series: FloatArray, begin: int, end: int) -> list[int]:
    step = proposed_step(series[begin:end])
    if step is None:
        return []
    at = begin + step.position
    return [*_split_on(series, begin, at), at, *_split_on(series, at, end)]


def largest_step_t(rows: FloatArray, min_segment: int = STEP_SEGMENT) -> FloatArray:
    """max |t| over all splits, for each row of a matrix: what the thresholds are simulated with."""
    n = rows.shape[1]
    between = _between_squares(rows, min_segment).max(axis=1)
    within = np.sum((rows - rows.mean(axis=1, keepdims=True)) ** 2, axis=1) - between
    return np.asarray(np.sqrt((n - 2) * between / within), dtype=np.float64)


def _between_squares(rows: FloatArray, min_segment: int) -> FloatArray:
    """Sum of squares between the two parts, for each row and each size k of the first part."""
    n = rows.shape[1]
    k = np.arange(min_segment, n - min_segment + 1)
    sums = np.cumsum(rows - rows.mean(axis=1, keepdims=True), axis=1)[:, k - 1]
    return np.asarray(sums**2 * n / (k * (n - k)), dtype=np.float64)


def _best_split(series: FloatArray, slots: IntArray, min_segment: int) -> Step | None:
    n = len(series)
    if n < max(2 * min_segment, 3) or np.ptp(series) <= 8 * np.spacing(np.max(np.abs(series))):
        return None
    level = series[0]
    shifted = series - level
    first = min_segment + int(np.argmax(_between_squares(shifted[None, :], min_segment)[0]))
    before, after = float(np.mean(shifted[:first])), float(np.mean(shifted[first:]))
    within = float(np.sum((shifted[:first] - before) ** 2) + np.sum((shifted[first:] - after) ** 2))
    error = math.sqrt(within / (n - 2) * (1 / first + 1 / (n - first)))
    t = (after - before) / error if error > 0 else math.copysign(math.inf, after - before)
    return Step(position=int(slots[first]), t=t, before=before + float(level), after=after + float(level))
