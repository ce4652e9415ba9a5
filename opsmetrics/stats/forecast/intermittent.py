"""Demand that is mostly nothing: a rate per period, and a range from the values seen.

Teunter, Syntetos and Babai (2011): chance of a demand and its size are smoothed apart, the chance in every period, so
that a demand that has died out fades. What is forecast is the mean per period, never the spikes.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from opsmetrics.stats.arrays import FloatArray
from opsmetrics.stats.forecast.fan import LEVELS

#: From this share of zeros on a series is intermittent.
MOSTLY = 0.4

_GRID = np.array(list(product((0.05, 0.1, 0.2), (0.02, 0.05, 0.1, 0.2))))

#: Weight of an error against the next newer one when the smoothing weights are chosen.
_FORGET = 0.96

#: Weight of a value against the next newer one in the range.
_DECAY = 0.98


def is_intermittent(values: FloatArray) -> bool:
    """True for values at or above zero of which at least MOSTLY are zero, and not all."""
    seen = values[np.isfinite(values)]
    return bool(len(seen) > 0 and seen.min() >= 0 and seen.max() > 0 and (seen == 0).mean() >= MOSTLY)


def rate(known: FloatArray) -> float:
    """Mean per period after the last value; the two smoothing weights by least squares one step ahead."""
    sizes = known[known > 0]
    if len(sizes) == 0:
        return 0.0
    size, chance = np.full(len(_GRID), sizes.mean()), np.full(len(_GRID), len(sizes) / len(known))
    errors = np.zeros(len(_GRID))
    for value in known:
        errors = _FORGET * errors + (value - size * chance) ** 2
        chance = chance + _GRID[:, 1] * (float(value > 0) - chance)
        if value > 0:
            size = size + _GRID[:, 0] * (value - size)
    best = int(np.argmin(errors))
    return float(size[best] * chance[best])


def quantiles(known: FloatArray) -> FloatArray:
    """Quantiles of one period at LEVELS: of the values seen, newer ones weighing more."""
    order = np.argsort(known, kind="stable")
    weight = (_DECAY ** np.arange(len(known))[::-1])[order]
    reached = np.cumsum(weight) / weight.sum()
    found: FloatArray = known[order][np.minimum(np.searchsorted(reached, LEVELS - 1e-12), len(known) - 1)]
    return found
