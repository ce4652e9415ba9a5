"""Cached readers: finished reviews and what pages make of them, kept by what they are a function of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping
from contextlib import AbstractContextManager
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from opsmetrics.access import OPEN, Viewer
from opsmetrics.catalog import Attention, Decision, Grain, Kpi, Slice
from opsmetrics.desk import Desk, finished, landing_ready, showing
from opsmetrics.desk.kept import Kept
from opsmetrics.desk.summary import SummaryRow
from opsmetrics.desk.summary import summary as rows_of_summary
from opsmetrics.review import KpiReview
from opsmetrics.series import as_of_instant
from opsmetrics.store import attention
from opsmetrics.ui import frame, rows, sections, tables, undoing
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.filters import Filters
from opsmetrics.ui.links import ChartView
from opsmetrics.ui.news import New, Weighed, weighed
from opsmetrics.ui.page_desk import PageDesk
from opsmetrics.ui.tables import Table
from opsmetrics.ui.window import Window
from opsmetrics.verdict import news_words
from opsmetrics.verdict.news import News


def _computing() -> AbstractContextManager[None]:
    return st.spinner("Computing the verdicts of all charts…")


class Versions(NamedTuple):
    """What every review depends on beside its own KPI."""

    store: str
    data: int
    decisions: int
    definitions: str
    moment: str
    viewer: str


_WATCHED: Kept[Versions, list[KpiReview]] = Kept(finished.LISTED, _computing, len)
_REVIEWS: Kept[tuple[Versions, str, Slice, Grain | None], KpiReview] = Kept(256)
_SUMMARIES: Kept[tuple[Versions, Slice], list[SummaryRow]] = Kept(finished.LISTED // 4, _computing, len)
_DECISIONS: Kept[tuple[str, int, str, str], tuple[Decision, ...]] = Kept(256)
_SLICES: Kept[tuple[Versions, str], list[Slice]] = Kept(256)
_SOURCES: Kept[Versions, pd.DataFrame] = Kept(16)
_ROWS: Kept[tuple[Versions, str, str], Block] = Kept(2_000)
_LINES: Kept[tuple[Versions, str], dict[str, Any]] = Kept(2_000)
_NEWS: Kept[tuple[Versions, pd.Timestamp], dict[str, tuple[News, ...]]] = Kept(16)
_WEIGHED: Kept[tuple[Versions, pd.Timestamp, int], Weighed] = Kept(16)
_SAID: Kept[tuple[str, int], tuple[Attention, ...]] = Kept(4)
_SECTIONS: Kept[tuple[Versions, str, str, Hashable, Hashable], list[Block]] = Kept(64)
_TABLES: Kept[tuple[Versions, str, Hashable, Hashable], Table] = Kept(64)


def desk() -> PageDesk:
    """The desk of this process for one run of a page inside the frame, above which an undo that is under way is watched
    on whatever page its reader is. Raises StoreClosed where no store is open."""
    frame.required()
    undoing.attend()
    held = Desk.of_process()
    return PageDesk(held.store, held.settings)


def viewer() -> Viewer:
    """Who reads this page: everyone, until people sign in."""
    return OPEN


def versions(at: Desk, as_of: dt.date | None) -> Versions:
    """The key of the caches: store, data, decisions, definitions, moment and reader."""
    moment = as_of.isoformat() if as_of else f"now {finished.quarter_now()}"
    data, decisions = at.versions
    return Versions(str(at.store.path), data, decisions, at.catalog.version, moment, viewer().name)


def watched(at: Desk, as_of: dt.date | None) -> list[KpiReview]:
    """The reviews of all watched slices."""
    asked = finished.Question(at, as_of=as_of, viewer=viewer())
    return _WATCHED.of(versions(at, as_of), lambda: _kept(at, finished.watched(asked)))


def review(at: Desk, view: ChartView) -> KpiReview:
    """The review behind the page of one KPI."""

    def read() -> KpiReview:
        found = at.review(view.kpi, view.slice, grain=view.grain, as_of=view.as_of, viewer=viewer())
        _kept(at, [found])
        return found

    return _REVIEWS.of((versions(at, view.as_of), view.kpi, view.slice, view.grain), read)


def news(at: Desk, watched: list[KpiReview], window: Window, as_of: dt.date | None) -> New:
    """What is new to a reader among everything watched, found once for each instant since when."""

    def found() -> dict[str, tuple[News, ...]]:
        told = ((rows.row_key(review), review.news(window.since)) for review in watched)
        return {key: items for key, items in told if items}

    since = news_words.new_since(window.words)
    key = (versions(at, as_of), window.since)
    of = _NEWS.of(key, found)
    spoken = said(at, as_of)
    weights = _WEIGHED.of((*key, at.words_said), lambda: weighed(watched, window.since, spoken))
    newest = st.query_params.get(sections.ORDER_NAME) == sections.NEWEST
    acting = as_of is None  # what is said now was not said then
    every = (since, window.first, window.since, at.words_said, newest)
    return New(since, window.first, of, spoken, acting, weights, newest, key=every)


def said(at: Desk, as_of: dt.date | None) -> tuple[Attention, ...]:
    """What people had said about signals by then, oldest first."""
    every = _SAID.of((str(at.store.path), at.words_said), lambda: attention(at.store))
    if as_of is None:
        return every
    then = as_of_instant(as_of, at.catalog.site, dt.datetime.now(dt.UTC))
    return tuple(each for each in every if each.at is not None and pd.Timestamp(each.at) <= then)


def today(
    at: Desk,
    shown: list[KpiReview],
    wanted: Filters,
    as_of: dt.date | None,
    everything: str,
    new: New,
) -> list[Block]:
    """The sections of Today, put together once for each combination of versions, filters and what is new, of rows that
    are drawn once for all of them. Where a month or quarter lands stands there once it is known."""
    key = versions(at, as_of)
    landing_ready.ask(shown)
    ahead = landing_ready.known(shown)

    def drawn(row: KpiReview, draw: sections.Draw, view: ChartView) -> Block:
        found = _ROWS.of((key, draw.__name__, rows.row_key(row)), lambda: draw(row, view))
        return rows.with_landing(found, ahead.get(landing_ready.key(row), ""))

    return _SECTIONS.of(
        (key, wanted.key, everything, new.key, frozenset(ahead.items())),
        lambda: sections.stance_sections(shown, as_of, everything, new, drawn=drawn),
    )


def today_table(at: Desk, shown: list[KpiReview], wanted: Filters, as_of: dt.date | None, new: New) -> Table:
    """The table behind Today, made once for each combination of versions, filters, what is new and what is ahead."""
    key = versions(at, as_of)
    ahead, compared = landing_ready.known(shown), landing_ready.compared(shown)

    def line(row: KpiReview) -> dict[str, Any]:
        found = _LINES.of((key, rows.row_key(row)), lambda: rows.table_line(row))
        about = landing_ready.key(row)
        return found | {"Ahead": ahead.get(about, ""), "As expected?": compared.get(about, "")}

    return _TABLES.of(
        (key, wanted.key, new.key, (frozenset(ahead), frozenset(compared))),
        lambda: tables.finished(sections.table(shown, new, line=line)),
    )


def decisions(at: Desk, kpi: Kpi) -> tuple[Decision, ...]:
    """All decisions about a KPI, superseded ones too, oldest first."""
    key = (str(at.store.path), at.versions[1], at.catalog.version, kpi.key)
    return _DECISIONS.of(key, lambda: at.store.decisions(kpi.key))


def slices(at: Desk, kpi: Kpi) -> list[Slice]:
    """The whole KPI, its watched slices, and one slice for each value of its dimensions."""

    def read() -> list[Slice]:
        by_value = at.slices(kpi, by=kpi.dimensions, viewer=viewer())
        return list(dict.fromkeys([(), *at.slices(kpi, viewer=viewer()), *by_value]))

    return _SLICES.of((versions(at, None), kpi.key), read)


def summary(at: Desk, as_of: dt.date | None, chosen: Mapping[str, str]) -> list[SummaryRow]:
    """The rows of the summary, with these values of dimensions."""

    def read() -> list[SummaryRow]:
        ready = _WATCHED.of(key, list) if (key := versions(at, as_of)) in _WATCHED else []
        found = rows_of_summary(at, as_of=as_of, slice_=dict(chosen), viewer=viewer(), known=ready)
        _kept(at, [row.review for row in found])
        return found

    return _SUMMARIES.of((versions(at, as_of), tuple(sorted(chosen.items()))), read)


def dimension_values(at: Desk) -> dict[str, set[str]]:
    """The values that each dimension takes in any KPI."""
    found: dict[str, set[str]] = {key: set() for key in at.catalog.dimension_keys}
    for kpi in at.catalog.kpis:
        for part in slices(at, kpi):
            for name, value in part:
                found[name].add(value)
    return found


def sources(at: Desk) -> pd.DataFrame:
    """Freshness: for each KPI its last observation and its rows."""
    return _SOURCES.of(versions(at, None), lambda: at.sources(viewer=viewer()))


def _kept(at: Desk, shown: list[KpiReview]) -> list[KpiReview]:
    """What is shown is kept for its id, once where it is computed: no rerun writes."""
    showing.keep_where_possible(at.store, shown, "page")
    return shown
