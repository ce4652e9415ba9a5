"""Series that are not what a method wishes for: each gets a sane answer, and on purpose."""

from __future__ import annotations

import warnings

import numpy as np
import pytest

from opsmetrics.stats.forecast import COVERAGES, forecast
from opsmetrics.stats.landing import Joint, paths

WEEK = np.array([5.0, 0.0, 1.0, 2.0, 0.0, -3.0, -5.0])


def week(n: int, *, first: int = 0, level: float = 20.0, seed: int = 0) -> np.ndarray:
    return level + WEEK[(first + np.arange(n)) % 7] + np.random.default_rng(seed).normal(0, 0.6, n)


def test_one_value_stays_and_its_range_is_wide() -> None:
    found = forecast([12.0], 7, seasons_tried=(7,), lower=0.0)
    low, high = found.interval(80)
    assert np.allclose(found.mean, 12.0)
    assert (high - low > 3.0).all()
    assert (low >= 0).all()
    assert np.isnan(found.accuracy.mae)
    assert paths(Joint(found), 50)[0].shape == (50, 7)


@pytest.mark.parametrize("value", [0.0, 7.5, -3.0])
def test_what_never_moved_is_expected_to_stay(value: float) -> None:
    """All zero too: no demand was ever seen, so that there is no rate."""
    found = forecast([value] * 30, 4, seasons_tried=(7,))
    assert found.method == "constant"
    assert all(np.allclose(end, value) for coverage in COVERAGES for end in found.interval(coverage))


def test_what_moved_once_is_no_constant() -> None:
    found = forecast([5.0] * 29 + [6.0], 4)
    assert found.method != "constant"
    assert 5.0 - 0.5 <= found.mean[0] <= 6.5


def test_nothing_before_the_first_value_and_after_the_last_one_counts() -> None:
    """Values end where the caller lets them end: trailing gaps are slots that came without a value."""
    values = week(70)
    found = forecast(np.concatenate([np.full(9, np.nan), values]), 7, seasons_tried=(7,))
    assert np.allclose(found.mean, forecast(values, 7, seasons_tried=(7,)).mean)
    waiting = forecast(np.concatenate([values, [np.nan, np.nan]]), 7, seasons_tried=(7,))
    assert np.allclose(waiting.mean, 20 + WEEK[(72 + np.arange(7)) % 7], atol=1.6)


def test_every_other_day_missing_still_shows_the_week() -> None:
    values = week(140)
    values[np.random.default_rng(2).random(140) < 0.5] = np.nan
    values[0] = 25.0
    found = forecast(values, 14, seasons_tried=(7,))
    assert np.isfinite(found.points.to_numpy()).all()
    assert np.abs(found.mean - (20 + WEEK[(140 + np.arange(14)) % 7])).mean() < 1.5


def test_near_a_bound_the_range_is_cut_and_still_holds_what_it_says() -> None:
    """A share of 98 to 100 %: of the 80 % range a fifth lies below it, and nothing above."""
    draw = np.random.default_rng(3)
    held = []
    for _ in range(40):
        values = np.minimum(0.995 + draw.normal(0, 0.008, 72), 1.0)
        found = forecast(values[:60], 12, lower=0.0, upper=1.0)
        low, high = found.interval(80)
        assert (high <= 1.0).all()
        held.append((values[60:] >= low) & (values[60:] <= high))
    assert np.mean(held) == pytest.approx(0.8, abs=0.07), "three standard errors of 480 values in 40 series"


def test_a_season_that_stopped_is_given_up() -> None:
    """Twelve weeks of a week, then eight without one: the profile fades instead of coming back for ever."""
    draw = np.random.default_rng(4)
    values = np.concatenate([week(84), 20 + draw.normal(0, 0.6, 56)])
    found = forecast(values, 7, seasons_tried=(7,))
    assert np.ptp(found.mean) < 0.3 * np.ptp(WEEK)
    assert found.mean.mean() == pytest.approx(20.0, abs=0.8)


def test_a_week_that_moved_is_learned_anew() -> None:
    """The rota moves by two days: five weeks later the forecast is nearer to the new week than to the old one."""
    values = np.concatenate([week(105), week(35, first=105 + 2, seed=1)])
    found = forecast(values, 7, seasons_tried=(7,))
    new, old = (20 + WEEK[(140 + shift + np.arange(7)) % 7] for shift in (2, 0))
    assert np.abs(found.mean - new).mean() < 0.5 * np.abs(found.mean - old).mean()


def test_a_level_shift_is_followed() -> None:
    draw = np.random.default_rng(5)
    values = np.concatenate([20 + draw.normal(0, 1, 80), 30 + draw.normal(0, 1, 20)])
    found = forecast(values, 7)
    assert found.mean.mean() == pytest.approx(30.0, abs=1.0)


@pytest.mark.parametrize("factor", [1e-12, 1e-6, 1e6, 1e12])
def test_magnitudes_do_not_matter(factor: float) -> None:
    values = week(80)
    with warnings.catch_warnings(), np.errstate(divide="raise", invalid="raise", over="raise"):
        warnings.simplefilter("error")
        plain, scaled = forecast(values, 7, seasons_tried=(7,)), forecast(values * factor, 7, seasons_tried=(7,))
    assert scaled.mean / factor == pytest.approx(plain.mean)
    for coverage in COVERAGES:
        assert scaled.interval(coverage)[1] / factor == pytest.approx(plain.interval(coverage)[1])


