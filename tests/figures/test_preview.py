"""The limits as a decision would leave them, dashed over the chart as it is."""

from __future__ import annotations

import numpy as np

from opsmetrics.catalog import Decision
from opsmetrics.figures import control_chart
from opsmetrics.figures.preview import limits_preview
from opsmetrics.review import review as reviewed
from tests.figures import reviews
from tests.ui.judged import START, series

HIGH = [12.0, 10.0, 11.0, 10.5] * 10 + [40.0]


def test_new_limits_are_dashed_where_they_differ_and_the_axis_holds_them() -> None:
    given = series(HIGH)
    day = START.to_pydatetime() + np.timedelta64(40, "D").astype(object)
    out = Decision("k", "exclude", start=day, end=day, value=True, grain="day")
    now, then = reviewed(given, ()), reviewed(given, (out,))
    figure = limits_preview(now, then)
    new = {trace.name: trace for trace in figure.data if str(trace.name).endswith(" then")}
    assert set(new) == {"lower then", "centre then", "upper then"}
    np.testing.assert_allclose(new["upper then"].y, then.points["upper"])
    np.testing.assert_allclose(new["centre then"].y, 10.875, rtol=1e-12)
    low, high = figure.layout.yaxis.range
    assert low <= then.points["lower"].min()
    assert high >= then.points["upper"].max()


def test_a_small_chart_names_the_centre_of_a_phase_without_its_reason() -> None:
    day = START.to_pydatetime() + np.timedelta64(20, "D").astype(object)
    phase = Decision("k", "phase", start=day, value=True, grain="day", why="New supplier of the coils")
    now = reviewed(series(HIGH), (phase,))
    said = {chart: [str(note.text) for note in figure.layout.annotations if "since" in str(note.text)]
            for chart, figure in (("page", control_chart(now)), ("form", limits_preview(now, now)))}  # fmt: skip
    assert len(said["page"]) == 1
    assert said["page"][0].endswith("since New supplier of the coils")
    assert said["form"] == []


def test_nothing_is_dashed_where_nothing_changes() -> None:
    review = reviews.late_deliveries()
    assert len(limits_preview(review, review).data) == len(control_chart(review).data)


def test_without_values_there_is_an_empty_figure() -> None:
    assert limits_preview(reviews.empty(), reviews.empty()).layout.annotations[0].text == "No values to draw yet"
