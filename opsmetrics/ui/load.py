"""Today's load as a ruled list below the stances: a line for each volume, and what of it goes wrong."""

from __future__ import annotations

from collections.abc import Iterable

from opsmetrics.desk import load_sentences as words
from opsmetrics.desk.load import loads
from opsmetrics.review import KpiReview
from opsmetrics.ui import blocks
from opsmetrics.ui.blocks import Block


def block(reviews: Iterable[KpiReview]) -> list[Block]:
    """The list, of what is known already; none where nothing of it is."""
    items = [
        {"lead": words.name(group[0]), "text": words.volume(group[0]), "note": words.wrong(group)}
        for group in loads(reviews)
    ]
    return [blocks.lines(words.title(), items, note=words.note()) | {"count": "", "columns": True}] if items else []
