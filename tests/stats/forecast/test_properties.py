"""What holds for every series."""

from __future__ import annotations

import itertools
import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from opsmetrics.stats.forecast import COVERAGES, Forecast, forecast
from opsmetrics.stats.landing import Joint, paths
from tests.cases import cases

VALUES = st.floats(0, 100, allow_nan=False, width=32).map(lambda x: round(x, 3))
SERIES = arrays.arrays(np.float64, st.integers(1, 60), elements=VALUES)
FEW = settings(max_examples=cases(25, 60), deadline=None)


def strict(values: np.ndarray, horizon: int, **more: object) -> Forecast:
    """A forecast during which a warning is a failure."""
    with warnings.catch_warnings(), np.errstate(divide="raise", invalid="raise"):
        warnings.simplefilter("error")
        return forecast(values, horizon, **more)  # type: ignore[arg-type]


def assert_sound(found: Forecast, horizon: int, lower: float | None = None, upper: float | None = None) -> None:
    numbers = found.points.drop(columns="step")
    assert len(numbers) == horizon
    assert np.isfinite(numbers.to_numpy()).all()
    chain = [f"lower_{c}" for c in reversed(COVERAGES)] + ["mean"] + [f"upper_{c}" for c in COVERAGES]
    for inner, outer in itertools.pairwise(chain):
        assert (numbers[inner] <= numbers[outer]).all(), f"{inner} above {outer}"
    assert np.isfinite(found.quantiles).all()
    assert (np.diff(found.quantiles, axis=1) >= 0).all()
    assert np.allclose(found.correlation, found.correlation.T)
    assert np.linalg.eigvalsh(found.correlation).min() > 0
    if lower is not None:
        assert numbers.to_numpy().min() >= lower
    if upper is not None:
        assert numbers.to_numpy().max() <= upper


@pytest.mark.parametrize("n", range(1, 31))
@pytest.mark.parametrize("lengths", [(), (7,), (12,), (52,)])
def test_every_short_series_has_a_sound_forecast(n: int, lengths: tuple[int, ...]) -> None:
    values = 50 + np.random.default_rng(n).normal(0, 5, n)
    assert_sound(strict(values, 9, seasons_tried=lengths, lower=0.0, upper=100.0), 9, 0.0, 100.0)


@FEW
@given(SERIES, st.integers(1, 20), st.sampled_from([(), (7,), (5,), (21, 3), (12,)]))
def test_any_values_within_bounds(values: np.ndarray, horizon: int, lengths: tuple[int, ...]) -> None:
    found = strict(values, horizon, seasons_tried=lengths, lower=0.0, upper=100.0)
    assert_sound(found, horizon, 0.0, 100.0)


@FEW
@given(SERIES, st.data())
def test_any_pattern_of_gaps(values: np.ndarray, data: st.DataObject) -> None:
    missing = data.draw(arrays.arrays(np.bool_, len(values)))
    keep = data.draw(st.integers(0, len(values) - 1))
    missing[keep] = False
    holed = np.where(missing, np.nan, values)
    found = strict(holed, 5, seasons_tried=(7,))
    assert_sound(found, 5)
    assert found.known == int((~missing).sum())
    assert found.known + found.gaps == found.last - found.first + 1


@FEW
@given(SERIES, st.sampled_from([1e-6, 0.01, 3.0, 1e7]))
def test_another_unit_is_the_same_forecast(values: np.ndarray, factor: float) -> None:
    plain, scaled = strict(values, 6, seasons_tried=(7,)), strict(values * factor, 6, seasons_tried=(7,))
    if not values.any():
        return  # all zero: there is no unit to scale
    columns = [name for name in plain.points if name != "step"]
    reach = 1e-6 * max(float(np.abs(values).max()), 1e-3)
    assert np.allclose(plain.points[columns] * factor, scaled.points[columns], rtol=1e-6, atol=reach * factor)


@pytest.mark.parametrize("shift", [-500.0, 40.0, 3000.0])
def test_another_zero_is_the_same_forecast(shift: float) -> None:
    """Without a season, which is multiplied where all values are above zero."""
    values = 100 + np.random.default_rng(2).normal(0, 4, 50)
    plain, moved = forecast(values, 6), forecast(values + shift, 6)
    columns = [name for name in plain.points if name != "step"]
    assert np.allclose(plain.points[columns] + shift, moved.points[columns], rtol=0, atol=0.02)


def test_the_same_values_give_the_same_forecast() -> None:
    values = np.random.default_rng(8).normal(10, 1, 70)
    assert forecast(values, 5).points.equals(forecast(values.copy(), 5).points)


def test_what_was_given_is_not_changed() -> None:
    values = np.random.default_rng(8).normal(10, 1, 40)
    values[4] = np.nan
    kept = values.copy()
    forecast(values, 5, seasons_tried=(7,))
    assert np.array_equal(values, kept, equal_nan=True)


@FEW
@given(arrays.arrays(np.float64, st.integers(12, 40), elements=VALUES))
def test_paths_stay_inside_and_have_the_fan_as_margins(values: np.ndarray) -> None:
    found = strict(values, 6, lower=0.0, upper=100.0)
    drawn, _ = paths(Joint(found), 400, seed=1)
    assert drawn.shape == (400, 6)
    assert drawn.min() >= 0.0
    assert drawn.max() <= 100.0
    shares = (np.arange(400) + 0.5) / 400
    for step in range(6):
        assert np.allclose(np.sort(drawn[:, step]), np.interp(shares, found.levels, found.quantiles[step]))
