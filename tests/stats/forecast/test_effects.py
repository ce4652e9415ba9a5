"""What a known event does: learned from series whose effect is known, and laid over a forecast."""

from __future__ import annotations

import numpy as np
import pytest

from opsmetrics.stats.arrays import FloatArray
from opsmetrics.stats.forecast import Forecast, effects, forecast
from opsmetrics.stats.forecast.effects import Change, Effect, changed, estimate, given
from opsmetrics.stats.forecast.fan import LEVELS

WEEK = np.array([2.0, 0.0, 1.0, 0.0, -1.0, -3.0, 1.0])


def weekly(n: int, level: float = 20.0) -> FloatArray:
    return level + WEEK[np.arange(n) % 7]


def at(n: int, *spans: tuple[int, int]) -> FloatArray:
    touched = np.zeros(n)
    for first, last in spans:
        touched[first : last + 1] = 1.0
    return touched


# Learning


def test_without_noise_the_effect_is_found_exactly() -> None:
    touched = at(140, (30, 32), (90, 92))
    found = estimate(np.where(touched > 0, weekly(140) - 4, weekly(140)), touched, seasons_tried=(7,), multiplied=False)
    assert found is not None
    assert (found.seen, found.size) == (2, pytest.approx(-4.0, abs=1e-9))
    assert found.interval() == (pytest.approx(-4.0, abs=1e-6), pytest.approx(-4.0, abs=1e-6))


def test_a_factor_is_found_as_a_factor_also_from_a_part_of_a_slot() -> None:
    """A week of which two days in five lost half: 1 − 0.4 + 0.4 · 0.5 = 0.8 of it is left."""
    touched = 0.4 * at(60, (20, 20), (40, 40))
    found = estimate(np.where(touched > 0, 80.0, 100.0), touched, multiplied=True)
    assert found is not None
    assert found.shown(found.size) == pytest.approx(-0.5)
    assert found.factor(np.array([0.4]))[0] == pytest.approx(0.8)


@pytest.mark.parametrize(("seen", "wide", "size", "rho"), [(1, 1, 0.0, 0.0), (2, 1, -3.0, 0.0), (2, 5, -1.0, 0.8)])
def test_the_interval_holds_as_often_as_it_says(seen: int, wide: int, size: float, rho: float) -> None:
    """Seeded simulation with a week and autocorrelated noise: 70 series, 95 ± 2.5 standard errors of 2.6 points."""
    draw, inside, off, raw = np.random.default_rng(7), [], [], []
    for _ in range(70):
        noise = draw.normal(0, 1, 200)
        for slot in range(1, 200):
            noise[slot] += rho * noise[slot - 1]
        starts = draw.choice(np.arange(20, 180, wide + 19), seen, replace=False)
        touched = at(200, *((int(start), int(start) + wide - 1) for start in starts))
        found = estimate(weekly(200) + noise + size * touched, touched, seasons_tried=(7,), multiplied=False)
        assert found is not None
        low, high = found.interval()
        inside.append(low <= size <= high)
        off.append(found.size - size)
        raw.append(found.raw - size)
    assert np.mean(inside) == pytest.approx(0.95, abs=0.065)
    if size == 0.0:
        assert np.square(off).mean() < 0.6 * np.square(raw).mean(), "shrinking keeps noise from looking like an effect"


def test_what_cannot_be_learned_is_none() -> None:
    n = 40
    nothing = np.full(n, np.nan)
    assert estimate(weekly(n), np.zeros(n), multiplied=False) is None
    assert estimate(np.where(at(n, (10, 11)) > 0, nothing, weekly(n)), at(n, (10, 11)), multiplied=False) is None
    assert estimate(weekly(n), at(n, (0, 33)), multiplied=False) is None, "six ordinary slots are too few"


def test_set_apart_is_as_if_it_had_not_happened() -> None:
    effect = given(-0.5, multiplied=True)
    left = effects.set_apart(np.array([10.0, 4.0, 9.0]), np.array([0.0, 1.0, 0.2]), effect)
    assert left[0] == 10.0
    assert np.isnan(left[1])
    assert left[2] == pytest.approx(10.0)


# Laying over


@pytest.fixture(scope="module")
def ahead() -> Forecast:
    draw = np.random.default_rng(3)
    return forecast(weekly(120) + draw.normal(0, 1, 120), 10, seasons_tried=(7,), lower=0.0)


