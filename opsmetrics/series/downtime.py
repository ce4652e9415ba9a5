"""Uptime from outages: scheduled minutes, less those on which the unit was down, on the site's calendar.

All time is handled as disjoint half-open stretches in microseconds of UTC, so a clock change needs no care here: a day
of 23 hours has 1,380 scheduled minutes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.catalog import Kpi, Slice
from opsmetrics.series import sums
from opsmetrics.series.calendar import to_local
from opsmetrics.series.coverage import FINE, Instants, merged, open_stretches, reporters_named, spans_of, union, wholly
from opsmetrics.series.model import EventFacts, Stretch, units_of
from opsmetrics.series.slots import Slots

Micros = npt.NDArray[np.int64]
Stretches = tuple[Instants, Instants]

_MINUTE = 60_000_000
#: Longer outages are as long as this, so that an end stays within what a timestamp holds.
_LONGEST = 100 * 366 * 1440.0


@dataclass(frozen=True, eq=False)
class Uptime:
    """Measures by period (as `sums.values`), and units × periods: where each was scheduled, and held by a file."""

    values: pd.DataFrame
    presence: pd.DataFrame


def uptime(
    kpi: Kpi,
    slice_: Slice,
    grain: Stretch,
    slots: Slots,
    events: EventFacts,
    spans: pd.DataFrame,
    as_of: pd.Timestamp,
) -> Uptime:
    """Scheduled minutes and those of them on which the units ran, for each period.

    Scheduled are the open days of the calendar (shifts by the day on which they start) inside the spans that name the
    unit, up to `as_of`. An outage that is not closed by then lasts until then; overlapping ones of a unit count once.
    """
    units = units_of(kpi, events.stream)
    down = _outages(events.outages, units, as_of)
    working = _working(kpi, slots, grain)
    scheduled, lost, rows = (np.zeros(len(slots)) for _ in range(3))
    held = {}
    for unit in _units(slice_, units, down, spans):
        own = spans_of(spans, unit or None)
        planned = intersection(working, _until(union(own), as_of))
        outages = down[down["unit"] == unit]
        begins, ends = outages["starts_at"].to_numpy(), outages["ends_at"].to_numpy()
        minutes = _minutes(planned, slots)
        scheduled += minutes
        lost += _minutes(intersection(planned, merged(begins, ends)), slots)
        rows += np.where(minutes > 0, _touching(begins, ends, slots), 0)
        held[unit] = _held(own, kpi, grain, slots, minutes)
    value = np.divide(scheduled - lost, scheduled, out=np.full(len(slots), np.nan), where=scheduled > 0)
    numerator, size = (np.where(scheduled > 0, each, np.nan) for each in (scheduled - lost, scheduled))
    frame = pd.DataFrame({"value": value, "size": size, "numerator": numerator, "denominator": size})
    frame = frame.assign(spread=np.nan, rows=rows.astype("int64"))
    return Uptime(frame[list(sums.MEASURES)], pd.DataFrame(held, index=pd.RangeIndex(len(slots)), dtype=bool))


def _held(own: pd.DataFrame, kpi: Kpi, grain: Stretch, slots: Slots, minutes: npt.NDArray[np.float64]) -> np.ndarray:
    """Where the unit's files are in: the whole of an ended period, or something of the running one."""
    ended = slots.frame["ended"].to_numpy(dtype=bool)
    return np.where(ended, wholly(slots.frame, own, kpi.calendar, grain), minutes > 0)


def _until(stretches: Stretches, as_of: pd.Timestamp) -> Stretches:
    begins, ends = stretches
    return merged(begins, np.minimum(ends, as_of.to_datetime64()))


