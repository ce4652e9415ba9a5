"""Names that definitions may use: charts by kind, run rules and their sets, words that are taken."""

from __future__ import annotations

import re

from opsmetrics.catalog.model import EventMeasure, EventRole, Kind, Statistic

KINDS: tuple[Kind, ...] = ("proportion", "rate", "count", "ratio", "measured", "rare", "derived")
STATISTICS: tuple[Statistic, ...] = ("mean", "median", "p90", "share_within")
MEASURES: tuple[EventMeasure, ...] = ("count", "minutes", "cost")
ROLES: tuple[EventRole, ...] = ("numerator", "downtime")

#: The charts that a definition may pin, by kind.
CHARTS: dict[Kind, tuple[str, ...]] = {
    "proportion": ("p", "p_prime", "np", "xmr", "run", "rare"),
    "rate": ("u", "u_prime", "xmr", "run", "rare"),
    "count": ("c", "xmr", "run", "rare"),
    "ratio": ("xmr", "i_prime", "run", "rare"),
    "measured": ("xbar_s", "xmr", "run", "rare"),
    "rare": ("g", "t", "run"),
    "derived": ("xmr", "run"),
}

#: Named sets of run rules, as the statistics have them (a test compares the two; their sources stand there).
RULE_SETS: dict[str, tuple[str, ...]] = {
    "rule_1": ("beyond_limits",),
    "daily": ("beyond_limits", "run_of_8"),
    "western_electric": ("beyond_limits", "two_of_three", "four_of_five", "run_of_8"),
    "nelson": (
        "beyond_limits",
        "run_of_9",
        "trend_of_6",
        "alternating_14",
        "two_of_three",
        "four_of_five",
        "hugging_15",
        "outside_8",
    ),
    "aiag": (
        "beyond_limits",
        "run_of_7",
        "trend_of_6",
        "alternating_14",
        "two_of_three",
        "four_of_five",
        "hugging_15",
        "outside_8",
    ),
    "nhs": ("beyond_limits", "trend_of_7", "two_of_three_within_limits", "run_of_7"),
    "nhs_announced": ("beyond_limits", "trend_of_7", "two_of_three_one_side", "run_of_7"),
    "ihi": ("run_of_6", "trend_of_5"),
    "anhoej": ("long_run", "few_crossings"),
}

RULES: tuple[str, ...] = (
    "beyond_limits",
    "two_of_three",
    "two_of_three_one_side",
    "two_of_three_within_limits",
    "four_of_five",
    "run_of_6",
    "run_of_7",
    "run_of_8",
    "run_of_9",
    "trend_of_5",
    "trend_of_6",
    "trend_of_7",
    "alternating_14",
    "hugging_15",
    "outside_8",
    "long_run",
    "few_crossings",
)

#: How rules with lengths of one's own are written.
OWN_RULES = "run_of_N, trend_of_N, alternating_N, hugging_N, outside_N or K_of_M_beyond_Z"
_OWN = (
    (3, re.compile(r"trend_of_([1-9]\d*)(?:_ties_skipped)?|alternating_([1-9]\d*)")),
    (2, re.compile(r"(?:run_of|hugging)_([1-9]\d*)|outside_([1-9]\d*)(?:_both_sides)?")),
)
_OWN_ZONE = re.compile(r"([1-9]\d*)_of_([1-9]\d*)_beyond_(?:[0-5](?:\.\d*[1-9])?|6)(?:_one_side)?(?:_within_limits)?")
LONGEST_RULE = 100


def spelled_like_a_rule(name: str) -> bool:
    """Whether it is written like a rule with lengths of its own, whatever these are."""
    return bool(_OWN_ZONE.fullmatch(name)) or any(text.fullmatch(name) for _, text in _OWN)


def is_rule(name: str) -> bool:
    """Whether it is a rule by its name, or one with lengths of its own, from 2 points (3 for shapes) to 100."""
    zone = _OWN_ZONE.fullmatch(name)
    if zone:
        return int(zone[1]) <= int(zone[2]) <= LONGEST_RULE
    found = ((fewest, text.fullmatch(name)) for fewest, text in _OWN)
    lengths = ((fewest, int(match[1] or match[2])) for fewest, match in found if match)
    return name in RULES or any(fewest <= length <= LONGEST_RULE for fewest, length in lengths)


WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_FACT_COLUMNS = {"kpi", "observed_at", "numerator", "denominator", "sample", "value", "batch", "status"}
_EVENT_COLUMNS = {"stream", "category", "subcategory", "count", "cost", "minutes", "reference"}
_READ_COLUMNS = {"bin", "rows", "n", "mean", "m2", "source", "loaded_by", "loaded_at"}
_CHANGED = {"numerator", "denominator", "value", "sample"} | (_EVENT_COLUMNS - {"stream"})
_CHANGE_COLUMNS = {"old_batch"} | {f"{age}_{column}" for age in ("old", "new") for column in _CHANGED}
_TEMPLATE_ROLES = {"date", "ts", "metric", "fact", "ignore", "comment", "note"}
_ADDRESS_WORDS = {"slice", "grain", "as_of", "by"}

#: Keys that neither a dimension nor a stream may have: a column, a role of an import template or an address uses them.
RESERVED: frozenset[str] = frozenset(
    _FACT_COLUMNS | _EVENT_COLUMNS | _READ_COLUMNS | _CHANGE_COLUMNS | _TEMPLATE_ROLES | _ADDRESS_WORDS
)
