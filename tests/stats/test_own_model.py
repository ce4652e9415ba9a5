"""Rates of new episodes of skewed values: against charts simulated of the same law."""

from __future__ import annotations

import numpy as np
import pytest

from opsmetrics.stats import DAILY, expected_episodes, many_series
from opsmetrics.stats.own_model import is_skewed, own_rate, skewness

NEW = 60


@pytest.mark.parametrize("law", ["exponential", "gamma"])
def test_skewed_charts_find_what_their_own_values_expect(law: str) -> None:
    """The rates of normal values would expect a fourth or less of it."""
    draw, charts = np.random.default_rng(5), 150
    values = draw.exponential(size=(charts, 120)) if law == "exponential" else draw.gamma(2, size=(charts, 120))
    skewed = values[[is_skewed(row) for row in values]]
    assert len(skewed) > charts / 2
    found = many_series("xmr", skewed).episodes.detected >= 120 - NEW
    expected = sum(NEW * own_rate(row, 120, DAILY) for row in skewed)
    assert found.sum() / expected == pytest.approx(1, abs=0.15)
    assert found.sum() > 3 * expected_episodes(DAILY, 120, NEW)[0] * len(skewed)


def test_skewness_is_the_third_moment() -> None:
    assert skewness(np.array([0.0, 0.0, 3.0, np.nan])) == pytest.approx(2**-0.5)
    assert skewness(np.full(5, 2.0)) == 0
    assert not is_skewed(np.array([0.0] * 10 + [50.0]))  # too few points to tell


def test_a_locked_baseline_alarms_more_and_the_same_question_has_the_same_answer() -> None:
    values = np.random.default_rng(6).exponential(size=24)
    assert own_rate(values, 24, DAILY, locked=True) == own_rate(values, 24, tuple(reversed(DAILY)), locked=True)
    assert own_rate(values, 24, DAILY, locked=True) > own_rate(values, 24, DAILY)


def test_values_that_never_differ_expect_nothing() -> None:
    assert own_rate(np.full(30, 2.0), 30, DAILY) == 0
