"""Joint paths of a forecast: what sums, means and ratios over several periods need, where ranges by period say nothing.

A normal copula over the horizon with the correlation of the backtest's errors; each step has exactly the distribution
of the fan (methods: Nelsen, An Introduction to Copulas, 2.5).
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

from opsmetrics.stats.arrays import FloatArray
from opsmetrics.stats.forecast.model import Forecast

PATHS = 2000


def paths(forecast: Forecast, count: int = PATHS, seed: int = 0) -> FloatArray:
    """`count` paths over the horizon: count × horizon. The same seed gives the same paths."""
    return through_fan(forecast, scores(forecast.correlation, count, seed))


def scores(correlation: FloatArray, count: int = PATHS, seed: int = 0) -> FloatArray:
    """Standard normal scores with this correlation, drawn evenly (each step has each share once): count × steps."""
    draw = np.random.default_rng(seed).standard_normal((count, len(correlation)))
    joint = draw @ np.linalg.cholesky(correlation).T
    ranks = joint.argsort(axis=0).argsort(axis=0)
    even: FloatArray = ndtri((ranks + 0.5) / count)
    return even


def through_fan(forecast: Forecast, normal: FloatArray) -> FloatArray:
    """Normal scores as values of each step's own distribution. Shapes as in `paths`."""
    share = ndtr(normal)
    steps = [np.interp(share[:, step], forecast.levels, forecast.quantiles[step]) for step in range(forecast.horizon)]
    return np.column_stack(steps)
