"""What people said about signals: seen, or not to be reminded of until a day. Rows that are added and never changed."""

from __future__ import annotations

import json

from opsmetrics.catalog import Attention
from opsmetrics.store.decisions import slice_json
from opsmetrics.store.schema import utc_now
from opsmetrics.store.statements import statement
from opsmetrics.store.store import Store


def attend(store: Store, said: Attention) -> int:
    """Keeps what somebody says about a signal, and returns its number; `at` defaults to now."""
    values = {**vars(said), "slice": slice_json(said.slice), "rules": list(said.rules), "at": said.at or utc_now()}
    values.pop("id")
    with store._engine.writing() as transaction:
        return int(transaction.cursor.execute(statement("attention", "record"), values).fetchall()[0][0])


def attention(store: Store) -> tuple[Attention, ...]:
    """All that was ever said about signals, also what was taken back, oldest first."""
    with store.cursor() as cursor:
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
