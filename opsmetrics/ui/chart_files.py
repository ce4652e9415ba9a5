"""The chart as a file: PNG and SVG from the reader's own browser, HTML with everything inside it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from opsmetrics.catalog import slice_text
from opsmetrics.figures import between_chart, control_chart, look_chart, spread_chart, tokens
from opsmetrics.figures.export import as_html
from opsmetrics.review import KpiReview
from opsmetrics.ui import chart_blocks, chart_made, chart_rules, chart_view, decisions_words, kpi, look
from opsmetrics.ui.clock import at_site
from opsmetrics.ui.links import ChartView
from opsmetrics.verdict import wording


def offer(review: KpiReview, view: ChartView, container: str) -> None:
    """A quiet list of formats; nothing to offer where nothing is drawn."""
    if review.points["value"].notna().sum() == 0:
        return
    stem, colours = chart_view.file_stem(review, view), tokens(look.theme())
    with st.popover("Download", type="tertiary", key="open_download"):
        chart_blocks.show(
            chart_blocks.pictures(
                container,
                stem,
                heading(review),
                lines(review, view),
                ground=colours.page,
                ink=colours.ink,
                muted=colours.muted,
            ),
            key="pictures",
        )
        st.download_button(
            "HTML, with hover, needs no network",
            lambda: html(review, view).encode("utf-8"),
            file_name=f"{stem}.html",
            mime="text/html",
            key="chart_html",
            type="tertiary",
        )


def heading(review: KpiReview) -> str:
    """The title of a file."""
    return " · ".join(part for part in (review.kpi.name, slice_text(review.series.slice)) if part)


def lines(review: KpiReview, view: ChartView) -> list[str]:
    """What the chart says, by which grain and as of when; a view with other rules says so."""
    moment = at_site(review.kpi.calendar, review.series.as_of.to_pydatetime())
    said = f"{decisions_words.by_grain(review).capitalize()} · as of {wording.instant(moment)}"
    only = f"View only, looked at with {chart_rules.title(view.rules)}." if view.rules else ""
    signed = " · ".join(part for part in (said, wording.verdict_id(review.id)) if part)
    return [line for line in (kpi.lead(review), only, signed) if line]


def html(review: KpiReview, view: ChartView) -> str:
    """The page of the file: what is drawn, with its spread where it has one."""
    seen = chart_rules.looked_at(review, view.rules) if view.rules else review
    shown, span = chart_view.drawn(seen, view)
    drawn: list[Any] = [control_chart(shown, span=span)]
    if shown.chart is not None and shown.chart.spread is not None:
        drawn.append(spread_chart(shown, span=span))
    if review.between is not None:
        drawn.append(between_chart(review))
    look = chart_made.of(review).look(view.look)
    if look is not None:
        drawn.append(look_chart(shown, look, span=span))
    return as_html(drawn, title=heading(review), lines=lines(review, view))
