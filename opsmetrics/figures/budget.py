"""The alarm budget as a drawing: a grey block as wide as what chance would bring, then one mark for each signal."""

from __future__ import annotations

from collections.abc import Sequence

from opsmetrics.figures.svg import Shape
from opsmetrics.verdict.model import Side, Variation

#: Height of the drawing; the room of one signal, and the most that all of them take.
HEIGHT, PITCH, WIDEST = 14, 26.0, 280.0


def alarm_budget(signals: Sequence[tuple[Variation, Side]], expected: float) -> tuple[list[Shape], int]:
    """Shapes and the width of their view. A signal takes as much room as one that chance would bring, so that the block
    and the marks compare by their lengths; where there are many, they stand closer."""
    pitch = min(PITCH, (WIDEST - 8) / max(expected + len(signals), 1.0))
    block = max(expected * pitch, 1.0)
    shapes: list[Shape] = [
        {"tag": "rect", "x": "0", "y": "1", "width": f"{block:.1f}", "height": "12", "fill": "band"},
        {"tag": "path", "d": f"M{block:.1f} 0V14", "stroke": "limit", "stroke-width": "1.5"},
    ]
    size = min(5.0, pitch / 2 - 0.5)
    shapes += [_mark(word, block + (place + 0.5) * pitch, size) for place, (word, _) in enumerate(signals)]
    return shapes, round(block + len(signals) * pitch) + 2


def _mark(word: Variation, x: float, size: float) -> Shape:
    """The mark of a variation on the scale of a sparkline: a diamond, a disc, or a square where nothing is better."""
    if word == "improving":
        return {"tag": "circle", "cx": f"{x:.1f}", "cy": "7", "r": f"{size * 0.85:.1f}", "fill": "improve"}
    if word == "concerning":
        d = f"M{x:.1f} {7 - size:.1f}L{x + size:.1f} 7L{x:.1f} {7 + size:.1f}L{x - size:.1f} 7Z"
        return {"tag": "path", "d": d, "fill": "concern"}
    side = 2 * size * 0.8
    box = {"x": f"{x - side / 2:.1f}", "y": f"{7 - side / 2:.1f}", "width": f"{side:.1f}", "height": f"{side:.1f}"}
    return {"tag": "rect", **box, "stroke": "ink", "stroke-width": "1.5"}
