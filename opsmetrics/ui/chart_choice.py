"""What a reader chose on the chart: a point, which stands in the address, or a stretch, which the session keeps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from opsmetrics.review import KpiReview
from opsmetrics.ui import chart_view, rows
from opsmetrics.ui.links import ChartView


def chosen(review: KpiReview, view: ChartView) -> tuple[int, int] | None:
    """First and last position of what is chosen: a stretch dragged over, else the point of the address."""
    ends = st.session_state.get(_key(review))
    if ends is not None:
        first, last = (chart_view.position_of(review, stamp) for stamp in ends)
        if first is not None and last is not None:
            return first, last
    point = chart_view.position_of(review, view.point)
    return None if point is None else (point, point)


def choose_point(review: KpiReview, position: int) -> None:
    """Put the period into the address; a stretch chosen before is forgotten."""
    clear(review)
    if 0 <= position < len(review.points):
        st.query_params["point"] = chart_view.stamp(review, position)


def clear(review: KpiReview) -> None:
    """Choose nothing."""
    st.query_params.pop("point", None)
    forget_stretch(review)


def forget_stretch(review: KpiReview) -> None:
    """Choose no stretch; the point of the address stays."""
    st.session_state.pop(_key(review), None)


def choose_stretch(review: KpiReview, picked: list[Mapping[str, Any]]) -> None:
    """A drag across points chooses the periods from the first to the last of them; an empty one chooses none."""
    found = [place for place in (position_in(point) for point in picked) if place is not None]
    forget_stretch(review)
    if found:
        ends = chart_view.stamp(review, min(found)), chart_view.stamp(review, max(found))
        st.session_state[_key(review)] = ends
        st.query_params.pop("point", None)


def position_in(point: Mapping[str, Any]) -> int | None:
    """The position that a point carries; Streamlit hands lists over as they are or by number. Lines carry none."""
    carried = point.get("customdata")
    if isinstance(carried, Mapping):
        carried = carried.get("0")
    if isinstance(carried, list | tuple):
        carried = carried[0] if carried else None
    return None if carried is None else int(carried)


def _key(review: KpiReview) -> str:
    return f"stretch_{rows.row_key(review)}"
