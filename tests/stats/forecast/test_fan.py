"""Ranges: seeded simulations of their coverage, and what joint paths add to them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr

from opsmetrics.stats.forecast import Forecast, fan, forecast
from opsmetrics.stats.landing import Joint, paths

#: Series and steps of a simulation: 60 × 6 errors, which are alike within a series.
SERIES, STEPS = 60, 6


def simulated(kind: str, seed: int, n: int) -> np.ndarray:
    """n + STEPS values of a process whose next values are known to us only."""
    draw = np.random.default_rng(seed)
    shocks = draw.normal(0, 1, n + STEPS)
    if kind == "noise":
        return 20 + shocks
    if kind == "walk":
        return 60 + np.cumsum(shocks)
    if kind == "week":
        return 30 + 4 * np.sin(np.arange(n + STEPS) * 2 * np.pi / 7) + shocks
    values = np.zeros(n + STEPS)
    for slot in range(1, n + STEPS):
        values[slot] = 0.7 * values[slot - 1] + shocks[slot]
    return 20 + values


@pytest.mark.parametrize("kind", ["noise", "walk", "week", "memory"])
def test_ranges_hold_as_often_as_they_say(kind: str) -> None:
    """Tolerance: 60 series of 120 values; errors of six steps are alike, so some 100 independent ones: ± 2.5 standard
    errors are ± 0.10 at 80 % and ± 0.055 at 95 %."""
    inside = {80: [], 95: []}
    for seed in range(SERIES):
        values = simulated(kind, seed, 120)
        found = forecast(values[:-STEPS], STEPS, seasons_tried=(7,))
        for coverage, hits in inside.items():
            low, high = found.interval(coverage)
            hits.append((values[-STEPS:] >= low) & (values[-STEPS:] <= high))
    assert np.mean(inside[80]) == pytest.approx(0.80, abs=0.10)
    assert np.mean(inside[95]) == pytest.approx(0.95, abs=0.055)


def test_measured_coverage_is_what_it_is_called() -> None:
    shares = [forecast(simulated("noise", seed, 120), 5).accuracy.coverage for seed in range(20)]
    assert np.mean([held[0].share for held in shares]) == pytest.approx(0.8, abs=0.08)
    assert np.mean([held[1].share for held in shares]) == pytest.approx(0.95, abs=0.05)


#: Origins one slot apart, far from the start: what they knew makes no difference.
FAR = 10_000


def widths(errors: np.ndarray, origins: np.ndarray, known: int, season: int = 1) -> fan.Widths | None:
    """Of origins that forecast 0 and knew all that is known now of the season."""
    past = fan.Past(origins, np.zeros_like(errors), errors, np.ones(len(origins), dtype=bool))
    return fan.widths(past, fan.Series(known, season))


def test_widths_follow_the_errors_and_never_shrink_with_the_step() -> None:
    errors = np.random.default_rng(0).normal(0, 1, (200, 9)) * np.sqrt(np.arange(1, 10))
    origins = FAR + np.arange(200)
    found = widths(errors, origins, FAR + 200)
    assert found is not None
    assert found.scale == pytest.approx(np.sqrt(2 / np.pi) * np.sqrt(np.arange(1, 10)), rel=0.1)
    falling = widths(errors[:, ::-1], origins, FAR + 200)
    assert falling is not None
    assert np.ptp(falling.scale) == pytest.approx(0.0, abs=1e-12)


def test_two_dozen_errors_of_one_step_tell_as_much_as_two_dozen() -> None:
    """A step ahead: 300 backtests of 26 normal errors over 110 slots, each with what its ranges hold of the normal law.
    Quantiles as they are, of as many errors as there were slots, would hold 74 and 90 %."""
    origins, draw, held = FAR + np.linspace(0, 109, 26).astype(int), np.random.default_rng(6), []
    for _ in range(300):
        found = widths(draw.normal(0, 1, (26, 1)), origins, FAR + 110)
        assert found is not None
        low, high = (sign * found.reach * found.scale[0] for sign in (-1, 1))
        at = [int(np.argmin(np.abs(fan.LEVELS - level))) for level in (0.1, 0.9, 0.025, 0.975)]
        held.append([ndtr(high[at[1]]) - ndtr(low[at[0]]), ndtr(high[at[3]]) - ndtr(low[at[2]])])
    assert np.mean(held, axis=0) == pytest.approx([0.80, 0.95], abs=0.02)


def test_the_reach_of_normal_errors_is_the_normal_one() -> None:
    found = widths(np.random.default_rng(1).normal(0, 1, (4000, 1)), FAR + np.arange(4000), FAR + 4000)
    assert found is not None
    half = float(found.reach[np.argmin(np.abs(fan.LEVELS - 0.9))] * found.scale[0])
    outer = float(found.reach[np.argmin(np.abs(fan.LEVELS - 0.975))] * found.scale[0])
    assert half == pytest.approx(1.2816, rel=0.03)
    assert outer == pytest.approx(1.96, rel=0.03)


def test_lopsided_errors_make_a_lopsided_fan() -> None:
    """Waits run late by much and early by little: each side has its own reach where enough was seen."""
    errors = np.random.default_rng(5).exponential(1, (4000, 1)) - np.log(2)
    found = widths(errors, FAR + np.arange(4000), FAR + 4000)
    assert found is not None
    low, high = (found.reach[np.argmin(np.abs(fan.LEVELS - level))] * found.scale[0] for level in (0.1, 0.9))
    assert (low, high) == (pytest.approx(np.log(2) + np.log(0.9), abs=0.05), pytest.approx(np.log(10 / 2), abs=0.07))


def test_few_horizons_of_backtest_widen_the_ends_most() -> None:
    errors = np.random.default_rng(2).normal(0, 1, (12, 6))
    short = widths(errors, FAR + np.arange(12), FAR + 12)
    long = widths(errors, np.linspace(FAR - 400, FAR, 12).astype(int), FAR + 12)
    assert short is not None
    assert long is not None
    wider = short.reach / np.where(long.reach > 0, long.reach, 1)
    assert wider[np.argmin(np.abs(fan.LEVELS - 0.975))] > 1.1


def test_a_slot_with_larger_errors_is_wider() -> None:
    """Nights are quiet and days are not: a season of four slots whose second half errs three times as much, half of
    which is believed after 16 seasons: here 50 were seen."""
    draw = np.random.default_rng(3)
    slots = np.arange(400, 600)[:, None] + np.arange(8)
    errors = draw.normal(0, 1, slots.shape) * np.where(slots % 4 < 2, 1.0, 3.0)
    found = widths(errors, np.arange(400, 600), 600, season=4)
    assert found is not None
    believed = 50 / (50 + 16) * 0.5
    scale = found.at(600)
    assert scale[2:4].mean() / scale[:2].mean() == pytest.approx((1 + believed) / (1 - believed), rel=0.1)


def test_a_day_of_the_week_with_larger_errors_is_wider() -> None:
    """Hours of four weeks; on the last two days of each the errors are three times as large. In the middle of a day,
    where all 24 hours around are of its kind, 4 / (4 + 1) of that is believed; the season itself is one of hours."""
    week, known = 168, 1_680
    origins = np.arange(known - 4 * week, known, 2)
    slots = origins[:, None] + np.arange(week)
    errors = np.random.default_rng(6).normal(0, 1, slots.shape) * np.where(slots % week < 120, 1.0, 3.0)
    past = fan.Past(origins, np.zeros_like(errors), errors, np.ones(len(origins), dtype=bool))
    found = fan.widths(past, fan.Series(known, 24, tried=(week, 24)))
    assert found is not None
    own = np.array([1.0, 3.0]) / np.average([1.0, 3.0], weights=[5, 2])
    quiet, wild = 1 + (own - 1) * 4 / (4 + 1)
    assert found.at(known)[132:156].mean() / found.at(known)[24:96].mean() == pytest.approx(wild / quiet, rel=0.1)
    alone = fan.widths(past, fan.Series(known, 24, tried=(24,)))
    assert alone is not None
    assert alone.at(known)[132:156].mean() / alone.at(known)[24:96].mean() < 1.1


def test_earlier_origins_knew_less() -> None:
    """The same errors, made after 10 values: now that 100 are known, smaller ones are expected."""
    errors = np.random.default_rng(2).normal(0, 1, (12, 6))
    now, then = (widths(errors, 10 + np.arange(12), known) for known in (100, 22))
    assert now is not None
    assert then is not None
    assert (now.scale < then.scale).all()


def test_origins_that_knew_as_much_of_the_season_count_for_more() -> None:
    """Ten origins without the season err by twice as much as ten with it, as which the forecast of today is made."""
    errors = np.random.default_rng(2).normal(0, 1, (20, 6)) * np.repeat([2.0, 1.0], 10)[:, None]
    origins, forecasts = FAR + np.arange(20), np.zeros((20, 6))
    all_alike, half = (
        fan.widths(fan.Past(origins, forecasts, errors, alike), fan.Series(FAR + 20))
        for alike in (np.ones(20, dtype=bool), np.arange(20) >= 10)
    )
    assert all_alike is not None
    assert half is not None
    assert half.scale == pytest.approx(all_alike.scale * (10 * 1 / 1.5 + 2) / 12, rel=0.03)


def test_few_horizons_say_little_of_how_errors_grow() -> None:
    """Errors that grow as those of a walk: over 2 horizons half of that is believed, over 100 nearly all."""
    errors = np.random.default_rng(0).normal(0, 1, (200, 9)) * np.sqrt(np.arange(1, 10))
    steep = []
    for horizons in (2, 100):
        found = widths(errors, np.linspace(FAR, FAR + 9 * horizons - 9, 200).astype(int), FAR + 9 * horizons)
        assert found is not None
        steep.append(np.log(found.scale[-1] / found.scale[0]) / np.log(9))
    assert steep == [pytest.approx((0.5 + 0.15) / 2, abs=0.05), pytest.approx(0.5, abs=0.05)]


def test_a_bound_cuts_a_range_and_all_that_is_left_out_lies_on_the_other_side() -> None:
    quantiles = np.clip(fan.LEVELS * 10 - 2, 0, None)[None, :]
    low, high = fan.ends(quantiles, fan.LEVELS, 0.8, 0.0, None)
    assert (low[0], high[0]) == (0.0, pytest.approx(6.0)), "8 of 10 lie at or below the 80 % quantile"
    low, high = fan.ends(quantiles + 1, fan.LEVELS, 0.8, 0.0, None)
    assert high[0] == pytest.approx(8.0), "uncut: a tenth on each side"


def test_too_few_errors_give_no_widths() -> None:
    assert widths(np.full((3, 4), np.nan), np.arange(10, 13), 20) is None
    assert widths(np.zeros((5, 4)), np.arange(10, 15), 20) is None


# Chances and paths


def known(values: np.ndarray, horizon: int) -> Forecast:
    return forecast(values, horizon)


def test_chances_follow_the_fan() -> None:
    found = known(20 + np.random.default_rng(3).normal(0, 1, 100), 4)
    middle, (low, high) = found.mean[1], found.interval(80)
    assert found.probability_below(2, float(middle)) == pytest.approx(0.5, abs=0.01)
    assert found.probability_below(2, float(low[1])) == pytest.approx(0.1, abs=0.01)
    assert found.probability_below(2, float(high[1])) == pytest.approx(0.9, abs=0.01)
    assert found.probability_below(2, -1e9) == 0.0
    assert found.probability_below(2, 1e9) == 1.0


def test_the_sum_of_a_walk_is_far_less_sure_than_that_of_noise() -> None:
    """Errors of a walk run together: independent steps would promise a sum that is several times too sure."""
    walk = known(60 + np.cumsum(np.random.default_rng(5).normal(0, 1, 160)), 12)
    drawn, _ = paths(Joint(walk))
    alone = np.array([draw.std() for draw in drawn.T])
    assert drawn.sum(axis=1).std() > 1.5 * np.sqrt((alone**2).sum())
