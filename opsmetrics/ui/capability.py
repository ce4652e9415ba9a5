"""The Capability page: do single readings fit their specification."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from opsmetrics.catalog import slice_text
from opsmetrics.desk import Desk
from opsmetrics.desk.single import single_readings
from opsmetrics.review import KpiReview
from opsmetrics.ui import blocks, carried, misread, page, pickers, reviews, tables
from opsmetrics.ui.links import ChartView
from opsmetrics.verdict import wording


def render(at: Desk) -> None:
    """Draw the page that the address asks for."""
    carried.bring_series("capability", at.catalog)
    view = ChartView.read(st.query_params.to_dict(), at.catalog)
    if view is None:
        page.first_steps(
            at.catalog, "", key="empty", head=blocks.heading("No KPI is defined yet.", eyebrow="Capability")
        )
        return
    review = reviews.review(at, view)
    readings = single_readings(at, review, viewer=reviews.viewer()) if review.kpi.kind == "measured" else pd.DataFrame()
    page.show(_head(review, readings), key="head")
    misread.tell(at)
    with st.container(horizontal=True, vertical_alignment="center", key="controls"):
        pickers.series(
            at, review.kpi, view.slice, view.grain or review.kpi.operate, of_kpi=("slice", "grain"), of_grain=()
        )
    carried.keep_series(view)
    if len(readings):
        tables.behind("Show the readings", readings, file=f"{review.kpi.key}-readings.csv", key="readings")


def _head(review: KpiReview, readings: pd.DataFrame) -> blocks.Block:
    eyebrow = " · ".join(("Capability", review.kpi.name, slice_text(review.series.slice) or "all"))
    if review.kpi.kind != "measured":
        return blocks.heading(f"{review.kpi.name} is not made of single readings.", eyebrow=eyebrow)
    if readings.empty:
        return blocks.heading("No reading is stored yet.", eyebrow=eyebrow)
    return blocks.heading(f"{wording.number(len(readings))} readings.", eyebrow=eyebrow)
