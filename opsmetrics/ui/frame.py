"""The frame around every page: title, logo, style, and which pages there are."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from opsmetrics.ui import look

ROOT = Path(__file__).resolve().parents[2]

#: Page file, title, address.
PAGES = (
    ("today.py", "Today", ""),
    ("summary.py", "Summary", "summary"),
    ("chart.py", "Charts", "chart"),
    ("pareto.py", "Pareto", "pareto"),
    ("forecast.py", "Forecast", "forecast"),
    ("forecasts.py", "All forecasts", "forecasts"),
    ("enter.py", "Enter", "enter"),
    ("upload.py", "Upload", "upload"),
    ("data.py", "Data", "data"),
    ("kpis.py", "KPIs", "kpis"),
)

#: The same for the section of analysts, which opens below its name.
STUDIES = "Studies"
STUDY_PAGES = (
    ("capability.py", "Capability", "capability"),
    ("gauge.py", "Gauge", "gauge"),
    ("detection.py", "Detection", "detection"),
    ("together.py", "Together", "together"),
    ("trend.py", "Trend", "trend"),
)

_FRAMED = "framed"

_HISTORY = st.components.v2.component(
    "opsmetrics_history", js=(Path(__file__).parent / "history.js").read_text(encoding="utf-8"), isolate_styles=False
)


def begin() -> None:
    """Set title, logo and style; called by navigation.py before anything else."""
    st.session_state[_FRAMED] = True
    st.set_page_config(page_title="OpsMetrics", page_icon=str(ROOT / "static" / "mark.svg"), layout="wide")
    st.logo(str(ROOT / "static" / f"logo-{look.theme()}.svg"), size="medium")
    look.apply()
    with st.container(key="history"):  # takes no room: look.css
        _HISTORY(key="history_entries")


def pages() -> dict[str, list[Page]]:
    """The pages of the navigation by section, the first one at the root of the address."""
    return {section: [_page(*one) for one in listed] for section, listed in (("", PAGES), (STUDIES, STUDY_PAGES))}


def _page(file: str, title: str, address: str) -> Page:
    return st.Page(ROOT / "pages" / file, title=title, url_path=address or None, default=not address)


def required() -> None:
    """Start again inside the frame where a page was run without it.

    Until some session of a new server has called st.navigation, Streamlit takes a folder named pages for its older
    kind of app, and a deep link runs the page alone: unstyled and without the guard. Calling st.navigation ends that.
    """
    if _FRAMED not in st.session_state:
        st.session_state[_FRAMED] = False
        st.navigation(pages(), position="top")
        st.rerun()
