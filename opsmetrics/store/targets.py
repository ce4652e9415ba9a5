"""Dated targets of the definitions become decisions. From then on the store rules: a person's later decision is not
undone by applying a file that still says the old value."""

from __future__ import annotations

import datetime as dt

import duckdb

from opsmetrics.catalog import Catalog, Decision, Kpi, Target, effective
from opsmetrics.store.decisions import decide, decisions
from opsmetrics.store.statements import statement

WHY = "from the definitions"


def copy_targets(
    cursor: duckdb.DuckDBPyConnection, before: Catalog, after: Catalog, *, by: str, at: dt.datetime
) -> list[str]:
    """Copies the targets that the file newly says, except those equal to the one in force with the same start."""
    told: list[str] = []
    copied = False
    for kpi in after.kpis:
        said = before[kpi.key].targets if kpi.key in before else ()
        for target in kpi.targets:
            if target not in said and _copy(cursor, kpi, target, by, at):
                copied = True
                told.append(f"Target of {kpi.name}{_since(target)} taken over from the definitions.")
        dropped = [target for target in said if target.start not in {t.start for t in kpi.targets}]
        told += [
            f"The target of {kpi.name}{_since(target)} has left the definitions; it stays in force until a decision "
            "takes it back."
            for target in dropped
        ]
    if copied:
        cursor.execute(statement("schema", "bump_decisions"))
    return told


def _copy(cursor: duckdb.DuckDBPyConnection, kpi: Kpi, target: Target, by: str, at: dt.datetime) -> bool:
    start = None if target.start is None else dt.datetime.combine(target.start, dt.time())
    value = {k: v for k, v in (("value", target.value), ("low", target.low), ("high", target.high)) if v is not None}
    in_force = effective(decisions(cursor, [kpi.key]), kpi, ())
    rules = [d for d in in_force if d.kind == "target" and d.start == start]
    if any(d.value == value for d in rules):
        return False
    decision = Decision(
        kpi=kpi.key,
        kind="target",
        start=start,
        value=value,
        by=by,
        at=at,
        why=WHY,
        supersedes=rules[-1].id if rules else None,
    )
    decide(cursor, decision)
    return True


def _since(target: Target) -> str:
    return "" if target.start is None else f" from {target.start.isoformat()}"
