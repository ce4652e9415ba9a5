"""The page of one KPI, from its name down to the stored rows behind one of its points."""

from __future__ import annotations

import json
from dataclasses import replace

import streamlit as st

from opsmetrics.desk import Desk
from opsmetrics.review import KpiReview
from opsmetrics.store import slice_json
from opsmetrics.ui import (
    attention,
    carried,
    chart_blocks,
    chart_made,
    chart_rows,
    chart_view,
    decisions_form,
    decisions_list,
    drawing,
    filters,
    kpi,
    landing,
    links,
    misread,
    page,
    pickers,
    reviews,
    tables,
)
from opsmetrics.ui.links import ChartView
from opsmetrics.verdict import sentences


def render(at: Desk, view: ChartView) -> None:
    """Draw the page."""
    beside, view = view.verdict, replace(view, verdict="")  # what leads on from here is about what is here
    own = replace(at.catalog, dimensions=())  # a slice of this page stands in its own parameter
    chart_blocks.apply_style()
    review = reviews.review(at, view)
    made = chart_made.of(review)
    head = kpi.head(review, filters.today(at.catalog, view.as_of))
    page.show(head, made.strip, key="head")
    misread.tell(at, chart_view.not_there(review, st.query_params.to_dict()))
    _other_verdict(at, review, beside)
    decisions_list.confirmation(at, review)
    found = review.standing(reviews.said(at, view.as_of))
    attention.on_chart(at.store, review, found, acting=view.as_of is None)
    pickers.controls(at, review, view)
    filters.keep(own)
    carried.keep_series(view)
    drawing.figures(review, view)
    file = f"{chart_view.file_stem(review, view)}.csv"
    tables.behind("Show the table behind this chart", made.table, file=file, key="chart_table")
    decisions_list.proposed(review, made, view)
    page.show(*landing.of(_operated(at, review, view)), *chart_made.lists(review, view), key="lists")
    decisions_list.in_force(at, review)
    chart_rows.rows_behind(at, review, view)
    decisions_form.show(at, review, view)


def _operated(at: Desk, review: KpiReview, view: ChartView) -> KpiReview:
    """The review that lands: whatever grain is looked at, it is the one that the KPI is operated at."""
    return review if review.series.grain == review.kpi.operate else reviews.review(at, replace(view, grain=None))


def _other_verdict(at: Desk, review: KpiReview, beside: str) -> None:
    """A link that was made beside another verdict about this series says so: the reader may hold that one in hand."""
    if not beside or beside == review.id:
        return
    told = at.store.shown_as(beside)
    if told is None or (told["kpi"], told["slice"]) != (review.kpi.key, slice_json(review.series.slice)):
        return
    text = sentences.render(json.loads(told["verdict"])["sentence"])
    how = f"What changed it: python -m opsmetrics verify {beside}"
    link = chart_blocks.notice(None, f"{text} {how}", lead=f"The link was made beside verdict {beside}, which said:")
    chart_blocks.show(link, key="other_verdict")


def fitted(at: Desk, view: ChartView) -> ChartView:
    """On a phone the usual number of days stands too close: fewer are asked for, in the address, where none are."""
    grain = view.grain or at.catalog[view.kpi].operate
    crowded = links.SPANS[grain] > chart_view.CROWDED
    if not drawing.touched() or view.span is not None or view.start or not crowded:
        return view
    st.query_params["span"] = str(chart_view.ON_A_PHONE)
    return replace(view, span=chart_view.ON_A_PHONE)
