"""The control chart on its page: the figure, what a reader chose on it, and the bar below it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from opsmetrics.catalog import DecisionKind
from opsmetrics.figures import CONFIG, Finished, tokens
from opsmetrics.review import KpiReview
from opsmetrics.ui import (
    blocks,
    chart_blocks,
    chart_choice,
    chart_files,
    chart_made,
    chart_rules,
    chart_view,
    decisions_form,
    decisions_words,
    kpi,
    links,
    look,
    page,
    rows,
)
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.chart_made import Figures
from opsmetrics.ui.links import ChartView
from opsmetrics.ui.upload_blocks import act
from opsmetrics.verdict import second_look, wording
from opsmetrics.verdict.second_look import Look, SecondLook

#: The container of the figures, by which the bar and the pictures find them.
FIGURES = "chart_figures"

#: What can be done with chosen periods, in the order of the bar.
_WITH_ONE: tuple[DecisionKind, ...] = ("annotate", "phase", "exclude")
_WITH_MANY: tuple[DecisionKind, ...] = ("exclude", "lock", "phase", "annotate")
_TEXTS: dict[DecisionKind, str] = {
    "exclude": "Exclude",
    "lock": "Lock limits here",
    "phase": "New phase from here",
    "annotate": "Note",
    "complete": "Mark complete",
}


def figures(review: KpiReview, view: ChartView) -> None:
    """The control chart, beneath it the charts that belong to it, and the bar."""
    drawn = chart_made.figures(review, view, look.theme(), draggable=not touched())
    picked = chart_choice.chosen(review, view)
    if view.rules:
        _view_only(review, view)
    with st.container(key=FIGURES):
        _main(_with_chosen(drawn, picked), review)
        if drawn.spread is not None:
            _spread(drawn.spread, review)
        if drawn.between is not None:
            _between(drawn.between, review)
        if view.look is not None:
            _look(view.look, drawn.look)
    _foot(review, view, picked)


def _main(figure: Finished, review: KpiReview) -> None:
    """A drag chooses a stretch of periods. On a phone it scrolls the page, and stretches are chosen in the form."""
    key = _chart_key(review)
    words = alternative(review)
    if touched():
        st.plotly_chart(figure, theme=None, width="stretch", key=key, config=CONFIG, alt=words)
        return
    st.plotly_chart(
        figure,
        theme=None,
        width="stretch",
        key=key,
        on_select=lambda: chart_choice.choose_stretch(review, st.session_state[key]["selection"]["points"]),
        selection_mode=("box", "lasso"),
        config=CONFIG,
        alt=words,
    )


def _with_chosen(drawn: Figures, picked: tuple[int, int] | None) -> Finished:
    """A ring around one chosen point, a veil over a stretch."""
    if picked is None:
        return drawn.main
    first, last = picked
    if first == last:
        return drawn.main.with_ring("points", drawn.there.index(first) if first in drawn.there else None)
    ends = {"x0": first - 0.5, "x1": last + 0.5, "y0": 0, "y1": 1, "yref": "paper"}
    colours = tokens(look.theme())
    edge = {"width": 1, "color": colours.ink}
    return drawn.main.with_shape({"type": "rect", **ends, "line": edge, "fillcolor": colours.limit, "opacity": 0.12})


def touched() -> bool:
    """True on a phone, where a drag must go on scrolling the page: its browser says "Mobi" (MDN, User-Agent)."""
    return "Mobi" in str(st.context.headers.get("User-Agent", ""))


def _chart_key(review: KpiReview) -> str:
    return f"chart_{rows.row_key(review)}"


def _view_only(review: KpiReview, view: ChartView) -> None:
    """Other rules are a way of looking; what decides stands beside them."""
    decides = chart_made.of(review).deciding
    back = links.target("chart", **{k: v for k, v in view.link()["params"].items() if k != "rules"})
    text = chart_rules.view_words(review, view.rules, decides)
    link = {"text": "Back to the rules of the verdict", "go": back}
    chart_blocks.show(chart_blocks.notice(None, text, lead="View only.", link=link), key="view_only")


def _spread(figure: Finished, review: KpiReview) -> None:
    assert review.chart is not None
    assert review.chart.spread is not None  # it was drawn
    name = wording.chart(review.chart.spread.kind)
    page.show(blocks.caption(f"{name[:1].upper()}{name[1:]}: the spread, drawn without signals"), key="spread_title")
    st.plotly_chart(figure, theme=None, width="stretch", key="spread_chart", config=CONFIG, alt="Chart of the spread")


def _between(figure: Finished, review: KpiReview) -> None:
    """Of a rare series: how far apart its events lie, one point for each."""
    assert review.between is not None  # it was drawn
    page.show(blocks.caption(review.between.why), key="between_title")
    words = f"{review.between.title}, in {review.between.unit}"
    st.plotly_chart(figure, theme=None, width="stretch", key="between_chart", config=CONFIG, alt=words)


def _look(kind: Look, drawn: tuple[SecondLook, Finished] | None) -> None:
    """The same points through another chart, as the reader asked."""
    if drawn is None:
        page.show(blocks.caption(f"{second_look.title(kind)}: {second_look.without_limits()}"), key="look_title")
        return
    look, figure = drawn
    page.show(blocks.caption(f"{look.title}: {look.says}"), key="look_title")
    st.plotly_chart(
        figure, theme=None, width="stretch", key="look_chart", config=CONFIG, alt=f"{look.title}. {look.says}"
    )


# The bar


def _foot(review: KpiReview, view: ChartView, picked: tuple[int, int] | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="chart_foot"):
        text = _chosen_text(review, picked)
        acts = _acts(review, picked)
        pressed = chart_blocks.show(
            chart_blocks.bar(text, acts, _elsewhere(review, view), chosen=picked is not None, chart=FIGURES), key="bar"
        )
        chart_files.offer(review, view, FIGURES)
    if pressed:
        _pressed(review, pressed)


def _chosen_text(review: KpiReview, picked: tuple[int, int] | None) -> str:
    if review.points.empty:
        return "A chart appears here with the first measurements."
    if picked is None:
        how = "Tap a point" if touched() else "Click a point, or drag across the chart,"
        return f"{how} to choose periods."
    first, last = picked
    count = last - first + 1
    name = chart_view.stretch_label(review, first, last)
    return name if count == 1 else f"{wording.periods(count, review.series.grain)} selected, {name}"


def _acts(review: KpiReview, picked: tuple[int, int] | None) -> Sequence[Block]:
    if picked is None:
        return ()
    first, last = picked
    many = last > first
    kinds = _WITH_MANY if many else _WITH_ONE
    if not many and review.points["state"].iloc[first] in ("partial", "uncovered"):
        kinds = (*kinds, "complete")
    name = chart_view.stretch_label(review, first, last)
    acts = [
        act(_TEXTS[kind], f"{decisions_words.ACTIONS[kind][0]}: {name}", kind=kind, first=first, last=last)
        for kind in kinds
    ]
    if many:
        acts.append(act("Look closer", f"Show only {name}", look=[first, last]))
    return [*acts, act("Clear", "Choose nothing", clear=True)]


def _elsewhere(review: KpiReview, view: ChartView) -> list[Block]:
    """Other pages about this KPI."""
    found: list[Block] = []
    if review.points.empty:
        found.append({"text": "Load a file", "go": links.target("upload")})
        found.append({"text": "Type a number", "go": links.target("enter")})
    else:
        shown, span = chart_view.drawn(review, view)
        last = len(shown.points) - 1
        go = chart_view.events_link(review, view, max(last + 1 - span, 0) if span else 0, last)
        found += [{"text": "Pareto of these events", "go": go}] if go else []
    part, as_of = links.slice_text(review.series.slice), view.as_of.isoformat() if view.as_of else ""
    here = {"kpi": review.kpi.key, "slice": part, "grain": review.series.grain, "as_of": as_of}
    found.append({"text": "Forecast", "go": links.target("forecast", **here)})
    measured = review.kpi.kind == "measured" and not review.points.empty
    return [*found, *([{"text": "Capability", "go": links.target("capability", **here)}] if measured else [])]


def _pressed(review: KpiReview, pressed: Mapping[str, Any]) -> None:
    """Do what a button of the bar, or a click on a point, stands for."""
    if "point" in pressed:
        chart_choice.choose(review, int(pressed["point"]))
    elif "clear" in pressed:
        chart_choice.clear()
    elif "look" in pressed:
        first, last = (int(place) for place in pressed["look"])
        st.query_params["from"], st.query_params["to"] = (chart_view.stamp(review, place) for place in (first, last))
        chart_choice.clear()
    else:
        decisions_form.ask(review, pressed["kind"], int(pressed["first"]), int(pressed["last"]))
    st.rerun()


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
