"""Today as blocks: the headline, the stances in their order, the line that explains the marks."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from typing import Any

import pandas as pd

from opsmetrics.catalog import Catalog, slice_text
from opsmetrics.figures import alarm_budget
from opsmetrics.review import KpiReview
from opsmetrics.triage import Budget, Signal
from opsmetrics.ui import attention, blocks, rows
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.clock import at_site, site
from opsmetrics.ui.links import ChartView, target
from opsmetrics.ui.news import NOTHING_NEW, New
from opsmetrics.verdict import news_words, sentences, wording
from opsmetrics.verdict.model import STANCES, Stance
from opsmetrics.verdict.news import News

#: Small multiples shown before "Show all"; rows of one section sent to the browser before "Show all".
TILES = 18
ROWS = 50

#: The sections of signals that are new and over again, and of those that are snoozed, as links name them.
OVER, SNOOZED = "over", "snoozed"

#: The sections in their order: the stances, the news after the signals that are open, what is snoozed after what acts.
SIGNALLING: tuple[Stance, ...] = ("find_cause", "learn_keep")

#: The parameter of the address that asks for another order of the signals than by weight, and its value.
ORDER_NAME, NEWEST = "order", "newest"

ORDER = ("find_cause", OVER, *STANCES[1:5], SNOOZED, *STANCES[5:])

#: Draws a review that leads to a view; and what calls it, or knows its answer already.
Draw = Callable[[KpiReview, ChartView], Block]
Drawn = Callable[[KpiReview, Draw, ChartView], Block]


def _draw(review: KpiReview, draw: Draw, view: ChartView) -> Block:
    return draw(review, view)


def head(
    reviews: list[KpiReview], catalog: Catalog, as_of: dt.date | None, new: New = NOTHING_NEW, *, hidden: int = 0
) -> Block:
    """The headline, computed from what the page shows, below the date and what it covers."""
    moment = at_site(site(catalog))
    day = wording.date(as_of, weekday=True) if as_of else f"{wording.date(moment, weekday=True)}, {moment:%H:%M}"
    shown = f"{len(reviews)} of {len(reviews) + hidden} shown" if hidden else f"{len(reviews)} watched"
    parts = (f"As of noon, {day}" if as_of else day, news_words.met(new.since, first=new.first), shown)
    eyebrow = " · ".join(part for part in parts if part)
    over, budget = new.count(reviews), new.budget(reviews)
    title = sentences.headline([rows.known(r) for r in reviews], over=over)
    lead = "" if over else _lead(reviews, budget, new)
    marks = [(signal.variation, signal.episode.side) for signal in new.marks(reviews)]
    drawn = None if budget is None else blocks.budget(alarm_budget(marks, budget.expected), budget.sentence())
    return blocks.heading(title, eyebrow=eyebrow, lead=lead) | {"budget": drawn}


def _lead(reviews: list[KpiReview], budget: Budget | None, new: New) -> str:
    """On a calm morning the page says that calm is the result of looking."""
    stances = {rows.known(r).stance for r in reviews}
    if not reviews or stances - {"leave_alone"}:
        return ""
    if budget is not None and not budget.found:
        return news_words.calm(new.since, budget.expected)
    return "No chart shows a signal at its latest point: what moved is noise."


def stance_sections(
    reviews: list[KpiReview],
    as_of: dt.date | None,
    everything: str = "",
    new: New = NOTHING_NEW,
    *,
    drawn: Drawn = _draw,
) -> list[Block]:
    """One section for each stance that has rows, and after the open signals those that are new and over again.
    `everything` names the section of which all rows are wanted; `drawn` draws a row, or knows it."""
    groups: dict[Stance, list[KpiReview]] = defaultdict(list)
    snoozed = {review: None for review in reviews if _is_snoozed(review, new)}
    for review in reviews:
        if review not in snoozed:
            groups[rows.known(review).stance].append(review)
    found: dict[str, Block] = {
        stance: _section(stance, newest_first(groups[stance]), as_of, everything == stance, new, drawn)
        for stance in STANCES
        if groups[stance]
    }
    if over := new.over(reviews):
        found[OVER] = _over(over, as_of, everything == OVER, new)
    if snoozed:
        found[SNOOZED] = _snoozed(newest_first(list(snoozed)), as_of, everything == SNOOZED, new, drawn)
    return [found[name] for name in ORDER if name in found]


def _is_snoozed(review: KpiReview, new: New) -> bool:
    """Only signals can be out of sight: data to get, and all that is no signal, stay where they are."""
    if not new.said or rows.known(review).stance not in ("find_cause", "learn_keep"):
        return False
    found = review.standing(new.said)
    return found is not None and found.state == "snoozed"


def _snoozed(reviews: list[KpiReview], as_of: dt.date | None, everything: bool, new: New, drawn: Drawn) -> Block:
    """The signals that somebody put off, with who, why and until when."""
    listed = reviews if everything else reviews[:ROWS]
    more = {"text": f"Show all {len(reviews)}", "show": SNOOZED} if len(reviews) > len(listed) else None
    shown = [_beside(drawn(review, rows.row, _view(review, as_of)), review, new) for review in listed]
    title, note = news_words.snoozed_title(), news_words.snoozed_why()
    return blocks.section(SNOOZED, title, shown, count=len(reviews), note=note, fold="closed", more=more)


def newest_first(reviews: list[KpiReview]) -> list[KpiReview]:
    """Ordered by the detection of the open episode, newest first; then as in the catalogue."""
    return sorted(reviews, key=lambda review: review.detected, reverse=True)


def _over(over: list[tuple[KpiReview, News]], as_of: dt.date | None, everything: bool, new: New) -> Block:
    """The signals that nobody would see in the state of now: Friday's breach after a normal Sunday."""
    listed = over if everything else over[:ROWS]
    more = {"text": f"Show all {len(over)}", "show": OVER} if len(over) > len(listed) else None
    drawn = [rows.over_row(review, _view(review, as_of), item) for review, item in listed]
    note = news_words.over_why(new.since) if any(item.ending == "over" for _, item in over) else new.since
    return blocks.section(OVER, news_words.over_title(), drawn, count=len(over), note=note, more=more)