def test_a_given_share_scales_every_range(ahead: Forecast) -> None:
    part = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 1.0])
    found = changed(ahead, [Change(given(-0.2, multiplied=True), part)])
    assert found.mean == pytest.approx(ahead.mean * (1 - 0.2 * part))
    assert found.interval(80)[1] == pytest.approx(ahead.interval(80)[1] * (1 - 0.2 * part))
    assert found.correlation is ahead.correlation
    assert found.backtest is ahead.backtest


def test_what_no_event_touches_stays_as_it_is(ahead: Forecast) -> None:
    part = np.array([0, 0, 0, 0, 1, 1, 1, 1, 1, 1.0])
    for effect in (given(-0.2, multiplied=True), Effect(2, -5.0, -5.0, 2.0, 7.0, False)):
        found = changed(ahead, [Change(effect, part)])
        assert found.points[:4].equals(ahead.points[:4])
        assert np.array_equal(found.quantiles[:4], ahead.quantiles[:4])
        assert (found.points["lower_80"] <= found.points["mean"]).all()


def test_whole_counts_keep_their_ranges_and_are_moved_alike() -> None:
    """The range of counts that are mostly 0 is one of whole numbers, not of the fan."""
    found = forecast([0, 0, 1, 0, 0, 2, 0, 0, 0, 1] * 8, 5, lower=0.0)
    assert found.method == "intermittent"
    half = changed(found, [Change(given(-0.5, multiplied=True), np.array([1, 1, 0, 0, 0.0]))])
    assert half.interval(95)[1][:2] == pytest.approx(found.interval(95)[1][:2] / 2)
    assert half.points[2:].equals(found.points[2:])


def test_a_given_shift_moves_and_a_ceiling_cuts(ahead: Forecast) -> None:
    shift = changed(ahead, [Change(given(3.0, multiplied=False), np.ones(10))])
    assert shift.quantiles == pytest.approx(ahead.quantiles + 3)
    cut = changed(ahead, [], np.where(np.arange(10) < 5, np.inf, 18.0))
    assert cut.quantiles[5:].max() == 18.0
    assert np.array_equal(cut.quantiles[:5], ahead.quantiles[:5])
    assert changed(ahead, [Change(given(-500.0, multiplied=False), np.ones(10))]).quantiles.max() == 0.0, "its bound"


def test_no_work_leaves_nothing(ahead: Forecast) -> None:
    found = changed(ahead, [Change(given(-1.0, multiplied=True), np.linspace(0, 1, 10))])
    assert found.mean == pytest.approx(ahead.mean * np.linspace(1, 0, 10))
    with pytest.raises(ValueError, match="-100 %"):
        given(-1.5, multiplied=True)


@pytest.mark.parametrize("multiplied", [True, False])
def test_an_uncertain_effect_widens_as_drawing_both_does(ahead: Forecast, multiplied: bool) -> None:
    """Against 200,000 seeded draws of forecast and effect; 1 % of the value is far below what is shown."""
    size, error = (-0.3, 0.15) if multiplied else (-5.0, 2.0)
    effect = Effect(2, size, size, error, 7.0, multiplied)
    found = changed(ahead, [Change(effect, np.ones(10))])
    draw = np.random.default_rng(5)
    base = np.interp(draw.random(200_000), LEVELS, ahead.quantiles[4])
    moved = size + error * draw.standard_t(7, 200_000)
    both = base * np.exp(moved) if multiplied else base + moved
    for level in (0.1, 0.5, 0.9):
        place = int(np.argmin(np.abs(LEVELS - level)))
        assert found.quantiles[4, place] == pytest.approx(np.quantile(both, level), rel=0.01, abs=0.1)
    assert (np.diff(found.quantiles, axis=1) >= 0).all()


def test_an_effect_that_is_off_is_off_in_all_its_steps(ahead: Forecast) -> None:
    part = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1.0])
    found = changed(ahead, [Change(Effect(2, -5.0, -5.0, 4.0, 7.0, False), part)])
    assert (found.correlation[5:, 5:] >= ahead.correlation[5:, 5:] - 1e-12).all()
    assert found.correlation[6, 9] > 0.7
    assert np.linalg.eigvalsh(found.correlation).min() > -1e-9
    assert np.diag(found.correlation) == pytest.approx(1.0)
