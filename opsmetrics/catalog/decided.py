"""Which decisions are in force, and which target on which day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from opsmetrics.catalog.model import Decision, DecisionKind, Grain, Kpi, Moment, Slice, Target

#: Kinds whose value says what was decided; for the others the decision itself says it.
_VALUED: tuple[DecisionKind, ...] = ("target", "annotate")


def effective(
    decisions: Iterable[Decision], kpi: Kpi | str, slice_: Slice, *, grain: Grain | None = None
) -> tuple[Decision, ...]:
    """The decisions in force for a slice, oldest first.

    Out of force is what a later decision supersedes, what takes something back (value False, or value None with
    `supersedes`), and what a later value False for the same kind, slice and grain takes back within its own time.
    Decisions hold for exactly the slice they name; only targets of the whole KPI also stand for its slices. With
    `grain`, those made for another grain are left out. `decisions` may hold other KPIs; their order is oldest first.
    """
    key = kpi if isinstance(kpi, str) else kpi.key
    own = [d for d in decisions if d.kpi == key]
    replaced = {d.supersedes for d in own if d.supersedes is not None}
    return tuple(
        d
        for position, d in enumerate(own)
        if (d.id is None or d.id not in replaced)
        and not _takes_back(d)
        and not any(_cancels(later, d) for later in own[position + 1 :])
        and _holds_for(d, slice_)
        and (grain is None or d.grain in (None, grain))
    )


def _takes_back(decision: Decision) -> bool:
    if decision.kind in _VALUED:
        return decision.value is None
    return decision.value is False or (decision.value is None and decision.supersedes is not None)


def _cancels(later: Decision, earlier: Decision) -> bool:
    """True where `later` is a plain 'not any more' of `earlier`, without naming it."""
    same = (later.kind, later.slice, later.grain) == (earlier.kind, earlier.slice, earlier.grain)
    return same and later.value is False and later.supersedes is None and _spans(later, earlier)


def _spans(later: Decision, earlier: Decision) -> bool:
    """True where the periods of `earlier` lie within those of `later`; no start means all of time."""
    if later.start is None:
        return True
    first, last = earlier.start, earlier.end if earlier.end is not None else earlier.start
    end = later.end if later.end is not None else later.start
    return _in_order(later.start, first) and _in_order(last, end)


def _in_order(earlier: Moment | None, later: Moment | None) -> bool:
    """True where both are moments of one sort, in this order."""
    if isinstance(earlier, int) and isinstance(later, int):
        return earlier <= later
    return isinstance(earlier, dt.datetime) and isinstance(later, dt.datetime) and earlier <= later


def _holds_for(decision: Decision, slice_: Slice) -> bool:
    return decision.slice == slice_ or (decision.kind == "target" and decision.slice == ())


def target_at(kpi: Kpi, decisions: Iterable[Decision], slice_: Slice, date: dt.date | int | None) -> Target | None:
    """The target in force for a slice on a day (the last day of a period), or at a sample number.

    A target of the slice itself goes before one of the whole KPI; among several the latest start, then the latest
    decision. The definition's own targets hold only where nothing was ever decided for the whole KPI. None: no target.
    """
    given = tuple(decisions)
    in_force = [d for d in effective(given, kpi, slice_) if d.kind == "target" and _begun(d.start, date)]
    own = [d for d in in_force if d.slice == slice_]
    general = [d for d in in_force if d.slice == ()]
    for candidates in (own, general):
        if candidates:
            return _as_target(max(enumerate(candidates), key=lambda item: (_rank(item[1].start), item[0]))[1])
    if any(d.kpi == kpi.key and d.kind == "target" and d.slice == () for d in given):
        return None
    dated = [target for target in kpi.targets if _begun(target.start, date)]
    latest = max(dated, key=lambda target: _rank(target.start), default=None)
    return None if latest is None or (latest.value is None and latest.low is None) else latest


def _begun(start: Moment | dt.date | None, date: dt.date | int | None) -> bool:
    """True where `start` is not after `date`; days and sample numbers never compare."""
    if start is None:
        return True
    if isinstance(start, int) or isinstance(date, int):
        return isinstance(start, int) and isinstance(date, int) and start <= date
    return date is not None and _day(start) <= _day(date)


def _day(moment: dt.date) -> dt.date:
    return moment.date() if isinstance(moment, dt.datetime) else moment


def _rank(start: Moment | dt.date | None) -> int:
    """Orders starts: since ever first."""
    if start is None:
        return -1
    return start if isinstance(start, int) else _day(start).toordinal()


def _as_target(decision: Decision) -> Target | None:
    value = decision.value
    if not value:
        return None
    start = decision.start
    day = None if start is None or isinstance(start, int) else _day(start)
    return Target(day, value.get("value"), value.get("low"), value.get("high"))


def decided_targets(kpi: Kpi, decisions: Iterable[Decision]) -> tuple[Target, ...] | None:
    """The whole KPI's dated targets as they stand in the decisions; None where none was ever decided."""
    given = [d for d in decisions if d.kpi == kpi.key and d.kind == "target" and d.slice == ()]
    if not given:
        return None
    by_start: dict[dt.date | None, Target] = {}
    for decision in effective(given, kpi, ()):
        if not isinstance(decision.start, int):
            start = None if decision.start is None else _day(decision.start)
            by_start[start] = _as_target(decision) or Target(start)
    return tuple(by_start[start] for start in sorted(by_start, key=_rank))
