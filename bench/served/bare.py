"""The least that Streamlit can be started for: one heading."""

import streamlit as st

st.title("Bare")
