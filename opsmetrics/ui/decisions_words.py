"""Decisions in words: what each kind is called and does, what one would change, and all that were ever made."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable

import pandas as pd

from opsmetrics.catalog import Calendar, Decision, DecisionKind, Kpi, Moment, slice_text
from opsmetrics.review import KpiReview
from opsmetrics.ui import blocks
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.clock import at_site
from opsmetrics.verdict import sentences, wording

#: What a decision of each kind is called in a list.
NAMES: dict[DecisionKind, str] = {
    "target": "Target",
    "phase": "New phase",
    "lock": "Limits locked",
    "exclude": "Excluded",
    "complete": "Marked complete",
    "annotate": "Note",
    "weekday": "Weekday limits",
}

#: What a person does to make one, and what it does to the chart.
ACTIONS: dict[DecisionKind, tuple[str, str]] = {
    "annotate": ("Add a note", "The note stands at its period wherever this chart is drawn. It moves no limit."),
    "phase": ("Set phase", "Limits start again from this period, from its points alone. Use it where the process "
              "was changed on purpose and is to stay so."),
    "lock": ("Lock limits", "Limits come from these periods only and no longer move with new data."),
    "exclude": ("Exclude points", "These periods stay on the chart and count for nothing. Use it where the cause is "
                "known and will not come back."),
    "complete": ("Mark complete", "The period is judged though something about it has not arrived."),
    "weekday": ("Weekday limits", "Limits follow the day of the week, so a usual Monday is no signal."),
    "target": ("Set target", "The target holds from this period on. It moves no limit."),
}  # fmt: skip


def made_for(review: KpiReview) -> str:
    """What a decision on this page is about: "Late delivery rate · Line 3 · by day"."""
    return " · ".join(part for part in (review.kpi.name, slice_text(review.series.slice), by_grain(review)) if part)


def by_grain(review: KpiReview) -> str:
    """The grain of a chart in words."""
    grain = review.series.grain
    return "by sample number" if grain == "sample" else f"by {grain}"


# What it would change


def changes(now: KpiReview, then: KpiReview) -> Block:
    """Two lines: verdict and limits as they are and as they would be."""
    same = says(now) == says(then)
    items = [
        {"lead": "As it is", "text": says(now), "note": ""},
        {"lead": "Then", "text": "No change of verdict or limits." if same else says(then), "note": ""},
    ]
    return blocks.lines("What it would change", items, note="nothing is saved yet") | {"count": ""}


def says(review: KpiReview) -> str:
    """Verdict, sentence and limits in one line."""
    parts = [_words(review), _sentence(review), _limits(review)]
    return " ".join(f"{part.rstrip('.')}." for part in parts if part)


def _words(review: KpiReview) -> str:
    verdict = review.verdict
    if verdict is None:
        return ""
    words = [wording.variation(verdict.variation, verdict.side)]
    if verdict.assurance != "no_target":
        words.append(wording.assurance(verdict.assurance, verdict.firm))
    return " · ".join(words)


def _sentence(review: KpiReview) -> str:
    return "" if review.verdict is None else sentences.render(review.verdict.sentence)


def _limits(review: KpiReview) -> str:
    judged = review.points[review.points["state"] == "judged"]
    if judged.empty:
        return "No judged period"
    last, kpi = judged.iloc[-1], review.kpi
    if not math.isfinite(last["centre"]):
        return "No limits yet"
    centre = f"centre {wording.value(kpi, last['centre'])}"
    span = wording.limits(kpi, last["lower"], last["upper"], unit=True)
    return f"Limits {span}, {centre}" if span != wording.DASH else f"No limits, {centre}"


# Decisions made


def name(decision: Decision) -> str:
    """What a decision is called; one that takes something back says so."""
    return f"Taken back: {NAMES[decision.kind].lower()}" if takes_back(decision) else NAMES[decision.kind]


def takes_back(decision: Decision) -> bool:
    """True for a decision that only ends another one."""
    return decision.value is False or (decision.value is None and decision.supersedes is not None)


def when(decision: Decision) -> str:
    """The periods of a decision."""
    if decision.start is None and decision.end is None:
        return "always" if decision.kind in ("weekday", "target") else ""
    ends = [moment_text(m) for m in (decision.start, decision.end) if m is not None]
    since = "from " if decision.kind in ("phase", "target") else ""
    return since + " – ".join(dict.fromkeys(ends))


def moment_text(moment: Moment) -> str:
    """A period's start in words."""
    if isinstance(moment, int):
        return f"sample {moment}"
    midnight = (moment.hour, moment.minute) == (0, 0)
    return wording.date(moment) if midnight else wording.instant(moment)


