"""Which lines a person is asked to type, and what was there last."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, replace

import pandas as pd

from opsmetrics import facts, series
from opsmetrics.access import OPEN, Viewer
from opsmetrics.catalog import Grain, Kpi, Moment, Slice, period_start, slice_of
from opsmetrics.desk import Desk
from opsmetrics.ingest.plan import needed_parts
from opsmetrics.measurements import BIN, sample_to_stamp, stamp_to_sample
from opsmetrics.verdict import wording


@dataclass(frozen=True)
class EntryRow:
    """One line of the screen: a KPI, its key dimensions, the period asked for, and what was there last."""

    kpi: Kpi
    part: Slice
    at: Moment
    label: str
    last: str = ""
    last_label: str = ""
    last_size: float | None = None
    last_value: float | None = None
    stored: str = ""  # what the store holds for exactly this period
    beside: int = 0  # other records within it
    first: int = 0  # number of the first reading that it holds, or is to hold
    closed: bool = False  # nobody is expected to report for this period

    @property
    def key(self) -> str:
        """A name that stays the same as long as the row does."""
        return "|".join([self.kpi.key, *(f"{name}={value}" for name, value in self.part), str(self.at)])


def period_asked(kpi: Kpi, day: dt.date) -> Moment:
    """The period of this KPI that a person means when entering the numbers of `day`."""
    grain = entry_grain(kpi)
    if grain == "sample":
        raise ValueError(f"{kpi.key} is numbered, not dated")
    return period_start(dt.datetime.combine(day, dt.time(12)), grain, kpi.calendar)


def entry_grain(kpi: Kpi) -> Grain:
    """How often a number of this KPI is typed."""
    return kpi.recorded or kpi.operate


def rows(desk: Desk, day: dt.date, *, viewer: Viewer = OPEN) -> list[EntryRow]:
    """One row for each KPI and combination of its key dimensions that has ever reported, in the catalogue's order.

    A KPI without dimensions has one row even before its first number. One that follows from other KPIs, or from events
    alone, has none.
    """
    found: list[EntryRow] = []
    for kpi in filter(needed_parts, desk.catalog.kpis):
        last = facts.latest(desk.store, kpi, viewer=viewer)
        numbered = entry_grain(kpi) == "sample"
        for part in _parts(kpi, last, viewer):
            own = _of(last, part)
            at: Moment = _next_sample(own) if numbered else period_asked(kpi, day)
            found.append(_row(desk, kpi, part, at, own, viewer))
    return found


def _parts(kpi: Kpi, last: pd.DataFrame, viewer: Viewer) -> list[Slice]:
    """Combinations seen so far and those the catalogue watches with every key dimension named."""
    seen = [
        slice_of({name: line[name] for name in kpi.dimensions})
        for line in last.to_dict("records")
        if all(isinstance(line[name], str) for name in kpi.dimensions)
    ]
    named = [part for part in kpi.watch if {name for name, _ in part} == set(kpi.dimensions)]
    allowed = [part for part in named if all(viewer.may_see(name, value) for name, value in part)]
    return sorted(dict.fromkeys([*seen, *allowed]))


def _of(last: pd.DataFrame, part: Slice) -> pd.Series | None:
    for name, value in part:
        last = last[last[name] == value]
    return None if last.empty else last.iloc[-1]


def _next_sample(own: pd.Series | None) -> int:
    return 1 if own is None else stamp_to_sample(own["observed_at"]) + 1


def _row(desk: Desk, kpi: Kpi, part: Slice, at: Moment, own: pd.Series | None, viewer: Viewer) -> EntryRow:
    grain = entry_grain(kpi)
    row = EntryRow(kpi, part, at, series.period_label(at, grain, kpi.calendar), closed=_closed(kpi, at))
    if own is None:
        return row
    value, size = _value_of(kpi, own)
    held = _held(desk, kpi, part, at, viewer)
    exact = held["observed_at"] == instant(kpi, at)
    return replace(
        row,
        last=in_words(kpi, own),
        last_label=_when(kpi, own["observed_at"]),
        last_size=size,
        last_value=value,
        stored=_stored(kpi, held[exact]),
        beside=int((~exact).sum()),
        first=0 if kpi.counts or not exact.any() else int(held.loc[exact, "sample"].min()),
    )


def _closed(kpi: Kpi, at: Moment) -> bool:
    """True where no day of the period is a working day."""
    if isinstance(at, int):
        return False
    start = instant(kpi, at)
    return bool(series.periods(kpi.calendar, entry_grain(kpi), start, start + BIN)["closed"].iloc[0])


def _stored(kpi: Kpi, held: pd.DataFrame) -> str:
    if kpi.counts or len(held) < 2:
        return "".join(in_words(kpi, line) for _, line in held.iterrows())
    return f"{wording.readings(len(held))} (mean {readings_in_words(kpi, [float(held['value'].mean())])})"


def _held(desk: Desk, kpi: Kpi, part: Slice, at: Moment, viewer: Viewer) -> pd.DataFrame:
    """What the store already holds for this period."""
    start = instant(kpi, at)
    end = start + BIN
    if not isinstance(at, int):
        end = series.periods(kpi.calendar, entry_grain(kpi), start, end)["ends_at"].iloc[0]
    return facts.rows_between(desk.store, kpi, part, start, end, viewer=viewer)


def instant(kpi: Kpi, at: Moment) -> pd.Timestamp:
    """The instant in UTC under which a number typed for this period is stored."""
    if isinstance(at, int):
        return pd.Timestamp(sample_to_stamp(at))
    return series.to_utc(pd.DatetimeIndex([at]), kpi.calendar.time_zone)[0]


def _when(kpi: Kpi, stamp: pd.Timestamp) -> str:
    grain = entry_grain(kpi)
    if grain == "sample":
        return series.period_label(stamp_to_sample(stamp), grain, kpi.calendar)
    local = series.to_local(pd.DatetimeIndex([stamp]), kpi.calendar.time_zone)[0]
    return series.period_label(period_start(local.to_pydatetime(), grain, kpi.calendar), grain, kpi.calendar)


def _value_of(kpi: Kpi, line: pd.Series) -> tuple[float | None, float | None]:
    """The value and the size of a stored row, each None where the row does not hold it."""
    if not kpi.counts:
        return (None if kpi.statistic == "share_within" else float(line["value"])), None
    top, size = float(line["numerator"]), float(line["denominator"])
    if kpi.events is not None:
        return None, size
    if kpi.kind == "count" or math.isnan(size):
        return top, None
    return (top / size if size > 0 else None), size


def in_words(kpi: Kpi, line: pd.Series) -> str:
    """A stored row as a person would type it: "38 of 412", "3 falls", or a value with its unit."""
    if kpi.counts:
        return counted(kpi, float(line["numerator"]), float(line["denominator"]))
    return readings_in_words(kpi, [float(line["value"])])


def readings_in_words(kpi: Kpi, values: list[float]) -> str:
    """Readings as a person would type them: one as it is, of several the mean. Where the KPI is a share of readings its
    unit is not theirs."""
    mean = sum(values) / len(values)
    text = wording.number(mean, kpi.decimals) if kpi.statistic == "share_within" else wording.value(kpi, mean)
    return f"{text} (mean of {wording.readings(len(values))})" if len(values) > 1 else text


def counted(kpi: Kpi, top: float, size: float) -> str:
    """What was counted, in words; `size` may be NaN. Of a KPI whose numerator is events only the size is typed."""
    if kpi.events is not None:
        return " ".join(text for text in (wording.number(size), kpi.denominator) if text)
    if kpi.kind == "count" or math.isnan(size):
        return " ".join(text for text in (wording.number(top), kpi.numerator) if text)
    return wording.counts(kpi, top, size)
