"""The Forecast page: what is likely, whether that can be trusted, and what it rests on."""

from __future__ import annotations

import numpy as np
import streamlit as st

from opsmetrics.catalog import NotUnderstood, slice_text
from opsmetrics.desk import Desk
from opsmetrics.desk import forecast_tables as cells
from opsmetrics.desk.forecast_made import made
from opsmetrics.desk.forecast_scenario import Scenario
from opsmetrics.desk.forecast_sentences import NEAR, REMOTE, Told
from opsmetrics.desk.forecast_words import say
from opsmetrics.figures import CONFIG, Finished, Mark, assurance_mark
from opsmetrics.figures.forecast import forecast_chart
from opsmetrics.ui import (
    blocks,
    carried,
    filters,
    forecast_blocks,
    forecast_controls,
    forecast_parts,
    forecast_scenario,
    landing,
    look,
    misread,
    page,
    reviews,
    tables,
)
from opsmetrics.ui import forecast_kept as kept
from opsmetrics.ui.blocks import Block, worded
from opsmetrics.ui.forecast_blocks import AT_RISK, UNSURE, panel
from opsmetrics.ui.forecast_view import ForecastView
from opsmetrics.ui.links import SPANS
from opsmetrics.verdict import wording


def render(at: Desk) -> None:
    """Draw the page that the address asks for."""
    carried.bring_series("forecast", at.catalog)
    view = ForecastView.read(_asked(), at.catalog)
    if view is None:
        page.first_steps(at.catalog, "", key="empty", head=blocks.heading(say("no_kpi"), eyebrow="Forecast"))
        return
    forecast_blocks.apply_style()
    told, scenario, wrong = _told(at, view)
    above = kept.blocks(told, "head", lambda: [head(told), *([strip(told)] if told.found.forecast else [])])
    page.show(*above, key="head")
    far = view.misread(st.query_params.get("horizon", ""), at.catalog)
    misread.tell(at, [*far, *([wrong] if wrong else []), *forecast_parts.not_understood(told)])
    forecast_controls.controls(at, told.found.review, view, scenario if told.found.forecast else None)
    if told.found.forecast is None:
        page.first_steps(at.catalog, told.lead(), key="nothing")
        return
    _figure(told, view)
    forecast_scenario.compared(told, scenario)
    _landing(told)
    forecast_blocks.show(kept.blocks(told, "panels", lambda: [_panels(told)])[0], key="panels")
    forecast_parts.show(at, told, view)
    stem = told.found.review.kpi.key
    listed = kept.table(told, "points", lambda: tables.finished(cells.frame(told)))
    tables.behind(say("table"), listed, file=f"{stem}-forecast.csv", key="forecast_table")
    tested = kept.table(told, "backtest", lambda: tables.finished(cells.backtest_frame(told)))
    if len(tested.frame):
        tables.behind(say("backtest"), tested, file=f"{stem}-past-forecasts.csv", key="backtest_table")


def _asked() -> dict[str, str]:
    """The address, with the date that another page brought along."""
    asked = st.query_params.to_dict()
    as_of = filters.asked_as_of()
    return asked | ({"as_of": as_of.isoformat()} if as_of else {})


def _told(at: Desk, view: ForecastView) -> tuple[Told, Scenario, str]:
    """The forecast with the scenario of the address; where that is not understood, without it and with why."""
    scenario, wrong = forecast_scenario.read(view, at.catalog[view.series.kpi])
    try:
        return read(at, view, scenario), scenario, wrong
    except NotUnderstood as error:
        return read(at, view), (), forecast_scenario.refused(view, error)


def read(at: Desk, view: ForecastView, scenario: Scenario = ()) -> Told:
    """The forecast of a view, kept by what it is a function of. Raises NotUnderstood for an event never seen."""
    series, horizon, viewer = view.series, view.horizon, reviews.viewer()
    asked = (series.kpi, series.slice, series.grain, horizon, scenario)

    def make() -> Told:
        return made(at, series.kpi, series.slice, grain=series.grain, as_of=series.as_of, horizon=horizon,
                    scenario=scenario, viewer=viewer)  # fmt: skip

    return kept.told((reviews.versions(at, series.as_of), asked), make)


# Head


def head(told: Told) -> Block:
    """Name, headline, what the end holds, and the chance or the next value as hero."""
    review = told.found.review
    ahead = say_ahead(told)
    eyebrow = " · ".join(part for part in (review.kpi.name, slice_text(review.series.slice) or "all", ahead) if part)
    return blocks.heading(
        told.headline(), eyebrow=eyebrow, lead=told.lead() if told.found.forecast else "", hero=_hero(told)
    )


def say_ahead(told: Told) -> str:
    """How the forecast is counted: "by week, 13 weeks ahead"."""
    grain = told.found.review.series.grain
    return f"by {told.one}, {wording.periods(told.found.horizon, grain)} ahead"


