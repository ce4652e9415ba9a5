"""The ladder and what a forecast says about itself."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from opsmetrics.stats.forecast import COVERAGES, MEMBERS, forecast
from opsmetrics.stats.forecast.backtest import origins_of
from tests.paths import ROOT

WEEK = np.array([5.0, 0.0, 1.0, 2.0, 0.0, -3.0, -5.0])


def weekly(n: int, *, noise: float = 0.5, level: float = 20.0, seed: int = 0) -> np.ndarray:
    draw = np.random.default_rng(seed)
    return level + WEEK[np.arange(n) % 7] + draw.normal(0, noise, n)


def noise(n: int, seed: int = 0) -> np.ndarray:
    return 10 + np.random.default_rng(seed).normal(0, 1, n)


# The ladder


@pytest.mark.parametrize("n", range(1, 7))
def test_the_first_values_give_the_last_one_with_a_wide_range(n: int) -> None:
    found = forecast(noise(n), 5, seasons_tried=(7,))
    assert found.method == "last_value"
    assert np.allclose(found.mean, noise(n)[-1])
    low, high = found.interval(80)
    assert (high > low).all()
    assert high[-1] - low[-1] > high[0] - low[0]
    assert found.accuracy.origins == 0


def test_a_week_or_two_give_a_cautious_profile() -> None:
    found = forecast(weekly(15), 7, seasons_tried=(7,))
    assert found.method == "weekday_profile"
    following = WEEK[(15 + np.arange(7)) % 7]
    assert np.corrcoef(found.mean, following)[0, 1] > 0.9
    assert np.ptp(found.mean) < np.ptp(WEEK), "shrunk, never the whole of what 15 days show"


def test_three_weeks_give_the_combination_with_its_season() -> None:
    found = forecast(weekly(60), 14, seasons_tried=(7,))
    assert (found.method, found.season) == ("combination", 7)
    assert np.allclose(found.mean, 20 + WEEK[(60 + np.arange(14)) % 7], atol=1.0)
    assert np.allclose(found.profile, WEEK[(60 + np.arange(7)) % 7], atol=0.6)
    assert [member.name for member in found.members] == list(MEMBERS)
    assert sum(member.weight for member in found.members) == pytest.approx(1.0)


def test_no_season_is_found_in_noise() -> None:
    found = [forecast(noise(80, seed), 3, seasons_tried=(7,)).season for seed in range(40)]
    assert sum(season != 1 for season in found) <= 8, "a 90 % test, two-sided, looked at on its upper side"


def test_what_never_moved_stays_without_a_range() -> None:
    found = forecast([4.0] * 9, 3)
    assert found.method == "constant"
    assert all(np.allclose(end, 4.0) for coverage in COVERAGES for end in found.interval(coverage))


def test_what_is_mostly_nothing_gets_a_rate() -> None:
    draw = np.random.default_rng(5)
    values = np.where(draw.random(120) < 0.2, draw.integers(1, 6, 120), 0).astype(float)
    found = forecast(values, 6, lower=0.0)
    assert found.method == "intermittent"
    assert np.allclose(found.mean, found.mean[0])
    assert found.mean[0] == pytest.approx(values.mean(), abs=0.35)
    assert found.interval(95)[0].max() == 0.0


def test_demand_that_died_out_fades() -> None:
    """What Teunter, Syntetos and Babai set out to do: Croston's method would keep its last rate for ever."""
    alive = np.tile([0.0, 0.0, 5.0], 20)
    found = forecast(np.concatenate([alive, np.zeros(40)]), 3, lower=0.0)
    assert found.mean[0] < 0.1 * alive.mean()


# Gaps and bounds


def test_gaps_are_counted_and_never_zero() -> None:
    values = weekly(70)
    values[[10, 11, 30, 31, 32, 50]] = np.nan
    found = forecast(values, 7, seasons_tried=(7,))
    assert (found.known, found.gaps, found.first, found.last) == (64, 6, 0, 69)
    assert np.allclose(found.mean, forecast(weekly(70), 7, seasons_tried=(7,)).mean, atol=0.6)
    assert set(found.backtest["origin"] + found.backtest["step"] - 1).isdisjoint({10, 11, 30, 31, 32, 50})


def test_what_is_missing_before_the_first_value_is_no_gap() -> None:
    values = np.concatenate([[np.nan] * 5, noise(30)])
    found = forecast(values, 3)
    assert (found.first, found.gaps, found.known) == (5, 0, 30)
    assert np.allclose(found.mean, forecast(noise(30), 3).mean)
    assert found.backtest["origin"].min() > 5


def test_bounds_hold_for_mean_and_ranges() -> None:
    values = np.clip(0.99 + np.random.default_rng(1).normal(0, 0.02, 60), 0, 1)
    found = forecast(values, 12, lower=0.0, upper=1.0)
    drawn = found.points.drop(columns="step").to_numpy()
    assert drawn.min() >= 0.0
    assert drawn.max() <= 1.0


