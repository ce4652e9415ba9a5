"""How large errors are at the level that is forecast: 2 % of 1,000 is more than 2 % of 100, and 99 % has little room.

Of a share between two bounds they go with √(p(1 − p)), as the standard deviation of a binomial share. Above a lower
bound they go with a power of the mean level over the horizon (Taylor 1961) and with one of each step against that mean,
as peaks of a season are missed by more: from none to in proportion, as far as the backtest says.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from opsmetrics.stats.arrays import FloatArray

#: Powers of the level, all as likely until errors are seen.
_POWERS = np.array([0.0, 0.5, 1.0])

#: What a horizon of backtest counts for, in independent errors.
_INDEPENDENT = 6.0

#: A level counts as this many times the usual one at most, and as its inverse at least.
_FARTHEST = 3.0

#: At a bound errors are still this share of what they are in the middle.
_LEAST = 0.2


@dataclass(frozen=True, eq=False)
class Spread:
    """Relative size of errors by level: between two bounds, above one of them, or the same everywhere.

    usual: mean level above the lower bound; power: of the mean over the horizon; within: of a step against that mean.
    """

    lower: float | None = None
    upper: float | None = None
    usual: float = 1.0
    power: float = 0.0
    within: float = 0.0

    def at(self, forecasts: FloatArray) -> FloatArray:
        """For forecasts … × horizon: … × horizon, or … × 1 where the whole horizon has one size."""
        if self.lower is not None and self.upper is not None and self.upper > self.lower:
            share = np.clip((forecasts - self.lower) / (self.upper - self.lower), 0.0, 1.0)
            found: FloatArray = np.maximum(2 * np.sqrt(share * (1 - share)), _LEAST)
            return found
        if self.lower is None or self.upper is not None:
            return np.ones((*forecasts.shape[:-1], 1))
        found = _levels(forecasts, self.lower, self.usual) ** self.power
        return found * _places(forecasts, self.lower) ** self.within


def spread_of(
    forecasts: FloatArray, relative: FloatArray, horizons: float, lower: float | None, upper: float | None
) -> Spread:
    """What the backtest says: forecasts and absolute errors over the usual one of their step, both origins × horizon.

    relative: NaN where unknown. horizons: how many of them the backtest spans.
    """
    if lower is None or upper is not None:
        return Spread(lower, upper)
    usual = float(forecasts.mean()) - lower
    if not usual > 0:
        return Spread()
    level = np.broadcast_to(_levels(forecasts, lower, usual), relative.shape)
    power = _power(level, relative, horizons)
    place = _places(forecasts, lower)
    return Spread(lower, None, usual, power, _power(place, relative / level**power, horizons))


def _power(level: FloatArray, relative: FloatArray, horizons: float) -> float:
    """Of the level, with which errors go: the mean of those tried by how likely they are."""
    there = np.isfinite(relative)
    sizes = level[there][:, None] ** _POWERS
    mean = (relative[there][:, None] / sizes).mean(axis=0)
    likely = -(np.log(np.maximum(mean, 1e-300)) + np.log(sizes).mean(axis=0)) * _INDEPENDENT * max(horizons, 1.0)
    weight = np.exp(likely - likely.max())
    return float(weight @ _POWERS / weight.sum())


def _places(forecasts: FloatArray, lower: float) -> FloatArray:
    """Of each step against the mean over the horizon."""
    mean = forecasts.mean(axis=-1, keepdims=True) - lower
    found: FloatArray = np.clip((forecasts - lower) / np.where(mean > 0, mean, 1.0), 1 / _FARTHEST, _FARTHEST)
    return found


def _levels(forecasts: FloatArray, lower: float, usual: float) -> FloatArray:
    """Mean over the horizon, in units of the usual level above the bound: … × 1."""
    mean = (forecasts.mean(axis=-1, keepdims=True) - lower) / usual
    found: FloatArray = np.clip(mean, 1 / _FARTHEST, _FARTHEST)
    return found
