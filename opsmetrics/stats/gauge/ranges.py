"""Gauge R&R by averages and ranges, as AIAG's form computes it by hand."""

from __future__ import annotations

import math

import numpy as np

from opsmetrics.stats.arrays import Labels, Values
from opsmetrics.stats.factors import d2, d3
from opsmetrics.stats.gauge.layout import block
from opsmetrics.stats.gauge.model import RangeStudy

#: With more subgroups than this AIAG takes d2 itself.
_MANY = 15


def d2_star(size: int, groups: int) -> float:
    """d2* = √(d2² + d3²/groups): the root mean square of the mean of `groups` ranges of `size` readings, in σ (Duncan,
    Quality Control and Industrial Statistics; AIAG, Measurement Systems Analysis, appendix C)."""
    return math.sqrt(d2(size) ** 2 + d3(size) ** 2 / groups)


def average_range(
    values: Values,
    part: Labels,
    operator: Labels,
    *,
    k1: float | None = None,
    k2: float | None = None,
    k3: float | None = None,
) -> RangeStudy:
    """The average-and-range method of a crossed study.

    k1, k2, k3: factors from ranges to standard deviations, of trials, operators and parts; None: 1/d2* (for the trials
    1/d2 where more than 15 ranges are averaged), which rounds to AIAG's table. Raises ValueError as `gauge_study`, and
    for fewer than two trials or operators.
    """
    y = block(values, part, operator, "crossed").values
    operators, parts, trials = y.shape
    if trials < 2 or operators < 2:
        found = f"{trials} trials and {operators} operators"
        raise ValueError(f"found {found}; wanted at least two of each for the average-and-range method")
    cells = operators * parts
    k1 = k1 or 1 / (d2(trials) if cells > _MANY else d2_star(trials, cells))
    k2, k3 = k2 or 1 / d2_star(operators, 1), k3 or 1 / d2_star(parts, 1)
    rbar = float(np.mean(np.ptp(y, axis=2)))
    xdiff, rp = float(np.ptp(y.mean(axis=(1, 2)))), float(np.ptp(y.mean(axis=(0, 2))))
    ev, pv = rbar * k1, rp * k3
    av = math.sqrt(max((xdiff * k2) ** 2 - ev**2 / (parts * trials), 0.0))
    grr = math.hypot(ev, av)
    tv = math.hypot(grr, pv)
    return RangeStudy(
        rbar=rbar,
        xdiff=xdiff,
        rp=rp,
        ev=ev,
        av=av,
        grr=grr,
        pv=pv,
        tv=tv,
        pct_grr=100 * grr / tv if tv else math.nan,
        ndc=1.41 * pv / grr if grr else math.inf,
        k1=k1,
        k2=k2,
        k3=k3,
    )
