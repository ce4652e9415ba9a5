"""Today as blocks: the headline, the stances in their order, the line that explains the marks."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from opsmetrics.catalog import Attention, Catalog
from opsmetrics.review import KpiReview
from opsmetrics.ui import attention, blocks, rows
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.clock import at_site, site
from opsmetrics.ui.links import ChartView, target
from opsmetrics.verdict import news_words, sentences, wording
from opsmetrics.verdict.model import STANCES, Stance
from opsmetrics.verdict.news import News

#: Small multiples shown before "Show all"; rows of one section sent to the browser before "Show all".
TILES = 18
ROWS = 50

#: The sections of signals that are new and over again, and of those that are snoozed, as links name them.
OVER, SNOOZED = "over", "snoozed"

#: The sections in their order: the stances, the news after the signals that are open, what is snoozed after what acts.
ORDER = ("find_cause", OVER, *STANCES[1:5], SNOOZED, *STANCES[5:])

#: Draws a review that leads to a view; and what calls it, or knows its answer already.
Draw = Callable[[KpiReview, ChartView], Block]
Drawn = Callable[[KpiReview, Draw, ChartView], Block]


@dataclass(frozen=True)
class New:
    """What is told beside the verdicts: since when there is news, in words, the news of each row by its key, and what
    people said about its signals; acting: more can be said. key: of all that, for a cache."""

    since: str = ""
    of: Mapping[str, tuple[News, ...]] = field(default_factory=dict)
    said: tuple[Attention, ...] = ()
    acting: bool = False
    key: Hashable = ()

    def over(self, reviews: Iterable[KpiReview]) -> list[tuple[KpiReview, News]]:
        """The episodes of these rows that are new and none any more, in the order in which they were detected, the
        newest first; those that were withdrawn last."""
        found = [(r, item) for r in reviews for item in self.of.get(rows.row_key(r), ()) if item.ending != "open"]
        return sorted(found, key=lambda pair: (pair[1].ending == "over", rows.detected_at(*pair)), reverse=True)

    def count(self, reviews: Iterable[KpiReview]) -> int:
        """In how many of these rows a signal came and went."""
        return sum(any(item.ending == "over" for item in self.of.get(rows.row_key(r), ())) for r in reviews)


NOTHING_NEW = New()


def _draw(review: KpiReview, draw: Draw, view: ChartView) -> Block:
    return draw(review, view)


def head(
    reviews: list[KpiReview], catalog: Catalog, as_of: dt.date | None, new: New = NOTHING_NEW, *, hidden: int = 0
) -> Block:
    """The headline, computed from what the page shows, below the date and what it covers."""
    moment = at_site(site(catalog))
    day = wording.date(as_of, weekday=True) if as_of else f"{wording.date(moment, weekday=True)}, {moment:%H:%M}"
    shown = f"{len(reviews)} of {len(reviews) + hidden} shown" if hidden else f"{len(reviews)} watched"
    eyebrow = " · ".join(part for part in (f"As of noon, {day}" if as_of else day, new.since, shown) if part)
    over = new.count(reviews)
    title = sentences.headline([rows.known(r) for r in reviews], over=over)
    return blocks.heading(title, eyebrow=eyebrow, lead="" if over else _lead(reviews))


def _lead(reviews: list[KpiReview]) -> str:
    """On a calm morning the page says that calm is the result of looking."""
    stances = {rows.known(r).stance for r in reviews}
    if not reviews or stances - {"leave_alone"}:
        return ""
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
    shown = [_beside(drawn(review, draw, _view(review, as_of)), review, new) for review in reviews[:limit]]
    more = {"text": f"Show all {len(reviews)}", "show": stance} if len(reviews) > limit else None
    return blocks.section(
        stance,
        wording.stance(stance),
        shown,
        count=len(reviews),
        note="newest first" if stance == "find_cause" and len(reviews) > 1 else wording.stance_why(stance),
        layout="tiles" if quiet else "rows",
        fold={"leave_alone": "open", "wait": "closed"}.get(stance, ""),
        more=more,
    )


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
    return pd.DataFrame([line(review) | _news_of(review, new) for review in listed])


def _news_of(review: KpiReview, new: New) -> dict[str, str]:
    """What is new to the reader in a line of the table."""
    found = new.of.get(rows.row_key(review), ())
    standing = review.standing(new.said)
    return {
        "Said": attention.words(review, standing) if standing else "",
        "New": "; ".join(news_words.news(item.ending, item.episode.detected_label) for item in found),
    }
