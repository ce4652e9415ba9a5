"""What goes along between pages that show one series or one stream: the KPI last looked at, its slice and grain, the
stream of Pareto with its period, and the values of dimensions that the lists are filtered by."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from opsmetrics.catalog import Catalog, Kpi, Slice, Stream
from opsmetrics.ui import filters
from opsmetrics.ui.filters import parameter
from opsmetrics.ui.links import ChartView, read_slice, slice_text

_SERIES, _STREAM = "carried_series", "carried_stream"

#: Parameters of Pareto that go along with a reader; its slice is that of the dimensions chosen on any page.
_OF_STREAM = ("stream", "measure", "by", "period", "start", "end", "compare")


def bring_series(page: str, catalog: Catalog) -> None:
    """Open Charts or Forecast, come to without a word in the address, on the series that was looked at last.

    Where none was, it is the first KPI that fits the filters. A dimension that has one chosen value is its slice. The
    address then names the KPI, so that a copy of it shows the same tomorrow.
    """
    if catalog.kpis:
        blocked = ("kpi", "slice", "grain", "as_of")
        filters.arrive(page, _series_params(catalog), blocked_by=blocked, always=True)


def _series_params(catalog: Catalog) -> dict[str, str | list[str]]:
    last: Mapping[str, str] = st.session_state.get(_SERIES, {})
    as_of = filters.said(("as_of",))
    if last.get("kpi") in catalog:
        kpi = catalog[last["kpi"]]
        chosen = filters.single_values(catalog)
        part = {**dict(read_slice(last.get("slice", ""))), **{n: v for n, v in chosen.items() if n in kpi.dimensions}}
        return {**last, **_slice_param(part, kpi), **as_of}
    first = next((kpi for kpi in catalog.kpis if _fits(kpi)), catalog.kpis[0])
    part = {n: v for n, v in filters.single_values(catalog).items() if n in first.dimensions}
    return {"kpi": first.key, **(_slice_param(part, first) if part else {}), **as_of}


def _slice_param(part: Mapping[str, str], kpi: Kpi) -> dict[str, str]:
    """The slice in the order of the KPI's dimensions; `slice=` alone asks for the whole KPI."""
    return {"slice": slice_text(tuple((name, part[name]) for name in sorted(kpi.dimensions) if name in part))}


def _fits(kpi: Kpi) -> bool:
    kept = filters.kept()
    categories, owners = kept.get("category"), kept.get("owner")
    return (not categories or kpi.category in categories) and (not owners or kpi.owner in owners)


def keep_series(view: ChartView) -> None:
    """Remember which series is shown; its slice becomes a choice for other pages only where it was chosen here."""
    params = {"kpi": view.kpi, "slice": slice_text(view.slice), "grain": view.grain or ""}
    st.session_state[_SERIES] = {name: value for name, value in params.items() if value}


def choose_slice(part: Slice, dimensions: tuple[str, ...]) -> None:
    """A slice that was chosen in a control: the choice of these dimensions on every page."""
    chosen = dict(part)
    for name in dimensions:
        filters.kept()[parameter(name)] = [chosen[name]] if name in chosen else []


def bring_stream(catalog: Catalog) -> None:
    """Open Pareto, come to without a word in the address, on the stream last looked at, the chosen slice and date."""
    if not catalog.streams:
        return
    last: dict[str, str | list[str]] = dict(st.session_state.get(_STREAM, {}))
    stream = next((s for s in catalog.streams if s.key == last.get("stream")), catalog.streams[0])
    if stream.key != last.get("stream"):
        last = {}
    part = {n: v for n, v in filters.single_values(catalog).items() if n in stream.dimensions}
    sliced = {"slice": slice_text(tuple(sorted(part.items())))} if part else {}
    params = {**last, **sliced, **({"stream": stream.key} if sliced else {}), **filters.said(("as_of",))}
    filters.arrive("pareto", params, blocked_by=(*_OF_STREAM, "slice", "as_of"))


def keep_stream(stream: Stream, params: Mapping[str, str | list[str]]) -> None:
    """Remember what Pareto shows."""
    st.session_state[_STREAM] = {n: v for n, v in params.items() if n in _OF_STREAM} | {"stream": stream.key}
