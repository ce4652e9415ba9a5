"""Forecasts of a value and of its size over the same slots, and joint paths of both.

Errors of the two are paired by date: a day with many cases is often also one with a high share of them. Independent
paths of numerator and denominator would leave 0 ≤ N ≤ D; paths of a ratio and of its size cannot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import logit, ndtr, ndtri

from opsmetrics.stats.arrays import FloatArray, Values, floats, same_length
from opsmetrics.stats.forecast import Forecast, forecast

#: Joint paths, unless a caller asks for others.
PATHS = 2000

#: Pairs of errors from which a correlation is told; few ones are taken for independent.
_PAIRS = 8

#: No two errors are taken for one and the same.
_CLOSEST = 0.95

#: Shares are no nearer to 0 and 1 than this on the logit scale.
_NEAREST = 1e-4

#: Degrees of freedom of the copula without a backtest, and more for each stretch of the horizon in it (measured).
_FREE, _FREE_MORE = 6.0, 1.5

#: Correlation found in n stretches that do not overlap is raised by this share of one over n (measured).
_FEW = 2.0


@dataclass(frozen=True, eq=False)
class Joint:
    """value: of each slot ahead. size: of its size; one number where every size was the same. together: correlation of
    their errors."""

    value: Forecast
    size: Forecast | float = 1.0
    together: float = 0.0

    @property
    def horizon(self) -> int:
        """How many slots ahead."""
        return self.value.horizon


def forecasts(
    values: Values,
    sizes: Values,
    horizon: int,
    *,
    seasons_tried: Sequence[int] = (),
    lower: float | None = None,
    upper: float | None = None,
    share: bool = False,
) -> Joint:
    """The forecasts behind a landing, over the next `horizon` slots.

    values, sizes: one of each for each slot in order, NaN for a gap; a size is the denominator, or the number of
        readings. lower, upper: bounds of the value. share: the value is a part of its size.
    Raises ValueError where the two differ in length, and what `forecast` raises.
    """
    given, weights = floats(values, "values"), floats(sizes, "sizes")
    same_length({"values": given, "sizes": weights})
    value = forecast(given, horizon, seasons_tried=seasons_tried, lower=lower, upper=upper)
    seen = weights[np.isfinite(weights)]
    if not len(seen) or seen.max() == seen.min():
        return Joint(value, float(seen[0]) if len(seen) else 1.0)
    size = forecast(weights, horizon, seasons_tried=seasons_tried, lower=0.0)
    pairs = value.backtest.merge(size.backtest, on=["origin", "step"], suffixes=("", "_size"))
    return Joint(value, size, _together(pairs, share))


def paths(joint: Joint, count: int = PATHS, seed: int = 0) -> tuple[FloatArray, FloatArray]:
    """Joint paths of the value and of its size, count × horizon each. The same seed gives the same paths.

    A copula of Student's t (Demarta and McNeil 2005): each step of either has exactly the distribution of its own fan
    and goes with the other steps as its errors did (`over_horizon`); what is new in the one goes with what is new in
    the other. Found in few stretches, the width of a fan is uncertain and its ends reach further for it: an error in
    the width, but one that all steps share. With steps that drew it each for itself, as those of a normal copula do,
    one of 28 would almost always lie beyond what was ever seen.
    """
    draw = np.random.default_rng(seed)
    own = draw.standard_normal((count, joint.horizon))
    width = _width(joint.value, count, draw)
    if isinstance(joint.size, float):
        sizes = np.full(own.shape, joint.size)
    else:
        of_size = draw.standard_normal(own.shape)
        own = joint.together * of_size + np.sqrt(1 - joint.together**2) * own
        sizes = _through_fan(joint.size, of_size, width)
    return _through_fan(joint.value, own, width), sizes


def over_horizon(forecast: Forecast) -> FloatArray:
    """How the steps of a forecast go together: the correlation of its errors, horizon × horizon, raised by how few
    stretches of the horizon's length it was found in.

    Found in few, it is as often too low as too high. A range of a sum that is too narrow loses more than one that is
    too wide gains, so that ranges by what was found hold less than they say, as those by an estimated width do (Student
    1908). Two n-ths of the average correlation of two steps are added as a part that all steps have in common; errors
    without any keep none, and the result is a correlation matrix.
    """
    found, horizon = forecast.correlation, forecast.horizon
    if horizon < 2 or forecast.backtest.empty:
        return found
    average = (float(found.sum()) - horizon) / (horizon * (horizon - 1))
    common = min(_FEW / stretches_of(forecast), 1.0) * float(np.clip(average, 0.0, _CLOSEST))
    raised: FloatArray = (1 - common) * found + common
    return raised


def stretches_of(forecast: Forecast) -> float:
    """How many stretches of the horizon's length fit into the slots that the backtest spans; 0 without one."""
    if forecast.backtest.empty:
        return 0.0
    return (forecast.last + 1 - int(forecast.backtest["origin"].min())) / forecast.horizon


def _width(forecast: Forecast, count: int, draw: np.random.Generator) -> FloatArray:
    """How much wider than usual the errors of each path are: count × 1. Values that are mostly nothing, or mostly all
    there is, have a fan of the values seen, whose width is not estimated."""
    if forecast.is_rate:
        return np.ones((count, 1))
    free = _FREE + _FREE_MORE * stretches_of(forecast)
    found: FloatArray = np.sqrt(free / draw.chisquare(free, (count, 1)))
    return found


def _through_fan(forecast: Forecast, new: FloatArray, width: FloatArray) -> FloatArray:
    """What is new in each slot (normal scores, paths × horizon) as values of each step's own distribution.

    width: how much wider than usual the errors of a path are, paths × 1.
    """
    share = ndtr(_even(width * (new @ np.linalg.cholesky(over_horizon(forecast)).T)))
    steps = [np.interp(share[:, step], forecast.levels, forecast.quantiles[step]) for step in range(forecast.horizon)]
    return np.column_stack(steps)


def _even(scores: FloatArray) -> FloatArray:
    """The same order in each column, with each share of the normal distribution once."""
    count = len(scores)
    ranks = np.empty(scores.shape)
    np.put_along_axis(ranks, scores.argsort(axis=0), np.arange(count, dtype=np.float64)[:, None], axis=0)
    even: FloatArray = ndtri((ranks + 0.5) / count)
    return even


def _together(pairs: pd.DataFrame, share: bool) -> float:
    """Correlation of the errors at the same origin and step, a share's on the logit scale; 0 where few are known."""
    if len(pairs) < _PAIRS:
        return 0.0
    names = ("actual", "forecast", "actual_size", "forecast_size")
    actual, told, actual_size, told_size = (pairs[name].to_numpy(dtype=np.float64) for name in names)
    off = _logit(actual) - _logit(told) if share else actual - told
    off_size = actual_size - told_size
    if off.std() <= 0 or off_size.std() <= 0:
        return 0.0
    return float(np.clip(np.corrcoef(off, off_size)[0, 1], -_CLOSEST, _CLOSEST))


def _logit(shares: FloatArray) -> FloatArray:
    found: FloatArray = logit(np.clip(shares, _NEAREST, 1 - _NEAREST))
    return found
