"""Xbar-S and Xbar-R: means of readings with limits from the spread within the subgroups, and the spread beneath.

With σ the spread of single readings and n readings in a subgroup: Xbar centre ± 3σ/√n; S c4(n)σ ± 3σ√(1−c4(n)²);
R d2(n)σ ± 3d3(n)σ, each subgroup with its own n (Montgomery, Introduction to Statistical Quality Control, charts for
variables).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.stats.arrays import (
    BoolArray,
    FloatArray,
    Labels,
    Slots,
    Values,
    floats,
    not_negative,
    same_length,
    whole,
)
from opsmetrics.stats.factors import Source, by_size, c4, check_source, d2, d3
from opsmetrics.stats.given import Given, given, spoken
from opsmetrics.stats.layout import Layout, blocks, chart, layout, phase_mean, slot_by_slot
from opsmetrics.stats.results import ControlChart
from opsmetrics.stats.within import within_sigma

#: One row of readings per subgroup; rows may differ in length, None and NaN are holes.
Subgroups: TypeAlias = Sequence[Sequence[float | None]] | npt.NDArray[np.generic] | pd.DataFrame
SigmaS = Literal["pooled", "sbar", "sbar_mvlue", "rms_montgomery"]
SigmaR = Literal["rbar", "rbar_mvlue"]


@dataclass(frozen=True, eq=False)
class _Subgroups:
    mean: FloatArray
    spread: FloatArray  # standard deviation, or range; NaN below two readings
    size: FloatArray  # 0 in a gap
    slots: Layout
    sigma: FloatArray  # per phase, as estimated
    sigma_at: FloatArray  # per slot, as it enters the limits
    methods: dict[str, str]
    source: Source


def xbar_s(
    subgroups: Subgroups,
    *,
    sigma: SigmaS | Given = "pooled",
    centre: Given | None = None,
    phase: Labels | None = None,
    exclude: Slots | None = None,
    baseline: Slots | None = None,
    constants: Source = "exact",
) -> ControlChart:
    """Chart of subgroup means; `spread` is their S chart. The centre line is the mean of all readings.

    sigma: "pooled" √(Σ(n−1)s²/Σ(n−1)) / c4(Σ(n−1)+1); "sbar" mean of s/c4(n); "sbar_mvlue" the same with weights
        c4²/(1−c4²); "rms_montgomery" √(Σ(n−1)s²/Σ(n−1)) with A3(n), B3(n), B4(n).
        Or a historical σ, a number or one per phase (then A, B5, B6). centre: a historical mean, likewise.
    phase, exclude and baseline as for `xmr`, per subgroup. An empty subgroup is a gap. Raises ValueError for readings
    that are not numbers and unknown options.
    """
    found = _from_readings(subgroups, sigma, ("S", phase, exclude, baseline, constants))
    return _means("xbar_s", found, centre, _s(found))


def xbar_s_summary(
    means: Values,
    sds: Values,
    sizes: Values,
    *,
    sigma: SigmaS | Given = "pooled",
    centre: Given | None = None,
    phase: Labels | None = None,
    exclude: Slots | None = None,
    baseline: Slots | None = None,
    constants: Source = "exact",
) -> ControlChart:
    """`xbar_s` from each subgroup's mean, standard deviation (divisor n − 1) and number of readings.

    A size of 0 or a missing mean is a gap; a missing standard deviation leaves the S chart a gap. Raises ValueError
    for lengths that differ, negative or fractional sizes and negative standard deviations.
    """
    found = _from_summary(means, sds, sizes, sigma, ("S", phase, exclude, baseline, constants))
    return _means("xbar_s", found, centre, _s(found))


def s_chart(
    subgroups: Subgroups,
    *,
    sigma: SigmaS | Given = "pooled",
    phase: Labels | None = None,
    exclude: Slots | None = None,
    baseline: Slots | None = None,
    constants: Source = "exact",
) -> ControlChart:
    """Chart of the standard deviations within subgroups. Arguments and errors as for `xbar_s`."""
    return _s(_from_readings(subgroups, sigma, ("S", phase, exclude, baseline, constants)))


def s_summary(
    sds: Values,
    sizes: Values,
    *,
    sigma: SigmaS | Given = "pooled",
    phase: Labels | None = None,
    exclude: Slots | None = None,
    baseline: Slots | None = None,
    constants: Source = "exact",
) -> ControlChart:
    """`s_chart` from standard deviations (divisor n − 1) and sizes. Arguments and errors as for `xbar_s_summary`."""
    return _s(_from_summary(sds, sds, sizes, sigma, ("S", phase, exclude, baseline, constants)))


def xbar_r(
    subgroups: Subgroups,
    *,
    sigma: SigmaR | Given = "rbar",
    centre: Given | None = None,
    phase: Labels | None = None,
    exclude: Slots | None = None,
    baseline: Slots | None = None,
    constants: Source = "exact",
) -> ControlChart:
    """Chart of subgroup means with σ from the ranges; `spread` is the R chart. Arguments and errors as for `xbar_s`.

    sigma: "rbar" mean of R/d2(n); "rbar_mvlue" the same with weights d2²/d3².
    """
    found = _from_readings(subgroups, sigma, ("R", phase, exclude, baseline, constants))
    return _means("xbar_r", found, centre, _r(found))


def r_chart(
    subgroups: Subgroups,
    *,
    sigma: SigmaR | Given = "rbar",
    phase: Labels | None = None,
    exclude: Slots | None = None,
    baseline: Slots | None = None,
    constants: Source = "exact",
) -> ControlChart:
    """Chart of the ranges within subgroups. Arguments and errors as for `xbar_r`."""
    return _r(_from_readings(subgroups, sigma, ("R", phase, exclude, baseline, constants)))


_Options: TypeAlias = tuple[str, Labels | None, Slots | None, Slots | None, str]


def _from_readings(subgroups: Subgroups, sigma: str | Given, options: _Options) -> _Subgroups:
    readings = _matrix(subgroups)
    measure = _ranges if options[0] == "R" else _deviations
    mean, spread, size = (np.empty(len(readings)) for _ in range(3))
    ones = np.ones(readings.shape[1])  # products with it are the fastest sums along short rows
    for rows in blocks(len(readings), max(readings.shape[1], 1)):
        part = readings[rows]
        present = np.isfinite(part)
        size[rows] = n = present @ ones
        level = _a_reading(part)[:, None]  # sums of differences from it keep the digits
        shifted = part - level if present.all() else np.where(present, part - level, 0.0)
        middle = np.divide(shifted @ ones, n, out=np.full(len(n), np.nan), where=n > 0)
        mean[rows] = middle + level[:, 0]
        spread[rows] = np.where(n >= 2, measure(shifted, middle, present), np.nan)
    return _estimated(mean, spread, _as_one(size), sigma, options)


def _a_reading(part: FloatArray) -> FloatArray:
    """A reading of each row, 0 where it has none."""
    level = part[:, 0].copy() if part.shape[1] else np.zeros(len(part))
    without = np.flatnonzero(~np.isfinite(level))
    level[without] = np.nan_to_num(np.fmax.reduce(part[without], axis=1, initial=np.nan))
    return level


def _deviations(shifted: FloatArray, middle: FloatArray, present: BoolArray) -> FloatArray:
    """Standard deviation of each row's readings, divisor n - 1."""
    apart = shifted - middle[:, None]
    if not present.all():
        apart[~present] = 0.0
    ones = np.ones(shifted.shape[1])
    return np.asarray(np.sqrt((apart**2 @ ones) / np.maximum(present @ ones - 1, 1)), dtype=np.float64)


