"""σ_z of means, the overdispersion limit, steps, autocorrelation, early warning, weekdays."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats as scipy_stats

from opsmetrics.stats import (
    best_single_step,
    c4,
    d2,
    early_warning,
    lag1_after_step,
    overdispersion_limit,
    proposed_step,
    sigma_z,
    sigma_z_means,
    step_threshold,
    weekday_share,
)
from opsmetrics.stats.steps import STEP_POINTS, STEP_THRESHOLDS, largest_step_t


def test_sigma_z_of_means_against_the_formula() -> None:
    means, sds, sizes = (
        np.array([10.0, 12, 9, 14, 11]),
        np.array([2.0, 1.5, 2.5, 2, 1]),
        np.array([30.0, 25, 30, 28, 10]),
    )
    freedom = (sizes - 1).sum()
    within = math.sqrt(((sizes - 1) * sds**2).sum() / freedom) / c4(int(freedom) + 1)
    z = (means - (means * sizes).sum() / sizes.sum()) / (within / np.sqrt(sizes))
    expected = np.abs(np.diff(z)).mean() / d2(2)
    assert sigma_z_means(means, sds, sizes) == pytest.approx(expected)
    broken = sigma_z_means([*means, None], [*sds, None], [*sizes, 0])
    assert broken == pytest.approx(expected)


def test_sigma_z_of_means_is_near_one_where_readings_explain_them() -> None:
    rows = np.random.default_rng(11).normal(size=(2000, 20))
    found = sigma_z_means(rows.mean(axis=1), rows.std(axis=1, ddof=1), [20] * 2000)
    assert found == pytest.approx(1, abs=0.05)


def test_sigma_z_of_means_without_spread_is_not_defined() -> None:
    assert math.isnan(sigma_z_means([1, 2, 3], [0, 0, 0], [5, 5, 5]))
    assert math.isnan(sigma_z_means([], [], []))


def test_overdispersion_limit_figures() -> None:
    assert [round(overdispersion_limit(n), 2) for n in (24, 60, 365)] == [1.40, 1.25, 1.10]
    assert overdispersion_limit(1) == math.inf


@pytest.mark.parametrize("n", [24, 60])
def test_counting_noise_passes_the_overdispersion_limit_in_one_of_forty(n: int) -> None:
    """Simulation, 3,000 binomial series: 2.5 % within four standard errors, √(.025·.975/3000) = .0029 each."""
    counts = np.random.default_rng([31, n]).binomial(500, 0.2, size=(3000, n))
    passed = np.mean([sigma_z(row, np.full(n, 500.0)) > overdispersion_limit(n) for row in counts])
    assert passed == pytest.approx(0.025, abs=0.0115)


def naive_step(values: list[float], least: int) -> tuple[int, float]:
    """Try every split; the pooled two-sample t of scipy."""
    best = min(
        range(least, len(values) - least + 1),
        key=lambda k: np.var(values[:k]) * k + np.var(values[k:]) * (len(values) - k),
    )
    return best, float(scipy_stats.ttest_ind(values[best:], values[:best]).statistic)


@pytest.mark.parametrize("seed", range(20))
def test_best_step_against_every_split(seed: int) -> None:
    generator = np.random.default_rng([41, seed])
    n, least = int(generator.integers(16, 70)), int(generator.integers(1, 9))
    values = generator.normal(size=n) + 1.5 * (np.arange(n) > generator.integers(0, n))
    step = best_single_step(values, least)
    position, t = naive_step(values.tolist(), least)
    assert step is not None
    assert step.position == position
    assert step.t == pytest.approx(t)
    assert (step.before, step.after) == pytest.approx((values[:position].mean(), values[position:].mean()))


def test_step_positions_count_gaps_and_levels_keep_their_digits() -> None:
    values = [1.0, None, 1.25, 0.75, 1.0, None, 1.0, 5.0, 5.25, None, 4.75, 5.0, 5.0]
    step = best_single_step(values, 3)
    assert step is not None
    assert step.position == 7
    shifted = best_single_step([None if value is None else value + 1e9 for value in values], 3)
    assert shifted is not None
    assert shifted.t == pytest.approx(step.t)


def test_no_step_where_none_is_possible() -> None:
    assert best_single_step([1.0, 2.0] * 7) is None
    assert best_single_step([0.1] * 30) is None
    assert best_single_step([]) is None
    perfect = best_single_step([1.0] * 8 + [3.0] * 8)
    assert perfect is not None
    assert (perfect.position, perfect.t) == (8, math.inf)
    with pytest.raises(ValueError, match="min_segment: found 0"):
        best_single_step([1.0] * 20, 0)


@pytest.mark.parametrize("seed", range(5))
def test_lag_1_against_the_definition(seed: int) -> None:
    values = np.random.default_rng([42, seed]).normal(size=50).cumsum()
    position, _ = naive_step(values.tolist(), 8)
    residual = np.r_[values[:position] - values[:position].mean(), values[position:] - values[position:].mean()]
    expected = (residual[1:] * residual[:-1]).sum() / (residual**2).sum()
    r1, step = lag1_after_step(values)
    assert step == position
    assert r1 == pytest.approx(expected)


def test_lag_1_skips_gaps_and_short_series_have_no_step() -> None:
    r1, step = lag1_after_step([1.0, 2.0, None, 1.0, 4.0])
    residual = np.array([-1.0, 0, np.nan, -1, 2])
    assert step is None
    assert r1 == pytest.approx((0 + -2) / np.nansum(residual**2))


def test_lag_1_of_a_perfect_step_or_nothing_is_not_defined() -> None:
    assert math.isnan(lag1_after_step([0.1] * 11 + [0.4] * 11)[0])
    assert math.isnan(lag1_after_step([])[0])


def test_one_step_is_not_taken_for_autocorrelation() -> None:
    """Simulation, 400 series of 60 with a step of 1.5σ: r1 > 2/√n in few after the step is removed, in most before."""
    generator = np.random.default_rng(43)
    rows = generator.normal(size=(400, 60)) + 1.5 * (np.arange(60) >= 30)
    limit = max(0.25, 2 / math.sqrt(60))
    after = np.mean([lag1_after_step(row)[0] > limit for row in rows])
    centred = rows - rows.mean(axis=1, keepdims=True)
    before = np.mean((centred[:, 1:] * centred[:, :-1]).sum(axis=1) / (centred**2).sum(axis=1) > limit)
    assert after < 0.03
    assert before > 0.5


def test_largest_t_is_that_of_the_best_step() -> None:
    rows = np.random.default_rng(44).normal(size=(5, 40))
    expected = [abs(step.t) for step in map(best_single_step, rows) if step is not None]
    assert largest_step_t(rows) == pytest.approx(expected)


def test_step_threshold_of_16_points_is_a_t_quantile() -> None:
    """Sixteen points leave one split: the threshold is the two-sided 0.00135 point of t with 14 degrees of freedom."""
    assert step_threshold(16) == pytest.approx(scipy_stats.t.ppf(1 - 0.00135 / 2, 14), abs=0.03)


@pytest.mark.parametrize(("n", "series"), [(24, 60_000), (60, 60_000), (100, 40_000)])
def test_noise_passes_the_step_threshold_with_the_stated_chance(n: int, series: int) -> None:
    """Another seed than the table's; 0.00135 within four standard errors (n = 100 is interpolated)."""
    rows = np.random.default_rng([45, n]).standard_normal((series, n))
    rate = np.mean(largest_step_t(rows) > step_threshold(n))
    assert rate == pytest.approx(0.00135, abs=4 * math.sqrt(0.00135 / series))


