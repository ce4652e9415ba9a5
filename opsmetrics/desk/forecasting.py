"""The forecast of a KPI from its review: which points count, which periods come, and the target in each of them.

Only judged points are used, and only those since the last phase that people accepted: what was before a change says
little about what comes after it. Closed days are no periods; a holiday keeps its slot, so that the week stays in step,
and is no ordinary day: what it does is learned apart and laid over the holidays to come.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.catalog import Grain, Kpi
from opsmetrics.desk.forecast_holidays import Holidays, holidays_of
from opsmetrics.review import KpiReview
from opsmetrics.series import period_label, periods, to_utc
from opsmetrics.stats.forecast import Forecast, forecast, rivals
from opsmetrics.verdict.targets import attach

#: Periods ahead, unless a person asks for others, and at most.
HORIZONS: dict[Grain, int] = {"sample": 12, "shift": 42, "day": 28, "week": 13, "month": 12, "quarter": 8}
FURTHEST = 4

#: Longer silence than this many horizons: the last judged point is too old to forecast from.
STALE = 2

#: Backtest origins that a chance needs, and the Brier score that is good enough whatever the base rate.
ENOUGH_ORIGINS = 8
GOOD_BRIER = 0.01

#: What of a point is meant.
Column = Literal["value", "size"]

_DAYS: dict[Grain, float] = {"shift": 1, "day": 1, "week": 7, "month": 31, "quarter": 92}
_COLUMNS = ("step", "period", "ends_at", "label", "ended", "target_low", "target_high", "chance")


@dataclass(frozen=True, eq=False)
class KpiForecast:
    """What a KPI slice will do next at one grain. Values are in stored units.

    forecast: None where nothing can be said; reason then says why: "no_points" or "stale".
    ahead: one row per future period: step (of the forecast), period, ends_at, label, ended (bool: over, but not judged
        yet), target_low, target_high (NaN = open), chance (0 to 1 that it meets its target; NaN without a target, or
        where `distrust` says why no chance is given).
    positions: for each slot of the forecast's values the row of `review.points`, −1 for a slot without one.
    since: label of the first period of the accepted phase that bounds the history, "" where the whole history counts.
    left_out: judged points on closed days. distrust: "", "few_origins", "no_skill" or "no_target".
    fitted: the value of each slot that the forecast was made from. holidays: what was learned of them.
    open_share: by step the share of its working days that a scenario leaves open; all of them without one.
    """

    review: KpiReview
    horizon: int
    forecast: Forecast | None
    reason: str = ""
    ahead: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(_COLUMNS)))
    positions: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    since: str = ""
    left_out: int = 0
    distrust: str = "no_target"
    fitted: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    holidays: Holidays = field(default_factory=Holidays)
    open_share: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty(0))

    @property
    def points(self) -> pd.DataFrame:
        """The future periods with their means and ranges, one row each."""
        if self.forecast is None:
            return self.ahead
        table = self.forecast.points
        rows = table.iloc[self.ahead["step"].to_numpy(dtype=int) - 1].reset_index(drop=True)
        return pd.concat([self.ahead.reset_index(drop=True), rows.drop(columns="step")], axis=1)


def forecast_review(review: KpiReview, horizon: int | None = None) -> KpiForecast:
    """The forecast of the value of a reviewed series; `horizon` in periods that are open, default by grain.

    Never raises for what the data hold: a series without judged points has none, with its reason.
    """
    grain = review.series.grain
    wanted = min(max(horizon or HORIZONS[grain], 1), FURTHEST * HORIZONS[grain])
    judged = judged_in_force(review.points)
    if not judged.any():
        return KpiForecast(review, wanted, None, "no_points", since=_since(review))
    slots = _slots(review, judged, wanted)
    known = _values(review, judged, slots)
    if not np.isfinite(known).any():
        return KpiForecast(review, wanted, None, "no_points")
    last = int(np.flatnonzero(np.isfinite(known))[-1])
    waiting = int((slots["ended"] & ~slots["closed"]).iloc[last + 1 :].sum())
    if waiting > STALE * wanted:
        return KpiForecast(review, wanted, None, "stale")
    coming = slots.iloc[last + 1 :]
    coming = coming[~coming["closed"]].iloc[: waiting + wanted]
    steps = int(coming.index[-1]) - last
    lower, upper = bounds_for(review.kpi, known)
    holidays = holidays_of(review, slots.iloc[: last + steps + 1], known, seasons_of(review.kpi, grain))
    fitted = holidays.apart(known[: last + 1])
    plain = forecast(fitted, steps, seasons_tried=seasons_of(review.kpi, grain), lower=lower, upper=upper)
    found = holidays.laid_over(plain, known, last)
    ahead = _ahead(review, coming.assign(step=coming.index - last))
    distrust = _distrust(found, ahead)
    ahead["chance"] = chances(found, ahead) if not distrust else np.nan
    return KpiForecast(
        review,
        wanted,
        found,
        ahead=ahead,
        positions=slots["position"].to_numpy(dtype=np.int64)[: last + 1],
        since=_since(review),
        left_out=int(judged.sum() - np.isfinite(known).sum()),
        distrust=distrust,
        fitted=fitted,
        holidays=holidays,
        open_share=np.ones(steps),
    )


def with_rival(review: KpiReview, horizon: int | None = None) -> KpiForecast:
    """The same, compared also with what statsmodels would have forecast: a second or two more."""
    return compared(forecast_review(review, horizon))


def compared(found: KpiForecast) -> KpiForecast:
    """A forecast with what statsmodels would have forecast among its rivals."""
    if found.forecast is None:
        return found
    return replace(found, forecast=rivals.with_rival(found.forecast, found.fitted))


def seasons_of(kpi: Kpi, grain: Grain) -> tuple[int, ...]:
    """Lengths of a season to look for, in slots of the grain: a working week, a year."""
    week = 7 - len(kpi.calendar.closed_weekdays)
    shifts = len(kpi.calendar.shifts)
    found: dict[Grain, tuple[int, ...]] = {
        "shift": (week * shifts, shifts),
        "day": (week,),
        "week": (52,),
        "month": (12,),
        "quarter": (4,),
    }
    return found.get(grain, ())


def bounds_for(kpi: Kpi, values: npt.NDArray[np.float64]) -> tuple[float | None, float | None]:
    """The KPI's bounds; one that the data themselves leave is none."""
    low, high = kpi.bounds
    return (
        None if low is None or np.nanmin(values) < low - 1e-9 else low,
        None if high is None or np.nanmax(values) > high + 1e-9 else high,
    )


