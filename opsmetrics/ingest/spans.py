"""The stretch of time that a file covers for each KPI, and who reported in it (verdict lines 3 and 4).

Dates without times cover whole periods: those in which the KPI is recorded (else operated) where every date is the
start of such a period, otherwise whole days. Stamps cover the time from the first to the last plus their usual step.
A person or a template may say more.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from opsmetrics.catalog import Calendar, Catalog, Grain, Kpi, period_start
from opsmetrics.ingest import zones
from opsmetrics.ingest.checked import Checked
from opsmetrics.ingest.duplicates import complete_sql
from opsmetrics.ingest.layout import METRIC, Measure
from opsmetrics.ingest.problems import IngestRefused
from opsmetrics.ingest.sql import one_of
from opsmetrics.ingest.sql import text as literal
from opsmetrics.ingest.steps import Steps, gap_notices, steps_of
from opsmetrics.measurements import BIN, Notice, Span

Covers = tuple[dt.date, dt.date]
_DAY = dt.timedelta(days=1)
#: Days after the start of a period that certainly lie in the next one, and not in the one after.
_ON: dict[Grain, int] = {"day": 1, "week": 7, "month": 32, "quarter": 93}


def spans_of(
    checked: Checked, catalog: Catalog, covers: Covers | None, template_covers: str | None, *, apart: bool = False
) -> tuple[tuple[Span, ...], tuple[Notice, ...]]:
    """One span for each KPI of which the file loads anything; `apart`: one for each of its days, as single records say
    nothing about the time between them. Raises IngestRefused (`covers`)."""
    if covers and covers[0] > covers[1]:
        said = f"the covered days end on {covers[1]}, before they start on {covers[0]}"
        raise IngestRefused("covers", said, "a first and a last day", "exchange the two dates")
    spans: list[Span] = []
    notices: list[Notice] = []
    steps: dict[str, Steps] = {}
    for measure in checked.meaning.joint:
        found = _Found.read(checked, measure, catalog)
        steps |= found.steps
        if apart:
            spans += _by_day(checked, catalog, found, measure)
            continue
        for key, (first, last) in found.ends.items():
            kpi = catalog[key]
            start, end = _bounds(checked, kpi, found, covers, template_covers)
            if not start <= first <= last < end:
                text = (
                    f"{kpi.name}: records from {first} to {last} (UTC) lie beyond the days that the file is to cover."
                )
                notices.append(Notice("outside_covered_days", text))
            spans.append(Span(key, start, end, found.reporters(checked, kpi, measure)))
    return tuple(spans), (*notices, *gap_notices({} if apart else steps, catalog))


def _by_day(checked: Checked, catalog: Catalog, found: _Found, measure: Measure) -> list[Span]:
    """The days (or recorded periods) of the records, else the quarters of an hour."""
    spans = []
    for key, instant, stamp in checked.scratch.rows(f"SELECT DISTINCT {found.key}, observed_at, stamp {found.mine}"):
        kpi = catalog[key]
        reporters = found.reporters(checked, kpi, measure)
        if not checked.clock.dated or checked.layout.time is None:
            spans.append(Span(key, instant, instant + BIN, reporters))
            continue
        days = [stamp.date()]
        spans.append(Span(key, *period_bounds(days, recorded_grain(kpi, days), kpi.calendar), reporters))
    return sorted(set(spans), key=lambda span: (span.kpi, span.starts_at))


@dataclass(frozen=True)
class _Found:
    """What the records of a joint measure say about time, by KPI."""

    mine: str  # FROM … WHERE … over its records
    key: str  # an expression: the KPI's key
    ends: dict[str, tuple[dt.datetime, dt.datetime]]
    days: dict[str, list[dt.date]]  # of dates without times: all, or the first and the last where no others count
    steps: dict[str, Steps]  # of stamps

    @classmethod
    def read(cls, checked: Checked, measure: Measure, catalog: Catalog) -> _Found:
        ask, layout = checked.scratch.rows, checked.layout
        mine = f"FROM record WHERE {complete_sql(layout, measure)}"
        key = literal(measure.key) if measure.metrics is None else layout.text_name(METRIC)
        reach = "min(observed_at), max(observed_at), min(stamp), max(stamp)"
        reached = {k: moments for k, *moments in ask(f"SELECT {key}, {reach} {mine} GROUP BY 1")}
        ends = {k: (first, last) for k, (first, last, _, _) in reached.items()}
        days: dict[str, list[dt.date]] = {}
        if checked.clock.dated:
            days = {k: [first.date(), last.date()] for k, (_, _, first, last) in reached.items()}
            if coarse := [k for k in days if (catalog[k].recorded or catalog[k].operate) not in ("sample", "day")]:
                for k, stamp in ask(f"SELECT DISTINCT {key}, stamp {mine} AND {key} IN {one_of(coarse)}"):
                    days[k].append(stamp.date())
        steps = {} if checked.clock.dated or layout.time is None else steps_of(checked.scratch, mine, key)
        return cls(mine, key, ends, days, steps)

    def reporters(self, checked: Checked, kpi: Kpi, measure: Measure) -> tuple[str, ...]:
        """Who reported this KPI."""
        if kpi.reported_by is None or kpi.reported_by not in (measure.keyed_by or ()):
            return ()
        name = checked.layout.text_name(kpi.reported_by)
        found = checked.scratch.rows(
            f"SELECT DISTINCT {name} {self.mine} AND {self.key} = {literal(kpi.key)} ORDER BY 1"
        )
        return tuple(value for (value,) in found)


def _bounds(
    checked: Checked, kpi: Kpi, found: _Found, covers: Covers | None, template_covers: str | None
) -> tuple[dt.datetime, dt.datetime]:
    first, last = found.ends[kpi.key]
    if checked.layout.time is None:
        return first, last + BIN
    if covers:
        return period_bounds(covers, "day", kpi.calendar)
    if template_covers or checked.clock.dated:
        zone = kpi.calendar.time_zone
        days = found.days.get(kpi.key) or [zones.to_local(end, zone).date() for end in (first, last)]
        return period_bounds(days, template_grain(template_covers) or recorded_grain(kpi, days), kpi.calendar)
    known = found.steps.get(kpi.key)
    return first, last + (known.usual if known else BIN)  # one stamp tells no step: a quarter of an hour


def template_grain(name: str | None) -> Grain | None:
    """The grain that a template's `covers` names."""
    grains: dict[str, Grain] = {"day": "day", "week": "week", "month": "month", "quarter": "quarter"}
    return grains[name] if name else None


