"""Variation (verdict.md 13–23): is the process changing? The rows of the table, one function each, first match wins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from opsmetrics.catalog import Better
from opsmetrics.stats import early_warning
from opsmetrics.verdict.chart_choice import all_equal
from opsmetrics.verdict.measures import Numbers
from opsmetrics.verdict.model import Reason, Side, Variation
from opsmetrics.verdict.phases import ENOUGH

UNCONFIRMED = "improvement_unconfirmed"


@dataclass(frozen=True, eq=False)
class Situation:
    """What the rows of the table look at.

    value: the judged values of the phase, in order; begun: judged points exist in any phase. reasons: the deciding
    hits at the last judged point, ordered. first_event: that point is the first count that is not 0 (or not all of its
    trials). level: a row's value by position, for members; centre: centre line at the last judged point;
    middle: of the target's range, None where there is none.
    """

    better: Better
    value: Numbers
    begun: bool
    reasons: tuple[Reason, ...] = ()
    first_event: bool = False
    rare: bool = False
    level: Numbers | None = None
    centre: float = float("nan")
    middle: float | None = None


@dataclass(frozen=True)
class Finding:
    """The answer of the first row that fits. waits_for: reporters until whom an improvement is withheld."""

    variation: Variation
    side: Side = "none"
    reasons: tuple[Reason, ...] = ()
    early_warning: bool = False
    caveats: tuple[str, ...] = ()
    waits_for: tuple[str, ...] = ()


def find_variation(now: Situation) -> Finding:
    """The first row of the table that fits."""
    return next(found for row in ROWS if (found := row(now)) is not None)


def no_judged_point(now: Situation) -> Finding | None:
    """13. A phase that has just begun is not the same as no data: that is row 14 with no point yet."""
    return None if now.begun else Finding("none")


def too_few(now: Situation) -> Finding | None:
    """14. Fewer than 12 judged points; the last may still be an early warning, which has a side."""
    if len(now.value) >= ENOUGH:
        return None
    if not early_warning(now.value):
        return Finding("too_few")
    side: Side = "high" if now.value[-1] > np.mean(now.value[:-1]) else "low"
    return Finding("too_few", side, early_warning=True)


def constant(now: Situation) -> Finding | None:
    """15. Nothing varies."""
    return Finding("constant") if all_equal(now.value) else None


def first_event(now: Situation) -> Finding | None:
    """16. The first event after none (or the first failure after none): by itself, more than chance gives or not."""
    if not now.first_event:
        return None
    return _by_side(now) or Finding("common_cause", caveats=("first_event",))


def rare(now: Situation) -> Finding | None:
    """17. Too many departures lately, or none for longer than chance gives; neither is common cause."""
    if not now.rare:
        return None
    return _by_side(now) or Finding("common_cause")


def beyond_limits(now: Situation) -> Finding | None:
    """18. Rule 1 at the last judged point: its side, whatever else it completes."""
    side = next((reason.side for reason in now.reasons if reason.rule == "beyond_limits"), None)
    return None if side is None else Finding(word(now, side), side, now.reasons)


def one_side(now: Situation) -> Finding | None:
    """19. Other hits, all on one side (patterns without a side say nothing against it)."""
    return _by_side(now)


def both_sides(now: Situation) -> Finding | None:
    """20. Hits on both sides: the bad one, for missing harm costs more than a second look."""
    sides = _sides(now.reasons)
    if len(sides) < 2:
        return None
    side = next((side for side in sides if word(now, side) == "concerning"), sides[0])
    return Finding(word(now, side), side, now.reasons)


def sideless(now: Situation) -> Finding | None:
    """21. Only patterns without a side."""
    return Finding("changed", "none", now.reasons) if now.reasons else None


def ordinary(now: Situation) -> Finding | None:
    """22. Nothing decides otherwise."""
    return Finding("common_cause")


ROWS: tuple[Callable[[Situation], Finding | None], ...] = (
    no_judged_point,
    too_few,
    constant,
    first_event,
    rare,
    beyond_limits,
    one_side,
    both_sides,
    sideless,
    ordinary,
)


def _by_side(now: Situation) -> Finding | None:
    sides = _sides(now.reasons)
    return Finding(word(now, sides[0]), sides[0], now.reasons) if len(sides) == 1 else None


def _sides(reasons: Sequence[Reason]) -> list[Side]:
    return list(dict.fromkeys(reason.side for reason in reasons if reason.side != "none"))


def word(now: Situation, side: Side, members: Sequence[int] | None = None) -> Variation:
    """23. A side in words. For a range, worse is a mean of the members farther from its middle than the centre line.

    members: positions; None for those of the reasons on that side.
    """
    if side == "none":
        return "changed"
    if now.better == "neither":
        return "changed" if now.middle is None else _word_for_range(now, now.middle, side, members)
    return "improving" if (side == "high") == (now.better == "higher") else "concerning"


def _word_for_range(now: Situation, middle: float, side: Side, members: Sequence[int] | None) -> Variation:
    if members is None:
        members = sorted({row for reason in now.reasons if reason.side == side for row in reason.members})
    assert now.level is not None
    distance = abs(float(np.mean(now.level[list(members)])) - middle)
    return "concerning" if distance > abs(now.centre - middle) else "improving"


def withhold(finding: Finding, absent: Sequence[str]) -> Finding:
    """An improvement without a reporter is only a change, until a person marks the period complete."""
    if finding.variation != "improving" or not absent:
        return finding
    caveats = (*finding.caveats, UNCONFIRMED)
    return replace(finding, variation="changed", caveats=caveats, waits_for=tuple(absent))
