"""Which slots stand in which phase, and which of them make the limits: shared by every chart.

Conventions: limits of a phase come from its baseline points that are present and not excluded; a phase without a point
in the baseline uses all its points. A gap keeps its slot and drops both moving ranges; an excluded point is bridged,
so that the moving range runs between the remaining neighbours. Nothing crosses a phase.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from opsmetrics.stats.arrays import BoolArray, FloatArray, IntArray, Labels, Slots, slots_mask
from opsmetrics.stats.results import ControlChart

#: A phase with fewer points than this in its baseline has no limits.
FEWEST_POINTS = 2


@dataclass(frozen=True, eq=False)
class Layout:
    """The slots of a chart. phase: number from 0, in order; used: takes part in the limits; gaps: running count."""

    present: BoolArray
    phase: IntArray
    excluded: BoolArray
    used: BoolArray
    gaps: IntArray

    @property
    def phases(self) -> int:
        """How many phases there are."""
        return int(self.phase[-1]) + 1 if len(self.phase) else 0

    @property
    def enough(self) -> BoolArray:
        """Per phase: whether it has points enough for limits."""
        return self.counts(self.used) >= FEWEST_POINTS

    def counts(self, where: BoolArray) -> IntArray:
        """Per phase, how many slots are True."""
        return np.bincount(self.phase[where], minlength=self.phases).astype(np.int64)

    def spread_out(self, per_phase: FloatArray) -> FloatArray:
        """One value per slot from one value per phase."""
        return per_phase[self.phase]


def layout(present: BoolArray, phase: Labels | None, exclude: Slots | None, baseline: Slots | None) -> Layout:
    """The slots of a chart whose values are `present`.

    phase: one label per slot; a change of label starts a phase, and a label may not come back later.
    exclude, baseline: positions or one bool per slot. Raises ValueError for anything else.
    """
    n = len(present)
    phases = _phase_numbers(phase, n)
    excluded = slots_mask(exclude, n, "exclude")
    flagged = slots_mask(baseline, n, "baseline")
    chosen = flagged if baseline is not None else np.ones(n, dtype=np.bool_)
    without = np.bincount(phases[chosen], minlength=int(phases[-1]) + 1 if n else 0) == 0
    in_baseline = chosen | without[phases]
    return Layout(
        present=present,
        phase=phases,
        excluded=excluded,
        used=present & ~excluded & in_baseline,
        gaps=np.cumsum(~present).astype(np.int64),
    )


def _phase_numbers(phase: Labels | None, n: int) -> IntArray:
    if phase is None:
        return np.zeros(n, dtype=np.int64)
    labels = pd.Series(list(phase), dtype=object)
    if len(labels) != n:
        raise ValueError(f"phase: found {len(labels)} labels for {n} slots; wanted one per slot")
    codes, names = pd.factorize(labels)
    if (codes < 0).any():
        raise ValueError(f"phase: found no label at position {int(np.argmax(codes < 0))}; wanted one per slot")
    starts = np.r_[False, codes[1:] != codes[:-1]] if n else np.zeros(0, dtype=np.bool_)
    numbers = np.cumsum(starts).astype(np.int64)
    back = np.flatnonzero(numbers != codes)
    if back.size:
        raise ValueError(
            f"phase: found {names[codes[back[0]]]!r} again at position {back[0]} after another phase; "
            "wanted each phase as one stretch of slots: give the later stretch its own label"
        )
    return numbers


def neighbours(where: BoolArray, slots: Layout) -> tuple[IntArray, IntArray]:
    """Pairs (earlier, later) of consecutive slots that are True, in one phase and with no gap between them."""
    index = np.flatnonzero(where)
    left, right = index[:-1], index[1:]
    joined = (slots.phase[left] == slots.phase[right]) & (slots.gaps[left] == slots.gaps[right])
    return left[joined], right[joined]


def phase_mean(values: FloatArray, phase: IntArray, phases: int) -> FloatArray:
    """Mean per phase (NaN where a phase has none), summed as differences from a first value to keep the digits."""
    counts = np.bincount(phase, minlength=phases)
    first = np.full(phases, np.nan)
    if len(values):
        found, where = np.unique(phase, return_index=True)
        first[found] = values[where]
    sums = np.bincount(phase, weights=values - first[phase], minlength=phases)
    means = np.divide(sums, counts, out=np.full(phases, np.nan), where=counts > 0)
    return np.asarray(first + means, dtype=np.float64)


def phase_median(values: FloatArray, phase: IntArray, phases: int) -> FloatArray:
    """Median per phase (NaN where a phase has none)."""
    medians = pd.Series(values).groupby(phase).median()
    return np.asarray(medians.reindex(range(phases)), dtype=np.float64)


def phase_ratio(tops: FloatArray, bottoms: FloatArray, phase: IntArray, phases: int) -> FloatArray:
    """Sum of `tops` over sum of `bottoms` per phase; NaN where the latter is 0."""
    top = np.bincount(phase, weights=tops, minlength=phases)
    bottom = np.bincount(phase, weights=bottoms, minlength=phases)
    return np.asarray(np.divide(top, bottom, out=np.full(phases, np.nan), where=bottom > 0), dtype=np.float64)


def chart(
    kind: str,
    value: FloatArray,
    centre: FloatArray,
    standard_error: FloatArray,
    slots: Layout,
    sigma: FloatArray | None,
    methods: dict[str, str],
    *,
    size: FloatArray | None = None,
    floor: float = -np.inf,
    ceiling: FloatArray | float = np.inf,
    used: BoolArray | None = None,
    sigma_z: FloatArray | None = None,
    spread: ControlChart | None = None,
    width: float = 3.0,
) -> ControlChart:
    """A chart from what is plotted: limits are centre ± `width` standard errors, clamped to floor and ceiling."""
    n = len(value)
    points = pd.DataFrame(
        {
            "position": np.arange(n, dtype=np.int64),
            "value": value,
            "size": size if size is not None else np.full(n, np.nan),
            "centre": centre,
            "lower": np.maximum(centre - width * standard_error, floor),
            "upper": np.minimum(centre + width * standard_error, ceiling),
            "standard_error": standard_error,
            "phase": slots.phase,
            "excluded": slots.excluded,
            "baseline": slots.used if used is None else used,
        }
    )
    return ControlChart(
        kind=kind,
        points=points,
        sigma=(None,) * slots.phases if sigma is None else optional(sigma),
        sigma_z=() if sigma_z is None else optional(sigma_z),
        methods=methods,
        spread=spread,
        warnings=_warnings(standard_error, slots),
    )


def optional(per_phase: FloatArray) -> tuple[float | None, ...]:
    """One number per phase, None where it is not known."""
    return tuple(float(number) if np.isfinite(number) else None for number in per_phase)


def _warnings(standard_error: FloatArray, slots: Layout) -> tuple[str, ...]:
    flat = np.bincount(slots.phase[standard_error == 0], minlength=slots.phases) > 0
    limited = np.bincount(slots.phase[np.isfinite(standard_error)], minlength=slots.phases) > 0
    counts = slots.counts(slots.used)
    texts = []
    for number in np.flatnonzero(flat | ~limited):
        where = f"phase {number + 1}: " if slots.phases > 1 else ""
        if flat[number]:
            texts.append(f"{where}no variation in the baseline, so the limits lie on the centre line")
        else:
            texts.append(
                f"{where}no limits: too little to estimate the variation ({counts[number]} usable in the baseline)"
            )
    return tuple(texts)
