"""When somebody looked at Today: so that the page can tell what is new to them. It is no part of any version."""

from __future__ import annotations

import datetime as dt

import duckdb

from opsmetrics.store.statements import statement
from opsmetrics.store.store import Store

#: A look after a longer pause begins another visit; until then a reload does not take the news away.
PAUSE = dt.timedelta(hours=4)

#: Older visits are forgotten.
KEPT = dt.timedelta(days=400)


def look(store: Store, reader: str, at: dt.datetime) -> dt.datetime | None:
    """Notes that a reader looks (naive UTC). The answer is the last look of the visit before the present one; None on
    the first."""
    with store._engine.writing() as transaction:
        return _look(transaction.cursor, reader, at)


def _look(cursor: duckdb.DuckDBPyConnection, reader: str, at: dt.datetime) -> dt.datetime | None:
    visits = cursor.execute(statement("visits", "last"), {"reader": reader}).fetchall()
    if visits and at - visits[0][1] <= PAUSE:
        going_on = {"reader": reader, "began": visits[0][0], "at": max(at, visits[0][1])}
        cursor.execute(statement("visits", "go_on"), going_on)
        before = visits[1:]
    else:
        cursor.execute(statement("visits", "begin"), {"reader": reader, "at": at})
        cursor.execute(statement("visits", "forget"), {"before": at - KEPT})
        before = visits
    return before[0][1] if before else None
