"""The ranges of a forecast and its most likely line, as traces: runs of neighbouring periods."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from opsmetrics.figures.forecast_two import COVERAGE, Scenario, as_it_goes, places_of, stretches
from opsmetrics.figures.plotted import Floats, Plotted
from opsmetrics.figures.tokens import Tokens
from opsmetrics.stats.forecast import COVERAGES, Forecast

#: Of the grey `limit`, laid over each other up to three times.
ALPHA = 0.21


class Fan:
    """The forecast in the shown unit at the places where it is drawn: runs of neighbouring periods."""

    def __init__(
        self, forecast: Forecast, ahead: pd.DataFrame, last: int, scale: float, places: np.ndarray | None = None
    ) -> None:
        rows = ahead["step"].to_numpy(dtype=int) - 1
        self.places = np.arange(len(rows)) if places is None else places
        self.x = last + 1 + self.places
        self.labels = [str(label) for label in ahead["label"]]
        self.mean: Floats = forecast.mean[rows] * scale
        self.range = {c: tuple(end[rows] * scale for end in forecast.interval(c)) for c in COVERAGES}
        # No measured value has a range of its own: the fan opens from the last one where the fan is about to follow.
        self.last = last

    @classmethod
    def under(cls, scenario: Scenario, ahead: pd.DataFrame, last: int, scale: float) -> Fan:
        """The fan of a scenario at the places of its periods among all that lie ahead."""
        return cls(scenario.forecast, scenario.ahead, last, scale, places_of(ahead, scenario.ahead))

    def _runs(self, known: Plotted) -> list[tuple[slice, Floats, np.ndarray]]:
        """Each run with the value and the place that it opens from, which only the first one has."""
        there = np.flatnonzero(known.position == self.last)[-1:]
        found = []
        for part in stretches(self.places):
            first = self.places[part][0] == 0
            found.append(
                (part, known.value[there if first else there[:0]], known.position[there if first else there[:0]])
            )
        return found

    def areas(self, known: Plotted, colours: Tokens) -> list[go.Scatter]:
        """The widest range first; each is one closed outline for each run."""
        filled = []
        for coverage in sorted(self.range, reverse=True):
            for part, start, place in self._runs(known):
                x = np.concatenate([place, self.x[part]])
                low, high = (np.concatenate([start, end[part]]) for end in self.range[coverage])
                outline = (np.concatenate([x, x[::-1]]), np.concatenate([high, low[::-1]]))
                style = {"mode": "lines", "line": {"width": 0}, "fill": "toself", "fillcolor": faint(colours.limit)}
                filled.append(trace(f"range {coverage}", *outline, **style))
        return filled

    def hatched(self, known: Plotted, colours: Tokens) -> list[go.Scatter]:
        """The course as it goes, beneath that of a scenario."""
        _, start, place = self._runs(known)[0]
        low, high = (np.concatenate([start, end]) for end in self.range[COVERAGE])
        mean = np.concatenate([start, self.mean])
        return as_it_goes(np.concatenate([place, self.x]), mean, low, high, colours)

    def lines(self, known: Plotted, colours: Tokens) -> list[go.Scatter]:
        """The most likely values, dashed, from the last measured one on."""
        drawn = []
        for part, start, place in self._runs(known):
            style = {"width": 1.5, "color": colours.ink, "dash": "4px,3px"}
            alone = len(self.x[part]) == 1
            marker = {"size": 5 if alone else 0.1, "color": colours.ink}
            x, y = np.concatenate([place, self.x[part]]), np.concatenate([start, self.mean[part]])
            drawn.append(trace("likely", x, y, mode="lines+markers", line=style, marker=marker))
        return drawn


def trace(name: str, x: Any, y: Any, **more: Any) -> go.Scatter:
    """A trace that the pointer passes by."""
    return go.Scatter(name=name, x=np.asarray(x), y=np.asarray(y), hoverinfo="skip", **more)


def faint(colour: str) -> str:
    """The hex colour at ALPHA."""
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},{ALPHA})"
