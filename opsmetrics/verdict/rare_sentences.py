"""Sentences for series that stand at one value most of the time: no limits and no runs, only departures from it."""

from __future__ import annotations

from typing import Any

import numpy as np

from opsmetrics.stats import departures
from opsmetrics.verdict import chart_choice, precision
from opsmetrics.verdict.chart_choice import EQUAL
from opsmetrics.verdict.clauses import Scene
from opsmetrics.verdict.lead import lead_record
from opsmetrics.verdict.model import Sentence
from opsmetrics.verdict.rare import DEPARTURES, FIRST_EVENT, FURTHEST, GAP

#: Reasons that rare events give.
RULES = (FIRST_EVENT, DEPARTURES, GAP)


def signal(scene: Scene) -> Sentence:
    """What made a rare series concerning or improving."""
    rule = scene.verdict.reasons[0].rule if scene.verdict.reasons else None
    if rule == FIRST_EVENT:
        return _first_event(scene, "first_signal")
    departed = _departed(scene)
    if rule == GAP:
        gap = _run_at_end(~departed)
        before = departed[: len(departed) - gap]
        values = {"usual": scene.quantity(usual_value(scene)), "g": gap, "b": int(before.sum()), "n": len(before)}
        return _told(scene, "gap", values)
    if rule != DEPARTURES:
        return Sentence("changed_plain", scene.common(v=scene.quantity(scene.at("value"))))
    window = _window(scene, departed)
    lately, before = departed[-window:], departed[:-window]
    values = {"a": int(lately.sum()), "m": window, "b": int(before.sum()), "n": len(before)}
    return _with_last(scene, "departures", values, departed)


def ordinary(scene: Scene) -> Sentence:
    """How often a rare series stood at its usual value, or its first departure, where that is no news."""
    if "first_event" in scene.verdict.caveats:
        return _first_event(scene, "first")
    departed = _departed(scene)
    if FURTHEST in scene.verdict.caveats:
        return _furthest(scene, departed)
    return _with_last(scene, "usual", {"k": int((~departed).sum()), "n": len(departed)}, departed)


def _furthest(scene: Scene, departed: np.ndarray) -> Sentence:
    """The largest departure so far, and how often they came in the longest window that was looked at; before there is
    one, in all periods."""
    usual, now = usual_value(scene), scene.at("value")
    values: dict[str, Any] = {"side": "high" if now > usual else "low", "n": len(departed)}
    window = max(departures(departed).p, default=0)
    if window:
        return _with_last(scene, "furthest", {**values, "a": int(departed[-window:].sum()), "m": window}, departed)
    return _with_last(scene, "furthest_few", {**values, "k": int((~departed).sum())}, departed)


#: Patterns about the usual value, and about events where the usual value is none of them.
_OF_VALUES = {"first": "first_event", "first_signal": "first_event_signal"}


def _with_last(scene: Scene, pattern: str, values: dict[str, Any], departed: np.ndarray) -> Sentence:
    """With the last value where that is not the usual one: how often says nothing of how far."""
    usual, now = usual_value(scene), scene.at("value")
    if not departed[-1:].any():
        return _told(scene, pattern, {"usual": scene.quantity(usual), **values})
    extra = precision.apart(scene.kpi, (now, usual))
    quantities = {"v": scene.quantity(now, extra), "usual": scene.quantity(usual, extra)}
    return _told(scene, f"{pattern}_now", {**quantities, **values})


def _told(scene: Scene, pattern: str, values: dict[str, Any]) -> Sentence:
    """The sentence about events where the KPI counts them, else about the value that it departs from."""
    if scene.kpi.kind in ("rare", "count", "rate") and usual_value(scene) == 0:
        event = scene.kpi.numerator or {"term": "events"}
        own = {name: item for name, item in values.items() if name != "usual"}
        return Sentence(f"event_{pattern}", scene.common(event=event, **own))
    return Sentence(_OF_VALUES.get(pattern, f"rare_{pattern}"), scene.common(**values))


def target(scene: Scene, wanted: dict[str, Any]) -> list[Sentence]:
    """The record of the last closed lead periods against the target."""
    record = lead_record(scene.kpi, scene.points, scene.phase, scene.grain)
    values = {"t": wanted, "k": record.met, "n": record.periods, "grain": record.grain}
    if scene.verdict.assurance == "too_early":
        return [
            Sentence("rare_too_early", {"t": wanted, "k": record.periods, "n": record.needed, "grain": record.grain})
        ]
    return [Sentence("rare_fails" if scene.verdict.assurance == "fails" else "rare_hit_or_miss", values)]


def usual_value(scene: Scene) -> float:
    """The value that the series departs from (stored unit)."""
    return chart_choice.usual_value(scene.kpi, _values(scene))


def _values(scene: Scene) -> np.ndarray:
    return scene.points["value"].iloc[scene.judged].to_numpy(dtype=float)


def _departed(scene: Scene) -> np.ndarray:
    value = _values(scene)
    return np.asarray(np.abs(value - usual_value(scene)) > EQUAL * np.max(np.abs(value)), dtype=bool)


def _first_event(scene: Scene, pattern: str) -> Sentence:
    value, usual = scene.at("value"), usual_value(scene)
    extra = precision.apart(scene.kpi, (value, usual))
    values = {"v": scene.quantity(value, extra), "n": len(scene.judged) - 1, "usual": scene.quantity(usual, extra)}
    return _told(scene, pattern, values)


def _window(scene: Scene, departed: np.ndarray) -> int:
    """The periods in which departures were counted: as given, else those in which they are least likely."""
    chances = departures(departed).p
    given = scene.detail.get("window") or min(chances, key=lambda window: chances[window], default=len(departed))
    return min(int(given), len(departed))


def _run_at_end(flags: np.ndarray) -> int:
    """How many in a row are set at the end."""
    unset = np.flatnonzero(~flags)
    return len(flags) - (int(unset[-1]) + 1 if len(unset) else 0)
