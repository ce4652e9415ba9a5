"""The Weibull law of times between events, fitted by maximum likelihood."""

from __future__ import annotations

import math

import numpy as np

from opsmetrics.stats.arrays import FloatArray, Values, floats

#: Shapes looked at: far beyond what times of events show.
_SHAPES = (1e-3, 1e4)


def weibull_fit(times: Values) -> tuple[float, float]:
    """Shape and scale of the Weibull law most likely for these times; gaps are left out.

    The shape k solves Σ yᵏ ln y / Σ yᵏ − 1/k = mean ln y, the scale is (mean yᵏ)^(1/k). (NaN, NaN) for fewer than two
    times; an infinite shape where all are equal. Raises ValueError for times that are not above 0.
    """
    value = floats(times, "times")
    value = value[np.isfinite(value)]
    if (value <= 0).any():
        raise ValueError(f"times: found {value.min():g}; wanted times above 0")
    if len(value) < 2:
        return math.nan, math.nan
    largest = float(value.max())
    logs = np.log(value / largest)  # at most 0, so that no power overflows
    if np.ptp(logs) < 1e-12:
        return math.inf, largest
    if _score(_SHAPES[1], logs) < 0:
        return math.inf, largest
    from scipy.optimize import brentq  # it takes a third of the time to load this package, for a fit that is rare

    shape = float(brentq(_score, *_SHAPES, args=(logs,), xtol=1e-13, rtol=1e-14))
    return shape, largest * float(np.mean(np.exp(shape * logs))) ** (1 / shape)


def _score(shape: float, logs: FloatArray) -> float:
    """Rises with the shape from below 0 to above it."""
    weight = np.exp(shape * logs)
    return float(np.sum(weight * logs) / np.sum(weight) - 1 / shape - np.mean(logs))


def weibull_quantile(probability: float, shape: float, scale: float) -> float:
    """The time before which a share `probability` of such times ends: scale·(−ln(1 − probability))^(1/shape)."""
    if math.isinf(shape):
        return scale
    return scale * math.pow(-math.log1p(-probability), 1 / shape)