def _outages(found: pd.DataFrame, units: tuple[str, ...], as_of: pd.Timestamp) -> pd.DataFrame:
    """Outages known at `as_of`: unit, starts_at, ends_at (at most `as_of`), in order of their start."""
    if found.empty:
        stamps = pd.Series(dtype="datetime64[us]")
        return pd.DataFrame({"unit": pd.Series(dtype="str"), "starts_at": stamps, "ends_at": stamps})
    found = found[found["starts_at"] < as_of].sort_values("starts_at")
    starts = found["starts_at"].to_numpy().astype("datetime64[us]")
    minutes = np.clip(found["minutes"].to_numpy(dtype="float64"), 0, _LONGEST)
    length = np.where(np.isnan(minutes), _LONGEST, minutes) * _MINUTE
    ends = np.minimum(starts + np.rint(length).astype("timedelta64[us]"), as_of.to_datetime64())
    names = [found[name].fillna("").astype(str) for name in units]
    unit = [" · ".join(parts) for parts in zip(*names, strict=True)] if units else [""] * len(found)
    return pd.DataFrame({"unit": unit, "starts_at": starts, "ends_at": ends})


def _units(slice_: Slice, units: tuple[str, ...], down: pd.DataFrame, spans: pd.DataFrame) -> tuple[str, ...]:
    """The units whose minutes add up: the one of the slice, else those that the spans name and those with outages, else
    one. A span does not say which units belong to a slice by another dimension: then those with outages."""
    limits = dict(slice_)
    if units and all(name in limits for name in units):
        return (" · ".join(limits[name] for name in units),)
    seen: set[str] = set(down["unit"])
    limited = any(dimension not in units for dimension in limits)
    named = set() if limited or len(units) != 1 else set(reporters_named(spans))
    return tuple(sorted(seen | named)) or ("",)


def _working(kpi: Kpi, slots: Slots, grain: Stretch) -> Stretches:
    """The open time of the periods, as disjoint stretches."""
    frame = slots.frame
    if frame.empty:
        return merged(*(np.array([], dtype="datetime64[us]") for _ in range(2)))
    if grain in FINE:
        return merged(*(_stamps(frame.loc[~frame["closed"], name]) for name in ("starts_at", "ends_at")))
    first = frame["period"].to_numpy().astype("datetime64[D]")[0]
    last = to_local(_stamps(frame["ends_at"].iloc[-1:]), kpi.calendar.time_zone).to_numpy().astype("datetime64[D]")[0]
    _, begins, ends = open_stretches(kpi.calendar, first, last)
    return merged(begins, ends)


def _stamps(instants: pd.Series) -> Instants:
    return instants.to_numpy().astype("datetime64[us]")


def intersection(first: Stretches, second: Stretches) -> Stretches:
    """The time that lies in both; each is disjoint and in order, and so is the answer."""
    edges = np.unique(np.concatenate([*first, *second]))
    begins, ends = edges[:-1], edges[1:]
    both = _within(begins, first) & _within(begins, second)
    return merged(begins[both], ends[both])


def _within(instants: Instants, stretches: Stretches) -> npt.NDArray[np.bool_]:
    begins, ends = stretches
    last = np.append(ends, np.datetime64("NaT"))
    inside: npt.NDArray[np.bool_] = instants < last[np.searchsorted(begins, instants, side="right") - 1]
    return inside


def _minutes(stretches: Stretches, slots: Slots) -> npt.NDArray[np.float64]:
    """How many minutes of the stretches lie in each period."""
    begins, ends = (edge.astype("int64") for edge in stretches)
    if not len(begins):
        return np.zeros(len(slots))
    starts, stops = (_stamps(slots.frame[name]).astype("int64") for name in ("starts_at", "ends_at"))
    found: npt.NDArray[np.float64] = (_before(begins, ends, stops) - _before(begins, ends, starts)) / _MINUTE
    return found


def _before(begins: Micros, ends: Micros, instants: Micros) -> Micros:
    """The length of the stretches before each instant."""
    sums_before = np.concatenate([[0], np.cumsum(ends - begins)])
    place = np.searchsorted(begins, instants, side="right")
    over = np.where(place > 0, np.maximum(ends[place - 1] - instants, 0), 0)
    length: Micros = sums_before[place] - over
    return length


def _touching(begins: Instants, ends: Instants, slots: Slots) -> npt.NDArray[np.int64]:
    """How many outages lie in each period, or last into it; one without length lies where it starts."""
    starts, stops = _stamps(slots.frame["starts_at"]), _stamps(slots.frame["ends_at"])
    after = np.sort(np.maximum(ends, begins + np.timedelta64(1, "us")))
    return np.searchsorted(np.sort(begins), stops, side="left") - np.searchsorted(after, starts, side="right")
