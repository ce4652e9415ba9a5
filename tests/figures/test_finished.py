"""A finished figure is the figure that it was made of, also with a choice on it."""

from __future__ import annotations

import json

import plotly.graph_objects as go
import plotly.io

from opsmetrics.figures import Finished, control_chart
from tests.figures import reviews


def sent(figure: go.Figure) -> str:
    """What Streamlit sends of a figure."""
    return plotly.io.to_json(figure.to_dict(), validate=False)


def test_it_is_sent_as_the_figure_it_was_made_of() -> None:
    drawn = control_chart(reviews.stable())
    assert sent(Finished(drawn)) == sent(drawn)


def test_a_ring_and_a_shape_are_those_of_plotly_and_leave_the_kept_figure_as_it_is() -> None:
    drawn, shape = control_chart(reviews.stable()), {"type": "rect", "x0": 1.5, "x1": 3.5, "y0": 0, "y1": 1}
    kept = Finished(drawn)
    before, chosen = sent(kept), kept.with_ring("points", 3).with_shape(shape)
    drawn.update_traces(selectedpoints=[3], selector={"name": "points"})
    drawn.add_shape(shape)
    assert json.loads(sent(chosen)) == json.loads(sent(drawn))
    assert sent(kept) == before == sent(kept.with_ring("points", None))
