"""The spread of new episodes by shuffled weeks: as wide as that of simulated charts, also where they move together."""

from __future__ import annotations

import numpy as np
import pytest

from opsmetrics.stats import DAILY, expected_episodes
from opsmetrics.stats.shuffled import Residuals, shuffled_found

WEEKS, NEW, CHARTS = 60, 28, 40


def charts(seed: int, common: float) -> list[Residuals]:
    draw, days = np.random.default_rng(seed), 7 * WEEKS
    shared, week = draw.standard_normal(days), np.arange(days) // 7
    own = draw.standard_normal((CHARTS, days))
    return [Residuals(np.sqrt(common) * shared + np.sqrt(1 - common) * z, week, DAILY, NEW) for z in own]


def test_the_sum_is_that_of_chance_and_moving_together_widens_the_spread() -> None:
    apart, together = (shuffled_found(charts(3, common), 60) for common in (0.0, 0.9))
    expected = CHARTS * expected_episodes(DAILY, 10_000, NEW)[0]
    assert apart.mean() == pytest.approx(expected, rel=0.25)
    assert apart.std() == pytest.approx(expected**0.5, rel=0.4)  # nearly independent counts
    assert together.std() > 2 * apart.std()


def test_it_is_reproducible_and_in_order() -> None:
    found = shuffled_found(charts(4, 0.5), 20)
    assert found.tolist() == sorted(shuffled_found(charts(4, 0.5), 20).tolist())


def test_charts_without_new_points_or_without_points_are_left_out() -> None:
    calm = Residuals(np.full(20, np.nan), np.arange(20), DAILY, 5)
    still = Residuals(np.full(20, 9.0), np.arange(20), DAILY, 0)
    assert shuffled_found([calm, still], 3).tolist() == [0, 0, 0]
    assert shuffled_found([], 2).tolist() == [0, 0]


def test_a_week_is_moved_as_a_whole() -> None:
    """Two charts are wild in the same week: they are wild together or not at all."""
    z = np.zeros(70)
    z[35:42] = 5.0
    both = [Residuals(z, np.arange(70) // 7, ("beyond_limits",), 7)] * 2
    assert set(shuffled_found(both, 60).tolist()) == {0, 2}
