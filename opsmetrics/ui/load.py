"""Today's load as a ruled list below the stances: a line for each volume, and what of it goes wrong."""

from __future__ import annotations

from collections.abc import Sequence

from opsmetrics.desk import landing_ready
from opsmetrics.desk import load_sentences as words
from opsmetrics.desk.load import loads
from opsmetrics.review import KpiReview
from opsmetrics.ui import blocks
from opsmetrics.ui.blocks import Block


def block(reviews: Sequence[KpiReview]) -> list[Block]:
    """The list, of what is known already; and that more is to come, as a row without a line would look safe."""
    items = [
        {"lead": words.name(group[0]), "text": words.volume(group[0]), "note": words.wrong(group)}
        for group in loads(reviews)
    ]
    found = [blocks.lines(words.title(), items, note=words.note()) | {"count": "", "columns": True}] if items else []
    waiting = landing_ready.waiting(reviews)
    return [*found, *([blocks.caption(words.waiting(waiting, len(reviews)))] if waiting else [])]
