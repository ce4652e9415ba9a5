"""What a decision would change, drawn: the chart as it is, and dashed over it the limits as they would be."""

from __future__ import annotations

import numpy as np
import plotly.graph_objects as go

from opsmetrics.figures.charts import control_chart
from opsmetrics.figures.plotted import Floats, plotted, runs
from opsmetrics.figures.tokens import Theme, tokens
from opsmetrics.review import KpiReview

HEIGHT = 250

#: Levels that differ by less than this part of their size are the same line.
_SAME = 1e-9


def limits_preview(
    now: KpiReview,
    then: KpiReview,
    *,
    theme: Theme = "light",
    span: int | None = None,
    likely: tuple[int, int] | None = None,
) -> go.Figure:
    """The chart of `now` with the limits and the centre of `then` dashed where they differ.

    Both are reviews of one series, so that their positions agree. span: as in `control_chart`. likely: the first and
    the last period between which a change of level lies; shaded.
    """
    colours = tokens(theme)
    old, new = plotted(now, span), plotted(then, span)
    levels = np.concatenate([new.level(name) for name in ("lower", "upper")])
    figure = control_chart(now, theme=theme, span=span, height=HEIGHT, holding=levels, written=False)
    if len(old) == 0 or len(old) != len(new):
        return figure
    if likely is not None and likely[1] >= old.position[0]:
        begin, end = max(likely[0], int(old.position[0])) - 0.5, likely[1] + 0.5
        figure.add_vrect(x0=begin, x1=end, fillcolor=colours.limit, opacity=0.25, line_width=0, layer="below")
    for name in ("lower", "centre", "upper"):
        if _differ(old.level(name), new.level(name)):
            for part in runs(new, name):
                line = {"width": 1.5, "color": colours.ink, "dash": "5px,3px", "shape": "hvh"}
                x, y = new.position[part].astype(float), new.level(name)[part]
                figure.add_trace(go.Scatter(name=f"{name} then", x=x, y=y, mode="lines", line=line, hoverinfo="skip"))
    return figure


def _differ(old: Floats, new: Floats) -> bool:
    return not np.allclose(old, new, rtol=_SAME, atol=0.0, equal_nan=True)
