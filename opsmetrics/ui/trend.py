"""The Trend page: whether a KPI rises or falls, and which other KPIs go with it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import streamlit as st

from opsmetrics.catalog import Catalog, Kpi
from opsmetrics.desk import Desk
from opsmetrics.desk.forecast_trend import MOST, drivers_of, trend_of
from opsmetrics.desk.forecast_trend_sentences import ToldRegression
from opsmetrics.desk.forecast_trend_words import say
from opsmetrics.desk.kept import Kept
from opsmetrics.figures import CONFIG, Finished, Theme
from opsmetrics.figures.trend import trend_chart
from opsmetrics.review import KpiReview
from opsmetrics.ui import (
    addressed,
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
from opsmetrics.ui.tables import Table
from opsmetrics.verdict import wording

#: The parameter of the address that names other KPIs.
PARAMETER = "with"

_OF_ONE_KPI = ("slice", "grain", PARAMETER, *queue.OF_ONE_KPI)


@dataclass(frozen=True, eq=False)
class _Read:
    """The trend, what goes with the KPI, and what the page makes of both, made once."""

    trend: ToldRegression
    drivers: ToldRegression

    @cached_property
    def head(self) -> Block:
        """Whether it rises or falls, and what that rests on."""
        review = self.trend.found.review
        eyebrow = f"{say('eyebrow')} · {review.name} · by {wording.period_word(1, review.series.grain)}"
        return blocks.heading(self.trend.trend(), eyebrow=eyebrow, lead=self.trend.trend_lead())

    @cached_property
    def alternative(self) -> str:
        """What the figure shows, for those who cannot see it."""
        lead = f"{self.trend.trend()} {self.trend.trend_lead()}"
        return say("alternative", name=self.trend.found.review.name, lead=lead)

    @cached_property
    def panels(self) -> Block:
        """What goes with it, and what was used."""
        beside, used = self.drivers, self.trend.used_rows()
        text = f"{beside.drivers()} {beside.drivers_lead()}"
        head = beside.short_head() if beside.rows() else ()
        shown = [panel(say("drivers"), beside.short_rows(), head=head, text=text)]
        return panels(*shown, *([panel(say("used"), used, words=True)] if used else []), wide=True)

    @cached_property
    def table(self) -> Table:
        """The table behind the figure."""
        return tables.finished(self.trend.frame())


_READ: Kept[tuple[KpiReview, tuple[KpiReview, ...]], _Read] = Kept(64)
_FIGURES: Kept[tuple[_Read, Theme], Finished] = Kept(64)


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
    page.show(read.head, key="head")
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

    def made() -> _Read:
        return _Read(ToldRegression(trend_of(review)), ToldRegression(drivers_of(review, beside)))

    return _READ.of((review, tuple(beside)), made)


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
    addressed.write(PARAMETER, ",".join(st.session_state["choose_with"]))


def _drawn(read: _Read) -> None:
    """The figure with its table, and the two tables beneath."""
    fitted = read.trend.found.fit is not None
    if fitted:
        theme = look.theme()
        figure = _FIGURES.of((read, theme), lambda: _figure(read, theme))
        st.plotly_chart(figure, theme=None, width="stretch", key="trend_chart", config=CONFIG, alt=read.alternative)
        page.show(blocks.caption(say("caption")), key="trend_caption")
    forecast_blocks.show(read.panels, key="panels")
    if fitted:
        file = f"{read.trend.found.review.kpi.key}-trend.csv"
        tables.behind(say("table"), read.table, file=file, key="trend_table")


def _figure(read: _Read, theme: Theme) -> Finished:
    found, fit = read.trend.found, read.trend.found.fit
    assert fit is not None
    places = found.table["position"].to_numpy()
    return Finished(trend_chart(found.review, places, fit.fitted, fit.low, fit.high, theme=theme))
