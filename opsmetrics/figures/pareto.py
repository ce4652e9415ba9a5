"""The Pareto chart: bars from zero, the running share in a thin panel of its own above them, no second axis.

Also the dumbbell of one change, as shapes for a row. Both draw a result and compute nothing.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import plotly.graph_objects as go

from opsmetrics.catalog import Stream
from opsmetrics.figures.layout import base_layout
from opsmetrics.figures.svg import Shape
from opsmetrics.figures.text import plain, short
from opsmetrics.figures.tokens import Theme, Tokens, tokens
from opsmetrics.stats.pareto import Pareto
from opsmetrics.verdict import paretos

Layout = Literal["columns", "rows"]

#: From so many bars on they lie: their names would touch each other below standing ones.
MOST_COLUMNS = 12
HEIGHT = 440
ROW_HEIGHT = 27
#: Where the bars end and the panel of the running share begins, as parts of the height.
PANELS = ((0.0, 0.62), (0.68, 1.0))
#: Signs in one line below a bar, over the whole width of the page.
_LINE_OF_SIGNS = 150

#: Width of a standing bar as a part of its slot, and from how many bars on it has that width: few stay slim.
_BAR, _FULL = 0.62, 8

DUMBBELL = (230, 16)

_KEEP = {"marker": {"opacity": 1}}


def pareto_chart(
    result: Pareto, stream: Stream, measure: str = "count", *, theme: Theme = "light", layout: Layout | None = None
) -> go.Figure:
    """The figure. `layout`: "columns" or "rows" (None: rows from more than MOST_COLUMNS bars on).

    The trace "bars" carries in `customdata` the position of each bar in `result.table`. Without a bar it says so.
    """
    colours = tokens(theme)
    if not len(result.table):
        return _nothing(colours)
    lying = layout == "rows" or (layout is None and len(result.table) > MOST_COLUMNS)
    return _rows(result, stream, measure, colours) if lying else _columns(result, stream, measure, colours)


def _columns(result: Pareto, stream: Stream, measure: str, colours: Tokens) -> go.Figure:
    table, places = result.table, np.arange(len(result.table), dtype=float)
    labels = bar_names(result)
    room = max(8, _LINE_OF_SIGNS // len(table))
    wrapped = [_wrapped(label, room) for label in labels]
    deepest = max(text.count("<br>") for text in wrapped) + 1
    margin = {"l": 8, "r": 58, "t": 22, "b": 16 + 17 * deepest}
    figure = go.Figure(layout=base_layout(colours, HEIGHT + 17 * deepest, margin))
    bars = _bars(result, stream, measure, colours)
    figure.add_trace(go.Bar(x=places, y=table["amount"], width=_BAR * min(1.0, len(table) / _FULL), **bars))
    figure.add_trace(_running(result, places, colours))
    figure.update_layout(
        xaxis=_quiet_axis(colours)
        | {"tickvals": places, "ticktext": wrapped, "range": [-0.55, len(table) - 0.45], "anchor": "y"},
        yaxis=_hidden() | {"domain": PANELS[0], "range": [0, float(table["amount"].max()) * 1.12]},
        yaxis2=_hidden() | {"domain": PANELS[1], "range": _running_range(result)},
        annotations=[*_panel_notes(result, colours), *_share_notes(result, colours)],
        shapes=[_line_at(result.line, colours)],
    )
    return figure


def _rows(result: Pareto, stream: Stream, measure: str, colours: Tokens) -> go.Figure:
    """Lying bars; the running share stands as text beside each amount."""
    table, places = result.table, np.arange(len(result.table), dtype=float)
    figure = go.Figure(layout=base_layout(colours, 40 + ROW_HEIGHT * len(table), {"l": 8, "r": 120, "t": 8, "b": 8}))
    bars = _bars(result, stream, measure, colours)
    amounts = zip(bars["text"], table["running"], table["vital"], strict=True)
    bars["text"] = [f"{text}  {_of_all(share, vital)}" for text, share, vital in amounts]
    figure.add_trace(go.Bar(y=places, x=table["amount"], orientation="h", width=0.66, **bars))
    ticks = {"tickvals": places, "ticktext": [plain(short(label, 34)) for label in bar_names(result)]}
    axis = _quiet_axis(colours) | ticks | {"autorange": False, "range": [len(table) - 0.4, -0.6], "automargin": True}
    figure.update_layout(yaxis=axis, xaxis=_hidden() | {"range": [0, float(table["amount"].max()) * 1.02]})
    return figure


def _of_all(share: float, vital: bool) -> str:
    text = paretos.share(share)
    return f"<b>{text}</b>" if vital else text


def bar_names(result: Pareto) -> list[str]:
    """The names of the bars as people read them: the collecting one says how many it holds."""
    return [
        paretos.term("other", n=len(result.members)) if other else paretos.name(str(text))
        for text, other in zip(result.table["name"], result.table["other"], strict=True)
    ]


def _bars(result: Pareto, stream: Stream, measure: str, colours: Tokens) -> dict[str, Any]:
    """What standing and lying bars share: colours, amounts as text, hover, the position of each."""
    table = result.table
    texts = [paretos.amount(x, stream, measure, unit=False) for x in table["amount"]]
    return {
        "name": "bars",
        "text": [plain(text) for text in texts],
        "textposition": "outside",
        "textangle": 0,
        "cliponaxis": False,
        "textfont": {"size": 13, "color": colours.ink},
        "customdata": np.arange(len(table), dtype=float).reshape(-1, 1),
        "hovertext": _hovers(result, stream, measure),
        "hovertemplate": "%{hovertext}<extra></extra>",
        "marker": _fill(list(table["vital"]), list(table["other"]), colours),
        "selected": _KEEP,
        "unselected": _KEEP,
    }


def _fill(vital: Sequence[bool], other: Sequence[bool], colours: Tokens) -> dict[str, Any]:
    hatched = ["/" if flag else "" for flag in other]
    solid = [colours.line if flag else colours.limit for flag in vital]
    pattern = {"shape": hatched, "fgcolor": colours.limit, "bgcolor": "rgba(0,0,0,0)", "size": 6, "solidity": 0.25}
    return {"color": solid, "pattern": pattern, "line": {"width": 0}}


def _hovers(result: Pareto, stream: Stream, measure: str) -> list[str]:
    rows = zip(bar_names(result), *(result.table[name] for name in ("amount", "share", "running")), strict=True)
    return [
        f"<b>{plain(label)}</b>  {plain(paretos.amount(amount, stream, measure))}<br>"
        f"{paretos.share(share)} of all · {paretos.share(running)} with all before it"
        for label, amount, share, running in rows
    ]


def _running(result: Pareto, places: Any, colours: Tokens) -> go.Scatter:
    return go.Scatter(
        name="running",
        x=places,
        y=result.table["running"],
        yaxis="y2",
        mode="lines+markers",
        line={"width": 1.25, "color": colours.line},
        marker={"size": 6, "color": colours.page, "line": {"width": 1.25, "color": colours.line}},
        cliponaxis=False,
        hoverinfo="skip",
        selected=_KEEP,
        unselected=_KEEP,
    )


def _share_notes(result: Pareto, colours: Tokens) -> list[dict[str, Any]]:
    """Each running share above its point, on a ground that keeps the line behind it from striking it through; the one
    at which the vital few end is bold."""
    last = result.vital - 1
    last = last if last < len(result.table) and not result.table["other"].iloc[last] else -1
    return [
        {
            "x": place,
            "y": share,
            "yref": "y2",
            "yshift": 15,
            "text": f"<b>{paretos.share(share)}</b>" if place == last else paretos.share(share),
            "font": {"size": 12, "color": colours.ink if place == last else colours.muted},
            "bgcolor": colours.page,
            "borderpad": 0,
            "showarrow": False,
        }
        for place, share in enumerate(result.table["running"])
    ]


def _running_range(result: Pareto) -> list[float]:
    """The first share stands at the foot of its panel, all of them at the top with room for the last figure."""
    first = min(float(result.table["running"].iloc[0]), result.line)
    return [first - 0.08 * (1 - first) - 0.02, 1 + 0.12 * (1 - first) + 0.02]


def _panel_notes(result: Pareto, colours: Tokens) -> list[dict[str, Any]]:
    still = {"showarrow": False, "font": {"size": 12, "color": colours.muted}}
    line = {"text": paretos.share(result.line), "x": 1, "xref": "paper", "xanchor": "left", "xshift": 8}
    title = {"text": "running share", "x": 0, "y": 1, "xref": "paper", "yref": "paper", "xanchor": "left"}
    return [line | {"y": result.line, "yref": "y2"} | still, title | {"yanchor": "bottom"} | still]


def _line_at(share: float, colours: Tokens) -> dict[str, Any]:
    line = {"width": 1, "color": colours.limit, "dash": "1px,4px"}
    return {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": share, "y1": share, "yref": "y2", "line": line}


def _quiet_axis(colours: Tokens) -> dict[str, Any]:
    return {
        "showgrid": False,
        "zeroline": False,
        "showline": True,
        "linecolor": colours.hair,
        "ticks": "",
        "tickangle": 0,
        "ticklabelstandoff": 6,
        "tickfont": {"size": 13, "color": colours.ink},
        "fixedrange": True,
    }


def _hidden() -> dict[str, Any]:
    return {"visible": False, "fixedrange": True}


def _wrapped(label: str, room: int) -> str:
    """A name in at most three lines, as text."""
    lines = textwrap.wrap(label, room, max_lines=3, placeholder="…", break_long_words=True) or [""]
    return "<br>".join(plain(line) for line in lines)


def _nothing(colours: Tokens) -> go.Figure:
    figure = go.Figure(layout=base_layout(colours, HEIGHT, {"l": 8, "r": 8, "t": 8, "b": 8}))
    middle = {"x": 0.5, "y": 0.5, "xref": "paper", "yref": "paper", "showarrow": False}
    text = {"text": "Nothing to rank yet", "font": {"size": 13, "color": colours.muted}, **middle}
    return figure.update_layout(xaxis=_hidden(), yaxis=_hidden(), annotations=[text])


def dumbbell(before: float, after: float, top: float) -> list[Shape]:
    """One change as shapes, DUMBBELL in size: a hollow dot before, a solid one now, on a scale from 0 to `top`."""
    width, height = DUMBBELL
    middle, reach = f"{height / 2:g}", width - 12
    a, b = (6 + reach * (value / top if top > 0 else 0.0) for value in (before, after))
    ring = {"fill": "page", "stroke": "muted", "stroke-width": "1.4"}
    return [
        {"tag": "path", "d": f"M6 {middle}H{width - 6}", "stroke": "hair", "stroke-width": "1.5"},
        {"tag": "path", "d": f"M{a:.1f} {middle}H{b:.1f}", "stroke": "ink", "stroke-width": "1.5"},
        {"tag": "circle", "cx": f"{a:.1f}", "cy": middle, "r": "3.6", **ring},
        {"tag": "circle", "cx": f"{b:.1f}", "cy": middle, "r": "4", "fill": "ink"},
    ]
