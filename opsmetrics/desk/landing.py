"""Where the fiscal year will land: what is counted so far and joint paths of what is to come, added before dividing.

Paths of the value and of its size share one copula: errors of both over the horizon, and between the two, as they were
in the backtests. So a ratio stays within its bounds, and a sum of periods is as uncertain as its errors are alike.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.access import OPEN, Viewer
from opsmetrics.catalog import GRAINS, Grain, Kpi, Slice
from opsmetrics.desk.desk import AsOf, Desk
from opsmetrics.desk.forecasting import HORIZONS, KpiForecast, distrust_of, forecast_review, met_by, seasons_of
from opsmetrics.review import KpiReview
from opsmetrics.series import period_label, periods, to_utc
from opsmetrics.stats.forecast import Forecast, forecast, paths, scores, through_fan

#: Grains whose periods a year is put together from; finer ones would be forecast hundreds of steps ahead.
FROM: tuple[Grain, ...] = ("week", "month", "quarter")

#: Chances are rounded to this, and never told as certain.
STEP = 0.05

#: Kinds whose year is a quotient of sums.
_DIVIDED = ("proportion", "rate", "ratio", "rare")

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Chance:
    """The chance that the fiscal year lands on its target.

    probability: rounded to 5 % within 5 … 95 %, None where it cannot be told; reason then says why: "no_target",
        "no_points", "stale", "few_origins" (too few forecasts to check), "no_skill" (no better than its base rate),
        "grain", "kind" (years of this kind do not add up), "over" (nothing left to come).
    likely, low, high: the landing in the middle and its 80 % range, stored units; None where it cannot be told.
    so_far: the year to date; label: the year's name; left: periods to come; grain: that they are counted in.
    """

    probability: float | None
    reason: str = ""
    label: str = ""
    grain: Grain | None = None
    left: int = 0
    so_far: float | None = None
    likely: float | None = None
    low: float | None = None
    high: float | None = None
    target_low: float | None = None
    target_high: float | None = None


def chance_for_year(desk: Desk, kpi: Kpi, slice_: Slice = (), *, as_of: AsOf = None, viewer: Viewer = OPEN) -> Chance:
    """The chance of a KPI slice for the running fiscal year, from its months (or the lead grain it names)."""
    if kpi.operate == "sample":
        return Chance(None, "grain")
    grain = kpi.lead if kpi.lead in FROM else max("month", kpi.operate, key=GRAINS.index)
    return chance_to_meet(desk.review(kpi.key, slice_, grain=grain, as_of=as_of, viewer=viewer))


def chance_to_meet(review: KpiReview) -> Chance:
    """The chance that the running fiscal year of a review by week, month or quarter lands on its target.

    The landing is Σ value·size over Σ size: the finished periods of the year as they are, the others by forecast; the
    target is the one in force at the end of the year. A running period is forecast whole.
    """
    grain = review.series.grain
    if grain not in FROM:
        return Chance(None, "grain")
    if not _adds_up(review.kpi):
        return Chance(None, "kind", grain=grain)
    start, end, label = _year(review)
    found = forecast_review(review, _left(review, end))
    if found.forecast is None:
        return Chance(None, found.reason, label, grain)
    ahead = found.ahead[(found.ahead["period"] >= start) & (found.ahead["period"] < end)]
    so_far = _so_far(review, start)
    if ahead.empty:
        return Chance(None, "over", label, grain, 0, _quotient(*so_far))
    low, high = (float(ahead[name].iloc[-1]) for name in ("target_low", "target_high"))
    landings = _landings(found, ahead["step"].to_numpy(dtype=int) - 1, *so_far)
    reason = "no_target" if np.isnan(low) and np.isnan(high) else distrust_of(found.forecast, low, high)
    likely = [float(x) for x in np.quantile(landings, (0.5, 0.1, 0.9))]
    told = None if reason else rounded(float(met_by(landings, low, high).mean()))
    target = [None if np.isnan(end) else end for end in (low, high)]
    return Chance(told, reason, label, grain, len(ahead), _quotient(*so_far), *likely, *target)


def rounded(probability: float) -> float:
    """To 5 %, and never certain: 0.05 and 0.95 stand for "at most" and "at least"."""
    return float(np.clip(round(probability / STEP) * STEP, STEP, 1 - STEP))


def _adds_up(kpi: Kpi) -> bool:
    """True where the year is Σ value·size / Σ size; counts have a target by period, medians and formulas no sum."""
    return kpi.kind in _DIVIDED or (kpi.kind == "measured" and kpi.statistic in ("mean", "share_within"))


def _year(review: KpiReview) -> tuple[pd.Timestamp, pd.Timestamp, str]:
    """Local start and end of the fiscal year that holds the as-of instant, and its name."""
    calendar, instant = review.kpi.calendar, review.series.as_of
    found = periods(calendar, "year", instant, instant + pd.DateOffset(years=1) + pd.Timedelta(days=1))
    start, end = found["period"].iloc[0], found["period"].iloc[1]
    return start, end, period_label(start, "year", calendar)


def _left(review: KpiReview, end: pd.Timestamp) -> int:
    """Open periods from the as-of instant to the end of the year, at least one."""
    calendar, grain = review.kpi.calendar, review.series.grain
    until = to_utc(pd.DatetimeIndex([end]), calendar.time_zone)[0]
    coming = periods(calendar, grain, review.series.as_of, max(until, review.series.as_of + pd.Timedelta(days=1)))
    open_ones = int(((coming["period"] < end) & ~coming["closed"]).sum())
    return min(max(open_ones, 1), HORIZONS[grain] * 4)


def _so_far(review: KpiReview, start: pd.Timestamp) -> tuple[float, float]:
    """Σ value·size and Σ size of the year's finished periods; what a person excluded from limits counts too."""
    points = review.points
    done = points[points["state"].isin(("judged", "excluded")) & (points["period"] >= start)]
    size = done["size"].to_numpy(dtype=float)
    return float(done["value"].to_numpy(dtype=float) @ size), float(size.sum())


