"""The figure of a second look: what is drawn, hollow where it lies outside."""

from __future__ import annotations

import numpy as np
import pytest

from opsmetrics.figures import look_chart
from opsmetrics.review import review
from opsmetrics.verdict.second_look import Look, SecondLook, second_look
from opsmetrics.verdict.workings import work_out
from tests.verdict.made import binomial, counts

EVENTS = [*binomial(40, 0.1, 200), *binomial(12, 0.18, 200, seed=9)]
SERIES = counts(EVENTS, 200.0)


def seen(kind: Look) -> SecondLook:
    look = second_look(work_out(SERIES, ()), kind)
    assert look is not None
    return look


@pytest.mark.parametrize("kind", ["ewma", "moving_average"])
def test_smoothed_values_in_the_shown_unit(kind: Look) -> None:
    look = seen(kind)
    figure = look_chart(review(SERIES, ()), look, span=30)
    line = next(figure.select_traces(selector={"name": "value"}))
    assert line.y == pytest.approx(100 * look.points["value"].to_numpy()[-30:])
    hollow = next(figure.select_traces(selector={"name": "silent"}))
    outside = np.flatnonzero(look.points["side"] != "none")
    assert set(hollow.x) == set(outside[outside >= 22])
    points = next(figure.select_traces(selector={"name": "points"}))
    assert points.text[-1].endswith("◇ outside its limits")
    assert "inside its limits" in points.text[0]


def test_both_sums_of_a_cusum_in_standard_errors() -> None:
    look = seen("cusum")
    figure = look_chart(review(SERIES, ()), look, theme="dark")
    high, low = figure.select_traces(selector={"name": "value"})
    assert high.y == pytest.approx(look.points["value"].to_numpy())
    assert low.y == pytest.approx(look.points["opposite"].to_numpy())
    floor = figure.layout.yaxis.range[0]
    assert floor < min(-5.0, look.points["opposite"].min())
    words = next(figure.select_traces(selector={"name": "points"})).text[-1]
    assert "above " in words and "below 0.0" in words
    assert {"upper 5.0", "lower −5.0"} <= {note.text for note in figure.layout.annotations}
