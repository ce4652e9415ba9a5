"""What a chart would notice, and how soon: its run lengths by the size of a lasting shift, beside other charts that
call as rarely without one."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

import numpy as np
import pandas as pd

from opsmetrics.review import KpiReview
from opsmetrics.stats.arrays import FloatArray
from opsmetrics.stats.rules import RULE_SETS as NAMED_SETS
from opsmetrics.stats.run_length import (
    cusum_arl,
    cusum_h,
    cusum_survival,
    ewma_arl,
    ewma_survival,
    ewma_width,
    rules_arl,
    rules_survival,
    shewhart_width,
)
from opsmetrics.verdict.hits import rule_set

Kind = Literal["shewhart", "ewma", "cusum"]
KINDS: tuple[Kind, ...] = ("shewhart", "ewma", "cusum")
#: Rule sets of which every rule has an exact run length.
RULE_SETS = ("rule_1", "daily", "western_electric")

#: The numbers of a chart: least, most and usual.
NUMBERS: Mapping[str, tuple[float, float, float]] = {
    "n": (1, 1000, 1),
    "weight": (0.02, 1, 0.2),
    "width": (0.5, 6, 3),
    "k": (0, 3, 0.5),
    "h": (0.5, 30, 5),
    "shift": (-6, 6, 1),
}

#: Rules of a chart of single points, unless it is that of a KPI.
USUAL_RULES = "rule_1"

#: Shifts of the curves, in σ of a point, and after how many points it is asked what is still unnoticed.
SHIFTS = np.arange(0, 3.01, 0.125)
HORIZONS = (1, 5, 20)
#: The longest wait that is followed point by point.
FURTHEST = 400
#: Charts that call more often, or more rarely, have no rival that can be set to call as often.
_COMPARABLE = (20.0, 1e7)


@dataclass(frozen=True)
class Detector:
    """A chart by what it calls at. n: readings in a point; shifts are in σ of one reading. The limits of an EWMA are
    those after many points: a chart that has just begun is narrower and would look quicker than it is later."""

    kind: Kind = "shewhart"
    rules: str = "rule_1"
    n: int = 1
    weight: float = 0.2
    width: float = 3.0
    k: float = 0.5
    h: float = 5.0

    def arl(self, shift: float) -> float:
        """Average number of points until it calls, at a lasting shift from the first point on."""
        moved = shift * math.sqrt(self.n)
        if self.kind == "ewma":
            return ewma_arl(moved, self.weight, self.width)
        if self.kind == "cusum":
            return cusum_arl(moved, self.k, self.h)
        return rules_arl(moved, rules=self.rules, width=self.width, windows="full")

    def unnoticed(self, shift: float, horizon: int) -> FloatArray:
        """Chance that it has not called in the first t points, for t = 0 … horizon."""
        moved = shift * math.sqrt(self.n)
        if self.kind == "ewma":
            return ewma_survival(moved, self.weight, self.width, horizon)
        if self.kind == "cusum":
            return cusum_survival(moved, self.k, self.h, horizon)
        return rules_survival(moved, horizon, rules=self.rules, width=self.width, windows="full")

    def like(self, kind: Kind, arl: float, shift: float) -> Detector:
        """A chart of another kind that calls as rarely without a shift, made for this one."""
        if kind == "ewma":
            return replace(self, kind=kind, weight=0.1, width=ewma_width(0.1, arl))
        if kind == "cusum":
            made_for = round(abs(shift) * math.sqrt(self.n) / 2, 2) or 0.5
            k = min(max(made_for, 0.1), 1.5)
            return replace(self, kind=kind, k=k, h=cusum_h(k, arl))
        return replace(self, kind=kind, rules="rule_1", width=shewhart_width(arl))


@dataclass(frozen=True, eq=False)
class Detection:
    """What is known of one chart at one shift. charts: the chosen one first, then its rivals, none where it calls so
    often, or so rarely, that no other can be set alike."""

    chosen: Detector
    shift: float

    @cached_property
    def false_alarm(self) -> float:
        """Points from one false alarm to the next, on average."""
        return self.chosen.arl(0.0)

    @cached_property
    def charts(self) -> tuple[Detector, ...]:
        """The chosen chart and its rivals."""
        low, high = _COMPARABLE
        if not low <= self.false_alarm <= high:
            return (self.chosen,)
        kinds = [kind for kind in KINDS if kind != self.chosen.kind or self.ruled]
        return (self.chosen, *(self.chosen.like(kind, self.false_alarm, self.shift) for kind in kinds))

    @property
    def ruled(self) -> bool:
        """Whether it is a Shewhart chart with more than the rule of the limits, of which the plain one is a rival."""
        return self.chosen.kind == "shewhart" and self.chosen.rules != "rule_1"

    @cached_property
    def waits(self) -> tuple[float, ...]:
        """Per chart: points until the shift is noticed, on average."""
        return tuple(chart.arl(self.shift) for chart in self.charts)

    @cached_property
    def unnoticed(self) -> FloatArray:
        """Chance that the shift is still unnoticed after t = 0 … FURTHEST points, by the chosen chart."""
        return self.chosen.unnoticed(self.shift, FURTHEST)

    def noticed_by(self, share: float) -> int | None:
        """After how many points the shift is noticed with this chance; None where that is beyond FURTHEST."""
        there = np.flatnonzero(self.unnoticed <= 1 - share)
        return int(there[0]) if there.size else None

    @cached_property
    def curves(self) -> pd.DataFrame:
        """By shift, in σ of a reading: arl_0 … of each chart, and missed_t: the chance that the chosen chart has not
        noticed after t points."""
        shifts = SHIFTS / math.sqrt(self.chosen.n)
        table = pd.DataFrame({"shift": shifts})
        for place, chart in enumerate(self.charts):
            table[f"arl_{place}"] = [chart.arl(float(shift)) for shift in shifts]
        missed = np.array([self.chosen.unnoticed(float(shift), max(HORIZONS)) for shift in shifts])
        for t in HORIZONS:
            table[f"missed_{t}"] = missed[:, t]
        return table


@dataclass(frozen=True)
class Scale:
    """What one σ of a point is in the unit of a KPI, as its chart has it. one: in the shown unit."""

    name: str
    one: float
    unit: str
    decimals: int
    grain: str


def own_rules(review: KpiReview) -> str:
    """The set of rules of a KPI at its grain, where its run length is known exactly, else the usual one."""
    own = set(rule_set(review.kpi, review.series.grain))
    return next((name for name in RULE_SETS if set(NAMED_SETS[name]) == own), USUAL_RULES)


def scale_of(review: KpiReview) -> Scale | None:
    """The standard error of the last point with limits; None where its chart has none."""
    if review.chart is None:
        return None
    errors = review.chart.points["standard_error"].dropna()
    errors = errors[errors > 0]
    if errors.empty:
        return None
    kpi = review.kpi
    return Scale(review.name, float(errors.iloc[-1]) * kpi.multiplier, kpi.unit, kpi.decimals, review.series.grain)
