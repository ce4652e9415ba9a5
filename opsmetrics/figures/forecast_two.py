"""A scenario on the figure of a forecast: the course as it goes is hatched beneath, and the days of items marked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from opsmetrics.figures.text import plain
from opsmetrics.figures.tokens import Tokens
from opsmetrics.stats.forecast import Forecast

#: The range of the course as it goes.
COVERAGE = 80

#: Names beneath each other at the foot; more would cover the lines.
_ROWS = 3
_ROW = 0.065


@dataclass(frozen=True, eq=False)
class Scenario:
    """What a scenario makes of a forecast. ahead: its periods, closed ones left out, with their step. items: for each
    item that lies ahead its name, and its first and last row among the periods of the forecast as it goes."""

    forecast: Forecast
    ahead: pd.DataFrame
    items: Sequence[tuple[str, int, int]] = ()


def as_it_goes(x: np.ndarray, mean: np.ndarray, low: np.ndarray, high: np.ndarray, colours: Tokens) -> list[go.Scatter]:
    """The range of the forecast without the scenario as a hatched area with thin edges, and its line."""
    pattern = {"shape": "/", "size": 7, "solidity": 0.16, "fgcolor": colours.limit, "bgcolor": "rgba(0,0,0,0)",
               "fillmode": "replace"}  # fmt: skip
    edge: dict[str, Any] = {"mode": "lines", "line": {"width": 0.75, "color": colours.limit}}
    outline: dict[str, Any] = {"x": np.concatenate([x, x[::-1]]), "y": np.concatenate([high, low[::-1]])}
    area = go.Scatter(name="as it goes 80", fill="toself", fillpattern=pattern, hoverinfo="skip", **outline, **edge)
    style = {"width": 1.25, "color": colours.limit, "dash": "1px,3px"}
    line = go.Scatter(name="as it goes", x=x, y=mean, mode="lines", line=style, hoverinfo="skip")
    return [area, line]


def with_room(domain: tuple[float, float], items: Sequence[tuple[str, int, int]]) -> tuple[float, float]:
    """The domain with room at its foot for the bars and names of items: no range runs into them."""
    share = (min(len(items), _ROWS) + 0.4) * _ROW if items else 0.0
    return domain[0] - (domain[1] - domain[0]) * share / (1 - share), domain[1]


def item_marks(items: Sequence[tuple[str, int, int]], start: int, colours: Tokens) -> list[dict[str, Any]]:
    """A bar along the foot of the figure for each item, the ones that would touch above each other."""
    shapes = []
    for row, (_, first, last) in zip(_rows(items), items, strict=False):
        y = 0.02 + row * _ROW
        line = {"width": 3, "color": colours.muted}
        shapes.append(
            {"type": "line", "x0": start + first - 0.4, "x1": start + last + 0.4, "y0": y, "y1": y, "yref": "paper",
             "line": line}
        )  # fmt: skip
    return shapes


def item_names(items: Sequence[tuple[str, int, int]], start: int, colours: Tokens) -> list[dict[str, Any]]:
    """The name of each item over its bar."""
    font = {"size": 12, "color": colours.muted}
    return [
        {"x": start + first - 0.4, "y": 0.025 + row * _ROW, "yref": "paper", "text": plain(name), "showarrow": False,
         "xanchor": "left", "yanchor": "bottom", "font": font}
        for row, (name, first, _) in zip(_rows(items), items, strict=False)
    ]  # fmt: skip


def _rows(items: Sequence[tuple[str, int, int]]) -> list[int]:
    return [place % _ROWS for place in range(len(items))]


def places_of(ahead: pd.DataFrame, kept: pd.DataFrame) -> np.ndarray:
    """For each kept period its row among all that lie ahead."""
    row = {int(step): place for place, step in enumerate(ahead["step"])}
    return np.array([row[int(step)] for step in kept["step"]], dtype=int)


def stretches(places: np.ndarray) -> list[slice]:
    """Runs of neighbouring rows."""
    edges = np.flatnonzero(np.diff(places) > 1) + 1
    ends = [0, *edges.tolist(), len(places)]
    return [slice(a, b) for a, b in pairwise(ends) if b > a]
