"""Landings, breaches and the skill of chances against sums written out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from opsmetrics.stats.landing import Joint, Skill, Stretch, breach, forecasts, land, met, paths, skill
from opsmetrics.stats.landing.totals import added, decided, of_sums

NAN = float("nan")
DRAW = np.random.default_rng(8)
VALUES = DRAW.normal(10, 1, 80)
SIZES = np.round(DRAW.normal(50, 5, 80))


def joint(horizon: int = 6) -> Joint:
    return forecasts(VALUES, SIZES, horizon, lower=0.0)


# Landings


def test_a_landing_is_sums_before_a_division() -> None:
    found = joint()
    begun = np.array([0.0, 120.0, 0, 0, 0, 0])
    stretch = Stretch(500.0, 60.0, np.array([1, 1, 0.5, 0, 1, 1]), begun, begun / 10)
    values, sizes = paths(found)
    naive = []
    for value, size in zip(values[:50], sizes[:50], strict=True):
        above, below = 500.0, 60.0
        for slot in range(6):
            rest = max(size[slot] * stretch.weight[slot] - stretch.begun_below[slot], 0.0)
            above += stretch.begun_above[slot] + value[slot] * rest
            below += stretch.begun_below[slot] + rest
        naive.append(above / below)
    assert land(found, stretch).ratio[:50] == pytest.approx(naive)


def test_a_sum_has_no_size() -> None:
    values = np.array([[3.0, 4.0, 5.0], [1.0, 0.0, 2.0]])
    stretch = Stretch(10.0, 0.0, np.array([1.0, 0.5, 1.0]), np.array([2.0, 0.0, 0.0]), np.zeros(3))
    assert of_sums(values, stretch).total.tolist() == [10 + 3 + 2 + 5, 10 + 2 + 0 + 2]
    assert of_sums(values, stretch).above[0].tolist() == [12, 13, 15, 20]


def test_nothing_counted_is_no_number() -> None:
    landed = added(np.ones((2, 1)), np.zeros((2, 1)), Stretch.of_whole(1))
    assert np.isnan(landed.ratio).all()
    assert not met(landed.ratio, 0.0, NAN).any()


def test_equality_meets_a_target() -> None:
    assert met(np.array([1.0, 2.0, 3.0, 4.0]), 2.0, 3.0).tolist() == [False, True, True, False]
    assert met(np.array([0.1 + 0.2]), NAN, 0.3).all()


@pytest.mark.parametrize(
    ("above", "low", "high", "found"),
    [
        (950.0, 0.99, NAN, True),  # 950 + 50 of 1,050 is 95.2 %
        (990.0, 0.99, NAN, False),
        (1000.0, 0.95, NAN, True),  # 1,000 of 1,050 is 95.2 %
        (1000.0, 0.955, NAN, False),
        (20.0, NAN, 0.019, True),  # 20 of 1,050 is 1.9 %
        (20.0, NAN, 0.02, False),
        (20.0, NAN, 0.07, True),  # 70 of 1,050
        (500.0, 0.4, 0.6, True),
    ],
)
def test_what_arithmetic_decides_needs_no_forecast(above: float, low: float, high: float, found: bool) -> None:
    """Of a share 1,000 are counted and 50 to come on each path."""
    landed = added(DRAW.random((20, 1)), np.full((20, 1), 50.0), Stretch.of_whole(1, above=above, below=1000.0))
    assert decided(landed, low, high, 0.0, 1.0) is found
    assert not decided(landed, low, high, None, None)
    assert len(set(met(landed.ratio, low, high).tolist())) == 1 or not found


@pytest.mark.parametrize("lower", [0.0, None])
def test_bounds_are_those_of_the_values_where_what_they_lack_is_forecast(
    lower: float | None,
) -> None:
    """Without a lower bound what is to come may fall as deep as it likes: no arithmetic tells that a target is met."""
    up = np.where(np.random.default_rng(9).random(80) < 0.1, 0.98, 1.0)
    found = forecasts(up, SIZES, 2, lower=lower, upper=1.0)
    assert found.value.method == "saturated"
    ends = found.value.lower, found.value.upper
    assert ends == (lower, 1.0)
    landed = land(found, Stretch.of_whole(2, above=990.0, below=1000.0))
    assert decided(landed, 0.5, NAN, *ends) is (lower is not None)
    assert decided(landed, 1.0, NAN, *ends)


def test_a_count_that_has_passed_its_target_is_decided() -> None:
    landed = of_sums(DRAW.random((20, 3)), Stretch.of_whole(3, above=10.0))
    assert decided(landed, NAN, 9.0, 0.0, None, total=True)
    assert not decided(landed, NAN, 12.0, 0.0, None, total=True)
    assert decided(landed, 8.0, NAN, 0.0, None, total=True)
    assert not decided(landed, NAN, 9.0, None, None, total=True)
    assert not decided(added(np.ones((2, 1)), np.zeros((2, 1)), Stretch.of_whole(1)), 0.5, NAN, 0.0, 1.0)


# Breaches


def slow_breach(to_date: np.ndarray, low: float, high: float) -> tuple[float, int | None]:
    """The definition, path by path."""
    since = []
    for path in to_date:
        wrong = [not ((np.isnan(low) or x >= low) and (np.isnan(high) or x <= high)) for x in path]
        if wrong[-1]:
            since.append(next(k for k in range(len(path)) if all(wrong[k:])) - 1)
    return len(since) / len(to_date), int(np.median(since)) if since else None


@pytest.mark.parametrize(("low", "high"), [(NAN, 10.0), (10.2, NAN), (9.9, 10.1), (NAN, 99.0), (99.0, NAN)])
def test_a_breach_is_the_last_return(low: float, high: float) -> None:
    to_date = 10 + np.cumsum(np.random.default_rng(3).normal(0, 0.2, (101, 9)), axis=1)
    found = breach(to_date, low, high)
    assert (found.chance, found.slot) == (pytest.approx(slow_breach(to_date, low, high)[0]),
                                          slow_breach(to_date, low, high)[1])  # fmt: skip


def test_a_sum_passes_its_limit_once() -> None:
    running = np.cumsum(np.full((4, 6), 10.0), axis=1)
    assert breach(running, NAN, 35.0).slot == 2, "the first column is now: 10, then 20, 30, 40"
    assert breach(running, NAN, 5.0).slot == -1, "it has passed already"


# Skill


def test_the_chance_is_tested_at_earlier_origins() -> None:
    """A target that was always met by far: the chances are right every time, and there is nothing to gain on the base
    rate, which a few windows tell too."""
    found = skill(joint(), VALUES, SIZES, Stretch.of_whole(6, 500.0, 50.0), 1, NAN, 15.0)
    assert found.origins >= 8
    assert found.score < 0.001
    assert found.base < 0.01


def test_most_of_a_stretch_behind_is_skill() -> None:
    """Nine tenths are counted: the rest changes little, the base rate knows nothing of it."""
    few = joint(2)
    late = skill(few, VALUES, SIZES, Stretch.of_whole(2, 9000.0, 900.0), 18, NAN, 10.0)
    assert late.score < 0.6 * late.base
    assert late.ranked < 0.6 * late.ranked_base
    assert late.earned


def test_the_base_rate_knows_only_what_was_over() -> None:
    """The share of like stretches until each origin, with half a case of either kind added to as many as do not
    overlap, and the ranked score of their landings, |X − y| less half of |X − X′| on average: written out by hand."""
    found = joint(3)
    table = found.value.backtest
    limit, before, scores, ranked = 10.05, 2, [], []
    for origin in sorted(set(table["origin"])):
        steps = table.loc[table["origin"] == origin, "step"].tolist()
        if len(steps) < 2:
            continue
        length = before + len(steps)
        like = [landed_of(start, length) for start in range(origin - length + 1)]
        apart, came = origin / length, landed_of(origin - before, length)
        usual = (np.mean([each <= limit for each in like]) * apart + 0.5) / (apart + 1)
        scores.append((usual - (came <= limit)) ** 2)
        ranked.append(np.mean(np.abs(np.subtract(like, came))) - np.abs(np.subtract.outer(like, like)).mean() / 2)
    told = skill(found, VALUES, SIZES, Stretch.of_whole(3, 1000.0, 100.0), before, NAN, limit)
    assert told.origins == len(scores)
    assert told.base == pytest.approx(np.mean(scores))
    assert told.ranked_base == pytest.approx(np.mean(ranked))
    assert told.stretches == pytest.approx((80 - min(table["origin"])) / 3)


def landed_of(start: int, length: int) -> float:
    part = slice(start, start + length)
    return float(VALUES[part] @ SIZES[part] / SIZES[part].sum())


@pytest.mark.parametrize(
    ("score", "ranked", "stretches", "earned"),
    [(0.1, 1.0, 4.0, True), (0.1, 1.0, 1.5, False), (0.3, 1.0, 9.0, False), (0.1, 1.9, 9.0, False)],
)
def test_what_was_saved_has_to_exceed_what_luck_gives(
    score: float, ranked: float, stretches: float, earned: bool
) -> None:
    """Against a base rate of 0.2 and 1.6: 4 × 0.6 exceeds 1, 1.5 × 0.6 does not, nor what was lost."""
    assert Skill(26, score, 0.2, ranked, 1.6, stretches).earned is earned


def test_a_history_shorter_than_the_stretch_is_compared_with_half_of_itself() -> None:
    """A year of which nine tenths are over and the only one there is: no like year is known, and a chance is earned."""
    few = joint(4)
    whole = skill(few, VALUES, SIZES, Stretch.of_whole(4, 4000.0, 400.0), 76, NAN, 10.0)
    assert whole.origins >= 8
    assert np.isfinite(whole.ranked_base)


def test_without_a_backtest_there_is_no_skill() -> None:
    short = forecasts([1.0, 2.0, 3.0], [1, 1, 1], 4)
    found = skill(short, [1.0, 2.0, 3.0], [1, 1, 1], Stretch.of_whole(4), 0, NAN, 2.0)
    assert found.origins == 0
    assert np.isnan(found.score)
    assert not found.earned
