"""Typed numbers: which rows to ask for, what a typed text means, and what about it is unusual.

Huddle boards, safety crosses and small clinics have no export; their numbers take the same path as a file's.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import pandas as pd

from opsmetrics import facts, series
from opsmetrics.access import OPEN, Viewer
from opsmetrics.catalog import Grain, Kpi, Moment, Slice, period_start, slice_of
from opsmetrics.desk import Desk
from opsmetrics.ingest import TypedRow
from opsmetrics.measurements import BIN, sample_to_stamp, stamp_to_sample
from opsmetrics.review import KpiReview
from opsmetrics.verdict import wording
from opsmetrics.verdict.assurance import SIZED_CHARTS

#: A number this many times the last one (or its inverse) is asked about, limits or not.
LEAP = 10.0
#: A comma that may part thousands as well as decimals.
GROUPED = re.compile(r"-?[1-9][0-9]{0,2},[0-9]{3}")


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

    @property
    def key(self) -> str:
        """A name that stays the same as long as the row does."""
        return "|".join([self.kpi.key, *(f"{name}={value}" for name, value in self.part), str(self.at)])


@dataclass(frozen=True)
class Typed:
    """What a person typed in one line, understood: rows to load, and the value they make."""

    rows: tuple[TypedRow, ...]
    value: float
    size: float | None
    text: str


class NotANumber(ValueError):
    """A typed text that cannot be loaded; `str()` says what was found, what was wanted and what to do."""


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

    A KPI without dimensions has one row even before its first number.
    """
    found: list[EntryRow] = []
    for kpi in desk.catalog.kpis:
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
    row = EntryRow(kpi, part, at, series.period_label(at, grain, kpi.calendar))
    if own is None:
        return row
    value, size = _value_of(kpi, own)
    held = _held(desk, kpi, part, at, viewer)
    exact = held["observed_at"] == instant(kpi, at)
    return EntryRow(
        kpi,
        part,
        at,
        row.label,
        last=in_words(kpi, own),
        last_label=_when(kpi, own["observed_at"]),
        last_size=size,
        last_value=value,
        stored=_stored(kpi, held[exact]),
        beside=int((~exact).sum()),
    )


def _stored(kpi: Kpi, held: pd.DataFrame) -> str:
    if kpi.counts or len(held) < 2:
        return "".join(in_words(kpi, line) for _, line in held.iterrows())
    return f"{wording.readings(len(held))} (mean {wording.value(kpi, float(held['value'].mean()))})"


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
    if not kpi.counts:
        return float(line["value"]), None
    size = float(line["denominator"])
    return (float(line["numerator"]) / size if size > 0 else None), size


def in_words(kpi: Kpi, line: pd.Series) -> str:
    """A stored row as a person would type it: "38 of 412", or a value with its unit."""
    if kpi.counts:
        return wording.counts(kpi, float(line["numerator"]), float(line["denominator"]))
    return wording.value(kpi, float(line["value"]))


def number(text: str) -> float:
    """A typed number; a comma or a point may part the decimals, but nothing may part thousands.

    Raises NotANumber.
    """
    plain = text.strip().replace("\u2212", "-")
    if GROUPED.fullmatch(plain):
        bare = plain.replace(",", "")
        raise NotANumber(f"“{plain}” can be read in two ways; type {bare}, or {plain.replace(',', '.')} with a point.")
    plain = plain.replace(",", ".")
    try:
        found = float(plain)
    except ValueError:
        found = math.nan
    if not math.isfinite(found) or "_" in plain:
        raise NotANumber(f"“{text.strip()}” is not a number; type digits, with a point or comma before the decimals.")
    return found


def understand(row: EntryRow, texts: tuple[str, str], note: str = "") -> Typed | None:
    """What was typed in a line: (numerator, denominator), or (readings parted by blanks, ""). None while it is empty.

    Raises NotANumber with a sentence for the person.
    """
    first, second = (text.strip() for text in texts)
    if not first and not second:
        return None
    place = TypedRow(row.kpi.key, _typed_at(row.at), dict(row.part), note=note)
    if not row.kpi.counts:
        return _readings(row.kpi, place, [number(text) for text in first.split()])
    return _counts(row.kpi, place, first, second)


def _typed_at(at: Moment) -> dt.date | dt.datetime | int:
    """A period that starts at midnight is typed as its day, so that the whole of it is covered."""
    whole_day = isinstance(at, dt.datetime) and at.time() == dt.time()
    return at.date() if isinstance(at, dt.datetime) and whole_day else at


