"""Seasons that are not beyond chance, or seen too little to be found: followed as far as they stand out from noise."""

from __future__ import annotations

import numpy as np
import pytest

from opsmetrics.stats.forecast import forecast, seasons

YEAR = 3 * np.sin(np.arange(12) * np.pi / 6)


def years(n: int, noise: float, seed: int = 0, slope: float = 0.0) -> np.ndarray:
    draw = np.random.default_rng(seed)
    return 50 + YEAR[np.arange(n) % 12] + slope * np.arange(n) + draw.normal(0, noise, n)


def drawn(values: np.ndarray, length: int) -> np.ndarray:
    """By loops: the terms of each slot, times real over real and noise (empirical Bayes, Carlin and Louis 2.3)."""
    steps = sorted(values[t] - values[t - length] for t in range(length, len(values)))
    half = len(steps) // 2
    middle = steps[half] if len(steps) % 2 else (steps[half - 1] + steps[half]) / 2
    flat = [v - middle / length * t for t, v in enumerate(values)]
    mean = sum(flat) / len(flat)
    slots = [[v - mean for v in flat[slot::length]] for slot in range(length)]
    terms = [sum(s) / len(s) for s in slots]
    noise = sum((v - term) ** 2 for s, term in zip(slots, terms, strict=True) for v in s) / (len(values) - length)
    real = max(sum(term**2 for term in terms) / length - noise / (len(values) / length), 0.0)
    kept = [term * real / (real + noise / len(s)) if real else 0.0 for s, term in zip(slots, terms, strict=True)]
    return np.array(kept) - sum(kept) / length


@pytest.mark.parametrize("n", [24, 29, 35])
def test_a_season_seen_twice_is_drawn_towards_none(n: int) -> None:
    values = years(n, 1.0, seed=n, slope=0.2)
    found = seasons.weak(values, (12,))
    assert found is not None
    assert found.indices == pytest.approx(drawn(values, 12))


def test_two_years_of_months_show_the_year() -> None:
    found = forecast(years(30, 0.8), 12, seasons_tried=(12,))
    assert (found.season, found.weak_season) == (1, 12)
    following = YEAR[(30 + np.arange(12)) % 12]
    assert np.corrcoef(found.mean, following)[0, 1] > 0.9
    assert np.ptp(found.mean) < 1.2 * np.ptp(YEAR)


def test_two_years_of_noise_show_next_to_none() -> None:
    moves = [
        np.ptp(forecast(years(30, 1.0, seed) - YEAR[np.arange(30) % 12], 12, seasons_tried=(12,)).mean)
        for seed in range(20)
    ]
    assert np.mean(moves) < 1.0, "the values themselves move by four standard deviations"


@pytest.mark.parametrize(("n", "length"), [(23, 12), (200, 3)])
def test_what_was_seen_too_little_or_is_too_short_is_not_guessed_at(n: int, length: int) -> None:
    assert seasons.weak(years(n, 1.0), (length,)) is None


def test_a_season_that_is_all_noise_is_not_told() -> None:
    found = [forecast(np.random.default_rng(seed).normal(10, 1, 30), 4, seasons_tried=(12,)) for seed in range(20)]
    assert any(each.weak_season == 1 for each in found)
    assert all(each.season == 1 for each in found)


def test_of_a_day_and_a_week_that_counts_which_repeats_the_better() -> None:
    """Three shifts a day: weeks of like days repeat every 3 slots, those with a quiet weekend every 21."""
    draw = np.random.default_rng(6)
    day = np.tile([10.0, 14.0, 6.0], 7)
    week = day * np.repeat([1, 1, 1, 1, 1, 0.4, 0.3], 3)
    alike, weekend = (np.tile(pattern, 10) + draw.normal(0, 0.3, 210) for pattern in (day, week))
    level = np.cumsum(draw.normal(0, 0.2, 210))
    assert seasons.find(alike + level, (21, 3)) == 3
    assert seasons.find(weekend + level, (21, 3)) == 21
