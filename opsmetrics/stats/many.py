"""Many series of equal length at once: limits, hits, and episodes of every one of them, as columns.

A few hundred series at a time are one long chart with a phase for each, made by the same functions as a chart of one
series, so each series gets what it would get alone: its limits to the last bit, its hits and its episodes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from opsmetrics.stats.arrays import BoolArray, FloatArray, IntArray, one_of, tolerance
from opsmetrics.stats.attributes import c, p, p_prime, u, u_prime
from opsmetrics.stats.episodes import chains
from opsmetrics.stats.false_alarms import Limits, expected_episodes
from opsmetrics.stats.hits import Hits, hits
from opsmetrics.stats.individuals import xmr
from opsmetrics.stats.ranking import score, surprise_of_hit, volume
from opsmetrics.stats.results import ControlChart
from opsmetrics.stats.rules import DAILY, Rule, Rules, rules_by_name
from opsmetrics.stats.steps import lag1_of_rows
from opsmetrics.stats.subgroups import xbar_s_summary

Kind = Literal["xmr", "p", "p_prime", "u", "u_prime", "c", "xbar_s"]
#: Series × points; NaN is a gap.
Matrix: TypeAlias = npt.NDArray[np.generic]
Numbers: TypeAlias = npt.ArrayLike

#: How many points of how many series are worked on at a time.
_AT_ONCE = 49_152

#: A series with fewer points than this shows its limits but opens no episode.
ENOUGH = 12

#: Of the sides none, high and low, as they are looked up by 0, 1 and -1.
_ORDER = np.array([2, 0, 1])

#: How much an episode counts: on the bad side, on the good one, where neither is; open, ended in the window.
WORSE, BETTER, CHANGED, OPEN, ENDED = 1.0, 0.6, 0.8, 1.0, 0.8

#: Kinds whose limits come from how the points themselves vary; those of the others know their spread.
_OWN_SPREAD = ("xmr", "p_prime", "u_prime")

_KINDS: dict[str, tuple[Callable[..., ControlChart], tuple[str, ...]]] = {
    "xmr": (xmr, ("values",)),
    "p": (p, ("values", "sizes")),
    "p_prime": (p_prime, ("values", "sizes")),
    "u": (u, ("values", "sizes")),
    "u_prime": (u_prime, ("values", "sizes")),
    "c": (c, ("values",)),
    "xbar_s": (xbar_s_summary, ("values", "sds", "sizes")),
}


@dataclass(frozen=True, eq=False)
class Episodes:
    """Episodes of many series, one element an episode in each array, by series, then by detection.

    side: 1 high, -1 low, 0 none. start: earliest member; detected, last: first and last completing point. open: the
    last point of the series completes a hit of it. rules: a bit for each rule of `ManySeries.rules`. excess: Σ members
    (value − centre)·size; size 1 where the kind has none. surprise: of its strongest hit (`ranking`); strongest: the
    place of that hit's rule.
    """

    series: IntArray
    side: npt.NDArray[np.int8]
    start: IntArray
    detected: IntArray
    last: IntArray
    open: BoolArray
    rules: npt.NDArray[np.uint64]
    excess: FloatArray
    surprise: FloatArray
    strongest: IntArray

    def __len__(self) -> int:
        return len(self.series)


@dataclass(frozen=True, eq=False)
class ManySeries:
    """What many series show, one element a series in each array.

    judged: points that are no gaps; last: position of the last of them, -1 without. centre, lower, upper,
    standard_error: at that point, NaN where the series has no limits. r1: lag-1 autocorrelation about the best single
    step of the plotted values, NaN where nothing varies. expected: new episodes that chance alone would bring among the
    judged points of the window, 0 where a series could open none. window: the last so many points.
    """

    kind: Kind
    rules: tuple[Rule, ...]
    points: int
    window: int
    judged: IntArray
    last: IntArray
    centre: FloatArray
    lower: FloatArray
    upper: FloatArray
    standard_error: FloatArray
    r1: FloatArray
    expected: FloatArray
    watched: BoolArray
    episodes: Episodes

    @cached_property
    def new(self) -> BoolArray:
        """The episodes detected in the window."""
        return self.episodes.detected >= self.points - self.window

    @property
    def budget(self) -> tuple[int, float]:
        """How many new episodes were found in the window, and about how many chance alone would have brought."""
        return int(np.count_nonzero(self.new)), float(self.expected.sum())


@dataclass(frozen=True, eq=False)
class Ranking:
    """Episodes, the first to look at first. episode: their places in `Episodes`; the other arrays stand beside it and
    make the score: direction · attention · (surprise + volume)."""

    episode: IntArray
    score: FloatArray
    direction: FloatArray
    attention: FloatArray
    surprise: FloatArray
    volume: FloatArray


def ranked(found: ManySeries, *, bad: Numbers = 0, weight: Numbers = 1.0) -> Ranking:
    """The episodes that are open or new in the window, in order of their score; ties by surprise, then by series.

    bad: the side that is worse, 1 high, -1 low, 0 neither; weight: the cost per unit of the excess; of all series, or
    one a series. An episode on the bad side counts 1, on the other 0.6, where neither is bad 0.8; an open one 1, one
    that ended in the window 0.8.
    """
    own = found.episodes
    episode = np.flatnonzero(own.open | found.new)
    series, side = own.series[episode], own.side[episode]
    worse, price = (
        np.broadcast_to(np.asarray(one, dtype=np.float64), found.judged.shape)[series] for one in (bad, weight)
    )
    direction = np.select([(worse == 0) | (side == 0), worse == side], [CHANGED, WORSE], BETTER)
    attention = np.where(own.open[episode], OPEN, ENDED)
    surprise, came_to = own.surprise[episode], volume(own.excess[episode], price)
    total = score(direction, attention, surprise, came_to)
    order = np.lexsort((series, -surprise, -total))
    parts = (total, direction, attention, surprise, came_to)
    return Ranking(episode[order], *(part[order] for part in parts))


def many_series(
    kind: Kind,
    values: Matrix,
    *,
    sizes: Matrix | None = None,
    sds: Matrix | None = None,
    rules: Rules = DAILY,
    window: int | None = None,
    enough: int = ENOUGH,
) -> ManySeries:
    """Limits and episodes of many series.

    values: readings (xmr), counts (p, p_prime, u, u_prime, c) or means (xbar_s), series × points. sizes: for all kinds
    but xmr and c; sds: standard deviations within the subgroups, for xbar_s. rules: as for `run_rules`, without the two
    tests of a run chart. window: how many points, the last ones, were judged since the reader's last visit; None: all.
    enough: a series with fewer points opens no episode.
    Raises ValueError for shapes that differ, what a kind does not take, and what the chart's own function refuses.
    """
    one_of(kind, tuple(_KINDS), "kind")
    given = _given(kind, {"values": values, "sizes": sizes, "sds": sds})
    named = rules_by_name(rules)
    wanted = [rule for rule in named.values() if rule is not None]
    if len(wanted) < len(named):
        raise ValueError("rules: found a test of run charts; wanted rules of charts with limits")
    count, points = given[0].shape
    step = max(_AT_ONCE // max(points, 1), 1)
    fresh = points if window is None else min(max(window, 0), points)
    parts = [
        _part(kind, [matrix[start : start + step] for matrix in given], wanted, start, enough, fresh)
        for start in range(0, max(count, 1), step)
    ]
    series = {name: np.concatenate([part[name] for part, _ in parts]) for name in parts[0][0]}
    told = {name: np.concatenate([part[name] for _, part in parts]) for name in parts[0][1]}
    new = series.pop("new")
    limits: Limits = "own" if kind in _OWN_SPREAD else "centre"
    alike = np.nan_to_num(series["r1"])
    by_chance = expected_episodes(wanted, np.maximum(series["judged"], 1), new, r1=alike, limits=limits)
    return ManySeries(
        kind=kind,
        rules=tuple(wanted),
        points=points,
        window=fresh,
        expected=np.where(series["watched"], by_chance, 0.0),
        episodes=Episodes(**told),
        **series,
    )


def _given(kind: str, matrices: dict[str, Matrix | None]) -> list[Matrix]:
    wanted = _KINDS[kind][1]
    for name, matrix in matrices.items():
        if (matrix is None) == (name in wanted):
            raise ValueError(
                f"{name}: found {'none' if matrix is None else 'some'}; {kind} wants {' and '.join(wanted)}"
            )
    found = [np.asarray(matrices[name]) for name in wanted]
    if found[0].ndim != 2 or any(matrix.shape != found[0].shape for matrix in found):
        shapes = ", ".join(f"{name} {matrix.shape}" for name, matrix in zip(wanted, found, strict=True))
        raise ValueError(f"found {shapes}; wanted series × points, all of one shape")
    return found


_Columns: TypeAlias = dict[str, npt.NDArray[Any]]


def _part(
    kind: str, given: list[Matrix], rules: list[Rule], first: int, enough: int, fresh: int
) -> tuple[_Columns, _Columns]:
    """The columns of some series, of which `first` is the number of the first, and of their episodes."""
    count, points = given[0].shape
    phase = np.repeat(np.arange(count), points)
    chart = _KINDS[kind][0](*(matrix.ravel() for matrix in given), phase=phase)
    values = chart.column("value").reshape(count, points)
    present = np.isfinite(values)
    judged = present.sum(axis=1)
    last = np.where(judged > 0, points - 1 - present[:, ::-1].argmax(axis=1), -1) if points else np.full(count, -1)
    at = (np.arange(count) * points + last)[judged > 0]
    series: _Columns = {"judged": judged, "last": last, "new": present[:, points - fresh :].sum(axis=1)}
    for name in ("centre", "lower", "upper", "standard_error"):
        series[name] = np.full(count, np.nan)
        series[name][judged > 0] = chart.column(name)[at]
    series["r1"] = lag1_of_rows(values)
    error = series["standard_error"]
    series["watched"] = (judged >= enough) & (error > tolerance(error, series["centre"]))
    told = _episodes(hits(chart, rules), chart, points, series["watched"], last)
    told["series"] = told["series"] + first
    return series, told


def _episodes(found: Hits, chart: ControlChart, points: int, watched: BoolArray, last: IntArray) -> _Columns:
    """Episodes of the hits in the watched series of a chart whose phases are the series, so many points each."""
    kept = np.flatnonzero(watched[found.position // max(points, 1)])
    position, side, start = found.position[kept], found.side[kept].astype(np.int64), found.start[kept]
    series = position // max(points, 1)
    chain = np.full(len(found), -1, dtype=np.int64)
    chain[kept] = chains(series * 3 + side + 1, start, found.end[kept])
    order = np.argsort(chain[kept], kind="stable")
    position, side, start, series = position[order], side[order], start[order], series[order]
    cuts = np.flatnonzero(np.diff(chain[kept][order], prepend=-1))
    detected, completed = (_by_cut(ufunc, position, cuts) for ufunc in (np.minimum, np.maximum))
    of = series[cuts]
    surprise = _surprises(found, chart)[kept][order]
    most = _by_cut(np.maximum, surprise, cuts)
    strongest = surprise == np.repeat(most, np.diff(np.append(cuts, len(surprise))))
    places = found.rule[kept][order].astype(np.int64)
    columns = {
        "series": of,
        "side": side[cuts].astype(np.int8),
        "start": _by_cut(np.minimum, start, cuts) - of * points,
        "detected": detected - of * points,
        "last": completed - of * points,
        "open": completed == last[of] + of * points,
        "rules": _by_cut(np.bitwise_or, np.uint64(1) << places.astype(np.uint64), cuts),
        "excess": _excess(found, chain, chart, len(cuts)),
        "surprise": most,
        "strongest": _by_cut(np.minimum, np.where(strongest, places, len(found.rules)), cuts),
    }
    by_detection = np.lexsort((_ORDER[columns["side"]], detected))
    return {name: column[by_detection] for name, column in columns.items()}


def _by_cut(ufunc: np.ufunc, values: npt.NDArray[Any], cuts: IntArray) -> npt.NDArray[Any]:
    """The values between two cuts, taken together."""
    return np.asarray(ufunc.reduceat(values, cuts)) if len(cuts) else values[:0]


def _excess(found: Hits, chain: IntArray, chart: ControlChart, episodes: int) -> FloatArray:
    """Σ (value − centre)·size of each episode over its members, each once."""
    value, centre, size = (chart.column(name) for name in ("value", "centre", "size"))
    excess = np.zeros(episodes)
    members = list(found.points())
    for wanted in (1, -1, 0):  # episodes of one side share no point
        owner = np.full(len(value), -1, dtype=np.int64)
        for here, windows, counted in members:
            mine = (found.side[here] == wanted) & (chain[here] >= 0)
            member = windows[mine]
            of = np.broadcast_to(chain[here][mine][:, None], member.shape)
            inside = slice(None) if counted is None else counted[mine]
            owner[member[inside]] = of[inside]
        at = np.flatnonzero(owner >= 0)
        weight = np.where(np.isfinite(size[at]), size[at], 1.0)
        excess += np.bincount(owner[at], weights=(value[at] - centre[at]) * weight, minlength=episodes)
    return excess


def _surprises(found: Hits, chart: ControlChart) -> FloatArray:
    """How surprising each hit is."""
    value, centre, error = (chart.column(name)[found.position] for name in ("value", "centre", "standard_error"))
    z = np.divide(value - centre, error, out=np.full(len(found), np.inf), where=error > 0)
    surprises = np.zeros(len(found))
    for place, rule in enumerate(found.rules.values()):
        here = found.rule == place
        surprises[here] = surprise_of_hit(rule, z[here], found.length[here])
    return surprises
