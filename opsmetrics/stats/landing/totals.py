"""Landings: sums so far and those of each path, and only then one division."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from opsmetrics.stats.arrays import BoolArray, FloatArray
from opsmetrics.stats.landing.joint import PATHS, Joint, paths


@dataclass(frozen=True, eq=False)
class Stretch:
    """What is known of a stretch of time, and which parts of the slots ahead belong to it.

    above, below: Σ value·size and Σ size of what is complete. weight: for each slot ahead the part of it that lies in
    the stretch and is to come, 0 to 1. begun_above, begun_below: what slots ahead show already of these parts.
    """

    above: float
    below: float
    weight: FloatArray
    begun_above: FloatArray
    begun_below: FloatArray

    @classmethod
    def of_whole(cls, slots: int, above: float = 0.0, below: float = 0.0) -> Stretch:
        """A stretch to which so many whole slots ahead belong, none of them begun."""
        return cls(above, below, np.ones(slots), np.zeros(slots), np.zeros(slots))


@dataclass(frozen=True, eq=False)
class Landings:
    """The landing of each path. above, below: Σ value·size and Σ size after each slot ahead, paths × (1 + slots); the
    first column is what stands now, with what slots have begun to show."""

    above: FloatArray
    below: FloatArray

    @property
    def ratio(self) -> FloatArray:
        """Σ value·size / Σ size at the end; NaN where nothing was counted."""
        return self.ratios[:, -1]

    @property
    def total(self) -> FloatArray:
        """Σ value·size at the end."""
        return self.above[:, -1]

    @property
    def ratios(self) -> FloatArray:
        """The quotient to date after each slot."""
        found: FloatArray = np.divide(
            self.above, self.below, out=np.full(self.above.shape, np.nan), where=self.below > 0
        )
        return found


def land(joint: Joint, stretch: Stretch, *, total: bool = False, count: int = PATHS, seed: int = 0) -> Landings:
    """Where the stretch lands on each of `count` joint paths. total: as a sum of values without sizes."""
    values, sizes = paths(joint, count, seed)
    return of_sums(values, stretch) if total else added(values, sizes, stretch)


def added(values: FloatArray, sizes: FloatArray, stretch: Stretch) -> Landings:
    """Landings of a quotient on these paths, each paths × slots.

    A slot that has begun keeps what it shows: only what its path adds to its size so far is still to come, at the
    value of the path. So N never exceeds D of a share.
    """
    slots = len(stretch.weight)
    to_come = np.maximum(sizes[:, :slots] * stretch.weight - stretch.begun_below, 0.0)
    return Landings(
        _running(stretch.above + stretch.begun_above.sum(), values[:, :slots] * to_come),
        _running(stretch.below + stretch.begun_below.sum(), to_come),
    )


def of_sums(values: FloatArray, stretch: Stretch) -> Landings:
    """Landings of a sum, whose slots have no size: what a slot has begun to show is the least that it comes to."""
    slots = len(stretch.weight)
    to_come = np.maximum(values[:, :slots] * stretch.weight - stretch.begun_above, 0.0)
    return Landings(
        _running(stretch.above + stretch.begun_above.sum(), to_come),
        _running(stretch.below, np.broadcast_to(stretch.weight, to_come.shape)),
    )


def _running(start: float, steps: FloatArray) -> FloatArray:
    first = np.full((len(steps), 1), start)
    return np.concatenate([first, start + np.cumsum(steps, axis=1)], axis=1)


def met(values: FloatArray, low: float, high: float) -> BoolArray:
    """Which values lie within low … high (NaN: open side); equality counts, NaN does not."""
    with np.errstate(invalid="ignore"):
        above = np.isnan(low) | (values >= low - 1e-9 * abs(low))
        below = np.isnan(high) | (values <= high + 1e-9 * abs(high))
    found: BoolArray = above & below & np.isfinite(values)
    return found


def decided(
    landed: Landings, low: float, high: float, lower: float | None, upper: float | None, *, total: bool = False
) -> bool:
    """True where no values within lower … upper (None: no bound) could change whether low … high is met: all paths
    would meet it, or none, by arithmetic and not by a forecast. Sizes are those of the paths."""
    now, size = landed.above[:, 0], landed.below[:, -1]
    rest = size - landed.below[:, 0]
    least, most = -np.inf if lower is None else lower, np.inf if upper is None else upper
    if total:
        worst, best = now + (0.0 if least >= 0 else -np.inf), np.full(now.shape, np.inf)
    else:
        with np.errstate(invalid="ignore", divide="ignore"):  # an open end times nothing; nothing counted
            worst, best = ((now + np.where(rest > 0, end * rest, 0.0)) / size for end in (least, most))
    always = (np.isnan(low) | (worst >= low)) & (np.isnan(high) | (best <= high))
    never = (best < low - 1e-9 * abs(low)) | (worst > high + 1e-9 * abs(high))  # as `met` takes equality
    return bool(always.all() or never.all())
