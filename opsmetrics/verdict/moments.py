"""Where decisions fall on a series: moments of the site's clock become rows of its points."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.catalog import Decision, DecisionKind, Moment
from opsmetrics.series import KpiSeries

Mask = npt.NDArray[np.bool_]

#: Marks on single periods. Without a grain of their own they hold at the KPI's operate grain only: a day that
#: is excluded must not take its whole month with it.
_OF_ONE_GRAIN: frozenset[DecisionKind] = frozenset({"exclude", "complete", "lock"})


def of_kind(series: KpiSeries, decisions: Iterable[Decision], kind: DecisionKind) -> tuple[Decision, ...]:
    """Of the decisions in force those of one kind that hold at the series' grain, oldest first."""
    return tuple(d for d in decisions if d.kind == kind and _holds(series, d))


def _holds(series: KpiSeries, decision: Decision) -> bool:
    moments = [moment for moment in (decision.start, decision.end) if moment is not None]
    if any(isinstance(moment, int) != (series.grain == "sample") for moment in moments):
        return False  # days and sample numbers never compare
    if decision.grain is None and decision.kind in _OF_ONE_GRAIN:
        return series.grain == series.kpi.operate
    return decision.grain is None or decision.grain == series.grain


def covered(series: KpiSeries, decision: Decision) -> Mask:
    """Rows whose period starts within the decision's start and end, both included (no end: the start alone).

    Where none does (a moment inside a week, say), the row whose period holds the start.
    """
    start = decision.start
    end = start if decision.end is None else decision.end
    starts = series.points["period"]
    inside: Mask = (at_or_after(starts, start) & ~_after(starts, end)).to_numpy(dtype=bool)
    return inside if inside.any() or start is None else _holding(series, start)


def marked(series: KpiSeries, decisions: Iterable[Decision], kind: DecisionKind) -> Mask:
    """Rows marked by any decision of this kind."""
    rows = np.zeros(len(series.points), dtype=bool)
    for decision in of_kind(series, decisions, kind):
        rows |= covered(series, decision)
    return rows


def at_or_after(starts: pd.Series, moment: Moment | None) -> pd.Series:
    """True for the periods that start at the moment or after it; None is before all of them."""
    if moment is None:
        return pd.Series(True, index=starts.index)
    return pd.Series(starts >= _comparable(moment), index=starts.index)


def _after(starts: pd.Series, moment: Moment | None) -> pd.Series:
    if moment is None:
        return pd.Series(False, index=starts.index)
    return pd.Series(starts > _comparable(moment), index=starts.index)


def _holding(series: KpiSeries, moment: Moment) -> Mask:
    """The one row whose period is running at the moment; closed days and samples between numbers have none."""
    rows = np.zeros(len(series.points), dtype=bool)
    before = np.flatnonzero(~_after(series.points["period"], moment).to_numpy(dtype=bool))
    if len(before) == 0 or isinstance(moment, int):
        return rows
    zone = ZoneInfo(series.kpi.calendar.time_zone)
    instant = moment.replace(tzinfo=zone).astimezone(dt.UTC).replace(tzinfo=None)
    rows[before[-1]] = series.points["ends_at"].iloc[before[-1]] > instant
    return rows


def _comparable(moment: Moment) -> pd.Timestamp | int:
    return moment if isinstance(moment, int) else pd.Timestamp(moment)