def test_a_tiny_wobble_on_a_large_level_is_kept() -> None:
    found = forecast(1e9 + week(80, level=0.0), 7, seasons_tried=(7,))
    low, high = found.interval(80)
    assert (high - low < 6).all()
    assert found.mean - 1e9 == pytest.approx(WEEK[(80 + np.arange(7)) % 7], abs=1.2)


def test_negative_values_have_a_season_that_is_added() -> None:
    found = forecast(week(80, level=0.0), 7, seasons_tried=(7,))
    assert found.season == 7
    assert found.mean == pytest.approx(WEEK[(80 + np.arange(7)) % 7], abs=1.2)


def test_whole_numbers_have_a_fan_of_whole_numbers() -> None:
    """ "Above six" needs seven: Poisson counts of mean 4 exceed it in 11.1 % of periods. 20 series of 90 values: their
    levels are known to ± 0.2, the chance to ± 0.02 each."""
    told = []
    for seed in range(20):
        found = forecast(np.random.default_rng(seed).poisson(4.0, 90), 5, lower=0.0)
        assert (found.quantiles % 1 == 0).all()
        assert found.probability_below(1, 6) == found.probability_below(1, 6.9)
        told.append(1 - found.probability_below(1, 6))
    assert np.mean(told) == pytest.approx(0.111, abs=0.03)


def outages(n: int, seed: int) -> np.ndarray:
    """Shares of 100 % but for one day in twelve, and the worst of all on the last."""
    draw = np.random.default_rng(seed)
    values = np.where(draw.random(n) < 1 / 12, 1 - draw.uniform(0.01, 0.05, n), 1.0)
    values[-6:] = (0.983, 1.0, 0.976, 1.0, 0.985, 0.543)
    return values


@pytest.mark.parametrize("lower", [0.0, None])
def test_what_is_mostly_at_its_upper_bound_goes_back_there(lower: float | None) -> None:
    """An outage says nothing of the days to come but that there are outages: no swing, no fall."""
    found = forecast(outages(400, 1), 14, seasons_tried=(7,), lower=lower, upper=1.0)
    low, high = found.interval(95)
    assert found.method == "saturated"
    assert np.ptp(found.mean) == 0 and 0.97 <= found.mean[0] <= 1.0
    assert (high == 1.0).all() and (low < 0.99).all()
    assert 0.75 < 1 - found.probability_below(1, 0.99) < 0.95, "11 of 12 days, some less for the last week"
    assert (np.diff(found.quantiles, axis=1) >= 0).all()
    assert found.backtest["actual"].max() == 1.0


def test_a_share_mirrored_is_its_complement() -> None:
    """Time up and time down are one series: what is forecast of them adds up to one."""
    up = outages(300, 2)
    both = [forecast(values, 7, lower=0.0, upper=1.0) for values in (up, np.round(1 - up, 12))]
    assert [found.method for found in both] == ["saturated", "intermittent"]
    assert np.allclose(both[0].mean + both[1].mean, 1.0)
    for coverage in COVERAGES:
        (low, high), (other_low, other_high) = (found.interval(coverage) for found in both)
        assert np.allclose(low + other_high, 1.0)
        assert np.allclose(high + other_low, 1.0)
    assert both[0].accuracy.mae == pytest.approx(both[1].accuracy.mae)


def test_what_has_left_its_bound_has_a_level() -> None:
    draw = np.random.default_rng(6)
    found = forecast(np.concatenate([outages(100, 3)[:-6], 0.8 + draw.normal(0, 0.01, 30)]), 7, upper=1.0)
    assert found.method == "combination"
    assert found.mean == pytest.approx(np.full(7, 0.8), abs=0.03)


def test_one_wild_value_does_not_swing_for_ever() -> None:
    """Without a bound the same outages have a level; a fit that answers the last one by ever worse ones is not kept."""
    found = forecast(outages(400, 1), 28, seasons_tried=(7,))
    assert found.method == "combination"
    assert np.abs(np.diff(found.mean)).max() < 0.1
    assert found.mean.min() > 0.7


@pytest.mark.parametrize("known", [[1.0] * 7 + [0.0] * 7, [3.0] + [np.nan] * 8 + [0.0] * 5, [2.0, 5.0] * 4 + [0.0] * 9])
def test_what_is_mostly_nothing_today_may_have_begun_without_nothing(known: list[float]) -> None:
    """Earlier origins knew of no zero at all: their range begins at the least value, and today's at nothing."""
    found = forecast(known, 4, lower=0.0)
    assert found.method == "intermittent"
    assert 0 <= found.mean[0] < np.nanmax(known) / 2
    assert (found.interval(95)[0] == 0).all() and (found.interval(95)[1] == np.nanmax(known)).all()
    assert len(found.backtest)


def test_uptime_that_begins_below_its_bound_is_no_error() -> None:
    found = forecast([0.9] * 7 + [1.0] * 9, 4, lower=0.0, upper=1.0)
    assert found.method == "saturated"
    assert 0.9 < found.mean[0] <= 1.0
