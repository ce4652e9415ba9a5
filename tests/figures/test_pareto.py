"""The Pareto chart and the dumbbell: compared, value for value, with the result that they draw."""

from __future__ import annotations

import json

import numpy as np
import plotly.graph_objects as go
import pytest

from opsmetrics.catalog import Stream
from opsmetrics.figures import dumbbell, pareto_chart
from opsmetrics.figures.pareto import MOST_COLUMNS, PANELS, bar_names
from opsmetrics.figures.tokens import DARK, LIGHT
from opsmetrics.stats.pareto import Pareto, pareto

HOSTILE = '<b>bold</b> <a href="https://evil.example">x</a> & "quoted"'
STOPS = Stream("stops", "Stops", unit="stops", cost_unit="€")
NAMES = ["Short shot", "Flash", "Sink mark", "Burn mark", "Warp", "Weld line", "Colour", "Scratch", "Splay", "A", "B"]
COUNTS = [452, 281, 179, 112, 84, 61, 44, 33, 22, 9, 7]


@pytest.fixture
def result() -> Pareto:
    return pareto(NAMES, COUNTS, keep=9)


def trace(figure: go.Figure, name: str) -> go.Bar | go.Scatter:
    return next(found for found in figure.data if found.name == name)


def written(figure: go.Figure) -> list[str]:
    return [str(note.text) for note in figure.layout.annotations]


def test_bars_start_at_zero_and_hold_the_amounts(result: Pareto) -> None:
    figure = pareto_chart(result, STOPS)
    bars = trace(figure, "bars")
    np.testing.assert_array_equal(bars.y, result.table["amount"])
    assert figure.layout.yaxis.range[0] == 0
    assert list(bars.text) == ["452", "281", "179", "112", "84", "61", "44", "33", "22", "16"]
    assert [int(place) for (place,) in bars.customdata] == list(range(10))


def test_the_few_are_dark_and_other_is_hatched(result: Pareto) -> None:
    for theme, colours in (("light", LIGHT), ("dark", DARK)):
        marker = trace(pareto_chart(result, STOPS, theme=theme), "bars").marker  # type: ignore[arg-type]
        assert list(marker.color) == [colours.line] * 5 + [colours.limit] * 5
        assert list(marker.pattern.shape) == [""] * 9 + ["/"]


def test_the_running_share_has_a_panel_of_its_own_and_each_is_written(result: Pareto) -> None:
    figure = pareto_chart(result, STOPS)
    running = trace(figure, "running")
    np.testing.assert_array_equal(running.y, result.table["running"])
    assert running.yaxis == "y2"
    assert figure.layout.yaxis2.overlaying is None, "no second axis over the bars"
    assert (figure.layout.yaxis.domain, figure.layout.yaxis2.domain) == PANELS
    texts = written(figure)
    for share in ("35 %", "57 %", "71 %", "<b>86 %</b>", "99 %", "100 %"):
        assert share.replace(" ", "\u00a0") in texts
    assert [(line.y0, line.yref) for line in figure.layout.shapes] == [(0.8, "y2")]


def test_many_bars_lie_with_count_and_share_as_text() -> None:
    many = pareto([f"n{i:02}" for i in range(20)], range(40, 20, -1))
    figure = pareto_chart(many, STOPS)
    bars = trace(figure, "bars")
    assert bars.orientation == "h"
    np.testing.assert_array_equal(bars.x, many.table["amount"])
    assert bars.text[0].startswith("40  ")
    assert figure.layout.yaxis.range[0] > figure.layout.yaxis.range[1], "the largest on top"
    assert trace(pareto_chart(many, STOPS, layout="columns"), "bars").orientation is None
    few = pareto([f"n{i}" for i in range(MOST_COLUMNS)], range(MOST_COLUMNS, 0, -1))
    assert trace(pareto_chart(few, STOPS), "bars").orientation is None
    assert trace(pareto_chart(few, STOPS, layout="rows"), "bars").orientation == "h"


def test_names_are_text_and_long_ones_are_broken() -> None:
    hostile = pareto([HOSTILE, "", "x" * 400], [5, 3, 2])
    for layout in ("columns", "rows"):
        figure = pareto_chart(hostile, STOPS, layout=layout)  # type: ignore[arg-type]
        words = json.dumps(figure.to_dict(), default=str)
        assert "<a href" not in words
        assert "&lt;a href" in words
        assert "none recorded" in words
        axis = figure.layout.xaxis if layout == "columns" else figure.layout.yaxis
        assert max(text.count("<br>") for text in axis.ticktext) <= 2
        assert max(len(text) for text in axis.ticktext) < 200
    assert bar_names(hostile) == [HOSTILE, "none recorded", "x" * 400]


def test_the_hover_says_amount_share_and_running_share(result: Pareto) -> None:
    texts = trace(pareto_chart(result, STOPS, "cost"), "bars").hovertext
    assert texts[1].replace("\u00a0", " ") == "<b>Flash</b>  281 €<br>22 % of all · 57 % with all before it"
    assert texts[-1].startswith("<b>Other (2)</b>")


def test_without_a_bar_it_says_so() -> None:
    assert written(pareto_chart(pareto([], []), STOPS)) == ["Nothing to rank yet"]


def test_a_single_bar_is_drawn() -> None:
    bars = trace(pareto_chart(pareto(["a"], [3]), STOPS), "bars")
    assert list(bars.y) == [3]
    assert bars.width < 0.1, "slim"


def test_nothing_can_be_dragged_and_no_legend_stands(result: Pareto) -> None:
    for layout in ("columns", "rows"):
        figure = pareto_chart(result, STOPS, layout=layout)  # type: ignore[arg-type]
        assert figure.layout.showlegend is False
        assert figure.layout.xaxis.fixedrange and figure.layout.yaxis.fixedrange


def test_the_dumbbell_stands_at_before_and_now() -> None:
    line, link, before, now = dumbbell(0, 50, 100)
    assert (before["cx"], now["cx"]) == ("6.0", "115.0"), "6 to 224 wide"
    assert (before["fill"], now["fill"]) == ("page", "ink")
    assert link["d"].startswith("M6.0 ") and link["d"].endswith("H115.0")
    assert line["d"] == "M6 8H224"
    assert dumbbell(0, 0, 0)[3]["cx"] == "6.0"
