"""The style sheet of every page and the theme in force."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st

from opsmetrics.figures import Theme, css_variables

_FOLDER = Path(__file__).parent


@cache
def style_sheet() -> str:
    """The whole style sheet: the tokens as variables, then look.css."""
    return f".stApp{{{css_variables()}}}\n" + (_FOLDER / "look.css").read_text(encoding="utf-8")


def apply() -> None:
    """Put the style sheet on the page; it takes no room."""
    # A drawer and a popover hang outside the element that carries the colours, and follow the theme of this run.
    outside = '[data-testid="stDialog"],[data-testid="stPopoverBody"]'
    st.html(f"<style>{style_sheet()}\n{outside}{{color-scheme:{theme()};{css_variables()}}}</style>")


def theme() -> Theme:
    """The theme of this reader; Plotly figures are drawn for it."""
    return "dark" if st.context.theme.type == "dark" else "light"
