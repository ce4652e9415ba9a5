"""The few read queries over the facts, each taking the `viewer` in whose scope it reads."""

from opsmetrics.facts.events import EVENT_CLASSES, event_days, event_reach, event_rows, event_totals, event_values
from opsmetrics.facts.events_sums import event_freshness, event_sums, events_behind, fed_values, outages
from opsmetrics.facts.reading import UnknownDimension, binned, freshness, latest, rows_between, values_of
from opsmetrics.facts.readings import readings

__all__ = [
    "EVENT_CLASSES",
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
