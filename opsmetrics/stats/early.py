"""Few points, and the days of the week: two questions asked before limits can answer."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy.special import stdtrit

from opsmetrics.stats.arrays import Labels, Values, floats

_TAIL = 0.99865
#: Other points needed beside the last one.
_FEWEST_OTHERS = 3


def early_warning(values: Values) -> bool:
    """Whether the last value lies outside the prediction interval of the m ≥ 3 values before it.

    |x − x̄| > t(0.99865; m − 1) · s · √(1 + 1/m). Gaps are left out; False with fewer than 3 others. Where the others
    are all equal, any other value is outside.
    """
    series = floats(values)
    series = series[np.isfinite(series)]
    others, m = series[:-1], len(series) - 1
    if m < _FEWEST_OTHERS:
        return False
    shifted = others - others[0]
    distance = abs(float(series[-1] - others[0] - np.mean(shifted)))
    reach = float(stdtrit(m - 1, _TAIL)) * float(np.std(shifted, ddof=1)) * math.sqrt(1 + 1 / m)
    return distance > reach + 8 * float(np.spacing(np.max(np.abs(series))))


def weekday_share(values: Values, weekdays: Sequence[int] | Labels) -> float:
    """Share of the variance that the medians of the weekdays explain: 1 − var(value − its weekday's median) / var.

    From 0 to 1. weekdays: one label per value. Gaps are left out; 0 where nothing varies. Raises ValueError where the
    lengths differ.
    """
    series = floats(values)
    if len(weekdays) != len(series):
        raise ValueError(f"weekdays: found {len(weekdays)} labels for {len(series)} values; wanted one per value")
    there = ~np.isnan(series)
    value, days = series[there], np.asarray(weekdays)[there]
    if not len(value):
        return 0.0
    shifted = value - value[0]
    total = float(shifted.var())
    if total <= (8 * float(np.spacing(np.abs(value).max()))) ** 2:
        return 0.0
    rest = shifted.copy()
    for day in np.unique(days):
        rest[days == day] -= np.median(shifted[days == day])
    return max(0.0, 1 - float(rest.var()) / total)
