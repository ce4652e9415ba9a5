"""Every word and sentence about gauge studies, on the page and on the command line. Numbers arrive as finished text."""

from __future__ import annotations

from collections.abc import Mapping

ENGLISH: Mapping[str, str] = {
    # Headline and lead
    "start": "How much of the variation does the measuring make?",
    "start_lead": "Let two or three people measure about ten parts two or three times each, and bring the table here: "
    "one record for each reading, with its part, its operator and the measurement. Nothing of it is stored.",
    "headline": "The measuring system makes {share} of the variation: {level}.",
    "headline_tolerance": "The measuring takes {tolerance} of the tolerance, {share} of the variation: {level}.",
    "headline_all": "The parts cannot be told apart: all variation comes from the measuring.",
    "headline_refused": "This table makes no study.",
    "good": "good",
    "marginal": "marginal",
    "unfit": "not fit for use",
    "repeatability_most": "Most of it is repeatability: the same person gets different readings of the same part.",
    "operator_most": "Most of it is between operators: each reads in a way of their own.",
    "interaction_most": "Most of it is between operators, and differs from part to part.",
    "ndc": "It tells {n} classes of parts apart; five are wanted.",
    "ndc_one": "It tells a single class of parts: bigger from smaller is beyond it. Five are wanted.",
    "ndc_enough": "It tells {n} classes of parts apart, which is enough.",
    "hero": "of the variation is the measuring's",
    # Strip
    "level": "Measuring system",
    "level_why": "below 10 % good, to 30 % marginal (AIAG)",
    "classes": "Classes told apart",
    "classes_why": "5 or more are wanted",
    "study": "Study",
    "study_crossed": "{parts} parts, {operators} operators, {trials} readings each",
    "study_one": "{parts} parts, one operator, {trials} readings each",
    "study_nested": "{parts} parts, {operators} operators with parts of their own, {trials} readings each",
    "interaction": "Part and operator",
    "interaction_pooled": "no interaction (p {p}), counted as repeatability",
    "interaction_kept": "interact (p {p})",
    # Components
    "grr": "Measuring system",
    "repeatability": "Repeatability",
    "reproducibility": "Reproducibility",
    "operator": "Operators",
    "interaction_part": "Interaction",
    "part": "Parts",
    "total": "Together",
    # Panels
    "components": "Where the variation comes from",
    "shares": "Shares",
    "share": "of variation",
    "contribution": "of variance",
    "tolerance_share": "of tolerance",
    "variances": "Variances",
    "variance": "variance",
    "interval": "95 %",
    "anova": "Analysis of variance",
    "df": "df",
    "f": "F",
    "p": "p",
    "ranges": "By averages and ranges",
    "ranges_grr": "Measuring system, of variation",
    "ranges_ev": "Repeatability (EV)",
    "ranges_av": "Reproducibility (AV)",
    "ranges_gr": "Both (GRR)",
    "ranges_pv": "Parts (PV)",
    "ranges_tv": "Together (TV)",
    "ranges_ndc": "Classes",
    # Figures and tables
    "parts_title": "Readings of each part",
    "caption": "Shares are of standard deviations, so they do not add up to 100 %. Lines: 10 % and 30 %.",
    "caption_parts": "Each mark is a reading, each line joins an operator's means. Close marks: the reading repeats. "
    "Lines on top of each other: operators agree.",
    "alternative": "Shares of the variation: {said}",
    "alternative_parts": "The readings of each part by each operator. The table below holds them.",
    "table": "Show the figures as a table",
    "readings": "Show the readings",
    # Controls
    "file": "Table of measurements",
    "paste": "Or paste a table",
    "paste_hint": "Part, Operator, Measurement: one reading in each line, copied from a spreadsheet",
    "sample": "Look at a sample study",
    "sample_told": "Sample: thermal impedance of ten parts, measured by three inspectors three times each (Houf and "
    "Berman 1988, as in Montgomery, Introduction to Statistical Quality Control).",
    "leave_sample": "Leave the sample",
    "design": "Design",
    "design_crossed": "Each operator measures each part",
    "design_nested": "Each operator has parts of their own",
    "tolerance": "Width of the tolerance",
    "column_part": "Column of the part",
    "column_operator": "Column of the operator",
    "column_measurement": "Column of the measurement",
    "one_operator": "There is one operator",
    "go_on": "Go on",
}

LANGUAGES: Mapping[str, Mapping[str, str]] = {"en": ENGLISH}


def say(code: str, language: str = "en", **values: object) -> str:
    """A sentence or word with its values. Raises KeyError naming the code where the language lacks it."""
    return LANGUAGES[language][code].format(**values)
