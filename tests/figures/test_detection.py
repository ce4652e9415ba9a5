"""Curves of detection: what is drawn is what was handed in."""

from __future__ import annotations

import numpy as np

from opsmetrics.figures.detection import missed_chart, waits_chart

SHIFTS = np.array([0.0, 1.0, 2.0])


def test_waits_on_a_logarithmic_scale_without_what_is_endless() -> None:
    waits = [np.array([370.0, 44.0, 6.3]), np.array([np.inf, 5e7, 3.0])]
    figure = waits_chart(SHIFTS, waits, ["single <b>", "EWMA"], at=1.0, axis="shift in σ", counted="points")
    data = figure.to_dict()
    drawn = {trace.name: trace.y for trace in figure.data}
    assert drawn["single &lt;b&gt;"].tolist() == [370.0, 44.0, 6.3]
    assert np.isnan(drawn["EWMA"][:2]).all() and drawn["EWMA"][2] == 3.0
    assert data["layout"]["yaxis"]["type"] == "log"
    assert [note["text"] for note in data["layout"]["annotations"]] == ["<b>single &lt;b&gt;</b>", "EWMA"]
    assert any(shape["x0"] == shape["x1"] == 1.0 for shape in data["layout"]["shapes"])


def test_chances_in_per_cent_and_no_marker_outside_the_picture() -> None:
    missed = [np.array([0.99, 0.9, 0.5])]
    for theme in ("light", "dark"):
        figure = missed_chart(SHIFTS, missed, ["after 1 day"], at=5.0, axis="shift in min", theme=theme)
        data = figure.to_dict()
        assert figure.data[0].y.tolist() == [99.0, 90.0, 50.0]
        assert all(shape.get("yref") == "paper" for shape in data["layout"]["shapes"])
        assert len(data["layout"]["shapes"]) == 1
