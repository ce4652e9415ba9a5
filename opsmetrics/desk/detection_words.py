"""Every word and sentence about detection, on the page and on the command line. Numbers arrive as finished text."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    "headline": "A shift of {shift} is noticed after {wait} on average.",
    "headline_at_once": "A shift of {shift} is noticed at once.",
    "headline_never": "A shift of {shift} is practically never noticed.",
    "headline_none": "Without a shift it calls once in {wait} on average.",
    "false_alarm": "Without a shift it calls once in {wait}.",
    "false_alarm_never": "Without a shift it practically never calls.",
    "sooner": "{chart} would notice it after {wait}, with as few false alarms.",
    "none_sooner": "No other chart with as few false alarms notices it much sooner.",
    "likely": "With a chance of 90 % it is noticed within {wait}.",
    "hero": "until a shift of {shift} is noticed",
    "hero_none": "from one false alarm to the next",
    "percentage_points": "{n} percentage points",
    "in_percentage_points": "percentage points",
    "points_one": "1 point",
    "points": "{n} points",
    # Charts
    "shewhart": "Single points",
    "ewma": "EWMA",
    "cusum": "CUSUM",
    "chart_rule_1": "single points",
    "chart_daily": "single points with runs of 8",
    "chart_western_electric": "single points with the Western Electric rules",
    "chart_limits": "single points with limits at {width} σ",
    "chart_ewma": "EWMA with λ {weight} and limits at {width} σ",
    "chart_cusum": "CUSUM with k {k} and h {h}",
    "short_limits": "single points, {width} σ",
    "short_ewma": "EWMA λ {weight}",
    "short_cusum": "CUSUM k {k}",
    # Strip
    "label_chart": "Chart",
    "label_false": "False alarms",
    "label_soon": "Noticed with 90 %",
    "label_unit": "One σ",
    "once_in": "one in {wait}",
    "never": "practically none",
    "never_noticed": "practically never",
    "later": "after {wait} or more",
    "within": "within {wait}",
    "of_mean": "of one reading; a point is the mean of {n}",
    "of_point": "of one point",
    "as_charted": "as the chart of {name} has it",
    # Figures
    "waits_title": "How soon: {unit} until it is noticed, on average",
    "waits_note": "by the size of a lasting shift",
    "missed_title": "How often it is missed",
    "missed_note": "chance that it is still unnoticed, by the size of the shift",
    "after": "after {wait}",
    "axis": "shift in σ",
    "axis_unit": "shift in {unit}",
    "waits_alt": "Average wait by size of the shift. {lead} The table below holds the figures.",
    "missed_alt": "Chance that a shift is still unnoticed, by its size. {lead} The table below holds the figures.",
    "caption": "Exact for independent, normal points about known limits, with the chart at its centre when the shift "
    "comes. Limits from few points, and points that resemble their neighbours, call more often.",
    "no_rivals": "It calls so often, or so rarely, that no other chart can be set alike.",
    # Panels and table
    "panel": "The same shift on other charts",
    "panel_note": "set to as few false alarms",
    "by_shift": "By size of the shift",
    "col_chart": "Chart",
    "col_wait": "Noticed after",
    "col_missed": "Unnoticed after {wait}",
    "col_shift": "Shift, σ",
    "col_shift_unit": "Shift, {unit}",
    "table": "Show the figures behind these curves",
    "no_scale": "{name} has no limits of this kind now, so shifts are in σ.",
    # Controls
    "control_kpi": "KPI",
    "control_none": "No KPI: in σ",
    "control_chart": "Chart",
    "control_rules": "Rules",
    "rules_rule_1": "Beyond the limits",
    "rules_daily": "Limits, runs of 8",
    "rules_western_electric": "Western Electric",
    "control_n": "Readings in a point",
    "control_weight": "Weight λ",
    "control_width": "Limits at, σ",
    "control_k": "Slack k",
    "control_h": "Decision interval h",
    "control_shift": "Shift, σ",
    "control_shift_unit": "Shift, {unit}",
    "called_n": "number of readings",
    "called_weight": "weight",
    "called_width": "width of limits",
    "called_k": "slack",
    "called_h": "decision interval",
    "called_shift": "shift",
    "called_chart": "chart",
    "called_rules": "set of rules with a known run length",
    "wrong_number": "no {name} “{found}” (wanted {low} to {high})",
    "wrong_choice": "no {name} “{found}”",
}

LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": ENGLISH}


def say(code: str, language: str = "en", **values: object) -> str:
    """A sentence or word with its values. Raises KeyError naming the code where the language lacks it."""
    return LANGUAGES[language][code].format(**values)
