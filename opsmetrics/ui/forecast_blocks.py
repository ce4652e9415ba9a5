"""Blocks of the Forecast page: small tables side by side. forecast_blocks.js draws them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from opsmetrics.figures import Mark
from opsmetrics.ui import look
from opsmetrics.ui.blocks import Block

_FOLDER = Path(__file__).parent
_SCRIPT = "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in ("blocks.js", "forecast_blocks.js"))
_STYLE = (_FOLDER / "forecast_look.css").read_text(encoding="utf-8")
_COMPONENT = st.components.v2.component(
    "opsmetrics_forecast_blocks", html='<div class="om"></div>', js=_SCRIPT, isolate_styles=False
)

_FORK = "M1 2.5h14M1.2 10.2h5.3L14.6 6.6M6.5 10.2l8.1 3.8"

#: The target ahead lies out of reach, or is not sure.
AT_RISK = Mark(({"tag": "path", "d": _FORK, "stroke": "current", "stroke-width": "1.6"},), "concern")
UNSURE = Mark(AT_RISK.shapes, "muted")


def apply_style() -> None:
    """Put the style of these blocks on the page; it takes no room."""
    st.html(f"<style>{_STYLE}</style>")


def show(*shown: Block, key: str) -> None:
    """Draw the blocks."""
    _COMPONENT(key=key, data={"blocks": list(shown), "theme": look.theme()}, on_theme_change=_noted)


def panel(
    title: str,
    rows: Sequence[Sequence[str]],
    *,
    head: Sequence[str] = (),
    note: str = "",
    text: str = "",
    strong: bool = False,
    words: bool = False,
) -> Block:
    """A small table. strong: its first row stands out; words: two columns, name and text; text: a line beneath."""
    cells = [list(row) for row in rows]
    shape = {"strong": strong, "words": words}
    return {"title": title, "note": note, "count": "", "head": list(head), "rows": cells, "text": text, **shape}


def panels(*side_by_side: Block, wide: bool = False) -> Block:
    """Tables in one row, beneath each other on a narrow screen. wide: two of them share it."""
    return {"kind": "panels", "panels": list(side_by_side), "wide": wide}


def _noted() -> None:
    """The rerun that a trigger causes is all that is wanted."""