def said(decision: Decision, kpi: Kpi) -> str:
    """What was decided beside the periods, and why; a note that is its own reason stands once."""
    value = decision.value if isinstance(decision.value, str) else ""
    if decision.kind == "target" and not takes_back(decision):
        value = target_text(decision, kpi)
    return " · ".join(dict.fromkeys(part for part in (value, decision.why) if part))


def target_text(decision: Decision, kpi: Kpi) -> str:
    """Targets of decisions stand in the shown unit; wording wants stored ones."""
    stored = {key: float(bound) / kpi.multiplier for key, bound in (decision.value or {}).items() if bound is not None}
    return wording.target(kpi, stored) or "no target"


def signed(decision: Decision, calendar: Calendar) -> str:
    """Who made it, and when: "M. Okafor, 16 Nov 2026"."""
    at = wording.date(at_site(calendar, decision.at)) if decision.at else ""
    return ", ".join(part for part in (decision.by, at) if part)


def history(decisions: Iterable[Decision], review: KpiReview) -> pd.DataFrame:
    """Every decision ever made about the KPI, newest first, with what became of it here."""
    given = list(decisions)
    ended = {d.supersedes: d.id for d in given if d.supersedes is not None}
    in_force = {d.id for d in review.decisions}
    rows = [
        {
            "No.": decision.id,
            "Decision": name(decision),
            "Periods": when(decision),
            "What and why": said(decision, review.kpi),
            "Slice": slice_text(decision.slice) or "All",
            "Grain": decision.grain or "every",
            "By": decision.by,
            "At": _made(decision.at, review.kpi.calendar),
            "State": _state(decision, ended, in_force, review),
        }
        for decision in reversed(given)
    ]
    return pd.DataFrame(rows)


def _made(at: dt.datetime | None, calendar: Calendar) -> str:
    return wording.instant(at_site(calendar, at)) if at else ""


def _state(decision: Decision, ended: dict[int, int | None], in_force: set[int | None], review: KpiReview) -> str:
    if decision.id in in_force:
        return "in force"
    if decision.id is not None and decision.id in ended:
        return f"ended by no. {ended[decision.id]}"
    if takes_back(decision):
        return f"ends no. {decision.supersedes}" if decision.supersedes is not None else "ends earlier ones"
    here = decision.slice == review.series.slice and decision.grain in (None, review.series.grain)
    return "taken back" if here else "for another slice or grain"


# Targets as typed


def read_target(kpi: Kpi, text: str) -> dict[str, float]:
    """A target as the store keeps it: a number, a range "18–24", or "none"; in the shown unit.

    Raises ValueError with one sentence.
    """
    bare = text.strip().removesuffix(kpi.unit).strip() if kpi.unit else text.strip()
    if bare.casefold() == "none":
        return {}
    for sign in ("..", "–", " to "):
        low, found, high = bare.partition(sign)
        if found and low.strip():
            bounds = {"low": _number(kpi, low), "high": _number(kpi, high)}
            if bounds["low"] > bounds["high"]:
                raise ValueError(f"The range {bare} ends below its beginning: write the lower end first.")
            return bounds
    if kpi.better == "neither":
        raise ValueError(f"{kpi.name} has no better side, so its target is a range: write it as 18–24, or none.")
    return {"value": _number(kpi, bare)}


def _number(kpi: Kpi, text: str) -> float:
    try:
        number = float(text.strip().replace("−", "-").replace(",", "."))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        unit = f" in {kpi.unit}" if kpi.unit else ""
        raise ValueError(f"“{text.strip()}” is no number: write the target{unit}, a range as 18–24, or none.")
    return number
