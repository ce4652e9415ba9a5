"""Where errors are larger: hours of the day that a forecast starts at. Slots and days of the week: test_fan."""

from __future__ import annotations

import numpy as np
import pytest

from opsmetrics.stats.forecast.places import Profile, found_in

KNOWN, HORIZON, DAY, WEEK = 1_000, 48, 24, 168
ORIGINS = np.linspace(KNOWN - 2 * WEEK, KNOWN - 1, 36).astype(int)


def from_hours(errors: np.ndarray) -> Profile:
    """The profile of starting hours found in absolute errors; days of the week are found first and left aside."""
    flat = np.full(HORIZON, 1.0)
    found = found_in(np.abs(errors), lambda _: flat, ORIGINS, KNOWN, 1, (WEEK, DAY))
    assert [profile.from_start for profile in found] == [False, True]
    return found[-1]


def errors(by_hour: np.ndarray, spread: float, seed: int = 0) -> np.ndarray:
    """Of each origin one size for its whole horizon, which goes with its hour and with chance; NaN where unknown."""
    size = by_hour[ORIGINS % DAY] * np.exp(np.random.default_rng(seed).normal(0, spread, len(ORIGINS)))
    there = ORIGINS[:, None] + np.arange(HORIZON) < KNOWN
    return np.where(there, size[:, None], np.nan)


def test_starts_that_err_by_more_are_wider_whatever_hour_is_forecast() -> None:
    """Four times as much from noon as from midnight, in a wave of one day. Triangular weights that reach six hours, a
    quarter of it, leave (sin(π/4) / (π/4))² of a wave: 0.81 (Bracewell 2000, table 6.1)."""
    wave = np.exp(np.log(2) * -np.cos(2 * np.pi * np.arange(DAY) / DAY))
    found = from_hours(errors(wave, 0.1))
    assert found.sizes[12] / found.sizes[0] == pytest.approx(4**0.81, rel=0.1)
    at = found.at(np.array([KNOWN, KNOWN + 5]), HORIZON)
    assert at.shape == (2, HORIZON)
    assert np.ptp(at, axis=1) == pytest.approx([0.0, 0.0])
    assert at[:, 0].tolist() == [found.sizes[KNOWN % DAY], found.sizes[(KNOWN + 5) % DAY]]


def test_what_chance_would_give_is_not_believed() -> None:
    """Sizes that differ by half from origin to origin and not by the hour: in most of the cases hours are alike."""
    told = [float(np.ptp(np.log(from_hours(errors(np.ones(DAY), 0.5, seed)).sizes))) for seed in range(40)]
    assert np.median(told) < 0.05
    assert np.mean(told) < 0.25, "unshrunk: some 0.7"


def test_few_origins_say_nothing_about_the_hour() -> None:
    few = ORIGINS[-7:]
    found = found_in(np.ones((7, 4)), lambda _: np.ones(4), few, KNOWN, 1, (WEEK, DAY))
    assert found[-1].sizes.tolist() == [1.0] * DAY


def test_of_one_season_only_its_slots_are_told_apart() -> None:
    assert found_in(np.ones((9, 4)), lambda _: np.ones(4), ORIGINS[-9:], KNOWN, 1, (DAY,)) == ()
    (found,) = found_in(np.ones((9, 4)), lambda _: np.ones(4), ORIGINS[-9:], KNOWN, DAY, (DAY,))
    assert not found.from_start
    assert found.at(KNOWN, 4).shape == (4,)