def recorded_grain(kpi: Kpi, days: Sequence[dt.date]) -> Grain:
    """The periods that dates without times stand for."""
    grain = kpi.recorded or kpi.operate
    if grain != "sample" and all(period_start(midnight(day), grain, kpi.calendar) == midnight(day) for day in days):
        return grain
    return "day"


def period_bounds(days: Sequence[dt.date], grain: Grain, calendar: Calendar) -> tuple[dt.datetime, dt.datetime]:
    """Start of the first and end of the last of these days' periods, in UTC."""
    first = period_start(midnight(min(days)), grain, calendar)
    last = period_start(midnight(max(days)), grain, calendar)
    return zones.to_utc(first, calendar.time_zone), zones.to_utc(next_start(last, grain, calendar), calendar.time_zone)


def next_start(start: dt.datetime, grain: Grain, calendar: Calendar) -> dt.datetime:
    """The start of the period after the one that starts then, both site-local."""
    if grain == "shift":
        days = (start.date(), start.date() + _DAY)
        return min(
            later
            for day in days
            for shift in calendar.shifts
            if (later := dt.datetime.combine(day, shift.starts)) > start
        )
    return period_start(start + _ON[grain] * _DAY, grain, calendar)


def midnight(day: dt.date) -> dt.datetime:
    """The local start of a day."""
    return dt.datetime.combine(day, dt.time())
