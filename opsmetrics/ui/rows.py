"""A review as a row: what Today says about one KPI slice, as plain data for blocks.js and as a line of a table."""

from __future__ import annotations

import math
from typing import Any

import pandas as pd

from opsmetrics.catalog import slice_text
from opsmetrics.figures import assurance_mark, data_mark, sparkline, variation_mark
from opsmetrics.review import KpiReview
from opsmetrics.ui.blocks import Block, worded
from opsmetrics.ui.links import ChartView
from opsmetrics.verdict import news_words, sentences, wording
from opsmetrics.verdict.model import Verdict
from opsmetrics.verdict.news import News, told_over

ROW = (200, 44)
TILE = (170, 26)

#: Signs of a unit that fits beside a figure.
LONGEST_UNIT = 6

#: States of the data in which the figure is the last one known, not the latest.
STALE = ("late", "missing")


def row(review: KpiReview, view: ChartView) -> Block:
    """One row of a section."""
    verdict = known(review)
    lead, second = marks(verdict)
    value, unit = figure(review)
    return {
        "key": row_key(review),
        "go": view.link(),
        "mark": lead,
        "name": review.kpi.name,
        "sub": slice_text(review.series.slice) or review.kpi.category,
        "spark": spark(review, *ROW),
        "value": value,
        "unit": unit,
        "stale": verdict.data in STALE,
        "counts": _captions(review, verdict),
        "sentence": sentences.render(verdict.sentence),
        "second": second,
        "meta": _since(verdict),
        "owner": review.kpi.owner,
        "id": review.id,
    }


def over_row(review: KpiReview, view: ChartView, item: News) -> Block:
    """The row of a signal that is over again, or that the data do not bear any more; its figure is the one of now."""
    verdict, episode = known(review), item.episode
    word = worded(variation_mark(item.variation, episode.side), wording.variation(item.variation, episode.side))
    now = variation_word(verdict)
    return row(review, view) | {
        "key": f"{row_key(review)}|{episode.side}|{episode.start_label}",
        "mark": word if item.ending == "over" else _grey(word),
        "sentence": sentences.render([told_over(item, review.kpi, verdict, review.points)]),
        "second": now | {"word": news_words.now_is(now["word"])},
        "meta": news_words.detected(episode.detected_label),
    }


def detected_at(review: KpiReview, item: News) -> int:
    """The end of the period in which an episode was detected, to put several in order (0: not among the points)."""
    if item.episode.detected < 0:
        return 0
    ends = review.points["ends_at"].iloc[item.episode.detected]
    return 0 if pd.isna(ends) else int(pd.Timestamp(ends).value)


def tile(review: KpiReview, view: ChartView) -> Block:
    """One small multiple: name, value and sparkline."""
    value, unit = figure(review)
    return {
        "key": row_key(review),
        "go": view.link(),
        "name": review.kpi.name,
        "sub": slice_text(review.series.slice),
        "spark": spark(review, *TILE),
        "value": value,
        "unit": unit if len(review.kpi.unit) <= 4 else "",  # a longer one would leave no room for the name
        "title": f"{review.kpi.name}\n{sentences.render(known(review).sentence)}\n{wording.verdict_id(review.id)}",
    }


def with_landing(block: Block, text: str) -> Block:
    """The row with the line of its landing; without one as it is. No mark and no colour: it is no verdict."""
    return block | {"ahead": text} if text and "sentence" in block else block


def known(review: KpiReview) -> Verdict:
    """The verdict of a review at a grain that has one."""
    if review.verdict is None:
        raise ValueError(f"{review.kpi.key} has no verdict at grain {review.series.grain}: ask for its operate grain")
    return review.verdict


def row_key(review: KpiReview) -> str:
    """What a row is recognised by when it is drawn again."""
    return f"{review.kpi.key}|{review.series.grain}|{slice_text(review.series.slice)}"


