"""Sentences for series that stand at one value most of the time: no limits and no runs, only departures from it."""

from __future__ import annotations

from typing import Any

import numpy as np

from opsmetrics.stats import departures
from opsmetrics.verdict.assurance import current_phase
from opsmetrics.verdict.chart_choice import EQUAL, most_frequent
from opsmetrics.verdict.clauses import Scene
from opsmetrics.verdict.lead import lead_record
from opsmetrics.verdict.model import Sentence
from opsmetrics.verdict.rare import DEPARTURES, FIRST_EVENT, GAP

#: Reasons that rare events give.
RULES = (FIRST_EVENT, DEPARTURES, GAP)


def signal(scene: Scene) -> Sentence:
    """What made a rare series concerning or improving."""
    rule = scene.verdict.reasons[0].rule if scene.verdict.reasons else None
    if rule == FIRST_EVENT:
        return _first_event(scene, "first_event_signal")
    departed = _departed(scene)
    usual = scene.quantity(usual_value(scene))
    if rule == GAP:
        gap = _run_at_end(~departed)
        before = departed[: len(departed) - gap]
        values = {"usual": usual, "g": gap, "b": int(before.sum()), "n": len(before)}
        return Sentence("rare_gap", scene.common(**values))
    if rule != DEPARTURES:
        return Sentence("changed_plain", scene.common(v=scene.quantity(scene.at("value"))))
    window = _window(scene, departed)
    lately, before = departed[-window:], departed[:-window]
    values = {"usual": usual, "a": int(lately.sum()), "m": window, "b": int(before.sum()), "n": len(before)}
    return Sentence("rare_departures", scene.common(**values))


def ordinary(scene: Scene) -> Sentence:
    """How often a rare series stood at its usual value, or its first departure, where that is no news."""
    if "first_event" in scene.verdict.caveats:
        return _first_event(scene, "first_event")
    departed = _departed(scene)
    values = {"usual": scene.quantity(usual_value(scene)), "k": int((~departed).sum()), "n": len(departed)}
    return Sentence("rare_usual", scene.common(**values))


def target(scene: Scene, wanted: dict[str, Any]) -> list[Sentence]:
    """The record of the last closed lead periods against the target."""
    record = lead_record(scene.kpi, scene.points, current_phase(scene.points), scene.grain)
    values = {"t": wanted, "k": record.met, "n": record.periods, "grain": record.grain}
    if scene.verdict.assurance == "too_early":
        return [
            Sentence("rare_too_early", {"t": wanted, "k": record.periods, "n": record.needed, "grain": record.grain})
        ]
    return [Sentence("rare_fails" if scene.verdict.assurance == "fails" else "rare_hit_or_miss", values)]


def usual_value(scene: Scene) -> float:
    """The value at which the series stands most often (stored unit)."""
    return most_frequent(_values(scene))[0]


def _values(scene: Scene) -> np.ndarray:
    return scene.points["value"].iloc[scene.judged].to_numpy(dtype=float)


def _departed(scene: Scene) -> np.ndarray:
    value = _values(scene)
    return np.asarray(np.abs(value - usual_value(scene)) > EQUAL * np.max(np.abs(value)), dtype=bool)


def _first_event(scene: Scene, pattern: str) -> Sentence:
    before = len(scene.judged) - 1
    return Sentence(
        pattern,
        scene.common(v=scene.quantity(scene.at("value")), n=before, usual=scene.quantity(usual_value(scene))),
    )


def _window(scene: Scene, departed: np.ndarray) -> int:
    """The periods in which departures were counted: as given, else those in which they are least likely."""
    chances = departures(departed).p
    given = scene.detail.get("window") or min(chances, key=lambda window: chances[window], default=len(departed))
    return min(int(given), len(departed))


def _run_at_end(flags: np.ndarray) -> int:
    """How many in a row are set at the end."""
    unset = np.flatnonzero(~flags)
    return len(flags) - (int(unset[-1]) + 1 if len(unset) else 0)
