"""Rolling origins: where they stand, what came after them, and ranges that are judged without their own errors."""

from __future__ import annotations

import numpy as np
import pytest

from opsmetrics.stats.forecast import backtest, fan, forecast


def test_a_value_is_judged_by_a_range_that_does_not_know_it() -> None:
    """The last fifth of the origins was off by ten times as much: whoever knows it has ranges that hold it."""
    errors = np.random.default_rng(2).normal(0, 1, (20, 5))
    errors[16:] = 10.0 * np.sign(errors[16:])
    origins = np.arange(100, 120)
    past = fan.Past(origins, np.full((20, 5), 50.0), errors, np.ones(20, dtype=bool))
    inside = backtest.judged_without_own(past, fan.Series(120))
    assert [int(flags[16:].sum()) for flags in inside] == [0, 0]
    assert [flags[:16].mean() > 0.9 for flags in inside] == [True, True], (
        "ranges of the others know of it, and are wide"
    )


def test_what_came_is_known_as_far_as_the_series_goes() -> None:
    came = backtest.coming(np.arange(10.0), np.array([6, 9]), 3)
    assert came[0].tolist() == [6, 7, 8]
    assert came[1, 0] == 9
    assert np.isnan(came[1, 1:]).all()


def test_the_seasonal_naive_repeats_the_last_season_however_far_ahead() -> None:
    found = backtest.seasonal_naive(np.arange(20.0), np.array([14, 20]), 8, 7)
    assert found[0].tolist() == [7, 8, 9, 10, 11, 12, 13, 7]
    assert found[1].tolist() == [13, 14, 15, 16, 17, 18, 19, 13]


def test_the_error_to_expect_of_noise_is_its_mean_deviation() -> None:
    """Differences of two normal values have √2 times their spread: what is left is √(2/π) of it, with a season too."""
    noise = np.random.default_rng(6).normal(0, 3, 4000)
    noise[100:150] = np.nan
    wanted = 3 * np.sqrt(2 / np.pi)
    assert fan.expected_error(noise, 1) == pytest.approx(wanted, rel=0.03)
    assert fan.expected_error(noise + 50 * (np.arange(4000) % 7), 7) == pytest.approx(wanted, rel=0.03)
    assert fan.expected_error(np.array([5.0]), 1) == 0.0


def test_what_came_has_no_part_in_the_forecast_it_is_held_against() -> None:
    """The last value is known to no other origin: whatever it is, the forecast of it stays, weights of members too."""
    values = 50 + np.cumsum(np.random.default_rng(9).normal(0, 1, 80))
    told = []
    for last in (values[-1], values[-1] + 25.0):
        table = forecast([*values[:-1], last], 1).backtest
        told.append(float(table["forecast"][table["origin"] == 79].iloc[0]))
    assert told[0] == pytest.approx(told[1], rel=1e-9)


def test_an_origin_in_a_gap_does_not_know_what_ends_it() -> None:
    """Whatever the value after a gap is, no forecast from within the gap leans towards it."""
    values = 50 + np.random.default_rng(4).normal(0, 1, 80)
    values[70:75] = np.nan
    told = []
    for end in (values[75], values[75] + 500.0):
        given = values.copy()
        given[75] = end
        table = forecast(given, 8).backtest
        told.append(table.loc[table["origin"].between(68, 75), ["origin", "step", "forecast"]])
    assert 70 in told[0]["origin"].to_numpy(), "right after the last value before it"
    assert not told[0]["origin"].between(71, 75).any()
    assert told[0]["forecast"].max() < 60 and told[1]["forecast"].max() < 60
