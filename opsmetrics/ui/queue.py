"""Staff for a wait: a section of the Trend page for KPIs whose readings are times."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from opsmetrics.catalog import Catalog, Kpi
from opsmetrics.desk import Desk
from opsmetrics.desk import queue_sentences as sentences
from opsmetrics.desk.queue import Asks, Queue, minutes_of, queue_of
from opsmetrics.desk.queue_words import say
from opsmetrics.ui import addressed, blocks, forecast_blocks, page, reviews
from opsmetrics.ui.forecast_blocks import panel, panels
from opsmetrics.ui.links import ChartView
from opsmetrics.ui.reviews import Versions

#: Parameters of the address.
SERVICE, STAFF, TARGET, LEAVE = "service", "staff", "wait", "leave"
OF_ONE_KPI = (SERVICE, STAFF, TARGET, LEAVE)

_NOBODY = "none"
_MOST_STAFF, _MOST_WAIT = 500, 1440


def fits(kpi: Kpi) -> bool:
    """True where single readings of the KPI are times."""
    return kpi.kind == "measured" and minutes_of(kpi) is not None


def section(at: Desk, kpi: Kpi, view: ChartView) -> None:
    """The questions, and the answer or the condition that fails; nothing for a KPI whose readings are no times."""
    if not fits(kpi):
        return
    services = {other.key: other.name for other in at.catalog.kpis if other.key != kpi.key and fits(other)}
    page.show(blocks.title(say("title")), key="queue_title")
    if not services:
        page.show(blocks.caption(say("no_service")), key="queue_none")
        return
    asks = _asked(at.catalog, kpi, view)
    _controls(at.catalog, kpi, services, asks)
    if asks is None:
        page.show(blocks.caption(say("choose_first")), key="queue_none")
        return
    found = _read(at, reviews.versions(at, view.as_of), asks, view)
    page.show(blocks.title(sentences.headline(found)), blocks.caption(sentences.lead(found)), key="queue_answer")
    shown = [panel(say("conditions"), sentences.condition_rows(found), head=sentences.condition_head())]
    if len(found.hours):
        shown.append(panel(say("hours"), sentences.hour_rows(found), head=sentences.hour_head(found)))
    forecast_blocks.show(panels(*shown, wide=True), key="queue_panels")


def _asked(catalog: Catalog, kpi: Kpi, view: ChartView) -> Asks | None:
    """What the address asks; None without a KPI of service times."""
    asked = st.query_params.to_dict()
    service = asked.get(SERVICE, "")
    if service not in catalog or service == kpi.key or not fits(catalog[service]):
        return None
    leave = asked.get(LEAVE, "")
    abandoned = catalog[leave] if leave in catalog and catalog[leave].kind == "proportion" else None
    own = kpi.targets[-1].value if kpi.targets else None
    usual = own * (minutes_of(kpi) or 1.0) if own is not None and own > 0 else 5.0
    target = _within(asked.get(TARGET, ""), usual, _MOST_WAIT)
    staff = max(int(_within(asked.get(STAFF, ""), 1, _MOST_STAFF)), 1)
    return Asks(kpi, catalog[service], staff, target, None, abandoned, leave == _NOBODY, view.slice)


def _within(text: str, usual: float, most: float) -> float:
    try:
        found = float(text)
    except ValueError:
        return usual
    return found if 0 < found <= most else usual


def _controls(catalog: Catalog, kpi: Kpi, services: dict[str, str], asks: Asks | None) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="queue_controls"):
        options = services if asks is not None else {"": say("not_chosen"), **services}
        current = "" if asks is None else asks.service.key
        addressed.select(
            say("choose_service"), options, current, key="queue_service", write=_writer(SERVICE), width=240, shown=True
        )
        if asks is None:
            return
        st.session_state[f"queue_{STAFF}"] = asks.staff
        st.number_input(say("choose_staff"), min_value=1, max_value=_MOST_STAFF, key=f"queue_{STAFF}", width=170,
                        on_change=_number_writer(STAFF))  # fmt: skip
        st.session_state[f"queue_{TARGET}"] = float(asks.target)
        st.number_input(say("choose_target"), min_value=0.1, max_value=float(_MOST_WAIT), key=f"queue_{TARGET}",
                        format="%.1f", width=170, on_change=_number_writer(TARGET))  # fmt: skip
        shares = {other.key: other.name for other in catalog.kpis if other.kind == "proportion"}
        known = {_NOBODY: say("nobody"), **shares}
        leave = _NOBODY if asks.nobody_leaves else ""
        if asks.abandoned is not None:
            leave = asks.abandoned.key
        elif not asks.nobody_leaves:
            known = {"": say("not_chosen"), **known}
        addressed.select(
            say("choose_abandoned"), known, leave, key="queue_leave", write=_writer(LEAVE), width=240, shown=True
        )


def _writer(name: str) -> Callable[[str], None]:
    def write(chosen: str) -> None:
        if chosen:
            st.query_params[name] = chosen

    return write


def _number_writer(name: str) -> Callable[[], None]:
    def write() -> None:
        st.query_params[name] = f"{st.session_state[f'queue_{name}']:g}"

    return write


@st.cache_resource(max_entries=64, show_spinner=False)
def _read(_at: Desk, key: Versions, asks: Asks, _view: ChartView) -> Queue:
    return queue_of(_at, asks, as_of=_view.as_of, viewer=reviews.viewer())
