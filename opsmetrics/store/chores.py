"""What the app does by itself, each time that it did or failed: so that nothing is done twice or dies in silence."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import duckdb

from opsmetrics.store.statements import statement

#: Older rows are forgotten: they say nothing that a verdict or a backup does not.
KEPT = dt.timedelta(days=400)


@dataclass(frozen=True)
class Chore:
    """One time that a chore was done or failed. site: key of its calendar; day: the site's day that it belongs to;
    at: naive UTC; told: what came of it, plain values (of a failure `error`)."""

    chore: str
    site: str
    day: dt.date
    at: dt.datetime
    failed: bool
    told: Mapping[str, Any]


def record(cursor: duckdb.DuckDBPyConnection, done: Chore) -> None:
    """Writes one row inside an open transaction."""
    values = {**vars(done), "told": json.dumps(dict(done.told), ensure_ascii=False)}
    cursor.execute(statement("chores", "record"), values)
    cursor.execute(statement("chores", "forget"), {"before": done.at - KEPT})


def done(cursor: duckdb.DuckDBPyConnection, chore: str, day: dt.date) -> set[str]:
    """The sites at which a chore was done for a day."""
    return {site for (site,) in cursor.execute(statement("chores", "done"), {"chore": chore, "day": day}).fetchall()}


def last(cursor: duckdb.DuckDBPyConnection) -> tuple[Chore, ...]:
    """Of each chore and site the last time that it was done, and the last time that it failed."""
    rows = cursor.execute(statement("chores", "last")).fetchall()
    return tuple(Chore(row[0], row[1], row[2], row[3], bool(row[4]), json.loads(row[5])) for row in rows)
