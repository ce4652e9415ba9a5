"""Demand that is mostly nothing: a rate per period, and a range from the values seen.

Two methods: Teunter, Syntetos and Babai (2011) smooth the chance of a demand in every period, so that a demand that has
died out fades; Syntetos and Boylan (2005) smooth the time between demands, which stands still until the next one. Each
has the weights with the least squared errors one step ahead, as a mean wants; of the two, the one with the smaller
absolute errors is taken. Averages start as plain means of what is known and turn exponential as more is known.

What is forecast is never a spike: it is the total over the horizon that is as often exceeded as not, per period. Small
counts lie below their mean more often than above it, so that it is a little less than the rate.
"""

from __future__ import annotations

from itertools import product
from typing import Literal

import numpy as np

from opsmetrics.stats.arrays import FloatArray, IntArray
from opsmetrics.stats.forecast.fan import LEVELS
from opsmetrics.stats.forecast.filters import filtered

#: From this share of zeros on a series is intermittent.
MOSTLY = 0.4

Rate = Literal["tsb", "sba"]

#: Weights of size and chance (TSB), and of size and interval alike (SBA).
TSB = tuple(product((0.05, 0.1, 0.2), (0.02, 0.05, 0.1, 0.2)))
SBA = (0.05, 0.1, 0.2)

#: From this coverage on a range holds no less than it says.
_ENDS = 0.95

#: Weight of a value against the next newer one in the range.
_DECAY = 0.98


def is_intermittent(values: FloatArray) -> bool:
    """True for values at or above zero of which at least MOSTLY are zero, and not all."""
    seen = values[np.isfinite(values)]
    return bool(len(seen) > 0 and seen.min() >= 0 and seen.max() > 0 and (seen == 0).mean() >= MOSTLY)


def rates(values: FloatArray) -> FloatArray:
    """The rate that each method and weight would forecast after each value: methods (TSB, then SBA) × n; 0 before the
    first demand."""
    n = len(values)
    demands = np.flatnonzero(values > 0)
    if not len(demands):
        return np.zeros((len(TSB) + len(SBA), n))
    latest = np.searchsorted(demands, np.arange(n), side="right") - 1
    size_of = {a: _average(values[demands], a)[latest] for a in {a for a, _ in TSB} | set(SBA)}
    gaps = np.diff(demands, prepend=-1).astype(np.float64)
    happened = (values > 0).astype(np.float64)
    chance_of = {b: _average(happened, b) for b in {b for _, b in TSB}}
    found = [size_of[a] * chance_of[b] for a, b in TSB]
    found += [(1 - a / 2) * size_of[a] / _average(gaps, a)[latest] for a in SBA]
    return np.where(latest >= 0, np.array(found), 0.0)


def chosen(values: FloatArray, origins: IntArray) -> tuple[FloatArray, list[Rate]]:
    """At each origin (values known, at least 1) the rate per period that is expected, and the method it comes from."""
    every = rates(values)
    off = np.concatenate([np.zeros((len(every), 1)), values[1:] - every[:, :-1]], axis=1)
    squares, sizes = np.cumsum(off**2, axis=1)[:, origins - 1], np.cumsum(np.abs(off), axis=1)[:, origins - 1]
    place = np.arange(len(origins))
    tsb, sba = np.argmin(squares[: len(TSB)], axis=0), len(TSB) + np.argmin(squares[len(TSB) :], axis=0)
    fades = sizes[tsb, place] <= sizes[sba, place]
    return every[np.where(fades, tsb, sba), origins - 1], ["tsb" if yes else "sba" for yes in fades]


def rate(known: FloatArray) -> float:
    """Mean per period after the last value."""
    return float(chosen(known, np.array([len(known)]))[0][0])


