"""One KPI: its control chart, why it is this chart, and everything that the chart is made of."""

import streamlit as st

from opsmetrics.ui import blocks, drawing, kpi, links, page, pickers, reviews, tables

at = reviews.desk()
view = links.ChartView.read(st.query_params.to_dict(), at.catalog)

if view is None:
    page.show(
        blocks.heading("No KPI is defined yet.", eyebrow="KPIs"),
        blocks.empty("Describe what is measured in kpis.toml and apply it, then load a file."),
        key="empty",
    )
    page.buttons([("Load a file", "upload")], key="empty_buttons")
    st.stop()

review = reviews.review(at, view)

page.show(kpi.head(review, view), kpi.strip(review), key="head")
pickers.controls(at, review.kpi, view)
drawing.figures(review, view)
table = kpi.table(review)
tables.behind("Show the table behind this chart", table, file=f"{review.kpi.key}.csv", key="chart_table")
page.show(*kpi.lists(review), key="lists")
drawing.rows_behind(at, review)
