"""Hotelling's T²: several variables watched by one distance, n·(x̄ − μ)′ S⁻¹ (x̄ − μ).

With S of f degrees of freedom and a mean of N observations, a slot of n has
  in the baseline, single rows with the sample covariance: (m−1)²/m · Beta(p/2, (m−p−1)/2);
  in the baseline of subgroups: (1 − n/N) · pf/(f−p+1) · F(p, f−p+1);
  outside it: (1 + n/N) · pf/(f−p+1) · F(p, f−p+1);
  with mean and covariance given: χ²(p).
With equal subgroups these are the limits of phase I and phase II in Tracy, Young & Mason, Journal of Quality
Technology 24 (1992), and Montgomery, Introduction to Statistical Quality Control, chapter 11. The covariance of
successive differences has f = 2(m−1)²/(3m−4) outside the baseline (Scholz & Tosch 1994); in it T² is near χ²(p), as
Williams, Woodall, Birch & Sullivan find (Journal of Quality Technology 38, 2006). By simulation of 25 rows of 2 to 5
variables at α 0.01, χ²(p) signals at 0.009 to 0.015 of the slots, Sullivan & Woodall's beta limit at 0.003 to 0.007.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Literal, get_args

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.stats.arrays import FloatArray, Labels, Slots, one_of
from opsmetrics.stats.multivariate.results import MultivariateChart
from opsmetrics.stats.multivariate.rows import Covariance, Observed, Rows, observed

Limits = Literal["auto", "phase1", "phase2", "beta", "chi2"]
Stage = Literal["phase1", "phase2", "beta", "chi2"]

#: The usual chance of a false alarm of one variable's chart.
_ONE_CHART = 0.0027


def usual_alpha(p: int) -> float:
    """1 − (1 − 0.0027)^p: as often a false alarm as p independent charts with limits at 3 standard errors have."""
    return float(-np.expm1(p * np.log1p(-_ONE_CHART)))


def hotelling_t2(
    rows: Rows,
    *,
    alpha: float | None = None,
    covariance: Covariance | npt.ArrayLike | None = None,
    mean: npt.ArrayLike | None = None,
    limits: Limits = "auto",
    samples: int | None = None,
    names: Sequence[str] | None = None,
    phase: Labels | None = None,
    exclude: Slots | None = None,
    baseline: Slots | None = None,
) -> MultivariateChart:
    """T² chart of single rows or of subgroups of p variables.

    alpha: chance that a slot in control signals; by default `usual_alpha(p)`. covariance: "sample" (the default for
        single rows), "successive", "within" (the default for subgroups), or a known matrix. mean: known values.
    limits: "auto" gives slots of the baseline the limit of phase I and others that of phase II; "phase1", "phase2" and
        "chi2" give that limit to all, "beta" that of phase I for the sample covariance, whatever the covariance is.
    samples: with known mean and matrix, from how many slots these were estimated; None means exactly known.
    names, phase, exclude, baseline: as for `xmr`; a row with anything missing is a gap. In a subgroup an observation
    with anything missing is left out. Raises ValueError for input that is no table of numbers, too few rows for the
    limits, and variables that follow from each other.
    """
    found = observed(
        rows, covariance=covariance, mean=mean, names=names, phase=phase, exclude=exclude, baseline=baseline
    )
    p = len(found.names)
    chance = usual_alpha(p) if alpha is None else _alpha(alpha)
    one_of(limits, ("auto", *get_args(Stage)), "limits")
    upper = _limits(found, chance, limits, samples)
    methods = {**found.methods, "alpha": f"{chance:g}", "limits": limits}
    return drawn("t2", found, t2_of(found), upper, methods)


def t2_of(found: Observed) -> FloatArray:
    """T² of each slot; NaN in a gap and where a phase has no covariance."""
    return found.size * quadratic(found.offsets, found.covariance, found.slots.phase)


def quadratic(offsets: FloatArray, covariance: FloatArray, phase: npt.NDArray[np.int64]) -> FloatArray:
    """x′ S⁻¹ x per row, with the covariance of the row's phase."""
    value = np.full(len(offsets), np.nan)
    for number, matrix in enumerate(covariance):
        here = (phase == number) & np.isfinite(offsets).all(axis=1)
        if here.any() and np.isfinite(matrix).all():
            scale = np.sqrt(np.diag(matrix))
            root = np.linalg.cholesky(matrix / np.outer(scale, scale))
            value[here] = (np.linalg.solve(root, (offsets[here] / scale).T) ** 2).sum(axis=0)
    return value


