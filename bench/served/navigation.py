"""The frame and the navigation of the product, around its pages and around two more: nothing, and an empty chart."""

import plotly.graph_objects as go
import streamlit as st

from opsmetrics.ui import failures, frame


def nothing() -> None:
    """An empty page."""


def plotted() -> None:
    """A page with an empty Plotly chart."""
    st.plotly_chart(go.Figure(), key="plotted")


frame.begin()
empty = {
    "Bench": [
        st.Page(nothing, title="Empty", url_path="empty"),
        st.Page(plotted, title="Plotted", url_path="plotted"),
    ]
}
current = st.navigation({**frame.pages(), **empty}, position="top")
with failures.guarded():
    current.run()
