"""The range of a part is that of its own past errors, laid around the value on which parts and total agree."""

from __future__ import annotations

import numpy as np
import pytest

from opsmetrics.desk.forecast_parts import COVERAGE, _around
from opsmetrics.stats.forecast import Forecast, forecast

STEPS = np.arange(7)


def ends(own: Forecast, move: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The value moved, and the two ends around it."""
    value = np.clip(own.mean[STEPS] + move, own.lower, own.upper)
    return value, *_around(own, STEPS, value)


@pytest.mark.parametrize("move", [-0.02, 0.0, 0.03])
def test_a_range_moves_along_with_its_value(move: float) -> None:
    draw = np.random.default_rng(1)
    own = forecast(0.5 + 0.05 * draw.standard_normal(120), 7, seasons_tried=(7,), lower=0.0, upper=1.0)
    _, low, high = ends(own, move)
    was_low, was_high = (end[STEPS] for end in own.interval(COVERAGE))
    assert low == pytest.approx(was_low + move)
    assert high == pytest.approx(was_high + move)


@pytest.mark.parametrize("move", [-0.01, 0.002])
def test_an_end_on_a_bound_stays_there(move: float) -> None:
    draw = np.random.default_rng(2)
    own = forecast(np.minimum(1.0, 0.99 + 0.01 * draw.standard_normal(120)), 7, lower=0.0, upper=1.0)
    was_low, was_high = (end[STEPS] for end in own.interval(COVERAGE))
    assert (was_high == 1.0).all(), "such a series reaches its bound"
    value, low, high = ends(own, move)
    assert (high == 1.0).all()
    assert low == pytest.approx(np.minimum(was_low + move, value))


@pytest.mark.parametrize("move", [-0.02, 0.02, 3.0])
def test_whole_counts_that_are_mostly_nothing_keep_their_range(move: float) -> None:
    draw = np.random.default_rng(3)
    own = forecast((draw.random(150) < 0.1).astype(float), 7, lower=0.0)
    assert own.method == "intermittent"
    was_low, was_high = (end[STEPS] for end in own.interval(COVERAGE))
    value, low, high = ends(own, move)
    assert low == pytest.approx(was_low)
    assert high == pytest.approx(np.maximum(was_high, value)), "and hold the value in any case"
