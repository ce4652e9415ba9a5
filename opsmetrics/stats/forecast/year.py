"""What came back after a year in daily values: a week at Christmas, a plant's closing, a quarter's last days.

A year is 52 weeks, so that weekdays meet. What a slot was away from its neighbours, the same weekday of the weeks
around it, is taken over in part a year later: by the slope of such departures on those a year before, through the
origin. Only what stands out from noise counts, and only a slope beyond chance, drawn towards none by how well it is
known (positive part of James and Stein, 1961): most of what a year brings does not come again.
"""

from __future__ import annotations

import numpy as np

from opsmetrics.stats.arrays import FloatArray, IntArray
from opsmetrics.stats.forecast.seasons import medians

#: Weeks of a year, of the neighbourhood on each side, and of what is known of last year before its slope is asked for.
_YEAR, _AROUND, _LEAST = 52, 3, 9

#: Robust standard deviations that noise stays within, and standard errors that a slope must be beyond none.
_NOISE, _BEYOND = 3.0, 2.0


def echo(values: FloatArray, origins: IntArray, horizon: int, week: int) -> FloatArray:
    """What is to be added to a forecast made at each origin: origins × horizon; 0 where no year was seen.

    values: daily ones without gaps, `week` of them a week; ascending origins know as many of them as they say.
    """
    year, late = _YEAR * week, _AROUND * week
    result = np.zeros((len(origins), horizon))
    # Of the last weeks before an origin the neighbours are not known yet.
    pairs = origins - late - year
    if pairs[-1] < _LEAST * week:
        return result
    level = _levels(values, week)
    away = (values - _neighbours(values, week)) / level
    noise = _NOISE * 1.4826 * float(np.median(np.abs(away[: max(int(origins[0]) - late, year)])))
    events = np.sign(away) * np.maximum(np.abs(away) - noise, 0.0)
    slopes = _slopes(events[: pairs[-1]], away[year : year + pairs[-1]], pairs, _LEAST * week)
    steps = min(horizon, year - late)
    before = origins[:, None] - year + np.arange(steps)
    moving = np.flatnonzero(slopes > 0)
    now = np.array([_usual(values[origin - (_AROUND + 1) * week : origin]) for origin in origins[moving]])
    scale = now if values.min() >= 0 else np.ones(len(moving))
    result[moving, :steps] = (slopes[moving] * scale)[:, None] * events[before[moving]]
    return result


def _usual(values: FloatArray) -> float:
    return float(np.abs(values).mean())


def _levels(values: FloatArray, week: int) -> FloatArray:
    """Mean over the two weeks on each side of what cannot be negative: what comes back is a share of it; else 1."""
    if values.min() < 0:
        return np.ones(len(values))
    reach = 2 * week
    padded = np.pad(values, reach, mode="edge")
    found: FloatArray = np.convolve(padded, np.full(2 * reach + 1, 1 / (2 * reach + 1)), "valid")
    return np.where(found > 0, found, 1.0)


def _neighbours(values: FloatArray, week: int) -> FloatArray:
    """Median of the same weekday in the weeks around each slot, without the slot itself."""
    n, reach = len(values), _AROUND * week
    padded = np.pad(values, reach, constant_values=np.nan)
    shifts = [reach + step * week for step in range(-_AROUND, _AROUND + 1) if step]
    return medians(np.array([padded[shift : shift + n] for shift in shifts]))


def _slopes(events: FloatArray, away: FloatArray, pairs: IntArray, least: int) -> FloatArray:
    """Slope of what was away on the events a year before, over the first so many pairs; 0 where it may be chance."""
    squares, products, rest = (
        np.append(0.0, np.cumsum(each))[np.maximum(pairs, 0)] for each in (events**2, events * away, away**2)
    )
    there = (pairs >= least) & (products > 0)
    slope = np.where(there, products / np.where(there, squares, 1.0), 0.0)
    variance = (rest - slope * products) / np.maximum(pairs - 1, 1) / np.where(there, squares, 1.0)
    kept = 1 - _BEYOND**2 * variance / np.where(there, slope, 1.0) ** 2
    return np.where(there, np.minimum(slope, 1.0) * np.maximum(kept, 0.0), 0.0)
