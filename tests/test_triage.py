"""Triage: what is new is ranked, shared cards, and the budget of chance, through the whole path of a review."""

from __future__ import annotations

import random
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from opsmetrics.catalog import Attention, Slice
from opsmetrics.review import KpiReview, review
from opsmetrics.series import KpiSeries
from opsmetrics.stats.false_alarms import expected_episodes
from opsmetrics.triage import ACKNOWLEDGED, ENDED, OPEN, OVERDUE, opened, triage
from tests.verdict.made import DEFECTS, HARM, binomial, counts, decision, noise, readings, totals

DAY = pd.Timedelta(days=1)


def at(series: KpiSeries, key: str, part: Slice = ()) -> KpiReview:
    return review(replace(series, kpi=replace(series.kpi, key=key, name=key), slice=part), ())


def since(found: KpiReview, days: int) -> pd.Timestamp:
    """So that this many periods are new."""
    return pd.Timestamp(found.points["ends_at"].iloc[-days - 1])


def wild(seed: int, last: float, *, size: int = 60, at: int = -1) -> KpiSeries:
    values = noise(size, seed=seed)
    values[at] = last
    return readings(values)


def one(found: KpiReview, days: int = 7, said: tuple[Attention, ...] = ()):  # type: ignore[no-untyped-def]
    told = triage([found], since(found, days), said)
    assert len(told.signals) == 1
    return told.signals[0]


# Ranking


def test_a_signal_shows_the_parts_of_its_score() -> None:
    found = one(at(totals([*binomial(59, 0.1, 100), 40.0]), "a"))
    assert found.variation == "concerning"
    assert (found.score.direction, found.score.attention) == (1.0, OPEN)
    assert found.score.surprise == 6.0  # ten standard errors
    centre = found.review.points["centre"].iloc[-1]
    assert found.score.volume == pytest.approx(np.log10(1 + 40 - centre))
    assert found.score.total == pytest.approx(found.score.surprise + found.score.volume)


def test_the_cost_of_a_unit_weighs() -> None:
    series = totals([*binomial(59, 0.1, 100), 40.0])
    plain, dear = (one(review(replace(series, kpi=replace(DEFECTS, cost_per_unit=cost)), ())) for cost in (None, 100.0))
    assert dear.score.volume > plain.score.volume + 1.9
    assert dear.cost == pytest.approx(100 * (plain.excess or 0))


def test_an_ended_episode_counts_less_and_is_still_there() -> None:
    assert one(at(wild(5, 60, at=-3), "a")).score.attention == ENDED


def test_what_was_said_of_a_signal_changes_its_attention() -> None:
    found = at(wild(5, 60), "a")
    seen = replace(found.attention("seen", by="Anna", why="tool worn"), at=found.series.as_of)
    assert one(found, said=(seen,)).score.attention == ACKNOWLEDGED
    day = found.series.as_of.date()
    later, past = (
        replace(seen, kind="snoozed", until=(found.series.as_of + step).date()) for step in (DAY, pd.Timedelta(0))
    )
    assert one(found, said=(later,)).score.attention == ACKNOWLEDGED
    assert past.until == day
    assert one(found, said=(past,)).score.attention == OVERDUE
    assert one(found, said=(replace(seen, kind="open"),)).score.attention == OPEN


def test_rare_events_have_their_own_probability() -> None:
    events = [1.0 if day % 40 == 5 else 0.0 for day in range(200)]
    events[-4:] = [1.0, 1.0, 1.0, 1.0]
    found = one(at(totals(events, kpi=HARM), "harm"), days=10)
    assert 2.8 < found.score.surprise < 6  # p < 0.00135


def test_the_order_of_the_reviews_does_not_matter() -> None:
    reviews = [at(wild(seed, 55 + seed), f"kpi{seed}") for seed in range(8)]
    start = since(reviews[0], 7)
    keys = [signal.review.kpi.key for signal in triage(reviews, start).signals]
    assert len(keys) >= 8
    for seed in range(3):
        random.Random(seed).shuffle(reviews)
        again = triage(reviews, start)
        assert [signal.review.kpi.key for signal in again.signals] == keys
    scores = [signal.score.total for signal in again.signals]
    assert scores == sorted(scores, reverse=True)


def test_equals_are_ordered_by_their_key() -> None:
    series = wild(3, 60)
    told = triage([at(series, key) for key in ("c", "a", "b")], since(at(series, "a"), 2))
    assert [signal.review.kpi.key for signal in told.signals] == ["a", "b", "c"]


# Cards


def test_a_whole_and_its_parts_share_a_card_named_by_the_part_that_came_to_most() -> None:
    north, south = (binomial(60, 0.1, 200, seed=seed) for seed in (1, 2))
    north[-1], south[-1] = 90.0, 70.0
    both = [a + b for a, b in zip(north, south, strict=True)]
    reviews = [
        at(counts(both, 400), "late"),
        at(counts(north, 200), "late", (("site", "North"),)),
        at(counts(south, 200), "late", (("site", "South"),)),
        at(counts(north, 200), "other", (("site", "North"),)),
    ]
    told = triage(reviews, since(reviews[0], 2))
    shared, alone = sorted(told.cards, key=lambda card: -len(card.also))
    assert shared.first.review.series.slice == (("site", "North"),)
    assert {signal.review.series.slice for signal in shared.also} == {(), (("site", "South"),)}
    assert (alone.first.review.kpi.key, alone.also) == ("other", ())
    assert told.budget.found == 4  # before they share cards