def _ranges(shifted: FloatArray, middle: FloatArray, present: BoolArray) -> FloatArray:
    """Largest less smallest reading of each row."""
    highest = np.where(present, shifted, -np.inf).max(axis=1, initial=-np.inf)
    return np.asarray(highest - np.where(present, shifted, np.inf).min(axis=1, initial=np.inf), dtype=np.float64)


def _as_one(column: FloatArray) -> FloatArray:
    """The column as a view of one number where all its numbers are the same."""
    same = len(column) > 0 and bool((column == column[0]).all())
    return np.broadcast_to(column[0], column.shape) if same else column


def _from_summary(means: Values, sds: Values, sizes: Values, sigma: str | Given, options: _Options) -> _Subgroups:
    mean, sd, size = floats(means, "means"), floats(sds, "sds"), floats(sizes, "sizes")
    same_length({"means": mean, "sds": sd, "sizes": size})
    not_negative(sd, "sds")
    not_negative(size, "sizes")
    whole(size, "sizes")
    size = np.where(np.isfinite(mean) & np.isfinite(size), size, 0.0)
    return _estimated(np.where(size > 0, mean, np.nan), np.where(size >= 2, sd, np.nan), size, sigma, options)


def _estimated(
    mean: FloatArray, spread: FloatArray, size: FloatArray, sigma: str | Given, options: _Options
) -> _Subgroups:
    kind, phase, exclude, baseline, constants = options
    source = check_source(constants)
    slots = layout(size > 0, phase, exclude, baseline)
    estimate, at = within_sigma(kind, sigma, spread, size, slots, source)
    methods = {"sigma": spoken(sigma), "constants": source}
    return _Subgroups(mean, spread, size, slots, estimate, at, methods, source)