def _section(
    stance: Stance, reviews: list[KpiReview], as_of: dt.date | None, everything: bool, new: New, drawn: Drawn
) -> Block:
    quiet = stance == "leave_alone"
    limit = len(reviews) if everything else (TILES if quiet else ROWS)
    draw = rows.tile if quiet else rows.row
    if stance in SIGNALLING:
        lined = new.lined_up(reviews)
        shown = [_weighed(_beside(drawn(r, draw, _view(r, as_of)), r, new), card, as_of) for r, card in lined[:limit]]
    else:
        lined = [(review, ()) for review in reviews]
        shown = [_beside(drawn(r, draw, _view(r, as_of)), r, new) for r in reviews[:limit]]
    more = {"text": f"Show all {len(reviews)}", "show": stance} if len(lined) > limit else None
    ordered = stance == "find_cause" and len(lined) > 1
    return blocks.section(
        stance,
        wording.stance(stance),
        shown,
        count=len(reviews),
        note=news_words.order(newest=new.newest) if ordered else wording.stance_why(stance),
        choice=_other_order(new) if ordered else None,
        layout="tiles" if quiet else "rows",
        fold={"leave_alone": "open", "wait": "closed"}.get(stance, ""),
        more=more,
    )


def _other_order(new: New) -> Block:
    """The way to the order that the signals do not stand in."""
    return {"text": news_words.order(newest=not new.newest), "name": ORDER_NAME, "value": "" if new.newest else NEWEST}


