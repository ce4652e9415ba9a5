"""The summary as blocks: a sentence, three things to ask about, one row for each KPI, and the table behind them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

import pandas as pd

from opsmetrics.catalog import Catalog, slice_text
from opsmetrics.desk import landing_sentences
from opsmetrics.desk.summary import TO_DATE, SummaryRow
from opsmetrics.figures import assurance_mark, variation_mark
from opsmetrics.figures.svg import Shape
from opsmetrics.review import KpiReview
from opsmetrics.ui import blocks, rows, summary_blocks
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.clock import at_site, site
from opsmetrics.ui.links import ChartView
from opsmetrics.verdict import sentences, wording
from opsmetrics.verdict.asking import ask_first, asks_title, summary_headline

SPARK = (164, 34)

#: Signs of a unit that fit beside a figure here.
UNIT = 14

_LABELS: dict[str, Any] = {
    "name": "Measure, owner",
    "spark": "Last periods, natural limits",
    "latest": "Latest",
    "target": "Target",
    "marks": ["Variation", "Target reached?"],
    "to_date": ["Month to date", "Quarter to date", "Year to date", "A year ago"],
    "chance": "Chance for the year",
    "sentence": "In a sentence",
}

#: Below this chance a target is at risk: it is said in colour and with another shape.
AT_RISK = 0.20
_LINE: list[Shape] = [
    {"tag": "path", "d": "M4 8H56", "stroke": "limit", "stroke-width": "1.25"},
    {"tag": "path", "d": "M30 5.5V10.5", "stroke": "limit", "stroke-width": "1"},
]


def head(shown: list[SummaryRow], catalog: Catalog, as_of: dt.date | None) -> Block:
    """The headline, computed from the rows, below the date and what the page covers."""
    moment = at_site(site(catalog))
    day = f"As of noon, {wording.date(as_of, weekday=True)}" if as_of else wording.date(moment, weekday=True)
    verdicts = [rows.known(row.review) for row in shown]
    names = [row.review.name for row in shown]
    count = f"{len(shown)} KPI{'' if len(shown) == 1 else 's'}, each at the grain it is led by"
    sheet = {"text": "Print or save as PDF", "note": "one sheet, A4 landscape"}
    return blocks.heading(summary_headline(verdicts, names), eyebrow=f"{day} · {count}") | {"sheet": sheet}


def asks(shown: list[SummaryRow], as_of: dt.date | None) -> list[Block]:
    """What to ask about first; nothing where there is nothing to ask."""
    asked = [shown[place].review for place in ask_first([rows.known(row.review) for row in shown])]
    if not asked:
        return []
    return [summary_blocks.asks(asks_title(len(asked)), [_ask(review, as_of) for review in asked])]


def _ask(review: KpiReview, as_of: dt.date | None) -> Block:
    value, unit = rows.figure(review)
    lead, _ = rows.marks(rows.known(review))
    text = sentences.render(rows.known(review).sentence)
    go = _view(review, as_of).link()
    return {"go": go, "name": review.name, "value": value, "unit": unit, "mark": lead, "sentence": text}


def _view(review: KpiReview, as_of: dt.date | None) -> ChartView:
    grain = review.series.grain
    return ChartView(review.kpi.key, review.series.slice, grain=grain, as_of=as_of, verdict=review.id)


def table_block(shown: list[SummaryRow], as_of: dt.date | None) -> Block:
    """One row for each KPI, under the headings of the catalogue's categories."""
    groups: dict[str, list[Block]] = defaultdict(list)
    for row in shown:
        groups[row.review.kpi.category].append(_row(row, as_of, compared=_compared(shown)))
    titled = len(groups) > 1
    listed = [{"title": title if titled else "", "rows": group} for title, group in groups.items()]
    labels = dict(_LABELS)
    if not any(row.year.probability is not None for row in shown):
        labels["chance"] = ""
    if not _compared(shown):
        labels["to_date"] = labels["to_date"][:-1]
    return summary_blocks.summary(labels, listed)


def _compared(shown: list[SummaryRow]) -> bool:
    """True where some KPI has data from the year before: else there is nothing to put in that column."""
    return any(row.last_year is not None for row in shown)


