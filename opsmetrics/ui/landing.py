"""Will we make it: the landings of a KPI as one ruled list, the same on the page of charts and on the Forecast page."""

from __future__ import annotations

from opsmetrics.catalog import Kpi
from opsmetrics.desk import landing_sentences as words
from opsmetrics.desk.landing import Landed, landings
from opsmetrics.review import KpiReview
from opsmetrics.ui import blocks
from opsmetrics.ui.blocks import Block


def of(review: KpiReview) -> list[Block]:
    """The list of a review at its operate grain, if there is one."""
    shown = block(review.kpi, landings(review)) if len(review.points) else None
    return [] if shown is None else [shown]


def block(kpi: Kpi, landed: Landed) -> Block | None:
    """Month, quarter and year with a sentence each; None where there is none to tell of."""
    told = [(span, words.sentence(kpi, found)) for span, found in landed.items()]
    items = [{"lead": words.span_word(span), "text": text, "note": ""} for span, text in told if text]
    return blocks.lines(words.title(), items, note=words.note()) | {"count": ""} if items else None
