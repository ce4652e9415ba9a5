"""A figure can be followed: the rows behind the chosen period, their files, and the way to take a file back."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from opsmetrics.desk import Desk
from opsmetrics.review import KpiReview
from opsmetrics.ui import blocks, chart_choice, chart_view, kpi, page, reviews, stored_rows
from opsmetrics.ui.links import ChartView

NO_ROWS = "No row stands behind it: the files cover this period and hold nothing for it."


def rows_behind(at: Desk, review: KpiReview, view: ChartView) -> None:
    """The rows behind the chosen period, of a stretch the last one; else behind the last judged one."""
    known = (review.points["rows"] > 0) | review.points["value"].notna()  # a zero may be known without a row
    labels = {int(p): str(review.points["label"].iloc[p]) for p in np.flatnonzero(known.to_numpy())[::-1]}
    if not labels:
        return
    position = _position(review, view, labels)
    found = at.rows_behind(review, position, viewer=reviews.viewer(), limit=stored_rows.ROWS)
    events = chart_view.events_link(review, view, position, position)
    more = [{"text": "what they were", "go": events}] if events else []
    page.show(stored_rows.title(labels[position], found, at.catalog, more), key="rows")
    st.session_state["choose_point"] = position
    st.selectbox(
        "Period",
        list(labels),
        format_func=labels.__getitem__,
        key="choose_point",
        on_change=lambda: chart_choice.choose(review, int(st.session_state["choose_point"])),
        label_visibility="collapsed",
        width=260,
    )
    if found.empty:
        page.show(blocks.caption(NO_ROWS), key="no_rows")
        return
    stored_rows.show(_readable(at, found, review), key="rows_behind")


def _position(review: KpiReview, view: ChartView, labels: dict[int, str]) -> int:
    asked = chart_choice.chosen(review, view)
    if asked is not None and asked[1] in labels:
        return asked[1]
    last = kpi.last_judged(review)
    return next(iter(labels)) if last is None else int(last["position"])


def _readable(at: Desk, found: pd.DataFrame, review: KpiReview) -> pd.DataFrame:
    defined = review.kpi
    called = {"numerator": defined.numerator or "Numerator", "denominator": defined.denominator or "Denominator"}
    table = found.drop(columns="observed_at") if review.series.grain == "sample" else found
    return stored_rows.readable(table, at.catalog, defined.calendar, called)