def _matrix(subgroups: Subgroups) -> FloatArray:
    if isinstance(subgroups, pd.DataFrame):
        subgroups = subgroups.to_numpy()
    if isinstance(subgroups, np.ndarray) and subgroups.ndim == 2 and subgroups.dtype.kind in "fiu":
        if subgroups.dtype == np.float64 and not any(
            np.isinf(subgroups[rows]).any() for rows in blocks(len(subgroups))
        ):
            return np.asarray(subgroups, dtype=np.float64)  # it is only read
        return floats(subgroups.ravel(), "subgroups").reshape(subgroups.shape)
    rows = [floats(row, f"subgroup {number}") for number, row in enumerate(subgroups)]
    readings = np.full((len(rows), max((len(row) for row in rows), default=0)), np.nan)
    for row, values in zip(readings, rows, strict=True):
        row[: len(values)] = values
    return readings


def _means(kind: str, found: _Subgroups, wanted: Given | None, spread: ControlChart) -> ControlChart:
    used, slots = found.slots.used, found.slots
    centre = given(wanted, slots.phases, "centre")
    if centre is None:
        centre = phase_mean(found.mean[used], slots.phase[used], slots.phases, found.size[used])
    size = slot_by_slot(_without_empty, found.size)
    return chart(
        kind,
        found.mean,
        slots.spread_out(centre),
        slot_by_slot(lambda sigma, n: sigma / np.sqrt(n), found.sigma_at, size),
        slots,
        found.sigma,
        {**found.methods, "centre": "mean" if wanted is None else "given"},
        size=size,
        spread=spread,
    )


def _without_empty(size: FloatArray) -> FloatArray:
    return np.where(size > 0, size, np.nan)


def _s(found: _Subgroups) -> ControlChart:
    unbias = by_size(c4, found.size, found.source)
    return _spread("s", found, unbias, slot_by_slot(lambda mean: np.sqrt(1 - mean**2), unbias))


def _r(found: _Subgroups) -> ControlChart:
    return _spread("r", found, by_size(d2, found.size, found.source), by_size(d3, found.size, found.source))


def _spread(kind: str, found: _Subgroups, mean: FloatArray, deviation: FloatArray) -> ControlChart:
    return chart(
        kind,
        found.spread,
        slot_by_slot(np.multiply, mean, found.sigma_at),
        slot_by_slot(np.multiply, deviation, found.sigma_at),
        found.slots,
        found.sigma,
        found.methods,
        size=slot_by_slot(_without_empty, found.size),
        floor=0.0,
        used=found.slots.used & np.isfinite(found.spread),
    )
