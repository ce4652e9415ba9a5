"""What leadership is told to ask about first, and the headline of its summary: one test for each rank."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd

from opsmetrics.verdict.asking import ask_first, asks_title, summary_headline
from opsmetrics.verdict.model import Identity, Verdict

IDENTITY = Identity("late", (), "month", pd.Timestamp("2026-11-24"), 1, 1, "x")
USUAL = Verdict(
    identity=IDENTITY,
    variation="common_cause",
    side="none",
    reasons=(),
    episode=None,
    assurance="meets",
    firm=True,
    stance="leave_alone",
    data="fresh",
    as_of_period="Oct 2026",
    n=24,
    early_warning=False,
    caveats=(),
    sentence=(),
    value=0.10,
    lower=0.05,
    centre=0.10,
    upper=0.15,
    target={"high": 0.2},
)


def verdict(**changes: Any) -> Verdict:
    return replace(USUAL, **changes)


WORSE = verdict(variation="concerning", side="high", stance="find_cause", value=0.18)
WORSE_AND_FAILS = replace(WORSE, assurance="fails", target={"high": 0.02})
FAILS = verdict(assurance="fails", stance="change_process", target={"high": 0.02})
CHANGED = verdict(variation="changed", stance="find_cause")
LATE = verdict(data="late", stance="get_data")
BETTER = verdict(variation="improving", side="low", stance="learn_keep")
MIXED = verdict(assurance="hit_or_miss", stance="no_single_misses")


def test_the_order_of_asking() -> None:
    given = [LATE, CHANGED, FAILS, WORSE, WORSE_AND_FAILS]
    assert ask_first(given, most=5) == (4, 3, 2, 1, 0)
    assert ask_first(given) == (4, 3, 2), "three at most"


def test_what_need_not_be_asked_about() -> None:
    young = verdict(variation="too_few", assurance="too_early", stance="wait")
    assert ask_first([USUAL, BETTER, MIXED, young]) == ()


def test_the_farthest_out_comes_first_and_ties_stay_in_order() -> None:
    farther = replace(WORSE, value=0.30)
    assert ask_first([WORSE, farther, WORSE]) == (1, 0, 2)


def test_a_figure_without_limits_counts_as_near() -> None:
    bare = replace(WORSE, lower=None, upper=None)
    assert ask_first([bare, WORSE]) == (1, 0)


def test_how_far_a_target_lies_outside_ranks_what_fails() -> None:
    near = replace(FAILS, target={"high": 0.04})
    assert ask_first([near, FAILS]) == (1, 0)


def test_headlines() -> None:
    names = ["Late deliveries", "Scrap", "Yield"]
    assert summary_headline([WORSE_AND_FAILS, FAILS, USUAL], names) == (
        "One got worse, two cannot meet their targets as they run. Ask about Late deliveries first."
    )
    assert (
        summary_headline([USUAL, FAILS, USUAL], names)
        == "One cannot meet its target as it runs. Ask about Scrap first."
    )
    assert summary_headline([WORSE, USUAL, USUAL], names) == "One got worse. Ask about Late deliveries first."
    assert summary_headline([USUAL, BETTER, MIXED], names) == "Nothing got worse, and no target is out of reach."
    assert summary_headline([], []) == "Nothing to watch yet."


def test_what_could_not_be_judged_is_not_called_fine() -> None:
    names = ["Late deliveries", "Scrap"]
    nothing = verdict(variation="none", assurance="too_early", stance="get_data", data="missing")
    young = verdict(variation="too_few", assurance="too_early", stance="wait")
    assert summary_headline([nothing, nothing], names) == "No data have arrived yet. Ask about Late deliveries first."
    assert summary_headline([young, young], names) == "Too early to tell."
    assert summary_headline([young, nothing], names) == "Too early to tell. Ask about Scrap first."
    assert summary_headline([young, USUAL], names) == "Nothing got worse, and no target is out of reach."


def test_the_title_above_what_to_ask() -> None:
    assert asks_title(1) == "Ask about this first"
    assert asks_title(3) == "Ask about these three first"