def _row(row: SummaryRow, as_of: dt.date | None, *, compared: bool) -> Block:
    review = row.review
    kpi, verdict = review.kpi, rows.known(review)
    value, unit = rows.figure(review, most=UNIT)
    part = slice_text(review.series.slice)
    late = verdict.data != "fresh"
    return {
        "key": rows.row_key(review),
        "go": _view(review, as_of).link(),
        "name": kpi.name,
        "sub": " · ".join(text for text in (part, kpi.owner) if text),
        "spark": rows.spark(review, *SPARK),
        "value": value,
        "unit": unit,
        "stale": verdict.data in rows.STALE,
        "period": verdict.as_of_period or "",
        "counts": wording.data(verdict.data, verdict.data_names) if late else _counts(review, unit),
        "target": wording.target(kpi, verdict.target, unit=False) or wording.DASH,
        "marks": [rows.variation_word(verdict), rows.assurance_word(verdict)],
        "to_date": _to_date(row) if compared else _to_date(row)[:-1],
        "chance": _chance(row),
        "sentence": sentences.render(verdict.sentence),
    }


def _chance(row: SummaryRow) -> Block | None:
    """A dot on a line from 0 to 100 %, and where the year lands; nothing where no chance can be told."""
    kpi, found = row.review.kpi, row.year
    if found.probability is None:
        return None
    x, risky = 4 + 52 * found.probability, found.probability < AT_RISK
    diamond: Shape = {
        "tag": "path",
        "d": f"M{x:.1f} 3.6L{x + 4.4:.1f} 8L{x:.1f} 12.4L{x - 4.4:.1f} 8Z",
        "fill": "current",
    }
    dot: Shape = {"tag": "circle", "cx": f"{x:.1f}", "cy": "8", "r": "3", "fill": "current"}
    shapes = [*_LINE, diamond if risky else dot]
    return {
        "shapes": shapes,
        "tone": "concern" if risky else "ink",
        "text": landing_sentences.chance_text(found.probability),
        "lands": landing_sentences.range_and_limit(kpi, found),
        "title": landing_sentences.sentence(kpi, found),
    }


def _counts(review: KpiReview, unit: str) -> str:
    """What stands behind the figure, after a unit that has no room beside it."""
    verdict, kpi = rows.known(review), review.kpi
    behind = wording.counts(kpi, verdict.numerator, verdict.denominator) if kpi.counts else ""
    if not kpi.counts and kpi.kind != "derived":
        behind = wording.readings(verdict.size)
    below = kpi.unit if not unit and verdict.value is not None else ""
    return " · ".join(text for text in (below, behind) if text)


def _to_date(row: SummaryRow) -> list[str]:
    kpi = row.review.kpi
    values = [*(row.to_date.get(grain) for grain in TO_DATE), row.last_year]
    return [wording.value(kpi, value, unit=False) for value in values]


def foot() -> Block:
    """What each mark means, in a few words."""
    words = {code: wording.assurance(code) for code in ("meets", "hit_or_miss", "fails")}
    marks = [
        (variation_mark("concerning", "high"), "unusual, for the worse"),
        (variation_mark("improving", "low"), "unusual, for the better"),
        (variation_mark("common_cause", "none"), "stable: in its usual range"),
        (assurance_mark("meets"), f"{words['meets']}: its usual range reaches the target"),
        (assurance_mark("hit_or_miss"), f"{words['hit_or_miss']}: the target lies inside it"),
        (assurance_mark("fails"), f"{words['fails']}: it stays short of the target"),
    ]
    return blocks.key(marks=marks)


def table(shown: list[SummaryRow]) -> pd.DataFrame:
    """The data table behind the page, one line for each KPI, values in the shown unit."""
    lines = []
    for row in shown:
        scale = row.review.kpi.multiplier
        so_far = {f"{grain.capitalize()} to date": _scaled(row.to_date.get(grain), scale) for grain in TO_DATE}
        before = {"Same part of last year": _scaled(row.last_year, scale)}
        year = row.year
        chance = {
            "Chance for the year": year.probability,
            "Year lands at": _scaled(year.likely, scale),
            "Year from": _scaled(year.low, scale),
            "Year to": _scaled(year.high, scale),
            "Will it make it?": landing_sentences.sentence(row.review.kpi, year),
        }
        lines.append({**rows.table_line(row.review), **so_far, **before, **chance})
    return pd.DataFrame(lines)


def _scaled(value: float | None, scale: float) -> float | None:
    return None if value is None else value * scale
