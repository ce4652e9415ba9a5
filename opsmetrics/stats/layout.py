"""Which slots stand in which phase, and which of them make the limits: shared by every chart.

Conventions: limits of a phase come from its baseline points that are present and not excluded; a phase without a point
in the baseline uses all its points. A gap keeps its slot and drops both moving ranges; an excluded point is bridged,
so that the moving range runs between the remaining neighbours. Nothing crosses a phase.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from opsmetrics.stats.arrays import BoolArray, FloatArray, IntArray, Labels, Slots, slots_mask
from opsmetrics.stats.results import Columns, ControlChart

#: A phase with fewer points than this in its baseline has no limits.
FEWEST_POINTS = 2

#: From so many slots on, one phase without holes is added up by blocks, which is faster and needs no room; shorter
#: ones slot by slot, as many phases are, so that a series alone and among others gives the same last digit.
LONG = 4096

#: Slots that are worked on at a time.
BLOCK = 65_536


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

    @cached_property
    def long_and_whole(self) -> bool:
        """Whether this is one long phase of which every slot is used."""
        return len(self.phase) >= LONG and self.phases == 1 and bool(self.used.all())

    @property
    def enough(self) -> BoolArray:
        """Per phase: whether it has points enough for limits."""
        return self.counts(self.used) >= FEWEST_POINTS

    def counts(self, where: BoolArray) -> IntArray:
        """Per phase, how many slots are True."""
        if self.phases == 1:
            return np.array([np.count_nonzero(where)], dtype=np.int64)
        return np.bincount(self.phase[where], minlength=self.phases).astype(np.int64)

    def spread_out(self, per_phase: FloatArray) -> FloatArray:
        """One value per slot from one value per phase; a view that takes no room where there is one phase."""
        return np.broadcast_to(per_phase[0], self.phase.shape) if self.phases == 1 else per_phase[self.phase]


def layout(present: BoolArray, phase: Labels | None, exclude: Slots | None, baseline: Slots | None) -> Layout:
    """The slots of a chart whose values are `present`.

    phase: one label per slot; a change of label starts a phase, and a label may not come back later.
    exclude, baseline: positions or one bool per slot. Raises ValueError for anything else.
    """
    n = len(present)
    phases = _phase_numbers(phase, n)
    excluded = np.broadcast_to(np.False_, n) if exclude is None else slots_mask(exclude, n, "exclude")
    used = present if exclude is None else present & ~excluded
    if baseline is not None:
        chosen = slots_mask(baseline, n, "baseline")
        without = np.bincount(phases[chosen], minlength=int(phases[-1]) + 1 if n else 0) == 0
        used = used & (chosen | without[phases])
    gaps = np.broadcast_to(np.int64(0), n) if present.all() else np.cumsum(~present).astype(np.int64)
    return Layout(present=present, phase=phases, excluded=excluded, used=used, gaps=gaps)


def _phase_numbers(phase: Labels | None, n: int) -> IntArray:
    if phase is None:
        return np.broadcast_to(np.int64(0), n)
    coded = isinstance(phase, np.ndarray) and phase.dtype.kind in "iu"
    labels = pd.Series(phase if coded else list(phase), dtype=None if coded else object)
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


def phase_mean(values: FloatArray, phase: IntArray, phases: int, weights: FloatArray | None = None) -> FloatArray:
    """Mean per phase (NaN where a phase has none), summed as differences from one of its values to keep the digits."""
    counts = np.bincount(phase, weights, minlength=phases)
    level = np.full(phases, np.nan)
    begins = np.flatnonzero(np.diff(phase, prepend=-1))
    level[phase[begins]] = values[begins]
    apart = values - level[phase]
    sums = np.bincount(phase, weights=apart if weights is None else apart * weights, minlength=phases)
    means = np.divide(sums, counts, out=np.full(phases, np.nan), where=counts > 0)
    return np.asarray(level + means, dtype=np.float64)


def phase_median(values: FloatArray, phase: IntArray, phases: int) -> FloatArray:
    """Median per phase (NaN where a phase has none)."""
    medians = pd.Series(values).groupby(phase).median()
    return np.asarray(medians.reindex(range(phases)), dtype=np.float64)


def phase_ratio(tops: FloatArray, bottoms: FloatArray, phase: IntArray, phases: int) -> FloatArray:
    """Sum of `tops` over sum of `bottoms` per phase; NaN where the latter is 0."""
    top = np.bincount(phase, weights=tops, minlength=phases)
    bottom = np.bincount(phase, weights=bottoms, minlength=phases)
    return np.asarray(np.divide(top, bottom, out=np.full(phases, np.nan), where=bottom > 0), dtype=np.float64)


def blocks(n: int, width: int = 1) -> list[slice]:
    """Stretches of slots of so many numbers each, in order, that fit into a processor's cache."""
    step = max(BLOCK // width, 1)
    return [slice(start, min(start + step, n)) for start in range(0, n, step)]


def long_mean(value: FloatArray) -> float:
    """Mean of a long array, summed by blocks as differences from its first value, which keeps the digits."""
    first = float(value[0])
    return first + sum(float((value[block] - first).sum()) for block in blocks(len(value))) / len(value)


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
    spread: ControlChart | Callable[[], ControlChart] | None = None,
    width: float = 3.0,
) -> ControlChart:
    """A chart from what is plotted: limits are centre ± `width` standard errors, clamped to floor and ceiling.

    spread: the chart beneath, or what makes it when it is first asked for.
    """
    level = same_for_all(centre, standard_error)
    limits = [np.maximum(level[0] - width * level[1], floor), np.minimum(level[0] + width * level[1], ceiling)]
    lower, upper = (np.broadcast_to(limit, value.shape) for limit in limits)
    return ControlChart(
        kind=kind,
        points=Columns(
            value=value,
            centre=centre,
            lower=lower,
            upper=upper,
            standard_error=standard_error,
            phase=slots.phase,
            size=size if size is not None else np.broadcast_to(np.nan, value.shape),
            excluded=slots.excluded,
            baseline=slots.used if used is None else used,
        ),
        sigma=(None,) * slots.phases if sigma is None else optional(sigma),
        sigma_z=() if sigma_z is None else optional(sigma_z),
        methods=methods,
        spread=spread,
        warnings=_warnings(standard_error, slots),
    )


def same_for_all(*columns: FloatArray) -> tuple[FloatArray, ...]:
    """The columns, each as a single number where all of them are views of one (`numpy.broadcast_to`)."""
    if all(len(column) and column.strides == (0,) for column in columns):
        return tuple(column[0] for column in columns)
    return columns


def slot_by_slot(function: Callable[..., FloatArray], *columns: FloatArray) -> FloatArray:
    """What a function of numbers gives for each slot; once, where all the columns are views of one number."""
    ones = same_for_all(*columns)
    found = function(*ones)
    return np.broadcast_to(found, columns[0].shape) if np.ndim(ones[0]) == 0 else found


def optional(per_phase: FloatArray) -> tuple[float | None, ...]:
    """One number per phase, None where it is not known."""
    return tuple(float(number) if np.isfinite(number) else None for number in per_phase)


def _warnings(standard_error: FloatArray, slots: Layout) -> tuple[str, ...]:
    (error,) = same_for_all(standard_error)
    if np.ndim(error) == 0:
        flat, limited = np.array([error == 0]), np.array([np.isfinite(error)])
    else:
        flat, limited = slots.counts(error == 0) > 0, slots.counts(np.isfinite(error)) > 0
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
