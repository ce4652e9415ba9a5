"""The controls of the Capability page. The address is the truth: a control shows what it says and only writes to it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st

from opsmetrics.catalog import Grain
from opsmetrics.desk import Desk
from opsmetrics.desk.capability import ALL, Limits
from opsmetrics.desk.capability_sentences import ToldCapability
from opsmetrics.desk.capability_words import say
from opsmetrics.stats.capability import METHODS
from opsmetrics.ui import addressed, blocks, carried, filters, page, pickers
from opsmetrics.ui.capability_view import LIMITS, NONE, CapabilityView
from opsmetrics.ui.clock import at_site
from opsmetrics.ui.links import SPANS
from opsmetrics.ui.upload_blocks import plain
from opsmetrics.verdict import wording

#: These belong to one KPI, or to one grain.
_OF_ONE_KPI = ("slice", "grain", "span", *LIMITS.values(), "method")
_OF_ONE_GRAIN = ("span",)


def asked() -> dict[str, str]:
    """The address, with the date that another page brought along."""
    params = st.query_params.to_dict()
    as_of = filters.asked_as_of()
    return params | ({"as_of": as_of.isoformat()} if as_of else {})


def in_order(limits: Limits, defined: Limits) -> tuple[Limits, str]:
    """The limits, and a sentence where they are the wrong way round: then those of the definition stand."""
    if limits.lower is None or limits.upper is None or limits.lower < limits.upper:
        return limits, ""
    said = say("wrong_order", low=wording.number(limits.lower), high=wording.number(limits.upper))
    return replace(defined, target=limits.target), said


def controls(at: Desk, told: ToldCapability, view: CapabilityView, defined: Limits) -> None:
    """KPI, grain, slice, periods, as of when; for readings the distribution and the limits of this look."""
    kpi, series = told.study.review.kpi, view.series
    grain = series.grain or kpi.operate
    with st.container(horizontal=True, vertical_alignment="center", key="controls"):
        pickers.series(at, kpi, series.slice, grain, of_kpi=_OF_ONE_KPI, of_grain=_OF_ONE_GRAIN)
        current = "" if series.span is None else str(series.span)
        addressed.select(say("control_span"), _spans(grain, current), current, key="choose_span",
                         write=partial(_write, "span"), width=170)  # fmt: skip
        if told.study.basis == "readings":
            methods = {str(method): say(f"method_{method}") for method in METHODS}
            addressed.select(say("control_method"), methods, view.method, key="choose_method",
                             write=partial(_write, "method"), width=230)  # fmt: skip
        filters.as_of_control(at_site(kpi.calendar).date())
    if told.study.basis == "readings":
        _limits(told, view, defined)
    filters.keep(replace(at.catalog, dimensions=()))  # a slice of this page stands in its own parameter
    carried.keep_series(series)


def _spans(grain: Grain, current: str) -> dict[str, str]:
    counts = sorted({30, SPANS[grain], 4 * SPANS[grain], *([int(current)] if current not in ("", str(ALL)) else [])})
    many = wording.period_word(2, grain)
    last = {str(count): say("span_last", n=wording.periods(count, grain)) for count in counts}
    return {"": say("span_phase"), **last, str(ALL): say("span_all", many=many)}


def _limits(told: ToldCapability, view: CapabilityView, defined: Limits) -> None:
    """Three numbers: what is typed differs from the definition for this look only."""
    now = view.limits(defined)
    with st.container(horizontal=True, vertical_alignment="bottom", key="limits"):
        for side, parameter in LIMITS.items():
            key = f"limit_{side}"
            st.session_state[key] = getattr(now, side)
            st.number_input(
                f"{say(f'control_{side}')}{f', {plain(told.unit)}' if told.unit else ''}",
                key=key,
                value=None,
                step=None,
                format="%g",
                width=150,
                on_change=partial(_typed, key, parameter, getattr(defined, side)),
            )
    if view.typed:
        page.show(blocks.caption(told.defined(defined)), key="typed_limits")


def _typed(key: str, parameter: str, defined: float | None) -> None:
    value = st.session_state[key]
    if value == defined:
        st.query_params.pop(parameter, None)
    else:
        st.query_params[parameter] = NONE if value is None else f"{value:.12g}"


def _write(name: str, chosen: str) -> None:
    addressed.write(name, "" if chosen == METHODS[0] else chosen)
