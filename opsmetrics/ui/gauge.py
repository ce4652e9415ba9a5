"""The Gauge page: a table of repeated measurements comes in, and what the measuring makes of the variation goes out.

Nothing is stored: the table lives in the session, the options in the address.
"""

from __future__ import annotations

import math
import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

import streamlit as st

from opsmetrics.desk.gauge import Gauge, GaugeOptions, GaugeRefused, gauge_of_file, gauge_of_text, study_of
from opsmetrics.desk.gauge_sample import sample_readings
from opsmetrics.desk.gauge_sentences import ToldGauge, name_of, percent
from opsmetrics.desk.gauge_words import say
from opsmetrics.figures import CONFIG, assurance_mark
from opsmetrics.figures.gauge import components_chart, readings_chart
from opsmetrics.ingest import IngestRefused, NeedsAnswer
from opsmetrics.ui import addressed, blocks, filters, forecast_blocks, look, page, tables
from opsmetrics.ui.blocks import Block, worded
from opsmetrics.ui.forecast_blocks import panel, panels
from opsmetrics.ui.upload_questions import ask
from opsmetrics.verdict import wording
from opsmetrics.verdict.model import Assurance

_ANSWERS, _COLUMNS, _OF = "gauge_answers", "gauge_columns", "gauge_of"
_MARKS: Mapping[str, Assurance] = {"good": "meets", "marginal": "hit_or_miss", "unfit": "fails"}
#: The components that are the measuring's own, as the figure shows them.
_DRAWN = (("grr", True), ("repeatability", True), ("reproducibility", True), ("part", False))
#: More than a table typed by people ever holds.
_MOST_MEGABYTES = 20


def render() -> None:
    """Draw the page."""
    filters.arrive("gauge", {}, blocked_by=())
    forecast_blocks.apply_style()
    top = st.container()
    options = _controls()
    sample = st.query_params.get("sample") == "1"
    brought = None if sample else _brought()
    gauge: Gauge | None = None
    refused = ""
    try:
        if sample:
            gauge = study_of(sample_readings(), {}, options)
        elif brought is not None:
            gauge = brought(options)
    except (GaugeRefused, IngestRefused, NeedsAnswer) as problem:
        refused = _asked(problem)
    with top:
        _head(gauge, refused, sample)
    if gauge is not None:
        _result(ToldGauge(gauge))


# What comes in


def _controls() -> GaugeOptions:
    """The design and the tolerance, as the address says them."""
    design = "nested" if st.query_params.get("design") == "nested" else "crossed"
    tolerance = _number(st.query_params.get("tolerance", ""))
    with st.container(horizontal=True, vertical_alignment="bottom", key="controls"):
        designs = {name: say(f"design_{name}") for name in ("crossed", "nested")}
        write = partial(_write, "design", usual="crossed")
        addressed.select(say("design"), designs, design, key="choose_design", write=write, width=290, shown=True)
        with st.container(key="limits", width=190):
            st.session_state["gauge_tolerance"] = tolerance
            st.number_input(
                say("tolerance"),
                key="gauge_tolerance",
                value=None,
                min_value=0.0,
                step=None,
                format="%g",
                on_change=_write_tolerance,
            )
    return GaugeOptions(design="nested" if design == "nested" else "crossed", tolerance=tolerance)


def _number(text: str) -> float | None:
    try:
        found = float(text)
    except ValueError:
        return None
    return found if math.isfinite(found) and found > 0 else None


def _write_tolerance() -> None:
    given = st.session_state["gauge_tolerance"]
    _write("tolerance", f"{given:.12g}" if given else "")


def _write(name: str, chosen: str, usual: str = "") -> None:
    addressed.write(name, "" if chosen == usual else chosen)


def _brought() -> Callable[[GaugeOptions], Gauge] | None:
    """What computes the study of the table that was brought; None where there is none yet."""
    left, right = st.columns(2, gap="medium")
    with left:
        file = st.file_uploader(say("file"), key="gauge_file", max_upload_size=_MOST_MEGABYTES)
    with right:
        text = st.text_area(say("paste"), key="gauge_text", placeholder=say("paste_hint"), height=136)
    _of((file.file_id if file else "") + text)
    given = {"columns": st.session_state[_COLUMNS], "answers": st.session_state[_ANSWERS]}
    if file is not None:
        data, name = file.getvalue(), file.name

        def of_file(options: GaugeOptions) -> Gauge:
            with tempfile.TemporaryDirectory(prefix="gauge-") as folder:
                path = Path(folder) / "file"
                path.write_bytes(data)
                return gauge_of_file(path, options, name=name, **given)

        return of_file
    if text.strip():
        return lambda options: gauge_of_text(text, options, **given)
    st.button(say("sample"), type="secondary", key="gauge_sample", on_click=partial(_write, "sample", "1"))
    return None


