"""Cached readers: finished reviews, kept by what they are a function of, never by a frame."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Mapping
from typing import NamedTuple

import pandas as pd
import streamlit as st

from opsmetrics.access import OPEN, Viewer
from opsmetrics.catalog import Grain, Kpi, Slice
from opsmetrics.desk import Desk, showing
from opsmetrics.desk.summary import SummaryRow
from opsmetrics.desk.summary import summary as rows_of_summary
from opsmetrics.review import KpiReview
from opsmetrics.store import StoreError
from opsmetrics.ui import frame, sections
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.filters import Filters
from opsmetrics.ui.links import ChartView

_LOG = logging.getLogger("opsmetrics.ui")

#: Without a date a page shows "now", and now is one and the same for a quarter of an hour.
QUARTER = 15 * 60


class Versions(NamedTuple):
    """What every review depends on beside its own KPI."""

    store: str
    data: int
    decisions: int
    definitions: str
    moment: str
    viewer: str


def desk() -> Desk:
    """The desk of this process, for a page inside the frame. Raises StoreClosed where no store is open."""
    frame.required()
    return Desk.of_process()


def viewer() -> Viewer:
    """Who reads this page: everyone, until people sign in."""
    return OPEN


def versions(at: Desk, as_of: dt.date | None) -> Versions:
    """The key of the caches: store, data, decisions, definitions, moment and reader."""
    now = dt.datetime.now(dt.UTC).timestamp() // QUARTER
    moment = as_of.isoformat() if as_of else f"now {now:.0f}"
    state = at.store
    return Versions(
        str(state.path), state.data_version, state.decisions_version, at.catalog.version, moment, viewer().name
    )


def watched(at: Desk, as_of: dt.date | None) -> list[KpiReview]:
    """The reviews of all watched slices."""
    return _watched(at, versions(at, as_of), as_of)


def review(at: Desk, view: ChartView) -> KpiReview:
    """The review behind the page of one KPI."""
    return _review(at, versions(at, view.as_of), view.kpi, view.slice, view.grain, view.as_of)


def today(at: Desk, shown: list[KpiReview], wanted: Filters, as_of: dt.date | None, everything: str) -> list[Block]:
    """The sections of Today, drawn once for each combination of versions and filters."""
    return _today(shown, versions(at, as_of), wanted.key, as_of, everything)


def today_table(at: Desk, shown: list[KpiReview], wanted: Filters, as_of: dt.date | None) -> pd.DataFrame:
    """The table behind Today, made once for each combination of versions and filters."""
    return _today_table(shown, versions(at, as_of), wanted.key)


def slices(at: Desk, kpi: Kpi) -> list[Slice]:
    """The whole KPI, its watched slices, and one slice for each value of its dimensions."""
    return _slices(at, versions(at, None), kpi.key)


def summary(at: Desk, as_of: dt.date | None, chosen: Mapping[str, str]) -> list[SummaryRow]:
    """The rows of the summary, with these values of dimensions."""
    return _summary(at, versions(at, as_of), as_of, tuple(sorted(chosen.items())))


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
    return _sources(at, versions(at, None))


def _kept(at: Desk, shown: list[KpiReview]) -> list[KpiReview]:
    """What is shown is kept for its id, once where it is computed: no rerun writes. A page is read also where that
    cannot be written, as on a full disk; the log says so."""
    try:
        showing.keep(at.store, shown, "page")
    except StoreError:
        _LOG.exception("what a page shows could not be kept, so `verify` will not know its ids")
    return shown


@st.cache_resource(max_entries=16, show_spinner="Computing the verdicts of all charts…")
def _watched(_at: Desk, key: Versions, as_of: dt.date | None) -> list[KpiReview]:
    return _kept(_at, _at.watched(as_of=as_of, viewer=viewer()))


@st.cache_resource(max_entries=64, show_spinner=False)
def _today(_shown: list[KpiReview], key: Versions, wanted: str, as_of: dt.date | None, everything: str) -> list[Block]:
    return sections.stance_sections(_shown, as_of, everything)


@st.cache_resource(max_entries=64, show_spinner=False)
def _today_table(_shown: list[KpiReview], key: Versions, wanted: str) -> pd.DataFrame:
    return sections.table(_shown)


@st.cache_resource(max_entries=256, show_spinner=False)
def _review(_at: Desk, key: Versions, kpi: str, part: Slice, grain: Grain | None, as_of: dt.date | None) -> KpiReview:
    found = _at.review(kpi, part, grain=grain, as_of=as_of, viewer=viewer())
    _kept(_at, [found])
    return found


@st.cache_resource(max_entries=256, show_spinner=False)
def _slices(_at: Desk, key: Versions, kpi: str) -> list[Slice]:
    definition = _at.catalog[kpi]
    by_value = _at.slices(definition, by=definition.dimensions, viewer=viewer())
    return list(dict.fromkeys([(), *_at.slices(definition, viewer=viewer()), *by_value]))


@st.cache_resource(max_entries=16, show_spinner="Computing the verdicts of all charts…")
def _summary(_at: Desk, key: Versions, as_of: dt.date | None, chosen: Slice) -> list[SummaryRow]:
    rows = rows_of_summary(_at, as_of=as_of, slice_=dict(chosen), viewer=viewer())
    _kept(_at, [row.review for row in rows])
    return rows


@st.cache_resource(max_entries=16, show_spinner=False)
def _sources(_at: Desk, key: Versions) -> pd.DataFrame:
    return _at.sources(viewer=viewer())
