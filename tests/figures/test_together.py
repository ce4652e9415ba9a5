"""T² of several KPIs: squares beyond the limit, a triangle at the top for what lies far beyond."""

from __future__ import annotations

import numpy as np

from opsmetrics.figures.together import together_chart
from opsmetrics.stats.multivariate import hotelling_t2


def test_what_is_beyond_and_what_is_far_beyond() -> None:
    rows = np.random.default_rng(5).standard_normal((60, 2))
    rows[10], rows[20], rows[30] = [4.5, 0], [60, 0], np.nan
    chart = hotelling_t2(rows, exclude=[10, 20])
    assert chart.signals == (10, 20)
    figure = together_chart(chart, [f"day <{place}>" for place in range(60)], chosen=20, theme="dark")
    drawn = {trace.name: trace for trace in figure.data}
    assert list(drawn["beyond"].x) == [10, 20] and list(drawn["beyond"].marker.symbol) == ["square", "triangle-up"]
    assert max(drawn["beyond"].y) == 4 * chart.points["upper"].max() < chart.points["value"].max()
    assert np.isnan(drawn["points"].y[30]) and drawn["chosen"].x[0] == 20
    assert drawn["points"].hovertext[0].startswith("<b>day &lt;0&gt;</b>")
    assert len(figure.layout.xaxis.tickvals) <= 7
