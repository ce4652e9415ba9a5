"""Decisions on the page of one KPI: proposed, in force with the way back, and all that were ever made."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from opsmetrics.catalog import GRAINS, Decision, DecisionKind
from opsmetrics.desk import Desk
from opsmetrics.figures import data_mark
from opsmetrics.review import KpiReview
from opsmetrics.ui import (
    blocks,
    chart_blocks,
    chart_made,
    decisions_form,
    decisions_words,
    reviews,
    rows,
    tables,
    upload_blocks,
)
from opsmetrics.ui.chart_made import Made
from opsmetrics.ui.links import ChartView
from opsmetrics.ui.upload_blocks import act, cell, column
from opsmetrics.verdict.model import Sentence
from opsmetrics.verdict.proposals import proposals
from opsmetrics.verdict.workings import Workings

_COLUMNS = (
    column("Decision"),
    column("Periods"),
    column("What and why"),
    column("By"),
    column("", right=True, narrow=True),
)

#: Decisions listed before "Show all".
SHOWN = 12

_ALL = "all_decisions_of"

#: What accepts a proposal.
_ACCEPTS: dict[str, DecisionKind] = {
    "propose_step": "phase",
    "propose_step_unclear": "phase",
    "propose_weekday": "weekday",
    "propose_lock": "lock",
}


def confirmation(at: Desk, review: KpiReview) -> None:
    """After saving: what was recorded, and the way back at once."""
    number = decisions_form.just_made(review)
    if number is None:
        return
    made = next((d for d in reviews.decisions(at, review.kpi) if d.id == number), None)
    if made is None:
        return
    parts = (decisions_words.name(made), decisions_words.when(made))
    text = f"{', '.join(part for part in parts if part)}. Every view follows it."
    back = [] if decisions_words.takes_back(made) else [_back(made)]
    mark = blocks.worded(data_mark("fresh"), f"Decision {number} is recorded")
    _follow(review, chart_blocks.show(chart_blocks.notice(mark, text, back), key="decided"))


def proposed(review: KpiReview, made: Made, view: ChartView) -> None:
    """What waits for a person, each with the way to accept it."""
    if not review.proposals:
        return
    found = made.workings
    pairs = zip(review.proposals, proposals(found), strict=True)
    items = [{"text": text, "more": _acceptance(sentence, found, view)} for text, sentence in pairs]
    note = "nothing changes until a person decides"
    _follow(review, chart_blocks.show(chart_blocks.offers("Proposed", items, note), key="proposed"))


def _acceptance(sentence: Sentence, found: Workings, view: ChartView) -> blocks.Block:
    kind = _ACCEPTS.get(sentence.pattern)
    if sentence.pattern == "propose_drift":
        return {"text": "Look at it through an EWMA", "go": replace(view, look="ewma").link()}
    if kind is None:
        grain = next((grain for grain in GRAINS if grain == sentence.values.get("grain")), None)
        go = ChartView(view.kpi, view.slice, grain, as_of=view.as_of).link()
        return {"text": f"Look at it by {grain}", "go": go}
    first = found.step.position if kind == "phase" and found.step is not None else None
    return act("Accept with a reason", f"Accept: {decisions_words.ACTIONS[kind][0]}", kind=kind, first=first)


def in_force(at: Desk, review: KpiReview) -> None:
    """The decisions in force, newest first, and folded below them every decision ever made."""
    if review.decisions:
        count, everything = len(review.decisions), st.session_state.get(_ALL) == rows.row_key(review)
        listed = list(reversed(review.decisions))[: count if everything else SHOWN]
        title = blocks.title("Decisions in force", count=count, note="newest first")
        grid = upload_blocks.grid("Decisions in force", _COLUMNS, [_line(d, review) for d in listed])
        _follow(review, chart_blocks.show(title, grid, key="in_force"))
        if len(listed) < count and st.button(f"Show all {count}", type="tertiary", key="show_all_decisions"):
            st.session_state[_ALL] = rows.row_key(review)
            st.rerun()
    made = reviews.decisions(at, review.kpi)
    if made:
        table = chart_made.history(review, made)
        label = f"Show every decision about this KPI ({len(made)})"
        tables.behind(label, table, file=f"{review.kpi.key}_decisions.csv", key="decision_history")


def _line(decision: Decision, review: KpiReview) -> list[blocks.Block]:
    return [
        cell(decisions_words.name(decision), "thin"),
        cell(decisions_words.when(decision)),
        cell(_said(decision, review)),
        cell(decisions_words.signed(decision, review.kpi.calendar), "muted"),
        _back(decision),
    ]


def _said(decision: Decision, review: KpiReview) -> str:
    """What and why, and where it was not made for this very chart, for what."""
    wider = "for the whole KPI" if decision.slice != review.series.slice else ""
    every = "for every grain" if decision.grain is None and decision.kind in ("phase", "annotate") else ""
    return " · ".join(part for part in (decisions_words.said(decision, review.kpi), wider, every) if part)


def _back(decision: Decision) -> blocks.Block:
    named = f"{decisions_words.NAMES[decision.kind].lower()} {decisions_words.when(decision)}"
    return act("Take back", f"Take back: {named}", kind=decision.kind, back=decision.id)


def _follow(review: KpiReview, pressed: dict[str, object] | None) -> None:
    """Open the form that a button stands for."""
    if not pressed:
        return
    kind, first, back = pressed["kind"], pressed.get("first"), pressed.get("back")
    decisions_form.ask(
        review,
        kind,  # type: ignore[arg-type]  # one of our own, sent back by the browser
        None if first is None else int(str(first)),
        back=None if back is None else int(str(back)),
    )


def actions(review: KpiReview, chosen: tuple[int, int] | None) -> None:
    """The buttons that open a form, with the chosen periods where there are some."""
    if review.points.empty:
        return
    first, last = chosen or (None, None)
    with st.container(horizontal=True, vertical_alignment="center", key="chart_actions"):
        for kind in ("annotate", "phase"):
            _button(review, kind, first, last)
        with st.popover("Decide", type="tertiary", key="open_decide"):
            for other in ("exclude", "lock", "complete", "weekday", "target"):
                _button(review, other, first, last)


def _button(review: KpiReview, kind: DecisionKind, first: int | None, last: int | None) -> None:
    text = decisions_words.ACTIONS[kind][0]
    st.button(text, type="tertiary", key=f"ask_{kind}", on_click=decisions_form.ask, args=(review, kind, first, last))
