"""The sentences of a verdict (verdict.md 36–38): at most two, then what is wrong with the data.

A sentence is a pattern's id with its values, figures from the verdict's own points; `render` puts it into words. No
sentence names a cause, and none says that a value rose or fell.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

import numpy as np
import pandas as pd

from opsmetrics.catalog import Decision, Kpi
from opsmetrics.verdict import clauses, precision, rare_sentences, restarts, wording
from opsmetrics.verdict.assurance import (
    BY_RECORD,
    Zero,
    against_limits,
    limits_at_typical_size,
    missed_of,
    trials_to_show,
    zero_evidence,
)
from opsmetrics.verdict.clauses import Scene
from opsmetrics.verdict.explanations import explain_choice, propose
from opsmetrics.verdict.headlines import headline, kpi_headline
from opsmetrics.verdict.judged import fewest_readings
from opsmetrics.verdict.model import Episode, Sentence, Verdict
from opsmetrics.verdict.rare import FURTHEST
from opsmetrics.verdict.rendering import as_json, from_json, render
from opsmetrics.verdict.targets import as_value, bounds_of
from opsmetrics.verdict.variation import UNCONFIRMED
from opsmetrics.verdict.wording import target_quantity

__all__ = [
    "Detail",
    "as_json",
    "compose",
    "explain_choice",
    "from_json",
    "headline",
    "kpi_headline",
    "propose",
    "render",
]

#: An ended episode is told while its last period is among this many judged ones: a week of days, a quarter of months.
NEWS = {"shift": 21, "day": 7, "sample": 7, "week": 4, "month": 3, "quarter": 2}


class Detail(TypedDict, total=False):
    """What `compose` cannot see in the verdict and its points; every key may be left out.

    chart_kind: the kind chosen ("rare" has sentences of its own). window: periods in which departures were counted
    (verdict.md 17). before: variation and side of the phase before a restart. reporters: reporter that is missing ->
    position in the points of the last period it reported in (None: never). suspect: {"code": "restated",
    "position"} or {"code": "jump", "factor", "position"}. contributor: from the drivers' result, {"slice", "part",
    "whole"} in stored units and "share" (0 to 1) where all parts have one sign.
    """

    chart_kind: str
    window: int
    before: tuple[str, str]
    reporters: Mapping[str, int | None]
    suspect: Mapping[str, Any]
    contributor: Mapping[str, Any]


def compose(
    verdict: Verdict,
    kpi: Kpi,
    points: pd.DataFrame,
    episodes: Sequence[Episode],
    decisions: Sequence[Decision],
    *,
    detail: Detail | Mapping[str, Any],
) -> tuple[Sentence, ...]:
    """At most two sentences about the process and, last, one about the data where there is something to say.

    points: those of the review (with state, phase, limits, target_low, target_high, met). decisions: those in force.
    The verdict's own `sentence` is not read.
    """
    scene = Scene(verdict, kpi, points, tuple(episodes), tuple(decisions), detail)
    about = _nothing_judged(scene) if len(scene.judged) == 0 else _about_process(scene)
    return (*about[:2], *_about_data(scene))


def _about_process(scene: Scene) -> list[Sentence]:
    variation = scene.verdict.variation
    if variation == "too_few":
        return _too_few(scene)
    if variation == "constant":
        return [_constant(scene), *_of_stance(scene)]
    if variation == "common_cause":
        return [_common(scene), *_of_stance(scene)]
    told = _special(scene)
    if UNCONFIRMED in scene.verdict.caveats:
        told = Sentence("unconfirmed", {"clause": told})
    return [told, *_contributor(scene)]


# Special cause


def _special(scene: Scene) -> Sentence:
    """The first reason of the verdict's side; hits on the other side stand against it."""
    verdict = scene.verdict
    if scene.without_limits or not verdict.reasons or verdict.reasons[0].rule in rare_sentences.RULES:
        return rare_sentences.signal(scene)
    lead = next((reason for reason in verdict.reasons if reason.side == verdict.side), verdict.reasons[0])
    against = next((r for r in verdict.reasons if "none" not in (r.side, lead.side) and r.side != lead.side), None)
    first = clauses.reason_clause(scene, lead)
    if against is None:
        return first
    return Sentence("conflict", {"worse": first, "better": clauses.reason_clause(scene, against, pronoun=True)})


def _contributor(scene: Scene) -> list[Sentence]:
    found = scene.detail.get("contributor")
    if not found:
        return []
    values = {"slice": found["slice"], "part": scene.quantity(found["part"]), "whole": scene.quantity(found["whole"])}
    if found.get("share") is None:
        return [Sentence("contributor", values)]
    share = {"number": 100.0 * found["share"], "unit": "%", "decimals": 0}
    return [Sentence("contributor_share", values | {"share": share})]


