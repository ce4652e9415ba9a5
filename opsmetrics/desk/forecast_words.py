"""Every word and sentence of forecasts, on the page and on the command line. Numbers arrive as finished text."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    # Headline and lead
    "no_kpi": "No KPI is defined yet.",
    "no_points": "Nothing to forecast from yet.",
    "stale": "The last judged {one} is too long ago to forecast from.",
    "out_of_reach": "{target} is out of reach this year unless the process changes.",
    "in_reach": "The year very likely meets its target of {target}.",
    "chance_headline": "A {chance} chance that the year meets its target of {target}.",
    "likely_headline": "Likely {value} {when}, between {low} and {high}.",
    "constant_headline": "{value} again {when}: it has not moved in {n}.",
    "rate_headline": "About {value} for each {one} to come.",
    "lead_no_points": "No {one} has been judged. A single one is enough for a first, wide range.",
    "lead_stale": "The last one is {last}. Load newer measurements, or look as of that day.",
    "lead_end": "{when}: most likely {value}; eight times in ten between {low} and {high}.",
    "lead_year": "The year {year} most likely lands on {value}, eight times in ten between {low} and {high}.",
    "lead_waiting": "{n} are over and not judged yet: they are forecast too.",
    "lead_waiting_one": "{n} is over and not judged yet: it is forecast too.",
    "lead_short": "{n} are few: the range is wide on purpose.",
    "lead_short_one": "{n} is not much: the range is wide on purpose.",
    # Hero
    "chance_caption": "chance for the year {year}",
    "likely_caption": "most likely {when}",
    # Trust
    "better": "{gain} better than {rival}",
    "no_better": "no better than {rival}",
    "untested": "too few {many} to test it",
    "untested_constant": "nothing to test: it never moved",
    "origins": "over {n} earlier starts",
    "origins_one": "over {n} earlier start",
    "rival_seasonal_naive": "repeating the last season",
    "rival_last_value": "repeating the last {one}",
    "rival_exponential_smoothing": "Holt-Winters smoothing",
    "this": "This forecast",
    "held": "{nominal} % range held",
    "held_of": "{inside} of {of} ({share})",
    # Strip
    "target": "Target",
    "chance": "Chance",
    "at_risk": "Target at risk",
    "season": "Season",
    "season_none": "none found",
    "season_found": "repeats every {n}",
    "trust": "Past forecasts",
    "method": "Method",
    "method_combination": "median and average of {n} methods",
    "method_weekday_profile": "level and a cautious profile of the week",
    "method_last_value": "last value, wide range",
    "method_constant": "the value that never changed",
    "method_intermittent": "rate for each {one} (mostly zero)",
    "untold_no_target": "no target",
    "untold_few_origins": "too early to tell",
    "untold_no_skill": "too early to tell",
    "untold_grain": "no chance for a year of {many}",
    "untold_kind": "does not add up to a year",
    "untold_over": "the year has no {many} to come",
    "untold_no_points": "too early to tell",
    "untold_stale": "too early to tell",
    "why_few_origins": "fewer than {n} earlier starts to check it by",
    "why_no_skill": "past chances were no better than the share that met it",
    # Tables
    "ahead": "What is likely",
    "ahead_target": "Chance to meet {target}",
    "most_likely": "Most likely",
    "range": "{nominal} % range",
    "last_shown": "all {n} in the table below",
    "trusted": "Can it be trusted?",
    "error": "Mean error",
    "against": "This one is",
    "percent_better": "{gain} better",
    "percent_worse": "{gain} worse",
    "alike": "no better",
    "against_some": "{against} ({n} starts)",
    "against_some_one": "{against} ({n} start)",
    "trusted_none": "Too few {many} so far: nothing was left to test it on.",
    "trusted_constant": "It never moved: every simple forecast was right, and none says when that ends.",
    "used": "What was used",
    "used_history": "History",
    "used_gaps": "Gaps",
    "used_gaps_none": "none",
    "used_gaps_some": "{n} without a value: filled for fitting, never as zero",
    "used_phase": "Phase",
    "used_phase_all": "all of it, no restart",
    "used_phase_since": "only since {label}, where its limits restarted",
    "used_closed": "Closed days",
    "used_closed_some": "{n} on closed days left out",
    "used_bounds": "Bounds",
    "used_bounds_none": "none",
    "used_scaled": "Scaled error",
    "used_mase": "{mase} times the usual change",
    "used_warnings": "Warnings",
    "used_warnings_none": "none",
    "used_warnings_some": "{warnings} while fitting, {failures} fits left out",
    "weight": "weight {weight}",
    "member_smoothing": "Exponential smoothing",
    "member_autoregression": "Autoregression",
    "member_average": "Recent average",
    "member_last": "Last value",
    # Beneath the figure
    "dash": "– what was forecast one {one} before. Ranges come from past errors, not from a formula.",
    "ranges_only": "Ranges come from past errors, not from a formula.",
    "ranges_none": "It has never moved, so the past cannot say how far it may.",
    "ranges_guessed": "Too short for past errors: the range is a wide guess from the changes so far.",
    "table": "Show the table behind this forecast",
    "backtest": "Show the past forecasts",
    "alternative": "Forecast of {name}: {lead} The table below holds it.",
}

LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": ENGLISH}


def say_of(count: float, code: str, language: str = "en", **values: object) -> str:
    """As `say`, in the form that fits a count: code_one where it is 1."""
    return say(f"{code}_one" if count == 1 else code, language, **values)


def say(code: str, language: str = "en", **values: object) -> str:
    """A sentence or word with its values. Raises KeyError naming the code where the language lacks it."""
    return LANGUAGES[language][code].format(**values)
