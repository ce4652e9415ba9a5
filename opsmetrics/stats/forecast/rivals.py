"""A rival from outside: Holt-Winters with a damped trend as statsmodels fits it, at the same origins.

Somebody else's code is the best witness. statsmodels is imported here only, when it is asked for: it takes its time.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from opsmetrics.stats.arrays import FloatArray, Values, floats
from opsmetrics.stats.forecast import seasons
from opsmetrics.stats.forecast.model import Forecast, Rival

#: So many origins, and values before each, are enough for a comparison; a longer season takes too long to fit.
_ORIGINS, _VALUES, _LONGEST = 6, 200, 60


@dataclass(frozen=True, eq=False)
class Smoothed:
    """A Holt-Winters forecast. converged: the optimiser says so; warnings: how many it gave."""

    mean: FloatArray
    warnings: int
    converged: bool


def exponential_smoothing(values: FloatArray, horizon: int, season: int) -> Smoothed | None:
    """Holt-Winters (additive season, damped additive trend) by statsmodels; None where it gives no numbers.

    values: without gaps; the season is left out where fewer than two of it are there.
    """
    from statsmodels.tsa.holtwinters import ExponentialSmoothing

    seasonal = season > 1 and len(values) >= 2 * season
    with warnings.catch_warnings(record=True) as noticed, np.errstate(all="ignore"):
        warnings.simplefilter("always")
        try:
            model = ExponentialSmoothing(
                values,
                trend="add",
                damped_trend=True,
                seasonal="add" if seasonal else None,
                seasonal_periods=season if seasonal else None,
                initialization_method="heuristic" if len(values) >= max(10, 2 * season) else "estimated",
            )
            found = model.fit()
            mean = np.asarray(found.forecast(horizon), dtype=np.float64)
        except (ValueError, np.linalg.LinAlgError):
            return None
    if not np.isfinite(mean).all():
        return None
    return Smoothed(mean, len(noticed), bool(getattr(found.mle_retvals, "success", True)))


def with_rival(found: Forecast, values: Values) -> Forecast:
    """The forecast with statsmodels among its rivals, over at most 6 origins of its backtest.

    values: those that the forecast was made from. Unchanged where there is no backtest.
    """
    if found.backtest.empty or found.season > _LONGEST:
        return found
    filled = seasons.filled(floats(values)[found.first :], found.season)
    origins = np.unique(found.backtest["origin"].to_numpy(dtype=np.int64))
    origins = origins[np.linspace(0, len(origins) - 1, min(len(origins), _ORIGINS)).astype(int)]
    pairs = found.backtest[found.backtest["origin"].isin(origins)]
    rival = _compared(pairs, filled, found)
    others = found.accuracy.rivals
    warned = found.warnings + rival.warnings
    return replace(found, accuracy=replace(found.accuracy, rivals=(*others, rival)), warnings=warned)


def _compared(pairs: pd.DataFrame, filled: FloatArray, found: Forecast) -> Rival:
    off, own, noticed, failed, used = [], [], 0, 0, 0
    for origin, rows in pairs.groupby("origin"):
        known = filled[: int(str(origin)) - found.first][-_VALUES:]
        smooth = exponential_smoothing(known, found.horizon, found.season)
        if smooth is None:
            failed += 1
            continue
        noticed += smooth.warnings
        failed += not smooth.converged
        used += 1
        actual = rows["actual"].to_numpy(dtype=float)
        off.append(
            np.abs(actual - np.clip(smooth.mean, found.lower, found.upper)[rows["step"].to_numpy(dtype=int) - 1])
        )
        own.append(np.abs(actual - rows["forecast"].to_numpy(dtype=float)))
    if not off:
        return Rival("exponential_smoothing", float("nan"), float("nan"), 0, noticed, failed)
    mae, ours = float(np.concatenate(off).mean()), float(np.concatenate(own).mean())
    return Rival("exponential_smoothing", mae, ours, used, noticed, failed)
