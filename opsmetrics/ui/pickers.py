"""The controls of one KPI's page. The address is the truth: a control shows what it says and only writes to it."""

from __future__ import annotations

from collections.abc import Mapping

import streamlit as st

from opsmetrics.catalog import Catalog, Grain, Kpi, Slice, slice_text
from opsmetrics.desk import Desk
from opsmetrics.review import KpiReview
from opsmetrics.stats import RULES
from opsmetrics.ui import carried, chart_choice, chart_rules, chart_view, decisions_list, filters, links, reviews
from opsmetrics.ui.clock import at_site
from opsmetrics.ui.links import SPANS, ChartView, grains_of
from opsmetrics.verdict import wording

#: A range, a point and a span belong to one series; the grain, the slice and the rules to one KPI.
_OF_ONE_SERIES = ("span", "from", "to", "point")
_OF_ONE_KPI = ("slice", "grain", "rules", *_OF_ONE_SERIES)

#: What the list of periods says of a range that the address asks for.
_RANGE = "range"
_OWN = "own"


def controls(at: Desk, review: KpiReview, view: ChartView) -> None:
    """KPI, grain, slice, how many periods, as of when, with which rules, and what can be decided."""
    kpi = review.kpi
    with st.container(horizontal=True, vertical_alignment="center", key="controls"):
        _select("KPI", "kpi", _kpis(at.catalog), kpi.key, width=260, clears=_OF_ONE_KPI)
        grains = {grain: grain.capitalize() for grain in grains_of(kpi)}
        if len(grains) > 1:
            _segments("Grain", "grain", grains, view.grain or kpi.operate, clears=_OF_ONE_SERIES)
        parts = slices(at, kpi, view.slice)
        if len(parts) > 1:
            here = links.slice_text(view.slice)
            _select("Slice", "slice", parts, here, width=190, clears=("from", "to", "point"), of=kpi.dimensions)
        _periods(review, view)
        filters.as_of_control(at_site(kpi.calendar).date())
        _rules(view)
        decisions_list.actions(review, chart_choice.chosen(review, view))


def slices(at: Desk, kpi: Kpi, here: Slice) -> dict[str, str]:
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
    _select("Periods", "span", options, current, width=150 if asked is None else 230, clears=("from", "to"))


def _rules(view: ChartView) -> None:
    """Looking with other rules: a named set, or rules of one's own choice."""
    own = bool(view.rules) and view.rules[0] not in chart_rules.SET_NAMES
    label = "Rules: own choice" if own else f"Rules: {chart_rules.title(view.rules)}" if view.rules else "Rules"
    with st.popover(label, type="tertiary", key="open_rules"):
        sets = {"": "Those of the verdict", **chart_rules.SET_NAMES}
        current = _OWN if own else "".join(view.rules)
        _select("Look with", "rules", sets | ({_OWN: "Own choice"} if own else {}), current, width=260, shown=True)
        st.session_state["own_rules"] = list(chart_rules.viewed(view.rules)) if view.rules else []
        st.multiselect(
            "Or with rules of your own choice",
            list(RULES),
            format_func=wording.rule,
            key="own_rules",
            on_change=_own_rules,
        )
        st.caption("A way of looking: the verdict stays as it is.")


def _own_rules() -> None:
    chosen = [str(rule) for rule in st.session_state["own_rules"]]
    if chosen:
        st.query_params["rules"] = ",".join(chosen)
    else:
        st.query_params.pop("rules", None)


def _kpis(catalog: Catalog) -> dict[str, str]:
    return {kpi.key: kpi.name for kpi in catalog.kpis}


def _spans(grain: Grain) -> dict[str, str]:
    many = {"sample": "samples"}.get(grain, f"{grain}s")
    counts = sorted({chart_view.ON_A_PHONE, SPANS[grain], 4 * SPANS[grain]})
    return {str(count): f"{count} {many}" for count in counts} | {"0": f"All {many}"}


def _span(grain: Grain, asked: int | None) -> str:
    return str(SPANS[grain] if asked is None else asked)


def _select(
    label: str,
    name: str,
    options: Mapping[str, str],
    current: str,
    *,
    width: int,
    clears: tuple[str, ...] = (),
    shown: bool = False,
    of: tuple[str, ...] = (),
) -> None:
    key = f"choose_{name}"
    given = options if current in options else {**options, current: current}
    st.session_state[key] = current
    st.selectbox(
        label,
        list(given),
        format_func=given.__getitem__,
        key=key,
        on_change=_to_address,
        args=(name, key, clears, of),
        label_visibility="visible" if shown else "collapsed",
        width=width,
    )


def _segments(label: str, name: str, options: Mapping[Grain, str], current: Grain, *, clears: tuple[str, ...]) -> None:
    key = f"choose_{name}"
    st.session_state[key] = current
    st.segmented_control(
        label,
        list(options),
        format_func=lambda grain: options[grain],
        key=key,
        required=True,
        on_change=_to_address,
        args=(name, key, clears),
        label_visibility="collapsed",
    )


def _to_address(name: str, key: str, clears: tuple[str, ...], of: tuple[str, ...] = ()) -> None:
    chosen = str(st.session_state[key])
    if name == "slice":
        carried.choose_slice(links.read_slice(chosen), of)
    if chosen in (_RANGE, _OWN):
        return  # it stands for what the address says already
    for other in clears:
        st.query_params.pop(other, None)
    if chosen:
        st.query_params[name] = chosen
    else:
        st.query_params.pop(name, None)
