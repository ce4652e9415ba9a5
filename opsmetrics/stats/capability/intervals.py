"""Intervals of capability indices."""

from __future__ import annotations

import math

from scipy.special import chdtri, ndtri

from opsmetrics.stats.capability.model import Estimate


def spread_index(value: float, freedom: float, confidence: float) -> Estimate:
    """An index whose only random part is a standard deviation: Cp, Pp. Exact for normal readings: Cp·√(χ²/ν) (Kushler
    and Hurley, Journal of Quality Technology 24, 1992)."""
    if freedom <= 0:
        return Estimate(value)
    tail = (1 - confidence) / 2
    low, high = (value * math.sqrt(float(chdtri(freedom, above)) / freedom) for above in (1 - tail, tail))
    return Estimate(value, low, high, freedom)


def side_index(value: float, n: int, freedom: float, confidence: float) -> Estimate:
    """An index of the nearer limit: Cpk, Ppk and those of one side. value ± z·√(1/9n + value²/2ν) (Bissell, Applied
    Statistics 39, 1990)."""
    if freedom <= 0:
        return Estimate(value)
    half = float(ndtri((1 + confidence) / 2)) * math.sqrt(1 / (9 * n) + value**2 / (2 * freedom))
    return Estimate(value, value - half, value + half, freedom)


def target_index(value: float, n: int, off: float, confidence: float, *, as_qcc: bool = False) -> Estimate:
    """Cpm, where the mean lies `off` sigmas from the target: ν = n(1 + off²)²/(1 + 2·off²) (Boyles, Journal of Quality
    Technology 23, 1991). as_qcc: without the square in the numerator, as qcc has it: too wide away from the target."""
    share = 1 + off**2
    return spread_index(value, n * share ** (1 if as_qcc else 2) / (1 + 2 * off**2), confidence)
