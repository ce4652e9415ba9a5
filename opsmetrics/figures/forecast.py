"""The forecast of a series: the measured line, then the most likely line in three nested ranges.

Back to front: natural limits of the measured part, ranges of 95, 80 and 50 %, target, measured line, what was forecast
one period before as dashes, most likely line, and on top invisible points that carry the hover. One grey for all
ranges: they differ by how much they overlap, which every eye sees.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from opsmetrics.figures.forecast_ahead import longer
from opsmetrics.figures.forecast_fan import Fan, trace
from opsmetrics.figures.forecast_two import COVERAGE, Scenario, item_marks, item_names, with_room
from opsmetrics.figures.labels import pushed_apart
from opsmetrics.figures.layout import MARGIN, base_layout, left_margin, period_axis, right_margin, value_axis
from opsmetrics.figures.plotted import Floats, Plotted, padded_domain, plotted, runs
from opsmetrics.figures.text import plain
from opsmetrics.figures.tokens import Theme, Tokens, tokens
from opsmetrics.review import KpiReview
from opsmetrics.stats.forecast import COVERAGES, Forecast
from opsmetrics.verdict import wording

HEIGHT = 390

#: Half of a slot: limits and targets reach this far beyond their first and last period.
REACH = 0.46

#: Words on the figure; another language hands in its own.
WORDS: Mapping[str, str] = {
    "measured": "measured",
    "forecast": "forecast",
    "target": "target",
    "likely": "likely",
    "most_likely": "most likely",
    "was_forecast": "was forecast",
    "nothing": "Nothing to forecast from yet",
    "what_if": "what if",
    "as_it_goes": "as it goes",
}


def forecast_chart(
    review: KpiReview,
    forecast: Forecast | None,
    ahead: pd.DataFrame,
    positions: np.ndarray,
    *,
    theme: Theme = "light",
    span: int | None = None,
    under: Scenario | None = None,
    words: Mapping[str, str] = WORDS,
) -> go.Figure:
    """The figure; values stand in the KPI's shown unit.

    ahead: one row per future period: step (of the forecast), label, target_low, target_high. positions: for each slot
    of the forecast's values the row of `review.points`, −1 for none. span: how many of the last measured periods are
    drawn (None: all). Without a forecast an empty figure that says so.
    """
    colours = tokens(theme)
    figure = go.Figure(layout=base_layout(colours, HEIGHT, MARGIN))
    if forecast is None or ahead.empty:
        return _nothing(figure, colours, words)
    last = int(positions[forecast.last])
    known = plotted(review)
    known = known.at(known.position <= last).last(span)
    series = longer(known, ahead, review.kpi.multiplier)
    usual = Fan(forecast, ahead, last, review.kpi.multiplier)
    fan = usual if under is None else Fan.under(under, ahead, last, review.kpi.multiplier)
    domain = with_room(_domain(series, usual, fan), under.items if under is not None else ())
    figure.update_layout(margin_l=left_margin(series, domain))
    beneath = [] if under is None else usual.hatched(known, colours)
    figure.add_traces(
        _band(known, colours)
        + _limits_ahead(known, usual.x, colours)
        + beneath
        + fan.areas(known, colours)
        + _targets(series, colours, words)
    )
    figure.add_traces([_line(known, colours), *_before(review, forecast, positions, known, colours, words)])
    figure.add_traces([*fan.lines(known, colours), *_touches(known, fan, usual, colours, words)])
    figure.update_layout(xaxis=period_axis(series, colours), yaxis=value_axis(series, domain, colours))
    items = under.items if under is not None else ()
    ends = _ends(series, fan, usual if under is not None else None, domain, colours, words)
    figure.update_layout(
        margin_r=right_margin(end["text"] for end in ends),
        annotations=[*_sides(last, colours, words), *ends, *item_names(items, last + 1, colours)],
        shapes=[_rule(last, colours), *item_marks(items, last + 1, colours)],
    )
    return figure


def _domain(series: Plotted, usual: Fan, fan: Fan) -> tuple[float, float]:
    """Room for everything drawn, the widest range included."""
    widest = fan.range[max(fan.range)]
    beneath = usual.range[max(usual.range) if usual is fan else COVERAGE]
    low, high = (np.concatenate([widest[side], beneath[side]]) for side in (0, 1))
    return padded_domain(
        replace(series, lower=np.concatenate([series.lower, low]), upper=np.concatenate([series.upper, high]))
    )


def _band(known: Plotted, colours: Tokens) -> list[go.Scatter]:
    """The natural limits behind the measured line."""
    traces = []
    for part in runs(known, "lower", "upper"):
        x = _reaching(known, part)
        style = {"mode": "lines", "line": {"width": 1, "color": colours.band, "shape": "hvh"}}
        traces.append(trace("lower", x, _repeated(known.lower[part]), **style))
        traces.append(trace("upper", x, _repeated(known.upper[part]), **style, fill="tonexty", fillcolor=colours.band))
    return traces


def _limits_ahead(known: Plotted, x: np.ndarray, colours: Tokens) -> list[go.Scatter]:
    """The last natural limits as thin lines over the periods ahead: beyond them a period would be a signal."""
    style = {"mode": "lines", "line": {"width": 0.75, "color": colours.limit}}
    ends = [known.level(name)[np.isfinite(known.level(name))] for name in ("lower", "upper")]
    places = np.array([x[0] - REACH, x[-1] + REACH])
    return [trace("limit ahead", places, np.repeat(end[-1:], 2), **style) for end in ends if len(end)]


def _reaching(series: Plotted, part: slice) -> Floats:
    x = series.position[part].astype(float)
    return np.concatenate([x[:1] - REACH, x, x[-1:] + REACH])


def _repeated(values: Floats) -> Floats:
    return np.concatenate([values[:1], values, values[-1:]])


def _targets(series: Plotted, colours: Tokens, words: Mapping[str, str]) -> list[go.Scatter]:
    style = {"mode": "lines", "line": {"width": 1.25, "color": colours.ink, "dash": "2px,4px", "shape": "hvh"}}
    return [
        trace(words["target"], _reaching(series, part), _repeated(series.level(name)[part]), **style)
        for name in ("target_low", "target_high")
        for part in _stretches(series.level(name))
    ]


def _stretches(level: Floats) -> list[slice]:
    """Stretches in which a level is defined, whatever the phase."""
    there = np.concatenate([[False], np.isfinite(level), [False]])
    edges = np.flatnonzero(there[1:] != there[:-1])
    return [slice(int(a), int(b)) for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _line(known: Plotted, colours: Tokens) -> go.Scatter:
    dots = {"size": 4, "color": colours.line}
    style = {"mode": "lines+markers", "line": {"width": 1.25, "color": colours.line}, "marker": dots}
    return trace("value", known.position, known.solid, connectgaps=False, **style)


def _before(
    review: KpiReview,
    forecast: Forecast,
    positions: np.ndarray,
    known: Plotted,
    colours: Tokens,
    words: Mapping[str, str],
) -> list[go.Scatter]:
    """What was forecast one period ahead, as a dash at the period that it was for."""
    table = forecast.backtest[forecast.backtest["step"] == 1]
    row = positions[table["origin"].to_numpy(dtype=int)]
    seen = np.isin(row, known.position)
    if not seen.any():
        return []
    y = table["forecast"].to_numpy(dtype=float)[seen] * review.kpi.multiplier
    text = [f"{words['was_forecast']} {plain(known.text(value))}" for value in y]
    marker = {"symbol": "line-ew", "size": 9, "line": {"width": 1.5, "color": colours.limit}}
    hover: dict[str, Any] = {"text": text, "hovertemplate": "%{text}<extra></extra>"}
    return [go.Scatter(name="before", x=row[seen], y=y, mode="markers", marker=marker, **hover)]


def _touches(known: Plotted, fan: Fan, usual: Fan, colours: Tokens, words: Mapping[str, str]) -> list[go.Scatter]:
    there = known.present
    unit = plain(wording.unit_text(known.unit))
    measured = [
        f"<b>{plain(str(label))}</b>  {known.text(value)}{unit}"
        for label, value in zip(known.label[there], known.value[there], strict=True)
    ]
    coming = [_hover(known, fan, place, unit, words) for place in range(len(fan.x))]
    if usual is not fan:
        middle = [known.text(usual.mean[place]) for place in fan.places]
        coming = [f"{text}<br>{words['as_it_goes']} {goes}{unit}" for text, goes in zip(coming, middle, strict=True)]
    return [
        _touch("points", known.position[there], known.value[there], measured, colours),
        _touch("ahead", fan.x, fan.mean, coming, colours),
    ]


def _hover(known: Plotted, fan: Fan, place: int, unit: str, words: Mapping[str, str]) -> str:
    lines = [f"<b>{plain(fan.labels[place])}</b>  {words['most_likely']} {known.text(fan.mean[place])}{unit}"]
    for coverage in COVERAGES[::-1]:
        low, high = (float(end[place]) for end in fan.range[coverage])
        span = wording.range_text({"low": low, "high": high, "decimals": known.decimals})
        lines.append(f"{coverage}{wording.NBSP}%: {plain(span)}")
    return "<br>".join(lines)


def _touch(name: str, x: Any, y: Any, text: list[str], colours: Tokens) -> go.Scatter:
    marker = {"size": 17, "opacity": 0, "color": colours.ink}
    return go.Scatter(
        name=name, x=x, y=y, text=text, hovertemplate="%{text}<extra></extra>", mode="markers", marker=marker
    )


def _rule(last: int, colours: Tokens) -> dict[str, Any]:
    """Where measuring ends."""
    line = {"width": 1, "color": colours.limit}
    return {"type": "line", "x0": last, "x1": last, "y0": 0, "y1": 1.06, "yref": "paper", "line": line}


def _sides(last: int, colours: Tokens, words: Mapping[str, str]) -> list[dict[str, Any]]:
    common = {"x": last, "y": 1.06, "yref": "paper", "yanchor": "top", "showarrow": False}
    font = {"size": 12, "color": colours.muted}
    return [
        {**common, "text": plain(words["measured"]), "xanchor": "right", "xshift": -7, "font": font},
        {**common, "text": plain(words["forecast"]), "xanchor": "left", "xshift": 7, "font": font},
    ]


def _ends(
    series: Plotted,
    fan: Fan,
    usual: Fan | None,
    domain: tuple[float, float],
    colours: Tokens,
    words: Mapping[str, str],
) -> list[dict[str, Any]]:
    """Names at the right end: the upper ends of the ranges, the most likely value (two of them with a scenario), the
    target."""
    named: list[tuple[str, float, str]] = []
    if len(fan.x):
        wide = [c for c in sorted(fan.range) if fan.range[c][1][-1] > fan.range[c][0][-1]]
        named += [(f"{c}{wording.NBSP}%", float(fan.range[c][1][-1]), colours.muted) for c in wide]
        word = words["likely" if usual is None else "what_if"]
        named.append((f"{word} {plain(series.text(float(fan.mean[-1])))}", float(fan.mean[-1]), colours.ink))
    if usual is not None:
        end = float(usual.mean[-1])
        named.append((f"{words['as_it_goes']} {plain(series.text(end))}", end, colours.muted))
    for name in ("target_low", "target_high"):
        level = series.level(name)[-1]
        if np.isfinite(level):
            named.append((f"{words['target']} {plain(series.text(float(level)))}", float(level), colours.ink))
    height = HEIGHT - MARGIN["t"] - MARGIN["b"]
    pixels = [(value - domain[0]) / (domain[1] - domain[0]) * height for _, value, _ in named]
    place = {"x": 1, "xref": "paper", "xanchor": "left", "xshift": 8, "showarrow": False}
    return [
        {**place, "text": text, "y": value, "yshift": shift, "font": {"size": 12, "color": colour}}
        for (text, value, colour), shift in zip(named, pushed_apart(pixels), strict=True)
    ]


def _nothing(figure: go.Figure, colours: Tokens, words: Mapping[str, str]) -> go.Figure:
    hidden = {"visible": False, "fixedrange": True}
    middle = {"x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper", "showarrow": False}
    text = {"text": plain(words["nothing"]), "font": {"size": 13, "color": colours.muted}, **middle}
    return figure.update_layout(xaxis=hidden, yaxis=hidden, annotations=[text])
