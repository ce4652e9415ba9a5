"""Intervals of variance components: modified large samples, for sums and differences of mean squares."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy.special import chdtri, fdtri

#: A multiple of a mean square: factor (below zero: taken off), mean square, degrees of freedom.
Term = tuple[float, float, int]


def component_interval(terms: Sequence[Term], confidence: float) -> tuple[float, float]:
    """Low and high end of Σ factor·MS, not below 0. Sums: Graybill and Wang (J. American Statistical Association 75,
    1980), which is exact for a single term; differences: Ting and others (J. Statistical Computation and Simulation 35,
    1990). Both in Burdick, Borror and Montgomery, Design and Analysis of Gauge R&R Studies, 2005."""
    used = [(factor, ms, df) for factor, ms, df in terms if factor != 0 and df > 0]
    tail = (1 - confidence) / 2
    value = sum(factor * ms for factor, ms, _ in used)
    added = [term for term in used if term[0] > 0]
    taken = [term for term in used if term[0] < 0]
    down = sum((_shrink(df, tail) * factor * ms) ** 2 for factor, ms, df in added)
    down += sum((_grow(df, tail) * factor * ms) ** 2 for factor, ms, df in taken)
    up = sum((_grow(df, tail) * factor * ms) ** 2 for factor, ms, df in added)
    up += sum((_shrink(df, tail) * factor * ms) ** 2 for factor, ms, df in taken)
    for first in added:
        for second in taken:
            product = first[0] * first[1] * -second[0] * second[1]
            down += _joint(first[2], second[2], tail, low=True) * product
            up += _joint(first[2], second[2], tail, low=False) * product
    return max(value - math.sqrt(max(down, 0.0)), 0.0), max(value + math.sqrt(max(up, 0.0)), 0.0)


def _shrink(df: int, tail: float) -> float:
    return 1 - df / float(chdtri(df, tail))


def _grow(df: int, tail: float) -> float:
    return df / float(chdtri(df, 1 - tail)) - 1


def _joint(first: int, second: int, tail: float, *, low: bool) -> float:
    if low:
        f = float(fdtri(first, second, 1 - tail))
        return ((f - 1) ** 2 - (_shrink(first, tail) * f) ** 2 - _grow(second, tail) ** 2) / f
    f = float(fdtri(first, second, tail))
    return ((1 - f) ** 2 - (_grow(first, tail) * f) ** 2 - _shrink(second, tail) ** 2) / f
