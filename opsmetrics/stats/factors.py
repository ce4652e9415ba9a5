"""Control chart constants for samples of n from a normal distribution.

Exact: the mean and standard deviation of the range by numerical integration of its distribution, c4 from the gamma
function, the rest from their defining formulas. "table": the same, rounded as printed tables round them (three
decimals, c4 four; ASTM MNL 7 and the NIST/SEMATECH e-Handbook 6.3.2), for reproducing a book's figures.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

import numpy as np
from scipy.special import gammaln, ndtr, ndtri

from opsmetrics.stats.arrays import FloatArray

Source: TypeAlias = Literal["exact", "table"]
Factor: TypeAlias = Callable[[int, Source], float]

_TABLE_DECIMALS = 3
_TABLE_DECIMALS_C4 = 4


@dataclass(frozen=True)
class Constants:
    """The constants of one sample size, by their usual names."""

    n: int
    d2: float  # mean of the range, in σ
    d3: float  # standard deviation of the range, in σ
    c4: float  # mean of the sample standard deviation, in σ
    A: float  # Xbar limits from a known σ
    A2: float  # Xbar limits from the mean range
    A3: float  # Xbar limits from the mean standard deviation
    B3: float  # S limits from the mean standard deviation
    B4: float
    B5: float  # S limits from a known σ
    B6: float
    D1: float  # R limits from a known σ
    D2: float
    D3: float  # R limits from the mean range
    D4: float
    E2: float  # limits of single values from the mean range


def d2(n: int, source: Source = "exact") -> float:
    """Mean range of n standard normal values. d2(2) = 2/√π."""
    return _round(_range_moments(_sample_size(n))[0], source)


def d3(n: int, source: Source = "exact") -> float:
    """Standard deviation of the range of n standard normal values."""
    return _round(_range_moments(_sample_size(n))[1], source)


def c4(n: int, source: Source = "exact") -> float:
    """Mean standard deviation (divisor n − 1) of n standard normal values; by log-gamma, so large n do not overflow."""
    n = _sample_size(n)
    exact = math.sqrt(2 / (n - 1)) * math.exp(gammaln(n / 2) - gammaln((n - 1) / 2))
    return _round(exact, source, _TABLE_DECIMALS_C4)


def d4_median(source: Source = "exact") -> float:
    """Median range of two standard normal values, √2·Φ⁻¹(3/4) = 0.95387…"""
    return _round(math.sqrt(2) * float(ndtri(0.75)), source)


def constants(n: int, source: Source = "exact") -> Constants:
    """All constants for samples of n (n ≥ 2); raises ValueError otherwise."""
    mean, spread, unbias = d2(n), d3(n), c4(n)
    s_spread = math.sqrt(1 - unbias**2)
    values = {
        "d2": mean,
        "d3": spread,
        "A": 3 / math.sqrt(n),
        "A2": 3 / (mean * math.sqrt(n)),
        "A3": 3 / (unbias * math.sqrt(n)),
        "B3": max(0.0, 1 - 3 * s_spread / unbias),
        "B4": 1 + 3 * s_spread / unbias,
        "B5": max(0.0, unbias - 3 * s_spread),
        "B6": unbias + 3 * s_spread,
        "D1": max(0.0, mean - 3 * spread),
        "D2": mean + 3 * spread,
        "D3": max(0.0, 1 - 3 * spread / mean),
        "D4": 1 + 3 * spread / mean,
        "E2": 3 / mean,
    }
    return Constants(n=n, c4=c4(n, source), **{name: _round(value, source) for name, value in values.items()})


def by_size(factor: Factor, sizes: FloatArray, source: Source = "exact") -> FloatArray:
    """A constant for each sample size of an array; NaN where the size is missing or below 2."""
    if len(sizes) and sizes.strides == (0,):  # a view of one number
        return np.broadcast_to(by_size(factor, sizes[:1].copy(), source)[0], sizes.shape)
    result = np.full(len(sizes), np.nan)
    for size in np.unique(sizes[np.isfinite(sizes)]):
        if size >= 2:
            result[sizes == size] = factor(int(size), source)
    return result


def check_source(source: str) -> Source:
    """`source` if it names a set of constants; raises ValueError otherwise."""
    if source == "exact":
        return "exact"
    if source == "table":
        return "table"
    raise ValueError(f"constants: found {source!r}; wanted 'exact' or 'table'")


def _round(value: float, source: Source, decimals: int = _TABLE_DECIMALS) -> float:
    return round(value, decimals) if check_source(source) == "table" else value


def _sample_size(n: int) -> int:
    if n != int(n) or n < 2:
        raise ValueError(f"sample size: found {n}; wanted a whole number of at least 2")
    return int(n)


def range_distribution(r: FloatArray, n: int) -> FloatArray:
    """P(R ≤ r) of the range R of n standard normal values.

    The smallest value is x and the other n − 1 lie between x and x + r: P(R ≤ r) = n ∫ φ(x)·[Φ(x+r) − Φ(x)]ⁿ⁻¹ dx. The
    integral is a trapezoid sum, which converges geometrically for such integrands.
    """
    step = 0.02
    x = np.arange(-12, 12 + step, step)
    density = np.exp(-(x**2) / 2) / math.sqrt(2 * math.pi)
    below = ndtr(x)
    gaps = np.atleast_1d(np.asarray(r, dtype=np.float64))
    found = np.array([n * step * np.sum(density * (ndtr(x + gap) - below) ** (n - 1)) for gap in gaps.ravel()])
    return np.asarray(found.reshape(np.shape(r)), dtype=np.float64)


@cache
def _range_moments(n: int) -> tuple[float, float]:
    """Mean and standard deviation of the range R of n standard normal values.

    E R = ∫ P(R > r) dr and E R² = ∫ 2r·P(R > r) dr, by Gauss-Legendre.
    """
    nodes, weights = np.polynomial.legendre.leggauss(200)
    longest = 24.0
    r, weights = (nodes + 1) * longest / 2, weights * longest / 2
    cdf = range_distribution(r, n)
    mean = float(np.sum(weights * (1 - cdf)))
    square = float(np.sum(weights * 2 * r * (1 - cdf)))
    return mean, math.sqrt(square - mean**2)
