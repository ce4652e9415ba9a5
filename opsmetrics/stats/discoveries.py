"""Which of many charts stand out when all of them are looked at: one probability a chart, and the share of false ones.

Benjamini & Hochberg, Journal of the Royal Statistical Society B 57 (1995), for charts that are independent or rise and
fall together; Benjamini & Yekutieli, Annals of Statistics 29 (2001), under any dependence, at a price of about ln k.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from opsmetrics.stats.arrays import FloatArray
from opsmetrics.stats.episodes import chains
from opsmetrics.stats.false_alarms import CORRELATIONS, POINTS, Cell, Limits, standardised
from opsmetrics.stats.hits import Hits, hits
from opsmetrics.stats.ranking import surprise_of_hit
from opsmetrics.stats.rules import Rules, rules_by_name

Numbers: TypeAlias = npt.ArrayLike

#: How the false ones among several are bounded: by Benjamini & Hochberg, or by Benjamini & Yekutieli.
Method = Literal["bh", "by"]

#: Charts simulated for each kind of chart, and the seed.
CHARTS = 10_000
SEED = 20261130

#: Points before the new ones that are simulated with them, so that patterns can begin there.
_BEFORE = 20

#: New periods that are told apart; more are taken for the nearest of these.
_NEW = (*range(1, 11), 12, 14, 17, 21, 25, 30, 45, 60, 90, 120)


def adjusted(p: Numbers, method: Method = "bh") -> FloatArray:
    """Each probability as the share of false ones among those at or below it: at most q for the list at level q.

    p: one a chart, 0 to 1. Raises ValueError for others and for an unknown method.
    """
    values = np.asarray(p, dtype=np.float64)
    if method not in get_args(Method):
        raise ValueError(f"method: found {method!r}; wanted one of {', '.join(get_args(Method))}")
    if values.ndim != 1 or not ((values >= 0) & (values <= 1)).all():
        raise ValueError("p: wanted one number from 0 to 1 for each chart")
    k = len(values)
    order = np.argsort(-values, kind="stable")
    rank = np.arange(k, 0, -1)
    price = np.sum(1 / np.arange(1, k + 1)) if method == "by" else 1.0
    found = np.empty(k)
    found[order] = np.minimum(np.minimum.accumulate(values[order] * k / rank * price), 1.0)
    return found


def chance_of_strongest(
    surprise: float, rules: Rules, n: float, new: float, *, r1: float = 0.0, limits: Limits = "own"
) -> float:
    """Chance that a chart in control shows, among `new` periods, a new episode as surprising as this one; 1 for none.

    surprise: of its strongest hit, as `ranking` gives it. Other arguments as for `expected_episodes`; the nearest of
    the lengths and correlations that are simulated counts. 10,000 charts: no p is below 0.0001.
    """
    if not surprise > 0:
        return 1.0
    points, fresh = _nearest(POINTS, n), _nearest(_NEW, new)
    alike = min(CORRELATIONS, key=lambda other: abs(other - r1))
    drawn = _strongest(tuple(sorted(rules_by_name(rules))), Cell(limits, points, alike), fresh)
    at_least = len(drawn) - int(np.searchsorted(drawn, surprise - 1e-9))
    return (1 + at_least) / (1 + len(drawn))


def _nearest(grid: tuple[int, ...], wanted: float) -> int:
    return min(grid, key=lambda other: abs(np.log(other / max(wanted, 1.0))))


@lru_cache(maxsize=256)
def _strongest(names: tuple[str, ...], cell: Cell, new: int) -> FloatArray:
    """The surprise of the strongest new episode of each simulated chart, in order; 0 where there is none."""
    rules = [one for one in rules_by_name(names).values() if one is not None]
    if not rules:
        return np.zeros(1)
    ahead = cell.limits.startswith("locked")
    kept = new + _BEFORE if ahead else min(cell.points, new + _BEFORE)
    generator = np.random.default_rng([SEED, cell.points, new, round(100 * cell.r1)])
    z = standardised(generator, cell, CHARTS, cell.points + new if ahead else cell.points)
    z = z.reshape(CHARTS, -1)[:, -kept - 1 :].ravel()
    found = hits(z, rules)
    slot = found.position % (kept + 1)
    chain = chains(found.side.astype(np.int64) + 1, found.start, found.end)
    detected = np.full(chain.max(initial=-1) + 1, kept)
    np.minimum.at(detected, chain, slot)
    told = np.flatnonzero(detected[chain] >= kept - min(new, kept))
    strongest = np.zeros(CHARTS)
    np.maximum.at(strongest, found.position[told] // (kept + 1), strengths(found, z)[told])
    return np.sort(strongest)


def strengths(found: Hits, z: FloatArray) -> FloatArray:
    """The surprise of each hit. z: in standard errors, by position."""
    strong = np.zeros(len(found))
    for place, one in enumerate(found.rules.values()):
        here = found.rule == place
        strong[here] = surprise_of_hit(one, z[found.position[here]], found.length[here])
    return strong
