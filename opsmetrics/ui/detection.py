"""The Detection page: what would a chart notice, how soon, and how often does it call without a cause."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import streamlit as st

from opsmetrics.desk import Desk
from opsmetrics.desk.detection import HORIZONS, SHIFTS, Detection, Detector, own_rules, scale_of
from opsmetrics.desk.detection_sentences import ENDLESS, ToldDetection, rounded
from opsmetrics.desk.detection_words import say
from opsmetrics.figures import CONFIG
from opsmetrics.figures.detection import missed_chart, waits_chart
from opsmetrics.ui import blocks, detection_controls, filters, forecast_blocks, look, misread, page, reviews, tables
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.detection_view import DetectionView, not_understood
from opsmetrics.ui.forecast_blocks import panel, panels
from opsmetrics.verdict import wording


def render(at: Desk) -> None:
    """Draw the page that the address asks for."""
    params = st.query_params.to_dict()
    as_of = filters.asked_as_of()
    view = DetectionView.read(params | ({"as_of": as_of.isoformat()} if as_of else {}), at.catalog)
    forecast_blocks.apply_style()
    review = None if view.series is None else reviews.review(at, view.series)
    scale = None if review is None else scale_of(review)
    if review is not None and "rules" not in params:
        view = view.with_rules(own_rules(review))
    told = ToldDetection(detected(view.detector, view.shift), scale)
    page.show(head(told), strip(told), key="head")
    misread.tell(at, not_understood(params))
    if review is not None and scale is None:
        page.show(blocks.caption(say("no_scale", name=review.name)), key="no_scale")
    detection_controls.controls(at, view, told)
    _figures(told)
    forecast_blocks.show(panels(*_panels(told)), key="panels")
    tables.behind(say("table"), told.table(), file="detection.csv", key="detection_table")


@st.cache_resource(max_entries=64, show_spinner=False)
def detected(detector: Detector, shift: float) -> Detection:
    """The detection of a view, kept by what it is a function of, with all that was asked of it."""
    return Detection(detector, shift)


def head(told: ToldDetection) -> Block:
    """Headline, what follows, and the wait as hero."""
    eyebrow = " · ".join(part for part in ("Detection", told.scale.name if told.scale else "") if part)
    return blocks.heading(told.headline(), eyebrow=eyebrow, lead=told.lead(), hero=_hero(told))


def _hero(told: ToldDetection) -> Block | None:
    wait = told.found.waits[0]
    if wait >= ENDLESS:
        return None
    caption = say("hero_none") if told.found.shift == 0 else say("hero", shift=told.shift())
    unit = told.wait(wait).split(" ", 1)[1]
    return {"value": wording.number(rounded(wait)), "unit": f"{wording.NBSP}{unit}", "caption": caption}


def strip(told: ToldDetection) -> Block:
    """Chart, false alarms, 90 %, and what one σ is."""
    chosen, name = told.found.chosen, told.name(told.found.chosen)
    items: list[Block] = [
        {"label": say("label_chart"), "text": name[:1].upper() + name[1:], "more": ""},
        {"label": say("label_false"), "text": told.rare(), "more": ""},
    ]
    if told.found.shift != 0:
        items.append({"label": say("label_soon"), "text": told.soon(), "more": ""})
    if told.scale is not None:
        more = say("as_charted", name=told.scale.name)
        items.append({"label": say("label_unit"), "text": told.in_unit(1.0), "more": more})
    else:
        text = say("of_mean", n=wording.number(chosen.n)) if chosen.n > 1 else say("of_point")
        items.append({"label": say("label_unit"), "text": text, "more": ""})
    return blocks.strip(items)


def _figures(told: ToldDetection) -> None:
    found, curves = told.found, told.found.curves
    one = told.scale.one if told.scale is not None else 1.0
    axis = say("axis_unit", unit=told.unit) if told.unit else say("axis")
    shifts = SHIFTS / math.sqrt(found.chosen.n) * one
    given: dict[str, Any] = {"at": found.shift * one, "axis": axis, "theme": look.theme()}
    waits = [curves[f"arl_{place}"].to_numpy(dtype=np.float64) for place in range(len(found.charts))]
    names = [told.short(chart) for chart in found.charts]
    missed = [curves[f"missed_{t}"].to_numpy(dtype=np.float64) for t in HORIZONS]
    after = [say("after", wait=told.wait(t)) for t in HORIZONS]
    left, right = st.columns(2, gap="medium")
    with left:
        _figure("waits", waits_chart(shifts, waits, names, counted=told.many(), **given), told)
    with right:
        _figure("missed", missed_chart(shifts, missed, after, **given), told)
    page.show(blocks.caption(say("caption")), key="detection_caption")


def _figure(name: str, figure: object, told: ToldDetection) -> None:
    title = blocks.title(say(f"{name}_title", unit=told.many()), note=say(f"{name}_note"))
    page.show(title, key=f"{name}_title")
    said = say(f"{name}_alt", lead=f"{told.headline()} {told.lead()}")
    st.plotly_chart(figure, theme=None, width="stretch", key=f"{name}_chart", config=CONFIG, alt=said)


def _panels(told: ToldDetection) -> list[Block]:
    rows = told.shift_rows()
    shown = [panel(say("by_shift"), rows, head=told.shift_head())]
    if len(told.found.charts) > 1:
        head_of = [say("col_chart"), say("col_wait")]
        note = say("panel_note")
        shown.insert(0, panel(say("panel"), told.rival_rows(), head=head_of, note=note, strong=True))
    return shown
