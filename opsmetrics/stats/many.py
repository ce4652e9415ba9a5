"""Many series of equal length at once: limits, hits, and episodes of every one of them, as columns.

A few hundred series at a time are one long chart with a phase for each, made by the same functions as a chart of one
series, so each series gets what it would get alone: its limits to the last bit, its hits and its episodes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from typing import Any, Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from opsmetrics.stats.arrays import BoolArray, FloatArray, IntArray, one_of
from opsmetrics.stats.attributes import c, p, p_prime, u, u_prime
from opsmetrics.stats.episodes import chains
from opsmetrics.stats.hits import Hits, hits
from opsmetrics.stats.individuals import xmr
from opsmetrics.stats.results import ControlChart
from opsmetrics.stats.rules import DAILY, Rule, Rules, rules_by_name
from opsmetrics.stats.steps import lag1_of_rows
from opsmetrics.stats.subgroups import xbar_s_summary

Kind = Literal["xmr", "p", "p_prime", "u", "u_prime", "c", "xbar_s"]
#: Series × points; NaN is a gap.
Matrix: TypeAlias = npt.NDArray[np.generic]

#: How many points of how many series are worked on at a time.
_AT_ONCE = 49_152

#: A series with fewer points than this shows its limits but opens no episode.
ENOUGH = 12

#: Of the sides none, high and low, as they are looked up by 0, 1 and -1.
_ORDER = np.array([2, 0, 1])

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
    (value − centre)·size; size 1 where the kind has none. largest: largest |z| of its points beyond the limits, NaN
    without; longest: of its runs of one side, 0 without. The two and `rules` say how strong its hits are.
    """

    series: IntArray
    side: npt.NDArray[np.int8]
    start: IntArray
    detected: IntArray
    last: IntArray
    open: BoolArray
    rules: npt.NDArray[np.uint64]
    excess: FloatArray
    largest: FloatArray
    longest: IntArray

    def __len__(self) -> int:
        return len(self.series)


@dataclass(frozen=True, eq=False)
class ManySeries:
    """What many series show, one element a series in each array.

    judged: points that are no gaps. last: position of the last of them, -1 without. centre, lower, upper,
    standard_error: at that point, NaN where the series has no limits. r1: lag-1 autocorrelation about the best single
    step of the plotted values, NaN where nothing varies.
    """

    kind: Kind
    rules: tuple[Rule, ...]
    judged: IntArray
    last: IntArray
    centre: FloatArray
    lower: FloatArray
    upper: FloatArray
    standard_error: FloatArray
    r1: FloatArray
    episodes: Episodes

    def watched(self, enough: int = ENOUGH) -> BoolArray:
        """The series that could open an episode."""
        return (self.judged >= enough) & np.isfinite(self.standard_error)


