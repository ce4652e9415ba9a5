"""Which periods the live batches cover from their start and to their end."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.catalog import Calendar, Grain, Kpi, Slice
from opsmetrics.series.calendar import open_days, to_local, to_utc

Instants = npt.NDArray[np.datetime64]


def covered(periods: pd.DataFrame, spans: pd.DataFrame, kpi: Kpi, slice_: Slice, grain: Grain) -> pd.DataFrame:
    """Two flags for each period: from_start (the spans hold its start) and reaches_end (… its end).

    `periods` as `calendar.periods` makes them; `spans` with starts_at, ends_at (naive UTC) and reporters (lists).
    Closed days at either end of a week, month or quarter need no cover.
    """
    begins, ends = _union(_of_reporter(spans, kpi, slice_))
    opens, closes = _working_part(periods, kpi.calendar, grain)
    after_begin = np.searchsorted(begins, opens, side="right") - 1
    before_end = np.searchsorted(begins, closes, side="left") - 1
    last = np.append(ends, np.datetime64("NaT"))  # position -1: before every span, and NaT compares as False
    return pd.DataFrame({"from_start": opens < last[after_begin], "reaches_end": closes <= last[before_end]})


def _of_reporter(spans: pd.DataFrame, kpi: Kpi, slice_: Slice) -> pd.DataFrame:
    """For a slice of one reporter, the spans in which it reported (or which name no reporters)."""
    reporter = dict(slice_).get(kpi.reported_by) if kpi.reported_by else None
    if reporter is None or spans.empty:
        return spans
    return spans[[_reports(names, reporter) for names in spans["reporters"]]]


def _reports(names: Any, reporter: str) -> bool:
    return names is None or len(names) == 0 or reporter in names


def _union(spans: pd.DataFrame) -> tuple[Instants, Instants]:
    """Begins and ends of the stretches that the spans cover together; spans that touch are one stretch."""
    if spans.empty:
        none = np.array([], dtype="datetime64[us]")
        return none, none
    ordered = spans.sort_values("starts_at")
    begins = ordered["starts_at"].to_numpy().astype("datetime64[us]")
    reach = np.maximum.accumulate(ordered["ends_at"].to_numpy().astype("datetime64[us]"))
    fresh = np.append(True, begins[1:] > reach[:-1])
    return begins[fresh], reach[np.append(np.flatnonzero(fresh)[1:] - 1, len(reach) - 1)]


def _working_part(periods: pd.DataFrame, calendar: Calendar, grain: Grain) -> tuple[Instants, Instants]:
    """Start and end of each period in UTC, without the closed days at either end of a coarse one."""
    starts = periods["starts_at"].to_numpy().astype("datetime64[us]")
    ends = periods["ends_at"].to_numpy().astype("datetime64[us]")
    if grain in ("shift", "day") or periods.empty or not (calendar.closed_weekdays or calendar.closed_dates):
        return starts, ends
    first = periods["period"].to_numpy().astype("datetime64[D]")
    after = to_local(ends, calendar.time_zone).to_numpy().astype("datetime64[D]")
    days = np.arange(first[0], after[-1])
    working = days[open_days(calendar, days)]
    opens, closes = np.searchsorted(working, first), np.searchsorted(working, after) - 1
    some = opens <= closes
    begin, end = starts.copy(), ends.copy()
    begin[some] = _midnights(working[opens[some]], calendar)
    end[some] = _midnights((working[closes[some]].astype("int64") + 1).astype("datetime64[D]"), calendar)
    return begin, end


def _midnights(days: Instants, calendar: Calendar) -> Instants:
    return to_utc(days.astype("datetime64[us]"), calendar.time_zone).to_numpy()
