"""A review laid out for a landing: complete slots of the paths' grain, what is counted so far, and what is to come.

Everything follows from the points of one review. Coarser slots than its own are put together from its points, sums
first; a slot of which half is missing is a gap, one of which less is missing counts in proportion.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.catalog import Grain, Kpi, period_start
from opsmetrics.desk.forecasting import judged_in_force
from opsmetrics.desk.kept import OncePer
from opsmetrics.review import KpiReview
from opsmetrics.series import Stretch as Span
from opsmetrics.series import period_label, periods, to_utc
from opsmetrics.stats.landing import Stretch

#: A coarser slot counts where so much of its open periods is known.
_KNOWN = 0.5

_Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Running:
    """A running stretch of the calendar: month, quarter or fiscal year. start, end: naive local, half open."""

    span: Span
    start: pd.Timestamp
    end: pd.Timestamp
    label: str


@dataclass(frozen=True, eq=False)
class Arranged:
    """values, sizes: of each complete slot since the phase in force, NaN for a gap. stretch: what is known of the
    running stretch, over the slots ahead. before: its complete slots; length: all its slots, those at its ends in part.
    grain, ahead: of the slots ahead, with their period (naive local start), ends_at (naive UTC) and label; past: period
    and ends_at of the slots of `values`. waiting: open periods that are over and not judged. coming: open periods still
    to come (or to be judged) in the stretch."""

    values: _Floats
    sizes: _Floats
    stretch: Stretch
    before: int
    length: float
    grain: Grain
    past: pd.DataFrame
    ahead: pd.DataFrame
    waiting: int
    coming: int


def running(review: KpiReview, span: Span) -> Running:
    """The month, quarter or fiscal year that holds the as-of instant."""
    calendar, instant = review.kpi.calendar, review.series.as_of
    found = periods(calendar, span, instant, instant + pd.DateOffset(years=1) + pd.Timedelta(days=1))
    start, end = found["period"].iloc[0], found["period"].iloc[1]
    return Running(span, start, end, period_label(start, span, calendar))


def is_sum(kpi: Kpi, points: pd.DataFrame) -> bool:
    """True where periods add up without a size: counts, and rare events without opportunities."""
    return kpi.kind == "count" or (kpi.kind == "rare" and bool(points["denominator"].isna().all()))


def arrange(review: KpiReview, within: Running, grain: Grain) -> Arranged | None:
    """The review laid out by slots of a grain that is not finer than its own; None without a judged point."""
    facts = _facts(review)
    judged = facts[facts["judged"]]
    if judged.empty:
        return None
    last = judged["period"].iloc[-1]
    units = _units(review, facts, within, grain)
    starts = units["slot"].drop_duplicates().reset_index(drop=True)
    place = starts.searchsorted(units["slot"])
    openly, known = ~units["closed"].to_numpy(dtype=bool), units["judged"].to_numpy(dtype=bool)
    to_come = openly & (units["period"] > last).to_numpy()
    inside = ((units["period"] >= within.start) & (units["period"] < within.end)).to_numpy()

    def summed(of: npt.NDArray[np.generic]) -> _Floats:
        return np.bincount(place, of, minlength=len(starts)).astype(np.float64)

    every, waits = summed(openly | known), summed(to_come)
    complete = int(np.argmax(waits > 0)) if (waits > 0).any() else len(starts)

    def parts(of: npt.NDArray[np.bool_]) -> _Floats:
        return np.divide(summed(of & inside), every, out=np.zeros(len(starts)), where=every > 0)

    above, below = (summed(units[name].to_numpy(dtype=float))[:complete] for name in ("above", "below"))
    values, sizes = _history(review, above, below, every[:complete], summed(known)[:complete])
    ended = (units["ends_at"] <= review.series.as_of).to_numpy()
    return Arranged(
        values,
        sizes,
        _stretch(facts, within, last, parts(to_come)[complete:], starts.iloc[complete:]),
        before=int((starts.iloc[:complete] >= within.start).sum()),
        length=float(parts(openly | known).sum() + _earlier(review, within, starts.iloc[0]) / every[every > 0].mean()),
        grain=grain,
        past=_spans(units, starts.iloc[:complete]),
        ahead=_spans(units, starts.iloc[complete:]).assign(
            label=[period_label(slot, grain, review.kpi.calendar) for slot in starts.iloc[complete:]]
        ),
        waiting=int((to_come & ended).sum()),
        coming=int((to_come & inside).sum()),
    )


def counting(review: KpiReview, within: Running) -> tuple[pd.Series, int]:
    """Which open periods a sum of the stretch is made of (their starts, naive local): those with a value and those
    still to come; and how many were over without a value before the last judged one."""
    facts = _facts(review)
    first, after = to_utc(pd.DatetimeIndex([within.start, within.end]), review.kpi.calendar.time_zone)
    every = periods(review.kpi.calendar, review.series.grain, first, after)
    begins = every.loc[~every["closed"] & (every["period"] >= within.start) & (every["period"] < within.end), "period"]
    counts = begins.isin(facts.loc[facts["known"], "period"]) | (begins > facts.loc[facts["judged"], "period"].iloc[-1])
    return begins[counts], int((~counts).sum())


def _earlier(review: KpiReview, within: Running, begin: pd.Timestamp) -> int:
    """Open periods of the stretch before the first slot that is laid out: before the phase in force, or any value."""
    if within.start >= begin:
        return 0
    calendar = review.kpi.calendar
    first, after = to_utc(pd.DatetimeIndex([within.start, begin]), calendar.time_zone)
    found = periods(calendar, review.series.grain, first, after)
    return int((~found["closed"] & (found["period"] >= within.start) & (found["period"] < begin)).sum())


def _spans(units: pd.DataFrame, starts: pd.Series) -> pd.DataFrame:
    ends = units.groupby("slot")["ends_at"].max().reindex(starts)
    return pd.DataFrame({"period": starts.to_numpy(), "ends_at": ends.to_numpy()})


def _stretch(facts: pd.DataFrame, within: Running, last: pd.Timestamp, weight: _Floats, ahead: pd.Series) -> Stretch:
    """What is known of the stretch, of whatever state: excluded points and half-reported days were counted too. What
    came after the last judged period is what slots ahead have begun to show."""
    period = facts["period"]
    shown = facts[facts["known"] & (period >= within.start) & (period < within.end)]
    done, begun = shown[shown["period"] <= last], shown[shown["period"] > last]
    slot = ahead.searchsorted(begun["period"], side="right") - 1
    early = slot < 0  # a day of rest before the first slot ahead
    first = pd.concat([done, begun[early]])
    above, below = (
        np.bincount(slot[~early], begun.loc[~early, name], minlength=len(ahead)).astype(np.float64)
        for name in ("above", "below")
    )
    return Stretch(float(first["above"].sum()), float(first["below"].sum()), weight, above, below)


def _units(review: KpiReview, facts: pd.DataFrame, within: Running, grain: Grain) -> pd.DataFrame:
    """The periods of the review's own grain from the slot of the first judged one to that of the stretch's end: period,
    ends_at, closed, slot (its start), judged, above, below. Closed weekdays are no periods, a holiday keeps its own."""
    calendar, own = review.kpi.calendar, review.series.grain
    judged = facts[facts["judged"]]
    final = max(within.end - pd.Timedelta(microseconds=1), judged["period"].iloc[-1])
    begin, until = _start(judged["period"].iloc[0], grain, review), _start(final, grain, review) + _LENGTH[grain]
    first, after = to_utc(pd.DatetimeIndex([begin, until]), calendar.time_zone)
    units = periods(calendar, own, first, after)
    units = units[units["period"] >= begin]  # not the shift of the night before
    if own in ("shift", "day"):
        units = units[~units["period"].dt.day_of_week.isin(sorted(calendar.closed_weekdays))]
    units = units.reset_index(drop=True)
    slot = units["period"]
    if grain != own:
        starts = periods(calendar, grain, first, after)["period"]
        spot = np.clip(starts.searchsorted(slot, side="right") - 1, 0, None)
        slot = pd.Series(starts.to_numpy()[spot], index=units.index)
    found = judged.set_index("period").reindex(pd.DatetimeIndex(units["period"]))
    return units[["period", "ends_at", "closed"]].assign(
        slot=slot,
        judged=found["above"].notna().to_numpy(),
        above=found["above"].fillna(0.0).to_numpy(),
        below=found["below"].fillna(0.0).to_numpy(),
    )


#: The calendar's length of a slot.
_LENGTH: dict[Grain, pd.DateOffset] = {
    "shift": pd.DateOffset(days=1),
    "day": pd.DateOffset(days=1),
    "week": pd.DateOffset(days=7),
    "month": pd.DateOffset(months=1),
    "quarter": pd.DateOffset(months=3),
}


def _start(moment: pd.Timestamp, grain: Grain, review: KpiReview) -> pd.Timestamp:
    """The start of the slot that holds a local time; of a shift that of its day."""
    coarse: Grain = "day" if grain == "shift" else grain
    return pd.Timestamp(period_start(moment.to_pydatetime(), coarse, review.kpi.calendar))


@OncePer
def _facts(review: KpiReview) -> pd.DataFrame:
    """Of each point: period, what it adds above and below, whether it is known, and judged in the phase in force; made
    once for all stretches of a review."""
    points = review.points
    if points.empty:
        return pd.DataFrame({"judged": pd.Series(dtype=bool)})
    value, size = points["value"].to_numpy(dtype=float), points["size"].to_numpy(dtype=float)
    total = is_sum(review.kpi, points)
    known = np.isfinite(value) & np.isfinite(size) & (points["state"] != "gap").to_numpy()
    return pd.DataFrame(
        {
            "period": points["period"].to_numpy(),
            "above": np.where(known, value if total else value * size, 0.0),
            "below": np.where(known, 1.0 if total else size, 0.0),
            "judged": known & judged_in_force(points),
            "known": known,
        }
    )


def _history(
    review: KpiReview, above: _Floats, below: _Floats, every: _Floats, known: _Floats
) -> tuple[_Floats, _Floats]:
    """Value and size of each complete slot, scaled to its open periods where some are missing."""
    enough = (known > 0) & (known >= _KNOWN * every)
    scale = np.divide(every, known, out=np.full(len(every), np.nan), where=enough)
    if is_sum(review.kpi, review.points):
        return above * scale, np.where(enough, 1.0, np.nan)
    quotient = np.divide(above, below, out=np.full(len(above), np.nan), where=below > 0)
    return np.where(enough, quotient, np.nan), np.where(below > 0, below * scale, np.nan)
