"""Readings against their specification: a histogram on the band of the natural limits, with the fitted law.

Back to front: natural limits, bars, law, specification and target. Bars outside the specification stand out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np
import plotly.graph_objects as go

from opsmetrics.figures.labels import pushed_apart
from opsmetrics.figures.layout import base_layout, bottom_axis
from opsmetrics.figures.text import plain
from opsmetrics.figures.tokens import Theme, Tokens, tokens
from opsmetrics.stats.capability import Capability
from opsmetrics.verdict import wording

HEIGHT = 340
#: Bars at most; more would be thinner than their gaps on a phone.
BARS = 48
_POINTS = 241

#: Words on the figure; another language hands in its own.
WORDS: Mapping[str, str] = {
    "lower": "lower limit",
    "upper": "upper limit",
    "target": "target",
    "readings": "readings",
    "to": "to",
}


def histogram_edges(values: np.ndarray, decimals: int) -> np.ndarray:
    """Edges of equal bins (Freedman and Diaconis, at most BARS), a multiple of the step in which values are recorded:
    else every few bins would hold one step more than their neighbours."""
    low, high = float(values.min()), float(values.max())
    if low == high:
        return np.array([low - 0.5, low + 0.5])
    step = _step(values, decimals)
    spread = float(np.subtract(*np.quantile(values, (0.75, 0.25))))
    width = 2 * spread / len(values) ** (1 / 3) if spread > 0 else (high - low) / 10
    width = max(width, (high - low) / BARS)
    width = math.ceil(width / step - 1e-9) * step if step else width
    start = low - step / 2
    return start + width * np.arange(math.ceil((high - start) / width - 1e-9) + 1)


def _step(values: np.ndarray, decimals: int) -> float:
    """The step in which values are recorded: their smallest gap, else that of the decimals; 0 where they have none."""
    found = np.unique(values)
    for step in (float(np.diff(found).min()), 10.0**-decimals):
        steps = (found - found[0]) / step
        if step >= 10.0 ** -(decimals + 1) and np.allclose(steps, np.round(steps), rtol=0, atol=1e-6):
            return step
    return 0.0


def capability_chart(
    values: np.ndarray,
    found: Capability | None,
    *,
    unit: str = "",
    decimals: int = 1,
    theme: Theme = "light",
    words: Mapping[str, str] = WORDS,
) -> go.Figure:
    """The figure of readings (at least one); without a result only the bars are drawn."""
    colours = tokens(theme)
    figure = go.Figure(layout=base_layout(colours, HEIGHT, {"l": 8, "r": 8, "t": 44, "b": 40}))
    edges = histogram_edges(values, decimals)
    outside = _outside(values, found)
    within, _ = np.histogram(values[~outside], edges)
    beyond, _ = np.histogram(values[outside], edges)
    counts = within + beyond
    hovers = _hovers(edges, counts, unit, decimals, words)
    for name, part, colour in (("readings", within, colours.limit), ("outside", beyond, colours.concern)):
        figure.add_trace(_bars(name, edges, part, hovers, colour))
    natural = _natural(found)
    lines = _lines(found, words)
    ends = [edges[0], edges[-1], *natural, *(x for _, x in lines)]
    room = 0.04 * (max(ends) - min(ends))
    span = min(ends) - room, max(ends) + room
    top = float(counts.max())
    if found is not None and found.law.sample is None:
        curve = _law(found, span, len(values) * float(edges[1] - edges[0]), colours)
        top = max(top, float(np.nanmax(curve.y)))
        figure.add_trace(curve)
    figure.update_layout(
        bargap=0.06,
        barmode="stack",
        xaxis=_values(span, unit, colours),
        yaxis={"visible": False, "range": [0, top * 1.06], "fixedrange": True},
        shapes=[*_band(natural, colours), *(_line(name, x, colours) for name, x in lines)],
        annotations=_labels(lines, span, unit, colours, words),
    )
    return figure


def _natural(found: Capability | None) -> list[float]:
    return [] if found is None else [end for end in (found.natural[0], found.natural[2]) if math.isfinite(end)]


def _lines(found: Capability | None, words: Mapping[str, str]) -> list[tuple[str, float]]:
    given = {} if found is None else {"lower": found.lower, "target": found.target, "upper": found.upper}
    return [(name, x) for name, x in given.items() if x is not None]


def _outside(values: np.ndarray, found: Capability | None) -> np.ndarray:
    lower = -math.inf if found is None or found.lower is None else found.lower
    upper = math.inf if found is None or found.upper is None else found.upper
    return np.asarray((values < lower) | (values > upper))


def _hovers(edges: np.ndarray, counts: np.ndarray, unit: str, decimals: int, words: Mapping[str, str]) -> list[str]:
    digits, suffix = decimals + 1, wording.unit_text(unit)
    return [
        f"<b>{wording.number(n)} {plain(words['readings'])}</b><br>"
        f"{wording.number(a, digits)} {plain(words['to'])} {wording.number(b, digits)}{plain(suffix)}"
        for n, a, b in zip(counts.tolist(), edges[:-1].tolist(), edges[1:].tolist(), strict=True)
    ]


def _bars(name: str, edges: np.ndarray, counts: np.ndarray, hovers: list[str], colour: str) -> go.Bar:
    return go.Bar(
        name=name,
        x=(edges[:-1] + edges[1:]) / 2,
        y=counts,
        width=np.diff(edges) * 0.94,
        marker={"color": colour, "line": {"width": 0}},
        hovertext=hovers,
        hovertemplate="%{hovertext}<extra></extra>",
    )


def _law(found: Capability, span: tuple[float, float], mass: float, colours: Tokens) -> go.Scatter:
    """The density of the law, as the readings that a bar would hold: from differences of its tails."""
    x = np.linspace(*span, _POINTS)
    with np.errstate(all="ignore"):
        below, _ = found.law.tails(x)
    density = np.gradient(below, x) * mass
    return go.Scatter(
        name="law",
        x=x,
        y=np.where(np.isfinite(density), density, 0.0),
        mode="lines",
        line={"width": 1.75, "color": colours.ink},
        hoverinfo="skip",
    )


def _values(span: tuple[float, float], unit: str, colours: Tokens) -> dict[str, Any]:
    return bottom_axis(colours) | {
        "range": list(span),
        "nticks": 7,
        "ticksuffix": plain(wording.unit_text(unit)) if len(unit) <= 3 else "",
    }


def _band(natural: list[float], colours: Tokens) -> list[dict[str, Any]]:
    if len(natural) < 2:
        return []
    area = {"x0": natural[0], "x1": natural[1], "y0": 0, "y1": 1, "yref": "paper", "layer": "below"}
    return [{"type": "rect", "fillcolor": colours.band, "line": {"width": 0}, **area}]


def _line(name: str, x: float, colours: Tokens) -> dict[str, Any]:
    line = {"width": 1.5, "color": colours.ink} | ({"dash": "2px,4px"} if name == "target" else {})
    return {"type": "line", "x0": x, "x1": x, "y0": 0, "y1": 1.03, "yref": "paper", "line": line}


def _labels(
    lines: list[tuple[str, float]], span: tuple[float, float], unit: str, colours: Tokens, words: Mapping[str, str]
) -> list[dict[str, Any]]:
    """The names above their lines; those that would meet stand in two rows."""
    shares = [100 * (x - span[0]) / (span[1] - span[0]) for _, x in lines]
    crowded = any(abs(shift) > 0.1 for shift in pushed_apart(shares, apart=24))
    return [
        {
            "text": plain(f"{words[name]} {wording.number(x)}"),
            "x": x,
            "y": 1.03,
            "yref": "paper",
            "yanchor": "bottom",
            "xanchor": "left" if share < 12 else "right" if share > 88 else "center",
            "yshift": 16 if crowded and name == "target" else 0,
            "showarrow": False,
            "font": {"size": 12, "color": colours.ink},
        }
        for (name, x), share in zip(lines, shares, strict=True)
    ]
