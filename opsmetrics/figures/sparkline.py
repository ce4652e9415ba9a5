"""The small chart of a row: shapes as plain data, drawn by the page (or as SVG text) behind and beside the figure.

Back to front: band, centre, target, line, gaps, signals, latest point, running period. Every member of an episode is
marked, not only the last.
"""

from __future__ import annotations

from opsmetrics.figures.plotted import Plotted, links, plotted
from opsmetrics.figures.sparkline_parts import CRISP, Scale, at, band, gaps, line, number, places, steps
from opsmetrics.figures.svg import Shape, svg_text
from opsmetrics.figures.tokens import NAMES, Theme, tokens
from opsmetrics.review import KpiReview

#: Periods shown: four weeks of days, the running one with them.
PERIODS = 28

HALF_DIAMOND = 4.1


def sparkline(review: KpiReview, width: int = 200, height: int = 44) -> list[Shape]:
    """The shapes of the last periods of a review; [] where nothing was ever measured.

    Paints are the names of tokens, so that one drawing serves both themes. Coordinates are picture units.
    """
    series = plotted(review, PERIODS)
    if not len(series):
        return []
    scale = Scale(series, width, height)
    return [
        *band(series, scale),
        *steps(series, scale, "centre", "limit", "0.75"),
        *steps(series, scale, "target_low", "ink", "1", "1.5 2.5"),
        *steps(series, scale, "target_high", "ink", "1", "1.5 2.5"),
        *line(series, scale),
        *gaps(series, scale),
        *_excluded(series, scale),
        *_signals(series, scale),
        *_latest(series, scale),
        *_hollow(series, scale),
    ]


def sparkline_svg(review: KpiReview, theme: Theme = "light", width: int = 200, height: int = 44, alt: str = "") -> str:
    """The sparkline as standalone SVG text with the colours of one theme."""
    colours = tokens(theme)
    paints = {name: getattr(colours, name) for name in NAMES}
    return svg_text(sparkline(review, width, height), width, height, paints, alt)


def _excluded(series: Plotted, scale: Scale) -> list[Shape]:
    shapes = []
    for place in places(series.excluded):
        x, y = scale.x(place), scale.y(series.value[place])
        cross = f"M{at(x - 2.4, y - 2.4)}L{at(x + 2.4, y + 2.4)}M{at(x - 2.4, y + 2.4)}L{at(x + 2.4, y - 2.4)}"
        shapes.append({"tag": "path", "d": cross, "stroke": "muted", "stroke-width": "1.25", **CRISP})
    return shapes


def _signals(series: Plotted, scale: Scale) -> list[Shape]:
    marked = places((series.tone != "") & series.present)
    return [_signal(str(series.tone[place]), scale.x(place), scale.y(series.value[place])) for place in marked]


def _signal(tone: str, x: float, y: float) -> Shape:
    halo = {"stroke": "page", "stroke-width": "1.5"}
    if tone == "improving":
        return {"tag": "circle", "cx": number(x), "cy": number(y), "r": "3.4", "fill": "improve", **halo}
    if tone == "concerning":
        h = HALF_DIAMOND
        d = f"M{at(x, y - h)}L{at(x + h, y)}L{at(x, y + h)}L{at(x - h, y)}Z"
        return {"tag": "path", "d": d, "fill": "concern", **halo}
    box = {"x": number(x - 3), "y": number(y - 3), "width": "6", "height": "6"}
    return {"tag": "rect", **box, "fill": "page", "stroke": "ink", "stroke-width": "1.4"}


def _latest(series: Plotted, scale: Scale) -> list[Shape]:
    """The last judged point, unless a signal's mark stands there already."""
    judged = places((series.state == "judged") & series.present)
    if not judged or series.tone[judged[-1]]:
        return []
    x, y = scale.x(judged[-1]), scale.y(series.value[judged[-1]])
    return [{"tag": "circle", "cx": number(x), "cy": number(y), "r": "2.1", "fill": "ink"}]


def _hollow(series: Plotted, scale: Scale) -> list[Shape]:
    """Half-finished periods: a dashed link to the neighbour and an open dot."""
    shapes: list[Shape] = []
    for pair in links(series):
        d = "M" + "L".join(at(scale.x(place), scale.y(series.value[place])) for place in pair)
        dashes = {"stroke": "line", "stroke-width": "1", "stroke-dasharray": "1.5 1.5"}
        shapes.append({"tag": "path", "d": d, **dashes, **CRISP})
    for place in places(series.unfinished):
        ring = {"cx": number(scale.x(place)), "cy": number(scale.y(series.value[place])), "r": "2.3"}
        shapes.append({"tag": "circle", **ring, "fill": "page", "stroke": "line", "stroke-width": "1.25"})
    return shapes
