"""Episodes of many series that stand one after the other as the phases of one chart, as columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from opsmetrics.stats.arrays import BoolArray, FloatArray, IntArray
from opsmetrics.stats.episodes import chains
from opsmetrics.stats.hits import Hits
from opsmetrics.stats.ranking import surprise_of_hit
from opsmetrics.stats.results import ControlChart

Columns: TypeAlias = dict[str, npt.NDArray[Any]]

#: Of the sides none, high and low, as they are looked up by 0, 1 and -1.
_ORDER = np.array([2, 0, 1])


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


def episodes_of(found: Hits, chart: ControlChart, points: int, watched: BoolArray, last: IntArray) -> Columns:
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
