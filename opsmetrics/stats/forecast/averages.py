"""Plain averages: the recent past of the same slot of the season, and the weekday profile of a short series."""

from __future__ import annotations

import numpy as np

from opsmetrics.stats.arrays import FloatArray, IntArray

#: Weight of a value against the next newer one of the same slot, with and without a season.
_SEASONAL, _PLAIN = 0.75, 0.85

#: A profile keeps at least this share of the whole spread as real: weekdays differ in most operations.
_LEAST_REAL = 0.25


def recent_average(values: FloatArray, origins: IntArray, horizon: int, season: int) -> FloatArray:
    """Average of the same slot of the season, newer ones weighing more: origins × horizon."""
    decay = _SEASONAL if season > 1 else _PLAIN
    found = np.empty((len(origins), horizon))
    for place, origin in enumerate(origins):
        known = values[: int(origin)]
        for slot in range(min(season, horizon)):
            own = known[(int(origin) + slot) % season :: season]
            weight = decay ** np.arange(len(own))[::-1]
            found[place, slot::season] = own @ weight / weight.sum()
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