def many_series(
    kind: Kind,
    values: Matrix,
    *,
    sizes: Matrix | None = None,
    sds: Matrix | None = None,
    rules: Rules = DAILY,
    enough: int = ENOUGH,
) -> ManySeries:
    """Limits and episodes of many series.

    values: readings (xmr), counts (p, p_prime, u, u_prime, c) or means (xbar_s), series × points. sizes: for all kinds
    but xmr and c; sds: standard deviations within the subgroups, for xbar_s. rules: as for `run_rules`, without the two
    tests of a run chart. enough: a series with fewer points opens no episode.
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
    parts = [
        _part(kind, [matrix[start : start + step] for matrix in given], wanted, start, enough)
        for start in range(0, count, step)
    ]
    return _joined(kind, tuple(wanted), parts)


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


def _part(kind: str, given: list[Matrix], rules: list[Rule], first: int, enough: int) -> tuple[_Columns, _Columns]:
    """The columns of some series, of which `first` is the number of the first, and of their episodes."""
    count, points = given[0].shape
    if not points:
        nothing = dict.fromkeys(("centre", "lower", "upper", "standard_error", "r1"), np.full(count, np.nan))
        return {"judged": np.zeros(count, dtype=np.int64), "last": np.full(count, -1), **nothing}, {}
    phase = np.repeat(np.arange(count), points)
    chart = _KINDS[kind][0](*(matrix.ravel() for matrix in given), phase=phase)
    present = np.isfinite(chart.column("value")).reshape(count, points)
    judged = present.sum(axis=1)
    last = np.where(judged > 0, points - 1 - present[:, ::-1].argmax(axis=1), -1)
    at = np.arange(count) * points + np.maximum(last, 0)
    levels = {name: np.where(judged > 0, chart.column(name)[at], np.nan) for name in ("centre", "lower", "upper")}
    levels["r1"] = lag1_of_rows(chart.column("value").reshape(count, points))
    levels["standard_error"] = np.where(judged > 0, chart.column("standard_error")[at], np.nan)
    found = hits(chart, rules)
    told = _episodes(found, chart, points, judged >= enough, last)
    told["series"] = told["series"] + first
    return {"judged": judged, "last": last, **levels}, told


def _episodes(found: Hits, chart: ControlChart, points: int, watched: BoolArray, last: IntArray) -> _Columns:
    """Episodes of the hits in the watched series of a chart whose phases are the series, so many points each."""
    kept = np.flatnonzero(watched[found.position // points])
    position, side, start = found.position[kept], found.side[kept].astype(np.int64), found.start[kept]
    series = position // points
    chain = np.full(len(found), -1, dtype=np.int64)
    chain[kept] = chains(series * 3 + side + 1, start, found.end[kept])
    order = np.argsort(chain[kept], kind="stable")
    position, side, start, series = position[order], side[order], start[order], series[order]
    cuts = np.flatnonzero(np.diff(chain[kept][order], prepend=-1))
    detected, completed = (_by_cut(ufunc, position, cuts) for ufunc in (np.minimum, np.maximum))
    of = series[cuts]
    excess, largest, longest = _strength(found, chain, chart, len(cuts), order, kept, cuts)
    columns = {
        "series": of,
        "side": side[cuts].astype(np.int8),
        "start": _by_cut(np.minimum, start, cuts) - of * points,
        "detected": detected - of * points,
        "last": completed - of * points,
        "open": completed == last[of] + of * points,
        "rules": _by_cut(np.bitwise_or, np.uint64(1) << found.rule[kept][order].astype(np.uint64), cuts),
        "excess": excess,
        "largest": largest,
        "longest": longest,
    }
    by_detection = np.lexsort((_ORDER[columns["side"]], detected))
    return {name: column[by_detection] for name, column in columns.items()}


def _by_cut(ufunc: np.ufunc, values: npt.NDArray[Any], cuts: IntArray) -> npt.NDArray[Any]:
    """The values between two cuts, taken together."""
    return np.asarray(ufunc.reduceat(values, cuts)) if len(cuts) else values[:0]


def _strength(
    found: Hits, chain: IntArray, chart: ControlChart, episodes: int, order: IntArray, kept: IntArray, cuts: IntArray
) -> tuple[FloatArray, FloatArray, IntArray]:
    """Per episode: the excess over its members, each once; the largest |z| beyond limits; the longest run."""
    value, centre, error, size = (chart.column(name) for name in ("value", "centre", "standard_error", "size"))
    rules = list(found.rules.values())
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
    places = found.rule[kept][order]
    limits = np.array([rule.pattern == "limits" for rule in rules], dtype=np.bool_)[places]
    runs = np.array([rule.pattern == "run" for rule in rules], dtype=np.bool_)[places]
    at = found.position[kept][order]
    with np.errstate(divide="ignore", invalid="ignore"):
        far = np.where(limits, np.abs((value[at] - centre[at]) / error[at]), np.nan)
    return (
        excess,
        _by_cut(np.fmax, far, cuts),
        _by_cut(np.maximum, np.where(runs, found.length[kept][order], 0), cuts),
    )


def _joined(kind: Kind, rules: tuple[Rule, ...], parts: list[tuple[_Columns, _Columns]]) -> ManySeries:
    series = [part for part, _ in parts]
    told = [part for _, part in parts if part]
    names = [field.name for field in fields(Episodes)]
    empty = _episodes_of_nothing()
    episodes = Episodes(**{name: np.concatenate([empty[name], *(part[name] for part in told)]) for name in names})
    columns = {name: np.concatenate([part[name] for part in series]) for name in series[0]} if series else _nothing()
    return ManySeries(kind=kind, rules=rules, episodes=episodes, **columns)


def _episodes_of_nothing() -> _Columns:
    types = {"side": np.int8, "open": np.bool_, "rules": np.uint64, "excess": np.float64, "largest": np.float64}
    return {field.name: np.zeros(0, dtype=types.get(field.name, np.int64)) for field in fields(Episodes)}


def _nothing() -> _Columns:
    levels = dict.fromkeys(("centre", "lower", "upper", "standard_error", "r1"), np.zeros(0))
    return dict.fromkeys(("judged", "last"), np.zeros(0, dtype=np.int64)) | levels
