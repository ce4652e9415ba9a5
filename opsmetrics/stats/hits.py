"""Every hit of every rule, as columns: what `run_rules` tells as a table, found at the speed of the comparisons alone.

Each point is measured against its own unclamped standard error. "Beyond" is strict: a value within 1e-9 standard errors
(or 8 units in the last place) of a line is on it. A point on the centre line has no side. A gap, a change of phase and
a point without limits break every pattern; where the limits lie on the centre line (σ = 0) only rule 1 is judged.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.stats.arrays import BoolArray, IntArray, Labels, Values, floats
from opsmetrics.stats.layout import layout
from opsmetrics.stats.patterns import Block, Lines, completed, sided
from opsmetrics.stats.results import ControlChart
from opsmetrics.stats.rules import Rule

SIDES = {1: "high", -1: "low", 0: "none"}


@dataclass(frozen=True, eq=False)
class Hits:
    """Hits in order of position, then of the rules: one element a hit in each array.

    position: of the completing point. rule: place among `rules`. side: 1 high, -1 low, 0 none. length: points in the
    unbroken pattern that ends there; of a zone those beyond. The points of a pattern are made when asked for.
    """

    rules: dict[str, Rule]
    position: IntArray
    rule: npt.NDArray[np.uint8]
    side: npt.NDArray[np.int8]
    length: IntArray
    _lines: Lines
    _skipping: dict[int, IntArray]  # by rule: the slots that ties leave, for trends that pass over them

    def __len__(self) -> int:
        return len(self.position)

    @cached_property
    def window(self) -> IntArray:
        """How many slots the pattern of each hit spans; for a trend that passes over ties, how many of its slots."""
        return np.array([rule.window for rule in self.rules.values()], dtype=np.int64)[self.rule]

    @cached_property
    def start(self) -> IntArray:
        """The first point of each pattern: of its window, of a zone the first that counts."""
        first = self.position - self.window + 1
        for place, rule in enumerate(self.rules.values()):
            here = np.flatnonzero(self.rule == place)
            if rule.pattern == "zone":
                counted = self._counted(rule, here)
                first[here] += counted.argmax(axis=1)
            elif place in self._skipping:
                kept = self._skipping[place]
                first[here] = kept[np.searchsorted(kept, self.position[here]) - rule.window + 1]
        return first

    @cached_property
    def end(self) -> IntArray:
        """The last point of each pattern: the completing one, but for zones that one which does not count completed."""
        last = self.position.copy()
        for place, rule in enumerate(self.rules.values()):
            if rule.one_side:
                here = np.flatnonzero(self.rule == place)
                last[here] -= self._counted(rule, here)[:, ::-1].argmax(axis=1)
        return last

    @cached_property
    def members(self) -> list[tuple[int, ...]]:
        """The points of each pattern: those of its window, of a zone those that count."""
        found: list[tuple[int, ...]] = [()] * len(self)
        for here, windows, counted in self.points():
            if counted is None:
                rows = list(map(tuple, windows.tolist()))
            else:
                rows = [tuple(row[keep].tolist()) for row, keep in zip(windows, counted, strict=True)]
            for hit, row in zip(here.tolist(), rows, strict=True):
                found[hit] = row
        return found

    def points(self) -> Iterator[tuple[IntArray, IntArray, BoolArray | None]]:
        """The same as arrays, rule by rule: which hits, a window for each, and of a zone what counts in it."""
        for place, rule in enumerate(self.rules.values()):
            here = np.flatnonzero(self.rule == place)
            if not len(here):
                continue
            yield here, self._windows(place, rule, here), self._counted(rule, here) if rule.pattern == "zone" else None

    def table(self) -> pd.DataFrame:
        """The hits as `run_rules` tells them: position, rule, side, members, length."""
        names = np.array(list(self.rules), dtype=object)
        return pd.DataFrame(
            {
                "position": self.position,
                "rule": pd.Series(names[self.rule], dtype="str"),
                "side": pd.Series(np.array(["none", "high", "low"], dtype=object)[self.side], dtype="str"),
                "members": pd.Series(self.members, dtype=object),
                "length": self.length,
            }
        )

    def _windows(self, place: int, rule: Rule, here: IntArray) -> IntArray:
        back = np.arange(1 - rule.window, 1)
        kept = self._skipping.get(place)
        if kept is None:
            return self.position[here][:, None] + back
        return np.asarray(kept[np.searchsorted(kept, self.position[here])[:, None] + back])

    def _counted(self, rule: Rule, here: IntArray) -> BoolArray:
        """Which slots of the windows of some hits of a zone count."""
        windows = self.position[here][:, None] + np.arange(1 - rule.window, 1)
        block = Block(self._lines.part(windows.ravel()))
        high, low = (block.counted(rule, side).reshape(windows.shape) for side in (1, -1))
        return np.where(self.side[here][:, None] > 0, high, low)


def hits(chart_or_z: ControlChart | Values, rules: Sequence[Rule], phase: Labels | None = None) -> Hits:
    """Every hit of some rules on a chart, or on values in standard errors from the centre with `phase` labels if any.

    Raises ValueError for a chart given together with `phase`.
    """
    lines, starts = _read(chart_or_z, phase)
    skipping: dict[int, IntArray] = {}
    by_name = {rule.name: rule for rule in rules}
    wanted = sided(list(by_name.values()))
    plain = [(place, one) for place, one in wanted if one[0].ties == "break"]
    found = [_of(lines, starts, plain)]
    if len(plain) < len(wanted):
        kept = _without_ties(lines, starts)
        first = np.searchsorted(kept, starts)
        own = [(place, one) for place, one in wanted if one[0].ties == "skip"]
        among, *others = _of(lines.part(kept), np.unique(first[first < len(kept)]), own)
        found.append((kept[among], others[0], others[1], others[2]))
        skipping = dict.fromkeys((place for place, _ in own), kept)
    position, rule, side, length = (np.concatenate(columns) for columns in zip(*found, strict=True))
    if skipping:
        order = np.lexsort((rule, position))
        position, rule, side, length = position[order], rule[order], side[order], length[order]
    return Hits(by_name, position, rule.astype(np.uint8), side.astype(np.int8), length, lines, skipping)


def _read(chart_or_z: ControlChart | Values, phase: Labels | None) -> tuple[Lines, IntArray]:
    """What is compared, and the slots at which a phase starts, the first among them."""
    if isinstance(chart_or_z, ControlChart):
        if phase is not None:
            raise ValueError("phase: a chart brings its own phases; give phase with plain values only")
        lines, phases = Lines.of(chart_or_z), np.asarray(chart_or_z.column("phase"))
    else:
        value = floats(chart_or_z)
        phases = layout(np.isfinite(value), phase, None, None).phase
        lines = Lines(value, *(np.asarray(line) for line in (0.0, 1.0, -3.0, 3.0)))
    if len(phases) and phases.strides == (0,):
        return lines, np.zeros(1, dtype=np.int64)
    return lines, np.flatnonzero(np.concatenate([[True], phases[1:] != phases[:-1]])[: len(phases)])


_Columns = tuple[IntArray, IntArray, IntArray, IntArray]


def _of(lines: Lines, starts: IntArray, wanted: Sequence[tuple[int, tuple[Rule, int]]]) -> _Columns:
    """Position, place of the rule, side and length of each hit."""
    nothing = np.zeros(0, dtype=np.int64)
    blocks = [(nothing, nothing, nothing), *completed(lines, [one for _, one in wanted])]
    position, which, beyond = (np.concatenate(columns) for columns in zip(*blocks, strict=True))
    places, windows, sides = (
        (
            np.array(column, dtype=np.int64)
            for column in zip(*((place, rule.window, side) for place, (rule, side) in wanted), strict=True)
        )
        if wanted
        else (nothing, nothing, nothing)
    )
    if len(starts) > 1:
        begun = starts[np.searchsorted(starts, position, side="right") - 1]
        inside = position - windows[which] + 1 >= begun
        position, which, beyond = position[inside], which[inside], beyond[inside]
    length = beyond
    for number, (_, (rule, _side)) in enumerate(wanted):
        if rule.pattern != "zone":
            here = np.flatnonzero(which == number)
            length[here] = rule.window + _in_chain(position[here]) * (rule.window > 1)
    return position, places[which], sides[which], length


def _in_chain(position: IntArray) -> IntArray:
    """How many positions right before each, without a hole. An unbroken pattern is a hit at each point from its window
    on, so this is how much longer than its window it is."""
    index = np.arange(len(position))
    begins = np.concatenate([[True], np.diff(position) != 1])[: len(position)]
    return index - np.maximum.accumulate(np.where(begins, index, 0))


def _without_ties(lines: Lines, starts: IntArray) -> IntArray:
    """The slots that are not level with the one before them in their phase."""
    block = Block(lines)
    level = np.zeros(len(lines.value), dtype=np.bool_)
    level[1:] = block.valid[1:] & block.valid[:-1] & ~block.steps(1) & ~block.steps(-1)
    level[starts] = False
    return np.flatnonzero(~level)
