"""Many series of equal length at once: limits, hits, and episodes of every one of them, as columns.

A few hundred series at a time are one long chart with a phase for each, made by the same functions as a chart of one
series, so each series gets what it would get alone: its limits to the last bit, its hits and its episodes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from opsmetrics.stats.arrays import BoolArray, FloatArray, IntArray, one_of, tolerance
from opsmetrics.stats.attributes import c, p, p_prime, u, u_prime
from opsmetrics.stats.counting import Law, counting_parts
from opsmetrics.stats.false_alarms import PARTS, Limits, expected_episodes
from opsmetrics.stats.hits import hits
from opsmetrics.stats.individuals import xmr
from opsmetrics.stats.many_episodes import Columns, Episodes, episodes_of
from opsmetrics.stats.ranking import score, volume
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

#: As many as an episode has bits for.
_MOST_RULES = 64

#: A series with fewer points than this shows its limits but opens no episode.
ENOUGH = 12

#: How much an episode counts: on the bad side, on the good one, where neither is; open, ended in the window.
WORSE, BETTER, CHANGED, OPEN, ENDED = 1.0, 0.6, 0.8, 1.0, 0.8

#: Kinds whose limits come from how the points themselves vary; those of the others know their spread.
_OWN_SPREAD = ("xmr", "p_prime", "u_prime")

_LAWS: dict[str, Law] = {"p": "binomial", "u": "poisson", "c": "poisson"}

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
class ManySeries:
    """What many series show, one element a series in each array.

    judged: points that are no gaps; last: position of the last of them, -1 without. centre, lower, upper,
    standard_error: at that point, NaN where the series has no limits. r1: lag-1 autocorrelation about the best single
    step of the plotted values, NaN where nothing varies. window: the last so many points; new_judged: those of them
    that are no gaps. sizes: nine quantiles of the sizes of counts, 1 of other kinds, series × 9. watched: could open an
    episode.
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
    new_judged: IntArray
    sizes: FloatArray
    watched: BoolArray
    episodes: Episodes

    @cached_property
    def expected(self) -> FloatArray:
        """New episodes that chance alone would bring among the judged points of the window; 0 where not watched.

        By the points behind the limits and how alike neighbours are, as far as that is more than chance gives; for
        counts by their own law too, where charts of like rates and sizes share their figures. Gaps, which break
        patterns, are not allowed for. Rules that are no named set are simulated first, which takes seconds.
        """
        behind = np.maximum(self.judged, 1)
        alike = np.maximum(np.nan_to_num(self.r1) - 1 / np.sqrt(behind), 0.0)
        limits: Limits = "own" if self.kind in _OWN_SPREAD else "centre"
        found = expected_episodes(self.rules, behind, self.new_judged, r1=alike, limits=limits, parts=self._parts())
        return np.where(self.watched, found, 0.0)

    def _parts(self) -> FloatArray | None:
        law = _LAWS.get(self.kind)
        if law is None:
            return None
        known: dict[tuple[float, float, float], FloatArray] = {}
        found = np.ones((len(self.judged), len(PARTS)))
        for number in np.flatnonzero(self.watched).tolist():
            rate, sizes = float(self.centre[number]), self.sizes[number]
            spread = round(float(sizes[-1] / sizes[0]), 1)
            # Where sizes are alike it matters where the centre line lies between two counts: more digits, and the rate
            # itself, for a rounded one would lie on a count, which is on no side.
            like = (float(f"{rate:.{3 if spread == 1 else 2}g}"), float(f"{sizes[4]:.2g}"), spread)
            if like not in known:
                known[like] = counting_parts(law, rate, sizes, self.rules)
            found[number] = known[like]
        return found

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
    if len(wanted) > _MOST_RULES:
        raise ValueError(f"rules: found {len(wanted)}; wanted no more than {_MOST_RULES}")
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
    return ManySeries(
        kind=kind,
        rules=tuple(wanted),
        points=points,
        window=fresh,
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


def _part(
    kind: str, given: list[Matrix], rules: list[Rule], first: int, enough: int, fresh: int
) -> tuple[Columns, Columns]:
    """The columns of some series, of which `first` is the number of the first, and of their episodes."""
    count, points = given[0].shape
    phase = np.repeat(np.arange(count), points)
    chart = _KINDS[kind][0](*(matrix.ravel() for matrix in given), phase=phase)
    values = chart.column("value").reshape(count, points)
    present = np.isfinite(values)
    judged = present.sum(axis=1)
    last = np.where(judged > 0, points - 1 - present[:, ::-1].argmax(axis=1), -1) if points else np.full(count, -1)
    at = (np.arange(count) * points + last)[judged > 0]
    series: Columns = {"judged": judged, "last": last, "new_judged": present[:, points - fresh :].sum(axis=1)}
    counted = kind in _LAWS and "sizes" in _KINDS[kind][1]
    series["sizes"] = _quantiles(chart.column("size").reshape(count, points)) if counted else np.ones((count, 9))
    for name in ("centre", "lower", "upper", "standard_error"):
        series[name] = np.full(count, np.nan)
        series[name][judged > 0] = chart.column(name)[at]
    series["r1"] = lag1_of_rows(values)
    error = series["standard_error"]
    series["watched"] = (judged >= enough) & (error > tolerance(error, series["centre"]))
    told = episodes_of(hits(chart, rules), chart, points, series["watched"], last)
    told["series"] = told["series"] + first
    return series, told


def _quantiles(rows: FloatArray) -> FloatArray:
    """Nine quantiles of each row, the middles of nine equal shares, gaps apart; NaN of a row of nothing."""
    in_order = np.sort(rows, axis=1)  # gaps last
    count = np.isfinite(rows).sum(axis=1)[:, None]
    at = np.floor((np.arange(9) + 0.5) / 9 * count).astype(np.int64)
    return np.take_along_axis(in_order, at, axis=1) if rows.shape[1] else np.full((len(rows), 9), np.nan)
