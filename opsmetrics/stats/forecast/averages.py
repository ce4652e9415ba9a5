"""Plain averages: the recent past of the same slot of the season, and the weekday profile of a short series."""

from __future__ import annotations

import numpy as np

from opsmetrics.stats.arrays import FloatArray, IntArray
from opsmetrics.stats.forecast.filters import filtered

#: Weight of a value against the next newer one of the same slot, with and without a season.
_SEASONAL, _PLAIN = 0.75, 0.85

#: A profile keeps at least this share of the whole spread as real: weekdays differ in most operations.
_LEAST_REAL = 0.25


def recent_average(values: FloatArray, origins: IntArray, horizon: int, season: int) -> FloatArray:
    """Average of the same slot of the season, newer ones weighing more: origins × horizon.

    Each season must have been seen once before the first origin.
    """
    decay = _SEASONAL if season > 1 else _PLAIN
    rounds = -(-len(values) // season)
    padded = np.zeros(rounds * season)
    padded[: len(values)] = values
    sums = filtered([1.0, -decay], padded.reshape(rounds, season))
    weights = (1 - decay ** np.arange(1, rounds + 1)) / (1 - decay)
    averages = (sums / weights[:, None]).ravel()
    ahead = np.arange(horizon)
    found: FloatArray = averages[origins[:, None] + ahead - season * (ahead // season + 1)]
    return found


def weekday_profile(known: FloatArray, horizon: int, season: int) -> FloatArray:
    """Level plus a profile of the week, each day shrunk towards none by how well it is known (empirical Bayes)."""
    n, phase = len(known), np.arange(len(known)) % season
    days = np.bincount(phase, minlength=season)
    base = float(known.mean())
    sums = np.bincount(phase, weights=known - base, minlength=season)
    profile = sums / np.maximum(days, 1)
    within, total = float(((known - base - profile[phase]) ** 2).sum()), float(known.var())
    noise = within / (n - season) if n - season >= 3 else 0.5 * total
    real = max(float((profile**2).mean()) - noise / max(float(days.mean()), 1.0), _LEAST_REAL * total)
    if real <= 0:
        return np.full(horizon, base)
    profile = profile * real / (real + noise / np.maximum(days, 1))
    rest = known - profile[phase]
    level = 0.6 * rest[-season:].mean() + 0.4 * rest.mean()
    following: FloatArray = level + profile[(n + np.arange(horizon)) % season]
    return following
