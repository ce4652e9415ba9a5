"""What a landing says: one sentence function for all pages, the command line and the API."""

from __future__ import annotations

import math
from typing import Any

from opsmetrics.catalog import Kpi
from opsmetrics.desk.forecasting import ENOUGH_ORIGINS
from opsmetrics.desk.landing import STEP, Landed, Landing, landing, spans_of
from opsmetrics.desk.landing_words import say
from opsmetrics.review import KpiReview
from opsmetrics.series import Stretch as Span
from opsmetrics.verdict import wording

#: At or below the one a stretch will likely miss, at or above the other likely meet; what lies between is open.
MISSES, MEETS = 0.25, 0.75

#: Landings that say something to whoever has to act this morning: a stretch that is likely missed.
NEWS: tuple[Span, ...] = ("month", "quarter")


def sentence(kpi: Kpi, found: Landing) -> str:
    """How the stretch will end, where it lands, when its target is lost, and what it lacks: short sentences."""
    parts = (outcome(kpi, found), _lands(kpi, found), _breach(kpi, found), _unmeasured(kpi, found))
    return " ".join(part for part in parts if part)


def outcome(kpi: Kpi, found: Landing) -> str:
    """The first of them: will it make it? Without a target nothing, as where it lands is all there is to say."""
    chance = found.probability
    if chance is not None:
        code = "likely_miss" if chance <= MISSES else "likely_meet" if chance >= MEETS else "open"
        return say(code, label=found.label, target=target(kpi, found), chance=chance_text(chance))
    if found.reason in ("few_origins", "no_skill"):
        code = found.reason if found.starts else "no_past"
        why = say(f"why_{code}", starts=found.starts, wanted=ENOUGH_ORIGINS)
        return say("early", label=found.label, target=target(kpi, found), why=why)
    if found.reason == "kind":
        what = "kind_derived" if kpi.kind == "derived" else f"kind_{kpi.statistic}"
        return say("kind", label=found.label, what=say(what))
    if found.reason == "over":
        return say("over", label=found.label, value=_value(kpi, found.so_far), behind=_counted(kpi, found))
    return "" if found.reason == "no_target" else say(found.reason, label=found.label)


def news(review: KpiReview) -> str:
    """The line of a manager's morning: of the nearest stretch that will likely be missed the first of its sentences; ""
    where there is none, and of data that are late or missing, whose landing would be one of long ago."""
    if review.verdict is not None and review.verdict.data in ("late", "missing"):
        return ""
    for span in NEWS:
        if span in spans_of(review):
            found = nearest_miss(review.kpi, {span: landing(review, span)})
            if found:
                return found
    return ""


def nearest_miss(kpi: Kpi, landed: Landed) -> str:
    """How the nearest of these that makes news will end, where it will likely be missed; "" where none will."""
    for span in NEWS:
        found = landed.get(span)
        if found is not None and found.probability is not None and found.probability <= MISSES:
            return outcome(kpi, found)
    return ""


def chance_text(chance: float | None) -> str:
    """A chance: "65 %", "under 5 %", "over 95 %"; "–" where there is none."""
    if chance is None:
        return wording.DASH
    text = f"{wording.number(100 * chance, 0)}{wording.NBSP}%"
    return (
        say("under", chance=text) if chance <= STEP else say("over_chance", chance=text) if chance >= 1 - STEP else text
    )


def target(kpi: Kpi, found: Landing, *, unit: bool = True) -> str:
    """The target of the stretch as text, "" where there is none."""
    return wording.target(kpi, {"low": found.target_low, "high": found.target_high}, unit=unit)


def range_text(kpi: Kpi, found: Landing) -> str:
    """The 80 % range without its unit: "412–455"; one value where its ends read alike."""
    ends = [wording.value(kpi, end, unit=False) for end in (found.low, found.high)]
    return ends[0] if ends[0] == ends[1] else wording.limits(kpi, found.low, found.high)


def range_and_limit(kpi: Kpi, found: Landing) -> str:
    """The 80 % range, of a sum with its limit, which no chart shows: "412–455 of ≤ 465"."""
    told = range_text(kpi, found)
    return say("of_limit", range=told, target=target(kpi, found, unit=False)) if found.total else told


def breach_text(found: Landing) -> str:
    """When the target is lost, in a cell: a period, "already", "not likely"; "–" where no chance is told."""
    if found.probability is None:
        return wording.DASH
    if found.breached:
        return say("already")
    return found.breach or (wording.DASH if found.probability < 0.5 else say("not_likely"))


def chance_cell(found: Landing) -> str:
    """The chance in a cell, or in a word why there is none."""
    if found.probability is not None:
        return chance_text(found.probability)
    words = {"few_origins": "too_early", "no_skill": "too_early", "no_target": "no_target"}
    return say(words[found.reason]) if found.reason in words else wording.DASH


