"""The small chart of a row: shapes as plain data, drawn by the page (or as SVG text) behind and beside the figure.

Back to front: band, centre, target, line, gaps, signals, latest point, running period. Every member of an episode is
marked, not only the last.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from opsmetrics.figures.plotted import Mask, Plotted, links, padded_domain, plotted, runs
from opsmetrics.figures.svg import Shape, svg_text
from opsmetrics.figures.tokens import NAMES, Theme, tokens
from opsmetrics.review import KpiReview

#: Periods shown: four weeks of days, the running one with them.
PERIODS = 28

#: Room for half a mark at each end, so that a signal at the edge is not cut.
MARGIN = 5.0

HALF_DIAMOND = 4.1
PHASE_GAP = 1.6

#: A target far from the band would flatten all that moves: it takes at most this part of the height, drawn at the edge.
TARGET_SHARE = 0.4

#: Without it a stretched picture would thicken the lines.
_CRISP = {"vector-effect": "non-scaling-stroke"}


class _Scale:
    """Places in the arrays and values → picture units, rounded to a tenth."""

    def __init__(self, series: Plotted, width: int, height: int) -> None:
        judged = series.at(series.state != "excluded")
        self.low, self.high = _domain(judged if len(judged) else series)
        self.step = (width - 2 * MARGIN) / max(len(series) - 1, 1)
        self.offset = MARGIN if len(series) > 1 else width / 2
        self.width, self.height = width, height

    def x(self, place: float) -> float:
        return round(self.offset + place * self.step, 1)

    def y(self, value: float) -> float:
        """Values outside (an excluded point far away) stay on the edge."""
        inside = min(max(value, self.low), self.high)
        return round(self.height * (1 - (inside - self.low) / (self.high - self.low)), 1)

    def edges(self, part: slice) -> list[float]:
        """Left edge of each period of a stretch and the right edge of its last."""
        half = self.step / 2 if self.step < self.width else MARGIN
        xs = [self.x(place) - half for place in range(part.start, part.stop)]
        return [round(max(x, 0.0), 1) for x in xs] + [round(min(self.x(part.stop - 1) + half, self.width), 1)]


def _domain(series: Plotted) -> tuple[float, float]:
    """Lowest and highest of what is drawn, with room on both sides; a far target is brought nearer."""
    nothing = np.full(len(series), np.nan)
    low, high = padded_domain(replace(series, target_low=nothing, target_high=nothing))
    wide_low, wide_high = padded_domain(series)
    reach = (high - low) * TARGET_SHARE / (1 - TARGET_SHARE)
    return max(wide_low, low - reach), min(wide_high, high + reach)


def sparkline(review: KpiReview, width: int = 200, height: int = 44) -> list[Shape]:
    """The shapes of the last periods of a review; [] where nothing was ever measured.

    Paints are the names of tokens, so that one drawing serves both themes. Coordinates are picture units.
    """
    series = plotted(review, PERIODS)
    if not len(series):
        return []
    scale = _Scale(series, width, height)
    return [
        *_band(series, scale),
        *_steps(series, scale, "centre", "limit", "0.75"),
        *_steps(series, scale, "target_low", "ink", "1", "1.5 2.5"),
        *_steps(series, scale, "target_high", "ink", "1", "1.5 2.5"),
        *_line(series, scale),
        *_gaps(series, scale),
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


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _at(x: float, y: float) -> str:
    return f"{_number(x)} {_number(y)}"


def _band(series: Plotted, scale: _Scale) -> list[Shape]:
    """One outline per stretch of limits: along the upper steps, back along the lower ones."""
    shapes = []
    for part in runs(series, "lower", "upper"):
        edges = scale.edges(part)
        edges[0] += PHASE_GAP / 2 if part.start else 0
        edges[-1] -= PHASE_GAP / 2 if part.stop < len(series) else 0
        upper = _stairs(edges, [scale.y(v) for v in series.upper[part]])
        lower = _stairs(edges, [scale.y(v) for v in series.lower[part]])
        outline = "L".join(_at(x, y) for x, y in [*upper, *reversed(lower)])
        shapes.append({"tag": "path", "d": f"M{outline}Z", "fill": "band"})
    return shapes


def _stairs(edges: list[float], heights: list[float]) -> list[tuple[float, float]]:
    """Corner points of a step line: only the corners at which the height changes."""
    corners = [(edges[0], heights[0])]
    for edge, before, after in zip(edges[1:-1], heights, heights[1:], strict=False):
        if before != after:
            corners += [(edge, before), (edge, after)]
    return [*corners, (edges[-1], heights[-1])]


def _steps(series: Plotted, scale: _Scale, name: str, paint: str, width: str, dash: str = "") -> list[Shape]:
    levels = series.level(name)
    stairs = [_stairs(scale.edges(part), [scale.y(v) for v in levels[part]]) for part in runs(series, name)]
    if not stairs:
        return []
    d = "".join("M" + "L".join(_at(x, y) for x, y in corners) for corners in stairs)
    shape = {"tag": "path", "d": d, "stroke": paint, "stroke-width": width, **_CRISP}
    return [shape | {"stroke-dasharray": dash} if dash else shape]


def _line(series: Plotted, scale: _Scale) -> list[Shape]:
    """The measured line, broken where a period has no value."""
    d, pen_down = "", False
    for place, value in enumerate(series.solid.tolist()):
        if value != value:  # NaN
            pen_down = False
            continue
        d += ("L" if pen_down else "M") + _at(scale.x(place), scale.y(value))
        pen_down = True
    if not d:
        return []
    return [{"tag": "path", "d": d, "stroke": "line", "stroke-width": "1.25", **_CRISP}]


def _gaps(series: Plotted, scale: _Scale) -> list[Shape]:
    d = "".join(f"M{_number(scale.x(place))} 1V{scale.height - 1}" for place in _places(series.gaps))
    if not d:
        return []
    return [{"tag": "path", "d": d, "stroke": "data", "stroke-width": "1.25", "stroke-dasharray": "2 2", **_CRISP}]


def _places(mask: Mask) -> list[int]:
    found: list[int] = mask.nonzero()[0].tolist()
    return found


def _excluded(series: Plotted, scale: _Scale) -> list[Shape]:
    shapes = []
    for place in _places(series.excluded):
        x, y = scale.x(place), scale.y(series.value[place])
        cross = f"M{_at(x - 2.4, y - 2.4)}L{_at(x + 2.4, y + 2.4)}M{_at(x - 2.4, y + 2.4)}L{_at(x + 2.4, y - 2.4)}"
        shapes.append({"tag": "path", "d": cross, "stroke": "muted", "stroke-width": "1.25", **_CRISP})
    return shapes


def _signals(series: Plotted, scale: _Scale) -> list[Shape]:
    marked = _places((series.tone != "") & series.present)
    return [_signal(str(series.tone[place]), scale.x(place), scale.y(series.value[place])) for place in marked]


def _signal(tone: str, x: float, y: float) -> Shape:
    halo = {"stroke": "page", "stroke-width": "1.5"}
    if tone == "improving":
        return {"tag": "circle", "cx": _number(x), "cy": _number(y), "r": "3.4", "fill": "improve", **halo}
    if tone == "concerning":
        h = HALF_DIAMOND
        d = f"M{_at(x, y - h)}L{_at(x + h, y)}L{_at(x, y + h)}L{_at(x - h, y)}Z"
        return {"tag": "path", "d": d, "fill": "concern", **halo}
    box = {"x": _number(x - 3), "y": _number(y - 3), "width": "6", "height": "6"}
    return {"tag": "rect", **box, "fill": "page", "stroke": "ink", "stroke-width": "1.4"}


def _latest(series: Plotted, scale: _Scale) -> list[Shape]:
    """The last judged point, unless a signal's mark stands there already."""
    judged = _places((series.state == "judged") & series.present)
    if not judged or series.tone[judged[-1]]:
        return []
    x, y = scale.x(judged[-1]), scale.y(series.value[judged[-1]])
    return [{"tag": "circle", "cx": _number(x), "cy": _number(y), "r": "2.1", "fill": "ink"}]


def _hollow(series: Plotted, scale: _Scale) -> list[Shape]:
    """Half-finished periods: a dashed link to the neighbour and an open dot."""
    shapes: list[Shape] = []
    for pair in links(series):
        d = "M" + "L".join(_at(scale.x(place), scale.y(series.value[place])) for place in pair)
        dashes = {"stroke": "line", "stroke-width": "1", "stroke-dasharray": "1.5 1.5"}
        shapes.append({"tag": "path", "d": d, **dashes, **_CRISP})
    for place in _places(series.unfinished):
        ring = {"cx": _number(scale.x(place)), "cy": _number(scale.y(series.value[place])), "r": "2.3"}
        shapes.append({"tag": "circle", **ring, "fill": "page", "stroke": "line", "stroke-width": "1.25"})
    return shapes
