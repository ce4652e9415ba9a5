"""Definitions on their way in: what they would show on the data before they are in force, and putting them in force."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from opsmetrics.access import OPEN, Viewer
from opsmetrics.catalog import Catalog, Decision, Kpi, Slice, Target, effective, read_catalog
from opsmetrics.desk.desk import AsOf, Desk
from opsmetrics.review import KpiReview

#: Why a target that was taken out of a definition is taken back.
DROPPED = "taken out of the definition"


def preview(
    desk: Desk, drafted: Catalog, key: str, slice_: Slice = (), *, as_of: AsOf = None, viewer: Viewer = OPEN
) -> KpiReview:
    """What a KPI would show with these definitions and the facts as they are stored. Nothing is written.

    Targets that the definitions newly say count as decided, as they would be. Raises KeyError for an unknown KPI.
    """
    kpi = drafted[key]
    known = desk.store.decisions(key)
    extra = (*_taken_back(kpi, known, by="", why=DROPPED), *_said(kpi, known))
    return desk.review(key, slice_, as_of=as_of, viewer=viewer, catalog=drafted, extra=extra)


def put_in_force(
    desk: Desk, text: str, keys: Iterable[str] = (), *, by: str, fill: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Apply the definitions; targets of the KPIs `keys` that they no longer say are taken back. What changed, in words.

    Raises CatalogError with all mistakes, StoreError (KeyDimensionNeedsAnswer) where old rows stand in the way.
    """
    drafted = read_catalog(text)
    told = list(desk.apply(text, by=by, fill=fill))
    for kpi in (drafted[key] for key in keys if key in drafted):
        dropped = _taken_back(kpi, desk.store.decisions(kpi.key), by=by, why=DROPPED)
        for decision in dropped:
            desk.decide(decision)
        stays = f"The target of {kpi.name} "
        told = [line for line in told if not (dropped and line.startswith(stays) and "it stays in force" in line)]
        told += [f"A target of {kpi.name} was taken back." for _ in dropped]
    return tuple(told)


def _start(target: Target) -> dt.datetime | None:
    return None if target.start is None else dt.datetime.combine(target.start, dt.time())


def _said(kpi: Kpi, known: Sequence[Decision]) -> list[Decision]:
    """The targets of a definition that are not in force yet, as the decisions that they would become."""
    in_force = [d for d in effective(known, kpi, ()) if d.kind == "target" and not d.slice]
    found = []
    for target in kpi.targets:
        ends = {"value": target.value, "low": target.low, "high": target.high}
        value = {name: end for name, end in ends.items() if end is not None}
        same = [d for d in in_force if d.start == _start(target)]
        if not any(d.value == value for d in same):
            found.append(
                Decision(kpi.key, "target", start=_start(target), value=value,
                         supersedes=same[-1].id if same else None)
            )  # fmt: skip
    return found


def _taken_back(kpi: Kpi, known: Sequence[Decision], *, by: str, why: str) -> list[Decision]:
    """Decisions that take back the targets in force of which the definition says nothing any more."""
    starts = {_start(target) for target in kpi.targets}
    return [
        Decision(kpi.key, "target", start=d.start, value=None, by=by, why=why, supersedes=d.id)
        for d in effective(known, kpi, ())
        if d.kind == "target" and not d.slice and not isinstance(d.start, int) and d.start not in starts
    ]
