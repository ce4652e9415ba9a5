"""The controls of the Forecast page. The address is the truth: a control shows what it says and only writes to it."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from opsmetrics.catalog import Grain
from opsmetrics.desk import Desk
from opsmetrics.desk.forecast_scenario import Scenario
from opsmetrics.desk.forecasting import FURTHEST, HORIZONS
from opsmetrics.review import KpiReview
from opsmetrics.ui import addressed, carried, filters, forecast_parts, forecast_scenario, pickers
from opsmetrics.ui.clock import at_site
from opsmetrics.ui.forecast_view import ForecastView
from opsmetrics.verdict import wording

#: These belong to one KPI, or to one grain.
_OF_ONE_KPI = ("slice", "grain", "horizon", "span", "what_if", *forecast_parts.NAMES)
_OF_ONE_GRAIN = ("horizon", "span", *forecast_parts.NAMES)


def controls(at: Desk, review: KpiReview, view: ForecastView, scenario: Scenario | None) -> None:
    """KPI, grain, slice, how far ahead, as of when, and what if (None: there is no forecast to lay one over)."""
    kpi = review.kpi
    grain = view.series.grain or kpi.operate
    with st.container(horizontal=True, vertical_alignment="center", key="controls"):
        pickers.series(
            at, kpi, view.series.slice, grain, of_kpi=_OF_ONE_KPI, of_grain=_OF_ONE_GRAIN, of_slice=forecast_parts.NAMES
        )
        horizon = view.horizon or HORIZONS[grain]
        options = _horizons(grain, horizon)
        addressed.select("Ahead", options, str(horizon), key="choose_horizon", write=_ahead, width=170)
        filters.as_of_control(at_site(kpi.calendar).date())
        if scenario is not None:
            forecast_scenario.control(at, review, scenario)
    filters.keep(replace(at.catalog, dimensions=()))  # a slice of this page stands in its own parameter
    carried.keep_series(view.series)


def _horizons(grain: Grain, current: int) -> dict[str, str]:
    usual = HORIZONS[grain]
    counts = sorted({1, max(usual // 2, 1), usual, 2 * usual, FURTHEST * usual, current})
    return {str(count): f"{wording.periods(count, grain)} ahead" for count in counts}


def _ahead(chosen: str) -> None:
    st.query_params["horizon"] = chosen
