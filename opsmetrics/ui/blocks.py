"""The blocks of a page as plain data, which blocks.js draws. User text goes in as it is and is only ever text there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from opsmetrics.figures import BUDGET_HEIGHT, Mark
from opsmetrics.figures.svg import Shape
from opsmetrics.ui.links import Target

Block = dict[str, Any]


def worded(mark: Mark, word: str) -> Block:
    """A mark with its word, in the mark's tone."""
    return {"shapes": list(mark.shapes), "tone": mark.tone, "word": word}


def heading(
    title: str,
    *,
    eyebrow: str = "",
    lead: str = "",
    trail: Sequence[tuple[str, Target | None]] = (),
    hero: Block | None = None,
) -> Block:
    """The head of a page: a line above, the headline, a sentence. `hero`: value, unit, caption."""
    steps = [{"text": text, "go": go} for text, go in trail]
    return {"kind": "heading", "title": title, "eyebrow": eyebrow, "lead": lead, "trail": steps, "hero": hero}


def budget(drawn: tuple[list[Shape], int], text: str) -> Block:
    """What stands right of the headline of Today: signals beside those that chance would bring, drawn and in words."""
    shapes, width = drawn
    return {"shapes": shapes, "width": width, "height": BUDGET_HEIGHT, "text": text}


def strip(items: Iterable[Block], note: str = "", why: Iterable[Block] = ()) -> Block:
    """One line of labelled facts, each {label, mark or text, more}, and below it the reasons: each {lead, text}."""
    return {"kind": "strip", "items": list(items), "note": note, "why": list(why)}


def section(
    key: str,
    title: str,
    rows: list[Block],
    *,
    count: int | None = None,
    note: str = "",
    layout: str = "rows",
    fold: str = "",
    more: Block | None = None,
    choice: Block | None = None,
) -> Block:
    """A ruled section with its count. `layout`: "rows" or "tiles"; `fold`: "", "open" or "closed"; `choice`: beside the
    note, another value of a parameter of the address, {text, name, value}."""
    return {
        "kind": "section",
        "id": key,
        "title": title,
        "rows": rows,
        "count": str(len(rows) if count is None else count),
        "note": note,
        "layout": layout,
        "fold": fold,
        "more": more,
        "choice": choice,
    }


def lines(title: str, items: list[Block], *, note: str = "") -> Block:
    """A ruled list: each item {mark or lead, text, note}."""
    return {"kind": "lines", "title": title, "items": items, "count": str(len(items)), "note": note}


def title(text: str, *, count: int | None = None, note: str = "", arrive: bool = False) -> Block:
    """A ruled section title above something that is not a block: a chart, a table. arrive: a link led here, so the
    page opens at it."""
    block = {"kind": "title", "title": text, "count": "" if count is None else str(count), "note": note}
    return block | {"arrive": arrive}


def rows_title(text: str, count: int, note: str, links: Sequence[Block]) -> Block:
    """The title above stored rows, with links to what they lead to."""
    return {"kind": "rowstitle", "title": text, "count": str(count), "note": note, "links": list(links)}


def caption(text: str) -> Block:
    """A small muted line."""
    return {"kind": "caption", "text": text}


def callout(mark: Mark, title: str, text: str, *, reference: str = "", lines: Sequence[str] = ()) -> Block:
    """What stopped, in the person's words: cause, way out, and what was not changed."""
    return {
        "kind": "callout",
        "mark": worded(mark, title),
        "text": text,
        "reference": reference,
        "lines": list(lines),
    }


def empty(text: str) -> Block:
    """The page before the first file: a pale band with what is needed."""
    return {"kind": "empty", "text": text, "shapes": _PALE, "width": 420, "height": 60}


def key(note: str = "", link: Block | None = None, marks: Sequence[tuple[Mark, str]] = ()) -> Block:
    """The one line that explains what is drawn, or these marks, with what is known about the files at its right."""
    drawn = [{"text": text, "shapes": shapes, "width": width, "tone": "muted"} for text, shapes, width in _KEY]
    items = [{"text": text, "shapes": list(mark.shapes), "width": 16, "tone": mark.tone} for mark, text in marks]
    return {"kind": "key", "items": items or drawn, "note": note, "link": link}


_BAND: list[Shape] = [
    {"tag": "rect", "x": "0", "y": "3", "width": "32", "height": "10", "fill": "band"},
    {"tag": "path", "d": "M0 8H32", "stroke": "limit", "stroke-width": "0.75"},
]
_TARGET: list[Shape] = [{"tag": "path", "d": "M1 8H27", "stroke": "ink", "stroke-dasharray": "1.5 2.5"}]
_DIAMOND: list[Shape] = [{"tag": "path", "d": "M8 3L13 8L8 13L3 8Z", "fill": "concern"}]
_DISC: list[Shape] = [{"tag": "circle", "cx": "8", "cy": "8", "r": "4", "fill": "improve"}]
_LATEST: list[Shape] = [{"tag": "circle", "cx": "8", "cy": "8", "r": "2.3", "fill": "ink"}]
_RUNNING: list[Shape] = [
    {"tag": "circle", "cx": "8", "cy": "8", "r": "2.6", "stroke": "line", "stroke-width": "1.25", "fill": "page"}
]
_GAP: list[Shape] = [
    {"tag": "path", "d": "M4 1V15", "stroke": "data", "stroke-width": "1.25", "stroke-dasharray": "2 2"}
]
_KEY: tuple[tuple[str, list[Shape], int], ...] = (
    ("natural limits and centre", _BAND, 32),
    ("target", _TARGET, 28),
    ("concerning point", _DIAMOND, 16),
    ("improving point", _DISC, 16),
    ("latest", _LATEST, 16),
    ("half-finished, not judged", _RUNNING, 16),
    ("no data", _GAP, 8),
)
_PALE: list[Shape] = [
    {"tag": "rect", "x": "0", "y": "0", "width": "420", "height": "60", "fill": "band"},
    {"tag": "path", "d": "M0 30H420", "stroke": "limit", "stroke-width": "0.75"},
    {
        "tag": "path",
        "d": "M5 26L18 35L29 6L41 45L52 25L64 31L76 33L88 17L99 46L112 37L123 29L134 13L146 25L158 21L170 49L182 44"
        "L194 17L206 35L218 17L229 30L240 50L252 40L263 29L275 46L288 38L300 34L312 29L324 36L336 19L348 42L360 33"
        "L372 37L384 25L396 31L408 27L415 27",
        "stroke": "limit",
        "stroke-width": "1.25",
    },
]
