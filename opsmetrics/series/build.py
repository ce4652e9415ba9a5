"""Facts of one KPI and slice, arranged on its calendar."""

from __future__ import annotations

from dataclasses import replace
from functools import reduce
from operator import and_
from typing import cast

import numpy as np
import pandas as pd

from opsmetrics.catalog import GRAINS, Grain, Kpi, Slice
from opsmetrics.series import downtime, sums, zeros
from opsmetrics.series.calendar import period_label
from opsmetrics.series.coverage import covered, others_reached, reporter_of, spans_of, spans_of_events
from opsmetrics.series.model import EventFacts, KpiSeries, Stretch
from opsmetrics.series.slots import Slots, calendar_slots, sample_slots, used_facts

_PERIOD = ("period", "ends_at", "label")
_FLAGS = ("ended", "from_start", "reaches_end")

Arranged = tuple[Slots, pd.DataFrame, pd.DataFrame | None]


def build(
    kpi: Kpi,
    slice_: Slice,
    grain: Stretch,
    facts: pd.DataFrame,
    spans: pd.DataFrame,
    as_of: pd.Timestamp,
    events: EventFacts | None = None,
) -> KpiSeries:
    """The series of a KPI's slice at a grain, from the first that is known of it to the period in which `as_of` lies.

    facts: quarter-hour sums in UTC (`facts.binned`), or single readings for medians and percentiles (`facts.readings`):
        bin, the reporting dimension where the KPI has one, then the columns of its kind. spans: what the live batches
        cover: starts_at, ends_at, reporters. Either may be empty. events: for a KPI that is fed by events. Derived KPIs
        are made by `derive`. as_of: naive UTC; facts and events at or after it are left out.
    Raises ValueError where the facts lack a column, or the events of a KPI that needs them are not given.
    """
    if (kpi.events is None) != (events is None) or kpi.kind == "derived":
        raise ValueError(f"{kpi.key}: give the events of a KPI that is fed by some, and none of another")
    if events is not None:
        events = replace(events, spans=spans_of_events(events.spans, events.stream, kpi, slice_))
    if grain == "sample":
        slots, values, seen = _samples(kpi, facts)
        return _series(KpiSeries(kpi, slice_, cast(Grain, grain), as_of, _complete(slots, values), seen))
    if events is None:
        slots, values, seen = _recorded(kpi, slice_, grain, facts, spans, as_of)
        needed = [spans]
    elif kpi.events is not None and kpi.events.role == "downtime":
        needed = [_together(spans, events.spans)]
        slots, values, seen = _uptime(kpi, slice_, grain, events, needed[0], as_of)
    else:
        slots, values, seen = _fed(kpi, slice_, grain, facts, spans, events, as_of)
        needed = [events.spans, spans] if _has_own(kpi, facts) else [events.spans]
    flags = reduce(and_, (covered(slots.frame, some, kpi, slice_, grain) for some in needed))
    others = None
    if reporter_of(kpi, slice_) is not None:
        others = reduce(and_, (others_reached(slots.frame, some, kpi, slice_, grain) for some in needed))
    points = pd.concat([slots.frame, values, flags], axis=1)
    return _series(KpiSeries(kpi, slice_, cast(Grain, grain), as_of, points, seen, others))


def _complete(slots: Slots, values: pd.DataFrame) -> pd.DataFrame:
    """Samples have no calendar: what is there is whole."""
    return pd.concat([slots.frame, values], axis=1).assign(**dict.fromkeys(_FLAGS[1:], True))


def _series(whole: KpiSeries) -> KpiSeries:
    """Without closed periods that hold nothing, and without the unknown ones before the first that is known."""
    points = whole.points
    told = ((points["rows"] > 0) | points["value"].notna()).to_numpy()
    kept = (points["rows"] > 0).to_numpy() | ~points["closed"].to_numpy(dtype=bool)
    kept &= np.logical_or.accumulate(told & kept) if len(kept) else kept
    points = points if kept.all() else points[kept].reset_index(drop=True)
    labels = [period_label(p, whole.grain, whole.kpi.calendar) for p in points["period"]]
    points = points.assign(label=pd.Series(labels, dtype="str"))
    seen = None if whole.presence is None else whole.presence[kept].reset_index(drop=True)
    others = None if whole.others is None else whole.others[kept]
    return replace(whole, points=points[[*_PERIOD, *sums.MEASURES, *_FLAGS]], presence=seen, others=others)


def _samples(kpi: Kpi, facts: pd.DataFrame) -> Arranged:
    used = used_facts(kpi, facts, None)
    slots, position = sample_slots(used)
    seen = sums.presence(used, kpi.reported_by, position, len(slots)) if kpi.reported_by else None
    return slots, sums.values(kpi, used, position, len(slots)), seen