def slots_with(
    review: KpiReview, states: tuple[str, ...], column: Column = "value"
) -> tuple[pd.DataFrame, npt.NDArray[np.float64]]:
    """All slots from the first point of these states to the last, whatever its phase, with its value or its size (NaN:
    none)."""
    chosen = review.points["state"].isin(states).to_numpy(dtype=bool)
    if not chosen.any():
        return pd.DataFrame(columns=["period", "ends_at"]), np.empty(0)
    slots = _slots(review, chosen, 1)
    values = _values(review, chosen, slots, column)
    known = np.flatnonzero(np.isfinite(values))
    last = int(known[-1]) + 1 if len(known) else 0
    return slots.iloc[:last], values[:last]


def judged_in_force(points: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """The judged points of the phase in force."""
    if points.empty:
        return np.zeros(0, dtype=bool)
    current = points["phase"] == points["phase"].iloc[-1]
    rows: npt.NDArray[np.bool_] = ((points["state"] == "judged") & current).to_numpy(dtype=bool)
    return rows


def _since(review: KpiReview) -> str:
    phase = review.points["phase"]
    if phase.empty or phase.iloc[-1] == phase.iloc[0]:
        return ""
    return str(review.points["label"][phase == phase.iloc[-1]].iloc[0])


def _slots(review: KpiReview, judged: npt.NDArray[np.bool_], horizon: int) -> pd.DataFrame:
    """All slots from the first judged point on, and enough to come: period, ends_at, ended, closed, position."""
    points, grain = review.points, review.series.grain
    first = int(np.argmax(judged))
    if grain == "sample":
        return _numbered(points.iloc[first:], first, horizon)
    calendar = review.kpi.calendar
    begin = to_utc(pd.DatetimeIndex([points["period"].iloc[first]]), calendar.time_zone)[0]
    last_end = max(points["ends_at"].max(), review.series.as_of)
    margin = pd.Timedelta(days=2 * horizon * _DAYS[grain] + 40)
    slots = periods(calendar, grain, begin, last_end + margin)
    if grain in ("shift", "day"):
        weekday = slots["period"].dt.day_of_week
        slots = slots[~weekday.isin(sorted(calendar.closed_weekdays))].reset_index(drop=True)
    row_of = pd.Series(np.arange(len(points)), index=pd.DatetimeIndex(points["period"]))
    position = row_of.reindex(pd.DatetimeIndex(slots["period"])).fillna(-1).astype("int64").to_numpy()
    return slots.assign(ended=slots["ends_at"] <= review.series.as_of, position=position)


def _numbered(points: pd.DataFrame, first: int, horizon: int) -> pd.DataFrame:
    """Samples: those that are there, then the numbers that follow."""
    last = int(points["period"].iloc[-1])
    numbers = np.concatenate([points["period"].to_numpy(dtype=np.int64), last + 1 + np.arange(horizon)])
    ahead = np.arange(len(numbers)) >= len(points)
    position = np.where(ahead, -1, first + np.arange(len(numbers)))
    ends = np.full(len(numbers), np.datetime64("NaT", "us"))
    return pd.DataFrame({"period": numbers, "ends_at": ends, "ended": ~ahead, "closed": False, "position": position})


def _values(
    review: KpiReview, judged: npt.NDArray[np.bool_], slots: pd.DataFrame, column: Column = "value"
) -> npt.NDArray[np.float64]:
    """The judged value or size of each slot, NaN where there is none."""
    given = np.where(judged, review.points[column].to_numpy(dtype=float), np.nan)
    position = slots["position"].to_numpy()
    return np.where(position >= 0, given[position], np.nan)


def _ahead(review: KpiReview, coming: pd.DataFrame) -> pd.DataFrame:
    """The future periods with their words and the target that will be in force at their end."""
    calendar, grain = review.kpi.calendar, review.series.grain
    table = coming[["step", "period", "ends_at", "ended"]].reset_index(drop=True)
    label = [period_label(period, grain, calendar) for period in table["period"]]
    table = table.assign(label=label, value=np.nan, chance=np.nan)
    bare = table.assign(ended=False)
    aimed = attach(review.kpi, review.decisions, review.series.slice, bare, review.series.grain)
    return aimed.assign(ended=table["ended"])[list(_COLUMNS)]


# Chances


def _distrust(found: Forecast, ahead: pd.DataFrame) -> str:
    """Why no chance is given; "" where one may be."""
    aims = ahead[["target_low", "target_high"]].dropna(how="all")
    if aims.empty:
        return "no_target"
    low, high = (float(aims[end].iloc[0]) for end in ("target_low", "target_high"))
    return distrust_of(found, low, high)


def distrust_of(found: Forecast, low: float, high: float) -> str:
    """ "few_origins", "no_skill" or "": may chances of meeting this target (NaN: open side) be told?

    No skill: over the backtest the chances would have been worse (Brier 1950) than the share that met the target
    among the forecast values themselves, and not good either.
    """
    if found.accuracy.origins < ENOUGH_ORIGINS:
        return "few_origins"
    table = found.backtest
    met = met_by(table["actual"].to_numpy(dtype=float), low, high)
    steps, mean = table["step"].to_numpy(dtype=int), found.mean
    shift = mean[steps - 1] - table["forecast"].to_numpy(dtype=float)
    told = _chances(found, steps, low + shift, high + shift)
    score = float(((told - met) ** 2).mean())
    base = float(((met.mean() - met) ** 2).mean())
    return "" if score <= max(base, GOOD_BRIER) else "no_skill"


def _chances(
    found: Forecast, steps: npt.NDArray[np.int64], low: npt.NDArray[np.float64], high: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Chance of each step that its value lies within its low … high (NaN: open side)."""
    upper = np.where(np.isnan(high), 1.0, found.probabilities_below(steps, high))
    lower = np.where(np.isnan(low), 0.0, found.probabilities_below(steps, np.nextafter(low, -np.inf)))
    within: npt.NDArray[np.float64] = np.maximum(upper - lower, 0.0)
    return within


def met_by(values: npt.NDArray[np.float64], low: float, high: float) -> npt.NDArray[np.bool_]:
    """Which values meet a target (NaN: open side); equality counts."""
    found: npt.NDArray[np.bool_] = (np.isnan(low) | (values >= low)) & (np.isnan(high) | (values <= high))
    return found


def chances(found: Forecast, ahead: pd.DataFrame) -> npt.NDArray[np.float64]:
    """The chance of each future period to meet its own target, NaN without one."""
    low, high = (ahead[end].to_numpy(dtype=float) for end in ("target_low", "target_high"))
    told = _chances(found, ahead["step"].to_numpy(dtype=np.int64), low, high)
    return np.where(np.isnan(low) & np.isnan(high), np.nan, told)
