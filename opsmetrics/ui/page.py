"""Puts blocks on the page and follows the links in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from opsmetrics.catalog import Catalog
from opsmetrics.ui import addressed, blocks, look
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.links import PAGES

_SCRIPT = (Path(__file__).parent / "blocks.js").read_text(encoding="utf-8")
#: What a reader is told where no KPI is defined.
UNDEFINED = (
    "Say first what you measure: take a KPI that others use, or define your own. Then load a file or type the numbers."
)

_COMPONENT = st.components.v2.component(
    "opsmetrics_blocks", html='<div class="om"></div>', js=_SCRIPT, isolate_styles=False
)


def show(*shown: Block, key: str) -> dict[str, Any] | None:
    """Draw the blocks; a plain click on a link in them goes to its page within the session. The answer is what a
    pressed button in them stands for, in the one rerun after the press."""
    answer = _COMPONENT(
        key=key,
        data={"blocks": list(shown), "theme": look.theme()},
        on_act_change=_noted,
        on_go_change=_noted,
        on_set_change=_noted,
        on_theme_change=_noted,
    )
    if answer.set:
        addressed.write(str(answer.set["name"]), str(answer.set["value"]))
        st.rerun()
    follow(answer.go)
    return dict(answer.act) if answer.act else None


def follow(clicked: Any) -> None:
    """Go where a clicked link leads, as the browser tells it; None: nothing was clicked."""
    if clicked:
        params: Mapping[str, Any] = clicked["params"]
        go(str(clicked["page"]), {str(name): _told(value) for name, value in params.items()})


def _told(value: Any) -> str | list[str]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else str(value)


def go(page: str, params: Mapping[str, str | list[str]] | None = None) -> None:
    """Switch to a page by its name. Raises KeyError for a page that links do not know."""
    st.switch_page(PAGES[page], query_params=params or {})


def _noted() -> None:
    """The rerun that a trigger causes is all that is wanted."""


def first_steps(catalog: Catalog, text: str, *, key: str, head: Block | None = None) -> None:
    """Where nothing is there yet: `text` with the ways to the first data. Without a KPI every way leads over defining
    one, so that alone is said and offered."""
    shown = blocks.empty(text if catalog.kpis else UNDEFINED)
    show(*([head] if head else []), shown, key=key)
    ways = [("Load a file", "upload"), ("Type numbers", "enter")] if catalog.kpis else [("Define a KPI", "kpis")]
    buttons(ways, key=f"{key}_buttons")


def buttons(choices: Sequence[tuple[str, str]], key: str) -> None:
    """Buttons that lead to pages, the first one primary: [(text, page name), …]."""
    with st.container(horizontal=True):
        for place, (text, page) in enumerate(choices):
            if st.button(text, type="secondary" if place else "primary", key=f"{key}_{page}"):
                go(page)
