"""Every word about forecasts of many series. Numbers arrive as finished text."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "kpi": "KPI",
    "next": "Next",
    "outlook": "Outlook",
    "total": "total",
    "together": "Together",
    "alone": "On its own",
    "parts": "{kpi} by {dimension}, {period}: parts and total agree.",
    "parts_sum": "What parts and total are forecast to be on their own is moved as little as their past errors allow.",
    "left_out": "Without a forecast: {names}.",
    "nothing": "Nothing is watched yet.",
    # The page of all forecasts: headline and lead
    "all": "All forecasts",
    "all_one_misses": "{name} will likely miss its target.",
    "all_miss": "{n} of {of} targets will likely be missed.",
    "all_meet": "Every target will likely be met.",
    "all_none_misses": "No target will likely be missed.",
    "all_no_chance": "No chance to meet a target can be told yet.",
    "all_none": "Nothing to look ahead at yet.",
    "all_first": "Load a CSV or Excel file with a date and a number: a single point is enough for a first, wide range.",
    "watched": "{n} watched",
    "show_all": "Show all {n}",
    "all_making": "Forecasts are being made.",
    "all_stopped": "Not all forecasts are made.",
    "all_fits_none": "No forecast fits these filters.",
    "lead_open": "{n} may go either way",
    "lead_meets": "{n} will likely make it",
    "lead_no_chance": "{n} without a chance to tell",
    "lead_early": "{n} too early to tell",
    "lead_nothing": "{n} with nothing to forecast from",
    # What is likely: beside a row, above a section
    "state_misses": "likely misses",
    "state_open": "may go either way",
    "state_meets": "likely meets",
    "state_no_chance": "no chance told",
    "state_early": "too early to tell",
    "state_nothing": "no forecast",
    "title_misses": "Target likely missed",
    "title_open": "May go either way",
    "title_meets": "Target likely met",
    "title_no_chance": "Where it goes",
    "title_early": "Too early to tell",
    "title_nothing": "Nothing to forecast from",
    "why_misses": "a quarter of a chance or less to meet it at the end of the nearest stretch",
    "why_open": "what is done now can decide it",
    "why_meets": "three quarters of a chance or more",
    "why_no_chance": "no target, or values that do not add up to a month",
    "why_early": "a chance is told once it has proved itself on the past",
    "why_nothing": "load newer measurements, or wait for the first judged period",
    # What is still to be made
    "missing": "Not made yet",
    "missing_why": "stands here once it is made",
    "making": "Forecasting",
    "making_step": "Forecasting: {step}, {seconds} s",
    "made_of": "{made} of {of} forecasts made",
    "stopped": "Stopped: {n} are not made yet. What was made is kept.",
    "make": "Make the others",
    "meanwhile": "What is made is kept until its data change. You may follow a row or look at other pages meanwhile.",
    "stop": "Cancel",
    "stopping": "Stopping",
    "beginning": "Beginning",
    "table": "As table",
    "periods": "Download every period ahead",
    "range_80": "80\u00a0%: {range}",
    "drawn": "forecast, 50, 80 and 95 % ranges",
    "most_likely": "most likely",
    "limits": "natural limits",
    "target": "target",
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
