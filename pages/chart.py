"""One KPI: its control chart, why it is this chart, what is decided about it, and everything that it is made of."""

import streamlit as st

from opsmetrics.ui import blocks, carried, chart_page, links, page, reviews

at = reviews.desk()
carried.bring_series("chart", at.catalog)
view = links.ChartView.read(st.query_params.to_dict(), at.catalog)

if view is None:
    page.show(
        blocks.heading("No KPI is defined yet.", eyebrow="Charts"),
        blocks.empty("Describe what is measured in kpis.toml and apply it, then load a file."),
        key="empty",
    )
    page.buttons([("Load a file", "upload")], key="empty_buttons")
    st.stop()

chart_page.render(at, chart_page.fitted(at, view))
