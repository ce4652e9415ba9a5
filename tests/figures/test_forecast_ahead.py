"""The small picture of a forecast says what the result says."""

from __future__ import annotations

import re

import numpy as np
import pytest

from opsmetrics.figures.forecast_ahead import AHEAD, BEHIND, forecast_spark
from opsmetrics.figures.svg import Shape
from opsmetrics.figures.tokens import NAMES
from tests.figures.test_forecast import found

WIDTH, HEIGHT = 200, 44


def spark(n: int = 60, horizon: int | None = None) -> list[Shape]:
    source = found(n, horizon=horizon)
    assert source.forecast is not None
    return forecast_spark(source.review, source.forecast, source.ahead, source.positions, WIDTH, HEIGHT)


def places(shape: Shape) -> np.ndarray:
    numbers = [float(text) for text in re.findall(r"-?\d+\.?\d*", shape["d"])]
    return np.array(numbers).reshape(-1, 2)


def test_three_ranges_lie_inside_each_other_and_inside_the_picture() -> None:
    ranges = [places(shape) for shape in spark() if shape.get("fill-opacity")]
    assert len(ranges) == 3
    wide, middle, narrow = (part.reshape(2, AHEAD + 1, 2) for part in ranges)
    for outer, inner in ((wide, middle), (middle, narrow)):
        assert (outer[0, :, 1] <= inner[0, :, 1]).all(), "the upper edge lies higher: y counts from the top"
        assert (outer[1, :, 1] >= inner[1, :, 1]).all()
    every = np.concatenate(ranges)
    assert ((every >= 0) & (every <= (WIDTH, HEIGHT))).all()


def test_the_likely_line_goes_on_from_the_last_measured_value_at_its_scale() -> None:
    source = found()
    shapes = spark()
    likely = next(places(shape) for shape in shapes if shape.get("stroke-dasharray") == "3 2")
    measured = next(places(shape) for shape in shapes if shape.get("stroke") == "line")
    assert len(measured) == BEHIND
    assert tuple(likely[0]) == tuple(measured[-1])
    values = np.concatenate([source.review.points["value"].tail(BEHIND), source.points["mean"].head(AHEAD)])
    drawn = np.concatenate([measured, likely[1:]])[:, 1]
    slope, offset = np.polyfit(values, drawn, 1)
    assert slope < 0
    assert drawn == pytest.approx(slope * values + offset, abs=0.11), "one scale, places rounded to a tenth"


@pytest.mark.parametrize(("n", "horizon"), [(1, None), (3, 1), (60, 112)])
def test_few_points_and_a_long_horizon_are_drawn_too(n: int, horizon: int | None) -> None:
    shapes = spark(n, horizon)
    assert {shape[paint] for shape in shapes for paint in ("fill", "stroke") if paint in shape} <= set(NAMES)
    likely = next(places(shape) for shape in shapes if shape.get("stroke-dasharray") == "3 2")
    assert len(likely) - 1 == min(horizon or 28, AHEAD)
    assert likely[-1, 0] <= WIDTH