def _quotient(above: float, below: float) -> float | None:
    return above / below if below > 0 else None


def _landings(found: KpiForecast, steps: npt.NDArray[np.int_], above: float, below: float) -> Floats:
    """The landing of each path."""
    assert found.forecast is not None
    sizes = _sizes(found)
    if isinstance(sizes, float):
        value_paths = paths(found.forecast)
        size_paths = np.full(value_paths.shape, sizes)
    else:
        shared = _together(found.forecast, sizes)
        of_size = scores(sizes.correlation, seed=1)
        own = scores(found.forecast.correlation, seed=2)
        value_paths = through_fan(found.forecast, shared * of_size + np.sqrt(1 - shared**2) * own)
        size_paths = through_fan(sizes, of_size)
    weight = size_paths[:, steps]
    total = below + weight.sum(axis=1)
    sums = above + (value_paths[:, steps] * weight).sum(axis=1)
    plain = value_paths[:, steps].mean(axis=1)
    landings: Floats = np.where(total > 0, sums / np.where(total > 0, total, 1.0), plain)
    return landings


def _sizes(found: KpiForecast) -> Forecast | float:
    """The forecast of the sizes over the same slots; where every size is one and the same, that size."""
    column = found.review.points["size"].to_numpy(dtype=float)
    judged = (found.review.points["state"] == "judged").to_numpy()
    known = np.where(judged, column, np.nan)
    values = np.where(found.positions >= 0, known[found.positions], np.nan)
    seen = values[np.isfinite(values)]
    if len(seen) == 0 or seen.max() == seen.min():
        return float(seen[0]) if len(seen) else 1.0
    assert found.forecast is not None
    seasons = seasons_of(found.review.kpi, found.review.series.grain)
    return forecast(values, found.forecast.horizon, seasons_tried=seasons, lower=0.0)


def _together(values: Forecast, sizes: Forecast) -> float:
    """Correlation of the errors of value and size at the same origin and step, 0 where too few are known."""
    keys = ["origin", "step"]
    both = values.backtest.merge(sizes.backtest, on=keys, suffixes=("", "_size"))
    if len(both) < 8:
        return 0.0
    a, b = both["actual"] - both["forecast"], both["actual_size"] - both["forecast_size"]
    if float(a.std()) <= 0 or float(b.std()) <= 0:
        return 0.0
    return float(np.clip(np.corrcoef(a, b)[0, 1], -0.95, 0.95))
