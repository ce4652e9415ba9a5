"""Stores of any size, filled by the store's own writing path: batches that no file stands behind."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa

from opsmetrics.desk import Desk
from opsmetrics.measurements import Batch, Facts, Span, Tally, counts_schema, readings_schema

BEGIN = dt.datetime(2025, 1, 1)
DAYS = 174
LINES, PER_SITE = 20, 5
PORTION = 5_000_000

#: Counts of 20 lines over DAYS days, by their running number: the more of them, the closer in time. A number always
#: makes the same row, because a batch is read more than once.
_GENERATED = """
SELECT
    'scrap' AS kpi,
    TIMESTAMP '{begin}' + to_microseconds(number // {lines} * {apart}) AS observed_at,
    'Site ' || (number % {lines} // {per_site} + 1) AS site,
    'Line ' || (number % {lines} + 1) AS line,
    (hash(number) % 5 + {more})::DOUBLE AS numerator,
    (80 + hash(number + 1) % 40)::DOUBLE AS denominator
FROM range({first}, {last}) AS numbers(number)
"""

#: Ten measures, each watched by line: what Today, the charts and the API are measured on.
MEASURES = 10
HISTORY = 120  # days
_MEASURE = """
[kpis.measure_{number}]
name = "Measure {number}"
kind = "proportion"
better = "lower"
unit = "%"
numerator = "bad"
denominator = "made"
dimensions = ["line"]
watch_by = ["line"]
target = 3
owner = "Owner {number}"
category = "Area {area}"
"""


def fill(desk: Desk, rows: int) -> None:
    """Counts of the KPI `scrap` of bench.loading, in portions of five million."""
    apart = DAYS * 86_400_000_000 // -(-rows // LINES)
    for first in range(0, rows, PORTION):
        last = min(first + PORTION, rows)
        query = _query(first, last, apart)
        with duckdb.connect() as scratch:
            facts = Facts(last - first, _reader(scratch, query))
            _commit(desk, facts, ["scrap"], BEGIN, BEGIN + dt.timedelta(days=DAYS))


def _query(first: int, last: int, apart: int, more: int = 0) -> str:
    return _GENERATED.format(
        begin=BEGIN, lines=LINES, per_site=PER_SITE, apart=apart, first=first, last=last, more=more
    )


def overlapping(desk: Desk, stored: int, rows: int) -> tuple[Batch, str, str]:
    """Over what `fill` stored: a batch of so many rows, half of them changed and half new; then the queries for the
    rows that lie there and for its own, for an engine without us."""
    apart = DAYS * 86_400_000_000 // -(-stored // LINES)
    first = stored - rows // 2
    query = _query(first, first + rows, apart, more=1)
    scratch = duckdb.connect()
    scratch.execute(f"CREATE TABLE checked AS {query}")
    for name in ("kpi", "site", "line"):  # as the names of a plain file are handed over: positions in a list
        scratch.execute(f"CREATE TYPE {name} AS ENUM (SELECT DISTINCT {name} FROM checked)")
        scratch.execute(f"ALTER TABLE checked ALTER {name} TYPE {name}")
    reach = scratch.execute("SELECT min(observed_at), max(observed_at) FROM checked").fetchall()[0]
    facts = Facts(rows, _reader(scratch, "FROM checked"), reach)  # as of a checked file, whose reach is known
    end = BEGIN + dt.timedelta(days=DAYS, microseconds=apart * rows)
    return _batch(desk, facts, ["scrap"], BEGIN, end), _query(0, stored, apart), query


def _reader(scratch: duckdb.DuckDBPyConnection, query: str) -> Callable[[], pa.RecordBatchReader]:
    return lambda: scratch.cursor().sql(query).to_arrow_reader(100_000)


def lines_of(rows: int) -> int:
    """The lines that make so many rows: each measure has a row of its own, and one for each line."""
    return rows // MEASURES - 1


def fill_watched(desk: Desk, rows: int) -> None:
    """So many rows on Today: ten measures, whole and by line, by day up to yesterday. One line in seven got worse."""
    lines = lines_of(rows)
    desk.apply(
        '[dimensions]\nline = "Line"\n'
        + "".join(_MEASURE.format(number=number, area=number % 3) for number in range(MEASURES)),
        by="bench",
    )
    end = dt.datetime.combine(dt.datetime.now(dt.UTC).date(), dt.time())
    days = pd.date_range(end=end - dt.timedelta(hours=12), periods=HISTORY, freq="D")
    grid = pd.MultiIndex.from_product([range(MEASURES), range(lines), days], names=["measure", "line", "at"])
    table = grid.to_frame(index=False)
    rng = np.random.default_rng(7)
    made = rng.integers(800, 1200, len(table))
    late = (table["line"] % 7 == 0) & (table["at"] > days[-5])
    columns = {
        "kpi": "measure_" + table["measure"].astype("string"),
        "observed_at": table["at"],
        "line": "Line " + (table["line"] + 1).astype("string"),
        "numerator": rng.binomial(made, np.where(late, 0.04, 0.02)).astype("float64"),
        "denominator": made.astype("float64"),
    }
    stored = pa.Table.from_pandas(pd.DataFrame(columns), schema=counts_schema(("line",)), preserve_index=False)
    keys = [kpi.key for kpi in desk.catalog.kpis]
    _commit(desk, Facts(stored.num_rows, stored.to_reader), keys, days[0].to_pydatetime(), end)


def _commit(desk: Desk, facts: Facts, keys: Iterable[str], begin: dt.datetime, end: dt.datetime) -> None:
    receipt = desk.commit(_batch(desk, facts, keys, begin, end), by="bench", publish=False)
    assert receipt.new == facts.rows


def _batch(desk: Desk, facts: Facts, keys: Iterable[str], begin: dt.datetime, end: dt.datetime) -> Batch:
    dimensions = desk.catalog.dimension_keys
    none = Facts(0, lambda: pa.RecordBatchReader.from_batches(readings_schema(tuple(dimensions)), []))
    rejects = pd.DataFrame(columns=["line", "text", "column", "code", "reason", "mend"], dtype="object")
    return Batch(
        source="generated",
        fingerprint=f"generated {facts.rows} {begin} {end}",
        dimensions=tuple(dimensions),
        counts=facts,
        readings=none,
        tally=Tally(facts.rows, facts.rows),
        spans=tuple(Span(key, begin, end) for key in keys),
        rejects=rejects,
    )
