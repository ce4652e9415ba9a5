"""English: the words of the verdict, its numbers' signs and its habits. The sentences are in `english_patterns`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from opsmetrics.verdict.languages.english_nouns import one
from opsmetrics.verdict.languages.english_pareto import NO_NAMES, PARETO, PARETO_WORDS
from opsmetrics.verdict.languages.english_patterns import PATTERNS
from opsmetrics.verdict.languages.english_summary import SUMMARY
from opsmetrics.verdict.languages.model import Language

WORDS: dict[str, dict[str, str]] = {
    "variation": {
        "none": "No data",
        "too_few": "Too few points",
        "constant": "Constant",
        "common_cause": "Stable",
        "concerning": "Concerning",
        "improving": "Improving",
        "changed": "Changed",
        "early_warning": "Early warning",
    },
    "side": {"high": "high", "low": "low"},
    "side.above": {"high": "above", "low": "below"},
    "side.upper": {"high": "upper", "low": "lower"},
    "side.higher": {"high": "higher", "low": "lower"},
    "side.extreme": {"high": "highest", "low": "lowest"},
    "have": {"one": "has", "many": "have"},
    "times": {"one": "time", "many": "times"},
    "assurance": {
        "no_target": "No target",
        "too_early": "Too early",
        "meets": "Meets",
        "fails": "Fails",
        "hit_or_miss": "Hit or miss",
    },
    "label": {"verdict_id": "Verdict"},
    "data": {
        "fresh": "Fresh",
        "partial": "Partial",
        "late": "Late",
        "missing": "Missing",
        "suspect": "Suspect",
    },
    "stance": {
        "find_cause": "Find the cause",
        "get_data": "Get the data first",
        "change_process": "Change the process",
        "no_single_misses": "Do not chase single misses",
        "learn_keep": "Learn and keep it",
        "leave_alone": "Leave it alone",
        "wait": "Wait",
    },
    "stance.furthest": {"leave_alone": "departures are no more frequent than chance gives, but none was larger"},
    "stance.so_far": {"leave_alone": "nothing beyond its usual range, as it has run so far"},
    "stance.why": {
        "find_cause": "more than chance gives: look while the trail is fresh",
        "get_data": "late, missing or in doubt: no judgement before the data are right",
        "change_process": "it cannot meet the target as it runs",
        "no_single_misses": "hits and misses come from the same process: change it to meet the target always",
        "learn_keep": "better than its usual range: find what was done and keep it",
        "leave_alone": "what moved is noise",
        "wait": "too few points or trials to tell",
    },
    "news": {
        "title": "Came and went",
        "why": "detected {since}, and over again",
        "since": "since {since}",
        "first": "{since}, as no earlier visit is known",
        "detected": "detected {label}",
        "fresh": "new",
        "now": "now: {word}",
        "open": "open, detected {label}",
        "over": "came and went, detected {label}",
        "withdrawn": "none any more, detected {label}",
        "today": "today",
        "yesterday": "yesterday",
        "visit": "Last visit",
        "day": "Yesterday",
        "shift": "Last shift",
        "week": "Last week",
        "calm": "No signal {since}; {about} would come by chance.",
        "also": "At the same time:",
        "whole": "the whole",
        "weight": "weight {n}",
        "parts": "direction {direction} × attention {attention} × (surprise {surprise} + volume {volume})",
        "by_weight": "heaviest first",
        "by_date": "newest first",
        "day_then": "Day before",
        "week_then": "Week before",
    },
    "attention": {
        "seen": "Seen by {by}, {at}: {why}",
        "snoozed": "Snoozed until {until} by {by}: {why}",
        "due": "Back after its snooze until {until} by {by}: {why}",
        "worse": "Back before {until}, as it got worse ({rules}). Snoozed by {by}: {why}",
        "title": "Snoozed",
        "why": "back on their day, or when they get worse",
    },
    "budget": {
        "fewer": "fewer than {n}",
        "about": "about {n}",
        "parts": "{d} × {a} × ({s} + {v})",
        "over": "over by now",
        "also": "also {names}",
        "discoveries": "More than chance gives among so many charts (at most 1 in 10 of such a list is false): "
        "{names}.",
        "spread": "With the weeks shuffled for all charts together, nine times in ten {low} to {high} would come.",
        "no_discovery": "Each of them alone could be chance among so many charts.",
    },
    "rule": {
        "beyond_limits": "beyond its limits",
        "two_of_three": "2 of 3 close to a limit",
        "four_of_five": "4 of 5 away from the average",
        "two_of_three_one_side": "2 of 3 close to a limit, all on that side",
        "two_of_three_within_limits": "2 of 3 close to a limit but within it, all on that side",
        "first_event": "first departure, more than chance gives",
        "departures": "more departures than chance gives",
        "gap": "longer without departure than chance gives",
        "long_run": "more in a row on one side of the middle than chance gives",
        "few_crossings": "fewer crossings of the middle than chance gives",
    },
    "rule.pattern": {
        "zone": "{k} of {n} more than {z} standard errors from the average",
        "run": "{n} on one side",
        "trend": "{n} in a row up or down",
        "alternating": "{n} up and down by turns",
        "hugging": "{n} close to the average",
        "outside": "{n} away from the average",
    },
    "rule.option": {
        "ties_skipped": "equal ones passed over",
        "both_sides": "some on each side",
        "one_side": "all on that side",
        "within_limits": "not beyond the limits",
    },
    "state": {
        "judged": "judged",
        "inside": "inside the limits: leave it alone",
        "above": "above the upper limit",
        "below": "below the lower limit",
        "pattern": "part of a pattern: see the rules it completes",
        "running": "half-finished: drawn, not judged",
        "partial": "not everyone has reported: drawn, not judged",
        "excluded": "excluded: drawn, not judged",
        "gap": "no data",
        "undefined": "nothing to divide by: no value",
        "few_readings": "too few readings: drawn, not judged",
        "uncovered": "not covered from start to end: drawn, not judged",
    },
    "caveat": {
        "small_numbers": "small numbers: only points beyond the limits and runs decide",
        "neighbours_alike": "neighbours are alike: only points beyond the limits decide",
        "first_event": "a first event, no more than chance gives",
        "furthest_departure": "further from its usual value than ever before: judged is how often, not how far",
        "improvement_unconfirmed": "not counted as an improvement until everyone has reported or a person confirms it",
        "step_proposed": "its level has changed: a new phase is proposed",
        "weekday_adjusted": "limits follow the day of the week",
        "weekday_not_adjusted": "limits cannot follow the day of the week without leaving 0 to all",
        "absent_reporters": "judged without everyone who usually reports",
        "not_pooled": "each period is compared with the target by itself: they cannot be added up to longer ones",
    },
    "chart": {
        "p": "p chart",
        "p_prime": "p′ chart",
        "np": "np chart",
        "u": "u chart",
        "u_prime": "u′ chart",
        "c": "c chart",
        "i_prime": "I′ chart",
        "run": "run chart",
        "g": "g chart",
        "t": "t chart",
        "xmr": "XmR chart",
        "xbar_s": "Xbar-S chart",
        "s": "S chart",
        "mr": "moving range chart",
        "ewma": "EWMA",
        "cusum": "CUSUM",
        "moving_average": "moving average",
        "constant": "line of equal values",
        "rare": "strip of rare events",
    },
    "grain": {
        "sample": "sample",
        "shift": "shift",
        "day": "day",
        "week": "week",
        "month": "month",
        "quarter": "quarter",
    },
    "term": {
        "tampering": "Tampering",
        "it": "it",
        "someone": "someone",
        "no_reason": "no reason given",
        "events": "events",
        "trials": "trials",
        "readings": "readings",
        "reading": "reading",
        "of": "of",
        "in": "in",
        "median": "median",
        "p90": "p90",
        "units": "units",
        "opportunities": "opportunities",
        "its_average": "its average",
        "departures": "departures",
        "to": "to",
        "so_far": "as it has run so far",
        "target": "target",
        "absent": "–",
        "others": "others",
    },
    "figure": {
        "upper": "upper",
        "centre": "centre",
        "lower": "lower",
        "median": "median",
        "target": "target",
        "limits": "limits",
        "since": "since",
        "excluded": "excluded",
        "point": "point",
        "nothing": "No values to draw yet",
        "silent": "completes a pattern that does not decide here",
        "now": "so far",
        "between": "since the one before",
        "rarer": "rarer than chance gives",
        "closer": "closer together than chance gives",
        "ordinary": "no more than chance gives",
        "outside": "outside its limits",
        "inside": "inside its limits",
        "above": "above",
        "below": "below",
    },
    "label.prefix": {"week": "week of ", "sample": "sample ", "point": "point "},
}


def _plural(n: float) -> int:
    return 0 if n == 1 else 1


def _ordinal(n: int) -> str:
    teen = 10 <= n % 100 <= 20
    return f"{n}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(n % 10, 'th')}"


def _listed(names: Sequence[str]) -> str:
    """At most three names, then how many more."""
    if len(names) > 4:
        return f"{', '.join(names[:3])} and {len(names) - 3} others"
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _when(period: Mapping[str, Any]) -> str:
    label = str(period["label"])
    return f"the {label}" if period.get("grain") == "week" and label.startswith("week") else label


def _on(period: Mapping[str, Any]) -> str:
    grain = period.get("grain")
    preposition = {"sample": "at", "week": "in", "month": "in", "quarter": "in"}.get(str(grain), "on")
    return f"{preposition} {_when(period)}"


def _span(first: Mapping[str, Any], last: Mapping[str, Any]) -> str:
    return _on(first) if first["label"] == last["label"] else f"from {_when(first)} to {_when(last)}"


ENGLISH = Language(
    code="en",
    name="English",
    decimal=".",
    thousands=",",
    months=("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
    weekdays=("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"),
    words={**WORDS, **PARETO_WORDS},
    patterns={**PATTERNS, **SUMMARY, **PARETO},
    periods={
        "year": ("year", "years"),
        "sample": ("sample", "samples"),
        "shift": ("shift", "shifts"),
        "day": ("day", "days"),
        "week": ("week", "weeks"),
        "month": ("month", "months"),
        "quarter": ("quarter", "quarters"),
    },
    small_numbers=(
        *("none", "one", "two", "three", "four", "five", "six"),
        *("seven", "eight", "nine", "ten", "eleven", "twelve"),
    ),
    no_names=NO_NAMES,
    plural=_plural,
    one=one,
    ordinal=_ordinal,
    listed=_listed,
    when=_when,
    on=_on,
    span=_span,
)
