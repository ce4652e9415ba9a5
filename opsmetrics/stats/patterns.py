"""Where patterns are complete: comparisons with lines become bytes, block by block, and windows of bytes are joined.

A block fits into a processor's cache, so no array of floats as long as the chart is ever made. Windows of N in a row
are joined by doubling: two, then four, then eight. Blocks overlap by the longest window.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from opsmetrics.stats.arrays import BoolArray, FloatArray, IntArray, tolerance
from opsmetrics.stats.layout import blocks, same_for_all
from opsmetrics.stats.results import ControlChart
from opsmetrics.stats.rules import Rule

#: A rule and the side it is looked at on: 1 high, -1 low, 0 none.
Sided = tuple[Rule, int]

_SIDELESS = ("alternating", "hugging", "outside")


@dataclass(frozen=True, eq=False)
class Lines:
    """Values and the lines they are compared with; each line a number per slot, or one number for all."""

    value: FloatArray
    centre: FloatArray
    error: FloatArray
    lower: FloatArray
    upper: FloatArray

    @staticmethod
    def of(chart: ControlChart) -> Lines:
        """Those of a chart."""
        value, centre, error, lower, upper = (
            np.asarray(chart.column(name), dtype=np.float64)
            for name in ("value", "centre", "standard_error", "lower", "upper")
        )
        return Lines(value, *same_for_all(centre, error, lower, upper))

    def part(self, rows: slice | IntArray) -> Lines:
        """The same at some slots."""
        lines = (
            line if np.ndim(line) == 0 else line[rows] for line in (self.centre, self.error, self.lower, self.upper)
        )
        return Lines(self.value[rows], *lines)


def sided(rules: Sequence[Rule]) -> list[tuple[int, Sided]]:
    """Each rule with the sides it has, high before low, and its place among the rules."""
    return [
        (place, (rule, side))
        for place, rule in enumerate(rules)
        for side in ((0,) if rule.pattern in _SIDELESS else (1, -1))
    ]


def completed(lines: Lines, wanted: Sequence[Sided]) -> Iterator[tuple[IntArray, IntArray, IntArray]]:
    """Positions at which a pattern is complete, which of `wanted` it is, and of a zone how many points are beyond.

    In order of position, then of `wanted`. What lies in a window is not looked at here but for its values: the caller
    drops what crosses a change of phase.
    """
    overlap = max((rule.window for rule, _ in wanted), default=1) - 1
    for rows in blocks(len(lines.value)):
        first = max(rows.start - overlap, 0)
        looked = Block(lines.part(slice(first, rows.stop)))
        masks = [_tail(looked.mask(rule, side), rows.stop - rows.start) for rule, side in wanted]
        some = np.zeros(-(-(rows.stop - rows.start) // 8) * 8, dtype=np.bool_)
        for mask in masks:
            some[: rows.stop - rows.start] |= mask
        words = np.flatnonzero(some.view(np.uint64))
        if not len(words):
            continue
        near = (words[:, None] * 8 + np.arange(8)).ravel()
        near = near[some[near]]
        at, which = np.nonzero(np.array([mask[near] for mask in masks]).T)
        position = near[at] + rows.start
        beyond = np.zeros(len(position), dtype=np.int64)
        for number, (rule, side) in enumerate(wanted):
            if rule.pattern == "zone":
                here = which == number
                beyond[here] = looked.counts(rule, side)[position[here] - first]
        yield position, which, beyond


def _tail(mask: BoolArray, n: int) -> BoolArray:
    """The last n of a mask; where it has fewer, the missing first ones are False."""
    return mask[len(mask) - n :] if len(mask) >= n else np.concatenate([np.zeros(n - len(mask), dtype=np.bool_), mask])


def in_a_row(mask: BoolArray, n: int) -> BoolArray:
    """Whether n in a row are True, for each slot that has n - 1 before it; n - 1 shorter than the mask."""
    have = 1
    while have < n:
        step = min(have, n - have)
        mask = mask[step:] & mask[:-step]
        have += step
    return mask


class Block:
    """The comparisons of some slots in a row, each made once."""

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self._made: dict[tuple[int, float], BoolArray] = {}
        self.offset = lines.value - lines.centre
        error, size, level = lines.error, np.abs(lines.value), np.abs(lines.centre)
        self._gaps = not np.isfinite(size.max(initial=0.0) + level.max(initial=0.0))
        # Only where values are large for their errors has each slot its own nearness.
        largest = np.fmax.reduce(size, axis=None, initial=0.0) + np.fmax.reduce(level, axis=None, initial=0.0)
        simple = 8 * np.spacing(largest) <= 1e-9 * np.min(error, initial=np.inf)
        self._near = 1e-9 * error if simple else tolerance(error, size, np.broadcast_to(level, size.shape))
        # A standard error within rounding of its level is no variation, whatever its bits say.
        judged = np.asarray(error > self._near)
        self._all_judged = bool(judged.all())
        self._error = error if self._all_judged else np.where(judged, error, np.nan)
        self._apart = self._near if self._all_judged else np.where(judged, self._near, np.nan)

    def mask(self, rule: Rule, side: int) -> BoolArray:
        """Where the pattern is complete; shorter than the slots by those that cannot complete it."""
        window, zone = rule.window, rule.zone
        match rule.pattern:
            case "limits":
                return self._outside_limits(side)
            case "zone":
                return self._zone(rule, side)
            case "run":
                return in_a_row(self.beyond(side, zone), window)
            case "trend":
                return in_a_row(self.steps(side), window - 1)
            case "alternating":
                up, down = self.steps(1), self.steps(-1)
                return in_a_row((up[1:] & down[:-1]) | (down[1:] & up[:-1]), window - 2)
            case "hugging":
                return in_a_row(self.valid & ~self._either(zone), window)
            case "outside":
                found = in_a_row(self._either(zone), window)
                if rule.both_sides:
                    for one in (1, -1):
                        found = found & ~in_a_row(self.beyond(one, zone), window)
                return found

    def beyond(self, side: int, zone: float) -> BoolArray:
        """Whether a slot lies beyond so many standard errors on a side."""
        key = (side, zone)
        if key not in self._made:
            line = zone * self._error + self._apart
            self._made[key] = np.asarray(self.offset > line if side > 0 else self.offset < -line)
        return self._made[key]

    @cached_property
    def valid(self) -> BoolArray:
        """Whether a slot has a value and lines to compare it with."""
        if not self._gaps and self._all_judged:
            return np.ones(len(self.offset), dtype=np.bool_)
        return np.asarray(np.isfinite(self.offset) & np.isfinite(self._error))

    def counted(self, rule: Rule, side: int) -> BoolArray:
        """The slots that count for a zone."""
        beyond = self.beyond(side, rule.zone)
        if rule.within_limits:
            beyond = beyond & ~self._outside_limits(side)
        return beyond

    def counts(self, rule: Rule, side: int) -> npt.NDArray[np.uint8]:
        """How many of a zone's window that ends at each slot count; of a shorter window at the first slots."""
        return _sums(self.counted(rule, side), rule.window)

    def _either(self, zone: float) -> BoolArray:
        return self.beyond(1, zone) | self.beyond(-1, zone)

    def _outside_limits(self, side: int) -> BoolArray:
        lines = self._lines
        return np.asarray((lines.value - lines.upper if side > 0 else lines.lower - lines.value) > self._near)

    def steps(self, side: int) -> BoolArray:
        """Whether a slot lies above (below) the one before it; one shorter than the slots."""
        key = (side, -1.0)
        if key not in self._made:
            line = self._apart if np.ndim(self._apart) == 0 else self._apart[1:]
            found = self._change > line if side > 0 else self._change < -line
            self._made[key] = found if self._all_judged else found & self.valid[:-1] & self.valid[1:]
        return self._made[key]

    @cached_property
    def _change(self) -> FloatArray:
        return self._lines.value[1:] - self._lines.value[:-1]

    def _zone(self, rule: Rule, side: int) -> BoolArray:
        counted = self.counted(rule, side)
        if np.count_nonzero(counted) < rule.needed:
            return np.zeros(0, dtype=np.bool_)
        found = _sums(counted, rule.window)[rule.window - 1 :] >= rule.needed
        if rule.one_side:
            found &= in_a_row(self.beyond(side, 0.0), rule.window)
        else:
            found &= counted[rule.window - 1 :]
        if self._gaps or not self._all_judged:
            found &= in_a_row(self.valid, rule.window)
        return found


def _sums(mask: BoolArray, window: int) -> npt.NDArray[np.uint8]:
    """How many of the window that ends at each slot are True."""
    ones = mask.view(np.uint8)
    total = ones.copy()
    for back in range(1, min(window, len(ones))):
        total[back:] += ones[:-back]
    return total
