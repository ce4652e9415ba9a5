"""Blocks for files on their way in: numbered steps, tables of texts, figures. upload_blocks.js draws them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import streamlit as st

from opsmetrics.figures import Mark
from opsmetrics.ui import blocks, look, page
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.links import Target

_FOLDER = Path(__file__).parent
_SCRIPT = "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in ("blocks.js", "upload_blocks.js"))
_STYLE = (_FOLDER / "upload_look.css").read_text(encoding="utf-8")
_COMPONENT = st.components.v2.component(
    "opsmetrics_upload_blocks", html='<div class="om"></div>', js=_SCRIPT, isolate_styles=False
)

#: Characters that Markdown could take for more than themselves.
_MARKDOWN = re.compile(r"[\\`*_\[\]<>$~&#!|]|:(?=\w)")


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
    if answer.go:
        page.go(str(answer.go["page"]), {str(name): str(value) for name, value in answer.go["params"].items()})
    return dict(answer.act) if answer.act else None


def _noted() -> None:
    """The rerun that a trigger causes is all that is wanted."""


@contextmanager
def step(number: int, title: str, note: str = "") -> Iterator[None]:
    """A numbered step: its name at the left, what is drawn inside at the right."""
    with st.container(key=f"upload_step_{number}"):
        label, body = st.columns([1, 6], gap="medium")
        with label:
            block = {"kind": "step", "number": str(number), "title": title, "note": note}
            show(block, key=f"upload_label_{number}")
        with body:
            yield


def plain(text: str) -> str:
    """A user's text for a label that Streamlit reads as Markdown: only ever text there."""
    return _MARKDOWN.sub(lambda sign: f"\\{sign[0]}", " ".join(text.split()))


def known(items: Sequence[tuple[str, str]]) -> Block:
    """What was recognised: labels and findings in one line."""
    return {"kind": "known", "items": [{"label": label, "text": text} for label, text in items]}


def figures(items: Sequence[tuple[str, str, str]]) -> Block:
    """Large figures: (value, caption, tone or "")."""
    return {"kind": "figures", "items": [{"value": v, "caption": c, "tone": tone} for v, c, tone in items]}


def column(name: str, *, over: str = "", right: bool = False, narrow: bool = False, roomy: bool = False) -> Block:
    """A heading of a table; `over` stands above the name. A `roomy` column is left out on a phone."""
    styles = (("om-right", right), ("om-narrow", narrow), ("om-roomy", roomy))
    style = " ".join(word for word, wanted in styles if wanted)
    return {"name": name, "over": over, "style": style}


def cell(text: str, style: str = "", *, under: str = "", go: Target | None = None) -> Block:
    """A cell of a table; styles: muted, strong, thin (not broken). `under` is a small second line, `go` makes the text
    a link."""
    return {"text": text, "style": style, "under": under, "go": go}


def act(text: str, label: str, **stands_for: Any) -> Block:
    """A cell with a button. `label` is what a screen reader says, `stands_for` what `show` answers."""
    return {"text": text, "label": label, "act": stands_for}


def grid(label: str, columns: Sequence[Block], rows: Sequence[Sequence[Block]]) -> Block:
    """A table of texts."""
    return {"kind": "grid", "label": label, "columns": list(columns), "rows": [list(row) for row in rows]}


def edged(mark: Mark, title: str, columns: Sequence[Block], rows: Sequence[Sequence[Block]], note: str = "") -> Block:
    """A table behind a coloured edge, under a marked title."""
    return grid(title, columns, rows) | {"kind": "edged", "mark": blocks.worded(mark, title), "note": note}


def noted(mark: Mark, title: str, sentences: Sequence[str]) -> Block:
    """Sentences of one weight behind a coloured edge, under a marked title."""
    return {"kind": "noted", "mark": blocks.worded(mark, title), "lines": list(sentences)}


def said(text: str, *, lead: str = "", mark: Block | None = None, muted: bool = False) -> Block:
    """One line: a lead, a marked word, a text."""
    return {"kind": "said", "lead": lead, "mark": mark, "text": text, "muted": muted}
