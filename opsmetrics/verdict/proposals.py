"""What is proposed to a person (verdict.md 5, 7, 10, 33): nothing of it happens by itself."""

from __future__ import annotations

from collections.abc import Iterator

from opsmetrics.catalog import GRAINS, Grain
from opsmetrics.verdict import precision, wording
from opsmetrics.verdict.limits import WITHOUT_LIMITS
from opsmetrics.verdict.model import Sentence
from opsmetrics.verdict.rendering import render
from opsmetrics.verdict.sentences import propose
from opsmetrics.verdict.workings import Workings

#: Judged points from which limits may be locked: an XmR chart locked on 24 has three times the nominal false alarms.
LOCK_FROM = 24
LOCK_FROM_DAILY = 60


_CODES = {"step": "step", "unclear": "step_unclear", "drift": "drift"}


def proposals(found: Workings) -> tuple[Sentence, ...]:
    """The proposals of a series, in the order in which they should be settled."""
    return (*_step(found), *_weekday(found), *_coarser(found), *_lock(found))


def _step(found: Workings) -> Iterator[Sentence]:
    change = found.change
    if found.step is None or change is None:  # a step is a change that could be placed
        return
    levels = (change.begins, change.ends) if change.shape == "drift" else (found.step.before, found.step.after)
    given = {
        "at": found.period(found.step.position),
        "a": levels[0],
        "b": levels[1],
        "during": [found.period(row) for row in (change.first, change.last)],
        "m": change.n_before,
        "k": change.n_after,
        "n": change.n_before + change.n_after,
        "grain": found.series.grain,
    }
    yield propose(_CODES[change.shape], found.kpi, given)


def difference(found: Workings, language: str = "en") -> str:
    """By how much the level changed where a step is proposed, with its interval; "" where none is."""
    change, kpi = found.change, found.kpi
    if change is None or change.shape == "drift":
        return ""
    extra = precision.for_range(kpi, change.low, change.high)
    step = wording.quantity(kpi, change.after - change.before, extra=extra)
    span = wording.range_quantity(kpi, change.low, change.high, extra=extra)
    return render((Sentence("step_difference", {"d": step, "r": span}),), language)


def _weekday(found: Workings) -> Iterator[Sentence]:
    if found.weekday.state == "proposed":
        yield propose("weekday", found.kpi, {"share": found.weekday.share})


def _coarser(found: Workings) -> Iterator[Sentence]:
    if found.choice.coarser and found.series.grain not in ("sample", GRAINS[-1]):
        yield propose("coarser", found.kpi, {"grain": _coarser_grain(found)})


def _coarser_grain(found: Workings) -> Grain:
    here = GRAINS.index(found.series.grain)
    lead = found.kpi.lead
    return lead if lead is not None and GRAINS.index(lead) > here else GRAINS[here + 1]


def _lock(found: Workings) -> Iterator[Sentence]:
    """Enough points, not locked yet, and no step among them that would end up inside the baseline."""
    phases = found.phases
    enough = LOCK_FROM_DAILY if found.series.grain in ("day", "shift") else LOCK_FROM
    n = len(phases.points(phases.current))
    if n < enough or phases.locked[phases.current] or found.step is not None or found.choice.kind in WITHOUT_LIMITS:
        return
    yield propose("lock", found.kpi, {"n": n, "grain": found.series.grain})
