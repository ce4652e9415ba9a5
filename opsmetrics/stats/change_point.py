"""When did it change, and was it a step at all? The evidence behind a proposed restart of limits.

A step is placed where the likelihood of two levels is greatest; its confidence set are the places at which it is not
much smaller (Hinkley, Biometrika 57, 1970; Pignatiello & Samuel, Journal of Quality Technology 33, 2001). Twice the log
ratio at the true place is, for small steps, that of the larger of two exponential maxima: P(≤ x) = (1 − e^(−x/2))²
(Yao, Annals of Statistics 15, 1987), which is cautious for large ones. A drift is a straight line through the same
points: told from a step by which of the two fits better, and from a staircase of two steps by Schwarz's criterion
(Annals of Statistics 6, 1978), as three levels with two places have three parameters more than a line.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import stdtrit, xlogy

from opsmetrics.stats.arrays import FloatArray, IntArray, Values, floats, one_of, same_length
from opsmetrics.stats.steps import STEP_SEGMENT

Law = Literal["normal", "binomial", "poisson"]
Shape = Literal["step", "drift", "unclear"]

#: Twice the log likelihood ratio between a straight line and two levels that tells them apart, either way.
TOLD_APART = 4.0


@dataclass(frozen=True)
class ChangePoint:
    """Evidence of a change of level.

    position: the most likely first slot after it. first, last: the slots between which that one lies, to the confidence
    asked for. before, after: mean level on either side, of n_before and n_after points. low, high: interval of the
    difference after − before, for a place that is known. begins, ends: the straight line through all points, at the
    first and the last. shape: whether levels fit better than that line, or the other way round, or neither clearly.
    """

    position: int
    first: int
    last: int
    before: float
    after: float
    n_before: int
    n_after: int
    low: float
    high: float
    begins: float
    ends: float
    shape: Shape


def change_point(
    values: Values,
    sizes: Values | None = None,
    *,
    law: Law = "normal",
    confidence: float = 0.95,
    min_segment: int = STEP_SEGMENT,
    position: int | None = None,
) -> ChangePoint | None:
    """The most likely step in a series, with intervals, and whether a straight line would describe it better.

    values: readings, or the counts of `sizes` trials (binomial) or areas (poisson; None: equal areas). Gaps are left
    out. position: where the step is taken to be; None for the most likely place. Each part has at least `min_segment`
    points. None where no split is possible or nothing varies. Raises ValueError for unknown laws, lengths that differ
    and a position at which the series cannot be split.
    """
    one_of(law, ("normal", "binomial", "poisson"), "law")
    value = floats(values)
    size = np.ones(len(value)) if sizes is None else floats(sizes, "sizes")
    same_length({"values": value, "sizes": size})
    slots = np.flatnonzero(np.isfinite(value) & np.isfinite(size) & (size > 0))
    x, n = value[slots], size[slots]
    level = x if law == "normal" else x / n
    if len(x) < max(2 * min_segment, 3) or np.ptp(level) <= 8 * np.spacing(np.max(np.abs(level))):
        return None
    splits = np.arange(min_segment, len(x) - min_segment + 1)
    likely = _likelihood(x, n, splits, law)
    best = int(np.argmax(likely)) if position is None else _place(slots, splits, position)
    reach = -2 * math.log1p(-math.sqrt(confidence))
    near = np.flatnonzero(2 * (likely.max() - likely) <= reach)
    split = int(splits[best])
    low, high = _difference(x, n, split, law, confidence)
    (begins, ends), gain = _line(x, n, slots, law)
    told = 2 * (gain - likely[best])
    shape: Shape = "drift" if told > TOLD_APART else "step" if told < -TOLD_APART else "unclear"
    if shape == "drift" and 2 * (_staircase(x, n, splits, likely, law) - gain) > 3 * math.log(len(x)):
        shape = "step"
    return ChangePoint(
        position=int(slots[split]),
        first=int(slots[splits[min(near[0], best)]]),
        last=int(slots[splits[max(near[-1], best)]]),
        before=_level(x[:split], n[:split], law),
        after=_level(x[split:], n[split:], law),
        n_before=split,
        n_after=len(x) - split,
        low=low,
        high=high,
        begins=begins,
        ends=ends,
        shape=shape,
    )


def _place(slots: IntArray, splits: IntArray, position: int) -> int:
    found = np.flatnonzero(slots[splits] == position)
    if not found.size:
        raise ValueError(f"position: found {position}; wanted a slot that leaves points enough on either side")
    return int(found[0])


def _level(x: FloatArray, n: FloatArray, law: Law) -> float:
    return float(x[0] + np.mean(x - x[0])) if law == "normal" else float(x.sum() / n.sum())


def _likelihood(x: FloatArray, n: FloatArray, splits: IntArray, law: Law) -> FloatArray:
    """Log likelihood of two levels, by the size of the first part, above that of one level."""
    if law == "normal":
        total = float(np.sum((x - x.mean()) ** 2))
        rest = np.maximum(total - _between(x, splits), np.finfo(float).tiny * len(x))
        return np.asarray(-len(x) / 2 * np.log(rest / total), dtype=np.float64)
    top, bottom = np.cumsum(x), np.cumsum(n)
    parts = ((top[splits - 1], bottom[splits - 1]), (top[-1] - top[splits - 1], bottom[-1] - bottom[splits - 1]))
    return np.asarray(sum(_counts(a, b, law) for a, b in parts) - _counts(top[-1], bottom[-1], law), dtype=np.float64)


def _staircase(x: FloatArray, n: FloatArray, splits: IntArray, likely: FloatArray, law: Law) -> float:
    """Log likelihood of three levels above one: the likeliest split, and the best one on either side of it."""
    least, first = int(splits[0]), int(splits[np.argmax(likely)])
    gains = []
    for part in (slice(None, first), slice(first, None)):
        own, sizes = x[part], n[part]
        inner = np.arange(least, len(own) - least + 1)
        if inner.size:
            gains.append(
                float(np.max(_between(own, inner) if law == "normal" else _likelihood(own, sizes, inner, law)))
            )
    best, total = max(gains, default=0.0), float(np.sum((x - x.mean()) ** 2))
    if law != "normal":
        return float(likely.max()) + best
    rest = max(total * math.exp(-2 * float(likely.max()) / len(x)) - best, np.finfo(float).tiny * len(x))
    return -len(x) / 2 * math.log(rest / total)


def _between(x: FloatArray, splits: IntArray) -> FloatArray:
    """Sum of squares between the two parts, by the size of the first."""
    sums = np.cumsum(x - x.mean())[splits - 1]
    return np.asarray(sums**2 * len(x) / (splits * (len(x) - splits)), dtype=np.float64)


def _counts(count: FloatArray, size: FloatArray, law: Law) -> FloatArray:
    """Log likelihood of so many at their own rate, without what does not depend on it."""
    found = xlogy(count, count / size)
    if law == "binomial":
        found = found + xlogy(size - count, (size - count) / size)
    return np.asarray(found, dtype=np.float64)


def _line(x: FloatArray, n: FloatArray, slots: IntArray, law: Law) -> tuple[tuple[float, float], float]:
    """The straight line through the levels at the first and the last slot, and its log likelihood above one level.

    For counts by weighted least squares with the variance that one rate gives, whose gain is half the fall of χ².
    """
    level, weight = (x, np.ones(len(x))) if law == "normal" else (x / n, n)
    time = slots - np.average(slots, weights=weight)
    mean = float(np.average(level, weights=weight))
    slope = float(np.sum(weight * time * (level - mean)) / np.sum(weight * time**2))
    line = mean + slope * float(time[0]), mean + slope * float(time[-1])
    explained = slope**2 * float(np.sum(weight * time**2))
    if law == "normal":
        total = float(np.sum((level - mean) ** 2))
        return line, -len(x) / 2 * math.log(max(1 - explained / total, np.finfo(float).tiny))
    variance = mean * (1 - mean) if law == "binomial" else mean
    return line, explained / (2 * variance) if variance > 0 else 0.0


def _difference(x: FloatArray, n: FloatArray, split: int, law: Law, confidence: float) -> tuple[float, float]:
    """Interval of after − before: Welch's, or of counts the normal one of two rates."""
    parts = ((x[:split], n[:split]), (x[split:], n[split:]))
    levels = [_level(a, b, law) for a, b in parts]
    if law == "normal":
        errors = [float(np.var(a, ddof=1)) / len(a) for a, _ in parts]
        own = sum(error**2 / (len(a) - 1) for error, (a, _) in zip(errors, parts, strict=True))
        freedom = sum(errors) ** 2 / own if own > 0 else float(len(x) - 2)
    else:
        spread = [level * (1 - level) if law == "binomial" else level for level in levels]
        errors = [each / float(b.sum()) for each, (_, b) in zip(spread, parts, strict=True)]
        freedom = 1e9
    half = float(stdtrit(freedom, (1 + confidence) / 2)) * math.sqrt(sum(errors))
    return levels[1] - levels[0] - half, levels[1] - levels[0] + half
