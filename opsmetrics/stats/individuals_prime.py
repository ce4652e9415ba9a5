"""I′: ratios of any kind with limits from their moving ranges that follow each point's denominator.

The variance of a ratio is taken to fall with its denominator, as that of a mean does: σ²/n. Each moving range is
therefore divided by √(1/n + 1/n′) of its two points before they are averaged, and a point of size n gets the limits
centre ± 3σ/√n. Taylor, Normalized Individuals Control Chart, variation.com (2017); with equal denominators it is the
XmR chart.
"""

from __future__ import annotations

import math

import numpy as np

from opsmetrics.stats.arrays import FloatArray, Labels, Slots, Values, floats, not_negative, same_length
from opsmetrics.stats.factors import Source, check_source
from opsmetrics.stats.given import Given, given, spoken
from opsmetrics.stats.individuals import Sigma, moving_range_sigma
from opsmetrics.stats.layout import Layout, chart, layout, neighbours, phase_ratio
from opsmetrics.stats.results import ControlChart


def i_prime(
    numerators: Values,
    denominators: Values,
    *,
    sigma: Sigma | Given = "mr",
    centre: Given | None = None,
    phase: Labels | None = None,
    exclude: Slots | None = None,
    baseline: Slots | None = None,
    constants: str = "exact",
) -> ControlChart:
    """Chart of the ratios numerators / denominators, limits ± 3σ/√denominator about Σ numerators / Σ denominators.

    A missing number or a denominator of 0 is a gap. sigma as for `xmr`, of the normalised moving ranges; `sigma` of the
    chart is that of a point whose denominator is 1. centre: a historical ratio, or one per phase. phase, exclude and
    baseline as for `xmr`. Limits are not clamped: a ratio may be of any sign. Raises ValueError for negative
    denominators and unknown options.
    """
    source = check_source(constants)
    top, size = floats(numerators, "numerators"), floats(denominators, "denominators")
    same_length({"numerators": top, "denominators": size})
    not_negative(size, "denominators")
    present = np.isfinite(top) & (size > 0)
    slots = layout(present, phase, exclude, baseline)
    top, size = np.where(present, top, np.nan), np.where(present, size, np.nan)
    value, used = top / size, slots.used
    estimate = given(sigma, slots.phases, "sigma", lowest=0.0)
    if estimate is None:
        estimate = _normalised(value, size, slots, str(sigma), source)
    level = given(centre, slots.phases, "centre")
    if level is None:
        level = phase_ratio(top[used], size[used], slots.phase[used], slots.phases)
    return chart(
        "i_prime",
        value,
        slots.spread_out(level),
        slots.spread_out(estimate) / np.sqrt(size),
        slots,
        estimate,
        {"sigma": spoken(sigma), "constants": source},
        size=size,
    )


def _normalised(value: FloatArray, size: FloatArray, slots: Layout, sigma: str, source: Source) -> FloatArray:
    """σ of a point of size 1 per phase, from moving ranges over √(1/n + 1/n′)."""
    left, right = neighbours(slots.used, slots)
    ranges = math.sqrt(2) * np.abs(value[right] - value[left]) / np.sqrt(1 / size[left] + 1 / size[right])
    return moving_range_sigma(ranges, slots.phase[right], slots.phases, sigma, source)
