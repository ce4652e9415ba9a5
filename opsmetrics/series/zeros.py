"""Nothing happened, or nothing is known? Periods that the files cover and that hold no event are 0 (verdict.md 4)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from opsmetrics.catalog import Kpi, Slice
from opsmetrics.series.coverage import covered, reporter_of, reporters_named, spans_of, wholly
from opsmetrics.series.model import Flags, Stretch
from opsmetrics.series.slots import Slots


def known(kpi: Kpi, slice_: Slice, grain: Stretch, slots: Slots, spans: pd.DataFrame) -> Flags:
    """True for each ended period that the spans of the slice hold from end to end, and for the running one where they
    hold its start: what is known of it so far."""
    own = spans_of(spans, reporter_of(kpi, slice_))
    ended = slots.frame["ended"].to_numpy(dtype=bool)
    begun = covered(slots.frame, spans, kpi, slice_, grain)["from_start"].to_numpy(dtype=bool)
    return np.where(ended, wholly(slots.frame, own, kpi.calendar, grain), begun)


def as_zero(values: pd.DataFrame, whole: Flags) -> pd.DataFrame:
    """Counts with a 0 in each of the whole periods that has no rows."""
    filled = values.copy()
    filled.loc[whole & (values["rows"] == 0).to_numpy(), ["value", "size", "numerator"]] = (0.0, 1.0, 0.0)
    return filled


def reporting(
    seen: pd.DataFrame, kpi: Kpi, slice_: Slice, grain: Stretch, slots: Slots, spans: pd.DataFrame
) -> pd.DataFrame:
    """Presence where silence is an answer: a reporter is there where it has facts, or where the spans that name it (or
    name nobody) hold the whole of an ended period. Index and columns as `sums.presence`."""
    names = reporters(kpi, slice_, tuple(map(str, seen.columns)), spans)
    ended = slots.frame["ended"].to_numpy(dtype=bool)
    held = {name: wholly(slots.frame, spans_of(spans, name), kpi.calendar, grain) & ended for name in names}
    quiet = pd.DataFrame(held, index=seen.index, dtype=bool)
    return quiet | seen.reindex(columns=list(names), fill_value=False).astype(bool)


def reporters(kpi: Kpi, slice_: Slice, seen: tuple[str, ...], spans: pd.DataFrame) -> tuple[str, ...]:
    """Who reports for a slice: those seen in it, and those whom the spans name, unless the slice is limited by another
    dimension (a span does not say who belongs to it)."""
    only = reporter_of(kpi, slice_)
    if only is not None:
        return (only,)
    limited = any(dimension != kpi.reported_by for dimension, _ in slice_)
    return tuple(sorted(set(seen) | (set() if limited else set(reporters_named(spans)))))


def without_unknown(values: pd.DataFrame, events: np.ndarray, whole: Flags) -> pd.DataFrame:
    """Quotients whose numerator is unknown where no event is there and the stream does not cover the whole period."""
    unknown = (events == 0) & ~whole
    found = values.copy()
    found.loc[unknown, ["value", "numerator"]] = np.nan
    return found