def test_parts_without_a_common_whole_keep_their_cards() -> None:
    series = wild(3, 60)
    reviews = [at(series, "weight", (("line", line),)) for line in ("A", "B")]
    assert len(triage(reviews, since(reviews[0], 2)).cards) == 2


# Budget


def test_what_chance_gives_is_the_sum_over_charts() -> None:
    reviews = [at(readings(noise(60, seed=seed)), f"kpi{seed}") for seed in range(4)]
    told = triage(reviews, since(reviews[0], 7)).budget
    assert (told.charts, told.periods) == (4, 28)
    assert told.expected >= 4 * expected_episodes("daily", 60, 7)[0] * (1 - 1e-12)
    assert told.expected < 8 * expected_episodes("daily", 60, 7)[0]


def test_the_budgets_of_parts_of_the_charts_add_up_to_that_of_all() -> None:
    """What is open is ranked whenever it was detected."""
    reviews = [at(wild(seed, 90.0 if seed < 2 else 50.0), f"k{seed}") for seed in range(4)]
    told = triage(reviews, since(reviews[0], 7))
    parts = [told.among(reviews[:1]), told.among(reviews[1:])]
    for name in ("found", "expected", "charts", "periods"):
        assert sum(getattr(part, name) for part in parts) == pytest.approx(getattr(told.budget, name))
    assert told.among([]).charts == 0
    ended = at(wild(9, 90.0, at=-3), "ended")
    assert {signal.review.kpi.key for signal in opened([*reviews, ended])} == {"k0", "k1"}


def test_chart_of_a_baseline_locked_expects_more() -> None:
    series = readings(noise(120, seed=4))
    free = review(series, ())
    held = review(series, (decision(series, "lock", 0, 23),))
    start = since(free, 30)
    assert triage([held], start).budget.expected > 2 * triage([free], start).budget.expected


def test_too_few_points_count_as_no_chart() -> None:
    found = at(readings(noise(11)), "a")
    told = triage([found, at(readings([5.0] * 40), "same")], since(found, 3)).budget
    assert (told.found, told.expected, told.charts, told.periods) == (0, 0.0, 0, 0)


def test_late_data_open_no_episode() -> None:
    """The last verdict stays, nothing new is judged, and chance had no try."""
    series = wild(5, 60)
    late = review(replace(series, as_of=series.as_of + 5 * DAY), ())
    assert late.verdict is not None
    told = triage([late], series.as_of + DAY)
    assert (told.signals, told.budget.found, told.budget.expected) == ((), 0, 0.0)


def test_the_budget_is_said_in_a_sentence() -> None:
    reviews = [at(wild(seed, 60), f"kpi{seed}") for seed in (3, 5)]
    told = triage(reviews, since(reviews[0], 2))
    assert told.budget.sentence() == "2 new signals on 2 charts; fewer than 0.1 would come by chance."
    assert told.budget.chance_share == pytest.approx(told.budget.expected / 2)
    nothing = triage([at(readings(noise(60, seed=8)), "calm")], since(reviews[0], 1))
    assert nothing.budget.sentence() == "No new signal on 1 chart; fewer than 0.1 would come by chance."


def test_skewed_values_expect_more_and_nothing_new_explains_itself() -> None:
    draw = np.random.default_rng(4)
    waits = at(readings(draw.exponential(20, 120).tolist()), "wait")
    normal = at(readings(noise(120)), "weight")
    start = since(waits, 30)
    assert triage([waits], start).budget.expected > 3 * triage([normal], start).budget.expected
    tame, odd = (at(wild(3, last), "a") for last in (51.0, 80.0))
    assert triage([odd], since(odd, 1)).budget.expected < 2 * triage([tame], since(tame, 1)).budget.expected


def test_discoveries_leave_out_what_chance_gives() -> None:
    reviews = [at(readings(noise(60, seed=seed)), f"kpi{seed}") for seed in range(9)]
    reviews.append(at(wild(3, 60), "wild"))
    told = triage(reviews, since(reviews[0], 7))
    assert [found.kpi.key for found, _ in told.discoveries(0.05)] == ["wild"]
    strict = {found.kpi.key: share for found, share in told.discoveries(1.0, "by")}
    usual = {found.kpi.key: share for found, share in told.discoveries(1.0)}
    assert strict["wild"] > usual["wild"]
    assert len(strict) == 10


def test_a_constant_share_is_no_chart() -> None:
    assert triage([at(counts([0.0] * 30), "none")], pd.Timestamp("2026-01-20")).budget.charts == 0
