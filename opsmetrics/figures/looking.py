"""A second look at the points of a chart, drawn beneath it: EWMA, CUSUM or moving average."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import plotly.graph_objects as go

from opsmetrics.figures import labels
from opsmetrics.figures.charts import Trace, beneath, touch, traces
from opsmetrics.figures.layout import SPREAD_MARGIN, base_layout, left_margin, period_axis, value_axis
from opsmetrics.figures.plotted import Floats, Plotted, padded_domain, plotted
from opsmetrics.figures.text import look_hovers
from opsmetrics.figures.tokens import Theme, Tokens, tokens
from opsmetrics.review import KpiReview
from opsmetrics.verdict.second_look import SecondLook

HEIGHT = 220


def look_chart(review: KpiReview, look: SecondLook, *, theme: Theme = "light", span: int | None = None) -> go.Figure:
    """The figure at the periods of the chart of `review`; what lies outside is drawn hollow, as it decides nothing.

    A CUSUM shows its two sums, what lies below the average below 0. span: as in `control_chart`.
    """
    colours = tokens(theme)
    main = plotted(review, span)
    outside = (look.points["side"] != "none").to_numpy()
    series = beneath(main, look.points, 1.0 if look.own_scale else review.kpi.multiplier, outside)
    low = look.points["opposite"].to_numpy(dtype=float)[main.position]
    if look.own_scale:
        series = replace(
            series, decimals=1, unit="", whole=False, silent=series.silent & (series.value >= series.upper)
        )
    height = HEIGHT - SPREAD_MARGIN["t"] - SPREAD_MARGIN["b"]
    domain = _domain(series, low)
    margin = SPREAD_MARGIN | {"l": left_margin(main, padded_domain(main))}
    layout = base_layout(colours, HEIGHT, margin) | {
        "xaxis": period_axis(series, colours),
        "yaxis": value_axis(series, domain, colours, 5),
        "annotations": labels.end_labels(series, domain, height, colours),
    }
    drawn = [
        *traces(series, colours),
        *_opposite(series, low, colours),
        touch(series, look_hovers(look, series), colours),
    ]
    return go.Figure(drawn, layout)


def _domain(series: Plotted, low: Floats) -> tuple[float, float]:
    """What the value axis holds: both arms of a CUSUM."""
    floor, top = padded_domain(series)
    there = low[np.isfinite(low)]
    return (min(floor, 1.06 * float(there.min())), top) if there.size else (floor, top)


def _opposite(series: Plotted, low: Floats, colours: Tokens) -> list[Trace]:
    """The lower arm of a CUSUM."""
    if not np.isfinite(low).any():
        return []
    arm = replace(series, value=low, silent=low < series.lower)
    return [trace for trace in traces(arm, colours) if trace["name"] in ("value", "silent")]
