"""Which unit the numbers of one quantity are in, from all the words that stand behind them: a pure decision.

Numbers in another unit of the same family are converted where the wanted unit is known; numbers of another family,
and numbers without a unit among others that need one, are held back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from opsmetrics.ingest.units import CLOCK, SCALED, SPAN, Unit, unit_of

_MINUTE = Unit("time", 1.0, "min")


@dataclass(frozen=True)
class Choice:
    """`factors`: word ('' for a number without one) → what its numbers are multiplied by. `held`: words whose numbers
    are held back. `unit`: the unit that results, None where there is none to speak of. `among`: names of the units of
    which a person must choose one first."""

    factors: Mapping[str, float] = field(default_factory=dict)
    held: tuple[str, ...] = ()
    unit: Unit | None = None
    among: tuple[str, ...] = ()


def choose(
    found: Mapping[str, int], wanted: Unit | None = None, bare: Unit | None = None, answer: str | None = None
) -> Choice:
    """Decide over the words (word → numbers other than 0). `wanted`: the unit of the KPI; `bare`: that of numbers
    without a word, from the header; `answer`: the name of the unit that a person chose."""
    words = {word: n for word, n in found.items() if word}
    without = found.get("", 0)
    units = _resolved(words)
    if not words:
        return _only_bare(wanted, bare)
    goal = wanted or bare
    if sum(words.values()) < without and not any(goal and unit.family == goal.family for unit in units.values()):
        return Choice(held=tuple(words))  # a word here and there among mere numbers
    family = _family(units, words, goal)
    kept = {word: unit for word, unit in units.items() if unit.family == family}
    held = [word for word in words if word not in kept]
    target = _target(family, kept, goal, answer)
    if target is None:
        often = sorted(kept, key=lambda word: -words[word])
        return Choice(among=tuple(dict.fromkeys(kept[word].name for word in often)))
    factors = {word: unit.factor / target.factor for word, unit in kept.items()}
    if bare is not None and bare.family == family:
        factors[""] = bare.factor / target.factor
    elif without and (family in SCALED or (family != "multiple" and any(f != 1.0 for f in factors.values()))):
        held.append("")
    return Choice(factors, tuple(held), target)


def _only_bare(wanted: Unit | None, bare: Unit | None) -> Choice:
    """Mere numbers under a header that states their unit."""
    if wanted is None or bare is None or wanted.family != bare.family:
        return Choice()
    return Choice({"": bare.factor / wanted.factor}, (), wanted)


def _resolved(words: Mapping[str, int]) -> dict[str, Unit]:
    """What each word means. A word of its own is a family of its own; an m among hours is a minute."""
    units = {
        word: _MINUTE if word in (CLOCK, SPAN) else unit_of(word) or Unit(f"word {word.casefold()}", 1.0, word)
        for word in words
    }
    if any(unit.family == "time" for unit in units.values()):
        units |= {word: _MINUTE for word in units if word == "m"}
    return units


def _family(units: Mapping[str, Unit], words: Mapping[str, int], goal: Unit | None) -> str:
    """The family of most numbers; that of the KPI or the header where both measure something of their own."""
    weight: dict[str, int] = {}
    for word, unit in units.items():
        weight[unit.family] = weight.get(unit.family, 0) + words[word]
    most = max(weight, key=lambda family: (weight[family], family))
    physical = goal is not None and _physical(goal.family) and (goal.family in weight or _physical(most))
    return goal.family if goal is not None and physical else most


def _physical(family: str) -> bool:
    return family in SCALED or family.startswith("money")


def _target(family: str, kept: Mapping[str, Unit], goal: Unit | None, answer: str | None) -> Unit | None:
    """The unit that the numbers end in; None where a person must say it."""
    if goal is not None and goal.family == family:
        return goal
    names = {unit.name: unit for unit in kept.values()}
    if answer in names:
        return names[answer]
    if {CLOCK, SPAN} & set(kept):
        return _MINUTE
    if family in SCALED and len({unit.factor for unit in kept.values()}) > 1:
        return None
    if family in SCALED and kept:
        return next(iter(kept.values()))
    code = family.removeprefix("money ")
    return Unit(family, 1.0, "" if family == "multiple" else next(iter(names)) if code == family else code)
