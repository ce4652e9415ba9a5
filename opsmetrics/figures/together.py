"""T² of several KPIs by period: a line with its limit. What lies beyond is a square, for it has no good or bad side;
far beyond it is a triangle at the top, so that the others keep their shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from opsmetrics.figures.layout import TICKS, base_layout
from opsmetrics.figures.text import plain, tick_labels
from opsmetrics.figures.tokens import Theme, Tokens, tokens
from opsmetrics.stats.multivariate import MultivariateChart
from opsmetrics.verdict import wording

HEIGHT = 320
#: So many limits high is the picture.
_HIGHEST = 4.0


def together_chart(
    chart: MultivariateChart, labels: Sequence[str], *, chosen: int | None = None, theme: Theme = "light"
) -> go.Figure:
    """The figure of a chart with limits whose slots are called `labels`; `chosen`, which has a T², has a ring."""
    colours = tokens(theme)
    value = chart.points["value"].to_numpy(dtype=np.float64)
    upper = chart.points["upper"].to_numpy(dtype=np.float64)
    top = _HIGHEST * float(np.nanmax(upper))
    shown = np.minimum(value, top)
    figure = go.Figure(layout=base_layout(colours, HEIGHT, {"l": 46, "r": 16, "t": 16, "b": 46}))
    places = np.arange(len(value))
    line = {"width": 1, "color": colours.limit}
    figure.add_trace(
        go.Scatter(name="limit", x=places, y=upper, mode="lines", line=line, connectgaps=True, hoverinfo="skip")
    )
    figure.add_trace(_points(places, shown, value, labels, colours))
    figure.add_trace(_beyond(list(chart.signals), shown, value > top, colours))
    if chosen is not None:
        ring = {"size": 18, "symbol": "circle-open", "color": colours.ink, "line": {"width": 1.25}}
        figure.add_trace(_markers("chosen", [chosen], shown, ring))
    highest = max(float(np.nanmax(shown)), float(np.nanmax(upper))) * 1.08
    return figure.update_layout(
        xaxis=_axis(colours) | _periods(labels, colours),
        yaxis=_axis(colours) | {"range": [0, highest], "nticks": 6, "ticklabelstandoff": 8},
    )


def _points(
    places: npt.NDArray[np.int64],
    shown: npt.NDArray[np.float64],
    value: npt.NDArray[np.float64],
    labels: Sequence[str],
    colours: Tokens,
) -> go.Scatter:
    return go.Scatter(
        name="points",
        x=places,
        y=shown,
        mode="lines+markers",
        line={"width": 1.25, "color": colours.line},
        marker={"size": 4, "color": colours.line},
        hovertext=[
            f"<b>{plain(label)}</b><br>T² {wording.number(float(x), 1)}" for label, x in zip(labels, value, strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _beyond(
    places: list[int], shown: npt.NDArray[np.float64], far: npt.NDArray[np.bool_], colours: Tokens
) -> go.Scatter:
    symbols = ["triangle-up" if far[place] else "square" for place in places]
    edge = {"width": 2, "color": colours.page}
    return _markers("beyond", places, shown, {"size": 11, "symbol": symbols, "color": colours.ink, "line": edge})


def _markers(name: str, places: list[int], shown: npt.NDArray[np.float64], marker: dict[str, Any]) -> go.Scatter:
    return go.Scatter(
        name=name, x=places, y=shown[places], mode="markers", marker=marker, hoverinfo="skip", cliponaxis=False
    )


def _periods(labels: Sequence[str], colours: Tokens) -> dict[str, Any]:
    step = max(len(labels) // TICKS, 1)
    named = list(range((len(labels) - 1) % step, len(labels), step))
    return {
        "range": [-0.6, len(labels) - 0.4],
        "tickvals": named,
        "ticktext": tick_labels([str(labels[place]) for place in named]),
        "tickangle": 0,
        "showline": True,
        "linecolor": colours.hair,
    }


def _axis(colours: Tokens) -> dict[str, Any]:
    return {"showgrid": False, "zeroline": False, "fixedrange": True, "tickfont": {"size": 12, "color": colours.muted}}
