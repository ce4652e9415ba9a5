"""What a reader chose on the chart, a period or a stretch of them: it stands in the address, so a link shows it too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import streamlit as st

from opsmetrics.review import KpiReview
from opsmetrics.ui import chart_view
from opsmetrics.ui.links import ChartView

#: The parameters of what is chosen.
CHOICE = ("point", "until")


def chosen(review: KpiReview, view: ChartView) -> tuple[int, int] | None:
    """First and last position of what the address chooses, a period or a stretch; None where it is not all there."""
    first = chart_view.position_of(review, view.point)
    last = chart_view.position_of(review, view.until) if view.until else first
    return None if first is None or last is None else (min(first, last), max(first, last))


def choose(review: KpiReview, first: int, last: int | None = None) -> None:
    """Put a period, or the stretch from `first` to `last`, into the address in place of what was chosen before."""
    clear()
    stamps = [chart_view.stamp(review, place) for place in (first, first if last is None else last)]
    st.query_params["point"] = stamps[0]
    if stamps[1] != stamps[0]:
        st.query_params["until"] = stamps[1]


def clear() -> None:
    """Choose nothing."""
    for name in CHOICE:
        st.query_params.pop(name, None)


def forget_stretch() -> None:
    """Choose no stretch; a single period stays chosen."""
    if "until" in st.query_params:
        clear()


def choose_stretch(review: KpiReview, picked: list[Mapping[str, Any]]) -> None:
    """A drag across points chooses the periods from the first to the last of them; an empty one leaves a single period
    chosen, as every click on a point ends in one."""
    found = [place for place in (position_in(point) for point in picked) if place is not None]
    if found:
        choose(review, min(found), max(found))
    else:
        forget_stretch()


def position_in(point: Mapping[str, Any]) -> int | None:
    """The position that a point carries; Streamlit hands lists over as they are or by number. Lines carry none."""
    carried = point.get("customdata")
    if isinstance(carried, Mapping):
        carried = carried.get("0")
    if isinstance(carried, list | tuple):
        carried = carried[0] if carried else None
    return None if carried is None else int(carried)