def _of(brought: str) -> None:
    """Answers belong to one table: another one starts without them."""
    if st.session_state.get(_OF) != brought:
        st.session_state[_OF] = brought
        st.session_state[_ANSWERS], st.session_state[_COLUMNS] = {}, {}


def _asked(problem: GaugeRefused | IngestRefused | NeedsAnswer) -> str:
    """Ask what the table cannot tell; the answer is what stands in the head meanwhile."""
    if isinstance(problem, NeedsAnswer):
        given = ask(problem.questions, key="gauge_question")
        if given:
            st.session_state[_ANSWERS] = {**st.session_state[_ANSWERS], **given}
            st.rerun()
        return " ".join(question.text for question in problem.questions)
    if isinstance(problem, GaugeRefused) and problem.columns:
        _ask_columns(problem.columns)
    return str(problem)


def _ask_columns(headers: tuple[str, ...]) -> None:
    """Which column is which, where their names do not say so."""
    with st.form("gauge_columns_form", border=False), st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = {role: _column(role, headers) for role in ("part", "operator", "measurement")}
        if st.form_submit_button(say("go_on"), type="primary"):
            st.session_state[_COLUMNS] = chosen
            st.rerun()


def _column(role: str, headers: tuple[str, ...]) -> str:
    none = say("one_operator") if role == "operator" else wording.DASH

    def shown(header: str) -> str:
        return header or none

    options = ["", *headers]
    chosen = st.selectbox(say(f"column_{role}"), options, format_func=shown, key=f"gauge_column_{role}", width=230)
    return chosen or ""


# What goes out


def _head(gauge: Gauge | None, refused: str, sample: bool) -> None:
    if gauge is None:
        title, lead = (say("headline_refused"), refused) if refused else (say("start"), say("start_lead"))
        page.show(blocks.heading(title, eyebrow="Gauge", lead=lead), key="head")
        return
    told = ToldGauge(gauge)
    figure = wording.number(told.share, 0 if told.share >= 10 else 1)
    hero = {"value": figure, "unit": f"{wording.NBSP}%", "caption": say("hero")}
    page.show(blocks.heading(told.headline(), eyebrow="Gauge", lead=told.lead(), hero=hero), _strip(told), key="head")
    if sample:
        page.show(blocks.caption(say("sample_told")), key="sample_told")
        st.button(say("leave_sample"), type="tertiary", key="leave_sample", on_click=partial(_write, "sample", ""))


def _strip(told: ToldGauge) -> Block:
    study = told.gauge.study
    level = worded(assurance_mark(_MARKS[told.level]), say(told.level).capitalize())
    items: list[Block] = [{"label": say("level"), "mark": level, "more": say("level_why")}]
    if study.ndc is not None:
        items.append({"label": say("classes"), "text": wording.number(study.ndc), "more": say("classes_why")})
    items.append({"label": say("study"), "text": told.made_of(), "more": ""})
    if told.interaction():
        items.append({"label": say("interaction"), "text": told.interaction(), "more": ""})
    return blocks.strip(items)


def _result(told: ToldGauge) -> None:
    gauge = told.gauge
    parts = gauge.study.components
    drawn = [(name_of(name), parts[name].study_share, own) for name, own in _DRAWN if name in parts]
    page.show(blocks.title(say("components")), key="components_title")
    said = ", ".join(f"{name} {percent(share)}" for name, share, _ in drawn)
    _draw(components_chart(drawn, theme=look.theme()), "components", say("alternative", said=said))
    page.show(blocks.caption(say("caption")), key="components_caption")
    page.show(blocks.title(say("parts_title")), key="parts_title")
    nested = gauge.study.design == "nested"
    _draw(readings_chart(gauge.readings, nested=nested, theme=look.theme()), "parts", say("alternative_parts"))
    page.show(blocks.caption(say("caption_parts")), key="parts_caption")
    forecast_blocks.show(panels(*_panels(told)), key="panels")
    tables.behind(say("table"), told.table(), file="gauge.csv", key="gauge_table")
    tables.behind(say("readings"), gauge.readings, file="gauge-readings.csv", key="gauge_readings")


def _draw(figure: object, key: str, alt: str) -> None:
    st.plotly_chart(figure, theme=None, width="stretch", key=f"gauge_{key}", config=CONFIG, alt=alt)


def _panels(told: ToldGauge) -> list[Block]:
    shown = [
        panel(say("shares"), told.component_rows(), head=told.component_head(), strong=True),
        panel(say("variances"), told.variance_rows(), head=["", say("variance"), say("interval")]),
        panel(say("anova"), told.anova_rows(), head=["", say("df"), say("f"), say("p")]),
    ]
    return shown + ([panel(say("ranges"), told.range_rows(), words=True)] if told.range_rows() else [])
