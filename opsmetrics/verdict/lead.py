"""A rare KPI meets its target over longer periods: the last closed lead periods, each against its own target."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from opsmetrics.catalog import GRAINS, Grain, Kpi, period_start
from opsmetrics.series import periods, to_local, to_utc
from opsmetrics.verdict.targets import aims_at, bounds_of, inside

#: Closed lead periods that are compared with the target (verdict.md 29a).
NEEDED = 12

#: The lead period of a KPI that names none and is operated by shift, day or week.
DEFAULT_LEAD: Grain = "month"


@dataclass(frozen=True)
class LeadRecord:
    """How many of the last closed lead periods met their target."""

    grain: Grain
    met: int
    periods: int
    needed: int = NEEDED


def lead_grain(kpi: Kpi, grain: Grain) -> Grain:
    """The grain at which a rare KPI is compared with its target: never finer than the series itself.

    Samples have no calendar: each sample is its own period, and so is each period of a value that cannot be pooled, and
    of a count, whose target holds for periods of one length.
    """
    wanted = kpi.lead or DEFAULT_LEAD
    if not poolable(kpi) or not aims_at(kpi, wanted):
        return grain
    return wanted if grain != "sample" and GRAINS.index(wanted) > GRAINS.index(grain) else grain


def poolable(kpi: Kpi) -> bool:
    """False where the value of a month does not follow from those of its days: medians, percentiles, formulas."""
    return kpi.kind != "derived" and not (kpi.kind == "measured" and kpi.statistic in ("median", "p90"))


def lead_record(kpi: Kpi, points: pd.DataFrame, phase: pd.DataFrame, grain: Grain) -> LeadRecord:
    """The record over the last closed lead periods.

    points: a review's points with targets; phase: the judged points of its current phase, in order. Sums come first,
    then one division. A lead period in which the phase or the KPI began too late to be whole does not count.
    """
    lead = lead_grain(kpi, grain)
    if lead == grain:
        whole = [phase.iloc[[row]] for row in range(len(phase))[-NEEDED:]]
    else:
        starts = [period_start(start.to_pydatetime(), lead, kpi.calendar) for start in phase["period"]]
        reached = _open_since(kpi, points, lead) if starts else dt.datetime.min
        closed = [start for start in dict.fromkeys(starts) if start < reached]
        groups = [phase[[own == start for own in starts]] for start in closed[-NEEDED - 1 :]]
        if groups and not _whole(kpi, points, groups[0], grain, lead):
            groups = groups[1:]
        whole = groups[-NEEDED:]
    met = sum(inside(_together(kpi, part), *bounds_of(part.iloc[-1])) for part in whole)
    return LeadRecord(lead, int(met), len(whole))


def _open_since(kpi: Kpi, points: pd.DataFrame, lead: Grain) -> dt.datetime:
    """The start of the lead period that the site's clock has reached, as far as data are there; those before it are
    closed. Time that passes while data are late or missing closes nothing, so that the last verdict is kept."""
    last = points.iloc[_known(points)]
    reached = last["period"]
    if last["ended"]:
        reached = to_local([last["ends_at"]], kpi.calendar.time_zone)[0]
    return period_start(reached.to_pydatetime(), lead, kpi.calendar)


def _known(points: pd.DataFrame) -> int:
    """The position of the last row before the first that is missing after the last judged one."""
    state = points["state"].to_numpy()
    judged = int(np.flatnonzero(state == "judged")[-1])
    missing = np.flatnonzero(np.isin(state[judged:], ("gap", "uncovered")))
    return judged + int(missing[0]) - 1 if len(missing) else len(state) - 1


def _whole(kpi: Kpi, points: pd.DataFrame, part: pd.DataFrame, grain: Grain, lead: Grain) -> bool:
    """True where no working period of the first lead period lies before its first judged point."""
    first = part["period"].iloc[0]
    start = pd.Timestamp(period_start(first.to_pydatetime(), lead, kpi.calendar))
    if first == start:
        return True
    if ((points["period"] >= start) & (points["period"] < first)).any():
        return False
    begin, end = to_utc([start, first], kpi.calendar.time_zone)
    return bool(periods(kpi.calendar, grain, begin, end)["closed"].all())


def _together(kpi: Kpi, part: pd.DataFrame) -> float:
    """The value of some periods taken as one: ratios by their sums, counts added, means weighted by their readings."""
    if len(part) == 1:
        return float(part["value"].iloc[0])
    if part[["numerator", "denominator"]].notna().all(axis=None):
        return float(part["numerator"].sum() / part["denominator"].sum())
    if kpi.counts:
        return float(part["numerator"].sum())
    return float(np.average(part["value"], weights=part["size"]))
