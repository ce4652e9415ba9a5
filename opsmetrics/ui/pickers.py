"""The controls of one KPI's page. The address is the truth: a control shows what it says and only writes to it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from opsmetrics.catalog import Catalog, Grain, Kpi, slice_text
from opsmetrics.desk import Desk
from opsmetrics.ui import filters, links, reviews
from opsmetrics.ui.clock import at_site
from opsmetrics.ui.links import SPANS, ChartView, grains_of

#: Choosing another KPI starts afresh: these parameters belong to the one before.
_OF_ONE_KPI = ("slice", "grain", "span")


def controls(at: Desk, kpi: Kpi, view: ChartView) -> None:
    """KPI, grain, slice, how many periods, as of when."""
    with st.container(horizontal=True, vertical_alignment="center", key="controls"):
        _select("KPI", "kpi", _kpis(at.catalog), kpi.key, width=260, clears=_OF_ONE_KPI)
        grains = {grain: grain.capitalize() for grain in grains_of(kpi)}
        if len(grains) > 1:
            _segments("Grain", "grain", grains, view.grain or kpi.operate, clears=("span",))
        parts = {links.slice_text(part): slice_text(part) or "All" for part in reviews.slices(at, kpi)}
        here = links.slice_text(view.slice)
        parts.setdefault(here, slice_text(view.slice) or "All")
        if len(parts) > 1:
            _select("Slice", "slice", parts, here, width=190)
        grain = view.grain or kpi.operate
        _select("Periods", "span", _spans(grain), _span(grain, view.span), width=150)
        filters.as_of_control(at_site(kpi.calendar).date())


def _kpis(catalog: Catalog) -> dict[str, str]:
    return {kpi.key: kpi.name for kpi in catalog.kpis}


def _spans(grain: Grain) -> dict[str, str]:
    many = {"sample": "samples"}.get(grain, f"{grain}s")
    counts = sorted({30, SPANS[grain], 4 * SPANS[grain]})
    return {str(count): f"{count} {many}" for count in counts} | {"0": f"All {many}"}


def _span(grain: Grain, asked: int | None) -> str:
    return str(SPANS[grain] if asked is None else asked)


def _select(
    label: str, name: str, options: Mapping[str, str], current: str, *, width: int, clears: tuple[str, ...] = ()
) -> None:
    key = f"choose_{name}"
    given = options if current in options else {**options, current: current}
    st.session_state[key] = current
    st.selectbox(
        label,
        list(given),
        format_func=given.__getitem__,
        key=key,
        on_change=_to_address,
        args=(name, key, clears),
        label_visibility="collapsed",
        width=width,
    )


def _segments(label: str, name: str, options: Mapping[Grain, str], current: Grain, *, clears: tuple[str, ...]) -> None:
    key = f"choose_{name}"
    st.session_state[key] = current
    st.segmented_control(
        label,
        list(options),
        format_func=lambda grain: options[grain],
        key=key,
        required=True,
        on_change=_to_address,
        args=(name, key, clears),
        label_visibility="collapsed",
    )


def _to_address(name: str, key: str, clears: tuple[str, ...]) -> None:
    for other in clears:
        st.query_params.pop(other, None)
    st.query_params[name] = str(st.session_state[key])
