"""Golden sentences where there are no limits: constant and rare series, too few points, restarts.

Authority: the patterns of the specification, filled in by hand with the numbers of the points drawn in each test
(21.39 % is 21.4 %; 17.45 % ± 3 · 0.7833 points is 15.1–19.8 %).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from opsmetrics.catalog import Decision
from opsmetrics.verdict.model import Reason
from tests.verdict.sketches import CHANGEOVER, LATE, YIELD, concerning, day, points, text, verdict, with_target

# Constant


def test_constant_meets_and_fails() -> None:
    kpi = with_target(replace(CHANGEOVER, better="lower"), 20.0)
    frame = points([20.0] * 15, kpi=kpi)
    found = verdict(variation="constant", assurance="meets", n=15)
    assert text(found, frame, kpi) == "Changeover time has been 20.0 min for 15 days. Leave it alone."
    kpi = with_target(replace(CHANGEOVER, better="lower"), 15.0)
    found = verdict(variation="constant", assurance="fails", stance="change_process", n=15)
    assert text(found, points([20.0] * 15, kpi=kpi), kpi) == (
        "Changeover time has been 20.0 min for 15 days. It misses the target ≤ 15.0 min: only a change of the process "
        "will reach it."
    )


def test_all_zero() -> None:
    """15 × 20 = 300 orders: 1 − 0.05^(1/300) = 0.99361 %, said as 1.00; 0.5 % takes ln 0.05 / ln 0.995 = 598."""
    kpi = with_target(LATE, 0.5)
    frame = points([0.0] * 15, kpi=kpi, size=20.0)
    found = verdict(variation="constant", assurance="too_early", stance="wait", n=15)
    assert text(found, frame, kpi) == (
        "No late orders in 300 orders: the true rate is below 1.00 % (95 %). Showing the target ≤ 0.5 % takes 598 such "
        "orders."
    )


def test_a_bound_is_rounded_so_that_it_stays_true() -> None:
    """15 × 1,000 = 15,000 orders: 0.019970 %, never "0.0 %" nor "0.01 %"; and from above for all of n."""
    frame = points([0.0] * 15, size=1000.0)
    found = verdict(variation="constant", n=15)
    expected = "No late orders in 15,000 orders: the true rate is below 0.020 % (95 %). Leave it alone."
    assert text(found, frame) == expected
    frame = points([1.0] * 15, kpi=YIELD, size=20.0)
    assert text(verdict(variation="constant", n=15), frame, YIELD) == (
        "First-pass yield has been 100.0 % in all 300 units: the true rate is above 99.00 % (95 %). Leave it alone."
    )


def test_unnamed_counts_have_words() -> None:
    kpi = replace(LATE, numerator=None, denominator=None)
    found = verdict(variation="constant", n=15)
    assert text(found, points([0.0] * 15, kpi=kpi), kpi).startswith("No events in 15,000 trials: ")


# Rare


def rare(values: Sequence[float], **given: Any) -> pd.DataFrame:
    return points(values, kpi=with_target(YIELD, 100.0), size=50.0, **given)


def test_rare_usual() -> None:
    frame = rare([1.0] * 55 + [0.98] * 5, start="2026-09-01")
    found = verdict(assurance="too_early", stance="wait", n=60)
    assert text(found, frame, with_target(YIELD, 100.0), chart_kind="rare") == (
        "First-pass yield 98.0 %: it was 100.0 % in 55 of 60 days. 1 of 12 months to compare with the target "
        "≥ 100.0 %: too early to tell."
    )


@pytest.mark.parametrize(
    ("missed", "assurance", "stance", "expected"),
    [
        (3, "hit_or_miss", "no_single_misses", "It met the target ≥ 100.0 % in 9 of the last 12 months."),
        (
            12,
            "fails",
            "change_process",
            "It missed the target ≥ 100.0 % in each of the last 12 months: only a change of the process will reach it.",
        ),
        (0, "meets", "leave_alone", "Leave it alone."),
    ],
)
def test_rare_against_its_target(missed: int, assurance: str, stance: str, expected: str) -> None:
    stamps = pd.date_range("2025-01-01", "2025-12-31")
    values = [0.98 if stamp.day == 3 and stamp.month <= missed else 1.0 for stamp in stamps]
    frame = rare(values, start="2025-01-01")
    found = verdict(assurance=assurance, stance=stance, n=365)
    assert text(found, frame, with_target(YIELD, 100.0), chart_kind="rare").endswith(expected)


def test_the_largest_departure_so_far_is_told() -> None:
    """2 of the last 28 days: P(X ≥ 2) for 28 days at a rate of (1 + ½)/(32 + 1); one day of 77 % after 59 others."""
    frame = rare([1.0] * 29 + [0.98] + [1.0] * 23 + [0.98] + [1.0] * 5 + [0.77], start="2026-09-01")
    found = verdict(n=60, caveats=("furthest_departure",))
    assert text(found, frame, YIELD, chart_kind="rare") == (
        "First-pass yield 77.0 % is the lowest of 60 days; it left 100.0 % in 2 of the last 28, no more often than "
        "chance gives. Look at that day; leave the process alone."
    )
    found = verdict(n=60, caveats=("furthest_departure",), assurance="hit_or_miss", stance="no_single_misses")
    assert text(found, frame, YIELD, chart_kind="rare").startswith("First-pass yield 77.0 % is the lowest of 60 days;")
    found = verdict(n=12, caveats=("furthest_departure",))
    assert text(found, rare([1.0] * 11 + [0.77]), YIELD, chart_kind="rare") == (
        "First-pass yield 77.0 % is the lowest of 12 days; it was 100.0 % in 11 of them. Look at that day; leave the "
        "process alone."
    )
    frame = points([0.0] * 30 + [0.02] + [0.0] * 28 + [0.06], size=50.0)
    assert text(verdict(n=60, caveats=("furthest_departure",)), frame, chart_kind="rare") == (
        "Late share 6.0 % is the highest of 60 days; it left 0.0 % in 1 of the last 28, no more often than chance "
        "gives. Look at that day; leave the process alone."
    )
    kpi = replace(LATE, kind="count", name="Falls", unit="", multiplier=1.0, decimals=0, numerator="falls")
    frame = points([0.0] * 30 + [1.0] + [0.0] * 28 + [2.0], kpi=kpi, size=1.0)
    assert text(verdict(n=60, caveats=("furthest_departure",)), frame, kpi, chart_kind="rare") == (
        "Falls 2 is the highest of 60 days; falls came in 1 of the last 28, no more often than chance gives. "
        "Look at that day; leave the process alone."
    )


def test_rare_departures_and_gap() -> None:
    frame = rare([1.0] * 29 + [0.98] + [1.0] * 23 + [0.98] * 5 + [1.0] * 2, start="2026-09-01")
    found = concerning(frame, Reason("departures", "low", (53, 54, 55, 56, 57)), side="low")
    assert text(found, frame, YIELD, chart_kind="rare", window=7) == (
        "First-pass yield left 100.0 % in 5 of the last 7 days, against 1 of 53 before."
    )
    frame = rare([1.0] * 29 + [0.98] + [1.0] * 23 + [0.98] * 5 + [1.0, 0.5424], start="2026-09-01")
    assert text(found, frame, YIELD, chart_kind="rare", window=7) == (
        "First-pass yield 54.2 %: it left 100.0 % in 6 of the last 7 days, against 1 of 53 before."
    )
    frame = rare([1.0, 0.98] * 10 + [1.0] * 40, start="2026-09-01")
    found = concerning(frame, Reason("gap", "high", ()), variation="improving", stance="learn_keep")
    assert text(found, frame, YIELD, chart_kind="rare") == (
        "First-pass yield has been 100.0 % for 40 days; before that it left it in 10 of 20."
    )


def test_first_event() -> None:
    frame = points([0.0] * 20 + [0.02], size=50.0)
    assert text(verdict(caveats=("first_event",)), frame, chart_kind="rare") == (
        "Late share 2.0 % after 20 days at 0.0 %: no more than chance gives. Leave it alone."
    )
    frame = points([0.0] * 20 + [0.2], size=50.0)
    found = concerning(frame, Reason("first_event", "high", (20,)))
    assert text(found, frame, chart_kind="rare") == "Late share 20.0 % after 20 days at 0.0 %: more than chance gives."


# Too few points


def test_too_few() -> None:
    frame = points([0.05, 0.06, 0.05])
    found = verdict(variation="too_few", assurance="too_early", stance="wait", n=3)
    assert text(found, frame) == "3 of 12 days since 1 Nov 2026: too early to tell."
    frame = points([0.05], grain="sample")
    found = verdict(variation="too_few", assurance="too_early", stance="wait", n=1, grain="sample")
    assert text(found, frame) == "1 of 12 samples since sample 1: too early to tell."


def test_early_warning() -> None:
    frame = points([0.05, 0.06, 0.05, 0.055, 0.30])
    found = verdict(
        variation="too_few", side="high", assurance="too_early", stance="find_cause", n=5, early_warning=True
    )
    assert text(found, frame) == (
        "Late share 30.0 % is far above its other 4 days. 5 of 12 days since 1 Nov 2026: too early to tell."
    )


def test_no_points() -> None:
    found = verdict(variation="none", assurance="too_early", stance="wait", n=0)
    assert text(found, points([])) == "Late share has no judged day yet."
    assert text(found, points([float("nan")], state=["gap"])) == "Late share has no judged day yet."


def restart(start: str, **given: Any) -> Decision:
    return Decision("late_share", "phase", start=day(start), **{"by": "M. Okafor", "why": "new routing"} | given)


def test_rebased() -> None:
    """Restarts on 10 November 2025 (more than 12 months before the last one), 3 May and 15 November 2026."""
    frame = points([0.05] * 16, phase=[0] * 14 + [1] * 2)
    made = [restart("2025-11-10"), restart("2026-05-03"), restart("2026-11-15", why="New routing.")]
    found = verdict(variation="too_few", assurance="too_early", stance="wait", n=2)
    assert text(found, frame, decisions=made, before=("concerning", "high")) == (
        "Limits restarted on 15 Nov 2026 by M. Okafor: New routing. 2 of 12. Before: Concerning, high. 2nd restart in "
        "12 months."
    )


def test_rebased_without_name_reason_or_verdict_before() -> None:
    frame = points([0.05] * 16, phase=[0] * 16, state=["judged"] * 15 + ["running"])
    frame.loc[15, "phase"] = 1
    made = [restart("2026-11-16", by="", why="")]
    found = verdict(variation="none", assurance="too_early", stance="wait", n=0)
    assert text(found, frame, decisions=made) == (
        "Limits restarted on 16 Nov 2026 by someone: no reason given. 0 of 12. 1st restart in 12 months."
    )


def test_restart_at_a_sample() -> None:
    frame = points([0.05] * 16, grain="sample", phase=[0] * 12 + [1] * 4)
    made = [replace(restart("2026-11-01"), start=13)]
    found = verdict(variation="too_few", assurance="too_early", stance="wait", n=4, grain="sample")
    assert text(found, frame, decisions=made).startswith(
        "Limits restarted at sample 13 by M. Okafor: new routing. 4 of 12."
    )


def test_a_first_phase_is_no_restart() -> None:
    """A phase that starts with the data: the chart has one phase only."""
    found = verdict(variation="too_few", assurance="too_early", stance="wait", n=3)
    expected = "3 of 12 days since 1 Nov 2026: too early to tell."
    assert text(found, points([0.05] * 3), decisions=[restart("2026-11-01")]) == expected
