"""Residual chart: what each value adds to what the one before it foretold, where neighbours are alike.

x(t) = c + φx(t−1) + e(t) is fitted by least squares to the neighbours in the baseline, and the e(t) are charted as
single values: they are as good as independent where the model holds, so ordinary limits apply to them (Alwan & Roberts,
Journal of Business & Economic Statistics 6, 1988; Montgomery, Introduction to Statistical Quality Control, SPC with
autocorrelated data). A lasting shift of size δ shows in full once, then as (1 − φ)δ only.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from opsmetrics.stats.arrays import BoolArray, FloatArray, IntArray, Labels, Slots, Values, floats
from opsmetrics.stats.factors import Source
from opsmetrics.stats.given import Given, given
from opsmetrics.stats.individuals import Centre, Sigma, xmr
from opsmetrics.stats.layout import Layout, layout, neighbours, optional, phase_mean
from opsmetrics.stats.results import ControlChart

_FEWEST_PAIRS = 3


@dataclass(frozen=True, eq=False)
class ResidualChart:
    """chart: XmR of the residuals. phi: per phase, as fitted or given; level: the mean c/(1 − φ) that values return to.

    r1: lag-1 autocorrelation of the baseline values; r1_residuals: of their residuals, near 0 where the model holds.
    None where there are too few neighbours, or nothing varies.
    """

    chart: ControlChart
    phi: tuple[float | None, ...]
    level: tuple[float | None, ...]
    r1: tuple[float | None, ...]
    r1_residuals: tuple[float | None, ...]


def residual_chart(
    values: Values,
    *,
    phi: Given | None = None,
    sigma: Sigma | Given = "mr",
    centre: Centre | Given = 0.0,
    phase: Labels | None = None,
    exclude: Slots | None = None,
    baseline: Slots | None = None,
    constants: Source = "exact",
) -> ResidualChart:
    """XmR of the residuals of a first-order autoregression, about 0.

    phi: a known φ, or one per phase, in place of the fitted one (values then return to the mean of the baseline).
    The first value of a phase and the one after a gap have no neighbour, so no residual. An excluded point gives none
    to the fit, also not as a neighbour. Where φ cannot be fitted (fewer than three pairs, nothing varies) there is no
    residual. sigma, centre, phase, exclude, baseline and constants as for `xmr`.
    """
    value = floats(values)
    slots = layout(np.isfinite(value), phase, exclude, baseline)
    used = slots.used
    mean = phase_mean(value[used], slots.phase[used], slots.phases)
    offset = value - slots.spread_out(mean)
    left, right = neighbours(used, slots)
    beside = right == left + 1  # an excluded point is not bridged: the model is about the very next value
    left, right = left[beside], right[beside]
    known = given(phi, slots.phases, "phi")
    slope, shift = _fit(offset, left, right, slots) if known is None else (known, np.zeros(slots.phases))
    residual = np.full(len(value), np.nan)
    before, after = neighbours(slots.present, slots)
    residual[after] = offset[after] - slope[slots.phase[after]] * offset[before] - shift[slots.phase[after]]
    fitted = np.zeros(len(value), dtype=np.bool_)
    fitted[right] = True
    chart = xmr(
        residual, sigma=sigma, centre=centre, phase=phase, exclude=exclude, baseline=fitted, constants=constants
    )
    back = np.divide(shift, 1 - slope, out=np.full(slots.phases, np.nan), where=slope != 1)
    return ResidualChart(
        chart=replace(chart, kind="residual", methods={**chart.methods, "phi": "fitted" if known is None else "given"}),
        phi=optional(slope),
        level=optional(mean + back),
        r1=optional(_lag1(offset, used, slots)),
        r1_residuals=optional(_lag1(residual, fitted, slots)),
    )


def _fit(offset: FloatArray, left: IntArray, right: IntArray, slots: Layout) -> tuple[FloatArray, FloatArray]:
    """Slope and intercept per phase of each value on the one before it; NaN where they cannot be told."""
    phase, phases = slots.phase[right], slots.phases
    x, y = offset[left], offset[right]
    x_mean, y_mean = phase_mean(x, phase, phases), phase_mean(y, phase, phases)
    apart = x - x_mean[phase]
    products = np.bincount(phase, weights=apart * (y - y_mean[phase]), minlength=phases)
    squares = np.bincount(phase, weights=apart**2, minlength=phases)
    enough = (np.bincount(phase, minlength=phases) >= _FEWEST_PAIRS) & (squares > 0)
    slope = np.divide(products, squares, out=np.full(phases, np.nan), where=enough)
    return slope, y_mean - slope * x_mean


def _lag1(values: FloatArray, where: BoolArray, slots: Layout) -> FloatArray:
    """Lag-1 autocorrelation per phase about the mean: Σ e(t)·e(t+1) / Σ e(t)², over neighbours side by side."""
    e = values - slots.spread_out(phase_mean(values[where], slots.phase[where], slots.phases))
    both = np.flatnonzero(where[1:] & where[:-1] & (slots.phase[1:] == slots.phase[:-1]))
    products = np.bincount(slots.phase[both], weights=e[both] * e[both + 1], minlength=slots.phases)
    squares = np.bincount(slots.phase[where], weights=e[where] ** 2, minlength=slots.phases)
    ratio = np.divide(products, squares, out=np.full(slots.phases, np.nan), where=squares > 0)
    return np.asarray(ratio, dtype=np.float64)
