"""Every word and sentence about capability, on the page and on the command line. Numbers arrive as finished text."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    # Headlines
    "no_kpi": "No KPI is defined yet.",
    "not_predicting": "These figures do not predict: {n} of {periods} show a signal.",
    "not_predicting_one": "These figures do not predict: 1 of {periods} shows a signal.",
    "outside": "Of a million readings about {ppm} would lie {where}.",
    "outside_share": "About {share} of all readings would lie {where}.",
    "outside_none": "Practically no reading would lie {where}.",
    "defective": "Of a million {pieces} about {ppm} are {what}.",
    "defective_share": "{share} of all {pieces} are {what}.",
    "defects_many": "About {ppm} {what} in a million {units}.",
    "defects": "About {dpu} {what} for each {unit}.",
    "headline_none": "{name} is not made of single readings or counts.",
    "headline_no_readings": "Nothing is stored to look at.",
    "headline_no_limits": "No specification limit is set.",
    "headline_one_reading": "A single reading has no spread.",
    "headline_all_equal": "All {n} readings are {value}: there is no spread to compare.",
    "headline_refused": "This method does not fit these readings.",
    # Where
    "where_both": "outside {low} to {high}",
    "where_upper": "above {high}",
    "where_lower": "below {low}",
    # Leads
    "index": "{name} {value} ({confidence} %: {low} to {high}).",
    "index_bare": "{name} {value}.",
    "observed_none": "None of the {n} readings did.",
    "observed": "{k} of the {n} readings did.",
    "look_first": "Look at the chart first: a period with a known cause can be excluded there.",
    "stable": "No signal in {periods}: the process may go on as it ran.",
    "unknown": "Too few {many} are judged to tell whether the process is stable.",
    "few": "{n} readings are few: the interval is wide on purpose.",
    "counted": "{count} in {size} over {periods}; 95 % interval {low} to {high} in a million.",
    "counted_each": "{count} over {periods}; 95 % interval {low} to {high} for each.",
    "lead_none": "A ratio or derived value has no pieces that fit or not: choose a KPI of readings, shares or counts.",
    "lead_no_readings": "No judged period of this slice holds any. Choose another slice or span, or load a file.",
    "lead_no_limits": "Type a limit below to take a look; spec_lower and spec_upper of the definition keep it.",
    "lead_one_reading": "Two readings that differ are the least; thirty make a useful interval.",
    "lead_all_equal": "Check whether the values are rounded, or entered by habit.",
    "overdispersed": "Periods differ by more than chance explains, so the interval is too narrow.",
    # Hero and strip
    "hero": "{name}, {confidence} %: {low} to {high}",
    "hero_bare": "{name}, no interval by this method",
    "process": "Process",
    "process_stable": "Stable",
    "process_unstable": "{n} of {periods} with a signal",
    "process_unknown": "Too few periods",
    "fit": "Fit",
    "fit_room": "Fits with room",
    "fit_narrow": "Fits narrowly",
    "fit_not": "Does not fit",
    "fit_why": "{name} of 1.33 leaves room, below 1.00 the natural limits pass the specification",
    "spread": "Spread",
    "shape": "Shape",
    "shape_normal": "looks normal",
    "shape_not": "not normal",
    "shape_unknown": "too few to tell",
    "shape_p": "Anderson-Darling p {p}",
    "shape_better": "{law} fits better",
    "basis": "Readings",
    "basis_of": "{n} from {periods}",
    "since": "{first} to {last}",
    # Methods
    "method_normal": "Normal distribution",
    "method_box_cox": "Box-Cox transformation",
    "method_yeo_johnson": "Yeo-Johnson transformation",
    "method_lognormal": "Lognormal distribution",
    "method_weibull": "Weibull distribution",
    "method_gamma": "Gamma distribution",
    "method_exponential": "Exponential distribution",
    "method_percentile": "Percentiles of the readings",
    # Panels
    "indices": "Indices",
    "interval": "95 %",
    "value": "value",
    "indices_none": "Set a specification limit to get indices.",
    "indices_no_interval": "This method gives no interval.",
    "ppm": "In a million readings",
    "sides": "below + above",
    "together": "together",
    "ppm_observed": "Found",
    "ppm_expected_within": "Expected, spread within",
    "ppm_expected_overall": "Expected, all readings",
    "used": "What was used",
    "used_n": "Readings",
    "used_mean": "Mean",
    "used_sigma_within": "σ within {period}",
    "used_sigma_mr": "σ of moving ranges",
    "used_sigma_overall": "σ of all readings",
    "used_natural": "Natural limits",
    "used_power": "Power",
    "used_law": "Parameters",
    "used_fits": "Fits best",
    "used_freedom": "Degrees of freedom",
    "used_freedom_of": "{within} within, {overall} overall",
    "used_said": "Note",
    "count_panel": "What was counted",
    "count_found": "Found",
    "count_of": "Looked at",
    "count_share": "Share",
    "count_each": "For each",
    "count_ppm": "In a million",
    "count_z": "Process Z",
    "count_without": "Units without any",
    "interval_of": "{low} to {high}",
    # Figure and tables
    "table": "Show the readings behind this study",
    "table_newest": "Show the newest {n} readings behind this study",
    "summary_table": "Show the figures as a table",
    "alternative": "Histogram of {name}: {lead} The table below holds the readings.",
    "caption": "Grey: natural limits, which hold 99.73 % of the readings of a process that goes on like this. Bars "
    "outside the specification stand out. The line is the fitted distribution.",
    "caption_bare": "Grey: natural limits, the percentiles 0.135 and 99.865 of the readings.",
    "lower_limit": "lower limit",
    "upper_limit": "upper limit",
    "target": "target",
    # Controls
    "control_method": "Distribution",
    "control_span": "Periods",
    "span_phase": "Phase in force",
    "span_all": "All {many}",
    "span_last": "Last {n}",
    "control_lower": "Lower limit",
    "control_upper": "Upper limit",
    "control_target": "Target value",
    "typed": "Limits typed here are for this look only, and stand in the address. The definition has {limits}.",
    "typed_none": "Limits typed here are for this look only, and stand in the address. The definition has none.",
    "wrong_order": "The lower limit of {low} is not below the upper one of {high}: both are left out.",
}

LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": ENGLISH}

#: Names of the indices, in the order in which they are shown.
INDICES: Mapping[str, str] = {
    "cp": "Cp",
    "cpk": "Cpk",
    "cpl": "CPL",
    "cpu": "CPU",
    "pp": "Pp",
    "ppk": "Ppk",
    "ppl": "PPL",
    "ppu": "PPU",
    "cpm_within": "Cpm (within)",
    "cpm_overall": "Cpm (overall)",
}


def say_of(count: float, code: str, language: str = "en", **values: object) -> str:
    """As `say`, in the form that fits a count: code_one where it is 1."""
    return say(f"{code}_one" if count == 1 else code, language, **values)


def say(code: str, language: str = "en", **values: object) -> str:
    """A sentence or word with its values. Raises KeyError naming the code where the language lacks it."""
    return LANGUAGES[language][code].format(**values)
