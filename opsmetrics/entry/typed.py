"""What a typed text means, or why it cannot be loaded."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from opsmetrics.catalog import Kpi, Moment
from opsmetrics.entry.lines import EntryRow, counted, readings_in_words
from opsmetrics.ingest import TypedRow
from opsmetrics.ingest.plan import needed_parts
from opsmetrics.series.sums import QUANTILES
from opsmetrics.verdict import wording

#: A comma that may part thousands as well as decimals.
GROUPED = re.compile(r"-?[1-9][0-9]{0,2},[0-9]{3}")


@dataclass(frozen=True)
class Typed:
    """What a person typed in one line, understood: rows to load, and the value they make (NaN: events make it)."""

    rows: tuple[TypedRow, ...]
    value: float
    size: float | None
    text: str


def fields(kpi: Kpi) -> tuple[str, ...]:
    """What is typed in a line, in words: one field, or two. The second of a rare KPI may stay empty."""
    if not kpi.counts:
        return ("reading" if kpi.share else kpi.unit or "value",)  # the unit of a share is not that of its readings
    if kpi.events is not None:
        return (kpi.denominator or "in all",)
    if kpi.kind == "count":
        return (kpi.numerator or "counted",)
    if kpi.kind == "rare":
        return kpi.numerator or "events", "opportunities"
    return kpi.numerator or "counted", kpi.denominator or "in all"


class NotANumber(ValueError):
    """A typed text that cannot be loaded; `str()` says what was found, what was wanted and what to do."""


class HalfTyped(NotANumber):
    """One of two counts is there and the other one still to come."""


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
    """What was typed in a line: a text for each of its `fields`, "" for a second one that it does not have; readings
    are parted by blanks. None while it is empty.

    Raises NotANumber with a sentence for the person.
    """
    first, second = (text.strip() for text in texts)
    if not first and not second:
        return None
    if not needed_parts(row.kpi):
        raise NotANumber(f"{row.kpi.name} follows from what is loaded elsewhere; nothing is typed for it.")
    place = TypedRow(row.kpi.key, _typed_at(row.at), dict(row.part), note=note)
    if not row.kpi.counts:
        return _readings(row, place, [number(text) for text in first.split()])
    return _counts(row.kpi, place, first, second)


def _typed_at(at: Moment) -> dt.date | dt.datetime | int:
    """A period that starts at midnight is typed as its day, so that the whole of it is covered."""
    whole_day = isinstance(at, dt.datetime) and at.time() == dt.time()
    return at.date() if isinstance(at, dt.datetime) and whole_day else at


def _readings(row: EntryRow, place: TypedRow, values: list[float]) -> Typed:
    kpi = row.kpi
    _inside(kpi, values)
    rows = tuple(replace(place, value=value, sample=n) for n, value in enumerate(values, start=row.first))
    return Typed(rows, _statistic(kpi, values), float(len(values)), readings_in_words(kpi, values))


def _statistic(kpi: Kpi, values: list[float]) -> float:
    """What the readings of one period come to, as the series has it."""
    if kpi.statistic == "share_within":
        return sum(value <= (kpi.within or 0.0) for value in values) / len(values)
    if kpi.statistic in QUANTILES:
        return float(np.quantile(values, QUANTILES[kpi.statistic]))
    return sum(values) / len(values)


def _counts(kpi: Kpi, place: TypedRow, first: str, second: str) -> Typed:
    if len(fields(kpi)) == 1 and second:
        raise NotANumber(f"{kpi.name} is one number; type it alone.")
    if kpi.events is not None:
        size = _size(kpi, first)
        return Typed((replace(place, denominator=size),), math.nan, size, counted(kpi, math.nan, size))
    if not first or (not second and len(needed_parts(kpi)) == 2):
        missing = kpi.denominator if first else kpi.numerator
        raise HalfTyped(f"The number of {missing or 'the other count'} is missing; type both, or leave both empty.")
    top, bottom = _count(kpi, first), _size(kpi, second) if second else None
    if bottom is not None and kpi.kind == "proportion" and top > bottom:
        raise NotANumber(f"{wording.counts(kpi, top, bottom)} is more than all of them; check both numbers.")
    value, size = (top, math.nan) if bottom is None else (top / bottom, bottom)
    typed = replace(place, numerator=top, denominator=bottom)
    return Typed((typed,), value, bottom, counted(kpi, top, size))


def _count(kpi: Kpi, text: str) -> float:
    top = number(text)
    signed = kpi.kind == "ratio" and kpi.lower_bound is not None and kpi.lower_bound < 0
    if top < 0 and not signed:
        raise NotANumber("A count cannot be negative; type how many there were.")
    _whole(kpi, top)
    return top


def _size(kpi: Kpi, text: str) -> float:
    bottom = number(text)
    if bottom < 0:
        raise NotANumber("A count cannot be negative; type how many there were.")
    _whole(kpi, bottom)
    if bottom == 0:
        raise NotANumber(f"With 0 {kpi.denominator or 'in all'} there is no value; leave the line empty.")
    return bottom


def _whole(kpi: Kpi, count: float) -> None:
    if kpi.kind == "proportion" and not count.is_integer():
        raise NotANumber("A count is a whole number; type both without decimals.")


def _inside(kpi: Kpi, values: Iterable[float]) -> None:
    low, high = kpi.reading_bounds
    for value in values:
        if (low is not None and value < low) or (high is not None and value > high):
            wanted = wording.limits(kpi, low, high, unit=True)
            raise NotANumber(f"{wording.value(kpi, value)} cannot be; possible values: {wanted}.")
