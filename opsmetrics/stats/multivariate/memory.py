"""Charts of several variables that remember: MEWMA and MCUSUM. They see small lasting shifts that T² passes over.

MEWMA: z(i) = λ(x(i) − μ) + (1 − λ)z(i−1), T²(i) = z(i)′ Σz(i)⁻¹ z(i) with Σz(i) = Σ·λ/(2−λ)·(1 − (1−λ)^(2i))
(Lowry, Woodall, Champ & Rigdon, Technometrics 34, 1992).
MCUSUM of Crosier (Technometrics 30, 1988): C = ‖s + x − μ‖, s ← 0 where C ≤ k, else (s + x − μ)(1 − k/C), y = ‖s‖.
MC1 of Pignatiello & Runger (Journal of Quality Technology 22, 1990): y = max(0, ‖D‖ − k·l), D the sum of the last l
rows, l = 1 after y = 0 and one more else. ‖v‖ = √(v′ Σ⁻¹ v).

As in the charts of one variable: each phase starts anew, a gap leaves the state as it is, excluded rows are judged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt

from opsmetrics.stats.arrays import FloatArray, Labels, Slots, one_of
from opsmetrics.stats.multivariate.results import MultivariateChart
from opsmetrics.stats.multivariate.rows import Covariance, Observed, Rows, observed
from opsmetrics.stats.multivariate.t2 import drawn
from opsmetrics.stats.run_length.radial import mcusum_limit, mewma_limit

Spread = Literal["time_varying", "asymptotic"]
Method = Literal["crosier", "pignatiello_runger"]

#: The in-control average run length behind a limit that is not given (Prabhu & Runger 1997 tabulate it first).
USUAL_ARL = 200.0


def mewma(
    rows: Rows,
    *,
    weight: float = 0.1,
    upper: float | None = None,
    arl: float = USUAL_ARL,
    spread: Spread = "time_varying",
    covariance: Covariance | npt.ArrayLike | None = None,
    mean: npt.ArrayLike | None = None,
    names: Sequence[str] | None = None,
    phase: Labels | None = None,
    exclude: Slots | None = None,
    baseline: Slots | None = None,
) -> MultivariateChart:
    """MEWMA chart of single rows, or of the means of subgroups.

    weight: λ, above 0 up to 1. upper: the limit; by default the one whose in-control average run length is `arl`, with
    the asymptotic covariance and known mean and covariance (`mewma_limit`). spread: covariance of z, exact after each
    row ("time_varying"), or as after many. The rest as for `hotelling_t2`. Raises ValueError as that does.
    """
    if not 0 < weight <= 1:
        raise ValueError(f"weight: found {weight!r}; wanted a number above 0, up to 1")
    one_of(spread, ("time_varying", "asymptotic"), "spread")
    found = observed(
        rows, covariance=covariance, mean=mean, names=names, phase=phase, exclude=exclude, baseline=baseline
    )
    limit = mewma_limit(len(found.names), weight, arl) if upper is None else _positive(upper, "upper")

    def step(z: FloatArray, x: FloatArray, count: int) -> tuple[FloatArray, float]:
        z = weight * x + (1 - weight) * z
        grown = 1.0 if spread == "asymptotic" else -np.expm1(2 * count * np.log1p(-weight)) if weight < 1 else 1.0
        return z, float(z @ z) / (weight / (2 - weight) * grown)

    value = _carried(found, step)
    methods = {**found.methods, "weight": f"{weight:g}", "spread": spread}
    methods |= {"upper": "given"} if upper is not None else {"upper": f"average run length {arl:g}"}
    return drawn("mewma", found, value, np.full(len(value), limit), methods)


def mcusum(
    rows: Rows,
    *,
    k: float = 0.5,
    h: float | None = None,
    arl: float = USUAL_ARL,
    method: Method = "crosier",
    covariance: Covariance | npt.ArrayLike | None = None,
    mean: npt.ArrayLike | None = None,
    names: Sequence[str] | None = None,
    phase: Labels | None = None,
    exclude: Slots | None = None,
    baseline: Slots | None = None,
) -> MultivariateChart:
    """MCUSUM chart of single rows, or of the means of subgroups.

    k: what a row's distance must exceed to add, half the distance to be seen. h: the limit; by default, for "crosier",
    the one whose in-control average run length is `arl` (`mcusum_limit`); "pignatiello_runger" needs it given.
    The rest as for `hotelling_t2`. Raises ValueError as that does.
    """
    one_of(method, ("crosier", "pignatiello_runger"), "method")
    if not k >= 0:
        raise ValueError(f"k: found {k!r}; wanted zero or more")
    if h is None and method == "pignatiello_runger":
        raise ValueError("h: found none for 'pignatiello_runger'; wanted a limit, as 4.75 for 2 variables and k 0.5")
    found = observed(
        rows, covariance=covariance, mean=mean, names=names, phase=phase, exclude=exclude, baseline=baseline
    )
    limit = mcusum_limit(len(found.names), k, arl) if h is None else _positive(h, "h")
    value = _carried(found, _crosier(k)) if method == "crosier" else _carried(found, _mc1(k), extra=1)
    methods = {**found.methods, "method": method, "k": f"{k:g}"}
    methods |= {"h": "given"} if h is not None else {"h": f"average run length {arl:g}"}
    return drawn("mcusum", found, value, np.full(len(value), limit), methods)


#: State, row and count of the row in its phase → state and statistic.
_Step = Callable[[FloatArray, FloatArray, int], tuple[FloatArray, float]]


def _crosier(k: float) -> _Step:
    def step(s: FloatArray, x: FloatArray, _: int) -> tuple[FloatArray, float]:
        s = s + x
        length = float(np.linalg.norm(s))
        return (s * 0.0, 0.0) if length <= k else (s * (1 - k / length), length - k)

    return step


def _mc1(k: float) -> _Step:
    def step(state: FloatArray, x: FloatArray, _: int) -> tuple[FloatArray, float]:
        total, rows = state[:-1] + x, state[-1] + 1
        value = max(0.0, float(np.linalg.norm(total)) - k * rows)
        return (np.append(total, rows) if value > 0 else state * 0.0), value

    return step


def _carried(found: Observed, step: _Step, extra: int = 0) -> FloatArray:
    """The statistic after each row; rows enter turned to the identity as covariance. extra: numbers kept beside p."""
    value = np.full(len(found.size), np.nan)
    for number, matrix in enumerate(found.covariance):
        if not np.isfinite(matrix).all():
            continue
        scale = np.sqrt(np.diag(matrix))
        root = np.linalg.cholesky(matrix / np.outer(scale, scale))
        here = np.flatnonzero((found.slots.phase == number) & (found.size > 0))
        free = np.linalg.solve(root, (found.offsets[here] / scale).T).T * np.sqrt(found.size[here])[:, None]
        state = np.zeros(len(matrix) + extra)
        for count, (slot, x) in enumerate(zip(here, free, strict=True), start=1):
            state, value[slot] = step(state, x, count)
    return value


def _positive(number: float, name: str) -> float:
    if not number > 0:
        raise ValueError(f"{name}: found {number!r}; wanted a number above 0")
    return float(number)