def _weighed(block: Block, card: tuple[Signal, ...], as_of: dt.date | None) -> Block:
    """The row with the weight of its signal and its parts, and the wholes and parts that share its card."""
    if not card:
        return block
    score = card[0].score
    told = {"text": news_words.weight(score.total), "title": news_words.parts(*score_parts(card[0]))}
    also = [
        {"text": slice_text(other.review.series.slice) or news_words.whole(), "go": _view(other.review, as_of).link()}
        for other in card[1:]
    ]
    return block | {"weight": told} | ({"also": {"lead": news_words.also(), "links": also}} if also else {})


def score_parts(signal: Signal) -> tuple[float, float, float, float]:
    """Direction, attention, surprise and volume."""
    score = signal.score
    return score.direction, score.attention, score.surprise, score.volume


def _beside(block: Block, review: KpiReview, new: New) -> Block:
    """The row with a word where its open signal is new to the reader, what people said about it, and what they can."""
    if any(item.ending == "open" for item in new.of.get(rows.row_key(review), ())):
        block = block | {"fresh": news_words.fresh()}
    found = review.standing(new.said)
    if found is not None:
        block = block | {"said": attention.words(review, found)}
    acts = attention.acts(review, found) if new.acting else []
    return block | {"acts": acts} if acts else block


def _view(review: KpiReview, as_of: dt.date | None) -> ChartView:
    return ChartView(review.kpi.key, review.series.slice, as_of=as_of, verdict=review.id)


def foot(reviews: list[KpiReview], sources: pd.DataFrame, catalog: Catalog) -> Block:
    """The key of the marks and, at its right, the freshness of the data."""
    slices = [rows.known(r).data for r in reviews]
    note = f"{slices.count('fresh')} of {len(slices)} fresh" if slices else ""
    dated = {kpi.key for kpi in catalog.kpis if kpi.operate != "sample"}
    last = sources.loc[sources["kpi"].isin(dated), "last_observed_at"].max()
    if not pd.isna(last):
        local = at_site(site(catalog), pd.Timestamp(last).to_pydatetime())
        note = f"last observation {wording.instant(local)} · {note}"
    return blocks.key(note, {"text": "Load a file", **target("upload")})


def table(
    reviews: list[KpiReview],
    new: New = NOTHING_NEW,
    line: Callable[[KpiReview], dict[str, Any]] = rows.table_line,
) -> pd.DataFrame:
    """The data table behind the page, in the order of the page; `line` makes a line of it, or knows it."""
    order = {stance: place for place, stance in enumerate(STANCES)}
    listed = sorted(newest_first(reviews), key=lambda r: order[rows.known(r).stance])
    signals = {} if new.weighed is None else {each.review: each for card in new.weighed.cards for each in card}
    levels = {} if new.weighed is None else new.weighed.levels
    return pd.DataFrame(
        [
            line(review) | _news_of(review, new) | _weight_of(signals.get(review)) | _level(levels.get(review))
            for review in listed
        ]
    )


def _weight_of(signal: Signal | None) -> dict[str, float | None]:
    """The weight of an open signal and its parts, in a line of the table."""
    names = ("Weight", "Direction", "Attention", "Surprise", "Volume")
    if signal is None:
        return dict.fromkeys(names)
    return dict(zip(names, (round(x, 2) for x in (signal.score.total, *score_parts(signal))), strict=True))


def _level(share: float | None) -> dict[str, float | None]:
    """The smallest share of false ones in a list of discoveries that a chart would be in."""
    return {"False discovery rate": None if share is None or share >= 1.0 else round(share, 4)}


def _news_of(review: KpiReview, new: New) -> dict[str, str]:
    """What is new to the reader in a line of the table."""
    found = new.of.get(rows.row_key(review), ())
    standing = review.standing(new.said)
    return {
        "Said": attention.words(review, standing) if standing else "",
        "New": "; ".join(news_words.news(item.ending, item.episode.detected_label) for item in found),
    }
