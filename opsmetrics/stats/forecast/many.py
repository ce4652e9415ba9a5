"""Forecasts of many series: one after the other in one process.

A series costs some hundredth of a second, so that hundreds are done while a person waits. A pool of processes would
first spend seconds on its imports, and under a server each of its workers would hold a copy of all libraries.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from opsmetrics.stats.arrays import Values, floats
from opsmetrics.stats.forecast.engine import forecast
from opsmetrics.stats.forecast.model import Forecast

Bound = float | None


def forecast_many(
    series: Sequence[Values],
    horizon: int,
    *,
    seasons_tried: Sequence[int] = (),
    lower: Bound | Sequence[Bound] = None,
    upper: Bound | Sequence[Bound] = None,
    done: Callable[[int, int], None] | None = None,
) -> list[Forecast | None]:
    """The forecast of each series as `forecast` makes it, None for one without a value.

    lower, upper: one bound for all, or one for each. done: told after each series how many are made, of how many; what
    it raises stops the work. Raises ValueError where bounds and series differ in number, and what `forecast` raises.
    """
    lows, highs = (_for_each(end, len(series)) for end in (lower, upper))
    found: list[Forecast | None] = []
    for values, low, high in zip(series, lows, highs, strict=True):
        given = floats(values)
        known = bool((given == given).any())
        found.append(forecast(given, horizon, seasons_tried=seasons_tried, lower=low, upper=high) if known else None)
        if done is not None:
            done(len(found), len(series))
    return found


def _for_each(bound: Bound | Sequence[Bound], count: int) -> list[Bound]:
    if bound is None or isinstance(bound, (int, float)):
        return [bound] * count
    if len(bound) != count:
        raise ValueError(f"bounds: found {len(bound)}, wanted one for each of {count} series")
    return list(bound)
