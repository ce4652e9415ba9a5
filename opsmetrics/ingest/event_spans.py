"""The stretch of time that a file covers for a stream of events, and who reported in it.

Dates without times cover whole days (or what the template says), stamps the time from the first event to the last:
two shifts' files of one day must not take each other's events away. A log of states tells from its first to its last
record, and its reporters are all units in it, also those that were never down; what is known of each of them follows in
the store from the records of all its logs, unless a person or the template says which days the file covers.
"""

from __future__ import annotations

import datetime as dt

from opsmetrics.ingest import zones
from opsmetrics.ingest.checked import Checked
from opsmetrics.ingest.event_plan import EventPlan
from opsmetrics.ingest.happened import stated_sql
from opsmetrics.ingest.problems import IngestRefused
from opsmetrics.ingest.spans import Covers, period_bounds, template_grain
from opsmetrics.measurements import Span, events_key

#: The shortest time there is: the end of a stretch lies after its last event.
_TICK = dt.timedelta(microseconds=1)


def event_spans(checked: Checked, covers: Covers | None, template_covers: str | None) -> tuple[Span, ...]:
    """The span of the file's events; () where it states none.

    Raises IngestRefused (`events_beyond_covered_days`) where events without a reference lie outside of it: loaded
    again they would count twice.
    """
    plan = checked.layout.events
    if plan is None:
        return ()
    mine = f"FROM record WHERE {stated_sql(checked.layout)}"
    first, last = checked.scratch.rows(f"SELECT min(observed_at), max(observed_at) {mine}")[0]
    if first is None:
        return ()
    start, end = _bounds(checked, plan, (first, last), covers, template_covers)
    if not plan.named and not start <= first <= last < end:
        raise IngestRefused(
            "events_beyond_covered_days",
            f"events from {first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M} (UTC) lie beyond the days to be covered",
            "days that cover all events of the file",
            "name the first and the last day of the export",
        )
    named = _reporters(checked, plan, mine)
    log = plan.states and not (covers or template_covers)
    return (Span(events_key(plan.stream.key), start, end, named, replaces=not plan.named, states=log),)


def _bounds(
    checked: Checked,
    plan: EventPlan,
    ends: tuple[dt.datetime, dt.datetime],
    covers: Covers | None,
    template_covers: str | None,
) -> tuple[dt.datetime, dt.datetime]:
    calendar = plan.stream.calendar
    if covers:
        return period_bounds(covers, "day", calendar)
    if template_covers or checked.clock.dated:
        days = [zones.to_local(instant, calendar.time_zone).date() for instant in ends]
        return period_bounds(days, template_grain(template_covers) or "day", calendar)
    return ends[0], ends[1] + _TICK


def _reporters(checked: Checked, plan: EventPlan, mine: str) -> tuple[str, ...]:
    if plan.reporter is None:
        return ()
    name = checked.layout.text_name(plan.reporter)
    return tuple(value for (value,) in checked.scratch.rows(f"SELECT DISTINCT {name} {mine} ORDER BY 1"))
