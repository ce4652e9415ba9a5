"""The frame and the navigation of the product, around its pages and around one with nothing on it."""

import streamlit as st

from opsmetrics.ui import failures, frame


def nothing() -> None:
    """An empty page."""


frame.begin()
current = st.navigation([*frame.pages(), st.Page(nothing, title="Empty", url_path="empty")], position="top")
with failures.guarded():
    current.run()
