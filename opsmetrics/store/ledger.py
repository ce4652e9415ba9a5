"""The ledger of batches: who loaded what and when, what it covers, what it overwrote."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import duckdb
import pandas as pd

from opsmetrics.measurements import Span, Tally
from opsmetrics.store.shape import FACT_TABLES, Shape, matching
from opsmetrics.store.statements import statement


def record(
    cursor: duckdb.DuckDBPyConnection,
    *,
    kind: str,
    at: dt.datetime,
    by: str,
    source: str,
    fingerprint: str = "",
    template: str | None = None,
    note: str = "",
    tally: Tally,
    totals: tuple[int, int, int],
    removed: int = 0,
    kpis: Iterable[str],
    batch: int,
) -> None:
    """Writes the ledger's row of a batch; `totals` are new, updated and unchanged facts; `removed` are events."""
    new, updated, unchanged = totals
    values = {
        "batch": batch,
        "kind": kind,
        "at": at,
        "by": by,
        "source": source,
        "fingerprint": fingerprint,
        "template": template,
        "note": note,
        "records": tally.records,
        "rows": tally.rows,
        "rejected": tally.rejected,
        "missing": tally.missing,
        "duplicates": tally.duplicates,
        "skipped": tally.skipped,
        "new": new,
        "updated": updated,
        "unchanged": unchanged,
        "removed": removed,
        "kpis": sorted(kpis),
    }
    cursor.execute(statement("ledger", "record"), values)


def record_spans(
    cursor: duckdb.DuckDBPyConnection, batch: int, spans: tuple[Span, ...], reported_by: Mapping[str, str | None]
) -> None:
    """Writes the stretches of time that a batch covers; `reported_by`: key of a span to the reporters' dimension."""
    for span in spans:
        cursor.execute(
            statement("ledger", "record_span"),
            {
                "batch": batch,
                "kpi": span.kpi,
                "starts_at": span.starts_at,
                "ends_at": span.ends_at,
                "reporters": list(span.reporters),
                "replaces": span.replaces,
                "reported_by": reported_by.get(span.kpi),
                "states": span.states,
            },
        )


def next_batch(cursor: duckdb.DuckDBPyConnection) -> int:
    """The number of the next batch; numbers are never used twice."""
    return int(cursor.execute(statement("ledger", "next_batch")).fetchall()[0][0])


def seen(cursor: duckdb.DuckDBPyConnection, fingerprint: str) -> int | None:
    """The last batch still in force that was loaded from these very bytes."""
    found = cursor.execute(statement("ledger", "seen"), {"fingerprint": fingerprint}).fetchall()[0][0]
    return None if found is None else int(found)


def live_spans(cursor: duckdb.DuckDBPyConnection, fingerprint: str) -> set[Span]:
    """What the batches in force with this fingerprint cover."""
    rows = cursor.execute(statement("ledger", "live_spans"), {"fingerprint": fingerprint}).fetchall()
    return {Span(kpi, start, end, tuple(reporters), *flags) for kpi, start, end, reporters, *flags in rows}


def batches(cursor: duckdb.DuckDBPyConnection) -> pd.DataFrame:
    """One row per batch, oldest first; `kpis` holds tuples."""
    frame = frame_of(cursor, statement("ledger", "batches"))
    frame["kpis"] = pd.Series([tuple(kpis) for kpis in frame["kpis"]], index=frame.index, dtype=object)
    return frame


def spans(cursor: duckdb.DuckDBPyConnection, keys: Sequence[str]) -> dict[str, pd.DataFrame]:
    """By key the spans of the batches in force, as they were loaded: batch, source, starts_at, ends_at, reporters
    (tuples)."""
    return _by_key(cursor, "spans", keys)


def covered(cursor: duckdb.DuckDBPyConnection, keys: Sequence[str]) -> dict[str, pd.DataFrame]:
    """By key the time of which something is known: starts_at, ends_at, reporters (tuples), watched."""
    return _by_key(cursor, "covered", keys)


def _by_key(cursor: duckdb.DuckDBPyConnection, query: str, keys: Sequence[str]) -> dict[str, pd.DataFrame]:
    frame = frame_of(cursor, statement("ledger", query), {"keys": list(keys)})
    reporters = [tuple(names) for names in frame["reporters"]]
    frame["reporters"] = pd.Series(reporters, index=frame.index, dtype=object)
    own, found = frame.pop("kpi"), dict.fromkeys(keys, frame.iloc[:0])
    return found | {key: rows.reset_index(drop=True) for key, rows in frame.groupby(own, sort=False)}


def changes(cursor: duckdb.DuckDBPyConnection, dimensions: tuple[str, ...], batch: int) -> pd.DataFrame:
    """The facts that a batch overwrote: fact (table), its key, old_… and new_… values, old_batch."""
    parts = []
    for table in FACT_TABLES:
        shape = Shape(table, dimensions)
        query = statement("ledger", "changes", match_later=matching(shape.keys, "later", "own"), **shape.parts())
        parts.append(frame_of(cursor, query, {"batch": batch}))
    key = ["fact", "kpi", "observed_at", *dimensions, "sample"]
    return pd.concat(parts, ignore_index=True).sort_values(key, ignore_index=True)


def frame_of(
    cursor: duckdb.DuckDBPyConnection, query: str, values: dict[str, object] | tuple[object, ...] = ()
) -> pd.DataFrame:
    """The answer as a frame, by way of Arrow: DuckDB's own conversion still uses deprecated parts of pandas."""
    relation = cursor.sql(query, params=values) if values else cursor.sql(query)
    frame: pd.DataFrame = relation.to_arrow_table().to_pandas()
    return frame
