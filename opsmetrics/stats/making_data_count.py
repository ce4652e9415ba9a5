"""The chart of NHS Making Data Count: an XmR chart with its own rules, one text a point, and its two icons.

As NHSRplotthedots 0.2.2 judges: limits mean ± 2.66 times the mean moving range, from which ranges of 3.267 times it and
more are dropped once; four rules in an order of priority, of which a point shows the first whose pattern it belongs to;
variation by the last point, assurance by the limits of the last phase.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np
import numpy.typing as npt

from opsmetrics.stats.arrays import BoolArray, IntArray, Values, floats, one_of
from opsmetrics.stats.factors import Source, check_source, constants, d2
from opsmetrics.stats.hits import Hits, hits
from opsmetrics.stats.individuals import mr_chart
from opsmetrics.stats.layout import Layout, chart, layout, neighbours, phase_mean
from opsmetrics.stats.results import ControlChart
from opsmetrics.stats.rules import NHS, NHS_ANNOUNCED, RULES

Direction = Literal["increase", "decrease", "neutral"]
Variation = Literal["common_cause", "concern", "improvement", "neutral"]
Assurance = Literal["consistent_pass", "consistent_fail", "inconsistent", "none"]

COMMON = "Common Cause"
_DIRECTIONS = {"increase": 1, "decrease": -1, "neutral": 0}


@dataclass(frozen=True, eq=False)
class MakingDataCount:
    """special_causes: one text a point, as the tool names it; `chart.spread` is the moving range chart."""

    chart: ControlChart
    special_causes: tuple[str, ...]
    variation: Variation
    assurance: Assurance


def making_data_count(
    values: Values,
    *,
    improvement: Direction = "increase",
    target: float | None = None,
    rebase_at: int | Iterable[int] | None = None,
    fix_after: int | None = None,
    screened: bool = True,
    announced: bool = False,
    factors: Source = "table",
) -> MakingDataCount:
    """The chart, its texts and its icons.

    rebase_at: positions at which a phase starts. fix_after: the limits of each phase come from its first so many
    points. screened: whether large moving ranges are dropped. announced: whether points beyond the limits count for
    2 of 3, as announced, in place of being left out. factors: 2.66 and 3.267 of the printed table, or the exact ones.
    Raises ValueError for an unknown direction, positions outside the values and a `fix_after` below 2.
    """
    one_of(improvement, tuple(_DIRECTIONS), "improvement")
    value = floats(values)
    slots = _slots(np.isfinite(value), rebase_at, fix_after)
    drawn = _chart(value, slots, screened, check_source(factors))
    found = hits(drawn, [RULES[name] for name in (NHS_ANNOUNCED if announced else NHS)])
    texts = _texts(found, value, slots.phase)
    return MakingDataCount(
        drawn, tuple(texts.tolist()), _variation(texts, improvement), _assurance(drawn, improvement, target)
    )


def _slots(present: BoolArray, rebase_at: int | Iterable[int] | None, fix_after: int | None) -> Layout:
    n = len(present)
    at = [] if rebase_at is None else [rebase_at] if isinstance(rebase_at, int) else list(rebase_at)
    outside = [position for position in at if not 0 <= position < n]
    if outside:
        raise ValueError(f"rebase_at: found position {outside[0]}; wanted 0 to {n - 1}")
    if fix_after is not None and fix_after < 2:
        raise ValueError(f"fix_after: found {fix_after}; wanted 2 points or more")
    starts = np.unique([0, *at])
    phase = np.searchsorted(starts, np.arange(n), side="right")
    within = np.arange(n) - starts[phase - 1] if n else phase
    return layout(present, phase, None, None if fix_after is None else within < fix_after)


def _chart(value: npt.NDArray[np.float64], slots: Layout, screened: bool, source: Source) -> ControlChart:
    left, right = neighbours(slots.used, slots)
    ranges, phase = np.abs(value[right] - value[left]), slots.phase[right]
    width, too_large = _factors(source)
    mean = phase_mean(ranges, phase, slots.phases)
    if screened:
        kept = (ranges < too_large * mean[phase]) | (mean[phase] == 0)
        mean = phase_mean(ranges[kept], phase[kept], slots.phases)
    sigma = width * mean / 3
    used = slots.used
    return chart(
        "xmr",
        value,
        slots.spread_out(phase_mean(value[used], slots.phase[used], slots.phases)),
        slots.spread_out(sigma),
        slots,
        sigma,
        {"sigma": "mr_screened" if screened else "mr", "constants": source, "centre": "mean"},
        spread=partial(
            mr_chart,
            value,
            sigma="mr_screened" if screened else "mr",
            phase=slots.phase,
            baseline=slots.used,
            constants=source,
        ),
    )


def _factors(source: Source) -> tuple[float, float]:
    """Half the width of the limits and the largest range that is kept, both in mean moving ranges."""
    return (2.66, 3.267) if source == "table" else (3 / d2(2), constants(2).D4)


def _texts(found: Hits, value: npt.NDArray[np.float64], phase: IntArray) -> npt.NDArray[np.object_]:
    """One text a point: the first rule, in order of priority, of whose pattern it is part."""
    texts = np.full(len(value), COMMON, dtype=object)
    belongs = {place: (np.zeros(len(value), dtype=bool), np.zeros(len(value), dtype=np.int64)) for place in range(4)}
    for place, side, members in zip(found.rule.tolist(), found.side.tolist(), found.members, strict=True):
        part, towards = belongs[place]
        part[list(members)] = True
        towards[list(members)] = side
    trending = belongs[1][0]
    belongs[1][1][:] = _directions(value, trending, phase)
    spelled = (
        ("Above UCL", "Below LCL"),
        ("7 Point Trend (Increasing)", "7 Point Trend (Decreasing)"),
        ("2 in 3 Above CL", "2 in 3 Below CL"),
        ("7 Points Above CL", "7 Points Below CL"),
    )
    for place in (3, 2, 1, 0):
        part, towards = belongs[place]
        texts[part & (towards > 0)] = spelled[place][0]
        texts[part & (towards <= 0)] = spelled[place][1]
    return texts


def _directions(value: npt.NDArray[np.float64], trending: BoolArray, phase: IntArray) -> IntArray:
    """Which way a point of a trend goes: on to the next point where that is part of one too, else from the last."""
    step = np.nan_to_num(np.sign(np.diff(value, prepend=value[:1])))
    onward = np.append(step[1:], 0.0)
    on = np.append(trending[1:] & (phase[1:] == phase[:-1]), False) & trending
    return np.where(on, onward, step).astype(np.int64)


def _variation(texts: npt.NDArray[np.object_], improvement: Direction) -> Variation:
    last = str(texts[-1]) if len(texts) else COMMON
    if last == COMMON:
        return "common_cause"
    if improvement == "neutral":
        return "neutral"
    side = 1 if "Above" in last or "Increasing" in last else -1
    return "improvement" if side == _DIRECTIONS[improvement] else "concern"


def _assurance(drawn: ControlChart, improvement: Direction, target: float | None) -> Assurance:
    if target is None or improvement == "neutral" or not len(drawn.column("value")):
        return "none"
    lower, upper = drawn.column("lower")[-1], drawn.column("upper")[-1]
    if target > upper:
        return "consistent_fail" if improvement == "increase" else "consistent_pass"
    if target < lower:
        return "consistent_pass" if improvement == "increase" else "consistent_fail"
    return "inconsistent"
