"""Chance: noise by age, and the counts that it becomes. Authority: quantiles of scipy 1.x (scipy.stats.poisson.ppf),
mean and variance of the binomial and Poisson laws."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from opsmetrics.sample import chance

SEEDS = st.integers(0, 10_000)


@given(SEEDS, st.integers(30, 400), st.integers(30, 400))
def test_noise_belongs_to_ages(seed: int, one: int, other: int) -> None:
    drawn = [chance.noise(chance.generator(seed, "x"), n, rows=2) for n in (one, other)]
    shortest = min(one, other)
    np.testing.assert_array_equal(drawn[0][:, -shortest:], drawn[1][:, -shortest:])


@given(SEEDS, st.sampled_from([0, 20, 90]))
def test_a_quiet_stretch_is_quiet_in_each_row_and_in_all(seed: int, age: int) -> None:
    drawn = chance.noise(chance.generator(seed, "x"), 120, rows=3, quiet=(age,))
    last = np.vstack([drawn, drawn.sum(axis=0)])[:, : 120 - age][:, -chance.SPREAD :]
    assert (np.abs(drawn[:, : 120 - age][:, -chance.STRETCH :]) < chance.FAR).all()
    assert ((last > 0).any(axis=1) & (last < 0).any(axis=1)).all()


def test_elsewhere_noise_is_standard_normal() -> None:
    rows = [chance.noise(chance.generator(seed, "x"), chance.LONGEST)[0] for seed in range(20)]
    drawn = np.hstack([row[: -chance.STRETCH] for row in rows])
    assert stats.kstest(drawn, "norm").pvalue > 0.01


@given(st.lists(st.tuples(st.floats(0.05, 55), st.floats(-4, 4)), min_size=1, max_size=30))
def test_small_counts_are_the_quantiles_of_poisson(given: list[tuple[float, float]]) -> None:
    mean, z = (np.array(column) for column in zip(*given, strict=True))
    below = stats.norm.cdf(z)
    found = chance.events_of(mean, z)
    assert (stats.poisson.cdf(found, mean) >= below - 1e-12).all()
    assert (stats.poisson.cdf(found - 1, mean) < below + 1e-12).all()


@pytest.mark.parametrize(("rate", "spread"), [(0.02, 0.0), (0.02, 0.2), (0.9, 0.0)])
def test_shares_have_the_mean_and_variance_of_their_law(rate: float, spread: float) -> None:
    """Binomial counts whose rate has the standard deviation `spread` of itself: npq + (np·spread)²."""
    trials = np.full(40_000, 1200)
    found = chance.share_of(trials, rate, np.random.default_rng(3).standard_normal(40_000), spread)
    mean = 1200 * rate
    assert found.mean() == pytest.approx(mean, rel=0.005)
    assert found.var() == pytest.approx(mean * (1 - rate) + (mean * spread) ** 2, rel=0.03)
    assert ((found >= 0) & (found <= trials)).all()


def test_levels_and_creeping_ones() -> None:
    np.testing.assert_array_equal(chance.level(6, 1.0, (3, 2, 5.0)), [1, 1, 5, 5, 1, 1])
    np.testing.assert_allclose(chance.creeping(5, 1.0, 2, 4.0), [1, 1, 2, 3, 4])
