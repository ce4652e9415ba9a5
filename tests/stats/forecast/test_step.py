"""A step that leaves no doubt, and what only looks like one."""

from __future__ import annotations

import numpy as np
import pytest

from opsmetrics.stats.forecast import forecast, seasons
from opsmetrics.stats.forecast.combining import fitted
from opsmetrics.stats.forecast.step import last_step
from tests.cases import cases


def stepped(after: int, *, height: float = 30.0, n: int = 120, seed: int = 0) -> np.ndarray:
    values = 20 + np.random.default_rng(seed).normal(0, 1, n)
    values[n - after :] += height
    return values


@pytest.mark.parametrize("after", [4, 7, 20, 59])
@pytest.mark.parametrize("height", [30.0, -30.0])
def test_a_clear_step_is_found_where_it_is(after: int, height: float) -> None:
    found = last_step(stepped(after, height=height), None)
    assert found is not None
    assert found.slot == 120 - after
    assert found.new - found.old == pytest.approx(height, abs=2.0)


@pytest.mark.parametrize("after", [4, 8, 30])
def test_the_new_level_is_forecast_at_once(after: int) -> None:
    """Of a step of thirty standard deviations nothing is given back."""
    found = forecast(stepped(after), 10)
    assert found.mean == pytest.approx(np.full(10, 50.0), abs=1.2), "three standard errors of a mean of seven"


def test_three_values_on_a_new_level_may_be_a_stay() -> None:
    assert last_step(stepped(3), None) is None
    assert last_step(stepped(61), None) is None, "long ago: the members have learned it"


def test_a_spike_and_a_slope_are_no_step() -> None:
    spike, slope = stepped(0), stepped(0)
    spike[100:104] += 40
    slope[90:110] += np.linspace(0, 30, 20)
    slope[110:] += 30
    assert last_step(spike, None) is None
    assert last_step(slope, None) is None


@pytest.mark.parametrize("steps", ["normal", "heavy"])
def test_what_wanders_has_no_step(steps: str) -> None:
    """Of random walks fewer than one in a hundred, of those of heavy tails (t, 3) one in thirty."""
    draw = np.random.default_rng(11)
    count = cases(300, 2000)
    changes = draw.normal(0, 1, (count, 150)) if steps == "normal" else draw.standard_t(3, (count, 150))
    found = sum(last_step(walk, None) is not None for walk in np.cumsum(changes, axis=1))
    assert found <= (0.01 if steps == "normal" else 0.034) * count


def test_a_season_is_moved_with_its_level() -> None:
    shape = np.tile([0.5, 1.0, 1.5, 1.2, 1.0, 0.9, 0.9], 20)
    values = 100 * shape * (1 + np.random.default_rng(5).normal(0, 0.01, 140))
    values[120:] *= 3
    season = seasons.estimate(values[:119], 7)
    found = last_step(values, season)
    assert found is not None and found.slot == 120
    assert found.moved(values, multiplied=True) == pytest.approx(300 * shape, rel=0.08)
    ahead = forecast(values, 7, seasons_tried=(7,)).mean
    assert ahead == pytest.approx(300 * shape[:7], rel=0.1)


def test_no_origin_before_it_can_be_seen_knows_of_a_step() -> None:
    values, flat = stepped(20), stepped(0)
    origins = np.array([80, 90, 100, 103, 110, 120])
    both = [fitted(given, origins, 5, ()).values for given in (values, flat)]
    assert np.allclose(both[0][:, :3], both[1][:, :3])
    assert both[0][:, 3].mean() < 45, "three values do not tell"
    assert both[0][:, 4:] == pytest.approx(np.full((5, 2, 5), 50.0), abs=2.0)


@pytest.mark.parametrize("n", range(1, 26))
def test_short_series_are_judged_without_an_error(n: int) -> None:
    values = np.where(np.arange(n) < n - 4, 1.0, 100.0)
    found = last_step(values, None)
    assert (found is not None) == (n >= 12)


def test_an_origin_knows_the_new_level_by_the_values_that_it_knew() -> None:
    """What came after an origin has no part in how far the values before the step are moved for it."""
    values = stepped(20)
    other = values.copy()
    other[112:] += 3
    origins = np.array([80, 104, 106, 109, 112, 120])
    both = [fitted(given, origins, 5, ()).values for given in (values, other)]
    assert np.allclose(both[0][:, :-1], both[1][:, :-1], rtol=1e-9)
    assert not np.allclose(both[0][:, -1], both[1][:, -1])
