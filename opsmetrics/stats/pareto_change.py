"""What rose and what fell between two periods: each category before and now, adjusted for exposure.

Counts: given the sum of both periods, the count of the second is binomial with the probability that its exposure has
(J. Przyborowski & H. Wilenski, Biometrika 31, 1940); the rate ratio has the exact conditional interval, Clopper &
Pearson's (Biometrika 26, 1934) carried over. The change has the interval that the exact limits of both counts give
(F. Garwood, Biometrika 28, 1936; joined as by G. Zou & A. Donner, Statistics in Medicine 27, 2008). Amounts (minutes,
costs, weights): the sum over independent events has variance Σx², and the difference is taken as normal. All verdicts
together err in 5 % (S. Holm, Scandinavian Journal of Statistics 6, 1979); categories too small for any outcome to count
are left out of the family, which costs nothing (R. E. Tarone, Biometrics 46, 1990).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.special import betaincinv, gammaincinv, ndtri

from opsmetrics.stats.arrays import FloatArray, Values, floats, not_negative, same_length
from opsmetrics.stats.pareto import ENOUGH, binomial_two_sided, effective_events, two_sided

COLUMNS = (
    *("name", "before", "after", "expected", "change", "low", "high", "ratio", "ratio_low", "ratio_high"),
    *("p", "p_adjusted", "verdict", "alone"),
)


@dataclass(frozen=True, eq=False)
class Changes:
    """Two periods side by side.

    table: one row per category, largest now first, with the columns name, before and after (amounts as they were),
        expected (before, carried to the exposure of the second period), change (after − expected) with its interval low
        … high, ratio of the two rates (inf where there was none before) with ratio_low and ratio_high, p, p_adjusted
        (Holm), verdict (rose, fell, no_change, too_few), alone (bool: would count if it were the only one looked at).
    tested: how many categories are in the family of the correction.
    """

    table: pd.DataFrame
    days_before: float
    days_after: float
    confidence: float
    tested: int
    method: Literal["exact", "amounts"]
    warnings: tuple[str, ...] = ()


def changes(
    names: Sequence[str],
    before: Values,
    after: Values,
    *,
    days_before: float,
    days_after: float,
    squares_before: Values | None = None,
    squares_after: Values | None = None,
    confidence: float = 0.95,
) -> Changes:
    """Compare two periods, category by category. The exposures (days) must be above zero.

    Without squares the amounts are counts of events (fractions are rounded for the test); with squares, Σx² over the
    events of each category, they are minutes, costs or weights. Categories that are zero in both are left out. Raises
    ValueError for names given twice, amounts below zero or missing, exposures of zero.
    """
    first, second = _checked(names, before, after)
    if not (days_before > 0 and days_after > 0):
        raise ValueError(f"found {days_before:g} and {days_after:g} days; wanted more than none in both periods")
    ratio = days_after / days_before
    alpha = 1 - confidence
    if squares_before is None or squares_after is None:
        rows = [_of_counts(a, b, ratio, alpha) for a, b in zip(first, second, strict=True)]
        warnings = _rounded(first, second)
    else:
        squares = [floats(squares_before, "squares_before"), floats(squares_after, "squares_after")]
        same_length({"before": first, "squares_before": squares[0], "squares_after": squares[1]})
        given = zip(first, second, *squares, strict=True)
        rows = [_of_amounts(a, b, sa, sb, ratio, alpha) for a, b, sa, sb in given]
        warnings = ()
    table = pd.DataFrame(rows, columns=[name for name in COLUMNS if name not in ("name", "p_adjusted", "verdict")])
    table.insert(0, "name", pd.Series([str(name) for name in names], dtype=object))
    table, tested = _judged(table[(table["before"] > 0) | (table["after"] > 0)].copy(), alpha)
    table = table.sort_values(["after", "before", "name"], ascending=[False, False, True], ignore_index=True)
    exact = squares_before is None or squares_after is None
    return Changes(
        table[list(COLUMNS)], days_before, days_after, confidence, tested, "exact" if exact else "amounts", warnings
    )


def _checked(names: Sequence[str], before: Values, after: Values) -> tuple[FloatArray, FloatArray]:
    first, second = floats(before, "before"), floats(after, "after")
    same_length({"before": first, "after": second})
    if len(names) != len(first):
        raise ValueError(f"found {len(names)} names and {len(first)} amounts; wanted one amount for each name")
    if len(set(map(str, names))) < len(names):
        raise ValueError("found a name twice; wanted each category once")
    for label, array in (("before", first), ("after", second)):
        not_negative(array, label)
        if np.isnan(array).any():
            raise ValueError(f"{label}: found no amount for {names[int(np.isnan(array).argmax())]!r}; wanted a number")
    return first, second


def _rounded(before: FloatArray, after: FloatArray) -> tuple[str, ...]:
    both = np.concatenate([before, after])
    return ("Fractions of counts were rounded for the tests.",) if np.any(both != np.rint(both)) else ()


def _of_counts(before: float, after: float, ratio: float, alpha: float) -> dict[str, Any]:
    """One category of counts: given the sum n, `after` is binomial with π = ratio/(1 + ratio) if nothing changed."""
    a, b = round(after), round(before)
    n, chance = a + b, ratio / (1 + ratio)
    p = binomial_two_sided(a, n, chance)
    odds = [_odds(end) / ratio for end in clopper_pearson(a, n, 1 - alpha)]
    hopeless = 2 * min(chance, 1 - chance) ** n >= alpha  # not even all of them on one side would count
    ends = _difference(before, after, ratio, alpha)
    return _row(before, after, ratio, ends, (odds[0], odds[1]), p, alpha, few=hopeless)


def _difference(before: float, after: float, ratio: float, alpha: float) -> tuple[float, float]:
    """Interval of after − before·ratio: the distances to the exact limits of both counts, joined at right angles."""
    (low_b, high_b), (low_a, high_a) = garwood(before, 1 - alpha), garwood(after, 1 - alpha)
    change = after - before * ratio
    below = math.hypot(after - low_a, ratio * (high_b - before))
    above = math.hypot(high_a - after, ratio * (before - low_b))
    return change - below, change + above


def _of_amounts(before: float, after: float, sb: float, sa: float, ratio: float, alpha: float) -> dict[str, Any]:
    """One category of amounts: the difference over its standard error; the ratio on the logarithmic scale."""
    variance = sa + ratio**2 * sb
    change, reach = after - before * ratio, float(ndtri(1 - alpha / 2))
    few = variance <= 0 or effective_events(after + before * ratio, variance) < ENOUGH
    p = 1.0 if variance <= 0 else two_sided(change / math.sqrt(variance))
    half = reach * math.sqrt(max(variance, 0.0))
    ends = (0.0, math.inf)
    if before > 0 and after > 0:
        spread = reach * math.sqrt(sa / after**2 + sb / before**2)
        middle = after / (before * ratio)
        ends = (middle * math.exp(-spread), middle * math.exp(spread)) if spread < 500 else ends
    return _row(before, after, ratio, (change - half, change + half), ends, p, alpha, few=few)


def _row(
    before: float,
    after: float,
    ratio: float,
    ends: tuple[float, float],
    ratio_ends: tuple[float, float],
    p: float,
    alpha: float,
    *,
    few: bool,
) -> dict[str, Any]:
    expected = before * ratio
    return {
        "before": before,
        "after": after,
        "expected": expected,
        "change": after - expected,
        "low": ends[0],
        "high": ends[1],
        "ratio": after / expected if expected > 0 else math.inf,
        "ratio_low": ratio_ends[0],
        "ratio_high": ratio_ends[1],
        "p": math.nan if few else p,
        "alone": not few and p < alpha,
    }


def _judged(table: pd.DataFrame, alpha: float) -> tuple[pd.DataFrame, int]:
    """Holm over the categories that can be told at all, and the verdicts."""
    testable = table["p"].notna().to_numpy(dtype=bool)
    adjusted = np.full(len(table), np.nan)
    adjusted[testable] = holm(table.loc[testable, "p"].to_numpy(dtype=float))
    table["p_adjusted"] = adjusted
    rising = table["change"].to_numpy(dtype=float) > 0
    real = np.nan_to_num(adjusted, nan=1.0) < alpha
    words = np.where(real, np.where(rising, "rose", "fell"), np.where(testable, "no_change", "too_few"))
    table["verdict"] = words.astype(object)
    return table, int(testable.sum())


def holm(p: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Adjusted p-values by S. Holm (1979): the i-th smallest times (m − i + 1), never below the one before it."""
    order = np.argsort(p, kind="stable")
    steps = p[order] * (len(p) - np.arange(len(p)))
    adjusted = np.empty(len(p), dtype=np.float64)
    adjusted[order] = np.minimum(np.maximum.accumulate(steps), 1.0) if len(p) else steps
    return adjusted


def clopper_pearson(count: int, trials: int, confidence: float = 0.95) -> tuple[float, float]:
    """Exact interval of a binomial probability (C. Clopper & E. Pearson, 1934); 0 to 1 without trials."""
    tail = (1 - confidence) / 2
    low = float(betaincinv(count, trials - count + 1, tail)) if count > 0 else 0.0
    high = float(betaincinv(count + 1, trials - count, 1 - tail)) if count < trials else 1.0
    return low, high


def garwood(count: float, confidence: float = 0.95) -> tuple[float, float]:
    """Exact interval of the mean of a Poisson count (F. Garwood, 1936)."""
    tail = (1 - confidence) / 2
    low = float(gammaincinv(count, tail)) if count > 0 else 0.0
    return low, float(gammaincinv(count + 1, 1 - tail))


def _odds(probability: float) -> float:
    return probability / (1 - probability) if probability < 1 else math.inf
