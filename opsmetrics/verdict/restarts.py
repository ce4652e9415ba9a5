"""Restarted limits (verdict.md 37): who restarted them, why, and how often in the last year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

import numpy as np
import pandas as pd

from opsmetrics.catalog import Decision, Grain
from opsmetrics.verdict.clauses import Scene
from opsmetrics.verdict.model import Sentence
from opsmetrics.verdict.phases import ENOUGH
from opsmetrics.verdict.rendering import render


def clause(scene: Scene) -> Sentence | None:
    """The sentence about the restart with which the current phase began; None where it is the first phase."""
    begun = _begun(scene)
    if not begun or scene.points["phase"].iloc[-1] == 0:
        return None
    latest = begun[-1]
    start = int(np.argmax(scene.points["phase"] == scene.points["phase"].iloc[-1]))
    values = {
        "at": scene.period(start),
        "who": latest.by or {"term": "someone"},
        "why": latest.why.rstrip(".") or {"term": "no_reason"},
        "n": scene.verdict.n,
        "needed": ENOUGH,
        "r": sum(_within_a_year(decision, latest) for decision in begun),
    }
    before = scene.detail.get("before")
    return Sentence("rebased_first", values) if before is None else Sentence("rebased", values | {"before": before})


def too_few(scene: Scene) -> Sentence:
    """How many of the judged points that a verdict takes there are."""
    since = scene.period(int(scene.judged[0]))
    return Sentence("too_few", {"n": scene.verdict.n, "needed": ENOUGH, "since": since, "grain": scene.grain})


def warning(decisions: Iterable[Decision], asked: Decision, grain: Grain, language: str = "en") -> str:
    """What is said before limits are restarted once more: "This would be the third restart in 12 months." "" where it
    is the first. decisions: those in force."""
    begun = [decision for _, decision in _starts(decisions, grain) if decision.start != asked.start]
    times = 1 + sum(_within_a_year(decision, asked) and _within_a_year(asked, decision) for decision in begun)
    return render((Sentence("restart_again", {"r": times}),), language) if times > 1 else ""


def _starts(decisions: Iterable[Decision], grain: Grain) -> list[tuple[Any, Decision]]:
    """Phase starts with their moments, as they were made."""
    return [
        (decision.start, decision)
        for decision in decisions
        if decision.kind == "phase" and decision.value is not False and decision.grain in (None, grain)
    ]


def _begun(scene: Scene) -> list[Decision]:
    """The accepted phase starts up to the last row, in order of their start."""
    if scene.points.empty:
        return []
    last = scene.points["period"].iloc[-1]
    begun = _starts(scene.decisions, scene.grain)
    comparable = int if scene.grain == "sample" else dt.datetime
    past = [pair for pair in begun if isinstance(pair[0], comparable) and pair[0] <= last]
    return [decision for _, decision in sorted(past, key=lambda pair: pair[0])]


def _within_a_year(decision: Decision, latest: Decision) -> bool:
    """True where a restart lies in the 12 months up to the latest; samples have no dates but those of the decisions."""
    then, now = (d.start if isinstance(d.start, dt.datetime) else d.at for d in (decision, latest))
    if then is None or now is None:
        return True
    return pd.Timestamp(then) > pd.Timestamp(now) - pd.DateOffset(months=12)
