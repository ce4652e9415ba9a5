"""The Together page: several KPIs watched by one distance, and which of them made a period unusual."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from opsmetrics.catalog import GRAINS, Catalog, Grain, Kpi
from opsmetrics.desk import Desk
from opsmetrics.desk.together import FEWEST, MOST, Together, together
from opsmetrics.desk.together_words import say
from opsmetrics.figures import CONFIG
from opsmetrics.figures.together import together_chart
from opsmetrics.ui import addressed, blocks, filters, forecast_blocks, links, look, misread, page, reviews, tables
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.clock import at_site
from opsmetrics.ui.links import ChartView
from opsmetrics.verdict import wording


def render(at: Desk) -> None:
    """Draw the page that the address asks for."""
    if not at.catalog.kpis:
        page.first_steps(at.catalog, "", key="empty", head=blocks.heading(say("choose"), eyebrow="Together"))
        return
    forecast_blocks.apply_style()
    chosen, wrong = asked_kpis(at.catalog)
    grains = common_grains(chosen)
    grain = next((known for known in grains if known == st.query_params.get("grain")), grains[0] if grains else None)
    found = _found(at, chosen, grain) if len(chosen) >= FEWEST and grain is not None else None
    page.show(
        _head(found, grain, chosen),
        *([_strip(found)] if found is not None and found.chart is not None else []),
        key="head",
    )
    misread.tell(at, [*(say("wrong_kpi", found=key) for key in wrong), *_wrong_grain(grains)])
    _controls(at, chosen, grains, grain)
    if found is not None and found.chart is not None and grain is not None:
        _result(found, grain)


def asked_kpis(catalog: Catalog) -> tuple[list[Kpi], list[str]]:
    """The KPIs of the address, at most MOST, and what names none."""
    keys = [key for key in dict.fromkeys(str(st.query_params.get("kpis", "")).split(",")) if key]
    known = [catalog[key] for key in keys if key in catalog][:MOST]
    return known, [key for key in keys if key not in catalog]


def common_grains(kpis: list[Kpi]) -> list[Grain]:
    """The grains that all of them have, finest first."""
    shared = [set(links.grains_of(kpi)) for kpi in kpis]
    return [grain for grain in GRAINS if shared and all(grain in grains for grains in shared)]


def _found(at: Desk, kpis: list[Kpi], grain: Grain) -> Together:
    as_of = filters.asked_as_of()
    views = [
        ChartView(kpi.key, () if not kpi.watch or () in kpi.watch else kpi.watch[0], grain, as_of=as_of) for kpi in kpis
    ]
    return together([reviews.review(at, view) for view in views])


def _wrong_grain(grains: list[Grain]) -> list[str]:
    asked = str(st.query_params.get("grain", ""))
    return [say("wrong_grain", found=asked)] if asked and grains and asked not in grains else []


def _head(found: Together | None, grain: Grain | None, chosen: list[Kpi]) -> Block:
    if len(chosen) >= FEWEST and grain is None:
        lead = say("no_grain", kpis=wording.listed([kpi.name for kpi in chosen]))
        return blocks.heading(say("none"), eyebrow="Together", lead=lead)
    if found is None or grain is None:
        return blocks.heading(say("choose"), eyebrow="Together", lead=say("choose_lead"))
    names = wording.listed([review.name for review in found.reviews])
    eyebrow = f"Together · {names}"
    if found.chart is None:
        return blocks.heading(say("none"), eyebrow=eyebrow, lead=found.reason)
    periods, signals = wording.periods(found.compared, grain), found.chart.signals
    if not signals:
        return blocks.heading(say("calm", kpis=names, periods=periods), eyebrow=eyebrow, lead=_chance(found))
    said = [say("latest", label=found.values["label"].iloc[signals[-1]]), _why(found, signals[-1]), _chance(found)]
    return blocks.heading(say("unusual", n=len(signals), periods=periods), eyebrow=eyebrow, lead=" ".join(said))


def _chance(found: Together) -> str:
    assert found.chart is not None
    expected = float(found.chart.methods["alpha"]) * found.compared
    return say("as_chance", n=wording.number(expected, 1))


def _why(found: Together, position: int) -> str:
    """Who is out of its own range, else who does not fit the others."""
    parts = found.parts(position)
    own = parts.loc[parts["unconditional"] > parts["unconditional_limit"], "name"].tolist()
    if own:
        return say("out_of_range", names=wording.listed(own))
    unfit = parts.loc[parts["conditional"] > parts["conditional_limit"], "name"].tolist()
    return say("not_fitting", names=wording.listed(unfit)) if unfit else say("of_all")


def _strip(found: Together) -> Block:
    assert found.chart is not None
    limit = float(found.chart.points["upper"].dropna().iloc[-1])
    grain = found.reviews[0].series.grain
    items: list[Block] = [
        {"label": say("label_periods"), "text": wording.periods(found.compared, grain), "more": ""},
        {"label": say("label_limit"), "text": say("of_t2", value=wording.number(limit, 1)), "more": ""},
    ]
    return blocks.strip(items)


def _controls(at: Desk, chosen: list[Kpi], grains: list[Grain], grain: Grain | None) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key="controls"):
        st.session_state["choose_kpis"] = [kpi.key for kpi in chosen]
        st.multiselect(
            say("control_kpis"),
            [kpi.key for kpi in at.catalog.kpis],
            format_func=lambda key: at.catalog[key].name,
            key="choose_kpis",
            on_change=_choose,
            label_visibility="collapsed",
            placeholder=say("choose"),
            max_selections=MOST,
            width=520,
        )
        if len(grains) > 1 and grain is not None:
            options = {str(known): known.capitalize() for known in grains}
            addressed.segments(say("control_grain"), options, grain, key="choose_grain", write=_write_grain)
        filters.as_of_control(at_site((chosen or at.catalog.kpis)[0].calendar).date())
    filters.keep(replace(at.catalog, dimensions=()))


def _choose() -> None:
    keys = ",".join(st.session_state["choose_kpis"])
    for name in ("kpis", "point", "grain"):
        st.query_params.pop(name, None)
    if keys:
        st.query_params["kpis"] = keys


def _write_grain(chosen: str) -> None:
    st.query_params.pop("point", None)
    st.query_params["grain"] = chosen


def _result(found: Together, grain: Grain) -> None:
    assert found.chart is not None
    labels = found.values["label"].astype(str).tolist()
    known = [int(place) for place in found.chart.points.index[found.chart.points["value"].notna()]]
    periods = {links.period_text(found.values.index[place]): place for place in known}
    point = periods.get(links.read_period(st.query_params.get("point")), found.default)
    assert point is not None
    limit = wording.number(float(found.chart.points["upper"].dropna().iloc[-1]), 1)
    page.show(blocks.title(say("figure"), note=say("figure_note", value=limit)), key="together_title")
    figure = together_chart(found.chart, labels, chosen=point, theme=look.theme())
    names = wording.listed([review.name for review in found.reviews])
    said = say("alternative", kpis=names, lead=str(_head(found, grain, [])["title"]))
    st.plotly_chart(figure, theme=None, width="stretch", key="together_chart", config=CONFIG, alt=said)
    page.show(blocks.caption(say("caption")), key="together_caption")
    offered = {
        text: labels[place] for text, place in reversed(periods.items()) if place in {*found.chart.signals, point}
    }
    current = next(text for text, place in periods.items() if place == point)
    addressed.select(say("control_point"), offered, current, key="choose_point", write=_write_point, width=220)
    forecast_blocks.show(forecast_blocks.panels(_panel(found, point, labels[point])), key="panels")
    table = found.values.rename(columns={"label": say("period")} | {r.kpi.key: r.kpi.name for r in found.reviews})
    table = table[[say("period"), *(review.kpi.name for review in found.reviews)]].reset_index(drop=True)
    table = table.assign(**{say("t2"): found.chart.points["value"], say("upper"): found.chart.points["upper"]})
    tables.behind(say("table"), table, file="together.csv", key="together_table")


def _write_point(chosen: str) -> None:
    st.query_params["point"] = chosen


def _panel(found: Together, position: int, label: str) -> Block:
    """Each KPI at one period, the one that adds most first."""
    assert found.chart is not None
    by_name = {review.kpi.name: review.kpi for review in found.reviews}
    rows = []
    for part in found.parts(position).to_dict("records"):
        kpi = by_name[str(part["name"])]
        stored = float(found.values[kpi.key].iloc[position]) / kpi.multiplier
        fits = part["conditional"] <= part["conditional_limit"]
        own = say("sigma", n=wording.number(float(part["z"]), 1))
        rows.append([kpi.name, wording.value(kpi, stored), own, say("given_fits" if fits else "given_not")])
    head = [say("col_kpi"), say("col_value"), say("col_own"), say("col_given")]
    title = say("panel" if position in found.chart.signals else "panel_plain", label=label)
    return forecast_blocks.panel(title, rows, head=head, strong=True)
