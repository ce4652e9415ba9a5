"""Charts of what lies between rare events: g for what is counted (cases, periods), t for what is measured (days).

g: gaps of mean m follow a geometric law, σ = √(m(m + 1)) (Kaminsky et al., Journal of Quality Technology 24, 1992;
Benneyan, Health Care Management Science 4, 2001). t: times between events of a Poisson process, raised to the power
1/3.6, are nearly normal (Nelson, Journal of Quality Technology 26, 1994), so an XmR chart of them is drawn back on
their own scale. A point above the upper limit means that events have become rarer.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
from scipy.special import ndtr

from opsmetrics.stats.arrays import FloatArray, Labels, Slots, Values, floats, not_negative
from opsmetrics.stats.individuals import Sigma, xmr
from opsmetrics.stats.layout import Layout, chart, layout, phase_mean, phase_median
from opsmetrics.stats.results import ControlChart
from opsmetrics.stats.weibull import weibull_fit, weibull_quantile

GLimits = Literal["sigma", "probability"]
TLimits = Literal["transform", "weibull"]

#: Times to this power are nearly normal where events come at random.
POWER = 3.6

#: Both tails beyond three standard errors, and the middle.
_TAILS = (float(ndtr(-3.0)), 0.5, float(ndtr(3.0)))


def g_chart(
    gaps: Values,
    *,
    limits: GLimits = "sigma",
    phase: Labels | None = None,
    exclude: Slots | None = None,
    baseline: Slots | None = None,
) -> ControlChart:
    """Chart of the number of cases (or periods) without an event between two events; 0 where they follow each other.

    limits: "sigma" mean ± 3√(mean·(mean + 1)), not below 0, about the median; "probability" the Φ(−3), ½ and Φ(3)
        quantiles of the geometric law of that mean. phase, exclude and baseline as for `xmr`. The standard error is
        √(mean·(mean + 1)) with both: the upper limit lies three of them above the mean, not above the centre line.
    Raises ValueError for negative gaps and unknown limits.
    """
    if limits not in ("sigma", "probability"):
        raise ValueError(f"limits: found {limits!r}; wanted 'sigma' or 'probability'")
    value = floats(gaps, "gaps")
    not_negative(value, "gaps")
    slots = layout(np.isfinite(value), phase, exclude, baseline)
    used = slots.used
    mean = phase_mean(value[used], slots.phase[used], slots.phases)
    error = np.where(slots.enough, np.sqrt(mean * (mean + 1)), np.nan)
    drawn = chart(
        "g",
        value,
        slots.spread_out(mean),
        slots.spread_out(error),
        slots,
        error,
        {"limits": limits, "centre": "median"},
        floor=0.0,
    )
    if limits == "sigma":
        median = phase_median(value[used], slots.phase[used], slots.phases)
        return replace(drawn, points=drawn.points.assign(centre=slots.spread_out(median)))
    quantiles = np.array([[_geometric(m, tail) for tail in _TAILS] for m in mean]).reshape(-1, 3)
    return _with_quantiles(drawn, quantiles, slots)


def _geometric(mean: float, tail: float) -> float:
    """Smallest g with P(gap ≤ g) ≥ tail for gaps of this mean: P(gap > g) = (m/(m + 1))^(g+1)."""
    if not mean > 0:
        return mean
    steps = np.log1p(-tail) / np.log(mean / (mean + 1)) - 1
    return float(max(0.0, np.ceil(steps - 1e-12)))


def _with_quantiles(drawn: ControlChart, quantiles: FloatArray, slots: Layout) -> ControlChart:
    """The chart with lower limit, centre and upper limit per phase; limits only where there are points enough."""
    low, middle, high = (slots.spread_out(column) for column in quantiles.T)
    enough = slots.enough[slots.phase]
    points = drawn.points.assign(
        lower=np.where(enough, low, np.nan), centre=middle, upper=np.where(enough, high, np.nan)
    )
    return replace(drawn, points=points)


def t_transformed(
    times: Values,
    *,
    sigma: Sigma = "mr",
    phase: Labels | None = None,
    exclude: Slots | None = None,
    baseline: Slots | None = None,
    constants: Literal["exact", "table"] = "exact",
) -> ControlChart:
    """The XmR chart of times^(1/3.6), from which the limits of `t_chart` come. Arguments and errors as there."""
    powered = _times(times) ** (1 / POWER)
    return xmr(powered, sigma=sigma, phase=phase, exclude=exclude, baseline=baseline, constants=constants)


def t_chart(
    times: Values,
    *,
    limits: TLimits = "transform",
    sigma: Sigma = "mr",
    phase: Labels | None = None,
    exclude: Slots | None = None,
    baseline: Slots | None = None,
    constants: Literal["exact", "table"] = "exact",
) -> ControlChart:
    """Chart of the times between events, on their own scale.

    limits: "transform" those of `t_transformed` raised to 3.6, the lower one 0 where it is not positive; "weibull" the
        Φ(−3), ½ and Φ(3) quantiles of a Weibull law fitted by maximum likelihood to the points of the phase. sigma and
        constants belong to the transformation; `sigma` of the chart is on its scale. The standard error is NaN: the
        scale is skewed, and only points beyond the limits mean anything.
    Raises ValueError for times that are not above 0 and for unknown options.
    """
    if limits not in ("transform", "weibull"):
        raise ValueError(f"limits: found {limits!r}; wanted 'transform' or 'weibull'")
    value = _times(times)
    found = t_transformed(value, sigma=sigma, phase=phase, exclude=exclude, baseline=baseline, constants=constants)
    drawn = _on_own_scale(found, value)
    if limits == "transform":
        return drawn
    slots = layout(np.isfinite(value), phase, exclude, baseline)
    fits = [weibull_fit(value[slots.used & (slots.phase == number)]) for number in range(slots.phases)]
    quantiles = np.array([[weibull_quantile(tail, *fit) for tail in _TAILS] for fit in fits]).reshape(-1, 3)
    return replace(_with_quantiles(drawn, quantiles, slots), sigma=(None,) * slots.phases, methods={"limits": limits})


def _on_own_scale(found: ControlChart, value: FloatArray) -> ControlChart:
    points = found.points
    lower, centre, upper = (
        np.clip(points[name].to_numpy(dtype=np.float64), 0.0, None) ** POWER for name in ("lower", "centre", "upper")
    )
    own = points.assign(value=value, lower=lower, centre=centre, upper=upper, standard_error=np.nan)
    methods = {"limits": "transform", "power": "1/3.6", **found.methods}
    return replace(found, kind="t", points=own, methods=methods, spread=None)


def _times(times: Values) -> FloatArray:
    value = floats(times, "times")
    wrong = np.flatnonzero(value <= 0)
    if wrong.size:
        raise ValueError(
            f"times: found {value[wrong[0]]:g} at position {wrong[0]}; wanted times above 0 between events: give times "
            "of day, or use a g chart of whole periods"
        )
    return value