def counted(kpi: Kpi, found: Landing) -> str:
    """The counts behind the value so far: "38 of 412"; "" where there are none."""
    return wording.counts(kpi, found.above, found.below) if kpi.counts or kpi.share else ""


def rows(kpi: Kpi, landed: Landed) -> list[list[str]]:
    """One row for each stretch that lands: name, target, chance, most likely, 80 % range, so far, misses from."""
    return [
        [
            found.label,
            target(kpi, found, unit=False) or wording.DASH,
            chance_cell(found),
            wording.value(kpi, found.likely, unit=False),
            range_text(kpi, found),
            " · ".join(part for part in (wording.value(kpi, found.so_far, unit=False), counted(kpi, found)) if part),
            breach_text(found),
        ]
        for found in landed.values()
        if found.likely is not None or found.so_far is not None
    ]


def span_word(span: Span) -> str:
    """The word of a stretch: "Month"."""
    word = wording.period_word(1, span)
    return word[:1].upper() + word[1:]


def title() -> str:
    """What a landing answers: "Will we make it?"."""
    return say("title")


def note() -> str:
    """How it answers, in a line."""
    return say("note")


def head() -> list[str]:
    """The headings of `rows`."""
    return [say(f"head_{name}") for name in ("stretch", "target", "chance", "lands", "range", "so_far", "breach")]


def as_dict(kpi: Kpi, landed: Landed) -> dict[str, dict[str, Any]]:
    """The landings as plain values by stretch, in the shown unit, null where there is none, with their sentences."""
    return {span: _plain(kpi, found) for span, found in landed.items()}


def _plain(kpi: Kpi, found: Landing) -> dict[str, Any]:
    scaled = ("so_far", "likely", "low", "high", "target_low", "target_high")
    return {
        "label": found.label,
        "ends": None if found.ends is None else found.ends.isoformat(),
        "probability": found.probability,
        "reason": found.reason or None,
        **{name: _shown(getattr(found, name), kpi.multiplier) for name in scaled},
        "so_far_counts": {"numerator": found.above, "denominator": found.below},
        "likely_counts": {"numerator": found.likely_above, "denominator": found.likely_below},
        "breach": {
            "chance": None if found.probability is None else round(1 - found.probability, 2),
            "already": found.breached,
            "period": found.breach or None,
            "text": breach_text(found),
        },
        "grain": found.grain,
        "left": found.left,
        "earlier_starts": found.starts,
        "unmeasured": found.unmeasured,
        "sentence": sentence(kpi, found),
    }


def _shown(value: float | None, scale: float) -> float | None:
    return None if value is None or not math.isfinite(value) else float(value) * scale


def _lands(kpi: Kpi, found: Landing) -> str:
    if found.likely is None:
        return ""
    values = {"value": _value(kpi, found.likely), "behind": _so_far(kpi, found)}
    ends = {"low": wording.value(kpi, found.low, unit=False), "high": _value(kpi, found.high)}
    same = wording.value(kpi, found.low) == wording.value(kpi, found.high)
    it = say("it") if outcome(kpi, found) else found.label
    return say("lands_at", it=it, **values) if same else say("lands", it=it, **values, **ends)


def _so_far(kpi: Kpi, found: Landing) -> str:
    """What it stands at to date, with its counts: " (so far 7.8 %, 38 of 412)"."""
    if found.so_far is None:
        return ""
    parts = (say("so_far", value=_value(kpi, found.so_far)), counted(kpi, found))
    return f" ({', '.join(part for part in parts if part)})"


def _counted(kpi: Kpi, found: Landing) -> str:
    behind = counted(kpi, found)
    return f" ({behind})" if behind else ""


def _breach(kpi: Kpi, found: Landing) -> str:
    if found.probability is None:
        return ""
    if found.breached:
        return say("breach_passed", target=_value(kpi, found.target_high)) if found.total else say("breached")
    if found.breach is None:
        return ""
    if not found.total:
        return say("breach_from", label=_the(found))
    code = "breach_passes_day" if found.grain == "day" else "breach_passes"
    return say(code, target=wording.value(kpi, found.target_high), label=_the(found))


def _unmeasured(kpi: Kpi, found: Landing) -> str:
    """What of a sum with a target was never measured: "61 days of it are not measured, and not in its target."."""
    if not found.unmeasured or not found.aimed or found.likely is None:
        return ""
    code = "unmeasured_one" if found.unmeasured == 1 else "unmeasured"
    return say(code, n=wording.periods(found.unmeasured, kpi.operate))


def _the(found: Landing) -> str:
    """The period of the breach as it stands in a sentence: "the week of 23 Nov 2026"."""
    return f"the {found.breach}" if found.grain == "week" else str(found.breach)


def _value(kpi: Kpi, x: float | None) -> str:
    return wording.value(kpi, x)
