"""How many new episodes chance alone gives: the rate per judged point in control, for rules, points and limits.

Limits that are estimated are too narrow as often as too wide, and the narrow ones alarm more, so the rate depends on
how many points stand behind them; and it grows where neighbours are alike. The rates are simulated on normal series
(`python -m bench.new_episodes` makes the table shipped beside this file); for counts they are scaled by the exact
probabilities of their own law. Jensen, Jones-Farmer, Champ & Woodall, Journal of Quality Technology 38 (2006), on
estimated limits; Champ & Woodall, Technometrics 29 (1987), on rules with known ones.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Literal, TypeAlias, get_args

import numpy as np
import numpy.typing as npt

from opsmetrics.stats.arrays import FloatArray
from opsmetrics.stats.episodes import chains
from opsmetrics.stats.factors import d2
from opsmetrics.stats.hits import Hits, hits
from opsmetrics.stats.rules import RULE_SETS, Rule, Rules, rules_by_name

#: own: from all points by their moving ranges (XmR, p′, u′, I′); centre: only the centre line from all points, the
#: spread known or from many readings (p, np, u, c, Xbar); locked and locked_centre: the same from the first points
#: alone; known: given.
Limits: TypeAlias = Literal["own", "centre", "locked", "locked_centre", "known"]

_LOCKED = ("locked", "locked_centre")
_OF_CENTRE = ("centre", "locked_centre")

POINTS = (12, 15, 20, 24, 30, 40, 60, 90, 120, 180, 250, 365, 730)
CORRELATIONS = (0.0, 0.2, 0.4, 0.6, 0.8)

#: Points of a series that patterns need before they can be complete: the rate among them is told apart.
START = 15

#: Points simulated after a locked baseline.
AHEAD = 60

#: Kinds of rules by which the rate of episodes is split: what completes first names an episode.
PARTS = ("limits", "outer", "inner", "run", "trend", "alternating", "hugging", "outside")

SEED = 20261129
_CHUNK = 1_000_000

#: Points simulated for each cell of a set of rules that the shipped table does not have, and its cells.
_FEWER = 400_000
_FEWER_POINTS = (12, 24, 60, 180, 730)

#: One series for each so many points tells of the last point, and how many points before it are looked at.
_SERIES_OF_LAST, _NEAR_LAST = 50, 40

Numbers: TypeAlias = npt.ArrayLike


@dataclass(frozen=True)
class Cell:
    """What is simulated. points: of the series, of a locked one those of its baseline. r1: of neighbours."""

    limits: Limits
    points: int
    r1: float


@dataclass(frozen=True)
class Rates:
    """New episodes per point. early: among the first 15 points; late: among the others; last: at the last one, which
    stands in one moving range only and so widens its own limits less; parts: shares, by PARTS."""

    early: float
    late: float
    last: float
    parts: tuple[float, ...]


def new_episode_rate(
    rules: Rules, n: Numbers, *, r1: Numbers = 0.0, limits: Limits = "own", parts: FloatArray | None = None
) -> FloatArray:
    """New episodes per judged point in control, where patterns have points enough to be complete.

    n: judged points behind the limits, one number or one a chart; r1: lag-1 correlation of neighbours, negative ones
    count as 0. rules: ids, `Rule` objects or the name of a set, Anhøj's two tests left out. parts: see
    `expected_episodes`. Interpolated in log n and r1. Raises ValueError for unknown rules and limits.
    """
    points, alike = _given(n, r1)
    return _scaled(rules, points, alike, limits, parts)[1]


def expected_episodes(
    rules: Rules,
    n: Numbers,
    new: Numbers,
    *,
    r1: Numbers = 0.0,
    limits: Limits = "own",
    parts: FloatArray | None = None,
) -> FloatArray:
    """New episodes that chance alone gives among the last `new` of n judged points. Arguments as for the rate.

    limits "locked" and "locked_centre": n are the points of the baseline, `new` those after it. parts: by how much each
    kind of rule is more likely than on normal values: one row of 8 a chart, in the order of PARTS.
    """
    points, fresh, alike = _given(n, new, r1)
    early, late, end = _scaled(rules, points, alike, limits, parts)
    if limits in _LOCKED:
        return np.asarray(fresh * late, dtype=np.float64)
    fresh = np.minimum(fresh, points)
    last = np.minimum(fresh, 1.0)
    first = np.clip(START - (points - fresh), 0.0, fresh - last)
    return np.asarray(first * early + (fresh - first - last) * late + last * end, dtype=np.float64)


def _given(*numbers: Numbers) -> list[FloatArray]:
    return list(np.broadcast_arrays(*(np.atleast_1d(np.asarray(x, dtype=np.float64)) for x in numbers)))


def _scaled(
    rules: Rules, n: FloatArray, r1: FloatArray, limits: Limits, parts: FloatArray | None
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Early, late and last rates of each chart."""
    if not _key(rules):
        return np.zeros(len(n)), np.zeros(len(n)), np.zeros(len(n))
    alike = np.clip(r1, 0.0, CORRELATIONS[-1])
    early, late, last, shares = _grid(_key(rules), limits, bool((alike > 0).any())).at(n, alike)
    scale = np.ones(len(n)) if parts is None else (shares * parts).sum(axis=1)
    return scale * early, scale * late, scale * last


