"""Rare events: exact probabilities against sums and closed forms."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats as scipy_stats

from opsmetrics.stats import (
    binomial_upper,
    departures,
    exposure_needed,
    first_event_probability,
    first_event_rate_probability,
    geometric_quantile,
    trials_needed,
    zero_bound,
    zero_bound_rate,
)


def test_first_event_against_the_beta_binomial_of_scipy() -> None:
    for sizes, count, size in (([50] * 20, 1, 50), ([50] * 20, 4, 50), ([7, 9, 11], 9, 12), ([1000] * 30, 3, 900)):
        expected = scipy_stats.betabinom.sf(count - 1, size, 0.5, sum(sizes) + 0.5)
        assert first_event_probability([0] * len(sizes), sizes, count, size) == pytest.approx(expected, abs=1e-10)


def test_first_event_in_one_trial_is_the_posterior_mean() -> None:
    """Closed form: after N failures and a Jeffreys prior the next trial succeeds with probability ½ / (N + 1)."""
    assert first_event_probability([0, 0], [10, 9], 1, 1) == pytest.approx(0.5 / 20)


def test_first_miss_after_all_full_is_the_mirror_image() -> None:
    assert first_event_probability([50, 60], [50, 60], 48, 50) == pytest.approx(
        first_event_probability([0, 0], [50, 60], 2, 50)
    )
    assert first_event_probability([0, None], [50, 60], 0, 50) == 1


def test_first_event_of_a_large_size_is_finite() -> None:
    found = first_event_probability([0] * 12, [2_000_000] * 12, 3, 2_000_000)
    assert found == pytest.approx(scipy_stats.nbinom.sf(2, 0.5, 12 / 13), rel=1e-4)


@pytest.mark.parametrize(("count", "size", "earlier"), [(200_000, 1e6, 5), (499_500, 1e6, 3), (899_000, 1e6, 1)])
def test_first_event_of_very_many_is_its_beta_law(count: int, size: float, earlier: int) -> None:
    """Above 100,000 terms nothing is summed; scipy's sum agrees to 1e-4. Trials by the million billion are told too."""
    expected = scipy_stats.betabinom.sf(count - 1, int(size), 0.5, earlier + 0.5)
    assert first_event_probability([0], [earlier], count, size) == pytest.approx(expected, rel=1e-4)
    assert first_event_probability([0] * 39, [1e15] * 39, 5e14, 1e15) == pytest.approx(0, abs=1e-9)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0, 3], [10, 10], 1, 10), "found 3 of 20; wanted all 0 or all equal"),
        (([0], [10], 11, 10), "found 11 of 10; wanted a count no larger"),
        (([0], [10], 0.5, 10), "count and size: found 0.5"),
        (([0], [10, 10], 1, 10), "found 1 earlier_counts, 2 earlier_sizes"),
    ],
)
def test_first_event_refuses(arguments: tuple[list[float], list[float], float, float], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        first_event_probability(*arguments)


def test_binomial_tail_against_its_sum() -> None:
    for count, trials, probability in ((0, 7, 0.1), (3, 7, 0.1), (7, 7, 0.5), (8, 7, 0.5), (5, 28, 0.02)):
        terms = [
            math.comb(trials, k) * probability**k * (1 - probability) ** (trials - k) for k in range(count, trials + 1)
        ]
        assert binomial_upper(count, trials, probability) == pytest.approx(sum(terms))
    assert binomial_upper(1, 7, 0.0) == 0
    with pytest.raises(ValueError, match=r"probability: found 1\.5"):
        binomial_upper(1, 7, 1.5)
    with pytest.raises(ValueError, match="found -1 of 7"):
        binomial_upper(-1, 7, 0.5)


@pytest.mark.parametrize("probability", [0.5, 0.1, 0.03, 0.001, 0.9])
def test_geometric_quantile_is_the_first_gap_that_covers(probability: float) -> None:
    covered, gap = probability, 0
    while covered < 0.99865:
        gap += 1
        covered += probability * (1 - probability) ** gap
    assert geometric_quantile(probability) == gap


def test_geometric_quantile_refuses_certainty() -> None:
    with pytest.raises(ValueError, match="found probability 0"):
        geometric_quantile(0)


def test_a_burst_of_departures_is_too_many() -> None:
    quiet = [False] * 40
    quiet[10] = quiet[30] = True
    burst = departures([*quiet, *[True, False, True, False, True, False, True]])
    assert burst.p[7] == pytest.approx(binomial_upper(4, 7, 2.5 / 41))
    assert burst.too_many
    assert set(burst.p) == {7}
    assert not departures(quiet).too_many


def test_a_slow_burst_shows_in_the_long_window_only() -> None:
    flags = np.zeros(200, dtype=bool)
    flags[[20, 60, 100, 140]] = True
    flags[[175, 178, 181, 184, 187, 190]] = True
    found = departures(flags)
    assert found.p[28] < 0.00135 < found.p[7]
    assert found.too_many


def test_a_long_gap_is_longer_than_chance() -> None:
    flags = ([True] + [False] * 4) * 12
    found = departures(flags + [False] * 60)
    assert found.gap == 64
    assert found.gap_limit == geometric_quantile(12.5 / 121)
    assert found.long_gap
    assert not departures(flags).long_gap


def test_without_departures_there_is_no_gap_to_judge() -> None:
    found = departures([False] * 40)
    assert (found.gap, found.gap_limit, found.long_gap, found.too_many) == (40, None, False, False)
    assert departures([]).gap == 0


def test_false_alarms_of_rare_events() -> None:
    """Simulation, 4,000 series of 120 at a rate of 5 %: each question speaks in fewer than 1 % of them.

    Two windows at 0.00135 each would give 0.0027 with a known rate; here the rate is estimated from the points before.
    """
    rows = np.random.default_rng(51).random((4000, 120)) < 0.05
    found = [departures(row) for row in rows]
    assert 0 < np.mean([one.too_many for one in found]) < 0.01
    assert np.mean([one.long_gap for one in found]) < 0.01


def test_zero_bound_is_near_the_rule_of_three() -> None:
    """Hanley & Lippman-Hand, JAMA 1983: 3/n; exactly, (1 − bound)ⁿ = 0.05."""
    for trials in (1, 20, 100, 5000, 72_019_402):
        assert (1 - zero_bound(trials)) ** trials == pytest.approx(0.05, rel=1e-6)
    assert zero_bound(1000) == pytest.approx(3 / 1000, rel=0.005)
    assert zero_bound(0) == 1
    with pytest.raises(ValueError, match="trials: found -1"):
        zero_bound(-1)


def test_trials_needed_is_the_smallest_number_that_bounds() -> None:
    for bound in (0.5, 0.05, 0.01, 0.0003):
        needed = trials_needed(bound)
        assert zero_bound(needed) <= bound < zero_bound(needed - 1)
    assert trials_needed(zero_bound(77)) == 77
    with pytest.raises(ValueError, match="bound: found 0"):
        trials_needed(0)


# Events over an exposure


def test_first_event_over_an_exposure_against_scipy_and_by_integration() -> None:
    """A Gamma(½, E) rate predicts a negative binomial; the integral of Poisson tails over that law says the same."""
    for earlier, count, exposure in ((1200.0, 1, 30.0), (1200.0, 4, 30.0), (7.5, 2, 0.5), (40, 9, 1)):
        found = first_event_rate_probability(earlier, count, exposure)
        assert found == pytest.approx(scipy_stats.nbinom.sf(count - 1, 0.5, earlier / (earlier + exposure)), rel=1e-9)
        rate = scipy_stats.gamma(0.5, scale=1 / earlier)
        middles = rate.ppf((np.arange(200_000) + 0.5) / 200_000)
        assert found == pytest.approx(scipy_stats.poisson.sf(count - 1, middles * exposure).mean(), rel=2e-3)


def test_first_event_over_an_exposure_is_that_of_many_trials() -> None:
    """With many trials of small probability the two laws agree."""
    of_trials = first_event_probability([0], [100_000], 2, 4000)
    assert first_event_rate_probability(100_000, 2, 4000) == pytest.approx(of_trials, rel=1e-3)
    assert first_event_rate_probability(10, 0, 1) == 1


@pytest.mark.parametrize("arguments", [(0.0, 1, 1.0), (10.0, 1, 0.0), (10.0, 0.5, 1.0), (10.0, -1, 1.0)])
def test_first_event_over_an_exposure_refuses(arguments: tuple[float, float, float]) -> None:
    with pytest.raises(ValueError, match="found"):
        first_event_rate_probability(*arguments)


def test_no_event_over_an_exposure() -> None:
    """Hanley & Lippman-Hand 1983: P(none | rate) = exp(−rate·E) = 0.05 at rate −ln(0.05)/E = 2.9957/E."""
    assert zero_bound_rate(1000) == pytest.approx(2.995732273553991 / 1000)
    assert math.exp(-zero_bound_rate(37.5) * 37.5) == pytest.approx(0.05)
    assert zero_bound_rate(0) == math.inf
    assert exposure_needed(zero_bound_rate(123.0)) == pytest.approx(123.0)
    assert zero_bound_rate(1e6) == pytest.approx(zero_bound(1e6), rel=1e-5)
    with pytest.raises(ValueError, match="exposure: found -1"):
        zero_bound_rate(-1)
    with pytest.raises(ValueError, match="bound: found 0"):
        exposure_needed(0)
