"""Short runs: several parts on one chart, as deviations from nominal (DNOM) or as z values (Z-MR).

DNOM takes the parts to vary alike and differ in their nominal only (Bothe; Montgomery, Introduction to Statistical
Quality Control, statistical process control for short production runs). Z-MR sets each part by its own mean and σ
(Farnum, Journal of Quality Technology 24, 1992; Minitab, Z-MR chart).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Literal, TypeAlias, Unpack, cast

import numpy as np
import pandas as pd

from opsmetrics.stats.arrays import BoolArray, FloatArray, IntArray, Labels, Slots, Values, floats, one_of
from opsmetrics.stats.factors import Source, check_source
from opsmetrics.stats.individuals import Sigma, moving_range_sigma, xmr
from opsmetrics.stats.layout import Layout, layout, neighbours, phase_mean
from opsmetrics.stats.results import ControlChart
from opsmetrics.stats.shewhart import Foundation, Readings, nested, shewhart

#: One nominal for each slot, or for each part by its label.
Nominal: TypeAlias = Values | Mapping[Any, float]
PartSigma = Literal["by_part", "by_run", "pooled", "relative"]
Ranges = Literal["part", "run"]


def dnom(
    values: Readings,
    nominal: Nominal,
    *,
    parts: Labels | None = None,
    **of: Unpack[Foundation],
) -> ControlChart:
    """Chart of the deviations from nominal: XmR of single values over the whole run, Xbar of rows of readings.

    nominal: one per slot, or a mapping from the label of a part to its nominal, with the `parts` of the slots. A
    missing nominal is a gap. of: as for `ewma`. Moving ranges go on from one part to the next. Raises ValueError for
    parts without a nominal and as those charts do.
    """
    chart = shewhart(_deviations(values, _nominals(nominal, parts)), **of)
    return replace(chart, methods={**chart.methods, "values": "deviation from nominal"})


def _nominals(nominal: Nominal, parts: Labels | None) -> FloatArray:
    if not isinstance(nominal, Mapping):
        return floats(nominal, "nominal")
    if parts is None:
        raise ValueError("parts: found none; wanted the part of each slot where nominals are given by part")
    labels = list(parts)
    unknown = next((label for label in labels if label not in nominal), None)
    if unknown is not None:
        raise ValueError(f"nominal: found none of part {unknown!r}; wanted one for each part")
    return floats([nominal[label] for label in labels], "nominal")


def _deviations(values: Readings, nominal: FloatArray) -> Readings:
    if not nested(values):
        value = floats(cast(Values, values))
        _as_many(len(value), nominal)
        return value - nominal
    rows = values.to_numpy() if isinstance(values, pd.DataFrame) else values
    found = [floats(cast(Values, row), f"subgroup {number}") for number, row in enumerate(rows)]
    _as_many(len(found), nominal)
    return [(row - level).tolist() for row, level in zip(found, nominal, strict=True)]


def _as_many(slots: int, nominal: FloatArray) -> None:
    if len(nominal) != slots:
        raise ValueError(f"nominal: found {len(nominal)} for {slots} slots; wanted one per slot")


def z_mr(
    values: Values,
    parts: Labels,
    *,
    sigma: PartSigma = "by_part",
    ranges: Ranges = "part",
    estimator: Sigma = "mr",
    centre: Mapping[Any, float] | None = None,
    given: Mapping[Any, float] | None = None,
    phase: Labels | None = None,
    exclude: Slots | None = None,
    baseline: Slots | None = None,
    constants: Source = "exact",
) -> ControlChart:
    """Chart of z = (value − mean of its part) / σ of its part, limits ±3; `spread` is the moving range chart of z.

    sigma: "by_part" from the moving ranges of each part; "by_run" of each unbroken run of a part; "pooled" one σ from
        the moving ranges of all parts; "relative" the same of the logarithms, for parts whose spread grows with their
        size: there z = (ln value − mean of ln) / σ.
    ranges: between successive values of a "part", whatever lies between them, or within an unbroken "run" only.
    estimator: as `sigma` of `xmr`. centre, given: historical means and σ by part (of logarithms with "relative").
    points has three further columns: part, part_centre and part_sigma. `sigma` is 1, that of z. Phases estimate
    anew; exclude and baseline as for `xmr`. Raises ValueError for unknown options, and logarithms of values that are
    not above 0.
    """
    one_of(sigma, ("by_part", "by_run", "pooled", "relative"), "sigma")
    one_of(ranges, ("part", "run"), "ranges")
    source, value = check_source(constants), _on_scale(floats(values), sigma)
    slots = layout(np.isfinite(value), phase, exclude, baseline)
    labels = pd.Series(list(parts), dtype=object)
    group, run = _groups(labels, slots)
    by_run = sigma == "by_run" or ranges == "run"
    order, apart = _pairs(slots, group, run, by_run=by_run)
    size = np.abs(value[apart] - value[order])
    owner = {"by_part": group, "by_run": run}.get(sigma, slots.phase)
    estimate = moving_range_sigma(size, owner[apart], int(owner.max(initial=-1)) + 1, estimator, source)[owner]
    used = slots.used
    level = phase_mean(value[used], group[used], int(group.max(initial=-1)) + 1)[group]
    level, estimate = _historical(labels, centre, level), _historical(labels, given, estimate)
    spread = np.where(estimate > 0, estimate, np.nan)
    chart = xmr(
        (value - level) / spread,
        sigma=1.0,
        centre=0.0,
        phase=phase,
        exclude=exclude,
        baseline=baseline,
        constants=constants,
    )
    points = chart.points.assign(part=labels, part_centre=level, part_sigma=estimate)
    methods = {"sigma": sigma, "ranges": "run" if by_run else "part", "estimator": estimator, "constants": source}
    return replace(chart, kind="z_mr", points=points, methods=methods)


def _on_scale(value: FloatArray, sigma: str) -> FloatArray:
    if sigma != "relative":
        return value
    wrong = np.flatnonzero(value <= 0)
    if wrong.size:
        raise ValueError(
            f"values: found {value[wrong[0]]:g} at position {wrong[0]}; wanted numbers above 0: σ relative to size "
            "takes their logarithms"
        )
    return np.log(value)


def _groups(labels: pd.Series, slots: Layout) -> tuple[IntArray, IntArray]:
    """The part within its phase, and the unbroken run, of each slot, as numbers from 0."""
    if len(labels) != len(slots.phase):
        raise ValueError(f"parts: found {len(labels)} for {len(slots.phase)} values; wanted one per value")
    codes, _ = pd.factorize(labels)
    if (codes < 0).any():
        raise ValueError(f"parts: found none at position {int(np.argmax(codes < 0))}; wanted one per value")
    both = slots.phase * (int(codes.max(initial=0)) + 1) + codes
    group = np.unique(both, return_inverse=True)[1].astype(np.int64)
    run = np.cumsum(np.r_[False, both[1:] != both[:-1]]) if len(both) else both
    return group, run.astype(np.int64)


def _pairs(slots: Layout, group: IntArray, run: IntArray, *, by_run: bool) -> tuple[IntArray, IntArray]:
    """(earlier, later) of the successive used values of a part; within a run, no gap may lie between them."""
    if by_run:
        left, right = neighbours(slots.used, slots)
        same = run[left] == run[right]
        return left[same], right[same]
    index = np.flatnonzero(slots.used)
    index = index[np.argsort(group[index], kind="stable")]
    joined: BoolArray = group[index[1:]] == group[index[:-1]]
    return index[:-1][joined], index[1:][joined]


def _historical(labels: pd.Series, known: Mapping[Any, float] | None, estimate: FloatArray) -> FloatArray:
    """The given figure of each slot's part, else the estimate."""
    if known is None:
        return estimate
    return np.array([known.get(label, found) for label, found in zip(labels, estimate, strict=True)], dtype=np.float64)