def marks(verdict: Verdict) -> tuple[Block, Block]:
    """The mark that leads the row, and the one that stands below its sentence.

    What the stance is about leads: the data, the target, else the variation.
    """
    variation = variation_word(verdict)
    assurance = assurance_word(verdict)
    if verdict.stance == "get_data":
        return worded(data_mark(verdict.data), wording.data(verdict.data)), _grey(variation)
    if verdict.stance in ("change_process", "no_single_misses"):
        return assurance, variation
    return variation, assurance


def _grey(mark: Block) -> Block:
    """The last verdict known: kept, without its colour."""
    return mark | {"tone": "muted"}


def figure(review: KpiReview, most: int = LONGEST_UNIT) -> tuple[str, str]:
    """The value of the last judged period and its unit, as they stand in a row; "" for a unit of more signs."""
    verdict = known(review)
    unit = review.kpi.unit
    if verdict.value is None or not math.isfinite(verdict.value):
        return wording.DASH, ""
    text = wording.value(review.kpi, verdict.value, unit=False)
    return text, wording.unit_text(unit, text) if len(unit) <= most else ""


def _short(unit: str) -> bool:
    """True where a unit has room beside its figure; a longer one stands below it."""
    return len(unit) <= LONGEST_UNIT


def _captions(review: KpiReview, verdict: Verdict) -> list[str]:
    """What stands below the value: its counts, its target, and how old it is where it is old."""
    behind = wording.counts(review.kpi, verdict.numerator, verdict.denominator)
    target = wording.target(review.kpi, verdict.target, unit=False)
    aged = f"as of {verdict.as_of_period}" if verdict.data in STALE and verdict.as_of_period else ""
    unit = "" if _short(review.kpi.unit) or verdict.value is None else review.kpi.unit
    return [text for text in (unit, behind, f"target {target}" if target else "", aged) if text]


def _since(verdict: Verdict) -> str:
    """Since when the open episode lasts; what limits the verdict (its caveats) stands on the KPI's own page."""
    return f"since {verdict.episode.start_label}" if verdict.episode and verdict.episode.open else ""


def spark(review: KpiReview, width: int, height: int) -> Block:
    """The sparkline; the row beside it says in words what it shows, so it is hidden from screen readers."""
    shapes = sparkline(review, width, height)
    return {"shapes": shapes, "width": width, "height": height, "empty": "nothing to draw yet"}


def table_line(review: KpiReview) -> dict[str, Any]:
    """The review as one line of the table behind Today."""
    kpi, verdict = review.kpi, known(review)
    shown = {name: wording.quantity(kpi, getattr(verdict, name))["number"] for name in ("value", "lower", "upper")}
    return {
        "KPI": kpi.name,
        "Slice": slice_text(review.series.slice),
        "Stance": wording.stance(verdict.stance),
        "Variation": wording.variation(verdict.variation, verdict.side),
        "Assurance": wording.assurance(verdict.assurance, verdict.firm),
        "Data": wording.data(verdict.data, verdict.data_names),
        "Period": verdict.as_of_period or "",
        "Grain": review.series.grain,
        "Value": shown["value"],
        "Unit": kpi.unit,
        "Lower limit": shown["lower"],
        "Upper limit": shown["upper"],
        "Target": wording.target(kpi, verdict.target),
        "Numerator": verdict.numerator,
        "Denominator": verdict.denominator,
        "Judged periods": verdict.n,
        "Sentence": sentences.render(verdict.sentence),
        "Owner": kpi.owner,
        "Verdict": review.id,
    }


def variation_word(verdict: Verdict) -> Block:
    """The mark and word of the variation."""
    return worded(variation_mark(verdict.variation, verdict.side), wording.variation(verdict.variation, verdict.side))


def assurance_word(verdict: Verdict) -> Block:
    """The mark and word of the assurance."""
    return worded(assurance_mark(verdict.assurance), wording.assurance(verdict.assurance, verdict.firm))
