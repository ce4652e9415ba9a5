"""What holds on every rung of the ladder, from one value to two years of days, for what operations bring: constants,
steps, a spike of a thousand times, counts, outages, values on their bounds, gaps, and any unit."""

from __future__ import annotations

import numpy as np
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from opsmetrics.stats.forecast import MEMBERS, Forecast
from tests.cases import cases
from tests.stats.forecast.test_properties import assert_sound, strict

FEW = settings(max_examples=cases(30, 600), deadline=None)

LENGTHS = st.one_of(st.integers(1, 60), st.sampled_from([90, 160, 460]))
SHAPES = ("noise", "constant", "step", "spike", "on bounds", "counts", "rare", "outages", "walk", "growth", "week")
#: Units: thousandths of millionths, ones, and millions of millions.
UNITS = (1e-9, 1.0, 1e12)
TRIED = ((), (7,), (5,), (12,), (52,), (21, 3))


@st.composite
def series(draw: st.DrawFn, shapes: tuple[str, ...] = SHAPES) -> np.ndarray:
    n, shape = draw(LENGTHS), draw(st.sampled_from(shapes))
    chance = np.random.default_rng(draw(st.integers(0, 10**6)))
    noise, slots = chance.normal(0, 1, n), np.arange(n)
    if shape == "constant":
        return np.full(n, 7.5)
    if shape == "on bounds":
        return chance.choice([0.0, 100.0], n)
    if shape == "counts":
        return chance.poisson(4.0, n).astype(float)
    if shape == "rare":
        return np.where(chance.random(n) < 0.3, chance.poisson(3.0, n), 0).astype(float)
    if shape == "outages":
        return 100 - np.where(chance.random(n) < 0.2, chance.exponential(3.0, n), 0.0).clip(0, 100)
    values = {
        "noise": 50 + 5 * noise,
        "step": 20 + noise + np.where(slots >= n - min(n // 2, 6), 40.0, 0.0),
        "spike": 20 + noise,
        "walk": 50 + np.cumsum(noise),
        "growth": np.exp(slots / max(n, 30) * 6) + 0.1 * noise,
        "week": 50 + 10 * np.sin(slots * 2 * np.pi / 7) + noise,
    }[shape]
    if shape == "spike":
        values[draw(st.integers(0, n - 1))] *= 1000
    return values


@st.composite
def gappy(draw: st.DrawFn) -> np.ndarray:
    values = draw(series()) * draw(st.sampled_from(UNITS))
    missing = np.random.default_rng(draw(st.integers(0, 10**6))).random(len(values)) < draw(
        st.sampled_from([0.0, 0.1, 0.8])
    )
    missing[draw(st.integers(0, len(values) - 1))] = False
    return np.where(missing, np.nan, values)


def same(one: Forecast, other: Forecast, factor: float = 1.0, term: float = 0.0, reach: float = 0.0) -> None:
    columns = [name for name in one.points if name != "step"]
    assert np.allclose(one.points[columns] * factor + term, other.points[columns], rtol=1e-6, atol=reach)
    assert one.method == other.method


@FEW
@given(gappy(), st.integers(1, 30), st.sampled_from(TRIED), st.sampled_from(["none", "lower", "upper", "both"]))
def test_every_rung_is_sound_and_repeatable(
    values: np.ndarray, horizon: int, lengths: tuple[int, ...], bounds: str
) -> None:
    """Finite, nested, ascending, inside bounds that the values touch; no warning; the same for the same values."""
    low = float(np.nanmin(values)) if bounds in ("lower", "both") else None
    high = float(np.nanmax(values)) if bounds in ("upper", "both") else None
    found = strict(values, horizon, seasons_tried=lengths, lower=low, upper=high)
    assert_sound(found, horizon, low, high)
    assert low is None or found.quantiles.min() >= low
    assert high is None or found.quantiles.max() <= high
    assert np.isfinite(found.backtest.to_numpy(dtype=float)).all()
    assert {member.name for member in found.members} <= set(MEMBERS)
    again = strict(values.copy(), horizon, seasons_tried=lengths, lower=low, upper=high)
    assert found.points.equals(again.points)
    assert np.array_equal(found.quantiles, again.quantiles)
    assert found.backtest.equals(again.backtest)


@FEW
@given(series(), st.sampled_from(TRIED))
def test_a_thousand_times_the_values_is_a_thousand_times_the_forecast(
    values: np.ndarray, lengths: tuple[int, ...]
) -> None:
    assume(values.any())  # all zero: there is no unit to scale
    plain, larger = (strict(given, 8, seasons_tried=lengths) for given in (values, values * 1000))
    same(plain, larger, factor=1000, reach=1e-3 * max(float(np.abs(values).max()), 1e-3))


@FEW
@given(series(("noise", "step", "spike", "walk", "growth", "week")), st.sampled_from([-30.0, 250.0, 4000.0]))
def test_another_zero_moves_the_forecast_by_as_much(values: np.ndarray, shift: float) -> None:
    """Where no season is tried and there is no bound: from seven values on, as the guess below goes with the level."""
    assume(len(values) >= 7)
    plain, moved = strict(values, 8), strict(values + shift, 8)
    same(plain, moved, term=shift, reach=1e-5 * float(np.ptp(values)) + 1e-6)
