"""Stores with events for the tests of everything that reads them: rows go in as a loaded file would leave them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pandas as pd

from opsmetrics.store import Store
from opsmetrics.store.statements import quoted

_COLUMNS = ("observed_at", "category", "subcategory", "count", "cost", "minutes", "reference")


def put(
    store: Store,
    stream: str,
    rows: pd.DataFrame,
    *,
    source: str = "events.csv",
    by: str = "tester",
    spans: Sequence[tuple[dt.datetime, dt.datetime]] = (),
) -> int:
    """Store events (naive UTC stamps) as one batch of the ledger with the spans it covers; the answer is its number."""
    columns = [name for name in rows.columns if name in (*_COLUMNS, *store.dimensions)]
    with store._engine.writing() as transaction:
        cursor = transaction.cursor
        batch = int(cursor.execute("SELECT coalesce(max(batch), 0) + 1 FROM batches").fetchall()[0][0])
        incoming = rows[columns].astype(object).where(rows[columns].notna(), None)
        listed = ", ".join(quoted(name) for name in columns)
        marks = ", ".join("?" for _ in columns)
        cursor.execute("CREATE TEMP TABLE arriving AS SELECT * FROM events LIMIT 0")
        cursor.executemany(
            f"INSERT INTO arriving (stream, batch, {listed}) VALUES (?, ?, {marks})",
            [(stream, batch, *_plain(row)) for row in incoming.itertuples(index=False)],
        )
        cursor.execute("INSERT INTO events SELECT * FROM arriving")
        cursor.execute("DROP TABLE arriving")
        _record(cursor, batch, stream, len(rows), source, by)
        for start, end in spans:
            cursor.execute(
                "INSERT INTO spans (batch, kpi, starts_at, ends_at, reporters) VALUES (?, ?, ?, ?, [])",
                [batch, f"events:{stream}", start, end],
            )
        cursor.execute("UPDATE meta SET data_version = data_version + 1")
    return batch


def _plain(row: Any) -> list[Any]:
    return [value.to_pydatetime() if isinstance(value, pd.Timestamp) else value for value in row]


def _record(cursor: Any, batch: int, stream: str, rows: int, source: str, by: str) -> None:
    values = {
        "batch": batch, "kind": "load", "at": dt.datetime(2026, 11, 23, 5, 31), "by": by, "source": source,
        "fingerprint": f"print {batch}", "note": "", "records": rows, "rows": rows, "rejected": 0, "missing": 0,
        "duplicates": 0, "skipped": 0, "new": rows, "updated": 0, "unchanged": 0, "kpis": [f"events:{stream}"],
    }  # fmt: skip
    names = ", ".join(quoted(name) for name in values)
    marks = ", ".join(f"${name}" for name in values)
    cursor.execute(f"INSERT INTO batches ({names}) VALUES ({marks})", values)
