"""A gauge study drawn: shares of the variation as lying bars, and the readings of each part by operator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from opsmetrics.figures.layout import base_layout
from opsmetrics.figures.text import plain, short
from opsmetrics.figures.tokens import Theme, Tokens, tokens
from opsmetrics.verdict import wording

#: Shares at which a measuring system stops being good, and stops being of use (AIAG).
LINES = (10.0, 30.0)
ROW, READINGS_HEIGHT = 34, 330
#: Marks of operators, in their order; the seventh operator shares the first one's.
SYMBOLS = ("circle", "square-open", "diamond", "triangle-up-open", "x-thin", "star-open")
DASHES = ("solid", "dot", "dash", "dashdot", "longdash", "longdashdot")


def components_chart(rows: Sequence[tuple[str, float, bool]], *, theme: Theme = "light") -> go.Figure:
    """Bars of shares in per cent: name, share, and whether it belongs to the measuring."""
    colours = tokens(theme)
    figure = go.Figure(layout=base_layout(colours, 44 + ROW * len(rows), {"l": 8, "r": 56, "t": 8, "b": 30}))
    places = list(range(len(rows)))
    figure.add_trace(
        go.Bar(
            name="shares",
            y=places,
            x=[share for _, share, _ in rows],
            orientation="h",
            width=0.6,
            marker={"color": [colours.line if own else colours.limit for _, _, own in rows], "line": {"width": 0}},
            text=[f"{wording.number(share, 0 if share >= LINES[0] else 1)}{wording.NBSP}%" for _, share, _ in rows],
            textposition="outside",
            textfont={"size": 13, "color": colours.ink},
            cliponaxis=False,
            hoverinfo="skip",
        )
    )
    names = {"tickvals": places, "ticktext": [plain(name) for name, _, _ in rows], "automargin": True}
    figure.update_layout(
        yaxis=_quiet(colours) | names | {"range": [len(rows) - 0.45, -0.55]},
        xaxis=_quiet(colours)
        | {
            "range": [0, 104],
            "tickvals": [0, *LINES, 100],
            "ticktext": [f"{x:g}{wording.NBSP}%" for x in (0, *LINES, 100)],
        },
        shapes=[_line(x, colours) for x in LINES],
    )
    return figure


def readings_chart(readings: pd.DataFrame, *, nested: bool = False, theme: Theme = "light") -> go.Figure:
    """Readings (part, operator, value) by part: a mark for each, and each operator's means joined by a line."""
    colours = tokens(theme)
    figure = go.Figure(layout=base_layout(colours, READINGS_HEIGHT, {"l": 52, "r": 8, "t": 40, "b": 40}))
    key = readings["operator"] + " · " + readings["part"] if nested else readings["part"]
    parts = list(dict.fromkeys(key))
    place = {name: number for number, name in enumerate(parts)}
    operators = list(dict.fromkeys(readings["operator"]))
    width = 0.5 / max(len(operators), 1)
    for number, operator in enumerate(operators):
        own = readings[readings["operator"] == operator].assign(key=key)
        offset = (number - (len(operators) - 1) / 2) * width
        means = own.groupby("key", sort=False)["value"].mean()
        look = number % len(SYMBOLS)
        figure.add_trace(
            go.Scatter(
                name=f"mean {operator}",
                x=[place[name] + offset for name in means.index],
                y=means,
                mode="lines",
                line={"width": 1.25, "color": colours.line, "dash": DASHES[look]},
                hoverinfo="skip",
                showlegend=False,
            )
        )
        figure.add_trace(_marks(own, [place[name] + offset for name in own["key"]], operator, SYMBOLS[look], colours))
    names = [plain(short(name, 14)) for name in parts]
    every = max(len(parts) // 14, 1)
    figure.update_layout(
        showlegend=len(operators) > 1,
        legend={"orientation": "h", "x": 0, "y": 1.02, "yanchor": "bottom", "font": {"size": 12, "color": colours.ink}},
        xaxis=_quiet(colours) | {"tickvals": list(range(0, len(parts), every)), "ticktext": names[::every]},
        yaxis=_quiet(colours) | {"nticks": 6},
    )
    return figure


def _marks(own: pd.DataFrame, x: list[float], operator: str, symbol: str, colours: Tokens) -> go.Scatter:
    return go.Scatter(
        name=plain(operator or "readings"),
        x=x,
        y=own["value"],
        mode="markers",
        marker={"symbol": symbol, "size": 7, "color": colours.line, "line": {"width": 1.25, "color": colours.line}},
        hovertext=[
            f"<b>{wording.number(v)}</b><br>{plain(k)}<br>{plain(operator)}"
            for v, k in zip(own["value"], own["key"], strict=True)
        ],
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _quiet(colours: Tokens) -> dict[str, Any]:
    return {
        "tickfont": {"size": 12, "color": colours.muted},
        "tickangle": 0,
        "ticklabelstandoff": 6,
        "showgrid": False,
        "zeroline": False,
        "showline": True,
        "linecolor": colours.hair,
        "fixedrange": True,
    }


def _line(x: float, colours: Tokens) -> dict[str, Any]:
    line = {"width": 1, "color": colours.limit, "dash": "2px,4px"}
    return {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1, "yref": "paper", "line": line}
