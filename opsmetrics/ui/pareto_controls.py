"""The controls of the Pareto page. The address is the truth: a control shows what it says and only writes to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import Any

import streamlit as st

from opsmetrics.catalog import Catalog, Stream, slice_of
from opsmetrics.desk.events import EventPareto, dimension_name
from opsmetrics.ui import addressed, carried, filters
from opsmetrics.ui.clock import at_site, span_text
from opsmetrics.ui.pareto_view import COMPARED, PRESETS, ParetoView
from opsmetrics.ui.upload_blocks import plain
from opsmetrics.verdict import paretos

_EVERYTHING = "\0all"


def controls(
    catalog: Catalog, stream: Stream, view: ParetoView, answer: EventPareto, values: Mapping[str, Sequence[str]]
) -> None:
    """Stream, measure, by what, one picker for each dimension, period and comparison. `values`: of each dimension."""
    with st.container(horizontal=True, vertical_alignment="center", key="controls"):
        stream_picker(catalog, stream)
        measures = {str(m): paretos.measure_word(m) for m in (*answer.measures, view.measure)}
        if len(measures) > 1:
            write = partial(_write, "measure")
            addressed.segments("Measure", measures, view.measure, key="choose_measure", write=write)
        _select("By", "by", _ways(catalog, stream, view, values), view.by, width=200)
        _slices(catalog, stream, view, values)
        _period(view, answer)
        _as_of(catalog, stream)


def alone(catalog: Catalog, stream: Stream) -> None:
    """The controls of a page that has nothing to rank."""
    with st.container(horizontal=True, vertical_alignment="center", key="controls"):
        stream_picker(catalog, stream)
        _as_of(catalog, stream)


def _as_of(catalog: Catalog, stream: Stream) -> None:
    filters.as_of_control(at_site(stream.calendar).date())
    filters.keep(replace(catalog, dimensions=()))  # a slice of this page stands in its own parameter


def stream_picker(catalog: Catalog, stream: Stream) -> None:
    """Which stream; nothing where there is no choice."""
    streams = {found.key: found.name for found in catalog.streams}
    if len(streams) > 1:
        _select("Stream", "stream", streams, stream.key, width=190)


def _ways(catalog: Catalog, stream: Stream, view: ParetoView, values: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """By what the events can be ranked: what holds something."""
    names = ["category", *(["subcategory"] if any(values["subcategory"]) else []), *stream.dimensions]
    names += [view.by] if view.by not in names else []
    return {name: f"By {paretos.noun(dimension_name(catalog, stream, name))}" for name in names}


def _slices(catalog: Catalog, stream: Stream, view: ParetoView, values: Mapping[str, Sequence[str]]) -> None:
    """A picker for each dimension that offers a choice: one stands in the row, several in a popover of their own."""
    fixed = dict(view.slice)
    offered = [name for name in stream.dimensions if len(values.get(name, ())) > 1 or name in fixed]
    chosen = sum(name in fixed for name in offered)
    label = f"Slices: {chosen}" if chosen else "All slices"
    place = st.popover(label, type="tertiary", key="pareto_slices") if len(offered) > 1 else nullcontext()
    with place:
        for dimension in offered:
            _dimension(catalog, stream, view, dimension, values.get(dimension, ()))


def _dimension(catalog: Catalog, stream: Stream, view: ParetoView, dimension: str, values: Sequence[str]) -> None:
    """One value of a dimension, or all of them."""
    chosen = dict(view.slice).get(dimension)
    listed = [*values, *([chosen] if chosen is not None and chosen not in values else [])]
    called = dimension_name(catalog, stream, dimension)
    options = {_EVERYTHING: f"{called}: all"} | {value: f"{called}: {paretos.name(value)}" for value in listed}
    write, now = partial(_slice_to_address, view, dimension), _EVERYTHING if chosen is None else chosen
    addressed.select(plain(called), options, now, key=f"choose_slice_{dimension}", write=write, width=210)


def _period(view: ParetoView, answer: EventPareto) -> None:
    """The period and what it is compared with, in one quiet popover that says what is chosen."""
    with st.popover(_period_label(view, answer), type="tertiary", key="pareto_period"):
        _select("Period", "period", _named(PRESETS), view.preset, width=260, shown=True, seeds=_seeds(answer))
        if view.preset == "custom":
            _day("From", "start", view.first)
            _day("To", "end", view.last)
        if view.preset != "all":
            _select("Compare with", "compare", _named(COMPARED), view.compare, width=260, shown=True)


def _named(options: Mapping[Any, str]) -> dict[str, str]:
    return {str(code): text for code, text in options.items()}


def _period_label(view: ParetoView, answer: EventPareto) -> str:
    if answer.now is None:
        return PRESETS[view.preset]
    text = span_text(answer.now.first, answer.now.last)
    if view.preset not in ("all", "custom"):
        text = f"{PRESETS[view.preset]}: {text}"
    return f"{text}, against {span_text(answer.before.first, answer.before.last)}" if answer.before else text


def _seeds(answer: EventPareto) -> dict[str, str]:
    """Days to start from when somebody asks for days of their own: those that are shown."""
    if answer.now is None:
        return {}
    return {"start": answer.now.first.isoformat(), "end": answer.now.last.isoformat()}


def _day(label: str, name: str, current: dt.date | None) -> None:
    key = f"choose_{name}"
    st.session_state[key] = current
    st.date_input(
        label, key=key, on_change=_write_day, args=(name, key), format="YYYY-MM-DD", min_value=filters.EARLIEST,
        max_value=dt.date(2200, 1, 1), width=260,
    )  # fmt: skip


def _select(
    label: str,
    name: str,
    options: Mapping[str, str],
    current: str,
    *,
    width: int,
    shown: bool = False,
    seeds: Mapping[str, str] | None = None,
) -> None:
    write = partial(_write, name, seeds=seeds)
    addressed.select(label, options, current, key=f"choose_{name}", write=write, width=width, shown=shown)


def _write(name: str, chosen: str, *, seeds: Mapping[str, str] | None = None) -> None:
    """Write a choice into the address. Another stream starts afresh; days of one's own start from those shown."""
    if name == "stream":
        st.query_params.from_dict(filters.said(("as_of",)))
    if name == "by":
        st.query_params.pop("open", None)
    if chosen == "custom":
        st.query_params.update(seeds or {})
    st.query_params[name] = chosen


def _write_day(name: str, key: str) -> None:
    chosen = st.session_state[key]
    if isinstance(chosen, dt.date):
        st.query_params[name] = chosen.isoformat()


def _slice_to_address(view: ParetoView, dimension: str, chosen: str) -> None:
    part = {name: value for name, value in view.slice if name != dimension}
    if chosen != _EVERYTHING:
        part[dimension] = chosen
    carried.choose_slice(slice_of(part), (dimension,))
    st.query_params.from_dict(replace(view, slice=slice_of(part)).link()["params"])
