"""Limits and run rules on a million points, against the limits alone in numpy: time, and memory above the input."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator

import numpy as np
import numpy.typing as npt

from bench.timing import Ratio, side_by_side
from opsmetrics import stats

POINTS = 1_000_000
SERIES, LENGTH = 10_000, 365
SUBGROUP = 5

_NELSON = [stats.rule(name) for name in stats.NELSON]
_RULE_1 = [stats.rule(name) for name in stats.RULE_1]


def measure() -> Iterator[Ratio]:
    """XmR and Xbar-S: every hit as columns (position, rule, side, length; members when asked for), above the least that
    numpy needs for the limits alone. Memory: the most that was held at once beside the input, in MB."""
    values = np.random.default_rng(1).normal(50, 4, POINTS)
    subgroups = values.reshape(-1, SUBGROUP)

    def xmr() -> int:
        return len(stats.hits(stats.xmr(values), _NELSON))

    def xbar_s() -> int:
        chart = stats.xbar_s(subgroups)
        assert chart.spread is not None
        return len(stats.hits(chart, _NELSON)) + len(stats.hits(chart.spread, _RULE_1))

    alone = "numpy limits alone"
    many, groups = f"{POINTS:,} points", f"{POINTS:,} readings"
    yield Ratio(f"XmR, 8 Nelson rules, {many}", *side_by_side(xmr, lambda: _xmr_limits(values), 7), alone)
    yield Ratio(f"the same, peak memory, {many}", _peak(xmr, values), _megabytes(values), "the input", "MB")
    yield Ratio(f"Xbar-S, 8 rules and 1, {groups}", *side_by_side(xbar_s, lambda: _xbar_s_limits(subgroups), 7), alone)
    yield Ratio("the same, peak memory", _peak(xbar_s, subgroups), _megabytes(subgroups), "the input", "MB")

    def table() -> int:
        return len(stats.signals(stats.xmr(values), "nelson"))

    yield Ratio(f"XmR, 8 rules as a table, {many}", *side_by_side(table, lambda: _xmr_limits(values)), alone)
    yield from _many()


def _many() -> Iterator[Ratio]:
    """Limits, rules, episodes, how alike neighbours are, what chance would bring and a ranking, of series with gaps."""
    draw = np.random.default_rng(2)
    rows = draw.normal(50, 4, (SERIES, LENGTH))
    rows[draw.random(rows.shape) < 0.02] = np.nan

    def ours() -> tuple[int, tuple[int, float]]:
        found = stats.many_series("xmr", rows, rules="nelson", window=60)
        return len(stats.ranked(found, bad=1).episode), found.budget

    def floor() -> tuple[npt.NDArray[np.float64], ...]:
        centre = np.nanmean(rows, axis=1)
        width = 3 * np.nanmean(np.abs(np.diff(rows, axis=1)), axis=1) / stats.d2(2)
        return centre - width, centre + width

    what = f"{SERIES:,} series x {LENGTH}, 8 rules, ranked"
    yield Ratio(what, *side_by_side(ours, floor), "numpy limits alone")
    yield Ratio("the same, peak memory", _peak(ours, rows), _megabytes(rows), "the input", "MB")


def _xmr_limits(values: npt.NDArray[np.float64]) -> tuple[float, float]:
    centre, sigma = values.mean(), np.abs(np.diff(values)).mean() / stats.d2(2)
    return centre - 3 * sigma, centre + 3 * sigma


def _xbar_s_limits(subgroups: npt.NDArray[np.float64]) -> tuple[float, ...]:
    means, sds = subgroups.mean(axis=1), subgroups.std(axis=1, ddof=1)
    centre, mean_sd = means.mean(), sds.mean()
    found = stats.constants(SUBGROUP)
    width = found.A3 * mean_sd
    return centre - width, centre + width, found.B3 * mean_sd, found.B4 * mean_sd


def _peak(work: Callable[[], object], held: npt.NDArray[np.float64]) -> float:
    """The most memory that the work held at once, with its input, in MB."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1] / 1e6 + _megabytes(held)
    finally:
        tracemalloc.stop()


def _megabytes(held: npt.NDArray[np.float64]) -> float:
    return held.nbytes / 1e6
