"""Every word about trends, and about what goes with a KPI. Numbers arrive as finished text."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "no_kpi": "No KPI is defined yet.",
    # Trend
    "rises": "{name} rises by {size} {per} ({range}).",
    "falls": "{name} falls by {size} {per} ({range}).",
    "level": "{name} has no trend that can be told from chance: between {range} {per}.",
    "a_month": "a month",
    "per_samples": "every {n}",
    "explains": "The trend{rhythm} explains {share} of the variance.",
    "explains_weekday": " with the days of the week",
    "explains_month": " with the months of the year",
    "alike": "Neighbours are alike: intervals widened.",
    "over": "It varies {n} times as much as chance gives: intervals widened.",
    "cannot_trend": "No trend can be told.",
    "cannot_drivers": "What goes with {name} cannot be told yet.",
    "cannot_too_few": "So far {found} with all that is needed; {wanted} are wanted for so many terms.",
    "cannot_constant": "Its values never change.",
    "cannot_same": "“{first}” never changes in these periods: leave it out.",
    "cannot_collinear": "“{first}” and “{second}” move as one (variance inflation {found}): leave one of them out.",
    "cannot_drifting": "What is left drifts so much that any two drifting series would seem related (R² {found} above "
    "the Durbin–Watson statistic {wanted}): try a coarser grain, or restart the phase.",
    "cannot_no_fit": "The model has no stable answer for these values.",
    # Drivers
    "goes": "{name} goes with {terms}.",
    "goes_none": "Nothing here goes with {name} more than chance gives.",
    "drivers_explain": "All of it together explains {share} of the variance, over {n}.",
    "cause": "What goes together need not be cause and effect.",
    "head_term": "What",
    "head_by": "By",
    "head_goes": "Goes with",
    "head_range": "95 % range",
    "head_explains": "Explains",
    "head_chance": "Beyond chance",
    "term_time": "Time",
    "term_weekday": "Day of the week",
    "term_month": "Month of the year",
    "term_volume": "Its volume ({name})",
    "term_volume_plain": "Its volume",
    "by_month": "a month later",
    "by_samples": "{n} later",
    "by_more": "{n} more",
    "by_levels": "{n} levels",
    "yes": "yes",
    "no": "no",
    "points": "points",
    # Page
    "eyebrow": "Trend",
    "trend": "Trend",
    "drivers": "What goes with it",
    "used": "What was used",
    "used_points": "Points",
    "used_model": "Model",
    "model_mean": "least squares",
    "model_share": "binomial model of the counts",
    "model_rate": "Poisson model of the counts",
    "used_errors": "Errors",
    "used_errors_some": "Newey–West, {n} neighbours",
    "used_neighbours": "Neighbours",
    "used_neighbours_some": "residuals correlate by {r}",
    "used_dispersion": "Dispersion",
    "used_dispersion_some": "{n} times chance",
    "used_explained": "Explains",
    "used_phase": "Phase",
    "used_warnings": "Warnings",
    "used_warnings_none": "none",
    "used_warnings_some": "{n} while fitting; the fit settled all the same",
    "choose": "Set against",
    "chosen_none": "Choose KPIs that may go with it.",
    "caption": "The line is the fitted mean, the grey range holds it with 95 % confidence. Dots are judged values.",
    "alternative": "Trend of {name}: {lead} The table below holds the figures.",
    "table": "Show the table behind this trend",
    "wrong_kpi": "no values of “{found}” by {one} to set it against",
}

LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": ENGLISH}


def say(code: str, language: str = "en", **values: object) -> str:
    """A sentence or word with its values. Raises KeyError naming the code where the language lacks it."""
    return LANGUAGES[language][code].format(**values)
