"""Run rules: every hit of every rule, as one long table.

Each point is measured against its own unclamped standard error. "Beyond" is strict: a value within 1e-9 standard errors
(or 8 units in the last place) of a line is on it. A point on the centre line has no side. A gap, a change of phase and
a point without limits break every pattern; where the limits lie on the centre line (σ = 0) only rule 1 is judged.
Sources: Western Electric, Statistical Quality Control Handbook (1956); Nelson, Journal of Quality Technology 16 (1984).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd

from opsmetrics.stats.arrays import BoolArray, FloatArray, IntArray, Labels, Values, floats, tolerance
from opsmetrics.stats.layout import layout
from opsmetrics.stats.results import ControlChart
from opsmetrics.stats.run_chart import run_chart_signals

Pattern = Literal["limits", "zone", "run", "trend", "alternating", "hugging", "outside"]


@dataclass(frozen=True)
class Rule:
    """`needed` of `window` points, beyond `zone` standard errors where the pattern has a zone."""

    pattern: Pattern
    window: int
    needed: int
    zone: float = 0.0


RULES: dict[str, Rule] = {
    "beyond_limits": Rule("limits", 1, 1),
    "two_of_three": Rule("zone", 3, 2, 2.0),
    "four_of_five": Rule("zone", 5, 4, 1.0),
    "run_of_6": Rule("run", 6, 6),
    "run_of_7": Rule("run", 7, 7),
    "run_of_8": Rule("run", 8, 8),
    "run_of_9": Rule("run", 9, 9),
    "trend_of_5": Rule("trend", 5, 5),
    "trend_of_6": Rule("trend", 6, 6),
    "alternating_14": Rule("alternating", 14, 14),
    "hugging_15": Rule("hugging", 15, 15, 1.0),
    "outside_8": Rule("outside", 8, 8, 1.0),
}

RULE_1 = ("beyond_limits",)
DAILY = ("beyond_limits", "run_of_8")
WESTERN_ELECTRIC = ("beyond_limits", "two_of_three", "four_of_five", "run_of_8")
_ZONES_AND_SHAPES = ("trend_of_6", "alternating_14", "two_of_three", "four_of_five", "hugging_15", "outside_8")
NELSON = ("beyond_limits", "run_of_9", *_ZONES_AND_SHAPES)
AIAG = ("beyond_limits", "run_of_7", *_ZONES_AND_SHAPES)
IHI = ("run_of_6", "trend_of_5")

RULE_SETS: dict[str, tuple[str, ...]] = {
    "rule_1": RULE_1,
    "daily": DAILY,
    "western_electric": WESTERN_ELECTRIC,
    "nelson": NELSON,
    "aiag": AIAG,
    "ihi": IHI,
}

#: Charts of spread, where neighbouring points share data or are skewed: `signals` judges rule 1 only.
SPREAD_KINDS = ("mr", "s", "r")

#: Charts of what lies between events are skewed: likewise.
BETWEEN_KINDS = ("g", "t")

#: Charts whose points share data with those before them: likewise.
SMOOTHED_KINDS = ("ewma", "moving_average")

_RULE_1_ONLY = (*SPREAD_KINDS, *BETWEEN_KINDS, *SMOOTHED_KINDS)


@dataclass(frozen=True, eq=False)
class _Marked:
    """A chart made ready for comparison. near: how close to a line is on it; starts: the slot opens a phase."""

    offset: FloatArray
    error: FloatArray
    near: FloatArray
    above_limit: BoolArray
    below_limit: BoolArray
    step: IntArray  # +1 up, −1 down, 0 level, or no valid neighbour
    valid: BoolArray
    starts: BoolArray


def signals(chart: ControlChart, rules: Sequence[str] | str = WESTERN_ELECTRIC) -> pd.DataFrame:
    """Hits of `rules` on a chart, as `run_rules`.

    On a chart of spread (MR, S, R), of what lies between events (g, t) or of smoothed values (EWMA, moving average)
    only rule 1 is judged; a run chart has its own two tests, whatever `rules` says.
    """
    if chart.kind == "run":
        return run_chart_signals(chart)
    names = _names(rules)
    if chart.kind in _RULE_1_ONLY:
        names = tuple(name for name in names if name == "beyond_limits")
    return run_rules(chart, rules=names)


def run_rules(
    chart_or_z: ControlChart | Values, *, rules: Sequence[str] | str = WESTERN_ELECTRIC, phase: Labels | None = None
) -> pd.DataFrame:
    """Every hit: position (of the completing point), rule, side, members, length; by position, then as in `rules`.

    chart_or_z: a chart (every rule is applied as asked, also on a chart of spread), or values already in standard
        errors from the centre, with `phase` labels if any. rules: ids in `RULES`, or the name of a set.
    side: "high", "low" (a trend: its direction), "none" for patterns without a side. members: the points of the window;
    for k of m only those beyond. length: points in the unbroken pattern that ends here. Raises ValueError for unknown
    rules and for a chart given together with `phase`.
    """
    marked = _mark(chart_or_z, phase)
    names = _names(rules)
    found = [
        (order, side, np.flatnonzero(hit), length)
        for order, name in enumerate(names)
        for side, hit, length in _hits(RULES[name], marked)
    ]
    rows = [
        (position, order, names[order], side, members, int(length[position]))
        for order, side, positions, length in found
        for position, members in zip(
            positions.tolist(), _members(RULES[names[order]], side, positions, marked), strict=True
        )
    ]
    return _frame(sorted(rows, key=lambda row: row[:2]))


def _names(rules: Sequence[str] | str) -> tuple[str, ...]:
    if isinstance(rules, str):
        if rules not in RULE_SETS:
            raise ValueError(f"rules: found the set {rules!r}; wanted one of {', '.join(RULE_SETS)}")
        return RULE_SETS[rules]
    unknown = [name for name in rules if name not in RULES]
    if unknown:
        raise ValueError(f"rules: found {unknown[0]!r}; wanted ids among {', '.join(RULES)}")
    return tuple(rules)


def _mark(chart_or_z: ControlChart | Values, phase: Labels | None) -> _Marked:
    if isinstance(chart_or_z, ControlChart):
        if phase is not None:
            raise ValueError("phase: a chart brings its own phases; give phase with plain values only")
        points = chart_or_z.points
        value, centre, error, lower, upper = (
            points[name].to_numpy(dtype=np.float64) for name in ("value", "centre", "standard_error", "lower", "upper")
        )
        phases = points["phase"].to_numpy(dtype=np.int64)
    else:
        value = floats(chart_or_z)
        centre, error = np.zeros(len(value)), np.ones(len(value))
        lower, upper = -3 * error, 3 * error
        phases = layout(np.isfinite(value), phase, None, None).phase
    starts = np.r_[True, phases[1:] != phases[:-1]] if len(value) else np.zeros(0, dtype=np.bool_)
    near = tolerance(error, value, centre)
    # A standard error within rounding of its level is no variation, whatever its bits say.
    valid = np.isfinite(value) & np.isfinite(centre) & (error > near)
    return _Marked(
        offset=value - centre,
        error=error,
        near=near,
        above_limit=value - upper > near,
        below_limit=lower - value > near,
        step=_steps(value, near, valid, starts),
        valid=valid,
        starts=starts,
    )


def _steps(value: FloatArray, near: FloatArray, valid: BoolArray, starts: BoolArray) -> IntArray:
    step = np.zeros(len(value), dtype=np.int64)
    if len(value) > 1:
        change = np.diff(value)
        joined = valid[1:] & valid[:-1] & ~starts[1:] & (np.abs(change) > near[1:])
        step[1:] = np.where(joined, np.sign(np.where(joined, change, 0.0)), 0)
    return step


def _hits(rule: Rule, marked: _Marked) -> list[tuple[str, BoolArray, IntArray]]:
    """(side, completing points, length of the pattern up to each point) for each side the pattern has."""
    beyond = marked.valid & (np.abs(marked.offset) > rule.zone * marked.error + marked.near)
    high, low = beyond & (marked.offset > 0), beyond & (marked.offset < 0)
    ones = np.ones(len(beyond), dtype=np.int64)
    match rule.pattern:
        case "limits":
            return [("high", marked.above_limit, ones), ("low", marked.below_limit, ones)]
        case "zone":
            return [_k_of_m("high", high, rule, marked), _k_of_m("low", low, rule, marked)]
        case "run":
            return [_unbroken("high", high, rule, marked), _unbroken("low", low, rule, marked)]
        case "trend":
            return [
                _stepping("high", marked.step == 1, rule, marked),
                _stepping("low", marked.step == -1, rule, marked),
            ]
        case "alternating":
            turns = np.r_[False, marked.step[1:] * marked.step[:-1] == -1] if len(beyond) else beyond
            return [_stepping("none", turns, rule, marked, extra=2)]
        case "hugging":
            return [_unbroken("none", marked.valid & ~beyond, rule, marked)]
        case "outside":
            return [_unbroken("none", beyond, rule, marked)]


def _unbroken(side: str, where: BoolArray, rule: Rule, marked: _Marked) -> tuple[str, BoolArray, IntArray]:
    length = _run_lengths(where, marked.starts)
    return side, length >= rule.window, length


def _stepping(
    side: str, where: BoolArray, rule: Rule, marked: _Marked, extra: int = 1
) -> tuple[str, BoolArray, IntArray]:
    """Patterns of steps: m steps join m + 1 points, m turns m + 2."""
    length = np.where(where, _run_lengths(where, marked.starts) + extra, 0)
    return side, length >= rule.window, length


def _k_of_m(side: str, beyond: BoolArray, rule: Rule, marked: _Marked) -> tuple[str, BoolArray, IntArray]:
    """A full window of valid points of one phase, its last point beyond, and enough others on the same side."""
    total = np.r_[0, np.cumsum(beyond)]
    index = np.arange(len(beyond))
    count = total[index + 1] - total[np.maximum(index + 1 - rule.window, 0)]
    full = _run_lengths(marked.valid, marked.starts) >= rule.window
    return side, beyond & full & (count >= rule.needed), count


def _run_lengths(where: BoolArray, starts: BoolArray) -> IntArray:
    """How many True in a row end at each slot, within its phase."""
    index = np.arange(len(where))
    broken = np.where(where, np.where(starts, index - 1, -1), index)
    return (index - np.maximum.accumulate(broken)).astype(np.int64) if len(where) else index


def _members(rule: Rule, side: str, positions: IntArray, marked: _Marked) -> list[tuple[int, ...]]:
    """The points of the window that ends at each position; for k of m only those beyond."""
    windows = positions[:, None] + np.arange(1 - rule.window, 1)
    if rule.pattern != "zone":
        return list(map(tuple, windows.tolist()))
    sign = 1 if side == "high" else -1
    beyond = sign * marked.offset > rule.zone * marked.error + marked.near
    return [tuple(row[keep].tolist()) for row, keep in zip(windows, beyond[windows], strict=True)]


def _frame(rows: Sequence[tuple[int, int, str, str, tuple[int, ...], int]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "position": np.array([row[0] for row in rows], dtype=np.int64),
            "rule": pd.Series([row[2] for row in rows], dtype="str"),
            "side": pd.Series([row[3] for row in rows], dtype="str"),
            "members": pd.Series([row[4] for row in rows], dtype=object),
            "length": np.array([row[5] for row in rows], dtype=np.int64),
        }
    )
