"""The control chart on its page: the figure, the point that a reader chose, the rows behind it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from opsmetrics.desk import Desk
from opsmetrics.figures import CONFIG, control_chart, spread_chart
from opsmetrics.review import KpiReview
from opsmetrics.ui import blocks, kpi, look, page, reviews, rows
from opsmetrics.ui.clock import at_site
from opsmetrics.ui.links import SPANS, ChartView
from opsmetrics.verdict import wording

#: Rows shown behind one period.
ROWS = 500

_HEADINGS = {
    "observed_at": "Observed",
    "sample": "Sample",
    "value": "Value",
    "batch": "Batch",
    "source": "File",
    "loaded_by": "Loaded by",
    "loaded_at": "Loaded",
}


def periods_shown(review: KpiReview, view: ChartView) -> int | None:
    """How many of the last periods are drawn; None for all."""
    return SPANS[review.series.grain] if view.span is None else view.span or None


def figures(review: KpiReview, view: ChartView) -> None:
    """The control chart, and beneath it the chart of the spread where there is one."""
    span, theme = periods_shown(review, view), look.theme()
    key = f"chart_{_identity(review)}"
    st.plotly_chart(
        control_chart(review, theme=theme, span=span),
        theme=None,
        width="stretch",
        key=key,
        on_select=lambda: _choose(key, review),
        selection_mode="points",
        config=CONFIG,
        alt=alternative(review),
    )
    if review.chart is None or review.chart.spread is None:
        return
    spread = review.chart.spread
    name = wording.chart(spread.kind)
    page.show(blocks.caption(f"{name[:1].upper()}{name[1:]}: the spread, drawn without signals"), key="spread_title")
    figure = spread_chart(review, theme=theme, span=span)
    st.plotly_chart(figure, theme=None, width="stretch", key="spread_chart", config=CONFIG, alt="Chart of the spread")


def _identity(review: KpiReview) -> str:
    """What a chosen point belongs to; another KPI, slice or grain starts afresh."""
    return rows.row_key(review)


def _choose(chart: str, review: KpiReview) -> None:
    """A click on a point chooses its period in the list below."""
    picked = st.session_state[chart]["selection"]["points"]
    if picked:
        st.session_state[f"period_{_identity(review)}"] = _position(picked[0])


def _position(point: Mapping[str, Any]) -> int:
    """The position that a point of the chart carries; Streamlit hands lists over as they are or by number."""
    carried = point["customdata"]
    if isinstance(carried, Mapping):
        carried = carried["0"]
    return int(carried[0] if isinstance(carried, list | tuple) else carried)


def alternative(review: KpiReview) -> str:
    """What the chart shows, for those who cannot see it."""
    row = kpi.last_judged(review)
    if row is None:
        return f"Control chart of {review.kpi.name}: no judged period yet."
    parts = [f"{row['label']}: {wording.value(review.kpi, row['value'])}", wording.point_state(row)]
    span = wording.limits(review.kpi, row["lower"], row["upper"], unit=True)
    parts += [f"limits {span}"] if span != wording.DASH else []
    count = wording.periods(len(review.points), review.series.grain)
    return f"Control chart of {review.kpi.name}, {count}. Latest judged: {', '.join(parts)}. The table below holds it."


def rows_behind(at: Desk, review: KpiReview) -> None:
    """A figure can be followed: the rows behind the chosen period, their file, who loaded it and when."""
    labels = {int(p): str(review.points["label"].iloc[p]) for p in np.flatnonzero(review.points["rows"] > 0)[::-1]}
    if not labels:
        return
    key = f"period_{_identity(review)}"
    if st.session_state.get(key) not in labels:
        last = kpi.last_judged(review)
        st.session_state[key] = next(iter(labels)) if last is None else last["position"]
    position = int(st.session_state[key])
    found = at.rows_behind(review, position, viewer=reviews.viewer(), limit=ROWS)
    title = blocks.title(f"Rows behind {labels[position]}", count=len(found), note=_came_from(found, review))
    page.show(title, key="rows_title")
    st.selectbox(
        "Period", list(labels), format_func=labels.__getitem__, key=key, label_visibility="collapsed", width=260
    )
    st.dataframe(readable(found, review), hide_index=True, width="stretch", key="rows_behind", height="auto")


def readable(found: pd.DataFrame, review: KpiReview) -> pd.DataFrame:
    """The stored rows with headings for people, on the site's clock, without the columns that no row fills."""
    kpi, table = review.kpi, found.dropna(axis="columns", how="all").copy()
    for column in ("observed_at", "loaded_at"):
        if column in table:
            table[column] = [at_site(kpi.calendar, at.to_pydatetime()).replace(tzinfo=None) for at in table[column]]
    if review.series.grain == "sample":
        table = table.drop(columns="observed_at")
    names = {"numerator": kpi.numerator or "Numerator", "denominator": kpi.denominator or "Denominator"}
    return table.rename(columns={**_HEADINGS, **names})


def _came_from(found: pd.DataFrame, review: KpiReview) -> str:
    """The file, where all rows come from one: "late.csv · loaded 16 Nov 2026, 05:31 by inbox"."""
    if found.empty or found["batch"].nunique() > 1:
        return f"{found['batch'].nunique()} files" if len(found) else ""
    first = found.iloc[0]
    at = at_site(review.kpi.calendar, pd.Timestamp(first["loaded_at"]).to_pydatetime())
    more = f" · the first {ROWS} rows" if len(found) == ROWS else ""
    return f"{first['source']} · loaded {wording.instant(at)} by {first['loaded_by']}{more}"
