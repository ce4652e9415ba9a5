"""What app.py starts, over the navigation beside this file: python -m streamlit run bench/served/app.py"""

import streamlit as st

from opsmetrics.server import ROUTES, lifespan

app = st.App("navigation.py", routes=ROUTES, lifespan=lifespan)
