"""A gauge study drawn: each share a bar, each reading a mark."""

from __future__ import annotations

from opsmetrics.desk.gauge_sample import sample_readings
from opsmetrics.figures.gauge import components_chart, readings_chart
from opsmetrics.figures.tokens import LIGHT


def test_each_share_is_a_bar_with_its_number() -> None:
    figure = components_chart([("Measuring system", 27.9, True), ("Parts", 96.0, False), ("Operators", 4.25, True)])
    (bars,) = figure.data
    assert list(bars.x) == [27.9, 96.0, 4.25]
    assert [text.replace("\u00a0", " ") for text in bars.text] == ["28 %", "96 %", "4.2 %"]
    assert bars.marker.color[1] == LIGHT.limit != bars.marker.color[0]


def test_each_reading_is_a_mark() -> None:
    readings = sample_readings()
    for nested, places in ((False, 10), (True, 30)):
        figure = readings_chart(readings, nested=nested)
        marks = [trace for trace in figure.data if trace.mode == "markers"]
        assert sum(len(trace.y) for trace in marks) == len(readings) == 90
        assert len({trace.marker.symbol for trace in marks}) == 3
        assert len({round(x) for trace in marks for x in trace.x}) == places


def test_hostile_names_are_only_text() -> None:
    readings = sample_readings().assign(operator="<b>x</b>", part="<i>1</i>")
    figure = readings_chart(readings)
    assert "<b>x</b>" not in figure.data[1].name and "<i>" not in figure.layout.xaxis.ticktext[0]
