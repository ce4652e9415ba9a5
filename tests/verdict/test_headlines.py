"""Headlines and the reasons for a chart. Authority: the patterns of the design, filled in by hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from opsmetrics.verdict import sentences
from opsmetrics.verdict.explanations import explain_choice, propose
from opsmetrics.verdict.languages import language
from opsmetrics.verdict.model import Verdict
from tests.verdict.sketches import LATE, NBSP, YIELD, verdict

WORSE: dict[str, Any] = {"variation": "concerning", "side": "high", "stance": "find_cause"}
BETTER: dict[str, Any] = {"variation": "improving", "side": "low", "stance": "learn_keep"}
CHANGED: dict[str, Any] = {"variation": "changed", "side": "high", "stance": "find_cause"}
EARLY: dict[str, Any] = {"variation": "too_few", "early_warning": True, "stance": "find_cause"}
FAILS: dict[str, Any] = {"assurance": "fails", "stance": "change_process"}
LATE_DATA: dict[str, Any] = {"variation": "concerning", "data": "late", "stance": "get_data"}
WAITING: dict[str, Any] = {"variation": "too_few", "assurance": "too_early", "stance": "wait"}


def mix(*groups: tuple[int, dict[str, Any]]) -> list[Verdict]:
    return [verdict(**fields) for count, fields in groups for _ in range(count)]


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ([], "Nothing to watch yet."),
        (mix((48, {})), "Nothing changed. Leave all 48 alone."),
        (mix((3, WORSE), (1, BETTER), (38, {})), "Three got worse, one improved. Leave 38 alone."),
        # A target at risk, missing data and waiting ones stand in their sections, as on the design's screen
        (
            mix((3, WORSE), (1, FAILS), (1, LATE_DATA), (1, BETTER), (38, {}), (4, WAITING)),
            "Three got worse, one improved. Leave 38 alone.",
        ),
        (mix((1, WORSE), (2, CHANGED), (1, EARLY)), "One got worse, two changed, one gave an early warning."),
        (mix((13, BETTER), (1, {})), "13 improved. Leave 1 alone."),
        (mix((2, LATE_DATA), (5, {})), "Nothing changed. Get the data for two first. Leave 5 alone."),
        (mix((1, FAILS), (5, {})), "Nothing changed. One cannot meet the target as it runs. Leave 5 alone."),
        (mix((2, FAILS), (5, {})), "Nothing changed. Two cannot meet their targets as they run. Leave 5 alone."),
        (mix((3, WAITING)), "Too early to tell."),
        (mix((3, WAITING), (2, {})), "Nothing changed. Leave 2 alone."),
        (mix((1, {})), "Nothing changed. Leave it alone."),
    ],
)
def test_headline_of_today(verdicts: Sequence[Verdict], expected: str) -> None:
    assert sentences.headline(verdicts) == expected


def test_late_data_are_not_news() -> None:
    """The last known verdict is kept, grey: it got worse then, not now."""
    assert "worse" not in sentences.headline(mix((1, LATE_DATA), (3, {})))


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        (WORSE, "Late share got worse. Find the cause."),
        (CHANGED, "Late share changed. Find the cause."),
        (EARLY, "Late share gave an early warning. Find the cause."),
        (LATE_DATA, "Late share: get the data first."),
        (FAILS, "Late share cannot meet its target as it runs. Change the process."),
        (
            {"assurance": "hit_or_miss", "stance": "no_single_misses"},
            "Late share meets its target at times. Do not chase single misses.",
        ),
        (BETTER, "Late share improved. Learn and keep it."),
        ({}, "Late share: leave it alone."),
        (WAITING, "Late share: too early to tell."),
        ({"variation": "none", "stance": "wait"}, "Late share: no data yet."),
    ],
)
def test_headline_of_one_kpi(fields: dict[str, Any], expected: str) -> None:
    assert sentences.kpi_headline(LATE, verdict(**fields)) == expected


def test_headline_of_a_slice_names_it() -> None:
    found = verdict(slice=(("line", "Line 3"), ("site", "North")))
    assert sentences.kpi_headline(LATE, found) == "Late share · Line 3 · North: leave it alone."


@pytest.mark.parametrize(
    ("kind", "code", "values", "why", "rejected"),
    [
        ("constant", "all_equal", {"n": 30}, "All 30 judged values are equal.", ""),
        (
            "rare",
            "mostly_equal",
            {"share": 0.916, "n": 60, "usual": 1.0, "kpi": YIELD, "rejected": "p"},
            "92 % of the 60 judged values equal 100.0 %.",
            "p chart: most values are one and the same, so limits and runs would mean nothing.",
        ),
        (
            "p",
            "counting_noise",
            {"sigma_z": 1.053, "limit": 1.3528, "rejected": "p_prime"},
            "Chance in counting explains the spread (σz 1.05, at most 1.35 expected).",
            "p′ chart: its limits would follow noise that is explained already.",
        ),
        (
            "p_prime",
            "overdispersed",
            {"sigma_z": 42.134, "limit": 1.3212, "rejected": "p"},
            "The points spread more than chance in counting explains (σz 42.13, at most 1.32 expected).",
            "p chart: its limits would be too narrow.",
        ),
        (
            "xbar_s",
            "within_explains",
            {"sigma_z": 0.98, "limit": 1.3, "rejected": "xmr", "grain": "day"},
            "The spread within each day explains the spread between them (σz 0.98, at most 1.30 expected).",
            "XmR chart: its limits would follow noise that is explained already.",
        ),
        (
            "xmr",
            "between",
            {"sigma_z": 17.0, "limit": 1.2, "rejected": "xbar_s", "grain": "day"},
            "The averages spread more than their own readings explain (σz 17.00, at most 1.20 expected).",
            "Xbar-S chart: its limits would be too narrow.",
        ),
        ("xmr", "single_readings", {"grain": "shift"}, "One reading in each shift.", ""),
        (
            "rare",
            "small_counts",
            {"expected": 0.4, "rejected": "p"},
            "The typical expected count is 0.40, below 1.",
            "p chart: counts this small are too coarse for limits.",
        ),
        ("p", "too_few", {}, "Fewer than two judged points: no limits yet.", ""),
        (
            "p",
            "override",
            {"automatic": ("p_prime", "overdispersed"), "sigma_z": 2.0, "limit": 1.3, "rejected": "p"},
            "Chosen in the catalogue.",
            "The automatic choice would have been the p′ chart. The points spread more than chance in counting "
            "explains (σz 2.00, at most 1.30 expected).",
        ),
        ("p", "override", {}, "Chosen in the catalogue.", ""),
    ],
)
def test_why_this_chart(kind: str, code: str, values: dict[str, Any], why: str, rejected: str) -> None:
    found = explain_choice(kind, code, values)
    assert {name: part.replace(NBSP, " ") for name, part in found.items()} == {
        "kind": language("en").words["chart"][kind],
        "why": why,
        "rejected": rejected,
    }


def test_proposals() -> None:
    during = [{"label": f"{day} Nov 2026", "grain": "day", "period": f"2026-11-{day}"} for day in (14, 16)]
    levels = {"at": during[1], "during": during, "a": 0.203, "b": 0.174, "m": 38, "k": 22, "grain": "day"}
    found = [
        propose("lock", LATE, {"n": 24, "grain": "month"}),
        propose("step", LATE, levels),
        propose("step_unclear", LATE, levels),
        propose("drift", LATE, {"a": 0.203, "b": 0.174, "n": 60, "grain": "day"}),
        propose("weekday", LATE, {"share": 0.231}),
        propose("coarser", LATE, {"grain": "week"}),
    ]
    assert [sentences.render([one]).replace(NBSP, " ") for one in found] == [
        "24 judged months: enough to lock the limits.",
        "Its level changed on 16 Nov 2026, from 20.3 % to 17.4 % (38 days before, 22 after; 95 % range: from "
        "14 Nov 2026 to 16 Nov 2026): start a new phase there?",
        "Its level changed on 16 Nov 2026, from 20.3 % to 17.4 % (38 days before, 22 after; 95 % range: from "
        "14 Nov 2026 to 16 Nov 2026), though a slow drift fits about as well: start a new phase there?",
        "Its level drifts, from about 20.3 % to 17.4 % over 60 days, rather than having changed at one moment: find "
        "what wears or creeps. New limits would soon be wrong again.",
        "The day of the week explains 23 % of the spread: adjust the limits for it?",
        "The counts are too small for this grain: try week.",
    ]
