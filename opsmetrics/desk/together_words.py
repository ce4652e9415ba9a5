"""Every word and sentence about KPIs watched together. Numbers arrive as finished text."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "choose": "Which KPIs belong together?",
    "choose_lead": "Choose two to six that move with each other. A day on which they do not fit shows, even where each "
    "of them is in its own range.",
    "calm": "{kpis} went together as usual in all {periods}.",
    "unusual": "Together they were unusual in {n} of {periods}.",
    "none": "These KPIs cannot be watched together yet.",
    "too_few": "{periods} have a value of each; {n} are wanted for {k} KPIs.",
    "refused": "{why}.",
    "no_grain": "{kpis} have no grain in common.",
    "wrong_kpi": "no KPI “{found}”",
    "wrong_grain": "no grain “{found}” for these KPIs",
    "latest": "Last: {label}.",
    "out_of_range": "Out of the usual range there: {names}.",
    "not_fitting": "Each in its own range there, but not fitting the others: {names}.",
    "of_all": "No single KPI stands out there: it is all of them a little.",
    "as_chance": "About {n} would come by chance.",
    "label_limit": "Limit",
    "label_periods": "Periods",
    "of_t2": "T² {value}",
    "figure": "How unusual each period was (T²)",
    "figure_note": "limit {value}",
    "alternative": "T² of {kpis} by period. {lead} The table below holds the figures.",
    "caption": "T² is the squared distance from the mean of all these periods, in units in which the KPIs usually vary "
    "together. It has no good or bad side, and is no verdict.",
    "panel": "What made {label} unusual",
    "panel_plain": "{label} in detail",
    "col_kpi": "KPI",
    "col_value": "Value",
    "col_own": "From its mean",
    "col_given": "Given the others",
    "sigma": "{n} σ",
    "given_fits": "fits",
    "given_not": "does not fit",
    "table": "Show the values behind this chart",
    "period": "period",
    "t2": "T²",
    "upper": "limit",
    "control_kpis": "KPIs",
    "control_point": "Period",
    "control_grain": "Grain",
}

LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": ENGLISH}


def say(code: str, language: str = "en", **values: object) -> str:
    """A sentence or word with its values. Raises KeyError naming the code where the language lacks it."""
    return LANGUAGES[language][code].format(**values)
