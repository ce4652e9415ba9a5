"""The trend of a series: measured values, the fitted mean, and the range that holds it with 95 % confidence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import plotly.graph_objects as go

from opsmetrics.figures.forecast_fan import faint, trace
from opsmetrics.figures.layout import MARGIN, base_layout, left_margin, period_axis, value_axis
from opsmetrics.figures.plotted import Floats, Plotted, padded_domain, plotted
from opsmetrics.figures.text import plain
from opsmetrics.figures.tokens import Theme, Tokens, tokens
from opsmetrics.review import KpiReview
from opsmetrics.verdict import wording

HEIGHT = 390

#: Words on the figure; another language hands in its own.
WORDS: Mapping[str, str] = {"fitted": "fitted"}


def trend_chart(
    review: KpiReview,
    position: np.ndarray,
    fitted: Floats,
    low: Floats,
    high: Floats,
    *,
    theme: Theme = "light",
    words: Mapping[str, str] = WORDS,
) -> go.Figure:
    """The figure; values stand in the KPI's shown unit.

    position: rows of the review's points that the fit is about; fitted, low, high: its mean and range there, in stored
    units, NaN where it says nothing.
    """
    colours, scale = tokens(theme), review.kpi.multiplier
    known = plotted(review)
    known = known.at(known.position >= position[0])
    figure = go.Figure(layout=base_layout(colours, HEIGHT, MARGIN))
    there = np.isfinite(fitted)
    x, mean = position[there], fitted[there] * scale
    ends = [end[there] * scale for end in (low, high)]
    domain = _domain(known, *ends)
    figure.add_traces([_dots(known, colours), *_band(x, ends[0], ends[1], mean, colours)])
    figure.add_traces([_touch(known, x, mean, ends[0], ends[1], colours, words)])
    figure.update_layout(
        margin_l=left_margin(known, domain),
        xaxis=period_axis(known, colours),
        yaxis=value_axis(known, domain, colours),
        annotations=_end(known, mean, colours, words),
    )
    return figure


def _domain(known: Plotted, low: Floats, high: Floats) -> tuple[float, float]:
    bare = np.full(len(known), np.nan)
    shown = replace(known, centre=bare, lower=bare, upper=bare, target_low=bare, target_high=bare)
    if len(low):
        ends = np.resize(np.array([low.min(), high.max()]), len(known))
        shown = replace(shown, centre=ends)
    return padded_domain(shown)


def _dots(known: Plotted, colours: Tokens) -> go.Scatter:
    style = {"mode": "lines+markers", "line": {"width": 0.75, "color": colours.limit}}
    return trace("value", known.position, known.solid, marker={"size": 4, "color": colours.line}, connectgaps=False,
                 **style)  # fmt: skip


def _band(x: np.ndarray, low: Floats, high: Floats, mean: Floats, colours: Tokens) -> list[go.Scatter]:
    outline = (np.concatenate([x, x[::-1]]), np.concatenate([high, low[::-1]]))
    area = trace("range", *outline, mode="lines", line={"width": 0}, fill="toself", fillcolor=faint(colours.limit))
    return [area, trace("fitted", x, mean, mode="lines", line={"width": 2, "color": colours.ink})]


def _touch(
    known: Plotted, x: np.ndarray, mean: Floats, low: Floats, high: Floats, colours: Tokens, words: Mapping[str, str]
) -> go.Scatter:
    """Measured value, fitted mean and range where the pointer is."""
    row = {int(position): place for place, position in enumerate(known.position)}
    unit, texts, ys = plain(wording.unit_text(known.unit)), [], []
    for position, middle, bottom, top in zip(x, mean, low, high, strict=True):
        place = row[int(position)]
        span = wording.range_text({"low": bottom, "high": top, "decimals": known.decimals + 1})
        texts.append(
            f"<b>{plain(str(known.label[place]))}</b>  {known.text(known.value[place])}{unit}<br>"
            f"{words['fitted']} {wording.number(middle, known.decimals + 1)} ({plain(span)})"
        )
        ys.append(float(known.value[place]))
    marker = {"size": 14, "opacity": 0, "color": colours.ink}
    return go.Scatter(name="points", x=x, y=ys, text=texts, hovertemplate="%{text}<extra></extra>", mode="markers",
                      marker=marker)  # fmt: skip


def _end(known: Plotted, mean: Floats, colours: Tokens, words: Mapping[str, str]) -> list[dict[str, object]]:
    if not len(mean):
        return []
    text = f"{words['fitted']} {plain(known.text(float(mean[-1])))}"
    font = {"size": 12, "color": colours.ink}
    return [{"x": 1, "xref": "paper", "xanchor": "left", "xshift": 8, "showarrow": False, "text": text,
             "y": float(mean[-1]), "font": font}]  # fmt: skip
