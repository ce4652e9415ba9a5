"""Which periods the live batches cover: from their start, to their end, and as a whole."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.catalog import Calendar, Kpi, Slice, Stream
from opsmetrics.series.calendar import open_days, to_local, to_utc
from opsmetrics.series.model import Flags, Stretch

Instants = npt.NDArray[np.datetime64]

#: Periods of at most a day: they are open or closed as a whole.
FINE = ("shift", "day")


def joined(spans: pd.DataFrame, calendar: Calendar) -> pd.DataFrame:
    """What is covered (`Store.covered`: starts_at, ends_at, reporters, watched) as spans: two watched stretches of one
    unit are one where no whole working day lies between them."""
    watched = spans["watched"].to_numpy(dtype=bool)
    known = spans.loc[~watched, ["starts_at", "ends_at", "reporters"]]
    if not watched.any():
        return known
    parts = spans.loc[watched, ["starts_at", "ends_at", "reporters"]]
    parts = parts.sort_values(["reporters", "starts_at"], ignore_index=True)
    before = parts["ends_at"].shift()
    same = (parts["reporters"] == parts["reporters"].shift()).to_numpy(dtype=bool)
    apart = [
        not (one and (start <= end or not _holds_working_day(end, start, calendar)))
        for one, end, start in zip(same, before, parts["starts_at"], strict=True)
    ]
    parts = parts.groupby(np.cumsum(apart)).agg({"starts_at": "min", "ends_at": "max", "reporters": "first"})
    return pd.concat([known, parts], ignore_index=True) if len(known) else parts.reset_index(drop=True)


def _holds_working_day(begin: pd.Timestamp, end: pd.Timestamp, calendar: Calendar) -> bool:
    """True where a whole working day lies between two instants."""
    first, last = to_local([begin, end], calendar.time_zone).to_numpy().astype("datetime64[D]")
    _, begins, ends = open_stretches(calendar, first, last + np.timedelta64(1, "D"))
    return bool(((begins >= begin.to_datetime64()) & (ends <= end.to_datetime64())).any())


def covered(periods: pd.DataFrame, spans: pd.DataFrame, kpi: Kpi, slice_: Slice, grain: Stretch) -> pd.DataFrame:
    """Two flags for each period: from_start (the spans hold its start) and reaches_end (… its end).

    `periods` as `calendar.periods` makes them; `spans` with starts_at, ends_at (naive UTC) and reporters (lists).
    Closed days at either end of a week, month or quarter need no cover.
    """
    begins, ends = union(spans_of(spans, reporter_of(kpi, slice_)))
    opens, closes = _working_part(periods, kpi.calendar, grain)
    after_begin = np.searchsorted(begins, opens, side="right") - 1
    before_end = np.searchsorted(begins, closes, side="left") - 1
    last = np.append(ends, np.datetime64("NaT"))  # position -1: before every span, and NaT compares as False
    return pd.DataFrame({"from_start": opens < last[after_begin], "reaches_end": closes <= last[before_end]})


def others_reached(periods: pd.DataFrame, spans: pd.DataFrame, kpi: Kpi, slice_: Slice, grain: Stretch) -> Flags:
    """Of the slice of one reporter: the spans of anybody hold the period's end, so that its silence is its own. Where
    the slice is limited further, another part of the reporter's numbers may be in: then only without a span of it.
    Arguments as for `covered`."""
    anybody: Flags = covered(periods, spans, kpi, (), grain)["reaches_end"].to_numpy(dtype=bool)
    if len(slice_) == 1:
        return anybody
    own: Flags = covered(periods, spans, kpi, slice_, grain)["reaches_end"].to_numpy(dtype=bool)
    return np.logical_and(anybody, ~own)


def wholly(periods: pd.DataFrame, spans: pd.DataFrame, calendar: Calendar, grain: Stretch) -> Flags:
    """True for each period that the spans hold from end to end. Of a week, month, quarter or year each open day must
    be covered; one without open days is not."""
    if periods.empty:
        return np.zeros(0, dtype=bool)
    if grain in FINE:
        return _inside(_stamps(periods["starts_at"]), _stamps(periods["ends_at"]), spans)
    first = periods["period"].to_numpy().astype("datetime64[D]")
    after = to_local(_stamps(periods["ends_at"]), calendar.time_zone).to_numpy().astype("datetime64[D]")
    days, begins, ends = open_stretches(calendar, first[0], after[-1])
    held = np.concatenate([[0], np.cumsum(_inside(begins, ends, spans))])
    opens, closes = np.searchsorted(days, first), np.searchsorted(days, after)
    whole: Flags = (held[closes] - held[opens] == closes - opens) & (closes > opens)
    return whole


def open_stretches(
    calendar: Calendar, first: np.datetime64, after: np.datetime64
) -> tuple[Instants, Instants, Instants]:
    """The working days from `first` up to `after` (local days): the days, their begins and their ends in UTC."""
    days = np.arange(first, after)
    days = days[open_days(calendar, days)]
    return days, _midnights(days, calendar), _midnights(days + np.timedelta64(1, "D"), calendar)


def reporter_of(kpi: Kpi, slice_: Slice) -> str | None:
    """The one reporter that a slice is limited to; None where it is not limited to one."""
    return dict(slice_).get(kpi.reported_by) if kpi.reported_by else None


def spans_of_events(spans: pd.DataFrame, stream: Stream, kpi: Kpi, slice_: Slice) -> pd.DataFrame:
    """The spans of a stream as they count for the slice of a KPI. They name values of the stream's own reporting
    dimension. Where the KPI is reported by another one (or by nobody): those that hold for the value that the slice
    names, and without names that would be taken for those of the other dimension."""
    if spans.empty or stream.reported_by in (None, kpi.reported_by):
        return spans
    own = spans_of(spans, dict(slice_).get(str(stream.reported_by)))
    if kpi.reported_by is None:
        return own
    return own.assign(reporters=pd.Series([()] * len(own), index=own.index, dtype="object"))


def spans_of(spans: pd.DataFrame, reporter: str | None) -> pd.DataFrame:
    """For one reporter the spans in which it reported (or which name no reporters); without one all of them."""
    if reporter is None or spans.empty:
        return spans
    return spans[[_reports(names, reporter) for names in spans["reporters"]]]


def reporters_named(spans: pd.DataFrame) -> tuple[str, ...]:
    """The reporters that the spans name, sorted."""
    if spans.empty:
        return ()
    return tuple(sorted({str(name) for names in spans["reporters"] if names is not None for name in names}))


def _reports(names: Any, reporter: str) -> bool:
    return names is None or len(names) == 0 or reporter in names


def union(spans: pd.DataFrame) -> tuple[Instants, Instants]:
    """Begins and ends of the stretches that the spans cover together; spans that touch are one stretch."""
    if spans.empty:
        none = np.array([], dtype="datetime64[us]")
        return none, none
    return merged(_stamps(spans["starts_at"]), _stamps(spans["ends_at"]))


def merged(begins: Instants, ends: Instants) -> tuple[Instants, Instants]:
    """The same time as disjoint stretches in order; what touches is one stretch, what is empty drops out."""
    some = begins < ends
    order = np.argsort(begins[some], kind="stable")
    begins, reach = begins[some][order], np.maximum.accumulate(ends[some][order])
    if not len(begins):
        return begins, reach
    fresh = np.append(True, begins[1:] > reach[:-1])
    return begins[fresh], reach[np.append(np.flatnonzero(fresh)[1:] - 1, len(reach) - 1)]


def _inside(begins: Instants, ends: Instants, spans: pd.DataFrame) -> Flags:
    """True for each stretch that lies within one covered stretch."""
    from_, to = union(spans)
    last = np.append(to, np.datetime64("NaT"))
    inside: Flags = ends <= last[np.searchsorted(from_, begins, side="right") - 1]
    return inside


def _stamps(instants: pd.Series) -> Instants:
    return instants.to_numpy().astype("datetime64[us]")


def _working_part(periods: pd.DataFrame, calendar: Calendar, grain: Stretch) -> tuple[Instants, Instants]:
    """Start and end of each period in UTC, without the closed days at either end of a coarse one."""
    starts, ends = _stamps(periods["starts_at"]), _stamps(periods["ends_at"])
    if grain in FINE or periods.empty or not (calendar.closed_weekdays or calendar.closed_dates):
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
    return to_utc(days.astype("datetime64[us]"), calendar.time_zone).to_numpy().astype("datetime64[us]")
