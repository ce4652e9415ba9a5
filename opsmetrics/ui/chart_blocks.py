"""Blocks of the control chart's page: the bar below the chart, proposals, notices, pictures; chart_*.js draw them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import streamlit as st

from opsmetrics.ui import look, page
from opsmetrics.ui.blocks import Block

_FOLDER = Path(__file__).parent
_FILES = ("blocks.js", "upload_blocks.js", "chart_blocks.js", "chart_pictures.js")
_SCRIPT = "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in _FILES)
_STYLE = "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in ("upload_look.css", "chart_look.css"))
_COMPONENT = st.components.v2.component(
    "opsmetrics_chart_blocks", html='<div class="om"></div>', js=_SCRIPT, isolate_styles=False
)


def apply_style() -> None:
    """Put the style of these blocks on the page; it takes no room."""
    st.html(f"<style>{_STYLE}</style>")


def show(*shown: Block, key: str) -> dict[str, Any] | None:
    """Draw the blocks. The answer is what a pressed button in them stands for, in the one rerun after the press."""
    answer = _COMPONENT(
        key=key,
        data={"blocks": list(shown), "theme": look.theme()},
        on_act_change=_noted,
        on_go_change=_noted,
        on_theme_change=_noted,
    )
    page.follow(answer.go)
    return dict(answer.act) if answer.act else None


def _noted() -> None:
    """The rerun that a trigger causes is all that is wanted."""


def bar(text: str, acts: Sequence[Block], links: Sequence[Block], *, chosen: bool, chart: str) -> Block:
    """The line below the chart: what is chosen and what can be done with it, and at its right where else to look.

    acts: as `upload_blocks.act`; a click on a point of the chart in the container `chart` answers {"point": position}.
    links: each {text, go}.
    """
    return {
        "kind": "bar",
        "text": text,
        "acts": list(acts),
        "links": list(links),
        "chosen": chosen,
        "chart": f"st-key-{chart}",
    }


def offers(title: str, items: Sequence[Block], note: str) -> Block:
    """Proposals: each {text, more}, `more` a button or a link."""
    return {"kind": "offers", "title": title, "items": list(items), "count": str(len(items)), "note": note}


def notice(
    mark: Block | None, text: str, acts: Sequence[Block] = (), *, lead: str = "", link: Block | None = None
) -> Block:
    """One line behind an edge: what happened, or what kind of view this is, with what can be done about it."""
    return {"kind": "notice", "mark": mark, "lead": lead, "text": text, "acts": list(acts), "link": link}


def pictures(chart: str, file: str, title: str, texts: Sequence[str], *, ground: str, ink: str, muted: str) -> Block:
    """Two buttons that save what the container `chart` shows as PNG and as SVG, drawn by the reader's own browser."""
    return {
        "kind": "pictures",
        "chart": f"st-key-{chart}",
        "file": file,
        "title": title,
        "texts": list(texts),
        "ground": ground,
        "ink": ink,
        "muted": muted,
    }