def _recorded(
    kpi: Kpi, slice_: Slice, grain: Stretch, facts: pd.DataFrame, spans: pd.DataFrame, as_of: pd.Timestamp
) -> Arranged:
    """From the KPI's own rows; counts are 0 where the files cover a whole period and hold no row of it."""
    used = used_facts(kpi, facts, as_of)
    quiet = kpi.kind in ("count", "rare") and sums.without_size(kpi, used) and _as_fine_as(kpi, grain)
    begins = [used["bin"].min(), *(_begin(kpi, slice_, spans) if quiet else [])]
    slots = calendar_slots(kpi, grain, begins, as_of)
    position = slots.position(used["bin"])
    values = sums.values(kpi, used, position, len(slots))
    seen = sums.presence(used, kpi.reported_by, position, len(slots)) if kpi.reported_by else None
    if not quiet:
        return slots, values, seen
    values = zeros.as_zero(values, zeros.known(kpi, slice_, grain, slots, spans))
    return slots, values, None if seen is None else zeros.reporting(seen, kpi, slice_, grain, slots, spans)


def _fed(
    kpi: Kpi,
    slice_: Slice,
    grain: Stretch,
    facts: pd.DataFrame,
    spans: pd.DataFrame,
    events: EventFacts,
    as_of: pd.Timestamp,
) -> Arranged:
    """Numerators from events, denominators from the KPI's own rows where its kind has them."""
    happened = used_facts(kpi, _with_denominator(events.sums), as_of)
    if not _has_own(kpi, facts):
        return _recorded(kpi, slice_, grain, happened, events.spans, as_of)
    own = used_facts(kpi, facts, as_of).assign(numerator=0.0)
    both = pd.concat([part for part in (own, happened) if len(part)] or [own], ignore_index=True)
    slots = calendar_slots(kpi, grain, [own["bin"].min()], as_of)
    both = both[both["bin"] >= (slots.frame["starts_at"].min() if len(slots) else as_of)]
    values = sums.values(kpi, both, slots.position(both["bin"]), len(slots))
    inside = both[both["denominator"].isna()]
    number = sums.add(inside, "rows", slots.position(inside["bin"]), len(slots))
    values = zeros.without_unknown(values, number, zeros.known(kpi, slice_, grain, slots, events.spans))
    seen = _fed_presence(kpi, slice_, grain, slots, own, happened, events) if kpi.reported_by else None
    return slots, values, seen


def _fed_presence(
    kpi: Kpi, slice_: Slice, grain: Stretch, slots: Slots, own: pd.DataFrame, happened: pd.DataFrame, events: EventFacts
) -> pd.DataFrame:
    """A reporter is there where its denominator is, and its events are (or are known to be none)."""
    assert kpi.reported_by is not None
    by_rows = sums.presence(own, kpi.reported_by, slots.position(own["bin"]), len(slots))
    happened = happened[happened["bin"] >= (slots.frame["starts_at"].min() if len(slots) else pd.Timestamp.max)]
    by_events = sums.presence(happened, kpi.reported_by, slots.position(happened["bin"]), len(slots))
    names = list(by_rows.columns)
    told = zeros.reporting(by_events.reindex(columns=names, fill_value=False), kpi, slice_, grain, slots, events.spans)
    return by_rows & told.reindex(columns=names, fill_value=False)


def _uptime(
    kpi: Kpi, slice_: Slice, grain: Stretch, events: EventFacts, spans: pd.DataFrame, as_of: pd.Timestamp
) -> Arranged:
    slots = calendar_slots(kpi, grain, _begin(kpi, slice_, spans), as_of)
    found = downtime.uptime(kpi, slice_, grain, slots, events, spans, as_of)
    return slots, found.values, found.presence if kpi.reported_by else None


def _with_denominator(events: pd.DataFrame) -> pd.DataFrame:
    return events.assign(denominator=np.nan)


def _as_fine_as(kpi: Kpi, grain: Stretch) -> bool:
    """True where rows could tell the periods apart: a row of a week says nothing about its days. Events always do."""
    recorded = kpi.recorded or kpi.operate
    return kpi.events is not None or grain == "year" or GRAINS.index(grain) >= GRAINS.index(recorded)


def _has_own(kpi: Kpi, facts: pd.DataFrame) -> bool:
    """True where the KPI's own rows are denominators: always for quotients, for rare events where some are there."""
    if kpi.kind != "rare":
        return kpi.kind != "count"
    return "denominator" in facts.columns and bool(facts["denominator"].notna().any())


def _begin(kpi: Kpi, slice_: Slice, spans: pd.DataFrame) -> list[pd.Timestamp]:
    own = spans_of(spans, reporter_of(kpi, slice_))
    return [] if own.empty else [own["starts_at"].min()]


def _together(first: pd.DataFrame, second: pd.DataFrame) -> pd.DataFrame:
    some = [spans[["starts_at", "ends_at", "reporters"]] for spans in (first, second) if len(spans)]
    return pd.concat(some, ignore_index=True) if some else first
