"""The spread within subgroups as capability takes it, and the degrees of freedom behind it."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import numpy as np

from opsmetrics.stats.arrays import FloatArray, IntArray
from opsmetrics.stats.factors import Source, c4, d2, d3
from opsmetrics.stats.individuals import xmr
from opsmetrics.stats.subgroups import xbar_r, xbar_s_summary

Within = Literal["pooled", "rbar", "sbar", "mr", "median_mr"]
Freedom = Literal["readings", "within", "minitab"]
WITHINS: tuple[Within, ...] = ("pooled", "rbar", "sbar", "mr", "median_mr")

#: Minitab's factors of the degrees of freedom of s̄, by the largest subgroup size that each holds for.
_MINITAB_SBAR = ((2, 0.88), (3, 0.92), (4, 0.94), (5, 0.95), (7, 0.96), (9, 0.97), (17, 0.98), (64, 0.99))


class Spread(NamedTuple):
    """σ within (NaN where it is not known), how it was found, its own degrees of freedom, and those Minitab takes."""

    sigma: float
    method: str
    freedom: float
    minitab: float


def within_spread(values: FloatArray, group: IntArray, method: str | None, source: Source) -> Spread:
    """σ of readings (none missing, in order of time) within groups: the number of its group for each, from 0.

    method None: "pooled" where a group has several readings, else "mr". Groups of one reading say nothing of the spread
    within, except to moving ranges, which take the readings one by one. Raises ValueError for an unknown method.
    """
    sizes = np.bincount(group) if len(group) else np.zeros(0, dtype=np.int64)
    chosen = method or ("pooled" if (sizes > 1).any() else "mr")
    if chosen not in WITHINS:
        raise ValueError(f"within: found {chosen!r}; wanted one of {', '.join(WITHINS)}")
    if chosen in ("mr", "median_mr"):
        return _moving(values, chosen, source)
    sizes = sizes[sizes > 1]
    if not len(sizes):
        return Spread(math.nan, chosen, 0.0, 0.0)
    sigma = _ranges(values, group, source) if chosen == "rbar" else _deviations(values, group, chosen, source)
    return Spread(sigma, chosen, _freedom(chosen, sizes), _minitab(chosen, sizes))


def _moving(values: FloatArray, method: str, source: Source) -> Spread:
    if len(values) < 2:
        return Spread(math.nan, method, 0.0, 0.0)
    sigma = xmr(values, sigma="mr" if method == "mr" else "median_mr", constants=source).sigma[0]
    m = len(values) - 1
    # Ranges that share a reading are correlated: E|XY| of normals of correlation −1/2 (times 2: differences have 2σ²).
    shared = 2 * (2 / math.pi) * (math.sqrt(0.75) + 0.5 * math.asin(0.5)) - 4 / math.pi
    variance = m * (2 - 4 / math.pi) + 2 * (m - 1) * shared
    return Spread(math.nan if sigma is None else sigma, method, (m**2 * 4 / math.pi) / (2 * variance), float(m))


def _ranges(values: FloatArray, group: IntArray, source: Source) -> float:
    order = np.argsort(group, kind="stable")
    rows = [part for part in np.split(values[order], np.flatnonzero(np.diff(group[order])) + 1) if len(part) > 1]
    longest = max(len(row) for row in rows)
    padded = np.array([np.r_[row, np.full(longest - len(row), np.nan)] for row in rows])
    return float(xbar_r(padded, constants=source).sigma[0] or 0.0)


def _deviations(values: FloatArray, group: IntArray, method: str, source: Source) -> float:
    values, sizes = values - values[0], np.bincount(group)  # squares far from zero would cancel
    means = np.bincount(group, weights=values) / np.maximum(sizes, 1)
    squares = np.bincount(group, weights=(values - means[group]) ** 2)
    several = sizes > 1
    sds = np.sqrt(squares[several] / (sizes[several] - 1))
    found = xbar_s_summary(
        means[several], sds, sizes[several], sigma="sbar" if method == "sbar" else "pooled", constants=source
    )
    return float(found.sigma[0] or 0.0)


def _freedom(method: str, sizes: IntArray) -> float:
    """ν of the chi-square law with the same relative spread: σ̂ has variance about σ²/2ν (Patnaik, Biometrika 1950)."""
    if method == "pooled":
        return float(np.sum(sizes - 1))
    relative = {
        int(n): (d3(int(n)) / d2(int(n))) ** 2 if method == "rbar" else 1 / c4(int(n)) ** 2 - 1
        for n in np.unique(sizes)
    }
    total = sum(relative[int(n)] for n in sizes) / len(sizes) ** 2
    return 1 / (2 * total)


def _minitab(method: str, sizes: IntArray) -> float:
    if method == "pooled":
        return float(np.sum(sizes - 1))
    groups, mean = len(sizes), float(np.mean(sizes))
    factor = 0.9 if method == "rbar" else next((f for most, f in _MINITAB_SBAR if mean <= most), 1.0)
    return factor * groups * (mean - 1)
