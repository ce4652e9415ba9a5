"""What if, on the Forecast page: a form that adds an item to the scenario of the address, and both courses beside."""

from __future__ import annotations

import datetime as dt

import streamlit as st

from opsmetrics.catalog import Kpi, NotUnderstood
from opsmetrics.desk import Desk
from opsmetrics.desk import forecast_scenario_sentences as scenarios
from opsmetrics.desk.forecast_events import offered
from opsmetrics.desk.forecast_scenario import MOST, Item, Known, Scenario, read_amount, read_scenario, scenario_text
from opsmetrics.desk.forecast_sentences import Told
from opsmetrics.desk.forecast_whatif import plan
from opsmetrics.desk.forecast_words import say
from opsmetrics.figures.forecast_two import Scenario as Drawn
from opsmetrics.review import KpiReview
from opsmetrics.ui import addressed, blocks, forecast_blocks, page, reviews
from opsmetrics.ui.clock import at_site
from opsmetrics.ui.forecast_view import ForecastView
from opsmetrics.ui.upload_blocks import plain

#: The parameter of the address.
PARAMETER = "what_if"

_ERROR, _ROUND = "what_if_error", "what_if_round"

_KINDS: dict[Known, str] = {
    "event": "An event",
    "level": "A level shift",
    "capacity": "A capacity",
    "closed": "Closed days",
}


def read(view: ForecastView, kpi: Kpi) -> tuple[Scenario, str]:
    """The scenario of the address, and what is wrong with it ("" where nothing is)."""
    try:
        return read_scenario(view.what_if, kpi), ""
    except NotUnderstood as error:
        return (), refused(view, error)


def refused(view: ForecastView, error: NotUnderstood) -> str:
    """Why the scenario of the address is none, as a clause."""
    return f"no scenario “{view.what_if[:80]}” ({str(error).rstrip('.')})"


def control(at: Desk, review: KpiReview, scenario: Scenario) -> None:
    """The button that opens the form."""
    opened = st.popover(say("what_if"), width="content", key="what_if_open", on_change="rerun")
    if opened.open:  # most readers never open it, and its controls would be made anew in each run
        with opened:
            _form(at, review, scenario)


def compared(told: Told, scenario: Scenario) -> None:
    """Both courses beside each other, each item with what it does and a way to take it out."""
    if told.under is None:
        return
    rows = scenarios.compared_rows(told)
    table = forecast_blocks.panel(say("what_if"), rows, head=scenarios.compared_head(told), text=scenarios.lead(told))
    lines = forecast_blocks.panel("What it supposes", [[line, ""] for line in scenarios.item_lines(told)])
    forecast_blocks.show(forecast_blocks.panels(table, lines, wide=True), key="what_if_panels")
    with st.container(horizontal=True, key="what_if_out"):
        for place, item in enumerate(scenario):
            left = tuple(other for other in scenario if other != item)
            st.button(f"Leave out {_plain(item)}", key=f"what_if_out_{place}", type="tertiary", icon=":material/close:",
                      on_click=_write, args=(left,))  # fmt: skip


def drawn(told: Told) -> Drawn | None:
    """The scenario for the figure."""
    under = told.under
    if under is None or under.found.forecast is None:
        return None
    items = []
    for each in under.what_if.planned:
        where = under.what_if.parts(told.found, each).nonzero()[0]
        if len(where):
            items.append((each.item.name, int(where[0]), int(where[-1])))
    return Drawn(under.found.forecast, under.found.ahead, items)


# The form


def _form(at: Desk, review: KpiReview, scenario: Scenario) -> None:
    kpi, key = review.kpi, st.session_state.get(_ROUND, 0)
    page.show(blocks.caption(say("what_if_none")), key="what_if_hint")
    kind: Known = st.selectbox("What", list(_KINDS), format_func=lambda known: _KINDS[known], key=f"what_if_kind_{key}")
    name: str | None = kind
    if kind == "event":
        name = st.selectbox(
            "Which event", offered(review), index=None, accept_new_options=True, key=f"what_if_name_{key}",
            placeholder="Choose, or type a name",
        )  # fmt: skip
        if name:
            st.caption(plain(_learned(at, review, name)))
    first, last = _days(review, kind, key)
    amount = ""
    if kind != "closed":
        amount = st.text_input(_asks(kind, kpi), key=f"what_if_amount_{key}", placeholder=_hint(kind))
    if st.session_state.get(_ERROR):
        st.caption(f":orange[{plain(st.session_state[_ERROR])}]")
    full = len(scenario) >= MOST
    st.button("Add", type="primary", key=f"what_if_add_{key}", disabled=full, on_click=_add,
              args=(kpi, scenario, kind, name, first, last, amount))  # fmt: skip


def _learned(at: Desk, review: KpiReview, name: str) -> str:
    """What the event did before, in a sentence."""
    day = review.series.as_of.date()
    try:
        known = plan(at, review, (Item("event", name, day, day),), viewer=reviews.viewer()).planned[0].effect
    except NotUnderstood:
        known = None
    return scenarios.learned_text(review.kpi, known)


def _asks(kind: Known, kpi: Kpi) -> str:
    unit = "points" if kpi.unit == "%" else kpi.unit or "its unit"
    if kind == "event":
        return f"Effect, in % or {unit} (empty: learned from before)"
    return (
        f"By how much, in % or {unit}" if kind == "level" else f"At most, in {kpi.unit or 'its unit'}, or % of its most"
    )


def _hint(kind: Known) -> str:
    return {"event": "-10%", "level": "-10%", "capacity": "80%"}.get(kind, "")


def _days(review: KpiReview, kind: Known, key: int) -> tuple[dt.date | int, dt.date | int | None]:
    """First and last day; a shift and a capacity hold from the first on."""
    if review.series.grain == "sample":
        after = int(review.points["period"].iloc[-1]) + 1 if len(review.points) else 1
        with st.container(horizontal=True):
            first = int(st.number_input("From sample", min_value=1, value=after, key=f"what_if_first_{key}"))
            if kind in ("level", "capacity"):
                return first, None
            return first, int(st.number_input("To", min_value=first, value=first, key=f"what_if_last_{key}"))
    tomorrow = at_site(review.kpi.calendar).date() + dt.timedelta(days=1)
    with st.container(horizontal=True):
        begin = st.date_input("From", value=tomorrow, key=f"what_if_first_{key}")
        if kind in ("level", "capacity"):
            return begin, None
        end = st.date_input("To", value=begin, key=f"what_if_last_{key}")
    return begin, max(begin, end)


def _add(kpi: Kpi, scenario: Scenario, kind: Known, name: str | None, first: dt.date | int, last: dt.date | int | None,
         amount: str) -> None:  # fmt: skip
    """The scenario with one more item, or why not."""
    st.session_state[_ERROR] = ""
    try:
        if not (name or "").strip():
            raise NotUnderstood("the name of the event", "Choose one, or type it.")
        item = Item(kind, str(name).strip(), first, last, read_amount(amount) if amount.strip() else None)
        read_scenario(item.text, kpi)
    except NotUnderstood as error:
        st.session_state[_ERROR] = str(error)
        return
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    _write((*scenario, item))


def _write(scenario: Scenario) -> None:
    addressed.write(PARAMETER, scenario_text(scenario))


def _plain(item: Item) -> str:
    return plain(f"{item.name}, {scenarios.days_text(item)}")
