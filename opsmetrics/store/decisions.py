"""What people decided: rows that are added and never changed. A later row may supersede an earlier one."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

import duckdb

from opsmetrics.catalog import Decision, Moment, Slice
from opsmetrics.store.errors import StoreError
from opsmetrics.store.schema import utc_now
from opsmetrics.store.statements import statement


def slice_json(part: Slice) -> str:
    """The slice as the store keeps it: a JSON list of [dimension, value] pairs in the order of the dimensions."""
    return json.dumps(sorted([list(pair) for pair in part]), ensure_ascii=False)


def decide(cursor: duckdb.DuckDBPyConnection, decision: Decision) -> int:
    """Adds the decision inside an open transaction and returns its number; `at` defaults to now."""
    if decision.supersedes is not None:
        _check_superseded(cursor, decision, decision.supersedes)
    number = int(cursor.execute(statement("decisions", "next_id")).fetchall()[0][0])
    start_at, start_sample = _moment(decision.start)
    end_at, end_sample = _moment(decision.end)
    values = {
        "id": number,
        "kpi": decision.kpi,
        "kind": decision.kind,
        "slice": slice_json(decision.slice),
        "grain": decision.grain,
        "start_at": start_at,
        "start_sample": start_sample,
        "end_at": end_at,
        "end_sample": end_sample,
        "value": None if decision.value is None else json.dumps(decision.value, ensure_ascii=False),
        "by": decision.by,
        "at": decision.at or utc_now(),
        "why": decision.why,
        "supersedes": decision.supersedes,
    }
    cursor.execute(statement("decisions", "record"), values)
    return number


def decisions(cursor: duckdb.DuckDBPyConnection, kpis: Sequence[str] = ()) -> tuple[Decision, ...]:
    """All decisions (of these KPIs), superseded ones too, oldest first."""
    rows = cursor.execute(statement("decisions", "all"), {"kpis": list(kpis)}).fetchall()
    return tuple(_decision(row) for row in rows)


def _check_superseded(cursor: duckdb.DuckDBPyConnection, decision: Decision, earlier: int) -> None:
    found = cursor.execute(statement("decisions", "one"), {"id": earlier}).fetchall()
    if not found or found[0][0] != decision.kpi:
        raise StoreError(
            f"There is no decision {earlier} about {decision.kpi!r} to supersede. Name one from its list of decisions."
        )
    if found[0][1] is not None:
        raise StoreError(
            f"Decision {earlier} was superseded already, by decision {found[0][1]}. Supersede that one instead."
        )


def _moment(moment: Moment | None) -> tuple[dt.datetime | None, int | None]:
    """An instant or a sample number, each in its own column."""
    if isinstance(moment, dt.datetime):
        if moment.tzinfo is not None:
            raise StoreError(
                f"A decision names {moment.isoformat()}, which carries a time zone. Give the period's start in the "
                "site's own time, without a zone."
            )
        return moment, None
    return None, moment


def _decision(row: tuple[Any, ...]) -> Decision:
    number, kpi, kind, part, grain, start_at, start_sample, end_at, end_sample, value, by, at, why, earlier = row
    return Decision(
        kpi=kpi,
        kind=kind,
        slice=tuple((dimension, chosen) for dimension, chosen in json.loads(part)),
        grain=grain,
        start=start_sample if start_at is None else start_at,
        end=end_sample if end_at is None else end_at,
        value=None if value is None else json.loads(value),
        by=by,
        at=at,
        why=why,
        supersedes=earlier,
        id=number,
    )
