"""The few read queries over the facts, each taking the `viewer` in whose scope it reads."""

from opsmetrics.facts.asked import Asked
from opsmetrics.facts.events import EVENT_CLASSES, event_days, event_reach, event_rows, event_totals, event_values
from opsmetrics.facts.events_sums import event_freshness, event_sums, events_behind, fed_values, outages
from opsmetrics.facts.reading import UnknownDimension, freshness, latest, rows_between
from opsmetrics.facts.sums import binned, readings, values_of

__all__ = [
    "EVENT_CLASSES",
    "Asked",
    "UnknownDimension",
    "binned",
    "event_days",
    "event_freshness",
    "event_reach",
    "event_rows",
    "event_sums",
    "event_totals",
    "event_values",
    "events_behind",
    "fed_values",
    "freshness",
    "latest",
    "outages",
    "readings",
    "rows_between",
    "values_of",
]
