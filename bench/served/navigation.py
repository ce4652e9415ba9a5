"""The frame and the navigation of the product, around its pages and around one with nothing on it."""

import streamlit as st

from opsmetrics.ui import failures, frame


def nothing() -> None:
    """An empty page."""


frame.begin()
empty = {"Bench": [st.Page(nothing, title="Empty", url_path="empty")]}
current = st.navigation({**frame.pages(), **empty}, position="top")
with failures.guarded():
    current.run()
