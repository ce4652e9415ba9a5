"""The few read queries over the facts, each taking the `viewer` in whose scope it reads."""

from opsmetrics.facts.reading import UnknownDimension, binned, freshness, latest, rows_between, values_of

__all__ = ["UnknownDimension", "binned", "freshness", "latest", "rows_between", "values_of"]
