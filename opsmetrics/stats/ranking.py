"""What to look at first among episodes: how surprising each is, and how much it came to.

score = direction · attention · (surprise + volume). surprise: min(6, −log10 p) of the strongest hit, so that one wild
point does not bury all others; volume: log10(1 + the excess in what is counted, or in money).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import log_ndtr

from opsmetrics.stats.arrays import FloatArray
from opsmetrics.stats.rules import Rule

Numbers = npt.ArrayLike

#: No surprise counts for more: beyond one in a million the tail of the normal law is not to be believed.
MOST = 6.0

#: Chance of a full window of a zone, on either side: 2 of 3 beyond 2σ and 4 of 5 beyond 1σ (normal law).
TWO_OF_THREE, FOUR_OF_FIVE = 0.0031, 0.0055

_LN10 = float(np.log(10.0))


def surprise_of_point(z: Numbers) -> FloatArray:
    """min(6, −log10 p), p two-sided, of values so many standard errors from the centre; 0 where z is not defined."""
    away = np.abs(np.asarray(z, dtype=np.float64))
    found = -(np.log(2.0) + log_ndtr(-np.where(np.isfinite(away), away, 0.0))) / _LN10
    return _capped(found)


def surprise_of_run(length: Numbers) -> FloatArray:
    """The same of so many points in a row on one side: p = 2^(1 − length)."""
    return _capped((np.asarray(length, dtype=np.float64) - 1) * np.log10(2.0))


def surprise_of(probability: Numbers) -> FloatArray:
    """The same of a hit with its own probability."""
    with np.errstate(divide="ignore"):
        return _capped(-np.log10(np.asarray(probability, dtype=np.float64)))


def surprise_of_hit(rule: Rule, z: Numbers, length: Numbers) -> FloatArray:
    """The same of hits of one rule, by the z of their completing points and the length of their patterns.

    Trends count as runs of as many points; patterns without a side by the chance of their window on normal values.
    """
    match rule.pattern:
        case "limits":
            return surprise_of_point(z)
        case "run" | "trend" | "alternating":
            return surprise_of_run(length)
        case "zone":
            chance = TWO_OF_THREE if rule.zone >= 1.5 else FOUR_OF_FIVE
            return surprise_of(np.full(np.shape(np.asarray(length)), chance))
        case "hugging" | "outside":
            inside = 1 - 2 * float(np.exp(log_ndtr(-rule.zone)))
            each = inside if rule.pattern == "hugging" else 1 - inside
            return _capped(-np.asarray(length, dtype=np.float64) * np.log10(each))


def volume(excess: Numbers, weight: Numbers = 1.0) -> FloatArray:
    """log10(1 + weight·|excess|), of Σ (observed − centre)·size over the members; 0 where that is not defined."""
    came_to = np.abs(np.asarray(excess, dtype=np.float64) * np.asarray(weight, dtype=np.float64))
    return np.asarray(np.log10(1 + np.where(np.isfinite(came_to), came_to, 0.0)), dtype=np.float64)


def score(direction: Numbers, attention: Numbers, surprise: Numbers, came_to: Numbers) -> FloatArray:
    """direction · attention · (surprise + volume), of numbers or arrays of one shape."""
    together = np.asarray(surprise, dtype=np.float64) + np.asarray(came_to, dtype=np.float64)
    return np.asarray(np.asarray(direction) * np.asarray(attention) * together, dtype=np.float64)


def _capped(found: FloatArray | np.floating) -> FloatArray:
    return np.clip(np.asarray(found, dtype=np.float64), 0.0, MOST)