def centres(values: FloatArray, origins: IntArray, horizon: int) -> FloatArray:
    """At each origin the median of the total over the horizon, per period.

    The total of independent periods is taken as a gamma variable of the same mean and variance, whose median is
    mean·(1 − variance / (9·mean²))³ (Wilson and Hilferty 1931).
    """
    rate_of, _ = chosen(values, origins)
    mean, square = (_average(values**power, 1 - _DECAY)[origins - 1] for power in (1, 2))
    happened = _average((values > 0).astype(np.float64), 1 - _DECAY)[origins - 1]
    moved = np.minimum(rate_of / np.where(mean > 0, mean, 1.0), 1 / np.where(happened > 0, happened, 1.0))
    mean, square = mean * moved, square * moved
    alike = np.where(mean > 0, (square - mean**2) / (9 * horizon * np.where(mean > 0, mean, 1.0) ** 2), 1.0)
    found: FloatArray = mean * np.maximum(1 - alike, 0.0) ** 3
    return found


def quantiles(values: FloatArray, reached: FloatArray) -> FloatArray:
    """Quantiles of a `distribution` at LEVELS."""
    found: FloatArray = values[np.minimum(np.searchsorted(reached, LEVELS - 1e-12), len(values) - 1)]
    return found


def distribution(known: FloatArray, expected: float) -> tuple[FloatArray, FloatArray]:
    """Nothing and the different values seen, ascending, and the share at or below each, newer ones weighing more.

    The share of nothing is moved so that the mean is the rate expected, as far as it can be. It may be none: what is
    mostly nothing today may have been something in every period that an earlier origin knew.
    """
    weight = _DECAY ** np.arange(len(known))[::-1]
    values, place = np.unique(np.append(known, 0.0), return_inverse=True)
    shares = np.bincount(place[:-1], weights=weight, minlength=len(values)) / weight.sum()
    mean, happened = float(values @ shares), 1 - float(shares[0])
    if mean > 0:
        shares[1:] *= min(expected / mean, 1 / happened)
    shares[0] = max(1 - float(shares[1:].sum()), 0.0)
    return values, np.cumsum(shares)


def weighing(known: int) -> float:
    """How many values of one weight say as much as so many known ones (Kish 1965, 11.7)."""
    weight = _DECAY ** np.arange(known)
    return float(weight.sum() ** 2 / (weight**2).sum())


def ends(values: FloatArray, reached: FloatArray, coverage: float, of: float = np.inf) -> tuple[float, float]:
    """The range of a `distribution` that holds this share (0 to 1) as nearly as whole counts allow.

    of: how many values the distribution comes from (`weighing`): the next one exceeds the largest of n in one of n + 1
    cases, so that from 95 % on the share is taken (n + 1) / n times (Vovk, Gammerman and Shafer 2005).

    A range of counts that never held less would hold much more on average; only from 95 % on it does, because few
    values say little about the ends. Where nothing happens more often than either
    side may be left out, the range starts at nothing and leaves out the largest values alone.
    """
    if coverage >= _ENDS - 1e-9:
        coverage = min(coverage * (1 + 1 / of), 1.0)
    out = (1 - coverage) / 2
    if reached[0] >= out:
        return float(values[0]), float(values[_end(reached, coverage, coverage)])
    below = np.concatenate([[0.0], reached[:-1]])
    return float(values[_nearest(below, out)]), float(values[_end(reached, 1 - out, coverage)])


def _end(reached: FloatArray, wanted: float, coverage: float) -> int:
    if coverage < _ENDS - 1e-9:
        return _nearest(reached, wanted)
    return min(int(np.searchsorted(reached, wanted - 1e-12)), len(reached) - 1)


def _nearest(shares: FloatArray, wanted: float) -> int:
    """The place of the share nearest to the one wanted, the larger one of two."""
    off = np.abs(shares - wanted)
    return int(np.flatnonzero(off <= off.min() + 1e-12)[-1])


def _average(values: FloatArray, weight: float) -> FloatArray:
    """Average of all values so far, each newer one weighing 1 / (1 − weight) times the one before it."""
    keep = 1 - weight
    total = filtered([1.0, -keep], values[:, None])[:, 0]
    found: FloatArray = total / ((1 - keep ** np.arange(1, len(values) + 1)) / weight)
    return found
