"""The file of a view: every chart that stands on the page stands in it."""

from __future__ import annotations

from opsmetrics.review import review
from opsmetrics.ui import chart_files
from opsmetrics.ui.links import ChartView
from tests.verdict.made import binomial, counts


def test_a_second_look_stands_in_the_file_too() -> None:
    shown = review(counts(binomial(40, 0.1, 200), 200.0), ())
    plain = chart_files.html(shown, ChartView("late"))
    looked = chart_files.html(shown, ChartView("late", look="cusum"))
    assert (plain.count("Plotly.newPlot("), looked.count("Plotly.newPlot(")) == (1, 2)