# Common cause and constant


def _common(scene: Scene) -> Sentence:
    if scene.without_limits or "first_event" in scene.verdict.caveats:
        return rare_sentences.ordinary(scene)
    if scene.has_limits() and not scene.at("lower") <= scene.at("value") <= scene.at("upper"):
        return clauses.beyond(scene, "high" if scene.at("value") > scene.at("upper") else "low")  # no rule of the KPI
    news = _ended_lately(scene)
    return clauses.usual(scene) if news is None else clauses.ended(scene, news)


def _ended_lately(scene: Scene) -> Episode | None:
    recent = scene.judged[-NEWS[scene.grain] :]
    ended = [e for e in scene.episodes if not e.open and e.closed_because is None and e.last >= recent[0]]
    return max(ended, key=lambda e: e.last, default=None)


def _constant(scene: Scene) -> Sentence:
    zero = zero_evidence(scene.kpi, scene.phase)
    value = scene.quantity(scene.at("value"))
    if zero is None:
        return Sentence("constant", scene.common(v=value, n=scene.verdict.n))
    values = scene.common(N=zero.trials, units=_units(scene, zero), bound=_bound(scene.kpi, zero.bound, zero.at))
    if zero.at == "zero":
        return Sentence("all_zero", values | {"event": scene.kpi.numerator or {"term": "events"}})
    return Sentence("all_full", values | {"v": value})


def _units(scene: Scene, zero: Zero) -> str | dict[str, Any]:
    """What the trials (or the exposure) of a zero are called; without denominators they are the periods themselves."""
    if scene.kpi.kind == "measured":
        return {"term": "readings"}
    if scene.points["denominator"].iloc[scene.judged].isna().any():
        return {"periods": scene.grain, "n": zero.trials}
    terms = {"proportion": "trials", "rare": "opportunities"}
    return scene.kpi.denominator or {"term": terms.get(scene.kpi.kind, "units")}


