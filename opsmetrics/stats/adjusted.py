"""XmR charts whose centre line is not level: along a trend, or by season (weekday, hour, month).

Trended limits follow the least-squares line through the baseline points of a phase (Wheeler, Understanding Variation;
xmrit). Season-adjusted limits take off each season what its median lies above the median of all, chart the rest, and
add it back.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import numpy as np
import pandas as pd

from opsmetrics.stats.arrays import FloatArray, Labels, Slots, Values, floats, one_of, slots_mask
from opsmetrics.stats.factors import Source
from opsmetrics.stats.given import Given
from opsmetrics.stats.individuals import Centre, Sigma, xmr
from opsmetrics.stats.layout import Layout, layout, phase_mean
from opsmetrics.stats.results import ControlChart

#: A season seen less often than this has no level of its own: eight full weeks for a weekday.
FEWEST_OF_SEASON = 8

Ranges = Literal["residuals", "values"]


def trended(
    values: Values,
    *,
    sigma: Sigma | Given = "mr",
    ranges: Ranges = "residuals",
    phase: Labels | None = None,
    exclude: Slots | None = None,
    baseline: Slots | None = None,
    constants: Source = "exact",
) -> ControlChart:
    """XmR about the straight line through the baseline points of each phase, which goes on beyond them.

    ranges: moving ranges of the distances from the line ("residuals"), or of the values as they are ("values", xmrit),
        which a steep trend widens. Every gap keeps its slot on the line. points has the further column slope (per
        slot). A phase with fewer than three baseline points has no line. Other arguments and errors as for `xmr`.
    """
    one_of(ranges, ("residuals", "values"), "ranges")
    value = floats(values)
    slots = layout(np.isfinite(value), phase, exclude, baseline)
    line, slope = _lines(value, slots)
    moved = np.where(np.isnan(line), np.nan, value) - line
    judged = moved if ranges == "residuals" else np.where(np.isnan(line), np.nan, value)
    spread = xmr(judged, sigma=sigma, phase=phase, exclude=exclude, baseline=baseline, constants=constants)
    error = spread.points["standard_error"]
    points = spread.points.assign(value=value, centre=line, lower=line - 3 * error, upper=line + 3 * error, slope=slope)
    methods = {**spread.methods, "centre": "trend", "ranges": ranges}
    return replace(spread, kind="trended", points=points, methods=methods)


def _lines(value: FloatArray, slots: Layout) -> tuple[FloatArray, FloatArray]:
    """Level and slope of each slot's least-squares line; NaN below three baseline points."""
    used, phases = slots.used, slots.phases
    at = np.arange(len(value), dtype=np.float64)
    middle = phase_mean(at[used], slots.phase[used], phases)
    level = phase_mean(value[used], slots.phase[used], phases)
    along = at - slots.spread_out(middle)
    offset = value - slots.spread_out(level)
    products = np.bincount(slots.phase[used], weights=(along * offset)[used], minlength=phases)
    squares = np.bincount(slots.phase[used], weights=(along**2)[used], minlength=phases)
    enough = slots.counts(used) >= 3
    slope = slots.spread_out(np.divide(products, squares, out=np.full(phases, np.nan), where=enough))
    return slots.spread_out(level) + slope * along, slope


def season_offsets(
    values: Values, seasons: Labels, *, used: Slots | None = None, fewest: int = FEWEST_OF_SEASON
) -> FloatArray:
    """What each slot's season lies above the rest: its median less the median of all, over the `used` slots.

    Only seasons with at least `fewest` used values take part; the others, and all where fewer than two take part, get
    0. Gaps are left out. Raises ValueError where the lengths differ.
    """
    value = floats(values)
    labels = np.asarray(pd.factorize(pd.Series(list(seasons), dtype=object))[0])
    if len(labels) != len(value):
        raise ValueError(f"seasons: found {len(labels)} labels for {len(value)} values; wanted one per value")
    there = np.isfinite(value) & (labels >= 0)
    if used is not None:
        there &= slots_mask(used, len(value), "used")
    counts = np.bincount(labels[there], minlength=int(labels.max(initial=-1)) + 1)
    full = np.flatnonzero(counts >= fewest)
    offset = np.zeros(len(value))
    if len(full) < 2:
        return offset
    there &= np.isin(labels, full)
    middle = np.median(value[there])
    for season in full:
        offset[labels == season] = np.median(value[there & (labels == season)]) - middle
    return offset


def season_adjusted(
    values: Values,
    seasons: Labels,
    *,
    fewest: int = FEWEST_OF_SEASON,
    sigma: Sigma | Given = "mr",
    centre: Centre | Given = "mean",
    phase: Labels | None = None,
    exclude: Slots | None = None,
    baseline: Slots | None = None,
    constants: Source = "exact",
) -> ControlChart:
    """XmR with a centre line and limits for each season: those of the values less `season_offsets`, moved back by them.

    seasons: one label per slot (the weekday, say). The levels come from the baseline points of all phases together;
    `sigma` and the moving ranges beneath are those of the values free of the season. points has the further column
    season_offset. Other arguments and errors as for `xmr`.
    """
    value = floats(values)
    slots = layout(np.isfinite(value), phase, exclude, baseline)
    offset = season_offsets(value, seasons, used=slots.used, fewest=fewest)
    chart = xmr(
        value - offset,
        sigma=sigma,
        centre=centre,
        phase=phase,
        exclude=exclude,
        baseline=baseline,
        constants=constants,
    )
    moved = {name: chart.points[name] + offset for name in ("centre", "lower", "upper")}
    points = chart.points.assign(value=value, **moved, season_offset=offset)
    return replace(chart, kind="season_adjusted", points=points, methods={**chart.methods, "season": "median"})
