"""One KPI: its control chart, why it is this chart, what is decided about it, and everything that it is made of."""

import streamlit as st

from opsmetrics.ui import blocks, carried, chart_page, links, page, reviews

at = reviews.desk()
carried.bring_series("chart", at.catalog)
view = links.ChartView.read(st.query_params.to_dict(), at.catalog)

if view is None:
    page.first_steps(at.catalog, "", key="empty", head=blocks.heading("No KPI is defined yet.", eyebrow="Charts"))
    st.stop()

chart_page.render(at, chart_page.fitted(at, view))
