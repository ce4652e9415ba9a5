"""The page of one KPI, from its name down to the stored rows behind one of its points."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from opsmetrics.desk import Desk
from opsmetrics.review import KpiReview
from opsmetrics.ui import (
    carried,
    chart_blocks,
    chart_rows,
    chart_rules,
    chart_view,
    decisions_form,
    decisions_list,
    drawing,
    filters,
    kpi,
    links,
    misread,
    page,
    pickers,
    reviews,
    tables,
)
from opsmetrics.ui.links import ChartView


def render(at: Desk, view: ChartView) -> None:
    """Draw the page."""
    own = replace(at.catalog, dimensions=())  # a slice of this page stands in its own parameter
    chart_blocks.apply_style()
    review = reviews.review(at, view)
    found = chart_rules.workings(review)
    head = kpi.head(review, filters.today(at.catalog, view.as_of))
    page.show(head, kpi.strip(review, chart_rules.deciding(review, found)), key="head")
    misread.tell(at, chart_view.not_there(review, st.query_params.to_dict()))
    decisions_list.confirmation(at, review)
    pickers.controls(at, review, view)
    filters.keep(own)
    carried.keep_series(view)
    drawing.figures(review, view)
    _table(review, view)
    decisions_list.proposed(review, found, view)
    listed = chart_rules.looked_at(review, view.rules) if view.rules else review
    page.show(*kpi.lists(listed), key="lists")
    decisions_list.in_force(at, review)
    chart_rows.rows_behind(at, review, view)
    decisions_form.show(at, review, view)


def fitted(at: Desk, view: ChartView) -> ChartView:
    """On a phone the usual number of days stands too close: fewer are asked for, in the address, where none are."""
    grain = view.grain or at.catalog[view.kpi].operate
    crowded = links.SPANS[grain] > chart_view.CROWDED
    if not drawing.touched() or view.span is not None or view.start or not crowded:
        return view
    st.query_params["span"] = str(chart_view.ON_A_PHONE)
    return replace(view, span=chart_view.ON_A_PHONE)


def _table(review: KpiReview, view: ChartView) -> None:
    file = f"{chart_view.file_stem(review, view)}.csv"
    tables.behind("Show the table behind this chart", kpi.table(review), file=file, key="chart_table")
