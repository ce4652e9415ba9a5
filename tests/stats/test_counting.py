"""By how much counts complete patterns more often than normal values: against simulation and written-out sums."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import binom, norm, poisson

from opsmetrics.stats import run_rules
from opsmetrics.stats.counting import Law, counting_parts
from opsmetrics.stats.false_alarms import PARTS

ONE = np.ones(1)


def ratio(part: str, law: Law, rate: float, sizes: np.ndarray, rules: list[str]) -> float:
    return float(counting_parts(law, rate, sizes, rules)[PARTS.index(part)])


def test_limits_of_a_poisson_count_written_out() -> None:
    """Mean 12: limits 12 ± 3√12 = 1.6 and 22.4."""
    exact = poisson.sf(22, 12) + poisson.cdf(1, 12)
    assert ratio("limits", "poisson", 12, ONE, ["beyond_limits"]) == pytest.approx(exact / (2 * norm.sf(3)))


def test_runs_of_a_binomial_share_written_out() -> None:
    """20 trials at a tenth: a value on the centre line, 2, is on no side."""
    above, below = binom.sf(2, 20, 0.1), binom.cdf(1, 20, 0.1)
    exact = sum(share**8 * (1 - share) for share in (above, below))
    assert ratio("run", "binomial", 0.1, np.array([20.0]), ["run_of_8"]) == pytest.approx(exact / 0.5**8)


def test_trends_of_counts_are_broken_by_ties() -> None:
    """Five in a row rising, by all sums of Poisson masses, against 1 in 5!."""
    masses = poisson.pmf(np.arange(40), 3.0)
    rising = masses
    for _ in range(4):
        rising = masses * np.concatenate([[0], np.cumsum(rising)[:-1]])
    assert ratio("trend", "poisson", 3.0, ONE, ["trend_of_5"]) == pytest.approx(math.factorial(5) * rising.sum())


@pytest.mark.parametrize("rules", [["4_of_5_beyond_1"], ["hugging_5"], ["outside_3"], ["alternating_4"]])
def test_other_patterns_against_a_simulation(rules: list[str]) -> None:
    draw, points = np.random.default_rng(3), 200_000
    drawn = (draw.poisson(9, points) - 9) / 3
    usual = draw.standard_normal(points)
    counted = []
    for values in (drawn, usual):
        found = run_rules(values, rules=rules)
        counted.append(int((found["length"] == found["length"].min()).sum()))
    part = {"4": "inner", "h": "hugging", "o": "outside", "a": "alternating"}[rules[0][0]]
    assert ratio(part, "poisson", 9.0, ONE, rules) == pytest.approx(counted[0] / counted[1], rel=0.12)


def test_large_counts_are_like_normal_values() -> None:
    np.testing.assert_allclose(counting_parts("poisson", 1e8, ONE, "nelson"), 1, atol=0.02)


@pytest.mark.parametrize(
    ("law", "rate", "sizes"), [("poisson", 0.0, ONE), ("binomial", 1.0, ONE), ("poisson", 2.0, ONE[:0])]
)
def test_what_follows_no_law_is_not_scaled(law: Law, rate: float, sizes: np.ndarray) -> None:
    assert counting_parts(law, rate, sizes, "nelson").tolist() == [1.0] * len(PARTS)


def test_an_unknown_law_is_refused() -> None:
    with pytest.raises(ValueError, match="wanted binomial or poisson"):
        counting_parts("normal", 1.0, ONE, "daily")  # type: ignore[arg-type]
