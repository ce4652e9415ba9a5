"""Small definitions and batches for the tests of the store: real shapes, made in memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import pyarrow as pa

from opsmetrics.catalog import Catalog, Dimension, Kpi, Stream, write_catalog
from opsmetrics.measurements import Batch, Facts, Span, Tally, counts_schema, events_schema, readings_schema

LATE = Kpi("late", "Late deliveries", "proportion", "lower", dimensions=("site",), multiplier=100.0)
WAIT = Kpi("wait", "Waiting time", "measured", "lower", dimensions=("site", "line"))
PLAIN = Kpi("plain", "Plain", "proportion", "lower")
STOPS = Stream("stops", "Line stops", ("site", "line"))
TICKETS = Stream("tickets", "Tickets", ("site",), reported_by="site")

DAY = dt.datetime(2024, 3, 1)

REJECTS = pd.DataFrame(
    {name: pd.Series(dtype="object") for name in ("line", "text", "column", "code", "reason", "mend")}
)


def day(number: int) -> dt.datetime:
    """The n-th day of the tests' calendar."""
    return DAY + dt.timedelta(days=number)


def catalog(
    *kpis: Kpi,
    dimensions: Sequence[str] = ("site", "line"),
    version: str = "v1",
    streams: tuple[Stream, ...] = (STOPS, TICKETS),
) -> Catalog:
    """Definitions of these KPIs, with a text that reads back as the same and a version of one's own."""
    named = tuple(Dimension(key, key.title()) for key in dimensions)
    kept = tuple(stream for stream in streams if set(stream.dimensions) <= set(dimensions))
    draft = Catalog(kpis or (LATE, WAIT, PLAIN), named, streams=kept)
    return replace(draft, text=f"# {version}\n{write_catalog(draft)}", version=version)


def facts_of(rows: Iterable[dict[str, Any]], schema: pa.Schema) -> Facts:
    """Rows as a stream that can be read again and again, in chunks of 1,000."""
    table = pa.Table.from_pylist([{name: row.get(name) for name in schema.names} for row in rows], schema=schema)
    return Facts(table.num_rows, lambda: table.to_reader(max_chunksize=1000))


def count(at: dt.datetime, numerator: float, denominator: float = 100.0, *, kpi: str = "late", **key: Any) -> dict:
    """One row of counts."""
    return {"kpi": kpi, "observed_at": at, "numerator": numerator, "denominator": denominator, **key}


def reading(at: dt.datetime, value: float, sample: int = 1, *, kpi: str = "wait", **key: Any) -> dict:
    """One reading."""
    return {"kpi": kpi, "observed_at": at, "sample": sample, "value": value, **key}


def event(at: dt.datetime, category: str = "Jam", *, stream: str = "stops", **values: Any) -> dict:
    """One event."""
    return {"stream": stream, "observed_at": at, "category": category, "subcategory": "", **values}


def batch(
    *rows: dict[str, Any],
    source: str = "file.csv",
    fingerprint: str | None = None,
    dimensions: tuple[str, ...] = ("site", "line"),
    spans: tuple[Span, ...] = (),
    template: str | None = None,
    note: str = "",
) -> Batch:
    """A checked batch of these rows; its fingerprint is that of the rows in any order unless one is given."""
    counted = [row for row in rows if "numerator" in row]
    read = [row for row in rows if "value" in row]
    happened = [row for row in rows if "stream" in row]
    return Batch(
        source=source,
        fingerprint=fingerprint or f"print of {sorted(map(repr, rows))}",
        dimensions=dimensions,
        counts=facts_of(counted, counts_schema(dimensions)),
        readings=facts_of(read, readings_schema(dimensions)),
        tally=Tally(len(rows), len(rows)),
        spans=spans,
        rejects=REJECTS,
        template=template,
        note=note,
        events=facts_of(happened, events_schema(dimensions)),
    )
