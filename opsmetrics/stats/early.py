"""Few points, and the days of the week: two questions asked before limits can answer."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
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
    frame = pd.DataFrame({"value": series, "day": list(weekdays)}).dropna(subset="value")
    if frame.empty:
        return 0.0
    shifted = frame["value"] - frame["value"].iloc[0]
    total = float(shifted.var(ddof=0))
    if total <= (8 * float(np.spacing(frame["value"].abs().max()))) ** 2:
        return 0.0
    left = float((shifted - shifted.groupby(frame["day"]).transform("median")).var(ddof=0))
    return max(0.0, 1 - left / total)
