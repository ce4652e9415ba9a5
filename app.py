"""The whole server: `streamlit run app.py` finds this App and starts it."""

import streamlit as st

from opsmetrics.server import ROUTES, lifespan

app = st.App("navigation.py", routes=ROUTES, lifespan=lifespan)
