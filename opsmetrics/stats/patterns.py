"""Where patterns are complete: comparisons with lines become bytes, block by block, and windows of bytes are joined.

A block fits into a processor's cache, so no array of floats as long as the chart is ever made. Windows of N in a row
are joined by doubling: two, then four, then eight. Blocks overlap by the longest window.
"""

from __future__ import annotations

import math
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
    cuts = Cuts(lines) if np.ndim(lines.error) == 0 else None
    for rows in blocks(len(lines.value)):
        first = max(rows.start - overlap, 0)
        looked = Block(lines.part(slice(first, rows.stop)), cuts)
        masks = [_tail(looked.mask(rule, side), rows.stop - rows.start) for rule, side in wanted]
        either = np.zeros(rows.stop - rows.start, dtype=np.bool_)
        for mask in masks:
            either |= mask
        some = np.flatnonzero(either)
        if not len(some):
            continue
        at, which = np.nonzero(np.array([mask[some] for mask in masks]).T)
        position = some[at] + rows.start
        beyond = np.zeros(len(position), dtype=np.int64)
        for number, (rule, side) in enumerate(wanted):
            if rule.pattern == "zone":
                here = np.flatnonzero(which == number)
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


class Cuts:
    """The values from which on a comparison with lines that are the same for all slots holds, each found once.

    A difference of two doubles never falls as the first grows, so "value − level > line" is "value ≥ cut" to the last
    bit, and costs no array of differences.
    """

    def __init__(self, lines: Lines) -> None:
        self._lines = lines
        self.near = 1e-9 * lines.error
        self._found: dict[tuple[int, float], float] = {}

    def beyond(self, side: int, zone: float) -> float:
        """For so many standard errors on a side."""
        return self._cut(side, zone, float(self._lines.centre), float(zone * self._lines.error + self.near))

    def outside(self, side: int) -> float:
        """For the limit on a side."""
        level = self._lines.upper if side > 0 else self._lines.lower
        return self._cut(side, math.inf, float(level), float(self.near))

    def _cut(self, side: int, zone: float, level: float, line: float) -> float:
        key = (side, zone)
        if key not in self._found:
            cut, outward = level + side * line, side * math.inf
            while not side * (cut - level) > line:
                cut = math.nextafter(cut, outward)
            while side * (math.nextafter(cut, -outward) - level) > line:
                cut = math.nextafter(cut, -outward)
            self._found[key] = cut
        return self._found[key]


class Block:
    """The comparisons of some slots in a row, each made once."""

    def __init__(self, lines: Lines, cuts: Cuts | None = None) -> None:
        self._lines = lines
        self._made: dict[tuple[int, float], BoolArray] = {}
        self._totals: dict[tuple[Rule, int], npt.NDArray[np.uint8]] = {}
        self._size = _largest(lines.value)
        error, level = lines.error, _largest(lines.centre)
        self._gaps = not np.isfinite(lines.value.sum() + level)
        # Only where values are large for their errors has each slot its own nearness.
        simple = bool(8 * np.spacing(self._size + level) <= 1e-9 * np.min(error, initial=np.inf))
        self._cuts = cuts if simple and np.ndim(error) == 0 and error > 0 else None
        self._near = 1e-9 * error if simple else self._nearness()
        # A standard error within rounding of its level is no variation, whatever its bits say.
        judged = np.asarray(error > self._near)
        self._all_judged = bool(judged.all())
        self._error = error if self._all_judged else np.where(judged, error, np.nan)
        self._apart = self._near if self._all_judged else np.where(judged, self._near, np.nan)

    def _nearness(self) -> FloatArray:
        lines = self._lines
        return tolerance(lines.error, lines.value, np.broadcast_to(lines.centre, lines.value.shape))

    @cached_property
    def offset(self) -> FloatArray:
        """How far each slot lies from the centre line."""
        return self._lines.value - self._lines.centre

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
                near = ~self._either(zone)
                return in_a_row(near & self.valid if self._gaps or not self._all_judged else near, window)
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
            if self._cuts is not None:
                self._made[key] = _past(self._lines.value, self._cuts.beyond(side, zone), side)
            else:
                line = zone * self._error + self._apart
                self._made[key] = np.asarray(self.offset > line if side > 0 else self.offset < -line)
        return self._made[key]

    @cached_property
    def valid(self) -> BoolArray:
        """Whether a slot has a value and lines to compare it with."""
        if not self._gaps and self._all_judged:
            return np.ones(len(self._lines.value), dtype=np.bool_)
        return np.asarray(np.isfinite(self.offset) & np.isfinite(self._error))

    def counted(self, rule: Rule, side: int) -> BoolArray:
        """The slots that count for a zone."""
        beyond = self.beyond(side, rule.zone)
        if rule.within_limits:
            beyond = beyond & ~self._outside_limits(side)
        return beyond

    def counts(self, rule: Rule, side: int) -> npt.NDArray[np.uint8]:
        """How many of a zone's window that ends at each slot count; of a shorter window at the first slots."""
        key = (rule, side)
        if key not in self._totals:
            self._totals[key] = _sums(self.counted(rule, side), rule.window)
        return self._totals[key]

    def _either(self, zone: float) -> BoolArray:
        key = (0, zone)
        if key not in self._made:
            self._made[key] = self.beyond(1, zone) | self.beyond(-1, zone)
        return self._made[key]

    def _outside_limits(self, side: int) -> BoolArray:
        lines = self._lines
        if self._cuts is not None:
            return _past(lines.value, self._cuts.outside(side), side)
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
        found = self.counts(rule, side)[rule.window - 1 :] >= rule.needed
        if rule.one_side:
            found &= in_a_row(self.beyond(side, 0.0), rule.window)
        else:
            found &= counted[rule.window - 1 :]
        if self._gaps or not self._all_judged:
            found &= in_a_row(self.valid, rule.window)
        return found


def _largest(values: FloatArray) -> float:
    """The largest size among some values or in a single one, gaps apart."""
    if np.ndim(values) == 0:
        return abs(float(values)) if math.isfinite(values) else 0.0
    high, low = values.max(initial=0.0), values.min(initial=0.0)
    if not np.isfinite(high):
        high, low = np.fmax.reduce(values, initial=0.0), np.fmin.reduce(values, initial=0.0)
    return float(max(high, -low))


def _past(values: FloatArray, cut: float, side: int) -> BoolArray:
    return np.asarray(values >= cut if side > 0 else values <= cut)


def _sums(mask: BoolArray, window: int) -> npt.NDArray[np.uint8]:
    """How many of the window that ends at each slot are True."""
    ones = mask.view(np.uint8)
    total = ones.copy()
    for back in range(1, min(window, len(ones))):
        total[back:] += ones[:-back]
    return total
