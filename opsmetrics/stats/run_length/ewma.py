"""Average run length of the EWMA z(i) = λx(i) + (1 − λ)z(i−1) of values in standard errors, limits ±L·√(λ/(2−λ)).

Integral equation of Crowder (Technometrics 29, 1987), solved by Nyström's method; limits that widen from point to point
("time_varying") by carrying the density of z forward until they stand still (Knoth, R package spc: limits "vacl").
The one-sided chart is reflected at `reflect`, as in Lucas & Saccucci (Technometrics 32, 1990) and spc.
"""

from __future__ import annotations

import math
from typing import Literal

import numpy as np
from scipy.special import ndtr

from opsmetrics.stats.arrays import FloatArray, one_of
from opsmetrics.stats.run_length.kernel import Kernel, normal_density, on, solved

Sided = Literal["two", "upper", "lower"]
Limits = Literal["fixed", "time_varying"]

#: Below this chance of no signal yet nothing is added any more.
_SPENT = 1e-12

#: Limits within this share of their last width stand still.
_STILL = 1e-9


def ewma_arl(
    shift: float,
    weight: float,
    width: float,
    *,
    sided: Sided = "two",
    limits: Limits = "fixed",
    head_start: float = 0.0,
    reflect: float = 0.0,
) -> float:
    """Average run length at a lasting shift of the mean, in standard errors, from the start (zero state).

    weight: λ, above 0 up to 1. width: L. head_start: z(0), and reflect: where a one-sided chart is reflected, both in
    standard errors of the EWMA, √(λ/(2−λ)), as L is. Raises ValueError for numbers outside their range.
    """
    chart = _Ewma(shift, weight, width, sided, reflect)
    start = head_start * chart.unit
    if limits == "fixed":
        return chart.kernel(start).arl
    one_of(limits, ("fixed", "time_varying"), "limits")
    total, mass, places = 1.0, np.ones(1), np.array([start])
    for count in range(1, chart.steps):
        mass, places = chart.carried(mass, places, count)
        total += float(mass.sum())
        if mass.sum() < _SPENT:
            return total
    last = chart.kernel(0.0)
    lengths = np.linalg.solve(np.eye(len(last.start)) - last.matrix, np.ones(len(last.start)))
    there, _ = chart.moves(places, chart.limit)
    return float(total + mass @ there @ lengths)


def ewma_survival(
    shift: float,
    weight: float,
    width: float,
    horizon: int,
    *,
    sided: Sided = "two",
    limits: Limits = "fixed",
    head_start: float = 0.0,
    reflect: float = 0.0,
) -> FloatArray:
    """Chance of no signal in the first t points, for t = 0 … horizon. Arguments as for `ewma_arl`."""
    one_of(limits, ("fixed", "time_varying"), "limits")
    chart = _Ewma(shift, weight, width, sided, reflect)
    if limits == "fixed":
        return chart.kernel(head_start * chart.unit).survival(horizon)
    chances, mass, places = np.ones(horizon + 1), np.ones(1), np.array([head_start * chart.unit])
    for count in range(1, horizon + 1):
        mass, places = chart.carried(mass, places, count)
        chances[count] = mass.sum()
    return chances


def ewma_width(
    weight: float, arl: float, *, sided: Sided = "two", limits: Limits = "fixed", reflect: float = 0.0
) -> float:
    """L whose average run length without a shift is `arl`. Raises ValueError where none from 0.1 to 7 has it."""
    return solved(
        lambda width: ewma_arl(0.0, weight, width, sided=sided, limits=limits, reflect=min(reflect, width)),
        arl,
        max(0.1, reflect + 0.01 if sided != "two" else 0.1),
        7.0,
    )


class _Ewma:
    """A chart with its nodes. A lower chart is the upper one of the mirrored shift."""

    def __init__(self, shift: float, weight: float, width: float, sided: str, reflect: float) -> None:
        if not 0 < weight <= 1:
            raise ValueError(f"weight: found {weight!r}; wanted a number above 0, up to 1")
        if not width > 0:
            raise ValueError(f"width: found {width!r}; wanted a number above 0")
        one_of(sided, ("two", "upper", "lower"), "sided")
        if sided != "two" and not reflect < width:
            raise ValueError(f"reflect: found {reflect!r}; wanted a number below the width {width:g}")
        self.shift = -shift if sided == "lower" else shift
        self.weight, self.two = weight, sided == "two"
        self.unit = math.sqrt(weight / (2 - weight))
        self.limit, self.floor = width * self.unit, reflect * self.unit
        span = (2 * self.limit if self.two else self.limit - self.floor) / weight
        self.nodes = int(min(max(24 + 4 * span, 40), 1500))
        self.steps = 2 if weight == 1 else max(2, math.ceil(math.log(_STILL) / (2 * math.log1p(-weight))))

    def moves(self, places: FloatArray, limit: float) -> tuple[FloatArray, FloatArray]:
        """Chances from places to the places within a limit, and those places. One-sided: the first is the barrier."""
        lower = -limit if self.two else self.floor
        y, weights = on(lower, limit, self.nodes)
        mean = (1 - self.weight) * places[:, None] + self.weight * self.shift
        chances = normal_density((y - mean) / self.weight) / self.weight * weights
        if self.two:
            return chances, y
        barrier = ndtr((self.floor - mean) / self.weight)
        return np.hstack([barrier, chances]), np.r_[self.floor, y]

    def carried(self, mass: FloatArray, places: FloatArray, count: int) -> tuple[FloatArray, FloatArray]:
        """One more point: chances of the places within the limits after `count` points."""
        grown = 1.0 if self.weight == 1 else -math.expm1(2 * count * math.log1p(-self.weight))
        limit = max(self.limit * math.sqrt(grown), self.floor if not self.two else 0.0)
        chances, there = self.moves(places, limit)
        return mass @ chances, there

    def kernel(self, start: float) -> Kernel:
        """The chain with limits that stand still."""
        first, places = self.moves(np.array([start]), self.limit)
        return Kernel(first[0], self.moves(places, self.limit)[0])
