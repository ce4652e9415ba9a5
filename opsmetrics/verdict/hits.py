"""Which rules decide (verdict.md 9 and 11), and every hit of every rule looked at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from opsmetrics.catalog import Grain, Kpi
from opsmetrics.stats import (
    ANHOEJ,
    DAILY,
    NELSON,
    RULE_1,
    RULE_SETS,
    WESTERN_ELECTRIC,
    ControlChart,
    Rule,
    lag1_after_step,
    rules_by_name,
    signals,
)
from opsmetrics.verdict.chart_choice import all_equal
from opsmetrics.verdict.limits import WITHOUT_LIMITS
from opsmetrics.verdict.measures import Measures
from opsmetrics.verdict.moments import Mask
from opsmetrics.verdict.phases import ENOUGH, Phases
from opsmetrics.verdict.rare import first_event, rare_hits
from opsmetrics.verdict.reasons import Hit

#: Rules that are looked at on every chart with limits, whether they decide or not.
LOOKED_AT = tuple(dict.fromkeys((*WESTERN_ELECTRIC, *NELSON)))

#: The shortest run that small counts leave in force, beside the limits; their zones are too coarse.
_RUN_ON_SMALL_COUNTS = 7

#: Grains that leaders read: verdict.md 1.
_LEAD_GRAINS: tuple[Grain, ...] = ("month", "quarter")


@dataclass(frozen=True)
class Deciding:
    """The rules that decide the verdict of a chart. r1: lag-1 autocorrelation about the best single step; usual: the
    value that a rare series departs from, None for the one it shows most often."""

    rules: tuple[str, ...]
    rare: bool
    neighbours_alike: bool
    r1: float
    usual: float | None = None


def deciding(kpi: Kpi, grain: Grain, kind: str, basis: Measures, *, small_numbers: bool) -> Deciding:
    """What decides at this grain, less what the points behind the limits do not bear."""
    r1, alike = neighbours(basis)
    rules = rule_set(kpi, grain)
    if kind in WITHOUT_LIMITS:
        return Deciding((), kind == "rare", False, r1, 0.0 if kpi.kind == "rare" else None)
    if kind == "run":
        return Deciding(() if alike else ANHOEJ, False, alike, r1)  # without limits there is no rule 1 to fall back on
    if small_numbers:
        rules = tuple(name for name, own in rules_by_name(rules).items() if _bears_small_counts(own)) or DAILY
    return Deciding(RULE_1 if alike else rules, False, alike, r1)


def rule_set(kpi: Kpi, grain: Grain) -> tuple[str, ...]:
    """The KPI's own rules, by set or by name; else Western Electric where leaders look and two rules elsewhere."""
    if kpi.rules is not None:
        named = [RULE_SETS.get(name, (name,)) for name in kpi.rules]
        return tuple(rules_by_name([rule for rules in named for rule in rules]))
    return WESTERN_ELECTRIC if grain == kpi.lead or grain in _LEAD_GRAINS else DAILY


def _bears_small_counts(own: Rule | None) -> bool:
    if own is None:
        return False
    return own.pattern == "limits" or (own.pattern == "run" and own.window >= _RUN_ON_SMALL_COUNTS)


def neighbours(basis: Measures) -> tuple[float, bool]:
    """r1 and whether neighbours are so alike that runs and zones mean nothing. Verdict.md 9."""
    n = int((~np.isnan(basis.value)).sum())
    r1 = lag1_after_step(basis.value)[0] if n else float("nan")
    return r1, bool(r1 > max(0.25, 2 / np.sqrt(max(n, 1))))


def find_hits(
    chart: ControlChart | None, measures: Measures, phases: Phases, excluded: Mask, chosen: Deciding
) -> pd.DataFrame:
    """All signals: position, rule, side, members, length, decides; by position, then in the order of the rules.

    Patterns step over excluded points, as moving ranges do; an excluded point shows the hits it would have made.
    A hit decides where its rule does and its phase has enough points, which differ.
    """
    counted = [
        rare_hits(measures, phases.points(phase), rare=chosen.rare, usual=chosen.usual)
        for phase in range(phases.current + 1)
    ]
    of_rare = [hit for hits in counted for hit in hits]
    rules = tuple(dict.fromkeys((*LOOKED_AT, *chosen.rules)))
    if chart is None or chart.kind in WITHOUT_LIMITS:
        return _of_rare(of_rare).assign(decides=np.ones(len(of_rare), dtype=bool))
    found = _of_limits(chart, excluded, rules)
    silent = excluded | _silent_rows(measures, phases)
    found["decides"] = found["rule"].isin(chosen.rules).to_numpy() & ~silent[found["position"].to_numpy()]
    if not of_rare:
        return found  # in this order already
    rare = _of_rare(of_rare).assign(decides=np.ones(len(of_rare), dtype=bool))
    both = pd.concat([found, rare], ignore_index=True)
    return both.sort_values("position", kind="stable", ignore_index=True)


def _of_limits(chart: ControlChart, excluded: Mask, rules: tuple[str, ...]) -> pd.DataFrame:
    whole = signals(chart, rules)
    if not excluded.any():
        return whole
    kept = np.flatnonzero(~excluded)
    rest = signals(replace(chart, points=chart.points.iloc[kept].reset_index(drop=True)), rules)
    rest["members"] = pd.Series([tuple(kept[list(m)].tolist()) for m in rest["members"]], dtype=object)
    rest["position"] = kept[rest["position"].to_numpy()]
    at_excluded = whole[excluded[whole["position"].to_numpy()]]
    both: pd.DataFrame = pd.concat([at_excluded, rest], ignore_index=True)
    return both.sort_values("position", kind="stable", ignore_index=True)


def _silent_rows(measures: Measures, phases: Phases) -> Mask:
    """Rows at which no rule of the limits decides: too few points in the phase, all of them equal, all up to a first
    event that is judged as such (when they came, nothing had ever varied)."""
    silent = np.zeros(len(phases.label), dtype=bool)
    for phase in range(phases.current + 1):
        rows = phases.points(phase)
        first = first_event(measures, rows)
        if len(rows) < ENOUGH or all_equal(measures.value[rows]):
            silent[phases.label == phase] = True
        elif first is not None and first + 1 >= ENOUGH:
            silent[rows[: first + 1]] = True
    return silent


def _of_rare(hits: Iterable[Hit]) -> pd.DataFrame:
    ordered = sorted(hits, key=lambda hit: hit.position)
    return pd.DataFrame(
        {
            "position": np.array([hit.position for hit in ordered], dtype=np.int64),
            "rule": pd.Series([hit.rule for hit in ordered], dtype="str"),
            "side": pd.Series([hit.side for hit in ordered], dtype="str"),
            "members": pd.Series([hit.members for hit in ordered], dtype=object),
            "length": np.array([len(hit.members) for hit in ordered], dtype=np.int64),
        }
    )
