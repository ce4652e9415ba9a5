"""A figure can be followed: the rows behind the chosen period, their files, and the way to take a file back."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from opsmetrics.desk import Desk
from opsmetrics.review import KpiReview
from opsmetrics.ui import blocks, chart_choice, chart_made, kpi, page, stored_rows
from opsmetrics.ui.links import ChartView

NO_ROWS = "No row stands behind it: the files cover this period and hold nothing for it."


def rows_behind(at: Desk, review: KpiReview, view: ChartView) -> None:
    """The rows behind the chosen period, of a stretch the last one; else behind the last judged one."""
    labels = chart_made.of(review).followed
    if not labels:
        return
    position = _position(review, view, labels)
    behind = chart_made.rows_behind(at, review, view, position)
    page.show(behind.title, key="rows")
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
    if behind.table is None:
        page.show(blocks.caption(NO_ROWS), key="no_rows")
        return
    stored_rows.show(behind.table, key="rows_behind")


def _position(review: KpiReview, view: ChartView, labels: Mapping[int, str]) -> int:
    asked = chart_choice.chosen(review, view)
    if asked is not None and asked[1] in labels:
        return asked[1]
    last = kpi.last_judged(review)
    return next(iter(labels)) if last is None else int(last["position"])
