"""What a typed text means, or why it cannot be loaded."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, replace

from opsmetrics.catalog import Kpi, Moment
from opsmetrics.entry.lines import EntryRow
from opsmetrics.ingest import TypedRow
from opsmetrics.verdict import wording

#: A comma that may part thousands as well as decimals.
GROUPED = re.compile(r"-?[1-9][0-9]{0,2},[0-9]{3}")


@dataclass(frozen=True)
class Typed:
    """What a person typed in one line, understood: rows to load, and the value they make."""

    rows: tuple[TypedRow, ...]
    value: float
    size: float | None
    text: str


class NotANumber(ValueError):
    """A typed text that cannot be loaded; `str()` says what was found, what was wanted and what to do."""


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
        return _readings(row, place, [number(text) for text in first.split()])
    return _counts(row.kpi, place, first, second)


def _typed_at(at: Moment) -> dt.date | dt.datetime | int:
    """A period that starts at midnight is typed as its day, so that the whole of it is covered."""
    whole_day = isinstance(at, dt.datetime) and at.time() == dt.time()
    return at.date() if isinstance(at, dt.datetime) and whole_day else at


def _readings(row: EntryRow, place: TypedRow, values: list[float]) -> Typed:
    kpi = row.kpi
    _inside(kpi, values)
    mean = sum(values) / len(values)
    rows = tuple(replace(place, value=value, sample=n) for n, value in enumerate(values, start=row.first))
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
