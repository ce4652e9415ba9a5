"""The controls of the Detection page. The address is the truth: a control shows what it says and only writes to it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from opsmetrics.desk import Desk
from opsmetrics.desk.detection import KINDS, NUMBERS, RULE_SETS, Scale
from opsmetrics.desk.detection_sentences import ToldDetection
from opsmetrics.desk.detection_words import say
from opsmetrics.ui import addressed, filters, pickers
from opsmetrics.ui.clock import at_site
from opsmetrics.ui.detection_view import OF_KIND, DetectionView

#: These belong to one KPI.
_OF_ONE_KPI = ("slice", "grain", "n", "rules")

#: How far a click on a number's steps goes.
_STEPS = {"n": 1, "weight": 0.05, "width": 0.1, "k": 0.05, "h": 0.5}


def controls(at: Desk, view: DetectionView, told: ToldDetection) -> None:
    """Which KPI if any, which chart with which numbers, and the shift."""
    _series(at, view)
    chosen = view.detector
    with st.container(horizontal=True, vertical_alignment="bottom", key="numbers"):
        kinds = {str(kind): say(kind) for kind in KINDS}
        addressed.segments(say("control_chart"), kinds, chosen.kind, key="choose_chart", write=_kind)
        if chosen.kind == "shewhart":
            sets = {name: say(f"rules_{name}") for name in RULE_SETS}
            write = partial(_write, "rules")
            addressed.select(
                say("control_rules"), sets, chosen.rules, key="choose_rules", write=write, width=180, shown=True
            )
        for name in OF_KIND[chosen.kind]:
            _number(name, getattr(chosen, name))
        if view.series is None:
            _number("n", chosen.n)
        _shift(view.shift, told.scale, told.unit)


def _series(at: Desk, view: DetectionView) -> None:
    if not at.catalog.kpis:
        return
    with st.container(horizontal=True, vertical_alignment="center", key="controls"):
        if view.series is None:
            kpis = {"": say("control_none")} | {kpi.key: kpi.name for kpi in at.catalog.kpis}
            addressed.select(say("control_kpi"), kpis, "", key="choose_kpi", write=_kpi, width=260)
            return
        kpi = at.catalog[view.series.kpi]
        grain = view.series.grain or kpi.operate
        pickers.series(at, kpi, view.series.slice, grain, of_kpi=_OF_ONE_KPI, of_grain=())
        filters.as_of_control(at_site(kpi.calendar).date())
        st.button(say("control_none"), key="no_kpi", type="tertiary", on_click=_kpi, args=("",))


def _kpi(chosen: str) -> None:
    for name in ("kpi", "as_of", *_OF_ONE_KPI):
        st.query_params.pop(name, None)
    if chosen:
        st.query_params["kpi"] = chosen


def _kind(chosen: str) -> None:
    """Another chart begins with its usual numbers."""
    for name in ("rules", "weight", "width", "k", "h"):
        st.query_params.pop(name, None)
    _write("chart", chosen)


def _write(name: str, chosen: str) -> None:
    st.query_params[name] = chosen


def _number(name: str, current: float) -> None:
    least, most, _ = NUMBERS[name]
    key, whole = f"number_{name}", name == "n"
    st.session_state[key] = int(current) if whole else float(current)
    st.number_input(
        say(f"control_{name}"),
        min_value=int(least) if whole else float(least),
        max_value=int(most) if whole else float(most),
        step=int(_STEPS[name]) if whole else float(_STEPS[name]),
        format="%d" if whole else "%g",
        key=key,
        width=150,
        on_change=partial(_typed, name, key, 1.0),
    )


def _shift(current: float, scale: Scale | None, named: str) -> None:
    """In σ, or in the unit of the KPI; the address holds σ."""
    one = 1.0 if scale is None else scale.one
    unit = say("control_shift_unit", unit=named) if named else say("control_shift")
    st.session_state["number_shift"] = float(f"{current * one:.3g}")
    st.number_input(
        unit,
        min_value=0.0,
        max_value=float(NUMBERS["shift"][1] * one),
        step=float(f"{0.25 * one:.2g}"),
        format="%g",
        key="number_shift",
        width=150,
        on_change=partial(_typed, "shift", "number_shift", one),
    )


def _typed(name: str, key: str, one: float) -> None:
    value = float(st.session_state[key]) / one
    if value == NUMBERS[name][2]:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = f"{value:.6g}"
