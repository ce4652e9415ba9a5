"""A figure as a file of its own: HTML that needs no network, Plotly's JSON, and pictures where a browser draws them."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence
from html import escape
from importlib.util import find_spec
from typing import Literal

import plotly.graph_objects as go

from opsmetrics.figures.tokens import FONT, Theme, tokens

Format = Literal["html", "svg", "png", "json"]
FORMATS: tuple[Format, ...] = ("html", "svg", "png", "json")

#: Pixels of a picture; the height is the figure's own.
WIDTH = 1120
#: Dots of a PNG for each pixel.
SCALE = 2.0


class NoPicture(RuntimeError):
    """A picture was asked for where no program can draw one; the text says what to do instead."""


def as_html(
    figures: Sequence[go.Figure], *, title: str, lines: Sequence[str] = (), theme: Theme = "light", lang: str = "en"
) -> str:
    """The figures below each other under a title and its lines, as one page with everything inside it.

    Texts are escaped; nothing is fetched when the page is opened. Raises ValueError where there is no figure.
    """
    if not figures:
        raise ValueError("figures: found none; wanted at least one")
    colours = tokens(theme)
    parts = [
        figure.to_html(full_html=False, include_plotlyjs=not place, config=_CONFIG, default_width="100%")
        for place, figure in enumerate(figures)
    ]
    said = "".join(f"<p>{escape(line)}</p>" for line in lines if line)
    style = _STYLE.format(font=FONT.replace('"', "'"), page=colours.page, ink=colours.ink, muted=colours.muted)
    return (
        f'<!DOCTYPE html>\n<html lang="{escape(lang)}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title)}</title><style>{style}</style></head>\n"
        f"<body><main><h1>{escape(title)}</h1>{said}{''.join(parts)}</main></body></html>\n"
    )


#: The mode bar of the page offers the picture; nothing of it leads outside.
_CONFIG = {"displaylogo": False, "showSendToCloud": False, "responsive": True, "modeBarButtons": [["toImage"]]}

_STYLE = (
    "body{{margin:0;background:{page};color:{ink};font:15px/1.45 {font}}}"
    "main{{max-width:1200px;margin:0 auto;padding:2rem 1.5rem}}"
    "h1{{font-size:1.75rem;line-height:1.15;font-weight:600;margin:0 0 .4rem}}"
    "p{{margin:0 0 .2rem;max-width:75ch}}p+p{{color:{muted}}}"
)


def as_json(figure: go.Figure, verdict: str = "") -> str:
    """The figure as Plotly's JSON, with the id of the verdict that it shows."""
    return str((go.Figure(figure).update_layout(meta={"verdict": verdict}) if verdict else figure).to_json())


def as_picture(figure: go.Figure, kind: Literal["svg", "png"], verdict: str = "") -> bytes:
    """The figure as a picture, drawn by kaleido and the Chrome that it finds; the id of its verdict is noted in it.

    Raises NoPicture where one of the two is missing.
    """
    name = kind.upper()
    if find_spec("kaleido") is None:
        raise NoPicture(
            f"{name} needs the package kaleido and a Chrome, and kaleido is not installed. Write .html instead, or "
            "download the picture from the chart's page, where your own browser draws it."
        )
    # Its ground is clear on a page; a picture is looked at anywhere, so it brings its own.
    grounded = go.Figure(figure).update_layout(paper_bgcolor=_ground(figure))
    try:
        drawn = bytes(grounded.to_image(format=kind, width=WIDTH, scale=SCALE if kind == "png" else 1.0))
    except (RuntimeError, ValueError, OSError) as error:
        reason = (str(error).splitlines() or ["no reason was given"])[0].rstrip(".")
        text = f"kaleido could not draw the {name}: {reason}. Install Chrome for it, or write .html instead."
        raise NoPicture(text) from error
    return (_noted_svg if kind == "svg" else _noted_png)(drawn, f"Verdict {verdict}") if verdict else drawn


def _noted_svg(drawn: bytes, note: str) -> bytes:
    """The picture with a description, which follows the opening tag."""
    end = drawn.index(b">", drawn.index(b"<svg")) + 1
    return drawn[:end] + f"<desc>{escape(note)}</desc>".encode() + drawn[end:]


def _noted_png(drawn: bytes, note: str) -> bytes:
    """The picture with a chunk tEXt "Description" behind its header (PNG 1.2, 11.3.4.3)."""
    header = 8 + 4 + 4 + 13 + 4  # signature; length, name, content and checksum of IHDR
    chunk = b"tEXt" + b"Description\x00" + note.encode("latin-1")
    told = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return drawn[:header] + told + drawn[header:]


def _ground(figure: go.Figure) -> str:
    """The page colour of the theme in which a figure was drawn: its hover stands on it."""
    return str(figure.layout.hoverlabel.bgcolor or tokens().page)
