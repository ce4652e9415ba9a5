"""Every word and sentence of landings, on all pages, on the command line and in the API. Numbers arrive as text."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    # How it will end
    "likely_miss": "{label} will likely miss its target of {target}: {chance} chance to meet it.",
    "open": "{label} may meet its target of {target} or miss it: {chance} chance to meet it.",
    "likely_meet": "{label} will likely meet its target of {target}: {chance} chance.",
    "early": "{label}: too early to tell whether it meets its target of {target}. {why}",
    "why_few_origins": "The past holds {starts} of the {wanted} earlier starts that a chance is checked at.",
    "why_no_past": "The past holds too little to check a chance by.",
    "why_no_skill": "At {starts} earlier starts its chances were not clearly better than how often it was met.",
    "no_points": "{label}: too little has been judged to say where it lands.",
    "stale": "{label}: the last judged period is too long ago.",
    "kind": "{label}: {what} does not add up over periods, so no landing is told.",
    "kind_derived": "a figure computed from others",
    "kind_median": "a median",
    "kind_p90": "a 90th percentile",
    "grain": "Numbered samples have no month to land.",
    "over": "{label} has nothing left to come: it stands at {value}{behind}.",
    # Where it lands
    "it": "It",
    "lands": "{it} lands between {low} and {high} eight times in ten, most likely at {value}{behind}.",
    "lands_at": "{it} lands at {value}{behind}.",
    "so_far": "so far {value}",
    "unmeasured": "{n} of it are not measured, and not in its target.",
    "unmeasured_one": "{n} of it is not measured, and not in its target.",
    # When the target is lost
    "breached": "To date it misses already.",
    "breach_from": "From {label} on it will likely miss to the end.",
    "breach_passes": "It likely passes {target} in {label}.",
    "breach_passes_day": "It likely passes {target} on {label}.",
    "breach_passed": "It is above {target} already.",
    # Short forms
    "title": "Will we make it?",
    "note": "landing of month, quarter and year with its 80 % range; chances in steps of 5 %",
    "head_stretch": "",
    "head_chance": "Chance to meet",
    "head_target": "Target",
    "head_lands": "Most likely",
    "head_range": "80 % range",
    "head_so_far": "So far",
    "head_breach": "Misses from",
    "under": "under {chance}",
    "over_chance": "over {chance}",
    "too_early": "too early to tell",
    "no_target": "no target",
    "of_limit": "{range} of {target}",
    "already": "already",
    "not_likely": "not likely",
}

LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": ENGLISH}


def say(code: str, language: str = "en", **values: object) -> str:
    """A sentence or word with its values. Raises KeyError naming the code where the language lacks it."""
    return LANGUAGES[language][code].format(**values)
