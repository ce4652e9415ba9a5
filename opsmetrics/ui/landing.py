"""Will we make it: the landings of a KPI as one ruled list, the same on the page of charts and on the Forecast page."""

from __future__ import annotations

from opsmetrics.catalog import Kpi
from opsmetrics.desk import expected as expecting
from opsmetrics.desk import landing_sentences as words
from opsmetrics.desk.landing import Landed, landings
from opsmetrics.review import KpiReview
from opsmetrics.ui import blocks
from opsmetrics.ui.blocks import Block


def of(review: KpiReview) -> list[Block]:
    """Where a review at its operate grain lands, and what was expected of its latest period."""
    shown = block(review.kpi, landings(review)) if len(review.points) else None
    return [*([] if shown is None else [shown]), *as_expected(review)]


def as_expected(review: KpiReview) -> list[Block]:
    """The latest judged period against the forecast made without it; no mark and no colour, as it is no verdict."""
    found = expecting.expected(review)
    if found.reason in ("no_points", "few"):
        return []
    item = {"lead": found.label, "text": expecting.sentence(found), "note": expecting.bands_text(found)}
    return [blocks.lines(expecting.title(), [item], note=expecting.note()) | {"count": ""}]


def block(kpi: Kpi, landed: Landed) -> Block | None:
    """Month, quarter and year with a sentence each; None where there is none to tell of."""
    told = [(span, words.sentence(kpi, found)) for span, found in landed.items()]
    items = [{"lead": words.span_word(span), "text": text, "note": ""} for span, text in told if text]
    return blocks.lines(words.title(), items, note=words.note()) | {"count": ""} if items else None
