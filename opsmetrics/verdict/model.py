"""The verdict of a KPI, as plain values. Numbers follow the specification's fields; words come from `sentences`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Literal

import pandas as pd

from opsmetrics.catalog import Grain, Slice

Variation = Literal["none", "too_few", "constant", "common_cause", "concerning", "improving", "changed"]
Side = Literal["high", "low", "none"]
Assurance = Literal["no_target", "too_early", "meets", "fails", "hit_or_miss"]
DataState = Literal["fresh", "partial", "late", "missing", "suspect"]
Stance = Literal["find_cause", "get_data", "change_process", "no_single_misses", "learn_keep", "leave_alone", "wait"]

#: The order in which Today shows the stances.
STANCES: tuple[Stance, ...] = (
    "find_cause",
    "get_data",
    "change_process",
    "no_single_misses",
    "learn_keep",
    "leave_alone",
    "wait",
)


#: A verdict's fields as they stand in JSON; all are null at a grain without one.
VERDICT_FIELDS = (
    *("variation", "side", "assurance", "firm", "stance", "data", "data_names", "as_of_period", "n", "early_warning"),
    *("caveats", "value", "size", "numerator", "denominator", "lower", "centre", "upper", "target", "met"),
    *("excess", "excess_cost"),
)


@dataclass(frozen=True)
class Reason:
    """One rule hit at the last judged point. `members` are positions in the series' points."""

    rule: str
    side: Side
    members: tuple[int, ...]


@dataclass(frozen=True)
class Episode:
    """A maximal chain of hits on one side. Periods are positions in the series' points; labels are their words."""

    side: Side
    start: int
    detected: int
    last: int
    open: bool
    rules: tuple[str, ...]
    members: tuple[int, ...]
    start_label: str
    detected_label: str
    last_label: str
    closed_because: str | None = None  # "no_longer_outside" for a shown episode that new data dissolved


@dataclass(frozen=True)
class Sentence:
    """A pattern's id and its values; `sentences.render` puts it into words. Nested clauses are Sentences."""

    pattern: str
    values: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Identity:
    """What a verdict is a pure function of."""

    kpi: str
    slice: Slice
    grain: Grain
    as_of: pd.Timestamp
    data_version: int
    decisions_version: int
    definitions_version: str


@dataclass(frozen=True, eq=False)
class Verdict:
    """One verdict. `caveats` are codes; `data_names` names the reporters behind the state of the data.

    `as_of_period` is the label of the last judged period; `value`, `size`, `lower`, `centre`, `upper`, `target`
    are those of that period in stored units (None where not defined).
    """

    identity: Identity
    variation: Variation
    side: Side
    reasons: tuple[Reason, ...]
    episode: Episode | None
    assurance: Assurance
    firm: bool
    stance: Stance
    data: DataState
    as_of_period: str | None
    n: int
    early_warning: bool
    caveats: tuple[str, ...]
    sentence: tuple[Sentence, ...]
    data_names: tuple[str, ...] = ()
    value: float | None = None
    size: float | None = None
    numerator: float | None = None
    denominator: float | None = None
    lower: float | None = None
    centre: float | None = None
    upper: float | None = None
    target: dict[str, float] | None = None
    excess: float | None = None  # Σ (observed − centre)·size over the open episode, in what is counted
    excess_cost: float | None = None  # the same times the KPI's cost per unit
    met: tuple[int, int] | None = None  # judged periods that met their own target, of how many
