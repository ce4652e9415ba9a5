"""Every word about queues. Numbers arrive as finished text."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "needs": "{n} on duty keep the mean wait at {target} or less.",
    "needs_none": "No number on duty keeps the mean wait at {target} or less.",
    "refused": "How many on duty a wait takes cannot be told here: {why}.",
    "lead": "With {staff} the formula gives {predicted} over the last 8 weeks; {observed} were observed.",
    "model_erlang_c": "Erlang C.",
    "model_corrected": "Erlang C times {factor}: arrivals and service vary otherwise than it supposes (Allen–Cunneen).",
    "why_times": "arrivals or service times carry no time of day",
    "why_times_coarse": "arrivals or service times stand at {found} only, and hours must be told apart",
    "why_enough": "there are too few arrivals or service times in the last 8 weeks",
    "why_load": "at its busiest hour the load is {found}",
    "why_dispersion": "hourly arrivals vary {found} times as much as chance gives",
    "why_abandoned": "{found} leave before their turn",
    "why_abandoned_unknown": "it is not known how many leave before their turn",
    "why_predicted": "the formula gives {predicted}, and {observed} were observed",
    "title": "Staff for a wait",
    "conditions": "Conditions",
    "condition_times": "Time of day of arrivals and services",
    "condition_enough": "Arrivals in 8 weeks",
    "condition_load": "Load in the busiest hour",
    "condition_dispersion": "Dispersion of hourly arrivals",
    "condition_abandoned": "Leave before their turn",
    "condition_predicted": "Predicted over observed wait",
    "wanted_times": "an hour or finer",
    "wanted_enough": "at least {n}",
    "wanted_load": "below {n}",
    "wanted_dispersion": "{low} to {high}",
    "wanted_abandoned": "below {n}",
    "wanted_predicted": "{low} to {high}",
    "found_times": "every {n} h",
    "found_times_fine": "an hour or finer",
    "holds": "holds",
    "fails": "fails",
    "corrected": "corrected for",
    "head_condition": "Condition",
    "head_wanted": "Wanted",
    "head_found": "Found",
    "head_holds": "",
    "head_hour": "Hour",
    "head_arrivals": "Arrivals",
    "head_load": "Load",
    "head_wait": "Mean wait",
    "head_needed": "On duty for {target}",
    "endless": "grows without end",
    "hours": "By hour of the day",
    # Page
    "choose_service": "Service times",
    "choose_staff": "On duty now",
    "choose_target": "Mean wait wanted, min",
    "choose_abandoned": "Who leaves",
    "nobody": "Nobody leaves",
    "not_chosen": "–",
    "choose_first": "Choose the KPI of service times.",
    "no_service": "No other KPI holds readings of a time: define one for how long a service takes.",
}

LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": ENGLISH}


def say(code: str, language: str = "en", **values: object) -> str:
    """A sentence or word with its values. Raises KeyError naming the code where the language lacks it."""
    return LANGUAGES[language][code].format(**values)