def _bound(kpi: Kpi, bound: float, at: str) -> dict[str, Any]:
    """A 95 % bound that stays true when it is rounded: away from the observed rate, with two digits that count."""
    distance = (bound if at == "zero" else 1.0 - bound) * kpi.multiplier
    decimals = max(kpi.decimals, _digits(distance))
    step = 10.0**-decimals
    outward = -(-distance // step) * step
    shown = outward if at == "zero" else kpi.multiplier - outward
    return {"number": shown, "unit": kpi.unit, "decimals": decimals}


def _digits(x: float) -> int:
    """Decimals that show the first two digits of a positive number."""
    return next((d for d in range(12) if x * 10.0**d >= 10), 12)


# What to do about the target


def _of_stance(scene: Scene) -> list[Sentence]:
    verdict = scene.verdict
    if verdict.assurance in ("meets", "no_target"):
        return [_leave_alone(scene)] if verdict.stance == "leave_alone" else []
    target = target_quantity(scene.kpi, as_value(scene.points.iloc[scene.last]))
    if target is None:
        return []
    if verdict.variation == "constant":
        return _constant_target(scene, target)
    if scene.detail.get("chart_kind") in BY_RECORD:
        return rare_sentences.target(scene, target)
    return _range_target(scene, target)


def _leave_alone(scene: Scene) -> Sentence:
    """Of the process; a period that was worse than any before it is not passed over."""
    if FURTHEST in scene.verdict.caveats:
        return Sentence("leave_process_alone", {"grain": scene.grain, "one": 1})
    return Sentence("leave_alone")


def _constant_target(scene: Scene, target: dict[str, Any]) -> list[Sentence]:
    if scene.verdict.assurance == "fails":
        return [Sentence("constant_fails", {"t": target})]
    needed = trials_to_show(scene.kpi, scene.points)
    zero = zero_evidence(scene.kpi, scene.phase)
    if needed is None or zero is None:
        return []
    return [Sentence("needs_trials", {"t": target, "needs": needed, "units": _units(scene, zero)})]


def _range_target(scene: Scene, target: dict[str, Any]) -> list[Sentence]:
    """What the range says about the target; its own range where that of the last period says something else."""
    assurance = scene.verdict.assurance
    if assurance not in ("fails", "hit_or_miss"):
        return []
    pattern, values = "outside_target", {"t": target}
    if assurance == "hit_or_miss":
        pattern, record = _spans(scene)
        values |= record
    usual = _usual_range(scene)
    ending = ("_usual" if usual else "") + ("" if scene.verdict.firm else "_so_far")
    if ending and assurance == "hit_or_miss":
        pattern = "spans_target"
    return [Sentence(pattern + ending, values | usual)]


def _spans(scene: Scene) -> tuple[str, dict[str, Any]]:
    """How many periods missed a target that lies within the range, and whether they were part of something unusual."""
    record = missed_of(scene.phase)
    unusual = {position for episode in scene.episodes for position in episode.members}
    met = scene.points["met"].iloc[scene.judged].fillna(value=True).to_numpy(dtype=bool)
    missed = set(scene.judged[~met].tolist())
    plain = "spans_target_none" if not missed else "spans_target_mixed" if unusual & missed else "spans_target"
    return plain, {"j": record["missed"], "n": record["judged"], "grain": scene.grain}


def _usual_range(scene: Scene) -> dict[str, Any]:
    """The limits that the target is judged by, where it lies otherwise to those of the last period.

    Verdict.md 25: one small or large period, or one Sunday, must not change the answer; but its own limits stand in
    the sentence before.
    """
    found = limits_at_typical_size(scene.kpi, scene.phase, str(scene.detail.get("chart_kind")))
    if found is None or not scene.has_limits():
        return {}
    low, high, size = found
    row = scene.points.iloc[scene.last]
    if against_limits(scene.at("lower"), scene.at("upper"), bounds_of(row)) == scene.verdict.assurance:
        return {}
    extra = max(precision.for_range(scene.kpi, low, high), precision.apart_from(scene.kpi, as_value(row), low, high))
    limits = wording.range_quantity(scene.kpi, low, high, extra=extra)
    return {"limits": limits, "setting": Sentence("over_the_week") if size is None else _at_size(scene, size)}


def _at_size(scene: Scene, size: float) -> Sentence:
    units = {"term": "readings"} if scene.kpi.kind == "measured" else scene.kpi.denominator or {"term": "units"}
    return Sentence("at_usual_size", {"size": round(size) if size >= 10 else size, "units": units})


# Too few points


def _nothing_judged(scene: Scene) -> list[Sentence]:
    restart = restarts.clause(scene)
    if restart is not None:
        return [restart]
    needed = fewest_readings(scene.kpi)
    if needed and ((scene.points["state"] == "undefined") & scene.points["value"].notna()).any():
        return [Sentence("few_readings", scene.common(one=1, n=needed))]
    return [Sentence("no_points", scene.common(one=1))]


def _too_few(scene: Scene) -> list[Sentence]:
    warning = [_early_warning(scene)] if scene.verdict.early_warning else []
    return [*warning, restarts.clause(scene) or restarts.too_few(scene)]


def _early_warning(scene: Scene) -> Sentence:
    said = {"v": scene.quantity(scene.at("value")), "side": scene.verdict.side, "m": len(scene.judged) - 1}
    return Sentence("early_warning", scene.common(**said))


# Data


def _about_data(scene: Scene) -> list[Sentence]:
    verdict = scene.verdict
    if verdict.data == "suspect":
        return [_suspect(scene)]
    if verdict.data_names:
        return [_reporters(scene)]
    if verdict.data == "fresh":
        return []
    incomplete = np.flatnonzero(scene.points["state"] == "partial")
    if verdict.data == "partial" and len(incomplete):
        return [Sentence("incomplete", {"at": scene.period(int(incomplete[-1]))})]
    there = (scene.points["rows"] > 0) | scene.points["value"].notna()
    arrived = np.flatnonzero(there & scene.points["ended"])  # the running period may hold rows of its own
    if len(arrived) == 0:
        return [Sentence("no_data")]
    return [Sentence("no_data_since", {"since": scene.period(int(arrived[-1]))})]


def _reporters(scene: Scene) -> Sentence:
    """Who has not reported; with the date where it is one and the same."""
    names = list(scene.verdict.data_names)
    known = scene.detail.get("reporters") or {}
    since = list({known.get(name) for name in names})
    values: dict[str, Any] = {"names": names, "k": len(names)}
    if len(since) == 1 and since[0] is not None:
        return Sentence("not_reported_since", values | {"since": scene.period(since[0])})
    if scene.verdict.data == "fresh" and len(scene.judged):
        return Sentence("absent", {"names": names, "at": scene.period(scene.last)})
    return Sentence("not_reported", values)


def _suspect(scene: Scene) -> Sentence:
    found = scene.detail.get("suspect") or {}
    position = found.get("position")
    if position is None:
        return Sentence("suspect")
    if found["code"] == "restated":
        return Sentence("restated", {"at": scene.period(position)})
    value = scene.quantity(scene.at("value", position))
    return Sentence("jump", scene.common(v=value, factor=found["factor"]))
