"""The marks that stand beside each word of a verdict: shapes on a 16 × 16 grid, as plain data.

Every mark is a list of shapes; a shape is an SVG tag with its attributes. Paints are names: "current" takes the colour
of the text beside it, "on" knocks out of a filled shape. A mark never stands without its word.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from opsmetrics.figures.svg import Shape
from opsmetrics.verdict.model import Assurance, DataState, Side, Variation

Tone = Literal["concern", "improve", "data", "muted", "ink"]

DIAMOND = "M8 .4 15.6 8 8 15.6.4 8Z"
UP = "M8 4.6V11.4M5.2 7.3 8 4.5l2.8 2.8"
DOWN = "M8 4.6V11.4M5.2 8.7 8 11.5l2.8-2.8"


@dataclass(frozen=True)
class Mark:
    """A drawing and the tone (token) in which it and its word are set."""

    shapes: tuple[Shape, ...]
    tone: Tone


def _filled(d: str) -> Shape:
    return {"tag": "path", "d": d, "fill": "current"}


def _stroke(d: str, width: str = "1", paint: str = "current", **more: str) -> Shape:
    return {"tag": "path", "d": d, "stroke": paint, "stroke-width": width, **more}


def _disc(x: str, y: str, r: str) -> Shape:
    return {"tag": "circle", "cx": x, "cy": y, "r": r, "fill": "current"}


def _ring(x: str, y: str, r: str, width: str, **more: str) -> Shape:
    return {"tag": "circle", "cx": x, "cy": y, "r": r, "stroke": "current", "stroke-width": width, **more}


def _box(x: str, y: str, width: str, height: str, **more: str) -> Shape:
    return {"tag": "rect", "x": x, "y": y, "width": width, "height": height, **more}


def _arrow(d: str) -> Shape:
    return _stroke(d, "1.7", "on")


_SQUARE = _box("2", "2", "12", "12", stroke="current", **{"stroke-width": "1.5"})
_STABLE = (
    _stroke("M1.5 4h13M1.5 12h13", **{"stroke-dasharray": "2 2"}),
    _stroke("M1.5 8.6 4.5 6.8 7 9.4 9.6 6.9 12 9 14.5 7.4", "1.5"),
)
_ABSENT = _ring("8", "8", "6.3", "1.6", **{"stroke-dasharray": "2.4 2.55"})

_VARIATION: Mapping[tuple[str, str], Mark] = {
    ("concerning", "high"): Mark((_filled(DIAMOND), _arrow(UP)), "concern"),
    ("concerning", "low"): Mark((_filled(DIAMOND), _arrow(DOWN)), "concern"),
    ("concerning", "none"): Mark((_filled(DIAMOND),), "concern"),
    ("improving", "high"): Mark((_disc("8", "8", "7"), _arrow(UP)), "improve"),
    ("improving", "low"): Mark((_disc("8", "8", "7"), _arrow(DOWN)), "improve"),
    ("improving", "none"): Mark((_disc("8", "8", "7"),), "improve"),
    ("changed", "high"): Mark((_SQUARE, _stroke(UP, "1.5")), "ink"),
    ("changed", "low"): Mark((_SQUARE, _stroke(DOWN, "1.5")), "ink"),
    ("changed", "none"): Mark((_SQUARE,), "ink"),
    ("common_cause", "none"): Mark(_STABLE, "muted"),
    ("constant", "none"): Mark((_stroke("M1.5 8h13", "2"), _stroke("M1.5 4.5v7M14.5 4.5v7")), "muted"),
    ("too_few", "none"): Mark((_disc("3", "8", "1.6"), _disc("8", "8", "1.6"), _ring("13", "8", "1.3", "1")), "muted"),
    ("none", "none"): Mark((_ABSENT,), "muted"),
}

_FAILS = Mark(
    (
        _box("5.7", "6.7", "4.6", "7.6", rx="1.2", stroke="current", **{"stroke-width": "1.5"}),
        _stroke("M1 2.5h14", "1.6"),
    ),
    "concern",
)
_HIT_OR_MISS = Mark(
    (
        _stroke("M5.7 8.4v4.7a1.2 1.2 0 0 0 1.2 1.2h2.2a1.2 1.2 0 0 0 1.2-1.2V8.4", "1.5"),
        _filled("M5 8.4V2.2A1.2 1.2 0 0 1 6.2 1h3.6A1.2 1.2 0 0 1 11 2.2v6.2Z"),
        _stroke("M1 8.4h14", "1.6"),
    ),
    "muted",
)
_ASSURANCE: Mapping[Assurance, Mark] = {
    "meets": Mark((_box("5", "1", "6", "9", rx="1.2", fill="current"), _stroke("M1 13.5h14", "1.6")), "muted"),
    "hit_or_miss": _HIT_OR_MISS,
    "fails": _FAILS,
    "no_target": Mark((_stroke("M1.5 8h2.6M6.7 8h2.6M11.9 8h2.6", "1.5"),), "muted"),
    "too_early": Mark((_disc("3", "8", "1.6"), _disc("8", "8", "1.6"), _ring("13", "8", "1.3", "1")), "muted"),
}

_CLOCK = (_ring("8", "8", "6.3", "1.5"), _stroke("M8 4.4V8l2.6 1.7", "1.5"))
_PARTIAL = (
    _filled("M8 1.2a6.8 6.8 0 0 0 0 13.6Z"),
    _stroke("M9.8 1.9A6.3 6.3 0 0 1 9.8 14.1", "1.5", **{"stroke-dasharray": "2.3 2.6"}),
)
_DATA: Mapping[DataState, Mark] = {
    "fresh": Mark((_ring("8", "8", "6", "1.4"), _stroke("m5.3 8.2 1.9 1.9 3.6-4", "1.4")), "muted"),
    "late": Mark(_CLOCK, "data"),
    "missing": Mark((_ABSENT,), "data"),
    "partial": Mark(_PARTIAL, "data"),
    # Restated or implausible: the figure is there and cannot be relied on, so a full ring that asks.
    "suspect": Mark((_ring("8", "8", "6.3", "1.5"), _stroke("M8 4.8v3.8M8 10.9v.1", "1.6")), "data"),
}

#: A page or a file that stopped.
STOPPED = Mark((_stroke("M8 1.2 14.8 8 8 14.8 1.2 8ZM8 4.8v3.8M8 10.9v.1", "1.6"),), "concern")


def variation_mark(variation: Variation, side: Side = "none") -> Mark:
    """The mark of a variation; sides matter for concerning, improving and changed only."""
    return _VARIATION.get((variation, side)) or _VARIATION[(variation, "none")]


def assurance_mark(assurance: Assurance) -> Mark:
    """The mark of an assurance: above the line is always good, whichever way the KPI runs."""
    return _ASSURANCE[assurance]


def data_mark(state: DataState) -> Mark:
    """The mark of the state of the data."""
    return _DATA[state]
