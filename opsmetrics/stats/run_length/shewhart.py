"""Operating characteristic and average run length of charts whose points stand for themselves.

β is the chance that a point stays within the limits, the average run length 1/(1 − β) (Montgomery, Introduction to
Statistical Quality Control, chapters 6 and 7). Means are normal; S and R charts follow the chi-square distribution and
that of the range; counts are binomial or Poisson, and only counts strictly beyond a limit signal.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.special import bdtr, bdtrc, chdtr, ndtr, ndtri, pdtr, pdtrc

from opsmetrics.stats.arrays import FloatArray, one_of
from opsmetrics.stats.factors import c4, d2, d3, range_distribution

Sided = Literal["two", "upper", "lower"]

#: No count is above it: an upper limit of infinity.
_ENDLESS = 1e15

#: A count nearer than this to a limit is on it.
_ON = 1e-9


def shewhart_beta(
    shift: npt.ArrayLike, n: npt.ArrayLike = 1, *, width: float = 3.0, sided: Sided = "two"
) -> FloatArray:
    """Chance that a mean of n stays within limits at `width` standard errors, by shift in σ of single readings.

    Shapes of shift and n are broadcast. Raises ValueError for other sides and n below 1.
    """
    upper, lower = _distances(shift, n, width, sided)
    above = upper < -lower  # the smaller tail keeps the digits
    return np.asarray(np.where(above, ndtr(-lower) - ndtr(-upper), ndtr(upper) - ndtr(lower)), dtype=np.float64)


def shewhart_arl(shift: npt.ArrayLike, n: npt.ArrayLike = 1, *, width: float = 3.0, sided: Sided = "two") -> FloatArray:
    """Average run length. Arguments as for `shewhart_beta`."""
    upper, lower = _distances(shift, n, width, sided)
    return np.asarray(1 / (ndtr(-upper) + ndtr(lower)), dtype=np.float64)


def shewhart_width(arl: float, *, sided: Sided = "two") -> float:
    """Standard errors at which limits give this average run length without a shift. Raises ValueError for 1 or less."""
    one_of(sided, ("two", "upper", "lower"), "sided")
    if not arl > 1:
        raise ValueError(f"arl: found {arl!r}; wanted an average run length above 1")
    return float(-ndtri(1 / arl / (2 if sided == "two" else 1)))


def proportion_beta(p: npt.ArrayLike, n: int, lower: float, upper: float) -> FloatArray:
    """Chance that the share of n trials stays within limits, by true share p. For counts (np) give limits over n."""
    _limits(lower, upper)
    least, most = _least(lower * n), _most(min(upper, 1.0) * n)
    share = np.asarray(p, dtype=np.float64)
    if ((share < 0) | (share > 1)).any():
        raise ValueError("p: found a share outside 0 to 1")
    if most < least:
        return np.zeros(share.shape)
    low = bdtr(least - 1, n, share) if least > 0 else np.zeros(share.shape)
    return np.asarray(np.clip(1 - (bdtrc(most, n, share) if most < n else 0.0) - low, 0, 1), dtype=np.float64)


def count_beta(mean: npt.ArrayLike, lower: float, upper: float) -> FloatArray:
    """Chance that a Poisson count stays within limits, by its true mean. For rates (u) multiply all by the size."""
    _limits(lower, upper)
    least, most = _least(lower), _most(min(upper, _ENDLESS))
    level = np.asarray(mean, dtype=np.float64)
    if (level < 0).any():
        raise ValueError("mean: found a number below zero")
    if most < least:
        return np.zeros(level.shape)
    low = pdtr(least - 1, level) if least > 0 else np.zeros(level.shape)
    return np.asarray(np.clip(1 - pdtrc(most, level) - low, 0, 1), dtype=np.float64)


def s_beta(ratio: npt.ArrayLike, n: int, *, width: float = 3.0) -> FloatArray:
    """Chance that the standard deviation of n stays within the S chart's limits, by true σ over that of the limits."""
    spread = np.sqrt(1 - c4(n) ** 2)
    upper, lower = c4(n) + width * spread, max(0.0, c4(n) - width * spread)
    scale = _ratio(ratio)
    return np.asarray(
        chdtr(n - 1, (n - 1) * (upper / scale) ** 2) - chdtr(n - 1, (n - 1) * (lower / scale) ** 2), dtype=np.float64
    )


def r_beta(ratio: npt.ArrayLike, n: int, *, width: float = 3.0) -> FloatArray:
    """Chance that the range of n stays within the R chart's limits, by true σ over that of the limits."""
    upper, lower = d2(n) + width * d3(n), max(0.0, d2(n) - width * d3(n))
    scale = _ratio(ratio)
    return np.asarray(range_distribution(upper / scale, n) - range_distribution(lower / scale, n), dtype=np.float64)


def arl_of(beta: npt.ArrayLike) -> FloatArray:
    """1/(1 − β), infinite where a point never signals."""
    rest = 1 - np.asarray(beta, dtype=np.float64)
    return np.asarray(np.divide(1.0, rest, out=np.full(rest.shape, np.inf), where=rest > 0), dtype=np.float64)


def _distances(shift: npt.ArrayLike, n: npt.ArrayLike, width: float, sided: str) -> tuple[FloatArray, FloatArray]:
    one_of(sided, ("two", "upper", "lower"), "sided")
    if not width > 0:
        raise ValueError(f"width: found {width!r}; wanted a number above 0")
    size = np.asarray(n, dtype=np.float64)
    if (size < 1).any():
        raise ValueError(f"n: found {size.min():g}; wanted 1 or more readings in a mean")
    moved = np.asarray(shift, dtype=np.float64) * np.sqrt(size)
    upper = np.full(moved.shape, np.inf) if sided == "lower" else width - moved
    lower = np.full(moved.shape, -np.inf) if sided == "upper" else -width - moved
    return np.asarray(upper, dtype=np.float64), np.asarray(lower, dtype=np.float64)


def _limits(lower: float, upper: float) -> None:
    if not lower <= upper:
        raise ValueError(f"limits: found {lower!r} to {upper!r}; wanted two numbers, the lower one first")


def _least(limit: float) -> int:
    """The smallest count that is not below a lower limit."""
    return int(np.ceil(max(limit, 0.0) - _ON))


def _most(limit: float) -> int:
    """The largest count that is not above an upper limit."""
    return int(np.floor(limit + _ON))


def _ratio(ratio: npt.ArrayLike) -> FloatArray:
    scale = np.asarray(ratio, dtype=np.float64)
    if not (scale > 0).all():
        raise ValueError("ratio: found zero or less; wanted a true σ above 0, over that of the limits")
    return scale