def _readings(kpi: Kpi, place: TypedRow, values: list[float]) -> Typed:
    _inside(kpi, values)
    mean = sum(values) / len(values)
    rows = tuple(replace(place, value=value, sample=place_in) for place_in, value in enumerate(values))
    count = f" (mean of {wording.readings(len(values))})" if len(values) > 1 else ""
    return Typed(rows, mean, float(len(values)), wording.value(kpi, mean) + count)


def _counts(kpi: Kpi, place: TypedRow, first: str, second: str) -> Typed:
    if not first or not second:
        missing = kpi.denominator if first else kpi.numerator
        raise NotANumber(f"The number of {missing or 'the other count'} is missing; type both, or leave both empty.")
    top, bottom = number(first), number(second)
    if top < 0 or bottom < 0:
        raise NotANumber("A count cannot be negative; type how many there were.")
    if kpi.kind == "proportion" and not (top.is_integer() and bottom.is_integer()):
        raise NotANumber("A count is a whole number; type both without decimals.")
    if kpi.kind == "proportion" and top > bottom:
        raise NotANumber(f"{wording.counts(kpi, top, bottom)} is more than all of them; check both numbers.")
    if bottom == 0:
        raise NotANumber(f"With 0 {kpi.denominator or 'in all'} there is no value; leave the line empty.")
    typed = replace(place, numerator=top, denominator=bottom)
    return Typed((typed,), top / bottom, bottom, wording.counts(kpi, top, bottom))


def _inside(kpi: Kpi, values: Iterable[float]) -> None:
    low, high = kpi.bounds
    for value in values:
        if (low is not None and value < low) or (high is not None and value > high):
            wanted = wording.limits(kpi, low, high, unit=True)
            raise NotANumber(f"{wording.value(kpi, value)} cannot be; possible values: {wanted}.")


def unusual(row: EntryRow, typed: Typed, review: KpiReview) -> list[str]:
    """What a careful colleague would ask about this line before it is saved; [] where nothing is unusual."""
    asked = []
    if row.stored and row.stored != typed.text:
        becomes = (
            f"it would become {typed.text}" if row.kpi.counts else f"what you type ({typed.text}) replaces as many"
        )
        asked.append(f"{row.label} already holds {row.stored}: {becomes}.")
    if row.beside:
        noun = "another record" if row.beside == 1 else f"{row.beside} other records"
        asked.append(f"{row.label} already holds {noun}: this one would be added.")
    usual = usual_range(review, typed.size)
    if usual and not usual[0] <= typed.value <= usual[1]:
        shown = wording.limits(row.kpi, *usual, unit=True)
        asked.append(f"{wording.value(row.kpi, typed.value)} is outside its usual range {shown}.")
    else:
        asked += _leap("The value", typed.value, row.last_value)
    if row.kpi.counts:
        asked += _leap(f"The number of {row.kpi.denominator or 'all'}", typed.size, row.last_size)
    return asked


def _leap(what: str, now: float | None, before: float | None) -> list[str]:
    if not now or not before or now * before < 0:
        return []
    ratio = now / before
    if 1 / LEAP < ratio < LEAP:
        return []
    times = ratio if ratio >= 1 else 1 / ratio
    return [f"{what} is {wording.number(times, 0)} times {'what it was last' if ratio >= 1 else 'smaller than last'}."]


def usual_range(review: KpiReview, size: float | None) -> tuple[float, float] | None:
    """The present limits for a point of this size (stored units), clamped to the KPI's bounds; None without limits."""
    judged = review.points[review.points["state"] == "judged"]
    if judged.empty or review.chart is None:
        return None
    if review.chart.kind not in SIZED_CHARTS and review.series.grain != entry_grain(review.kpi):
        return None  # limits of weeks say nothing about a day
    last = judged.iloc[-1]
    centre, error = float(last["centre"]), float(last["standard_error"])
    if not (math.isfinite(centre) and math.isfinite(error)):
        return None
    if review.chart.kind in SIZED_CHARTS and size:
        error *= math.sqrt(float(last["size"]) / size)
    low, high = review.kpi.bounds
    lower, upper = centre - 3 * error, centre + 3 * error
    return (lower if low is None else max(low, lower)), (upper if high is None else min(high, upper))
