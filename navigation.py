"""The frame, the navigation over the pages, and the one place where a failure becomes words."""

import streamlit as st

from opsmetrics.ui import failures, frame

frame.begin()
current = st.navigation(frame.pages(), position="top")
with failures.guarded():
    failures.warn_of_a_full_disk()
    current.run()
