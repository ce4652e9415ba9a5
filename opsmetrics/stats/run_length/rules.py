"""Average run length of a Shewhart chart with run rules, by a Markov chain (Champ & Woodall, Technometrics 29, 1987).

A state is what the rules still remember of the last points. Rules that compare points with each other (trends,
alternation) have no such states and are refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal, TypeAlias

import numpy as np
from scipy.special import ndtr

from opsmetrics.stats.arrays import FloatArray, IntArray, one_of
from opsmetrics.stats.rules import Rule, Rules, rules_by_name
from opsmetrics.stats.run_length.kernel import Kernel

Windows = Literal["growing", "full"]
#: Per rule and side what it remembers: the ages' flags (newest first), or the length of a run.
_Memory: TypeAlias = tuple[tuple[bool, ...] | int, ...]
_State: TypeAlias = tuple[_Memory, int]

_SIGNAL = -1
_MOST_STATES = 6000


def rules_arl(shift: float, *, rules: Rules, n: int = 1, width: float = 3.0, windows: Windows = "growing") -> float:
    """Average run length of a chart of means of n with these run rules, at a lasting shift in σ of single readings.

    rules: as for `run_rules`; the limits are at `width` standard errors.
    windows: with "growing", as Champ & Woodall tabulate, k of m may complete before there are m points; with "full",
    as `run_rules` judges, only from the m-th on. Raises ValueError for rules that compare points with each other.
    """
    return rules_kernel(shift, rules, n, width, windows).arl


def rules_survival(
    shift: float,
    horizon: int,
    *,
    rules: Rules,
    n: int = 1,
    width: float = 3.0,
    windows: Windows = "growing",
) -> FloatArray:
    """Chance of no signal in the first t points, for t = 0 … horizon. Arguments as for `rules_arl`."""
    return rules_kernel(shift, rules, n, width, windows).survival(horizon)


def rules_kernel(shift: float, rules: Rules, n: int, width: float, windows: Windows) -> Kernel:
    """The chain at one shift."""
    one_of(windows, ("growing", "full"), "windows")
    cuts, moves = _moves(chain_rules(rules), float(width), windows)
    below = ndtr(np.array(cuts) - shift * np.sqrt(n))
    above = ndtr(shift * np.sqrt(n) - np.array(cuts))
    upper_side = np.array(cuts) > shift * np.sqrt(n)
    chance = np.where(upper_side[1:], above[:-1] - above[1:], below[1:] - below[:-1])
    matrix = np.zeros((len(moves), len(moves)))
    state, zone = np.nonzero(moves != _SIGNAL)
    np.add.at(matrix, (state, moves[state, zone]), chance[zone])
    return Kernel(matrix[0], matrix)


def chain_rules(rules: Rules) -> tuple[Rule, ...]:
    """The rules asked for. Raises ValueError for unknown rules and for those that have no chain."""
    named = rules_by_name(rules)
    for name, rule in named.items():
        if rule is None or not has_chain(rule):
            raise ValueError(
                f"rules: found {name!r}, for which there is no exact run length; wanted limits, zones, runs, hugging "
                "and outside without options of their own"
            )
    if not named:
        raise ValueError("rules: found none; wanted one or more")
    return tuple(rule for rule in named.values() if rule is not None)


def has_chain(rule: Rule) -> bool:
    """Whether the rule asks each point only for its own zone."""
    plain = not (rule.one_side or rule.within_limits or rule.both_sides)
    return plain and rule.pattern not in ("trend", "alternating")


@lru_cache(maxsize=64)
def _moves(rules: tuple[Rule, ...], width: float, windows: str) -> tuple[tuple[float, ...], IntArray]:
    """Cuts of the zones (with both infinities), and states × zones: the next state, −1 where a rule completes."""
    limit = width if any(rule.pattern == "limits" for rule in rules) else np.inf
    zones = {rule.zone for rule in rules if rule.pattern in ("zone", "hugging", "outside")}
    lines = sorted({side * line for line in (*zones, limit, 0.0) for side in (-1.0, 1.0)} | {-np.inf, np.inf})
    cuts = tuple(dict.fromkeys(line + 0.0 for line in lines))
    inside = [_Place(a, b) for a, b in pairwise(cuts)]
    oldest = max((rule.window for rule in rules if rule.pattern == "zone"), default=1) if windows == "full" else 1
    first: _State = (tuple(_nothing(rule) for rule in rules for _ in _sides(rule)), 1)
    known, table = {first: 0}, []
    queue = [first]
    for state in queue:
        row = []
        for place in inside:
            found = None if place.beyond(limit) else _next(state, place, rules, oldest)
            if found is not None and found not in known:
                known[found] = len(known)
                queue.append(found)
                if len(known) > _MOST_STATES:
                    raise ValueError("rules: found too many together for an exact chain; leave one out")
            row.append(_SIGNAL if found is None else known[found])
        table.append(row)
    return cuts, np.array(table, dtype=np.int64)


@dataclass(frozen=True)
class _Place:
    """A zone between two neighbouring cuts."""

    lower: float
    upper: float

    def beyond(self, line: float) -> bool:
        """Whether all of it is beyond the line, on either side."""
        return self.lower >= line or self.upper <= -line

    def side(self) -> int:
        return 1 if self.lower >= 0 else -1

    def past(self, line: float, side: int) -> bool:
        return self.lower >= line if side > 0 else self.upper <= -line


def _sides(rule: Rule) -> tuple[int, ...]:
    return (1, -1) if rule.pattern in ("zone", "run") else (0,)


def _nothing(rule: Rule) -> tuple[bool, ...] | int:
    return (False,) * (rule.window - 1) if rule.pattern == "zone" else 0


def _next(state: _State, place: _Place, rules: tuple[Rule, ...], oldest: int) -> _State | None:
    """The state after a point in a zone; None where a rule completes. The second part counts points up to `oldest`."""
    memory, age = state
    parts = iter(memory)
    after: list[tuple[bool, ...] | int] = []
    for rule in rules:
        for side in _sides(rule):
            part = next(parts)
            if isinstance(part, tuple):
                hit = place.past(rule.zone, side)
                full = age >= min(rule.window, oldest)
                if hit and full and sum(part) + 1 >= rule.needed:
                    return None
                after.append(_useful((hit, *part[:-1]), rule))
            else:
                length = part + 1 if _belongs(rule, place, side) else 0
                if rule.pattern != "limits" and length >= rule.needed:
                    return None
                after.append(0 if rule.pattern == "limits" else length)
    return tuple(after), min(age + 1, oldest)


def _belongs(rule: Rule, place: _Place, side: int) -> bool:
    if rule.pattern == "run":
        return place.side() == side
    return place.beyond(rule.zone) is (rule.pattern == "outside")


def _useful(flags: tuple[bool, ...], rule: Rule) -> tuple[bool, ...]:
    """Flags that may still complete the rule: with the next t points beyond, the window must reach `needed`."""
    return tuple(
        flag
        and any(
            sum(flags[: rule.window - t]) + t >= rule.needed
            for t in range(1, min(rule.window - age, rule.needed - 1) + 1)
        )
        for age, flag in enumerate(flags, start=1)
    )