@dataclass(frozen=True, eq=False)
class _Grid:
    """Rates on a grid of log n and r1; parts by n alone (r1 0)."""

    log_n: FloatArray
    r1: FloatArray
    early: FloatArray  # logs, (n, r1)
    late: FloatArray
    last: FloatArray
    parts: FloatArray  # (n, part)

    def at(self, n: FloatArray, r1: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Early, late and last rates, and the shares of the parts, at each n and r1."""
        row, up = _place(self.log_n, np.log(np.maximum(n, 1.0)))
        column, right = _place(self.r1, r1)
        values = [np.exp(_bilinear(table, row, up, column, right)) for table in (self.early, self.late, self.last)]
        above = np.minimum(row + 1, len(self.log_n) - 1)
        parts = self.parts[row] * (1 - up)[:, None] + self.parts[above] * up[:, None]
        return values[0], values[1], values[2], parts


def _place(grid: FloatArray, x: FloatArray) -> tuple[npt.NDArray[np.intp], FloatArray]:
    """The grid point at or below each x and how far x is on the way to the next one."""
    if len(grid) == 1:
        return np.zeros(len(x), dtype=np.intp), np.zeros(len(x))
    row = np.clip(np.searchsorted(grid, x, side="right") - 1, 0, len(grid) - 2)
    return row, np.clip((x - grid[row]) / (grid[row + 1] - grid[row]), 0.0, 1.0)


def _bilinear(
    table: FloatArray, row: npt.NDArray[np.intp], up: FloatArray, column: npt.NDArray[np.intp], right: FloatArray
) -> FloatArray:
    above, beside = np.minimum(row + 1, table.shape[0] - 1), np.minimum(column + 1, table.shape[1] - 1)
    low = table[row, column] * (1 - right) + table[row, beside] * right
    high = table[above, column] * (1 - right) + table[above, beside] * right
    return np.asarray(low * (1 - up) + high * up, dtype=np.float64)


# Where the rates come from


def _key(rules: Rules) -> tuple[str, ...]:
    return tuple(sorted(name for name, rule in rules_by_name(rules).items() if rule is not None))


@lru_cache(maxsize=64)
def _grid(key: tuple[str, ...], limits: Limits, correlated: bool) -> _Grid:
    if limits not in get_args(Limits):
        raise ValueError(f"limits: found {limits!r}; wanted one of {', '.join(get_args(Limits))}")
    name = next((name for name, rules in RULE_SETS.items() if _key(rules) == key), None)
    found = _shipped().get((name or "", limits)) or _simulated(key, limits, correlated)
    n = sorted({cell.points for cell in found})
    r1 = sorted({cell.r1 for cell in found})
    rates_at = [[found[Cell(limits, points, alike)] for alike in r1] for points in n]
    smallest = 1e-12  # no logarithm of none
    early, late, last = (
        np.log(np.array([[max(getattr(cell, part), smallest) for cell in row] for row in rates_at]))
        for part in ("early", "late", "last")
    )
    return _Grid(np.log(n), np.array(r1), early, late, last, np.array([row[0].parts for row in rates_at]))


@lru_cache(maxsize=1)
def _shipped() -> dict[tuple[str, str], dict[Cell, Rates]]:
    found: dict[tuple[str, str], dict[Cell, Rates]] = {}
    with Path(__file__).with_name("new_episodes.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            limits: Limits = next(kind for kind in get_args(Limits) if kind == row["limits"])
            cell = Cell(limits, int(row["points"]), float(row["r1"]))
            parts = tuple(float(row[f"of_{part}"]) for part in PARTS)
            rates_found = Rates(float(row["early"]), float(row["late"]), float(row["last"]), parts)
            found.setdefault((row["rules"], row["limits"]), {})[cell] = rates_found
    return found


def _simulated(key: tuple[str, ...], limits: Limits, correlated: bool) -> dict[Cell, Rates]:
    n = (365,) if limits == "known" else _FEWER_POINTS
    cells = [Cell(limits, points, r1) for points in n for r1 in (CORRELATIONS if correlated else (0.0,))]
    return {cell: rates(cell, [key], _FEWER)[0] for cell in cells}


def rates(cell: Cell, sets: Sequence[Rules], points: int, seed: int = SEED) -> list[Rates]:
    """The rates of some sets of rules, simulated over about so many points; reproducible by its seed."""
    generator = np.random.default_rng([seed, cell.points, round(100 * cell.r1)])
    named = [_key(rules) for rules in sets]
    every = [rule for key in dict.fromkeys(named) for rule in rules_by_name(key).values() if rule is not None]
    length = cell.points + (AHEAD if cell.limits in _LOCKED else 0)
    judged = AHEAD if cell.limits in _LOCKED else cell.points
    wanted = max(1, points // judged)
    counted = np.zeros((len(sets), 2 + len(PARTS)))
    for done in range(0, wanted, max(1, _CHUNK // length)):
        series = min(max(1, _CHUNK // length), wanted - done)
        found = hits(standardised(generator, cell, series, length), every)
        for row, key in zip(counted, named, strict=True):
            row += _episodes(found, key, cell, length)
    start = 0 if cell.limits in _LOCKED else min(START, judged)
    last = _last(cell, named, every, max(1, points // _SERIES_OF_LAST), seed) if cell.limits == "own" else None
    found_last = [None] * len(sets) if last is None else last
    return [
        _as_rates(row, wanted * start, wanted * (judged - start), end)
        for row, end in zip(counted, found_last, strict=True)
    ]


def _last(cell: Cell, named: list[tuple[str, ...]], every: list[Rule], series: int, seed: int) -> list[float | None]:
    """New episodes at the last point of series of their own: only its neighbourhood is looked at, for many of them."""
    generator = np.random.default_rng([seed, cell.points, round(100 * cell.r1), 1])
    tail = min(cell.points, _NEAR_LAST)
    counted = np.zeros(len(named))
    for done in range(0, series, max(1, _CHUNK // cell.points)):
        some = min(max(1, _CHUNK // cell.points), series - done)
        z = standardised(generator, cell, some, cell.points).reshape(some, -1)[:, -tail - 1 :]
        found = hits(z.ravel(), every)
        for place, key in enumerate(named):
            own = np.flatnonzero(np.array([name in key for name in found.rules])[found.rule])
            if len(own):
                chain = chains(found.side[own].astype(np.int64) + 1, found.start[own], found.end[own])
                first = found.position[own][np.unique(chain, return_index=True)[1]]
                counted[place] += np.count_nonzero(first % (tail + 1) == tail - 1)
    return [float(count) / series for count in counted]


def standardised(generator: np.random.Generator, cell: Cell, series: int, length: int) -> FloatArray:
    """In-control series in standard errors from their centre lines, one after the other with a gap after each."""
    values = generator.standard_normal((series, length))
    fresh = np.sqrt(1 - cell.r1**2)
    for column in range(1, length if cell.r1 else 0):
        values[:, column] = cell.r1 * values[:, column - 1] + fresh * values[:, column]
    if cell.limits != "known":
        basis = values[:, : cell.points]
        centre = basis.mean(axis=1, keepdims=True)
        spread = np.abs(np.diff(basis, axis=1)).mean(axis=1, keepdims=True) / d2(2)
        values = (values - centre) / (1.0 if cell.limits in _OF_CENTRE else spread)
    return np.concatenate([values, np.full((series, 1), np.nan)], axis=1).ravel()


def _episodes(found: Hits, rules: tuple[str, ...], cell: Cell, length: int) -> FloatArray:
    """How many episodes are detected early and late, and how many by the kind of rule that completes first."""
    own = np.flatnonzero(np.array([name in rules for name in found.rules])[found.rule])
    if not len(own):
        return np.zeros(2 + len(PARTS))
    chain = chains(found.side[own].astype(np.int64) + 1, found.start[own], found.end[own])
    first = np.unique(chain, return_index=True)[1]  # hits are in order of position, then of the rules
    place = found.position[own][first] % (length + 1)
    kept = place >= (cell.points if cell.limits in _LOCKED else 0)
    early = place < (0 if cell.limits in _LOCKED else START)
    kinds = np.array([PARTS.index(part_of(rule)) for rule in found.rules.values()])[found.rule[own][first][kept]]
    counts = [np.count_nonzero(kept & early), np.count_nonzero(kept & ~early)]
    return np.concatenate([counts, np.bincount(kinds, minlength=len(PARTS))]).astype(np.float64)


def part_of(rule: Rule) -> str:
    """To which of PARTS a rule belongs."""
    if rule.pattern == "zone":
        return "outer" if rule.zone >= 1.5 else "inner"
    return rule.pattern


def _as_rates(counted: FloatArray, early: int, late: int, last: float | None) -> Rates:
    first, others, parts = counted[0], counted[1], counted[2:]
    before = first / early if early else 0.0
    share = parts / parts.sum() if parts.any() else parts
    after = float(others / late) if late else float(before)
    return Rates(float(before), after, after if last is None else last, tuple(float(x) for x in share))
