"""Run rules by name: the named sets, and rules with lengths of one's own.

Sources: Western Electric, Statistical Quality Control Handbook (1956); Nelson, Journal of Quality Technology 16 (1984);
AIAG, Statistical Process Control (2005); Provost & Murray, The Health Care Data Guide (IHI); NHS England, Making Data
Count, as NHSRplotthedots 0.2.2 judges it; Anhøj & Olesen, PLoS ONE 9 (2014).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from opsmetrics.stats.run_chart import ANHOEJ

Pattern = Literal["limits", "zone", "run", "trend", "alternating", "hugging", "outside"]

#: No window is longer: a longer one would never be looked at by anyone, and points to a slip.
LONGEST = 100


@dataclass(frozen=True)
class Rule:
    """`needed` of `window` points, beyond `zone` standard errors where the pattern has a zone.

    ties: whether equal neighbours break a trend or are passed over. both_sides: points outside count only where some
    are above and some below. one_side: no point of a zone's window may lie on the other side, and the last need not be
    beyond. within_limits: points beyond the limits do not count for the zone.
    Raises ValueError for a pattern that nothing could complete.
    """

    pattern: Pattern
    window: int
    needed: int
    zone: float = 0.0
    ties: Literal["break", "skip"] = "break"
    both_sides: bool = False
    one_side: bool = False
    within_limits: bool = False

    def __post_init__(self) -> None:
        fewest = _FEWEST[self.pattern]
        if not fewest <= self.window <= LONGEST:
            raise ValueError(f"rules: found {self.window} points; wanted {fewest} to {LONGEST} for this pattern")
        if not 1 <= self.needed <= self.window:
            raise ValueError(f"rules: found {self.needed} of {self.window} points; wanted no more than the window")
        if self.pattern != "zone" and self.needed != self.window:
            raise ValueError(f"rules: found {self.needed} of {self.window} points; wanted all of them for this pattern")
        if not 0 <= self.zone <= 6:
            raise ValueError(f"rules: found {self.zone:g} standard errors; wanted 0 to 6")

    @property
    def name(self) -> str:
        """The id by which `rule` finds it: that of `RULES` where it has one."""
        return _NAMES.get(self) or _spelled(self)


_FEWEST: dict[Pattern, int] = {
    "limits": 1,
    "zone": 1,
    "run": 2,
    "trend": 3,
    "alternating": 3,
    "hugging": 2,
    "outside": 2,
}

RULES: dict[str, Rule] = {
    "beyond_limits": Rule("limits", 1, 1),
    "two_of_three": Rule("zone", 3, 2, 2.0),
    "two_of_three_one_side": Rule("zone", 3, 2, 2.0, one_side=True),
    "two_of_three_within_limits": Rule("zone", 3, 2, 2.0, one_side=True, within_limits=True),
    "four_of_five": Rule("zone", 5, 4, 1.0),
    "run_of_6": Rule("run", 6, 6),
    "run_of_7": Rule("run", 7, 7),
    "run_of_8": Rule("run", 8, 8),
    "run_of_9": Rule("run", 9, 9),
    "trend_of_5": Rule("trend", 5, 5),
    "trend_of_6": Rule("trend", 6, 6),
    "trend_of_7": Rule("trend", 7, 7),
    "alternating_14": Rule("alternating", 14, 14),
    "hugging_15": Rule("hugging", 15, 15, 1.0),
    "outside_8": Rule("outside", 8, 8, 1.0),
}
_NAMES = {rule: name for name, rule in RULES.items()}

RULE_1 = ("beyond_limits",)
DAILY = ("beyond_limits", "run_of_8")
WESTERN_ELECTRIC = ("beyond_limits", "two_of_three", "four_of_five", "run_of_8")
_ZONES_AND_SHAPES = ("trend_of_6", "alternating_14", "two_of_three", "four_of_five", "hugging_15", "outside_8")
NELSON = ("beyond_limits", "run_of_9", *_ZONES_AND_SHAPES)
AIAG = ("beyond_limits", "run_of_7", *_ZONES_AND_SHAPES)
IHI = ("run_of_6", "trend_of_5")
#: NHS Making Data Count, in its order of priority: as its tools judge, and as announced, with points beyond the limits
#: counting for 2 of 3.
NHS = ("beyond_limits", "trend_of_7", "two_of_three_within_limits", "run_of_7")
NHS_ANNOUNCED = ("beyond_limits", "trend_of_7", "two_of_three_one_side", "run_of_7")

RULE_SETS: dict[str, tuple[str, ...]] = {
    "rule_1": RULE_1,
    "daily": DAILY,
    "western_electric": WESTERN_ELECTRIC,
    "nelson": NELSON,
    "aiag": AIAG,
    "nhs": NHS,
    "nhs_announced": NHS_ANNOUNCED,
    "ihi": IHI,
    "anhoej": ANHOEJ,
}

#: A rule by its id, as an object, or several of them; or the name of a set.
Rules: TypeAlias = Sequence["str | Rule"] | str

#: How rules with lengths of one's own are written.
OWN = "run_of_N, trend_of_N, alternating_N, hugging_N, outside_N or K_of_M_beyond_Z (N, K, M points; Z standard errors)"
_OWN = re.compile(
    r"(?P<run>run_of|alternating|hugging)_(?P<n>[1-9]\d*)"
    r"|trend_of_(?P<trend>[1-9]\d*)(?P<skip>_ties_skipped)?"
    r"|outside_(?P<outside>[1-9]\d*)(?P<both>_both_sides)?"
    r"|(?P<k>[1-9]\d*)_of_(?P<m>[1-9]\d*)_beyond_(?P<z>[0-6](?:\.\d*[1-9])?)"
    r"(?P<one>_one_side)?(?P<within>_within_limits)?"
)


def rule(name: str) -> Rule:
    """The rule of an id in `RULES`, or of one with its own lengths.

    run_of_N, alternating_N, hugging_N; trend_of_N and trend_of_N_ties_skipped; outside_N and outside_N_both_sides;
    K_of_M_beyond_Z, with _one_side and _within_limits. Raises ValueError for anything else.
    """
    if name in RULES:
        return RULES[name]
    found = _OWN.fullmatch(name)
    if found is None:
        raise ValueError(f"rules: found {name!r}; wanted ids among {', '.join((*RULES, *ANHOEJ))}, or {OWN}")
    try:
        return _own(found)
    except ValueError as wrong:
        raise ValueError(f"{wrong} (in {name!r})") from None


def rules_by_name(rules: Rules) -> dict[str, Rule | None]:
    """Rules by id, in the order asked, each once; None for the two tests of a run chart. Raises as `rule` does."""
    if isinstance(rules, str):
        if rules not in RULE_SETS:
            raise ValueError(f"rules: found the set {rules!r}; wanted one of {', '.join(RULE_SETS)}")
        rules = RULE_SETS[rules]
    return dict(_named(item) for item in rules)


def _named(item: str | Rule) -> tuple[str, Rule | None]:
    if isinstance(item, Rule):
        return item.name, item
    if item in ANHOEJ:
        return item, None
    found = rule(item)
    return found.name, found


def _own(found: re.Match[str]) -> Rule:
    if found["k"]:
        one, within = bool(found["one"]), bool(found["within"])
        return Rule("zone", int(found["m"]), int(found["k"]), float(found["z"]), one_side=one, within_limits=within)
    if found["trend"]:
        n = int(found["trend"])
        return Rule("trend", n, n, ties="skip" if found["skip"] else "break")
    if found["outside"]:
        n = int(found["outside"])
        return Rule("outside", n, n, 1.0, both_sides=bool(found["both"]))
    n = int(found["n"])
    match found["run"]:
        case "run_of":
            return Rule("run", n, n)
        case "alternating":
            return Rule("alternating", n, n)
        case _:
            return Rule("hugging", n, n, 1.0)


def _spelled(own: Rule) -> str:
    """The id of a rule with its own lengths; one that no id can say says its zone too."""
    text = {
        "limits": "beyond_limits",
        "zone": f"{own.needed}_of_{own.window}_beyond_{own.zone:g}",
        "run": f"run_of_{own.window}",
        "trend": f"trend_of_{own.window}",
        "alternating": f"alternating_{own.window}",
        "hugging": f"hugging_{own.window}",
        "outside": f"outside_{own.window}",
    }[own.pattern]
    if own.ties == "skip":
        text += "_ties_skipped"
    if own.both_sides:
        text += "_both_sides"
    if own.one_side:
        text += "_one_side"
    return f"{text}_within_limits" if own.within_limits else text