def t2_limit(
    p: int,
    samples: int,
    *,
    size: int = 1,
    alpha: float | None = None,
    stage: Stage = "phase1",
    covariance: Covariance | None = None,
) -> float:
    """Upper limit of T² for p variables, with mean and covariance from `samples` slots of `size` observations each.

    NaN where there are too few for a limit. Raises ValueError for an alpha that is not between 0 and 1.
    """
    chance = usual_alpha(p) if alpha is None else _alpha(alpha)
    method = covariance or ("within" if size > 1 else "sample")
    if method == "within":
        degrees = samples * (size - 1.0)
    elif method == "successive":
        degrees = 2.0 * (samples - 1) ** 2 / (3.0 * samples - 4) if samples > 1 else 0.0
    else:
        degrees = samples - 1.0
    return _limit(p, degrees, 1 / samples, chance, stage, method)


def _limits(found: Observed, alpha: float, limits: Limits, samples: int | None) -> FloatArray:
    p, slots, method = len(found.names), found.slots, found.methods["covariance"]
    upper = np.full(len(found.size), np.nan)
    for slot in np.flatnonzero(found.size > 0):
        number, n = int(slots.phase[slot]), float(found.size[slot])
        degrees, used = float(found.degrees[number]), float(found.used[number])
        if samples is not None and np.isinf(degrees):
            degrees = samples * (n - 1) if n > 1 else samples - 1.0
            used = samples * n if np.isinf(used) else used
        stage = limits if limits != "auto" else ("phase1" if slots.used[slot] else "phase2")
        if np.isinf(found.used[number]) and (limits == "auto" or samples is None):
            stage = "chi2" if stage == "chi2" else "phase2"
        of_rows = method in ("sample", "successive") or (method == "given" and n == 1)
        upper[slot] = _limit(p, degrees, n / used if used else np.nan, alpha, stage, method if of_rows else "within")
    return upper


@lru_cache(maxsize=4096)
def _limit(p: int, degrees: float, share: float, alpha: float, stage: str, method: str) -> float:
    """share: n/N, the slot's part of the mean; 0 where the mean is known. degrees: inf where S is known."""
    from scipy.special import betaincinv, chdtri, fdtri

    if stage == "beta":
        degrees, method = 1 / share - 1 if share else 0.0, "sample"
    if stage == "chi2":
        return float(chdtri(p, alpha))
    factor = 1 - share if stage != "phase2" else 1 + share
    if np.isinf(degrees):
        return float(factor * chdtri(p, alpha))
    if stage in ("phase1", "beta") and method != "within":
        if degrees <= p or not 0 < share < 1:
            return float("nan")
        if method == "successive":
            return float(chdtri(p, alpha))
        largest = (1 / share - 1) ** 2 * share
        return float(largest * betaincinv(p / 2, (degrees - p) / 2, 1 - alpha))
    rest = degrees - p + 1
    return float(factor * p * degrees / rest * fdtri(p, rest, 1 - alpha)) if rest > 0 else float("nan")


def _alpha(alpha: float) -> float:
    if not 0 < alpha < 1:
        raise ValueError(f"alpha: found {alpha!r}; wanted a chance between 0 and 1, as 0.0027")
    return float(alpha)


def drawn(
    kind: str, found: Observed, value: FloatArray, upper: FloatArray, methods: dict[str, str]
) -> MultivariateChart:
    """The chart of a statistic and its limits."""
    n, slots = len(value), found.slots
    points = pd.DataFrame(
        {
            "position": np.arange(n, dtype=np.int64),
            "value": value,
            "size": np.where(found.size > 0, found.size, np.nan),
            "upper": np.where(np.isfinite(value), upper, np.nan),
            "phase": slots.phase,
            "excluded": slots.excluded,
            "baseline": slots.used,
        }
    )
    degrees = tuple(None if np.isinf(free) else float(free) for free in found.degrees)
    return MultivariateChart(
        kind,
        points,
        found.names,
        found.offsets,
        found.mean,
        found.covariance,
        degrees,
        methods,
        _warnings(found, points),
    )


def _warnings(found: Observed, points: pd.DataFrame) -> tuple[str, ...]:
    texts = []
    for number in range(found.slots.phases):
        here = points[points["phase"] == number]
        if here["size"].notna().any() and here["upper"].isna().all():
            where = f"phase {number + 1}: " if found.slots.phases > 1 else ""
            count = int(here["baseline"].sum())
            texts.append(f"{where}no limits: too few rows for {len(found.names)} variables ({count} in the baseline)")
    return tuple(texts)
