"""The control chart of a review, or of a bare result from a notebook, as a Plotly figure.

Back to front: band and limits, centre, target, line, gaps, excluded points, hits that do not decide, signals,
half-finished periods, and on top one invisible trace that carries the hover and the selection.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from opsmetrics.figures import labels
from opsmetrics.figures.layout import MARGIN, SPREAD_MARGIN, base_layout, left_margin, period_axis, value_axis
from opsmetrics.figures.plotted import Floats, Mask, Plotted, links, padded_domain, plotted, plotted_between, runs
from opsmetrics.figures.text import between_hovers, hovers, plain
from opsmetrics.figures.tokens import Theme, Tokens, tokens
from opsmetrics.review import KpiReview
from opsmetrics.stats.results import ControlChart
from opsmetrics.verdict import wording

HEIGHT = 390
SPREAD_HEIGHT = 162
BETWEEN_HEIGHT = 220

#: Half of the slot that a band reaches beyond its first and last point; the rest parts two phases.
REACH = 0.5
PHASE_GAP = 0.04

_NO_LEVELS: Floats = np.zeros(0)

#: A trace as plain data: Plotly checks it once, as it takes it into the figure.
Trace = dict[str, Any]

_SYMBOLS = {"concerning": ("diamond", 13), "improving": ("circle", 12), "changed": ("square", 10)}

#: Plotly fades what is not selected; here a selection only picks rows.
_KEEP = {"marker": {"opacity": 1}}


def control_chart(
    source: KpiReview | ControlChart,
    *,
    theme: Theme = "light",
    span: int | None = None,
    height: int = HEIGHT,
    holding: Floats = _NO_LEVELS,
    written: bool = True,
) -> go.Figure:
    """The figure. `span`: how many of the last periods are drawn (None: all); limits always use all of them.

    Values stand in the KPI's shown unit. `customdata` of the trace "points" holds the position of each point in
    `source.points`. A source without any value gives an empty figure that says so. `height`: in pixels, to which the
    lines of notes are added; `holding`: levels that the value axis holds too; `written`: notes, the
    values of signals and the reasons of phases are written out.
    """
    colours = tokens(theme)
    series = plotted(source, span)
    if not len(series):
        return _nothing(base_layout(colours, height, MARGIN), colours)
    domain = _wide_enough(padded_domain(series), holding)
    inner = height - MARGIN["t"] - MARGIN["b"]
    notes = labels.note_labels(series, domain, inner, colours) if written else []
    more = labels.LINE * len(notes)
    phases, rules = labels.phase_labels(source, series, colours, written=written)
    said = [*notes, *phases, *labels.end_labels(series, domain, inner, colours)]
    for tone in _SYMBOLS if written else ():
        said += labels.signal_labels(series, tone, _tone_colour(tone, colours))
    margin = MARGIN | {"l": left_margin(series, domain), "t": MARGIN["t"] + more}
    layout = base_layout(colours, height + more, margin) | {
        "xaxis": period_axis(series, colours),
        "yaxis": value_axis(series, domain, colours),
        "annotations": said,
        "shapes": rules + _gap_rules(series, colours),
    }
    return go.Figure([*traces(series, colours), touch(series, hovers(source, series), colours)], layout)


def _wide_enough(domain: tuple[float, float], levels: Floats) -> tuple[float, float]:
    """The domain widened so that it holds these levels, with some room."""
    finite = levels[np.isfinite(levels)]
    if not finite.size:
        return domain
    room = 0.03 * (domain[1] - domain[0])
    return min(domain[0], float(finite.min()) - room), max(domain[1], float(finite.max()) + room)


def spread_chart(source: KpiReview | ControlChart, *, theme: Theme = "light", span: int | None = None) -> go.Figure:
    """The chart of the spread beneath (moving ranges, standard deviations), without signals of its own.

    Raises ValueError where the chart has none.
    """
    chart = source.chart if isinstance(source, KpiReview) else source
    if chart is None or chart.spread is None:
        raise ValueError("this chart has no chart of its spread: only XmR and Xbar-S charts have one")
    colours = tokens(theme)
    scale = source.kpi.multiplier if isinstance(source, KpiReview) else 1.0
    main = plotted(source, span)
    series = beneath(main, chart.spread.points, scale)
    if not series.present.any():
        return _nothing(base_layout(colours, SPREAD_HEIGHT, SPREAD_MARGIN), colours)
    domain = padded_domain(series)
    height = SPREAD_HEIGHT - SPREAD_MARGIN["t"] - SPREAD_MARGIN["b"]
    margin = SPREAD_MARGIN | {"l": left_margin(main, padded_domain(main))}
    layout = base_layout(colours, SPREAD_HEIGHT, margin) | {
        "xaxis": period_axis(series, colours),
        "yaxis": value_axis(series, domain, colours, 4),
        "annotations": labels.end_labels(series, domain, height, colours),
    }
    return go.Figure(traces(series, colours), layout)


def between_chart(review: KpiReview, *, theme: Theme = "light") -> go.Figure:
    """The g or t chart of a rare series, beneath the strip of its periods: one point for each event, with its limits.

    A point at the end, hollow, is the distance since the last event. `customdata` of the trace "points" holds the
    position in `review.points` in which each event lies. Raises ValueError where the review has none.
    """
    if review.between is None:
        raise ValueError("this review has no chart of what lies between events: only rare series with two events have")
    colours = tokens(theme)
    series = plotted_between(review.between)
    domain = padded_domain(series)
    pointer = touch(series, between_hovers(review.between, series), colours)
    rows = review.between.points["position"].to_numpy(dtype=float)
    pointer["customdata"] = np.concatenate([rows, rows[-1:]])[: len(series)].reshape(-1, 1)
    height = BETWEEN_HEIGHT - SPREAD_MARGIN["t"] - SPREAD_MARGIN["b"]
    layout = base_layout(colours, BETWEEN_HEIGHT, SPREAD_MARGIN | {"l": left_margin(series, domain)}) | {
        "xaxis": period_axis(series, colours),
        "yaxis": value_axis(series, domain, colours, 5),
        "annotations": labels.end_labels(series, domain, height, colours),
    }
    return go.Figure([*traces(series, colours), pointer], layout)


def beneath(main: Plotted, points: pd.DataFrame, scale: float = 1.0, silent: Mask | None = None) -> Plotted:
    """Other values and limits at the periods of the main chart: no target, no signals, no notes."""
    own = points.iloc[main.position]
    levels: dict[str, Any] = {n: own[n].to_numpy(dtype=float) * scale for n in ("value", "centre", "lower", "upper")}
    nothing, silence = np.full(len(main), np.nan), np.full(len(main), "", dtype=object)
    state = np.where(np.isnan(levels["value"]), "undefined", "judged").astype(object)
    hits = np.zeros(len(main), dtype=bool) if silent is None else silent[main.position]
    quiet: dict[str, Any] = {"tone": silence, "note": silence, "silent": hits}
    return replace(main, **levels, target_low=nothing, target_high=nothing, state=state, **quiet)


def traces(series: Plotted, colours: Tokens) -> list[Trace]:
    """All that is drawn of a series, back to front, but for what the pointer meets."""
    return [
        *_band(series, colours),
        *_steps(series, "centre", "centre", {"width": 1, "color": colours.limit}),
        *_steps(series, "target_low", "target", {"width": 1.25, "color": colours.ink, "dash": "2px,4px"}),
        *_steps(series, "target_high", "target", {"width": 1.25, "color": colours.ink, "dash": "2px,4px"}),
        _line(series, colours),
        _marks("excluded", series, series.excluded, {"symbol": "x-thin", "size": 11, **_outline(colours.muted, 1.5)}),
        _marks(
            "silent", series, series.quiet_hits, {"symbol": "diamond-open", "size": 9, **_outline(colours.limit, 1.25)}
        ),
        *(_signals(series, tone, colours) for tone in _SYMBOLS),
        *_hollow(series, colours),
        *_older_notes(series, colours),
    ]


def _trace(name: str, x: Any, y: Any, **more: Any) -> Trace:
    drawn = {"type": "scatter", "name": name, "x": np.asarray(x), "y": np.asarray(y), "hoverinfo": "skip"}
    return drawn | {"unselected": _KEEP} | more


def _band(series: Plotted, colours: Tokens) -> list[Trace]:
    """Lower and upper limit of each stretch, stepped half-way between points, with the band filled between."""
    traces = []
    style = {"mode": "lines", "line": {"width": 1, "color": colours.limit, "shape": "hvh"}}
    for part in runs(series, "lower", "upper"):
        x = _reaching(series, part)
        traces.append(_trace("lower", x, _ends(series.lower[part]), **style))
        traces.append(_trace("upper", x, _ends(series.upper[part]), **style, fill="tonexty", fillcolor=colours.band))
    return traces


def _reaching(series: Plotted, part: slice) -> Floats:
    """Positions of a stretch with half a slot before its first and after its last."""
    positions = series.position[part].astype(float)
    reach = REACH - PHASE_GAP
    return np.concatenate([positions[:1] - reach, positions, positions[-1:] + reach])


def _ends(values: Floats) -> Floats:
    return np.concatenate([values[:1], values, values[-1:]])


def _steps(series: Plotted, column: str, name: str, line: dict[str, Any]) -> list[Trace]:
    style = {"mode": "lines", "line": {**line, "shape": "hvh"}}
    levels = series.level(column)
    return [_trace(name, _reaching(series, part), _ends(levels[part]), **style) for part in runs(series, column)]


def _line(series: Plotted, colours: Tokens) -> Trace:
    """The measured values; a period without one breaks the line."""
    dots = {"size": 4, "color": colours.line}
    style = {"mode": "lines+markers", "line": {"width": 1.25, "color": colours.line}, "marker": dots}
    return _trace("value", series.position, series.solid, connectgaps=False, **style)


def _outline(colour: str, width: float) -> dict[str, Any]:
    return {"color": colour, "line": {"color": colour, "width": width}}


def _marks(name: str, series: Plotted, chosen: Mask, marker: dict[str, Any]) -> Trace:
    x, y = series.position[chosen], series.value[chosen]
    return _trace(name, x, y, mode="markers", marker=marker, cliponaxis=False)


def _tone_colour(tone: str, colours: Tokens) -> str:
    return {"concerning": colours.concern, "improving": colours.improve}.get(tone, colours.ink)


def _signals(series: Plotted, tone: str, colours: Tokens) -> Trace:
    symbol, size = _SYMBOLS[tone]
    colour = _tone_colour(tone, colours)
    edge = {"color": colours.page, "width": 2}
    if tone == "changed":
        edge, colour = {"color": colour, "width": 1.5}, colours.page
    return _marks(tone, series, series.signals(tone), {"symbol": symbol, "size": size, "color": colour, "line": edge})


def _hollow(series: Plotted, colours: Tokens) -> list[Trace]:
    """Half-finished periods: open circles, linked to their neighbours by dashes."""
    pairs = np.array(links(series), dtype=int).reshape(-1, 2)
    gaps = np.full((len(pairs), 1), np.nan)
    x = np.hstack([series.position[pairs].astype(float), gaps]).ravel()
    y = np.hstack([series.value[pairs], gaps]).ravel()
    dashes = {"width": 1.25, "color": colours.line, "dash": "2px,3px"}
    ring = {"symbol": "circle", "size": 7, "color": colours.page, "line": {"color": colours.line, "width": 1.5}}
    link = _trace("link", x, y, mode="lines", line=dashes)
    return [link, _marks("unfinished", series, series.unfinished, ring)]


def _older_notes(series: Plotted, colours: Tokens) -> list[Trace]:
    noted = labels.older_notes(series)
    if not len(noted):
        return []
    y = np.full(len(noted), padded_domain(series)[0])
    marker = {"symbol": "line-ns", "size": 8, **_outline(colours.muted, 1.5)}
    style: dict[str, Any] = {"mode": "markers", "marker": marker, "cliponaxis": False}
    style |= {"text": [plain(str(note)) for note in noted.note], "hovertemplate": "%{text}<extra></extra>"}
    return [{"type": "scatter", "name": "older notes", "x": noted.position, "y": y, **style}]


def _gap_rules(series: Plotted, colours: Tokens) -> list[dict[str, Any]]:
    """A dashed rule in the data hue for each period without data; of a long stretch only its two ends."""
    positions = series.position[series.gaps]
    if len(positions) == 0:
        return []
    line = {"width": 1.25, "color": colours.data, "dash": "2px,3px"}
    stretches = np.split(positions, np.flatnonzero(np.diff(positions) > 1) + 1)
    shown = [p for stretch in stretches for p in ({stretch[0], stretch[-1]} if len(stretch) > 8 else stretch)]
    ends = {"y0": 0, "y1": 1, "yref": "paper", "line": line}
    return [{"type": "line", "x0": int(p), "x1": int(p), **ends} for p in sorted(shown)]


def touch(series: Plotted, texts: list[str], colours: Tokens) -> Trace:
    """What the pointer meets: one invisible point per value, with its words; the chosen one shows as a ring."""
    there = series.present
    positions = series.position[there]
    clear = "rgba(0,0,0,0)"
    return {
        "type": "scatter",
        "name": "points",
        "x": positions,
        "y": series.value[there],
        "customdata": positions.astype(float).reshape(-1, 1),
        "text": [text for text, shown in zip(texts, there, strict=True) if shown],
        "hovertemplate": "%{text}<extra></extra>",
        "mode": "markers",
        "marker": {"size": 17, "opacity": 0, "color": clear, "line": {"width": 1.25, "color": colours.ink}},
        "selected": {"marker": {"opacity": 1, "color": clear}},
        "unselected": {"marker": {"opacity": 0}},
    }


def _nothing(layout: dict[str, Any], colours: Tokens) -> go.Figure:
    hidden = {"visible": False, "fixedrange": True}
    middle = {"x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper", "showarrow": False}
    text = {"text": wording.figure("nothing"), "font": {"size": 13, "color": colours.muted}, **middle}
    return go.Figure(layout=layout | {"xaxis": hidden, "yaxis": hidden, "annotations": [text]})
