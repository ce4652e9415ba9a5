"""Shapes as plain data → SVG text. The page builds the same shapes as DOM nodes; reports take the text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape

Shape = dict[str, str]

_PAINTED = ("fill", "stroke")


def svg_text(shapes: Iterable[Shape], width: int, height: int, paints: Mapping[str, str], label: str = "") -> str:
    """An `<svg>` of these shapes; `paints` turns paint names into colours, `label` is its text alternative."""
    role = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    body = "".join(_element(shape, paints) for shape in shapes)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" fill="none" '
        f'stroke-linecap="round" stroke-linejoin="round" {role}>{body}</svg>'
    )


def _element(shape: Shape, paints: Mapping[str, str]) -> str:
    pairs = ((name, paints.get(value, value) if name in _PAINTED else value) for name, value in shape.items())
    attributes = " ".join(f'{name}="{escape(value)}"' for name, value in pairs if name != "tag")
    return f"<{shape['tag']} {attributes}/>"
