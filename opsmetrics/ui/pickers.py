"""The controls of one KPI's page. The address is the truth: a control shows what it says and only writes to it."""

from __future__ import annotations

from functools import partial

import streamlit as st

from opsmetrics.catalog import RULES, Grain, Kpi, Slice, slice_text
from opsmetrics.desk import Desk
from opsmetrics.review import KpiReview
from opsmetrics.ui import (
    addressed,
    carried,
    chart_choice,
    chart_made,
    chart_rules,
    chart_view,
    decisions_list,
    filters,
    links,
    reviews,
)
from opsmetrics.ui.clock import at_site
from opsmetrics.ui.links import SPANS, ChartView, grains_of
from opsmetrics.verdict import second_look, wording

#: A range, a choice and a span belong to one series; the grain, the slice and the rules to one KPI.
_OF_ONE_SLICE = ("from", "to", *chart_choice.CHOICE)
_OF_ONE_SERIES = ("span", *_OF_ONE_SLICE)
_OF_ONE_KPI = ("slice", "grain", "rules", "look", *_OF_ONE_SERIES)

#: What the list of periods says of a range that the address asks for.
_RANGE = "range"
_OWN = "own"


def controls(at: Desk, review: KpiReview, view: ChartView) -> None:
    """KPI, grain, slice, how many periods, as of when, with which rules, and what can be decided."""
    kpi = review.kpi
    with st.container(horizontal=True, vertical_alignment="center", key="controls"):
        series(at, kpi, view.slice, view.grain or kpi.operate, of_kpi=_OF_ONE_KPI, of_grain=_OF_ONE_SERIES,
               of_slice=_OF_ONE_SLICE)  # fmt: skip
        _periods(review, view)
        filters.as_of_control(at_site(kpi.calendar).date())
        _rules(review, view)
        decisions_list.actions(review, chart_choice.chosen(review, view))


def series(
    at: Desk,
    kpi: Kpi,
    part: Slice,
    grain: Grain,
    *,
    of_kpi: tuple[str, ...],
    of_grain: tuple[str, ...],
    of_slice: tuple[str, ...] = (),
) -> None:
    """Which KPI, by which grain, for which slice; each with the parameters that do not outlast another choice."""
    kpis = {known.key: known.name for known in at.catalog.kpis}
    write = partial(_write, "kpi", clears=of_kpi)
    addressed.select("KPI", kpis, kpi.key, key="choose_kpi", write=write, width=260)
    grains = {str(known): known.capitalize() for known in grains_of(kpi)}
    if len(grains) > 1:
        write = partial(_write, "grain", clears=of_grain)
        addressed.segments("Grain", grains, grain, key="choose_grain", write=write)
    parts = _slices(at, kpi, part)
    if len(parts) > 1:
        write = partial(_write, "slice", clears=of_slice, of=kpi.dimensions)
        addressed.select("Slice", parts, links.slice_text(part), key="choose_slice", write=write, width=190)


def _slices(at: Desk, kpi: Kpi, here: Slice) -> dict[str, str]:
    """The slices to choose from, by their parameter; of the whole KPI it says what it is not cut by."""
    names = [dimension.name for dimension in at.catalog.dimensions if dimension.key in kpi.dimensions]
    whole = f"{names[0]}: all" if len(names) == 1 else "All slices"
    return {links.slice_text(part): slice_text(part) or whole for part in (*reviews.slices(at, kpi), here)}


def _periods(review: KpiReview, view: ChartView) -> None:
    """How many of the last periods; a range of the address stands first until something else is chosen."""
    grain = review.series.grain
    options, current = _spans(grain), _span(grain, view.span)
    asked = chart_view.window(review, view)
    if asked is not None:
        options, current = {_RANGE: chart_view.stretch_label(review, *asked)} | options, _RANGE
    write, width = partial(_write, "span", clears=("from", "to")), 150 if asked is None else 230
    addressed.select("Periods", options, current, key="choose_span", write=write, width=width)


def _rules(review: KpiReview, view: ChartView) -> None:
    """Looking with other rules, a named set or rules of one's own choice, and through another chart."""
    own = bool(view.rules) and view.rules[0] not in chart_rules.SET_NAMES
    label = "Rules: own choice" if own else f"Rules: {chart_rules.title(view.rules)}" if view.rules else "Rules"
    label = f"{label} · {second_look.title(view.look)}" if view.look else label
    with st.popover(label, type="tertiary", key="open_rules"):
        sets = {"": "Those of the verdict", **chart_rules.SET_NAMES}
        current = _OWN if own else "".join(view.rules)
        sets |= {_OWN: "Own choice"} if own else {}
        write = partial(_write, "rules")
        addressed.select("Look with", sets, current, key="choose_rules", write=write, width=260, shown=True)
        st.session_state["own_rules"] = list(chart_rules.viewed(view.rules)) if view.rules else []
        st.multiselect(
            "Or with rules of your own choice",
            list(dict.fromkeys((*RULES, *chart_rules.viewed(view.rules)))),
            format_func=wording.rule,
            key="own_rules",
            on_change=_own_rules,
        )
        looks = chart_made.of(review).looks
        if looks or view.look:
            options = {"": "Nothing else"} | {
                str(look): second_look.title(look) for look in looks or (view.look,) if look
            }
            write = partial(_write, "look")
            addressed.select(
                "Look also through", options, view.look or "", key="choose_look", write=write, width=260, shown=True
            )
        st.caption("A way of looking: the verdict stays as it is.")


def _own_rules() -> None:
    chosen = [str(rule) for rule in st.session_state["own_rules"]]
    if chosen:
        st.query_params["rules"] = ",".join(chosen)
    else:
        st.query_params.pop("rules", None)


def _spans(grain: Grain) -> dict[str, str]:
    many = {"sample": "samples"}.get(grain, f"{grain}s")
    counts = sorted({chart_view.ON_A_PHONE, SPANS[grain], 4 * SPANS[grain]})
    return {str(count): f"{count} {many}" for count in counts} | {"0": f"All {many}"}


def _span(grain: Grain, asked: int | None) -> str:
    return str(SPANS[grain] if asked is None else asked)


def _write(name: str, chosen: str, *, clears: tuple[str, ...] = (), of: tuple[str, ...] = ()) -> None:
    """Put a choice into the address and take away what does not outlast it. of: the dimensions that a slice is of."""
    if chosen in (_RANGE, _OWN):
        return  # it stands for what the address says already
    if name == "slice":
        carried.choose_slice(links.read_slice(chosen), of)
    for other in clears:
        st.query_params.pop(other, None)
    addressed.write(name, chosen)
