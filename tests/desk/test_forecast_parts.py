"""The range of a part is that of its own past errors, laid around the value on which parts and total agree."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from opsmetrics.desk.forecast_parts import COVERAGE, _around, _sides
from opsmetrics.desk.forecasting import forecast_review
from opsmetrics.stats.forecast import Forecast, forecast
from tests.desk.test_landing_holidays import HELD, PAST, shares, tickets

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


# Holidays


def test_sums_on_a_holiday_to_come_are_what_its_past_ones_were() -> None:
    """Some 40 a day and 8 on past holidays: the sum that parts agree on is that of the forecast on its own, where it
    was 39. Of a share both sides: 500 a day and 100 on holidays, three in ten in place of one."""
    counted = tickets()
    found = forecast_review(counted, 5)
    above, _ = _sides(counted.kpi, found, True)
    assert found.forecast is not None
    assert above.mean == pytest.approx(found.forecast.mean)
    assert above.mean[0] < 15 < above.mean[1]
    shared = shares()
    found = forecast_review(shared, 5)
    above, below = _sides(shared.kpi, found, False)
    assert found.forecast is not None
    assert below.mean == pytest.approx([100, 500, 500, 500, 500], rel=0.05)
    assert above.mean / below.mean == pytest.approx(found.forecast.mean, abs=0.004)
    assert above.mean[0] == pytest.approx(30, rel=0.1)


def test_past_holidays_count_on_neither_side() -> None:
    """Whatever sizes and shares they had, the sums of ordinary days to come are the same."""
    calendar = replace(HELD, holidays=frozenset(PAST))
    sides = []
    for share, size in ((0.3, 100.0), (0.9, 4000.0)):
        found = shares(share, size, calendar)
        sides.append([side.mean for side in _sides(found.kpi, forecast_review(found, 5), False)])
    assert np.array(sides[0]) == pytest.approx(np.array(sides[1]))
