"""The Trend page: whether a KPI rises or falls, and which other KPIs go with it."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from opsmetrics.catalog import Catalog, Kpi
from opsmetrics.desk import Desk
from opsmetrics.desk.forecast_trend import MOST, drivers_of, trend_of
from opsmetrics.desk.forecast_trend_sentences import ToldRegression
from opsmetrics.desk.forecast_trend_words import say
from opsmetrics.figures import CONFIG
from opsmetrics.figures.trend import trend_chart
from opsmetrics.ui import (
    blocks,
    carried,
    filters,
    forecast_blocks,
    links,
    look,
    misread,
    page,
    pickers,
    queue,
    reviews,
    tables,
)
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.clock import at_site
from opsmetrics.ui.forecast_blocks import panel, panels
from opsmetrics.ui.links import ChartView
from opsmetrics.verdict import wording

#: The parameter of the address that names other KPIs.
PARAMETER = "with"

_OF_ONE_KPI = ("slice", "grain", PARAMETER, *queue.OF_ONE_KPI)


@dataclass(frozen=True, eq=False)
class _Read:
    """The trend, and what goes with the KPI."""

    trend: ToldRegression
    drivers: ToldRegression


def render(at: Desk) -> None:
    """Draw the page that the address asks for."""
    carried.bring_series("trend", at.catalog)
    as_of = filters.asked_as_of()
    view = ChartView.read(st.query_params.to_dict() | ({"as_of": as_of.isoformat()} if as_of else {}), at.catalog)
    if view is None:
        page.first_steps(at.catalog, "", key="empty", head=blocks.heading(say("no_kpi"), eyebrow=say("eyebrow")))
        return
    forecast_blocks.apply_style()
    kpi = at.catalog[view.kpi]
    asked = str(st.query_params.get(PARAMETER, ""))
    chosen, wrong = _others(asked, at.catalog, kpi, view)
    read = _read(at, view, chosen)
    page.show(_head(read), key="head")
    one = wording.period_word(1, view.grain or kpi.operate)
    misread.tell(at, [say("wrong_kpi", found=key, one=one) for key in wrong])
    _controls(at, kpi, view, chosen)
    _drawn(read)
    queue.section(at, kpi, view)


def _others(asked: str, catalog: Catalog, kpi: Kpi, view: ChartView) -> tuple[list[str], list[str]]:
    """The KPIs of the address that can stand beside this one, and what names none."""
    keys = [key for key in dict.fromkeys(asked.split(",")) if key]
    known = [key for key in keys if key in fitting(catalog, kpi, view)]
    return known[:MOST], [key for key in keys if key not in known]


def fitting(catalog: Catalog, kpi: Kpi, view: ChartView) -> list[str]:
    """Other KPIs that have values at the grain of the view."""
    grain = view.grain or kpi.operate
    return [other.key for other in catalog.kpis if other.key != kpi.key and grain in links.grains_of(other)]


def _read(at: Desk, view: ChartView, chosen: list[str]) -> _Read:
    review = reviews.review(at, view)
    part = dict(view.slice)
    beside = []
    for key in chosen:
        kept = tuple(pair for pair in part.items() if pair[0] in at.catalog[key].dimensions)
        beside.append(reviews.review(at, ChartView(key, kept, review.series.grain, as_of=view.as_of)))
    return _Read(ToldRegression(trend_of(review)), ToldRegression(drivers_of(review, beside)))


def _head(read: _Read) -> Block:
    review = read.trend.found.review
    eyebrow = f"{say('eyebrow')} · {review.name} · by {wording.period_word(1, review.series.grain)}"
    return blocks.heading(read.trend.trend(), eyebrow=eyebrow, lead=read.trend.trend_lead())


def _controls(at: Desk, kpi: Kpi, view: ChartView, chosen: list[str]) -> None:
    grain = view.grain or kpi.operate
    with st.container(horizontal=True, vertical_alignment="center", key="controls"):
        pickers.series(at, kpi, view.slice, grain, of_kpi=_OF_ONE_KPI, of_grain=(PARAMETER,))
        st.session_state["choose_with"] = chosen
        st.multiselect(
            say("choose"),
            fitting(at.catalog, kpi, view),
            format_func=lambda key: at.catalog[key].name,
            key="choose_with",
            max_selections=MOST,
            placeholder=say("chosen_none"),
            label_visibility="collapsed",
            on_change=_write,
            width=360,
        )
        filters.as_of_control(at_site(kpi.calendar).date())
    carried.keep_series(view)


def _write() -> None:
    keys = ",".join(st.session_state["choose_with"])
    if keys:
        st.query_params[PARAMETER] = keys
    else:
        st.query_params.pop(PARAMETER, None)


def _drawn(read: _Read) -> None:
    """The figure with its table, and the two tables beneath."""
    told, found = read.trend, read.trend.found
    if found.fit is not None:
        figure = trend_chart(
            found.review, found.table["position"].to_numpy(), found.fit.fitted, found.fit.low, found.fit.high,
            theme=look.theme(),
        )  # fmt: skip
        lead = f"{told.trend()} {told.trend_lead()}"
        st.plotly_chart(figure, theme=None, width="stretch", key="trend_chart", config=CONFIG,
                        alt=say("alternative", name=found.review.name, lead=lead))  # fmt: skip
        page.show(blocks.caption(say("caption")), key="trend_caption")
    beside = read.drivers
    text = f"{beside.drivers()} {beside.drivers_lead()}"
    shown = [panel(say("drivers"), beside.short_rows(), head=beside.short_head() if beside.rows() else (), text=text)]
    if told.used_rows():
        shown.append(panel(say("used"), told.used_rows(), words=True))
    forecast_blocks.show(panels(*shown, wide=True), key="panels")
    if found.fit is not None:
        tables.behind(say("table"), told.frame(), file=f"{found.review.kpi.key}-trend.csv", key="trend_table")
