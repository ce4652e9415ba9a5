"""A figure can be followed: the rows behind the chosen period, their files, and the way to take a file back."""

from __future__ import annotations

import numpy as np
import pandas as pd
import streamlit as st

from opsmetrics.desk import Desk
from opsmetrics.review import KpiReview
from opsmetrics.ui import blocks, chart_blocks, chart_choice, chart_view, kpi, links, page, reviews
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.clock import at_site, site
from opsmetrics.ui.links import ChartView
from opsmetrics.ui.stored_rows import readable
from opsmetrics.verdict import wording

#: Rows shown behind one period, and files named with a link.
ROWS = 500
FILES = 3

NO_ROWS = "No row stands behind it: the files cover this period and hold nothing for it."


def rows_behind(at: Desk, review: KpiReview, view: ChartView) -> None:
    """The rows behind the period of the address, else behind the last judged one."""
    known = (review.points["rows"] > 0) | review.points["value"].notna()  # a zero may be known without a row
    labels = {int(p): str(review.points["label"].iloc[p]) for p in np.flatnonzero(known.to_numpy())[::-1]}
    if not labels:
        return
    position = _position(review, view, labels)
    found = at.rows_behind(review, position, viewer=reviews.viewer(), limit=ROWS)
    title = f"Rows behind {labels[position]}"
    chart_blocks.show(
        chart_blocks.rows_title(title, len(found), _came_from(at, found), _links(found, review, view, position)),
        key="rows",
    )
    st.session_state["choose_point"] = position
    st.selectbox(
        "Period",
        list(labels),
        format_func=labels.__getitem__,
        key="choose_point",
        on_change=lambda: chart_choice.choose_point(review, int(st.session_state["choose_point"])),
        label_visibility="collapsed",
        width=260,
    )
    if found.empty:
        page.show(blocks.caption(NO_ROWS), key="no_rows")
        return
    st.dataframe(_readable(at, found, review), hide_index=True, width="stretch", key="rows_behind", height="auto")


def _position(review: KpiReview, view: ChartView, labels: dict[int, str]) -> int:
    asked = chart_view.position_of(review, view.point)
    if asked is not None and asked in labels:
        return asked
    last = kpi.last_judged(review)
    return next(iter(labels)) if last is None else int(last["position"])


def _readable(at: Desk, found: pd.DataFrame, review: KpiReview) -> pd.DataFrame:
    defined = review.kpi
    called = {"numerator": defined.numerator or "Numerator", "denominator": defined.denominator or "Denominator"}
    table = found.drop(columns="observed_at") if review.series.grain == "sample" else found
    return readable(table, at.catalog, defined.calendar, called)


def _came_from(desk: Desk, found: pd.DataFrame) -> str:
    """The file, where all rows come from one: "late.csv · loaded 16 Nov 2026, 05:31 by inbox"."""
    if found.empty or found["batch"].nunique() > 1:
        return f"{found['batch'].nunique()} files" if len(found) else ""
    first = found.iloc[0]
    at = at_site(site(desk.catalog), pd.Timestamp(first["loaded_at"]).to_pydatetime())
    more = f" · the first {ROWS} rows" if len(found) == ROWS else ""
    return f"{first['source']} · loaded {wording.instant(at)} by {first['loaded_by']}{more}"


def _links(found: pd.DataFrame, review: KpiReview, view: ChartView, position: int) -> list[Block]:
    """What the rows lead to: the ranking of the events they are, and the files they came from."""
    go = chart_view.events_link(review, view, position, position)
    return [*([{"text": "what they were", "go": go}] if go else []), *_files(found)]


def _files(found: pd.DataFrame) -> list[Block]:
    """A link to each file's line in the ledger, where it can be taken back."""
    if found.empty:
        return []
    batches = found.drop_duplicates("batch")[["batch", "source"]].head(FILES).to_dict("records")
    one = len(batches) == 1
    return [
        {
            "text": "undo this file" if one else f"undo {row['source']}",
            "go": links.target("data", batch=str(row["batch"])),
        }
        for row in batches
    ]
