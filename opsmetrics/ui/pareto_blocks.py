"""Blocks of the Pareto page: a ranking as lying bars, changes as dumbbells. pareto_blocks.js draws them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import streamlit as st

from opsmetrics.figures import dumbbell, variation_mark
from opsmetrics.figures.pareto import DUMBBELL
from opsmetrics.ui import blocks, look, page
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.links import Target
from opsmetrics.verdict import paretos

_FOLDER = Path(__file__).parent
_SCRIPT = "\n".join((_FOLDER / name).read_text(encoding="utf-8") for name in ("blocks.js", "pareto_blocks.js"))
_STYLE = (_FOLDER / "pareto_look.css").read_text(encoding="utf-8")
_COMPONENT = st.components.v2.component(
    "opsmetrics_pareto_blocks", html='<div class="om"></div>', js=_SCRIPT, isolate_styles=False
)

#: More trouble is worse whatever the stream.
_MARKS = {
    "rose": variation_mark("concerning", "high"),
    "fell": variation_mark("improving", "low"),
    "no_change": variation_mark("common_cause"),
    "too_few": variation_mark("too_few"),
}


def apply_style() -> None:
    """Put the style of these blocks on the page; it takes no room."""
    st.html(f"<style>{_STYLE}</style>")


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


def bar(name: str, go: Target, amount: str, share: str, running: str, part: float, tone: str) -> Block:
    """A line of a ranking: `part` is its length (0 to 1), `tone` "vital", "rest" or "other"."""
    texts = {"name": name, "amount": amount, "share": share, "running": running}
    return {"key": name, "go": go, "part": round(part, 4), "tone": tone, **texts}


def ranked(title: str, head: Sequence[str], items: list[Block], *, note: str = "", where: str = "") -> Block:
    """A ranking as lying bars. `head`: name, amount, share, running share. `where`: "phone", "wide" or "" (both)."""
    return {
        "kind": "ranked",
        "title": title,
        "count": str(len(items)) if title else "",
        "note": note,
        "head": list(head),
        "items": items,
        "where": where,
    }


def change(name: str, go: Target, before: float, after: float, top: float, texts: Sequence[str], verdict: str) -> Block:
    """A line of changes; `texts`: before, now, change, could be, and what is said beside the verdict."""
    said = dict(zip(("before", "after", "change", "range", "aside"), texts, strict=True))
    mark = blocks.worded(_MARKS[verdict], paretos.change_word(verdict))
    spark = {"shapes": dumbbell(before, after, top), "width": DUMBBELL[0], "height": DUMBBELL[1]}
    return {"key": name, "name": name, "go": go, "mark": mark, "spark": spark, **said}


def changes(title: str, head: Sequence[Sequence[str]], items: list[Block], *, note: str = "") -> Block:
    """What rose and what fell. `head`: for each column its heading and a line above it."""
    return {
        "kind": "changes",
        "title": title,
        "count": "",
        "note": note,
        "head": [list(h) for h in head],
        "items": items,
    }


def foot(text: str, go: Target | None = None, link: str = "") -> Block:
    """A small line with a link in it."""
    return {"kind": "foot", "text": text, "go": go, "link": link}
