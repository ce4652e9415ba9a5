"""Exponential smoothing: simple, Theta and damped Holt, all parameters and all origins in one pass.

level and trend follow Gardner and McKenzie (1985); Theta is simple smoothing with half the slope of a straight line as
drift (Assimakopoulos and Nikolopoulos 2000; Hyndman and Billah 2003). Parameters minimise the squared one-step errors
before each origin over a grid; the sums are kept at every origin, so a refit costs nothing.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from opsmetrics.stats.arrays import FloatArray, IntArray

SIMPLE = np.array([0.02, 0.05, 0.1, 0.17, 0.25, 0.35, 0.5, 0.65, 0.8, 0.95, 1.0])
#: Weights of level and trend (the latter from shares of the former) and damping.
DAMPED = np.array(
    [
        (a, a * b, phi)
        for a, b, phi in product((0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9), (0.03, 0.1, 0.3), (0.8, 0.9, 0.97))
    ]
)

_ALPHA = np.concatenate([SIMPLE, DAMPED[:, 0]])
_BETA = np.concatenate([np.zeros(len(SIMPLE)), DAMPED[:, 1]])
_PHI = np.concatenate([np.zeros(len(SIMPLE)), DAMPED[:, 2]])

#: Long series forget: weight of an error against the next one.
_LONG, _FORGET = 100, 0.999

State = tuple[FloatArray, FloatArray, FloatArray]


def smoothed(values: FloatArray, origins: IntArray, horizon: int) -> FloatArray:
    """Mean of simple smoothing, Theta and damped Holt at each origin: origins × horizon.

    values: without gaps; an origin is the number of values known, at least 1.
    """
    found = states(values, {int(origin) for origin in origins})
    return np.array([_mean_of_three(values[:origin], found[int(origin)], horizon) for origin in origins])


def states(values: FloatArray, origins: set[int]) -> dict[int, State]:
    """Level, trend and sum of squared errors of every parameter set at every origin."""
    head = values[:10]
    slope = float(np.median(np.diff(head))) if len(head) > 1 else 0.0
    level = np.full(len(_ALPHA), values[0])
    level[: len(SIMPLE)] = values[:4].mean()
    trend = np.where(_PHI > 0, slope, 0.0)
    errors = np.zeros(len(_ALPHA))
    keep = _FORGET if len(values) > _LONG else 1.0
    found = {1: (level, trend, errors)}
    for known, value in enumerate(values[1:], start=2):
        damped = _PHI * trend
        error = value - level - damped
        errors = keep * errors + error * error
        level = level + damped + _ALPHA * error
        trend = damped + _BETA * error
        if known in origins:
            found[known] = (level, trend, errors)
    return found


def _mean_of_three(known: FloatArray, state: State, horizon: int) -> FloatArray:
    level, trend, errors = state
    steps = np.arange(1, horizon + 1)
    n = len(known)
    best = int(np.argmin(errors[: len(SIMPLE)]))
    alpha = SIMPLE[best]
    theta = level[best] + _slope(known) / 2 * (steps - 1 + (1 - (1 - alpha) ** n) / alpha)
    best_damped = len(SIMPLE) + int(np.argmin(errors[len(SIMPLE) :]))
    holt = level[best_damped] + trend[best_damped] * np.cumsum(_PHI[best_damped] ** steps)
    mean: FloatArray = (level[best] + theta + holt) / 3
    return mean


def _slope(values: FloatArray) -> float:
    """Slope of the straight line through the values, per slot."""
    if len(values) < 3:
        return 0.0
    slots = np.arange(len(values)) - (len(values) - 1) / 2
    return float(slots @ values / (slots @ slots))
