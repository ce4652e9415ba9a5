"""What an address asks for and is not here, told above the page that is shown in its place."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from opsmetrics.desk import Desk
from opsmetrics.ui import blocks, links, page, reviews


def tell(at: Desk, more: Sequence[str] = ()) -> None:
    """One caption for all of it; nothing where all of it is here. `more`: what only the page itself knows to be wrong,
    each as "no batch “7”"."""
    asked = st.query_params.to_dict()
    said = " ".join(text for text in (links.misread(asked, at.catalog, more), _without_rows(at, asked)) if text)
    if said:
        page.show(blocks.caption(said), key="misread")


def _without_rows(at: Desk, asked: dict[str, str]) -> str:
    """A slice by values that no row of the KPI holds: mistyped, or of a line that is called otherwise now."""
    if asked.get("kpi") not in at.catalog:
        return ""
    kpi = at.catalog[asked["kpi"]]
    known = {pair for part in reviews.slices(at, kpi) for pair in part}
    wanted = links.read_slice(asked.get("slice", ""))
    lost = [f"“{value}”" for name, value in wanted if name in kpi.dimensions and (name, value) not in known]
    return f"Nothing is stored for {' and '.join(lost)} of {kpi.name}: choose another slice." if lost and known else ""
