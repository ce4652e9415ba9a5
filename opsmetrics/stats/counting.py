"""By how much counts complete each kind of pattern more often, or less, than normal values do.

Counts are skewed and come in steps, so that their limits, zones and sides hold other shares than those of the normal
law. The shares are exact for the law at the centre line (binomial or Poisson); the ratios scale the simulated rates of
`false_alarms`, kind of rule by kind of rule.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Literal

import numpy as np
from scipy.special import bdtr, gammaln, ndtr, pdtr

from opsmetrics.stats.arrays import FloatArray, IntArray
from opsmetrics.stats.false_alarms import PARTS, part_of
from opsmetrics.stats.rules import Rule, Rules, rules_by_name

Law = Literal["binomial", "poisson"]

#: Sizes of a chart that are told apart: more are taken for as many of their quantiles.
_SIZES = 9

#: Counts larger than this, and values of sizes that differ, are taken as never level with their neighbours.
_LARGE = 10_000


def counting_parts(law: Law, rate: float, sizes: FloatArray, rules: Rules) -> FloatArray:
    """The ratios, one for each of `false_alarms.PARTS`; 1 where no rule is of that kind.

    rate: the centre line, events per unit of size; sizes: trials (whole numbers) or exposures of the points; a chart of
    counts has size 1. Of several rules of a kind the one that normal values complete most often counts. Raises
    ValueError for an unknown law or set of rules.
    """
    if law not in ("binomial", "poisson"):
        raise ValueError(f"law: found {law!r}; wanted binomial or poisson")
    named = tuple(sorted(name for name, one in rules_by_name(rules).items() if one is not None))
    kept = np.asarray(sizes, dtype=np.float64)
    kept = kept[np.isfinite(kept) & (kept > 0)]
    if not len(kept) or not rate > 0 or (law == "binomial" and rate >= 1):
        return np.ones(len(PARTS))
    typical = np.quantile(kept, np.linspace(0, 1, 2 * _SIZES + 1)[1::2]) if len(np.unique(kept)) > 1 else kept[:1]
    rounded = np.round(typical) if law == "binomial" else np.array([float(f"{size:.4g}") for size in typical])
    return _parts(law, float(f"{rate:.5g}"), tuple(np.maximum(rounded, 1e-9).tolist()), named).copy()


@lru_cache(maxsize=4096)
def _parts(law: Law, rate: float, sizes: tuple[float, ...], names: tuple[str, ...]) -> FloatArray:
    found, usual = np.ones(len(PARTS)), np.zeros(len(PARTS))
    for one in rules_by_name(names).values():
        if one is None:
            continue
        place = PARTS.index(part_of(one))
        normal = _chance(one, _normal_shares(one), 1 / math.factorial(one.window))
        if normal > usual[place]:
            usual[place] = normal
            found[place] = _own_chance(one, law, rate, sizes) / normal
    return found


def _own_chance(one: Rule, law: Law, rate: float, sizes: tuple[float, ...]) -> float:
    if one.pattern in ("trend", "alternating"):
        if len(sizes) > 1 or rate * sizes[0] > _LARGE:  # hardly ever level
            return _chance(one, (0.0, 0.0), 1 / math.factorial(one.window))
        chance = _steps(one, law, rate, sizes[len(sizes) // 2])
        return _chance(one, (0.0, 0.0), chance) if one.pattern == "trend" else chance
    high, low = _shares(_line(one), law, rate, np.array(sizes))
    return _chance(one, (high, low), 0.0)


def _line(one: Rule) -> float:
    return 3.0 if one.pattern == "limits" else one.zone


def _normal_shares(one: Rule) -> tuple[float, float]:
    beyond = float(ndtr(-_line(one)))
    return beyond, beyond


def _shares(line: float, law: Law, rate: float, size: FloatArray) -> tuple[float, float]:
    """How much of the law lies beyond so many standard errors, above and below, over these sizes."""
    mean = rate * size
    reach = line * np.sqrt(mean * ((1 - rate) if law == "binomial" else 1.0))
    near = 1e-9 * np.maximum(reach, 1.0)
    at_most, below = np.floor(mean + reach + near), np.ceil(mean - reach - near) - 1
    return float((1 - _cdf(law, at_most, rate, size)).mean()), float(_cdf(law, below, rate, size).mean())


def _cdf(law: Law, count: FloatArray, rate: float, size: FloatArray) -> FloatArray:
    asked = np.maximum(count, 0.0)
    if law == "poisson":
        found = pdtr(asked, rate * size)
    else:
        found = np.where(asked >= size, 1.0, bdtr(np.minimum(asked, size), size.astype(np.int64), rate))
    return np.where(count < 0, 0.0, found)


def _chance(one: Rule, shares: tuple[float, float], stepwise: float) -> float:
    """How often a new pattern is completed, from the shares above and below its line; of steps from their own."""
    high, low = shares
    match one.pattern:
        case "limits":
            return high + low
        case "run":
            return sum(share**one.window * (1 - share) for share in shares)
        case "zone":
            return sum(_at_least(one.needed, one.window, share) for share in shares)
        case "hugging":
            inside = 1 - high - low
            return inside**one.window * (high + low)
        case "outside":
            return (high + low) ** one.window * (1 - high - low)
        case "trend":
            return 2 * stepwise
        case _:
            return _zigzag(one.window)


def _at_least(needed: int, window: int, share: float) -> float:
    """The last point of a window is beyond, and enough of those before it."""
    others = sum(
        math.comb(window - 1, k) * share**k * (1 - share) ** (window - 1 - k) for k in range(needed - 1, window)
    )
    return share * others


def _steps(one: Rule, law: Law, rate: float, size: float) -> float:
    """Chance that so many counts in a row rise (a trend), or go up and down by turns."""
    p = _masses(law, rate, size)
    up = down = p
    for _ in range(one.window - 1):
        below_up, below_down = np.cumsum(up) - up, np.cumsum(down) - down
        if one.pattern == "trend":
            up = p * below_up
        else:
            up, down = p * below_down, p * (up.sum() - below_up - up)
    return float(up.sum()) if one.pattern == "trend" else float(up.sum() + down.sum())


def _masses(law: Law, rate: float, size: float) -> FloatArray:
    """The law's masses where it has any worth counting."""
    mean = rate * size
    spread = math.sqrt(mean * ((1 - rate) if law == "binomial" else 1.0))
    first, last = max(0, math.floor(mean - 9 * spread - 9)), math.ceil(mean + 9 * spread + 9)
    last = min(last, int(size)) if law == "binomial" else last
    k: IntArray = np.arange(first, last + 1)
    if law == "poisson":
        logs = k * math.log(mean) - mean - gammaln(k + 1)
    else:
        ways = gammaln(size + 1) - gammaln(k + 1) - gammaln(size - k + 1)
        logs = ways + k * math.log(rate) + (size - k) * math.log1p(-rate)
    masses = np.exp(logs)
    return np.asarray(masses / masses.sum(), dtype=np.float64)


@lru_cache(maxsize=16)
def _zigzag(window: int) -> float:
    """Chance that so many different values in random order go up and down by turns: twice the zigzag number over n!."""
    row = [1]
    for _ in range(window - 1):
        sums = [0]
        for value in reversed(row):
            sums.append(sums[-1] + value)
        row = sums
    return 2 * sum(row) / math.factorial(window)
