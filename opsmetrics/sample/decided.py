"""What people of the sample decided: restarted and locked limits, a raised target, weekdays, notes."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from opsmetrics.catalog import Decision, DecisionKind, Slice, slice_of
from opsmetrics.sample import known
from opsmetrics.sample.clock import Clock
from opsmetrics.sample.known import Event

#: Ages of the working days, oldest first, whose limits of the welding were locked.
LOCKED = (330, 231)

RAISED_TO = 93.0


def decisions(clock: Clock) -> tuple[Decision, ...]:
    """All decisions of the sample, oldest first, each made on the morning after what it is about."""
    first, last = (_midnight(clock.date("plant", age)) for age in LOCKED)
    raised = _midnight(clock.date("months", known.TARGET_RAISED.first))
    lock = Decision(
        "welded_right", "lock", (), start=first, end=last, by="Sample lead, body shop", why="a quiet stretch"
    )
    made = (
        replace(lock, at=_morning(last)),
        _about(clock, "fill_weight", "phase", known.NOZZLES_SWAPPED, "Sample engineer, filling",
               "new nozzles on all heads of the filler"),
        replace(_about(clock, "on_time_in_full", "target", known.TARGET_RAISED, "Sample owner, dispatch",
                       "new contract with the largest customer", value={"value": RAISED_TO}), at=_morning(raised)),
        _weekday(clock, "no_shows", "Sample owner, outpatients", "people miss Mondays and Fridays more often"),
        _weekday(clock, "tickets", "Sample owner, service desk", "few tickets come at the weekend"),
        _note(clock, "four_hour_breaches", known.FLU_DAY, "A coach accident brought 60 patients at once.",
              site=known.EAST),
        _note(clock, "door_to_doctor", known.DOCTORS_AWAY, "Two doctors away at the same time."),
        _note(clock, "oee", known.PRESS_BREAKDOWN, "The press stood for most of the day: gear box.", site=known.NORTH),
        _note(clock, "sla_met", known.TOOL_OUTAGE, "The ticket tool could not be reached for two days.",
              team="Network"),
    )  # fmt: skip
    return tuple(sorted(made, key=lambda decision: decision.at or dt.datetime.min))


def _about(
    clock: Clock, kpi: str, kind: DecisionKind, event: Event, by: str, why: str, part: Slice = (), value: Any = None
) -> Decision:
    start = _midnight(clock.date(event.axis, event.first))
    return Decision(kpi, kind, part, start=start, value=value, by=by, at=_morning(start), why=why)


def _note(clock: Clock, kpi: str, event: Event, text: str, **part: str) -> Decision:
    return _about(clock, kpi, "annotate", event, "Sample analyst", text, slice_of(part), text)


def _weekday(clock: Clock, kpi: str, by: str, why: str) -> Decision:
    """Weekdays hold for the whole series, wherever the decision stands in time."""
    start = _midnight(clock.months[len(clock.months) // 2])
    return Decision(kpi, "weekday", (), start=start, by=by, at=_morning(start), why=why)


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time())


def _morning(moment: dt.datetime) -> dt.datetime:
    return moment + dt.timedelta(days=1, hours=9)
