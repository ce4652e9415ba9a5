"""Errors go with the level: what the backtest says about it, and ranges that follow it."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsmetrics.stats.forecast import fan, forecast
from opsmetrics.stats.forecast.spread import Spread, spread_of
from tests.cases import cases

LEVELS = np.linspace(50, 150, 40)[:, None]


def relative(power: float, horizons: float = 40.0) -> Spread:
    """What is said about errors that go with this power of levels from 50 to 150; 40 origins × 6 steps."""
    forecasts = np.repeat(LEVELS, 6, axis=1)
    errors = np.abs(np.random.default_rng(1).laplace(0, 1, forecasts.shape)) * forecasts**power
    return spread_of(forecasts, errors / errors.mean(), horizons, 0.0, None)


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
def test_the_backtest_tells_the_power_of_the_level(power: float) -> None:
    assert relative(power).power == pytest.approx(power, abs=0.1)


@pytest.mark.parametrize("power", [0.0, 1.0])
def test_it_tells_that_of_the_steps_apart(power: float) -> None:
    """The same level at all origins, peaks and nights within the horizon."""
    forecasts = np.tile([40.0, 160.0, 60.0, 140.0, 100.0, 100.0], (40, 1))
    errors = np.abs(np.random.default_rng(1).laplace(0, 1, forecasts.shape)) * forecasts**power
    found = spread_of(forecasts, errors / errors.mean(), 40.0, 0.0, None)
    assert found.within == pytest.approx(power, abs=0.1)
    ratio = found.at(forecasts)[0, 1] / found.at(forecasts)[0, 0]
    assert ratio == pytest.approx(4.0**power, rel=0.15)


def test_little_of_a_backtest_leaves_the_power_in_the_middle() -> None:
    assert relative(0.0, 1.0).power == pytest.approx(0.5, abs=0.15)
    assert relative(1.0, 1.0).power == pytest.approx(0.5, abs=0.15)


def test_errors_in_proportion_double_with_the_level() -> None:
    found = relative(1.0)
    low, high = found.at(np.full((1, 6), 60.0)), found.at(np.full((1, 6), 120.0))
    assert float(high[0, 0] / low[0, 0]) == pytest.approx(2.0, rel=0.1)


def test_a_share_errs_as_a_binomial_one() -> None:
    """√(p(1 − p)) over its value at one half; a fifth of that at the bounds."""
    shares = np.array([[0.0, 10.0, 50.0, 90.0, 100.0]])
    assert Spread(0.0, 100.0).at(shares)[0] == pytest.approx([0.2, 0.6, 1.0, 0.6, 0.2])


def test_without_a_bound_errors_are_the_same_everywhere() -> None:
    forecasts = np.repeat(LEVELS, 6, axis=1)
    found = spread_of(forecasts, np.abs(forecasts), 40.0, None, None)
    assert (found.at(forecasts) == 1).all()


@settings(max_examples=cases(10, 100), deadline=None)
@given(st.floats(0.01, 1000), st.integers(0, 50))
def test_the_unit_makes_no_difference(unit: float, seed: int) -> None:
    values = 20 + np.random.default_rng(seed).normal(0, 2, 40).cumsum() / 4
    one, other = forecast(values, 4, lower=0.0), forecast(values * unit, 4, lower=0.0)
    assert np.allclose(one.quantiles * unit, other.quantiles, rtol=1e-6)


def test_ranges_narrow_towards_a_bound() -> None:
    """The same relative errors, forecast at 70 % and at 97 %."""
    errors = np.random.default_rng(3).normal(0, 3, (30, 4))
    past = fan.Past(1000 + np.arange(30), np.full((30, 4), 70.0), errors, np.ones(30, dtype=bool))
    found = fan.widths(past, fan.Series(1030, 1, 0.0, 100.0))
    assert found is not None
    middle, near = (found.fan(np.full((1, 4), level), 0.0, 100.0)[0, 0] for level in (70.0, 97.0))
    inside = np.abs(fan.LEVELS - 0.4).argmin()
    ratio = (97.0 - near[inside]) / (70.0 - middle[inside])
    assert ratio == pytest.approx(np.sqrt(0.97 * 0.03 / (0.7 * 0.3)), rel=0.01)
