"""What the small pictures of a row share: the scale, the band, levels, the measured line and its gaps, as shapes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from opsmetrics.figures.plotted import Mask, Plotted, padded_domain, runs
from opsmetrics.figures.svg import Shape

#: Room for half a mark at each end, so that a signal at the edge is not cut.
MARGIN = 5.0

PHASE_GAP = 1.6

#: A target far from the band would flatten all that moves: it takes at most this part of the height, drawn at the edge.
TARGET_SHARE = 0.4

#: Without it a stretched picture would thicken the lines.
CRISP = {"vector-effect": "non-scaling-stroke"}


class Scale:
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


def number(value: float) -> str:
    """A coordinate as short text: "12.5", "12"."""
    return f"{value:.1f}".removesuffix(".0")


def at(x: float, y: float) -> str:
    """A place as it stands in a path."""
    return f"{number(x)} {number(y)}"


def band(series: Plotted, scale: Scale) -> list[Shape]:
    """One outline per stretch of limits: along the upper steps, back along the lower ones."""
    shapes = []
    for part in runs(series, "lower", "upper"):
        edges = scale.edges(part)
        edges[0] += PHASE_GAP / 2 if part.start else 0
        edges[-1] -= PHASE_GAP / 2 if part.stop < len(series) else 0
        upper = _stairs(edges, [scale.y(v) for v in series.upper[part]])
        lower = _stairs(edges, [scale.y(v) for v in series.lower[part]])
        outline = "L".join(at(x, y) for x, y in [*upper, *reversed(lower)])
        shapes.append({"tag": "path", "d": f"M{outline}Z", "fill": "band"})
    return shapes


def _stairs(edges: list[float], heights: list[float]) -> list[tuple[float, float]]:
    """Corner points of a step line: only the corners at which the height changes."""
    corners = [(edges[0], heights[0])]
    for edge, before, after in zip(edges[1:-1], heights, heights[1:], strict=False):
        if before != after:
            corners += [(edge, before), (edge, after)]
    return [*corners, (edges[-1], heights[-1])]


def steps(series: Plotted, scale: Scale, name: str, paint: str, width: str, dash: str = "") -> list[Shape]:
    """A level as a step line, broken where its phase ends. paint: name of a token."""
    levels = series.level(name)
    stairs = [_stairs(scale.edges(part), [scale.y(v) for v in levels[part]]) for part in runs(series, name)]
    if not stairs:
        return []
    d = "".join("M" + "L".join(at(x, y) for x, y in corners) for corners in stairs)
    shape = {"tag": "path", "d": d, "stroke": paint, "stroke-width": width, **CRISP}
    return [shape | {"stroke-dasharray": dash} if dash else shape]


def line(series: Plotted, scale: Scale) -> list[Shape]:
    """The measured line, broken where a period has no value."""
    d, pen_down = "", False
    for place, value in enumerate(series.solid.tolist()):
        if value != value:  # NaN
            pen_down = False
            continue
        d += ("L" if pen_down else "M") + at(scale.x(place), scale.y(value))
        pen_down = True
    if not d:
        return []
    return [{"tag": "path", "d": d, "stroke": "line", "stroke-width": "1.25", **CRISP}]


def gaps(series: Plotted, scale: Scale) -> list[Shape]:
    """A dashed upright for each period without data."""
    d = "".join(f"M{number(scale.x(place))} 1V{scale.height - 1}" for place in places(series.gaps))
    if not d:
        return []
    return [{"tag": "path", "d": d, "stroke": "data", "stroke-width": "1.25", "stroke-dasharray": "2 2", **CRISP}]


def places(mask: Mask) -> list[int]:
    """The places in the arrays that a mask marks."""
    found: list[int] = mask.nonzero()[0].tolist()
    return found
