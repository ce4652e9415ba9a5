"""The run chart and Anhøj's two tests: too long a run on one side of the median, or too few crossings of it.

A point on the median is neither side: it neither extends nor breaks a run. With n points off the median a run is too
long above round(log2 n) + 3 (Schilling, Mathematics Magazine 85, 2012) and crossings are too few below the 5 % point of
the binomial (n − 1, ½) (Chen, Communications in Statistics 39, 2010; Anhøj & Olesen, PLoS ONE 9, 2014).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from scipy.special import bdtr

from opsmetrics.stats.arrays import BoolArray, FloatArray, IntArray, Labels, Slots, Values, floats, tolerance
from opsmetrics.stats.given import Given, given, spoken
from opsmetrics.stats.layout import chart, layout, phase_mean, phase_median
from opsmetrics.stats.results import ControlChart

LONG_RUN, FEW_CROSSINGS = "long_run", "few_crossings"

#: The rules of a run chart, which need no limits.
ANHOEJ = (LONG_RUN, FEW_CROSSINGS)

_RARE = 0.05


@dataclass(frozen=True)
class RunsTest:
    """Anhøj's tests of one phase. The four figures are None where no point lies off the centre line."""

    n_useful: int
    longest_run: int | None
    longest_run_max: int | None
    crossings: int | None
    crossings_min: int | None

    @property
    def signal(self) -> bool:
        """Whether a run is too long or crossings are too few."""
        return self.long_run or self.few_crossings

    @property
    def long_run(self) -> bool:
        """Whether the longest run is longer than chance gives."""
        return self.longest_run is not None and self.longest_run > longest_run_max(self.n_useful)

    @property
    def few_crossings(self) -> bool:
        """Whether the centre line is crossed less often than chance gives."""
        return self.crossings is not None and self.crossings < crossings_min(self.n_useful)


def run_chart(
    values: Values,
    *,
    centre: Literal["median", "mean"] | Given = "median",
    phase: Labels | None = None,
    exclude: Slots | None = None,
    baseline: Slots | None = None,
) -> ControlChart:
    """Values about the median of their phase's baseline points, without limits. Arguments as for `xmr`.

    centre: "median", "mean", or a historical level, a number or one per phase.
    """
    value = floats(values)
    slots = layout(np.isfinite(value), phase, exclude, baseline)
    levels = given(centre, slots.phases, "centre")
    if levels is None:
        if centre not in ("median", "mean"):
            raise ValueError(f"centre: found {centre!r}; wanted 'median', 'mean' or a number")
        middle = phase_median if centre == "median" else phase_mean
        levels = middle(value[slots.used], slots.phase[slots.used], slots.phases)
    nothing = np.full(len(value), np.nan)
    drawn = chart("run", value, slots.spread_out(levels), nothing, slots, None, {"centre": spoken(centre)})
    return ControlChart(drawn.kind, drawn.points, drawn.sigma, methods=drawn.methods)


def runs_tests(run: ControlChart) -> tuple[RunsTest, ...]:
    """The tests of each phase of a run chart, over its points that are not excluded; gaps are passed over."""
    side, phase = _sides(run), run.points["phase"].to_numpy(dtype=np.int64)
    kept = ~run.points["excluded"].to_numpy(dtype=bool) & (side != 0)
    phases = int(phase[-1]) + 1 if len(phase) else 0
    return tuple(_test(side[kept & (phase == number)]) for number in range(phases))


def _test(side: IntArray) -> RunsTest:
    n = len(side)
    if n == 0:
        return RunsTest(0, None, None, None, None)
    edges = np.flatnonzero(np.r_[True, side[1:] != side[:-1], True])
    return RunsTest(n, int(np.diff(edges).max()), longest_run_max(n), len(edges) - 2, crossings_min(n))


def longest_run_max(n: int) -> int:
    """The longest run that chance gives among n points off the median; halves are rounded to even."""
    return round(math.log2(n)) + 3


def crossings_min(n: int) -> int:
    """The fewest crossings that chance gives among n points off the median: the 5 % binomial quantile of (n − 1, ½)."""
    trials = n - 1
    guess = max(0, int(trials / 2 - 0.9 * math.sqrt(max(trials, 1))) - 2)  # below the quantile, to search upward
    while guess > 0 and bdtr(guess - 1, trials, 0.5) >= _RARE:
        guess -= 1
    while bdtr(guess, trials, 0.5) < _RARE:
        guess += 1
    return guess


def run_chart_signals(run: ControlChart) -> pd.DataFrame:
    """Every hit, in the columns of `run_rules`: position, rule, side, members, length.

    "long_run": at each point up to which an unbroken run is too long for its phase, members are the points of the run
    off the median; a gap breaks it. "few_crossings": once for a phase, at its last point, members are all its points
    off the median, no side.
    """
    side, points = _sides(run), run.points
    phase, present = points["phase"].to_numpy(dtype=np.int64), np.isfinite(points["value"].to_numpy(dtype=float))
    kept = ~points["excluded"].to_numpy(dtype=bool)
    rows = []
    for number, test in enumerate(runs_tests(run)):
        own = np.flatnonzero((phase == number) & kept)
        rows += [(at, LONG_RUN, name, members) for at, name, members in _long_runs(own, side, present, test)]
        if test.few_crossings:
            last = int(own[present[own]][-1])
            rows.append((last, FEW_CROSSINGS, "none", tuple(own[side[own] != 0].tolist())))
    rows.sort(key=lambda row: row[0])
    return pd.DataFrame(
        {
            "position": np.array([row[0] for row in rows], dtype=np.int64),
            "rule": pd.Series([row[1] for row in rows], dtype="str"),
            "side": pd.Series([row[2] for row in rows], dtype="str"),
            "members": pd.Series([row[3] for row in rows], dtype=object),
            "length": np.array([len(row[3]) for row in rows], dtype=np.int64),
        }
    )


def _long_runs(
    rows: IntArray, side: IntArray, present: BoolArray, test: RunsTest
) -> list[tuple[int, str, tuple[int, ...]]]:
    """Where a run is too long, its side and its points off the median."""
    found: list[tuple[int, str, tuple[int, ...]]] = []
    members: list[int] = []
    for row in rows.tolist():
        if not present[row]:
            members = []
        elif side[row] != 0:
            members = [*members, row] if members and side[members[-1]] == side[row] else [row]
        if test.longest_run_max is not None and len(members) > test.longest_run_max:
            found.append((row, "high" if side[members[-1]] > 0 else "low", tuple(members)))
    return found


def _sides(run: ControlChart) -> IntArray:
    """+1 above the centre line, −1 below it, 0 on it or without a value."""
    value = run.points["value"].to_numpy(dtype=np.float64)
    offset = value - run.points["centre"].to_numpy(dtype=np.float64)
    near: FloatArray = tolerance(np.zeros(len(value)), value)
    return np.where(np.abs(offset) > near, np.sign(np.where(np.isfinite(offset), offset, 0.0)), 0).astype(np.int64)
