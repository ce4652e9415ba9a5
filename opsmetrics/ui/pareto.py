"""The Pareto page: which few reasons make most of the trouble, did they change, are the leaders really different."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from opsmetrics import facts
from opsmetrics.catalog import Catalog, Stream
from opsmetrics.desk import Desk
from opsmetrics.desk.events import EventPareto, ParetoQuestion, event_pareto, event_reach_days, events_behind
from opsmetrics.figures import CONFIG, pareto_chart
from opsmetrics.ui import (
    blocks,
    carried,
    filters,
    look,
    misread,
    page,
    pareto_blocks,
    pareto_controls,
    pareto_page,
    reviews,
    stored_rows,
    tables,
)
from opsmetrics.ui.clock import at_site
from opsmetrics.ui.pareto_page import Steps
from opsmetrics.ui.pareto_view import ParetoView, first_stream, usual_preset
from opsmetrics.ui.reviews import Versions
from opsmetrics.verdict import paretos, wording


def render(desk: Desk) -> None:
    """Draw the page."""
    catalog = desk.catalog
    carried.bring_stream(catalog)
    pareto_blocks.apply_style()
    params = st.query_params.to_dict()
    stream = first_stream(params, catalog)
    if stream is None:
        text = "Write one into the file of definitions, which KPIs imports and exports; then load a file of events."
        _empty("No stream of events is defined yet.", text, way=("Go to KPIs", "kpis"))
        return
    today = at_site(stream.calendar).date()
    key = reviews.versions(desk, None)
    shown = filters.asked_as_of() or today
    view = ParetoView.read(params, stream, usual_preset(_reach(desk, key, stream), shown))
    carried.keep_stream(stream, view.link()["params"])
    answer = _answer(desk, key, view.question(stream, today))
    if answer.now is None:
        _no_events(catalog, answer)
        return
    values = _values(desk, key, stream)
    pareto_blocks.show(pareto_page.head(answer, view, catalog), key="head")
    misread.tell(desk)
    pareto_controls.controls(catalog, stream, view, answer, values)
    if answer.result.categories:
        _body(answer, view, Steps(answer, view, divided=any(values["subcategory"])))
    else:
        _nothing_here(answer)
    if view.slice and answer.events:
        _rows_behind(desk, answer)


def _empty(title: str, text: str, eyebrow: str = "Pareto", way: tuple[str, str] = ("Load events", "upload")) -> None:
    pareto_blocks.show(blocks.heading(title, eyebrow=eyebrow), blocks.empty(text), key="empty")
    page.buttons([way], key="empty_buttons")


def _no_events(catalog: Catalog, answer: EventPareto) -> None:
    """Nothing was ever loaded, or nothing is known as of the date asked for: say so, and leave the ways out."""
    stream, as_of = answer.stream, answer.question.as_of
    pareto_controls.alone(catalog, stream)
    if answer.reach is None or as_of is None:
        text = "Load a file in which each row is one event: a date, a reason, and where known minutes and cost."
        _empty(f"No {stream.unit} have been loaded yet.", text, stream.name)
        return
    title = f"No {stream.unit} are known as of {wording.date(as_of)}."
    text = f"The first ones in the store are from {wording.date(answer.reach[0])}. Choose a later date."
    pareto_blocks.show(blocks.heading(title, eyebrow=stream.name), blocks.empty(text), key="empty")


def _nothing_here(answer: EventPareto) -> None:
    """The period or slice is empty: say where the events are."""
    if answer.reach is None:
        return
    first, last = (wording.date(day) for day in answer.reach)
    said = f"The {answer.stream.unit} in the store are from {first} to {last}. Choose another period or slice."
    notes = [blocks.caption(text) for text in answer.warnings]
    pareto_blocks.show(blocks.caption(said), *notes, key="nothing_here")


def _body(answer: EventPareto, view: ParetoView, steps: Steps) -> None:
    changed = pareto_page.changes(answer, steps)
    lies = pareto_page.lies(answer)
    if not lies:
        _chart(answer, view, steps)
    listed = [pareto_page.ranking(answer, steps, where="" if lies else "phone")]
    listed += pareto_page.members(answer, view, steps)
    listed += changed
    if not (changed or lies):
        listed.append(pareto_page.ranking(answer, steps, where="wide"))
    pareto_blocks.show(*listed, *pareto_page.foot(answer, view), key="lists")
    with st.expander("How this was tested", key="pareto_tested"):
        pareto_blocks.show(*pareto_page.tested(answer), key="tested")
    name = f"pareto-{answer.stream.key}.csv"
    tables.behind("Table and CSV", pareto_page.table(answer), file=name, key="pareto_table")


def _chart(answer: EventPareto, view: ParetoView, steps: Steps) -> None:
    key = f"pareto_{abs(hash((view, answer.now))):x}"
    with st.container(key="pareto_chart"):
        st.plotly_chart(
            pareto_chart(answer.result, answer.stream, view.measure, theme=look.theme()),
            theme=None,
            width="stretch",
            key=key,
            on_select=lambda: _choose(key, steps),
            selection_mode="points",
            config=CONFIG,
            alt=alternative(answer),
        )


def _choose(chart: str, steps: Steps) -> None:
    """A click on a bar goes one step down; the collecting bar opens."""
    picked = st.session_state[chart]["selection"]["points"]
    if picked:
        st.query_params.from_dict(steps.of_bar(_position(picked[0])).link()["params"])


def _position(point: Mapping[str, Any]) -> int:
    """The position that a bar carries; Streamlit hands lists over as they are or by number."""
    carried = point["customdata"]
    if isinstance(carried, Mapping):
        carried = carried["0"]
    return int(carried[0] if isinstance(carried, list | tuple) else carried)


def alternative(answer: EventPareto) -> str:
    """What the chart shows, for those who cannot see it."""
    stream, measure = answer.stream, answer.question.measure
    first = [
        f"{paretos.name(str(row['name']))} {paretos.amount(float(row['amount']), stream, measure)}"
        for row in answer.result.table.iloc[:3].to_dict("records")
    ]
    called = paretos.noun(answer.called)
    return f"Pareto chart of {stream.name} by {called}: {', '.join(first)}. The list below holds all bars as links."


def _rows_behind(desk: Desk, answer: EventPareto) -> None:
    """The stored events of the choice: their file, who loaded it and when."""
    found = events_behind(desk, answer, viewer=reviews.viewer(), limit=stored_rows.ROWS)
    words = " · ".join(paretos.name(value) for _, value in answer.question.slice)
    page.show(stored_rows.title(words, found, desk.catalog), key="rows_title")
    stored_rows.show(_readable(found, desk, answer), key="rows_behind")


def _readable(found: pd.DataFrame, desk: Desk, answer: EventPareto) -> pd.DataFrame:
    """The stored events with headings for people; a column of ones says nothing."""
    stream = answer.stream
    table = found.drop(columns="count") if (found["count"] == 1).all() else found
    called = {"observed_at": "When", "category": stream.category, "subcategory": stream.subcategory}
    return stored_rows.readable(table, desk.catalog, stream.calendar, called)


# Cached readers


def _reach(desk: Desk, key: Versions, stream: Stream) -> tuple[dt.date, dt.date] | None:
    return _kept_reach(desk, key, stream.key)


@st.cache_resource(max_entries=64, show_spinner=False)
def _kept_reach(_desk: Desk, key: Versions, stream: str) -> tuple[dt.date, dt.date] | None:
    return event_reach_days(_desk, _desk.catalog.stream(stream), viewer=reviews.viewer())


@st.cache_resource(max_entries=128, show_spinner=False)
def _answer(_desk: Desk, key: Versions, question: ParetoQuestion) -> EventPareto:
    return event_pareto(_desk, question, viewer=reviews.viewer())


def _values(desk: Desk, key: Versions, stream: Stream) -> dict[str, Sequence[str]]:
    return _kept_values(desk, key, stream.key)


@st.cache_resource(max_entries=64, show_spinner=False)
def _kept_values(_desk: Desk, key: Versions, name: str) -> dict[str, Sequence[str]]:
    stream = _desk.catalog.stream(name)
    names = ("subcategory", *stream.dimensions)
    return {name: facts.event_values(_desk.store, stream, name, viewer=reviews.viewer()) for name in names}
