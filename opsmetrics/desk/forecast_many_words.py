"""Every word about forecasts of many series. Numbers arrive as finished text."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "kpi": "KPI",
    "next": "Next",
    "total": "total",
    "together": "Together",
    "alone": "On its own",
    "parts": "{kpi} by {dimension}, {period}: parts and total agree.",
    "parts_sum": "What parts and total are forecast to be on their own is moved as little as their past errors allow.",
    "left_out": "Without a forecast: {names}.",
    "nothing": "Nothing is watched yet.",
    "does_not_add_up": "sums, shares or means",
    "choose_other": "{kpi} does not add up over its parts: choose another KPI.",
    "a_dimension": "a dimension of {kpi}",
    "there_are": "It has {names}.",
    "there_are_none": "It has none.",
    "figures": "figures of {kpi} to forecast from",
    "load_some": "Load some, or wait until periods are judged.",
}

LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": ENGLISH}


def say(code: str, language: str = "en", **values: object) -> str:
    """A sentence or word with its values. Raises KeyError naming the code where the language lacks it."""
    return LANGUAGES[language][code].format(**values)