def _hero(told: Told) -> Block | None:
    if told.found.forecast is None:
        return None
    if told.year.probability is not None:
        number = told.chance_text().removesuffix(f"{wording.NBSP}%")
        return {"value": number, "unit": wording.unit_text("%"), "caption": say("chance_caption", year=told.year.label)}
    row, unit = told.next(), wording.unit_text(told.found.review.kpi.unit)
    caption = say("likely_caption", when=told.when(row))
    return {"value": told.value(row["mean"], unit=False), "unit": unit, "caption": caption}


def strip(told: Told) -> Block:
    """Target with its chance, what past forecasts were worth, season, method."""
    items: list[Block] = [_target(told)]
    items.append({"label": say("trust"), "text": told.trust(), "more": told.origins()})
    items.append({"label": say("season"), "text": told.season(), "more": ""})
    items.append({"label": say("method"), "text": told.method(), "more": ""})
    return blocks.strip(items)


def _target(told: Told) -> Block:
    aim = told.target()
    label = f"{say('target')} {aim}".rstrip()
    if not aim:
        return {"label": label, "mark": worded(assurance_mark("no_target"), wording.assurance("no_target")), "more": ""}
    if told.year.probability is None:
        word, why = told.untold()
        return {"label": label, "mark": worded(UNSURE, word), "more": why}
    chance = told.year.probability
    mark: Mark = AT_RISK if chance < 0.2 else assurance_mark("meets") if chance >= NEAR else UNSURE
    word = say("at_risk") if chance < 0.2 else say("chance") + f" {told.chance_text()}"
    return {"label": label, "mark": worded(mark, word), "more": told.chance_text() if chance <= REMOTE else ""}


# Figure and tables


def _landing(told: Told) -> None:
    """Where month, quarter and year land."""
    shown = kept.blocks(told, "landing", lambda: _landed(told))
    page.show(*shown, key="landing")


def _landed(told: Told) -> list[Block]:
    shown = landing.block(told.found.review.kpi, told.landed)
    return [*([] if shown is None else [shown]), *landing.as_expected(told.found.review)]


def _figure(told: Told, view: ForecastView) -> None:
    found = told.found
    asked = view.series.span
    grain = found.review.series.grain
    span = SPANS[grain] if asked is None else asked or None
    theme = look.theme()

    def drawn() -> Finished:
        under = forecast_scenario.drawn(told)
        return Finished(
            forecast_chart(
                found.review, found.forecast, found.ahead, found.positions, theme=theme, span=span, under=under
            )
        )

    figure = kept.figure(told, theme, span, drawn)
    alternative, caption = kept.texts(told, "figure", lambda: (_alternative(told), _caption(told)))
    st.plotly_chart(figure, theme=None, width="stretch", key="forecast_chart", config=CONFIG, alt=alternative)
    page.show(blocks.caption(caption), key="forecast_caption")


def _alternative(told: Told) -> str:
    """What the figure shows, for those who cannot see it."""
    said = " ".join(part for part in (told.headline(), told.lead()) if part)
    return say("alternative", name=told.found.review.kpi.name, lead=said)


def _caption(told: Told) -> str:
    """What the dashes are, and where the ranges come from."""
    assert told.found.forecast is not None
    tested = told.found.forecast.backtest
    parts = [say("two_fans")] if told.under else []
    if told.found.since:
        parts.append(say("since", label=told.found.since))
    elif told.undecided:
        parts.append(say("proposed"))
    if told.constant:
        parts.append(say("ranges_none"))
    elif tested.empty:
        parts.append(say("ranges_guessed"))
    else:
        parts += [say("dash" if bool(np.any(tested["step"] == 1)) else "ranges_only", one=told.one), told.coverage()]
    return " ".join(parts)


def _panels(told: Told) -> Block:
    return forecast_blocks.panels(likely_panel(told), trust_panel(told), used_panel(told))


def likely_panel(told: Told) -> Block:
    """The next periods and the last one."""
    count = len(told.found.ahead)
    notes = [say("last_shown", n=wording.number(count)) if count > cells.SHOWN else "", cells.underway(told)]
    text = "; ".join(note for note in notes if note)
    return panel(cells.likely_title(told), cells.likely_rows(told), head=cells.likely_head(told), text=text)


def trust_panel(told: Told) -> Block:
    """The backtest against its rivals, and how often the ranges held."""
    rows = cells.trust_rows(told)
    text = "" if rows else say("trusted_constant" if told.constant else "trusted_none", many=told.many)
    head_of = cells.trust_head(told) if rows else []
    return panel(say("trusted"), rows, head=head_of, note=told.origins(), text=text, strong=True)


def used_panel(told: Told) -> Block:
    """The model card."""
    return panel(say("used"), cells.used_rows(told), words=True)
