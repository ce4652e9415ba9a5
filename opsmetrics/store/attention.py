"""What people said about signals: seen, or not to be reminded of until a day. Rows that are added and never changed."""

from __future__ import annotations

import json

import duckdb

from opsmetrics.catalog import Attention
from opsmetrics.store.decisions import slice_json
from opsmetrics.store.schema import utc_now
from opsmetrics.store.statements import statement


def attend(cursor: duckdb.DuckDBPyConnection, said: Attention) -> int:
    """Adds it inside an open transaction and returns its number; `at` defaults to now."""
    values = {**vars(said), "slice": slice_json(said.slice), "rules": list(said.rules), "at": said.at or utc_now()}
    values.pop("id")
    return int(cursor.execute(statement("attention", "record"), values).fetchall()[0][0])


def attention(cursor: duckdb.DuckDBPyConnection) -> tuple[Attention, ...]:
    """All that was said, also what was taken back, oldest first."""
    rows = cursor.execute(statement("attention", "all")).fetchall()
    return tuple(
        Attention(
            kpi=kpi,
            slice=tuple((dimension, value) for dimension, value in json.loads(part)),
            grain=grain,
            kind=kind,
            side=side,
            start_label=start,
            detected_label=detected,
            rules=tuple(rules),
            until=until,
            by=by,
            at=at,
            why=why,
            id=number,
        )
        for number, kpi, part, grain, kind, side, start, detected, rules, until, by, at, why in rows
    )