def test_step_thresholds_at_the_ends() -> None:
    assert step_threshold(15) == math.inf
    assert step_threshold(50_000) == STEP_THRESHOLDS[-1]
    assert len(STEP_POINTS) == len(STEP_THRESHOLDS)


def test_a_clear_step_is_proposed_and_noise_is_not() -> None:
    noise = np.random.default_rng(46).normal(size=60)
    assert proposed_step(noise) is None
    step = proposed_step(noise + 2.5 * (np.arange(60) >= 25))
    assert step is not None
    assert abs(step.position - 25) <= 2
    assert proposed_step([1.0, 9.0] * 5) is None


def test_early_warning_at_the_edge_of_the_prediction_interval() -> None:
    others = [10.0, 12.0, 11.0, 9.0, 13.0]
    reach = scipy_stats.t.ppf(0.99865, 4) * np.std(others, ddof=1) * math.sqrt(1 + 1 / 5)
    assert early_warning([*others, 11 + reach * 1.0001])
    assert early_warning([*others, None, 11 - reach * 1.0001])
    assert not early_warning([*others, 11 + reach * 0.9999])


def test_early_warning_wants_three_others() -> None:
    assert not early_warning([1.0, 2.0, 500.0])
    assert not early_warning([])
    assert not early_warning([0.1] * 5)
    assert early_warning([5.0, 5.0, 5.0, 9.0])


def test_early_warning_false_alarms() -> None:
    """Simulation, 20,000 series of 6: two-sided 0.0027 within four standard errors."""
    rows = np.random.default_rng(47).normal(size=(20_000, 6))
    assert np.mean([early_warning(row) for row in rows]) == pytest.approx(0.0027, abs=0.0015)


def test_weekday_share_by_hand() -> None:
    """Two weekdays at 0 and 10 and a residual of ±1: variance 25 + 1 in all, 1 left."""
    values, days = [1.0, 9, -1, 11, 1, 9, -1, 11], [0, 1] * 4
    total = np.var(values)
    left = np.var(np.array(values) - np.tile([0.0, 10.0], 4))
    assert weekday_share(values, days) == pytest.approx(1 - left / total)
    assert weekday_share([*values, None], [*days, 5]) == pytest.approx(1 - left / total)


def test_weekday_share_ends() -> None:
    assert weekday_share([3.0, 5.0] * 8, [0, 1] * 8) == 1
    assert weekday_share([0.1] * 14, list(range(7)) * 2) == 0
    assert weekday_share([], []) == 0
    assert weekday_share(pd.Series([1.0, 2.0, 1.0, 2.0]), pd.Series([0, 0, 1, 1])) == 0
    with pytest.raises(ValueError, match="found 1 labels for 2 values"):
        weekday_share([1.0, 2.0], [0])
