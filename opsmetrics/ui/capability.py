"""The Capability page: do single readings fit their specification, and may that be said of tomorrow."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import streamlit as st

from opsmetrics.catalog import slice_text
from opsmetrics.desk import Desk
from opsmetrics.desk import capability_tables as cells
from opsmetrics.desk.capability import CapabilityStudy, Limits, capability_study, limits_of
from opsmetrics.desk.capability_sentences import ToldCapability, index_text, rounded
from opsmetrics.desk.capability_words import say
from opsmetrics.desk.kept import Kept
from opsmetrics.figures import CONFIG, Mark, assurance_mark, variation_mark
from opsmetrics.figures.capability import capability_chart
from opsmetrics.review import KpiReview
from opsmetrics.ui import (
    blocks,
    capability_controls,
    carried,
    forecast_blocks,
    look,
    misread,
    page,
    reviews,
    tables,
)
from opsmetrics.ui.blocks import Block, worded
from opsmetrics.ui.capability_view import CapabilityView, not_understood
from opsmetrics.ui.forecast_blocks import panel, panels
from opsmetrics.verdict import wording
from opsmetrics.verdict.model import Assurance


def _weight(study: CapabilityStudy) -> int:
    """What a kept study weighs: its readings, and what each brings besides."""
    return 1_000 + len(study.readings)


_STUDIES: Kept[tuple[Hashable, ...], CapabilityStudy] = Kept(2_000_000, weigh=_weight)

#: Readings that go to the browser as a table; more would weigh on every look.
SENT = 5_000


def render(at: Desk) -> None:
    """Draw the page that the address asks for."""
    carried.bring_series("capability", at.catalog)
    view = CapabilityView.read(capability_controls.asked(), at.catalog)
    if view is None:
        page.first_steps(at.catalog, "", key="empty", head=blocks.heading(say("no_kpi"), eyebrow="Capability"))
        return
    forecast_blocks.apply_style()
    defined = limits_of(reviews.review(at, view.series))
    limits, wrong = capability_controls.in_order(view.limits(defined), defined)
    told = ToldCapability(read(at, view, limits))
    page.show(head(told), *([strip(told)] if _shown(told.study) else []), key="head")
    misread.tell(at, not_understood(st.query_params.to_dict()))
    if wrong:
        page.show(blocks.caption(wrong), key="wrong_order")
    capability_controls.controls(at, told, view, defined)
    _result(told)


def read(at: Desk, view: CapabilityView, limits: Limits) -> CapabilityStudy:
    """The study of a view, kept by what it is a function of."""
    series = view.series
    seen = (series.kpi, series.slice, series.grain, series.span, view.method, limits)
    shown = reviews.review(at, series)
    return _STUDIES.of((reviews.versions(at, series.as_of), *seen), lambda: _study(at, shown, view, limits))


def _study(at: Desk, shown: KpiReview, view: CapabilityView, limits: Limits) -> CapabilityStudy:
    span = view.series.span
    return capability_study(at, shown, limits=limits, method=view.method, span=span, viewer=reviews.viewer())


def _shown(study: CapabilityStudy) -> bool:
    return study.found is not None or study.counted is not None


# Head


def head(told: ToldCapability) -> Block:
    """Name, headline, what follows, and the index of the nearer side as hero."""
    review = told.study.review
    eyebrow = " · ".join(("Capability", review.kpi.name, slice_text(review.series.slice) or "all"))
    return blocks.heading(told.headline(), eyebrow=eyebrow, lead=told.lead(), hero=_hero(told))


def _hero(told: ToldCapability) -> Block | None:
    nearer, counted = told.nearer(), told.study.counted
    if told.study.stable is False or told.study.reason:
        return None  # no figure stands in large where it does not predict
    if nearer is not None:
        name, index = nearer
        if index.low is None or index.high is None:
            caption = say("hero_bare", name=name)
        else:
            caption = say("hero", name=name, confidence=95, low=index_text(index.low), high=index_text(index.high))
        return {"value": index_text(index.value), "unit": "", "caption": caption}
    if counted is not None:
        return {"value": rounded(counted.ppm.value), "unit": "", "caption": say("count_ppm").lower()}
    return None


def strip(told: ToldCapability) -> Block:
    """Whether it is stable, how it fits, how the readings are spread."""
    study = told.study
    items: list[Block] = [{"label": say("process"), "mark": _process(told), "more": ""}]
    if told.fit():
        mark, word = _fit_mark(told), told.fit()
        items.append({"label": say("fit"), "mark": worded(mark, word), "more": ""})
    if study.basis == "readings":
        word, why = told.shape()
        items.append({"label": say("shape"), "text": word, "more": why})
    n = len(study.readings) if study.basis == "readings" else study.periods
    text = say("basis_of", n=wording.number(n), periods=told.periods) if study.basis == "readings" else told.periods
    since = say("since", first=study.first, last=study.last)
    items.append({"label": say("basis" if study.basis == "readings" else "control_span"), "text": text, "more": since})
    return blocks.strip(items)


def _process(told: ToldCapability) -> Block:
    stable = told.study.stable
    if stable is None:
        return worded(variation_mark("too_few"), say("process_unknown"))
    if stable:
        return worded(variation_mark("common_cause"), say("process_stable"))
    return worded(
        variation_mark("concerning", "high"), say("process_unstable", n=told.study.signals, periods=told.judged)
    )


def _fit_mark(told: ToldCapability) -> Mark:
    codes: dict[str, Assurance] = {say("fit_room"): "meets", say("fit_narrow"): "hit_or_miss", say("fit_not"): "fails"}
    return assurance_mark(codes[told.fit()])


# Figure, panels, tables


def _result(told: ToldCapability) -> None:
    study = told.study
    stem = study.review.kpi.key
    values = study.readings["value"].dropna().to_numpy(dtype=np.float64) if len(study.readings) else np.array([])
    if len(values) > 1 and study.reason in ("", "no_limits", "refused"):
        _figure(told, values)
    shown = _panels(told)
    if shown:
        forecast_blocks.show(panels(*shown), key="panels")
    table = cells.table(told)
    if len(table):
        tables.behind(say("summary_table"), table, file=f"{stem}-capability.csv", key="capability_table")
    if len(study.readings):
        newest, labels = study.readings.tail(SENT), study.review.points["label"]
        rows = newest.assign(period=labels.iloc[newest["position"]].to_numpy())[["period", "value"]]
        many = len(study.readings) > SENT
        label = say("table_newest", n=wording.number(SENT)) if many else say("table")
        tables.behind(label, rows, file=f"{stem}-readings.csv", key="readings")


def _figure(told: ToldCapability, values: np.ndarray) -> None:
    study = told.study
    figure = capability_chart(
        values, study.found, unit=told.unit, decimals=study.review.kpi.decimals, theme=look.theme()
    )
    said = f"{told.headline()} {told.lead()}"
    st.plotly_chart(
        figure,
        theme=None,
        width="stretch",
        key="capability_chart",
        config=CONFIG,
        alt=say("alternative", name=study.review.kpi.name, lead=said),
    )
    if study.found is not None:
        code = "caption_bare" if study.found.law.sample is not None else "caption"
        page.show(blocks.caption(say(code)), key="capability_caption")


def _panels(told: ToldCapability) -> list[Block]:
    """Indices, what lies outside, what was used; of counts what was counted."""
    if told.study.counted is not None:
        head_of = ["", say("value"), say("interval")]
        return [panel(say("count_panel"), cells.count_rows(told), head=head_of)]
    if told.study.found is None:
        return []
    rows, outside = cells.index_rows(told), cells.ppm_rows(told)
    none = "" if rows else say("indices_none")
    text = none or ("" if any(row[2] != "–" for row in rows) else say("indices_no_interval"))
    shown = [panel(say("indices"), rows, head=["", say("value"), say("interval")] if rows else (), text=text)]
    if outside:
        shown.append(panel(say("ppm"), outside, head=["", say("together"), say("sides")]))
    return [*shown, panel(say("used"), cells.used_rows(told), words=True)]
