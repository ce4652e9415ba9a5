"""What a chart would notice: the wait by size of the shift, and how often the shift is still unnoticed.

The chosen chart is the ink line; what it is compared with is grey. Names stand at the lines.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from opsmetrics.figures.layout import base_layout, bottom_axis
from opsmetrics.figures.text import plain
from opsmetrics.figures.tokens import Theme, Tokens, tokens
from opsmetrics.verdict import wording

HEIGHT = 320
#: Waits above it leave the picture.
_HIGHEST = 1e5

Numbers = npt.NDArray[np.float64]


def waits_chart(
    shifts: Numbers,
    waits: Sequence[Numbers],
    names: Sequence[str],
    *,
    at: float,
    axis: str,
    counted: str,
    theme: Theme = "light",
) -> go.Figure:
    """Average wait by shift on a logarithmic scale, one line per chart, the chosen one first. at: the chosen shift."""
    colours = tokens(theme)
    figure = go.Figure(layout=base_layout(colours, HEIGHT, {"l": 52, "r": 16, "t": 16, "b": 56}))
    shown = [np.where(wait <= _HIGHEST, wait, np.nan) for wait in waits]
    for place in reversed(range(len(shown))):  # the chosen line lies on top
        figure.add_trace(_line(names[place], shifts, shown[place], _stroke(place, colours), counted))
    known = np.concatenate([wait[np.isfinite(wait)] for wait in shown] or [np.ones(1)])
    top = math.log10(max(float(known.max(initial=1.0)) * 1.3, 10.0))
    ticks = [10**power for power in range(math.ceil(top))]
    key = _key(names, colours)
    figure.update_layout(
        xaxis=_shift_axis(shifts, axis, colours),
        yaxis=_value_axis(colours)
        | {"type": "log", "range": [0, top], "tickvals": ticks, "ticktext": [wording.number(t) for t in ticks]},
        annotations=key["annotations"],
        shapes=[*key["shapes"], *_marker(at, shifts, colours)],
    )
    return figure


def missed_chart(
    shifts: Numbers, missed: Sequence[Numbers], names: Sequence[str], *, at: float, axis: str, theme: Theme = "light"
) -> go.Figure:
    """Chance that a shift is still unnoticed, one line for each number of points; the first stands out."""
    colours = tokens(theme)
    figure = go.Figure(layout=base_layout(colours, HEIGHT, {"l": 52, "r": 16, "t": 16, "b": 56}))
    shares = [0, 25, 50, 75, 100]
    for place in reversed(range(len(missed))):
        figure.add_trace(_line(names[place], shifts, 100 * missed[place], _stroke(place, colours), "%"))
    key = _key(names, colours)
    figure.update_layout(
        xaxis=_shift_axis(shifts, axis, colours),
        yaxis=_value_axis(colours)
        | {"range": [0, 130], "tickvals": shares, "ticktext": [f"{part}{wording.NBSP}%" for part in shares]},
        annotations=key["annotations"],
        shapes=[*key["shapes"], *_marker(at, shifts, colours)],
    )
    return figure


def _line(name: str, x: Numbers, y: Numbers, stroke: dict[str, Any], counted: str) -> go.Scatter:
    said = [f"{wording.number(float(value), 1)} {counted}" if np.isfinite(value) else "" for value in y]
    return go.Scatter(
        name=plain(name),
        x=x,
        y=y,
        mode="lines",
        line=stroke | {"shape": "spline", "smoothing": 0.7},
        hovertext=[f"<b>{plain(name)}</b><br>{plain(text)}" for text in said],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _stroke(place: int, colours: Tokens) -> dict[str, Any]:
    dash = ("solid", "solid", "5px,3px", "1px,3px")[place]
    return {"width": 2 if place == 0 else 1.25, "color": colours.ink if place == 0 else colours.limit, "dash": dash}


def _key(names: Sequence[str], colours: Tokens) -> dict[str, list[dict[str, Any]]]:
    """The names in the corner that falling lines leave free, each with a piece of its line at its right."""
    paper = {"xref": "paper", "yref": "paper"}
    heights = [1 - 0.085 * place for place in range(len(names))]
    notes = [
        {
            "text": f"<b>{plain(name)}</b>" if place == 0 else plain(name),
            "x": 0.93,
            "y": height,
            "xanchor": "right",
            "yanchor": "middle",
            "showarrow": False,
            "bgcolor": colours.page,
            "font": {"size": 12, "color": colours.ink if place == 0 else colours.muted},
            **paper,
        }
        for place, (name, height) in enumerate(zip(names, heights, strict=True))
    ]
    pieces = [
        {"type": "line", "x0": 0.945, "x1": 1, "y0": height, "y1": height, "line": _stroke(place, colours), **paper}
        for place, height in enumerate(heights)
    ]
    return {"annotations": notes, "shapes": pieces}


def _marker(at: float, shifts: Numbers, colours: Tokens) -> list[dict[str, Any]]:
    """A line at the chosen shift, where it is in the picture."""
    if not 0 < at <= shifts[-1]:
        return []
    line = {"width": 1.25, "color": colours.ink, "dash": "2px,4px"}
    return [{"type": "line", "x0": at, "x1": at, "y0": 0, "y1": 1, "yref": "paper", "line": line, "layer": "below"}]


def _shift_axis(shifts: Numbers, title: str, colours: Tokens) -> dict[str, Any]:
    return bottom_axis(colours) | {
        "range": [0, float(shifts[-1]) * 1.01],
        "nticks": 7,
        "title": {"text": plain(title), "font": {"size": 12, "color": colours.muted}, "standoff": 8},
    }


def _value_axis(colours: Tokens) -> dict[str, Any]:
    return {
        "tickfont": {"size": 12, "color": colours.muted},
        "ticklabelstandoff": 8,
        "showgrid": True,
        "gridcolor": colours.hair,
        "showline": False,
        "zeroline": False,
        "fixedrange": True,
    }