@pytest.mark.parametrize(
    ("values", "more", "said"),
    [
        ([None, None], {}, "wanted at least one number"),
        ([], {}, "wanted at least one number"),
        ([1.0, 2.0], {"upper": 1.5}, "outside the upper bound 1.5"),
        ([1.0, 2.0], {"lower": 1.5}, "outside the lower bound 1.5"),
        ([1.0], {"lower": 3.0, "upper": 2.0}, "wanted the lower one first"),
    ],
)
def test_what_cannot_be_forecast_is_said(values: list[float | None], more: dict[str, float], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        forecast(values, 3, **more)


def test_a_horizon_has_at_least_one_step() -> None:
    with pytest.raises(ValueError, match="wanted at least 1"):
        forecast([1.0, 2.0], 0)


# What it says about itself


def test_the_backtest_knows_only_what_was_known_then() -> None:
    """Whatever comes after an origin cannot change what was forecast there. Only the weights of members come from all
    origins, so the series is one whose members agree."""
    values = np.tile([10.0, 12.0, 11.0, 13.0, 12.0, 5.0, 4.0], 12)
    found = forecast(values, 7, seasons_tried=(7,)).backtest
    assert np.allclose(found["forecast"], found["actual"], atol=0.5)
    jumped = values.copy()
    jumped[-1] = 60.0
    then = forecast(jumped, 7, seasons_tried=(7,)).backtest
    first = int(then["origin"].min())
    both = found[found["origin"] == first], then[then["origin"] == first]
    assert np.allclose(both[0]["forecast"], both[1]["forecast"], atol=0.5)


def test_the_naive_rivals_are_what_they_are_called() -> None:
    values = weekly(60)
    found = forecast(values, 10, seasons_tried=(7,)).backtest
    origin, step = found["origin"].to_numpy(), found["step"].to_numpy()
    slot = origin + step - 1
    assert np.allclose(found["actual"], values[slot])
    assert np.allclose(found["last"], values[origin - 1])
    seasons_back = np.array([next(k for k in range(1, 9) if s - 7 * k < o) for s, o in zip(slot, origin, strict=True)])
    assert np.allclose(found["naive"], values[slot - 7 * seasons_back])


def test_accuracy_is_that_of_the_table() -> None:
    values = weekly(90, noise=2.0)
    found = forecast(values, 14, seasons_tried=(7,))
    table, accuracy = found.backtest, found.accuracy
    off = (table["actual"] - table["forecast"]).abs()
    assert accuracy.mae == pytest.approx(off.mean())
    assert accuracy.mase == pytest.approx(off.mean() / np.abs(values[7:] - values[:-7]).mean())
    assert accuracy.naive is not None
    assert accuracy.naive.name == "seasonal_naive"
    assert accuracy.naive.gain == pytest.approx(1 - off.mean() / (table["actual"] - table["naive"]).abs().mean())
    held = accuracy.coverage[0]
    assert (held.nominal, held.inside, held.of) == (80, int(table["inside_80"].sum()), len(table))
    assert accuracy.origins == table["origin"].nunique()


def test_the_last_slots_are_all_origins() -> None:
    """The page shows what was forecast one slot before for each of the last dozen."""
    table = forecast(noise(60), 5).backtest
    one_ahead = table[table["step"] == 1]
    assert set(range(48, 60)) <= set(one_ahead["origin"])


def test_where_a_season_holds_another_origins_see_each_part_of_both() -> None:
    """Thirty days of hours: two weeks of origins, at every second hour of the day or more; of one season the last
    30 %."""
    nested, single = origins_of(720, 48, (168, 24)), origins_of(720, 48, (24,))
    assert nested[0] == 720 - 2 * 168
    assert len(np.unique(nested % 24)) >= 12
    assert len(np.unique(nested % 168 // 24)) == 7
    assert single.tolist() == origins_of(720, 48).tolist()
    assert single[0] == int(720 * 0.7)


def test_noise_is_no_better_than_its_mean_and_much_better_than_its_last_value() -> None:
    gains = [forecast(noise(100, seed), 5).accuracy.rivals[0].gain for seed in range(10)]
    assert np.mean(gains) == pytest.approx(1 - 1 / np.sqrt(2), abs=0.08), "σ against σ√2"


def test_a_random_walk_cannot_be_beaten() -> None:
    """Its best forecast is the last value: no real gain may be claimed on average."""
    walks = [np.cumsum(np.random.default_rng(seed).normal(0, 1, 150)) + 50 for seed in range(20)]
    gains = [forecast(walk, 8).accuracy.rivals[0].gain for walk in walks]
    assert np.mean(gains) < 0.06


# Alone

LAZY = """
import sys
import opsmetrics, opsmetrics.stats
from opsmetrics.stats.forecast import forecast
forecast([float(i % 7) for i in range(90)], 7, seasons_tried=(7,))
print("statsmodels" in sys.modules)
from opsmetrics.stats.forecast.rivals import exponential_smoothing
print("statsmodels" in sys.modules)
import numpy
exponential_smoothing(numpy.arange(30.0) % 5, 3, 1)
print("statsmodels" in sys.modules)
"""


def test_statsmodels_is_loaded_only_where_it_is_asked() -> None:
    done = subprocess.run([sys.executable, "-c", LAZY], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False", "True"]
    assert done.stderr == ""
