"""The histogram of readings: every reading in one bar, those outside the specification apart, names on their lines."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsmetrics.figures.capability import BARS, capability_chart, histogram_edges
from opsmetrics.figures.tokens import DARK, LIGHT
from opsmetrics.stats.capability import capability

VALUES = np.round(np.random.default_rng(3).normal(10, 1, 300), 1)


def total(figure: object, name: str) -> int:
    trace = next(one for one in figure.data if one.name == name)  # type: ignore[attr-defined]
    return int(np.sum(trace.y))


def test_every_reading_stands_in_one_bar() -> None:
    found = capability(VALUES, lower=9, upper=12, target=10.5)
    figure = capability_chart(VALUES, found, unit="g", decimals=1)
    outside = int(((VALUES < 9) | (VALUES > 12)).sum())
    assert (total(figure, "readings"), total(figure, "outside")) == (300 - outside, outside)
    assert {note.text for note in figure.layout.annotations} == {"lower limit 9", "upper limit 12", "target 10.5"}
    band = next(shape for shape in figure.layout.shapes if shape.type == "rect")
    assert (band.x0, band.x1) == pytest.approx((found.natural[0], found.natural[2]))


def test_the_law_holds_as_many_readings_as_the_bars() -> None:
    found = capability(VALUES, upper=12)
    figure = capability_chart(VALUES, found, decimals=1)
    law, bars = (next(one for one in figure.data if one.name == name) for name in ("law", "readings"))
    area = float(np.trapezoid(law.y, law.x)) / float(bars.x[1] - bars.x[0])
    assert area == pytest.approx(300, rel=0.01)


def test_without_a_result_there_are_bars_alone() -> None:
    figure = capability_chart(VALUES, None)
    assert not figure.layout.shapes and not figure.layout.annotations and total(figure, "outside") == 0


@pytest.mark.parametrize(("theme", "colours"), [("light", LIGHT), ("dark", DARK)])
def test_colours_are_those_of_the_theme(theme: str, colours: object) -> None:
    figure = capability_chart(VALUES, capability(VALUES, upper=11), theme=theme)  # type: ignore[arg-type]
    assert figure.data[1].marker.color == colours.concern  # type: ignore[attr-defined]


@given(st.lists(st.integers(-5000, 5000), min_size=2, max_size=80), st.sampled_from([0, 1, 2]))
def test_bins_hold_all_and_whole_steps(values: list[int], decimals: int) -> None:
    array = np.array(values) / 10**decimals
    edges = histogram_edges(array, decimals)
    assert np.histogram(array, edges)[0].sum() == len(values)
    assert len(edges) <= BARS + 2
    if len(set(values)) > 1:
        steps = (edges[1] - edges[0]) * 10**decimals
        assert steps == pytest.approx(round(steps))
