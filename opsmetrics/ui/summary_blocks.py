"""The blocks of the summary: what to ask about, and the table that prints on one sheet (drawn by summary_blocks.js)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from opsmetrics.ui import look, page
from opsmetrics.ui.blocks import Block

_FOLDER = Path(__file__).parent
_SCRIPT = "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in ("blocks.js", "summary_blocks.js"))
_STYLE = (_FOLDER / "summary_look.css").read_text(encoding="utf-8")
_COMPONENT = st.components.v2.component(
    "opsmetrics_summary_blocks", html='<div class="om"></div>', js=_SCRIPT, isolate_styles=False
)

#: Heights in CSS pixels: of a sheet of A4 landscape within its margins, of the head of the page with what to ask about,
#: and of one line of the table with two lines of sentence (measured in Chromium; a test prints and counts sheets).
SHEET, HEAD, LINE = 733, 230, 34
#: Parts of the screen's size: nobody reads smaller print (a longer catalogue takes a second sheet), or needs larger.
SMALLEST_PRINT, LARGEST_PRINT = 0.34, 0.62


def asks(title: str, items: list[Block], note: str = "") -> Block:
    """What to ask about first: each item {go, name, value, unit, mark, sentence}."""
    return {"kind": "asks", "title": title, "items": items, "note": note, "count": ""}


def summary(labels: dict[str, Any], groups: Sequence[Block]) -> Block:
    """The table: `labels` name its columns, each group is {title, rows}."""
    return {"kind": "summary", "labels": labels, "groups": list(groups)}


def apply_style(lines: int) -> None:
    """Put the style of these blocks on the page, with the size in which this many lines fill one sheet of paper."""
    size = max(SMALLEST_PRINT, min(LARGEST_PRINT, SHEET / (HEAD + LINE * lines)))
    st.html(f"<style>.stApp{{--om-print:{size:.3f}}}\n{_STYLE}</style>")


def show(*shown: Block, key: str) -> None:
    """Draw the blocks; a plain click on a link in them goes to its page within the session."""
    answer = _COMPONENT(
        key=key,
        data={"blocks": list(shown), "theme": look.theme()},
        on_go_change=_noted,
        on_theme_change=_noted,
    )
    page.follow(answer.go)


def _noted() -> None:
    """The rerun that a trigger causes is all that is wanted."""
