"""How far the number of new episodes spreads by chance where charts move together: weeks shuffled for all at once.

The sum of what is expected holds under any dependence between charts, its spread does not. A shuffle takes weeks out of
their order but leaves what all charts did in one week side by side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from opsmetrics.stats.arrays import FloatArray, IntArray
from opsmetrics.stats.episodes import chains
from opsmetrics.stats.hits import hits
from opsmetrics.stats.rules import rules_by_name

SHUFFLES, SEED = 200, 20261130

#: Points before the new ones in which patterns may begin.
_BEFORE = 20


@dataclass(frozen=True, eq=False)
class Residuals:
    """The points of a chart in standard errors from its centre line, the week of each (a number, the same for all
    charts), the rules that decide, and how many of the last points are new."""

    z: FloatArray
    week: IntArray
    rules: tuple[str, ...]
    new: int


def shuffled_found(charts: Sequence[Residuals], shuffles: int = SHUFFLES, seed: int = SEED) -> npt.NDArray[np.int64]:
    """New episodes over all charts in each shuffle, in order: their 5th and 95th percentiles are a fair range.

    Limits stay as they are. Gaps are left out. Reproducible by its seed.
    """
    kept = [(one, one.z[np.isfinite(one.z)], one.week[np.isfinite(one.z)]) for one in charts]
    kept = [each for each in kept if len(each[1]) and each[0].new > 0]
    weeks = np.unique(np.concatenate([np.zeros(0, dtype=np.int64), *(week for _, _, week in kept)]))
    by_rules: dict[tuple[str, ...], list[tuple[int, FloatArray, IntArray]]] = {}
    for one, z, week in kept:
        by_rules.setdefault(one.rules, []).append((one.new, z, np.searchsorted(weeks, week)))
    generator = np.random.default_rng(seed)
    found = np.zeros(shuffles, dtype=np.int64)
    for number in range(shuffles):
        rank = generator.permutation(len(weeks))
        found[number] = sum(_found(rules, own, rank) for rules, own in by_rules.items())
    return np.sort(found)


def _found(names: tuple[str, ...], charts: list[tuple[int, FloatArray, IntArray]], rank: IntArray) -> int:
    pieces: list[FloatArray] = []
    new = []
    for fresh, z, week in charts:
        ordered = z[np.argsort(rank[week], kind="stable")][-(fresh + _BEFORE) :]
        pieces += [ordered, np.array([np.nan])]
        new += [np.arange(len(ordered) + 1) >= len(ordered) - fresh]
    told = hits(np.concatenate(pieces), [one for one in rules_by_name(names).values() if one is not None])
    if not len(told):
        return 0
    chain = chains(told.side.astype(np.int64) + 1, told.start, told.end)
    detected = told.position[np.unique(chain, return_index=True)[1]]
    return int(np.count_nonzero(np.concatenate(new)[detected]))
