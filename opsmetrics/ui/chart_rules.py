"""Which rules decide the verdict and why, and the chart looked at with other rules: a view, never a verdict."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from opsmetrics.catalog import Grain, Kpi
from opsmetrics.review import KpiReview
from opsmetrics.stats import RULE_SETS, ControlChart, signals
from opsmetrics.verdict import wording
from opsmetrics.verdict.hits import rule_set
from opsmetrics.verdict.limits import WITHOUT_LIMITS
from opsmetrics.verdict.workings import Workings, work_out

#: Sets as a reader names them.
SET_NAMES = {
    "daily": "Limits and a run of 8",
    "western_electric": "Western Electric",
    "nelson": "Nelson",
    "rule_1": "Limits only",
    "aiag": "AIAG",
    "nhs": "NHS Making Data Count",
    "nhs_announced": "NHS, as announced",
    "ihi": "IHI",
    "anhoej": "Anhøj's two tests",
}


@dataclass(frozen=True)
class Deciding:
    """The rules that decide a verdict, in words, and why it is these."""

    rules: tuple[str, ...]
    words: str
    why: str


def workings(review: KpiReview) -> Workings:
    """The steps behind a review once more, with what a review does not keep: the rules taken, the step, the phases."""
    return work_out(review.series, review.decisions)


def deciding(review: KpiReview, found: Workings) -> Deciding:
    """The rules that decide; none on a chart without limits."""
    chosen, asked = found.chosen, rule_set(review.kpi, review.series.grain)
    if found.choice.kind in WITHOUT_LIMITS:
        words = "departures and gaps" if chosen.rare else "none"
        why = "Limits and runs mean nothing on this chart." if chosen.rare else "All values are equal."
        return Deciding((), words, why)
    why = _why(review.kpi, review.series.grain)
    if chosen.neighbours_alike:
        why = "Neighbouring periods are alike, so runs and zones would mean little."
    elif set(chosen.rules) != set(asked):
        why = "The counts are small, so zones are too coarse."
    return Deciding(chosen.rules, named(chosen.rules), why)


def named(rules: tuple[str, ...]) -> str:
    """Rules in words: the name of their set where they are one, else each of them."""
    for key, held in RULE_SETS.items():
        if set(held) == set(rules):
            return SET_NAMES[key] if len(held) > 2 else _listed(rules)
    return _listed(rules)


def _listed(rules: tuple[str, ...]) -> str:
    return ", ".join(wording.rule(rule) for rule in rules) or "none"


def _why(kpi: Kpi, grain: Grain) -> str:
    if kpi.rules is not None:
        return "Chosen in the definition."
    if len(rule_set(kpi, grain)) > 2:
        return "A chart that leaders read: few looks, so more rules."
    return "A chart that is looked at often: few rules, few false alarms."


def viewed(rules: tuple[str, ...]) -> tuple[str, ...]:
    """The rules behind the parameter of a view: those of a set, or the ones named."""
    return RULE_SETS[rules[0]] if len(rules) == 1 and rules[0] in RULE_SETS else rules


def title(rules: tuple[str, ...]) -> str:
    """The name of a view's rules."""
    return SET_NAMES.get(rules[0], "") if len(rules) == 1 and rules[0] in SET_NAMES else _listed(rules)


def looked_at(review: KpiReview, rules: tuple[str, ...]) -> KpiReview:
    """The review with the hits of these rules in place of those that were looked at; its verdict is untouched.

    A hit that the verdict also knows keeps whether it decides; any other one decides nothing.
    """
    hits = _hits(review.chart, viewed(rules))
    known = review.signals[review.signals["decides"].to_numpy(dtype=bool)]
    decided = set(zip(known["position"], known["rule"], known["side"], strict=True))
    here = zip(hits["position"], hits["rule"], hits["side"], strict=True)
    hits["decides"] = np.array([hit in decided for hit in here], dtype=bool)
    return replace(review, signals=hits)


def _hits(chart: ControlChart | None, rules: tuple[str, ...]) -> pd.DataFrame:
    """All hits on a chart; patterns step over excluded points, as those of the verdict do."""
    if chart is None or chart.kind in WITHOUT_LIMITS:
        return signals(_nothing(), rules)
    kept = np.flatnonzero(~chart.points["excluded"].to_numpy(dtype=bool))
    found = signals(replace(chart, points=chart.points.iloc[kept].reset_index(drop=True)), rules)
    found["members"] = pd.Series([tuple(kept[list(m)].tolist()) for m in found["members"]], dtype=object)
    found["position"] = kept[found["position"].to_numpy(dtype=int)]
    return found


def _nothing() -> ControlChart:
    empty = np.zeros(0)
    names = ("value", "centre", "lower", "upper", "standard_error")
    return ControlChart("xmr", pd.DataFrame(dict.fromkeys(names, empty) | {"phase": empty.astype(int)}), ())


def view_words(review: KpiReview, rules: tuple[str, ...], decides: Deciding) -> str:
    """The line that stands above a view: what it shows and what decides all the same."""
    if review.chart is None or review.chart.kind in WITHOUT_LIMITS:
        return f"This chart has no limits, so {title(rules)} finds nothing on it. The verdict stays as it is."
    count = len(_hits(review.chart, viewed(rules)))
    many = f"{count} hits, drawn hollow where they do not decide"
    hits = {0: "no hit", 1: "1 hit, drawn hollow unless it decides"}.get(count, many)
    return f"{title(rules)}: {hits}. The verdict is decided by: {decides.words}."
