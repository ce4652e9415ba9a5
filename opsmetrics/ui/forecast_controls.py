"""The controls of the Forecast page. The address is the truth: a control shows what it says and only writes to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from opsmetrics.catalog import Grain, Kpi
from opsmetrics.desk import Desk
from opsmetrics.desk.forecasting import FURTHEST, HORIZONS
from opsmetrics.ui import carried, filters, links, pickers
from opsmetrics.ui.clock import at_site
from opsmetrics.ui.forecast_view import ForecastView
from opsmetrics.ui.links import grains_of
from opsmetrics.verdict import wording

#: These belong to one KPI, or to one grain.
_OF_ONE_KPI = ("slice", "grain", "horizon", "span")
_OF_ONE_GRAIN = ("horizon", "span")


def controls(at: Desk, kpi: Kpi, view: ForecastView) -> None:
    """KPI, grain, slice, how far ahead, as of when."""
    grain = view.series.grain or kpi.operate
    with st.container(horizontal=True, vertical_alignment="center", key="controls"):
        _select("KPI", "kpi", {k.key: k.name for k in at.catalog.kpis}, kpi.key, width=260, clears=_OF_ONE_KPI)
        if len(grains_of(kpi)) > 1:
            _grain(grains_of(kpi), grain)
        parts = pickers.slices(at, kpi, view.series.slice)
        if len(parts) > 1:
            _select("Slice", "slice", parts, links.slice_text(view.series.slice), width=190, of=kpi.dimensions)
        horizon = view.horizon or HORIZONS[grain]
        _select("Ahead", "horizon", _horizons(grain, horizon), str(horizon), width=170)
        filters.as_of_control(at_site(kpi.calendar).date())
    filters.keep(replace(at.catalog, dimensions=()))  # a slice of this page stands in its own parameter
    carried.keep_series(view.series)


def _horizons(grain: Grain, current: int) -> dict[str, str]:
    usual = HORIZONS[grain]
    counts = sorted({1, max(usual // 2, 1), usual, 2 * usual, FURTHEST * usual, current})
    return {str(count): f"{wording.periods(count, grain)} ahead" for count in counts}


def _select(
    label: str,
    name: str,
    options: Mapping[str, str],
    current: str,
    *,
    width: int,
    clears: tuple[str, ...] = (),
    of: tuple[str, ...] = (),
) -> None:
    key = f"forecast_{name}"
    st.session_state[key] = current
    st.selectbox(
        label,
        list(options),
        format_func=options.__getitem__,
        key=key,
        on_change=_to_address,
        args=(name, key, clears, of),
        label_visibility="collapsed",
        width=width,
    )


def _grain(grains: tuple[Grain, ...], current: Grain) -> None:
    st.session_state["forecast_grain"] = current
    st.segmented_control(
        "Grain",
        list(grains),
        format_func=str.capitalize,
        key="forecast_grain",
        required=True,
        on_change=_to_address,
        args=("grain", "forecast_grain", _OF_ONE_GRAIN),
        label_visibility="collapsed",
    )


def _to_address(name: str, key: str, clears: tuple[str, ...], of: tuple[str, ...] = ()) -> None:
    if name == "slice":
        carried.choose_slice(links.read_slice(str(st.session_state[key])), of)
    for other in clears:
        st.query_params.pop(other, None)
    st.query_params[name] = str(st.session_state[key])
