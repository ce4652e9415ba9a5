"""XmR: single values with limits from their moving ranges, and the moving range chart beneath.

Limits are centre ± 3σ with σ from the moving range of two (Montgomery, Introduction to Statistical Quality Control,
individuals chart; Wheeler's natural process limits). Large ranges are not screened unless asked: screening narrows the
limits of charts that hold a real shift.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Literal

import numpy as np

from opsmetrics.stats.arrays import BoolArray, FloatArray, IntArray, Labels, Slots, Values, floats
from opsmetrics.stats.factors import Source, check_source, d2, d3, d4_median
from opsmetrics.stats.factors import constants as chart_constants
from opsmetrics.stats.given import Given, given, spoken
from opsmetrics.stats.layout import Layout, blocks, chart, layout, long_mean, neighbours, phase_mean, phase_median
from opsmetrics.stats.results import ControlChart

Sigma = Literal["mr", "mr_screened", "median_mr"]
Centre = Literal["mean", "median"]


@dataclass(frozen=True, eq=False)
class _Individuals:
    value: FloatArray
    slots: Layout
    sigma: FloatArray  # per phase
    methods: dict[str, str]
    source: Source


def xmr(
    values: Values,
    *,
    sigma: Sigma | Given = "mr",
    centre: Centre | Given = "mean",
    phase: Labels | None = None,
    exclude: Slots | None = None,
    baseline: Slots | None = None,
    constants: Source = "exact",
) -> ControlChart:
    """Chart of single values; `spread` is its moving range chart.

    sigma: "mr" mean moving range / d2; "mr_screened" the same after one pass that drops ranges ≥ D4·mean (Nelson 1982);
        "median_mr" median moving range / 0.954. centre: "mean" or "median" of the baseline points.
        Each may be a historical figure: a number, or one per phase.
    phase: a label per slot. exclude: positions or a bool mask, plotted and judged but not used. baseline: the points
    that make the limits of their phase. A single point gives no limits; no variation gives limits on the centre line.
    Raises ValueError for unknown options and values that are not numbers.
    """
    found = _individuals(values, sigma, phase, exclude, baseline, constants)
    used, slots = found.slots.used, found.slots
    centres = given(centre, slots.phases, "centre")
    if centres is None and centre not in ("mean", "median"):
        raise ValueError(f"centre: found {centre!r}; wanted 'mean', 'median' or a number")
    if centres is None and slots.long_and_whole:
        centres = np.array([long_mean(found.value) if centre == "mean" else np.median(found.value)])
    elif centres is None:
        middle = phase_mean if centre == "mean" else phase_median
        centres = middle(found.value[used], slots.phase[used], slots.phases)
    return chart(
        "xmr",
        found.value,
        slots.spread_out(centres),
        slots.spread_out(found.sigma),
        slots,
        found.sigma,
        {**found.methods, "centre": spoken(centre)},
        spread=partial(_moving_range_chart, found),
    )


def mr_chart(
    values: Values,
    *,
    sigma: Sigma | Given = "mr",
    phase: Labels | None = None,
    exclude: Slots | None = None,
    baseline: Slots | None = None,
    constants: Source = "exact",
) -> ControlChart:
    """The moving range chart of single values: each range stands at the later of its two points.

    centre d2·σ (the mean range itself for "mr"), limits D3 and D4 times it. Arguments and errors as for `xmr`.
    """
    return _moving_range_chart(_individuals(values, sigma, phase, exclude, baseline, constants))


def _individuals(
    values: Values,
    sigma: str | Given,
    phase: Labels | None,
    exclude: Slots | None,
    baseline: Slots | None,
    constants: str,
) -> _Individuals:
    value, source = floats(values), check_source(constants)
    slots = layout(np.isfinite(value), phase, exclude, baseline)
    methods = {"sigma": spoken(sigma), "constants": source}
    known = given(sigma, slots.phases, "sigma", lowest=0.0)
    if known is None and slots.long_and_whole and sigma == "mr":
        known = np.array([_mean_step(value) / d2(2, source)])
    if known is not None:
        return _Individuals(value, slots, known, methods, source)
    left, right = neighbours(slots.used, slots)
    ranges = np.abs(value[right] - value[left])
    estimate = moving_range_sigma(ranges, slots.phase[right], slots.phases, str(sigma), source)
    return _Individuals(value, slots, estimate, methods, source)


def _mean_step(value: FloatArray) -> float:
    """Mean moving range of a long array, by blocks."""
    last = len(value) - 1
    steps = (np.abs(value[b.start + 1 : b.stop + 1] - value[b]).sum() for b in blocks(last))
    return float(sum(steps)) / last


def moving_range_sigma(
    ranges: FloatArray, phase: IntArray, phases: int, sigma: str = "mr", source: Source = "exact"
) -> FloatArray:
    """σ per phase from moving ranges of two and the phase of each; NaN where a phase has none."""
    if sigma == "median_mr":
        return phase_median(ranges, phase, phases) / d4_median(source)
    if sigma == "mr_screened":
        means = phase_mean(ranges, phase, phases)[phase]
        kept = (ranges < chart_constants(2, source).D4 * means) | (means == 0)
        ranges, phase = ranges[kept], phase[kept]
    elif sigma != "mr":
        raise ValueError(f"sigma: found {sigma!r}; wanted 'mr', 'mr_screened', 'median_mr' or a number")
    return phase_mean(ranges, phase, phases) / d2(2, source)


def _moving_range_chart(found: _Individuals) -> ControlChart:
    slots = found.slots
    ranges, used = _plotted_ranges(found.value, slots)
    return chart(
        "mr",
        ranges,
        slots.spread_out(d2(2, found.source) * found.sigma),
        slots.spread_out(d3(2, found.source) * found.sigma),
        slots,
        found.sigma,
        found.methods,
        floor=0.0,
        used=used,
    )


def _plotted_ranges(value: FloatArray, slots: Layout) -> tuple[FloatArray, BoolArray]:
    """The range of each point to the nearest earlier point that is not excluded, and which of them make the limits."""
    kept = slots.present & ~slots.excluded
    latest = np.maximum.accumulate(np.where(kept, np.arange(len(value)), -1))
    before = np.r_[-1, latest[:-1]] if len(value) else latest
    joined = slots.present & (before >= 0)
    joined &= (slots.phase[before] == slots.phase) & (slots.gaps[before] == slots.gaps)
    ranges = np.where(joined, np.abs(value - value[before]), np.nan)
    used = np.zeros(len(value), dtype=np.bool_)
    used[neighbours(slots.used, slots)[1]] = True
    return ranges, used
