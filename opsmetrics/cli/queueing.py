"""queue: how many on duty a wait takes, where the conditions of the formula hold."""

from __future__ import annotations

import argparse

from opsmetrics.catalog import Kpi
from opsmetrics.cli import desks, owner
from opsmetrics.cli.console import Console, Refused
from opsmetrics.cli.layout import table, wrapped
from opsmetrics.desk import queue_sentences as sentences
from opsmetrics.desk.queue import Asks, Queue, minutes_of, queue_of

#: Said in place of a KPI: nobody leaves before their turn.
NOBODY = "none"


def queue(given: argparse.Namespace, console: Console) -> int:
    """The queue behind a KPI of waits in words, or as JSON."""
    with owner.reading(given, console) as desk:
        kpi = _timed(desks.kpi_of(desk.catalog, given.kpi))
        service = _timed(desks.kpi_of(desk.catalog, given.service))
        arrivals = None if given.arrivals is None else desks.kpi_of(desk.catalog, given.arrivals)
        if arrivals is not None and not arrivals.counts:
            raise Refused(f"{arrivals.key} holds readings, wanted a KPI that counts arrivals for --arrivals.")
        abandoned = None if given.abandoned == NOBODY else desks.kpi_of(desk.catalog, given.abandoned)
        if abandoned is not None and abandoned.kind != "proportion":
            raise Refused(f"{abandoned.key} is no share, wanted the share who leave for --abandoned, or {NOBODY!r}.")
        part = desks.slice_in(desk, kpi, given.slice)
        first, last = given.between
        target = _target(kpi, given.target)
        asks = Asks(kpi, service, given.staff, target, arrivals, abandoned, slice=part, first=first, last=last)
        found = queue_of(desk, asks, as_of=given.as_of)
    if console.as_json:
        console.answer(sentences.as_dict(found))
    else:
        console.say(full(found))
    return 0


def full(found: Queue) -> str:
    """One queue in words: the answer or the refusal, the conditions, the hours."""
    parts = [wrapped(f"{sentences.headline(found)} {sentences.lead(found)}".strip())]
    parts.append(table(sentences.condition_rows(found), sentences.condition_head()))
    if len(found.hours):
        head = sentences.hour_head(found)
        parts.append(table(sentences.hour_rows(found), head, right=head[1:]))
    return "\n\n".join(parts)


def _timed(kpi: Kpi) -> Kpi:
    if kpi.kind != "measured" or minutes_of(kpi) is None:
        raise Refused(f"{kpi.key} holds no readings of a time, wanted a measured KPI in s, min, h or days.")
    return kpi


def _target(kpi: Kpi, given: float | None) -> float:
    """The mean wait wanted, in minutes: as typed, else the KPI's own target."""
    if given is not None:
        return given
    value = kpi.targets[-1].value if kpi.targets else None
    if value is None:
        raise Refused(f"{kpi.key} has no target, wanted --target with the mean wait in minutes.")
    return value * (minutes_of(kpi) or 1.0)
