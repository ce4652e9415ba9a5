"""How well a distribution fits: the Anderson-Darling statistic, and its p-value for the normal one."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from opsmetrics.stats.arrays import FloatArray, Values, floats
from opsmetrics.stats.capability.laws import FITTED, Law, LawName, fit


@dataclass(frozen=True)
class Normality:
    """Anderson-Darling's test. statistic: A². p: how often normal readings would lie as far off. n: readings."""

    statistic: float
    p: float
    n: int


@dataclass(frozen=True)
class Fit:
    """How well a law fits. aic: Akaike's criterion, lower is better. statistic: A²."""

    law: Law
    aic: float
    statistic: float


def anderson_darling(ordered_below: FloatArray, ordered_above: FloatArray) -> float:
    """A² = −n − Σ (2i − 1)(ln F(xᵢ) + ln(1 − F(xₙ₊₁₋ᵢ)))/n, from both tails at the sorted readings."""
    n = len(ordered_below)
    odd = 2 * np.arange(1, n + 1) - 1
    tiny = np.finfo(np.float64).tiny
    logs = np.log(np.maximum(ordered_below, tiny)) + np.log(np.maximum(ordered_above[::-1], tiny))
    return float(-n - np.sum(odd * logs) / n)


def normality(values: Values) -> Normality | None:
    """Anderson-Darling's test of a normal distribution whose mean and sigma are those of the readings.

    p as D'Agostino and Stephens, Goodness-of-Fit Techniques, 1986, table 4.9, which R's nortest and statsmodels use.
    None for fewer than 8 readings (the approximation begins there) or readings that are all equal.
    """
    value = floats(values)
    value = np.sort(value[np.isfinite(value)])
    n = len(value)
    if n < 8 or float(np.ptp(value)) == 0:
        return None
    z = (value - np.mean(value)) / np.std(value, ddof=1)
    found = anderson_darling(np.asarray(ndtr(z)), np.asarray(ndtr(-z)))
    return Normality(found, _p_normal(found * (1 + 0.75 / n + 2.25 / n**2)), n)


def _p_normal(a: float) -> float:
    if a < 0.2:
        return 1 - math.exp(-13.436 + 101.14 * a - 223.73 * a**2)
    if a < 0.34:
        return 1 - math.exp(-8.318 + 42.796 * a - 59.938 * a**2)
    if a < 0.6:
        return math.exp(0.9177 - 4.279 * a - 1.38 * a**2)
    if a < 10:
        return math.exp(1.2937 - 5.709 * a + 0.0186 * a**2)
    return 3.7e-24


def fits(values: Values) -> tuple[Fit, ...]:
    """The normal law and, for readings above 0, the fitted ones, best first by Akaike's criterion, which prefers
    the one with fewer parameters among equals. Raises ValueError for readings that are all equal."""
    value = floats(values)
    value = np.sort(value[np.isfinite(value)])
    names: tuple[LawName, ...] = ("normal", *FITTED) if len(value) and value[0] > 0 else ("normal",)
    found = []
    for name in names:
        law = fit(name, value)
        aic = 2 * len(law.parameters) - 2 * float(np.sum(law.log_density(value)))
        found.append(Fit(law, aic, anderson_darling(*law.tails(value))))
    return tuple(sorted(found, key=lambda one: one.aic))
