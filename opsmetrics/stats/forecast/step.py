"""A level that has stepped and stayed: a machine replaced, a rule changed, a new customer.

What was before it is moved onto the new level, so that nothing is drawn back to the old one. Only a step that leaves no
doubt counts: one jump makes most of it, every value lies on its own side of it, and it is wider than twice the range of
the values on either side. The walk of a process that wanders does not look like that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from opsmetrics.stats.arrays import FloatArray
from opsmetrics.stats.forecast.seasons import Season

#: So many values must have come after it, and so many slots before the last one it is looked for; those before it.
_AFTER, _LATEST, _BEFORE = 4, 60, 20

#: A step is at least so many robust standard deviations, and ranges, of the values on each side.
_NOISES, _RANGES = 8.0, 2.0

#: The jump into it is at least this share of it.
_JUMP = 0.6


@dataclass(frozen=True)
class Step:
    """slot: of the first value of the new level; old, new: both levels, without their season."""

    slot: int
    old: float
    new: float

    @property
    def known(self) -> int:
        """From so many values on it can be seen."""
        return self.slot + _AFTER

    def moved(self, values: FloatArray, *, multiplied: bool) -> FloatArray:
        """The values with those before the step on the new level: by a factor where `multiplied`, else by a term."""
        before = values[: self.slot]
        before = before * (self.new / self.old) if multiplied else before + (self.new - self.old)
        return np.concatenate([before, values[self.slot :]])


def last_step(values: FloatArray, season: Season | None) -> Step | None:
    """The last step; None where there is none. values: without gaps."""
    plain = values if season is None else season.removed(values)
    around = max(2 * season.length if season is not None else 0, _BEFORE)
    n = len(plain)
    jumps = np.abs(np.diff(plain))
    # A jump into a step is larger than all that came later, which stays within half of the step.
    later = np.maximum.accumulate(jumps[::-1])[::-1]
    first = max(n - _LATEST, 2 * _AFTER)
    slots = np.flatnonzero(jumps[first - 1 : n - _AFTER] > later[first : n - _AFTER + 1]) + first
    for slot in slots[::-1]:
        found = _judged(plain[max(slot - around, 0) : slot], plain[slot:], int(slot))
        if found is not None:
            return found
    return None


def _judged(before: FloatArray, after: FloatArray, slot: int) -> Step | None:
    old, new = float(np.median(before)), float(np.median(after))
    height, middle = abs(new - old), (old + new) / 2
    up = new > old
    apart = before.max() < middle < after.min() if up else before.min() > middle > after.max()
    wide = max(float(np.ptp(before)), float(np.ptp(after)))
    noise = 1.4826 * max(float(np.median(np.abs(before - old))), float(np.median(np.abs(after - new))))
    jump = float(after[0] - before[-1]) * (1 if up else -1)
    clear = height > _RANGES * wide and height > _NOISES * noise and jump > _JUMP * height
    return Step(slot, old, new) if apart and clear else None
