"""The one sentence that opens a page, counted from the verdicts below it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from opsmetrics.catalog import Kpi, slice_text
from opsmetrics.verdict.model import Sentence, Stance, Verdict
from opsmetrics.verdict.rare import FURTHEST
from opsmetrics.verdict.rendering import render


def headline(verdicts: Iterable[Verdict], language: str = "en", *, over: int = 0) -> str:
    """The headline of Today: "Three got worse, one improved. Leave 38 alone."

    What changed goes before everything else. Where nothing did, it says so, then names what else asks for attention:
    data to get, or processes that cannot meet their target. over: how many have a signal that is new to the reader and
    is over again.
    """
    listed = list(verdicts)
    if not listed:
        return render((Sentence("headline_empty"),), language)
    stances = Counter(verdict.stance for verdict in listed)
    if stances["wait"] == len(listed) and not over:
        return render((Sentence("headline_early"),), language)
    news = _news(listed, over)
    first = [Sentence("headline_news", {"parts": news})] if news else [Sentence("headline_calm"), *_attention(stances)]
    return render((*first, *_leave(stances, len(listed))), language)


def kpi_headline(kpi: Kpi, verdict: Verdict, language: str = "en") -> str:
    """The headline of one KPI's page: "Late deliveries got worse. Find the cause." """
    name = " · ".join(part for part in (kpi.name, slice_text(verdict.identity.slice)) if part)
    values = {"kpi": name, "one": 1, "grain": verdict.identity.grain}
    return render((Sentence(_kpi_pattern(verdict), values),), language)


def _news(verdicts: list[Verdict], over: int) -> list[Sentence]:
    """Special causes by direction. A verdict whose data are late or in doubt is the last one known, not news."""
    found = Counter(_change(verdict) for verdict in verdicts if verdict.stance in ("find_cause", "learn_keep"))
    found["came_and_went"] = over
    order = ("got_worse", "has_changed", "warned_early", "came_and_went", "has_improved")
    return [Sentence(pattern, {"n": found[pattern]}) for pattern in order if found[pattern]]


def _change(verdict: Verdict) -> str:
    known = {"concerning": "got_worse", "changed": "has_changed", "improving": "has_improved"}
    return known.get(verdict.variation, "warned_early")


def _attention(stances: Counter[Stance]) -> list[Sentence]:
    if stances["get_data"]:
        return [Sentence("await_data", {"n": stances["get_data"]})]
    failing = stances["change_process"]
    if not failing:
        return []
    return [Sentence("cannot_meet" if failing == 1 else "cannot_meet_many", {"n": failing})]


def _leave(stances: Counter[Stance], total: int) -> list[Sentence]:
    alone = stances["leave_alone"]
    if not alone:
        return []
    if alone < total:
        return [Sentence("leave_some", {"n": alone})]
    return [Sentence("leave_it") if total == 1 else Sentence("leave_all", {"n": total})]


def _kpi_pattern(verdict: Verdict) -> str:
    if verdict.stance == "find_cause":
        change = {"got_worse": "worse", "has_changed": "changed", "warned_early": "early_warning"}
        return f"kpi_{change[_change(verdict)]}"
    if verdict.stance == "wait" and verdict.variation == "none":
        return "kpi_no_data"
    if verdict.stance == "leave_alone" and FURTHEST in verdict.caveats:
        return "kpi_leave_process_alone"
    return f"kpi_{verdict.stance}"
