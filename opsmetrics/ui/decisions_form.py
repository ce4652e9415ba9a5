"""The form of a decision, in a drawer beside the chart: periods, who, why, and what it would change before it is saved.

What is being decided lies in the session under one key, so the drawer stays open through every run until it is saved,
cancelled or closed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import streamlit as st

from opsmetrics.access import account_name
from opsmetrics.catalog import DecisionKind, Kpi
from opsmetrics.desk import Desk
from opsmetrics.figures import STOPPED, data_mark
from opsmetrics.figures.preview import limits_preview
from opsmetrics.review import KpiReview
from opsmetrics.store import StoreError
from opsmetrics.ui import (
    blocks,
    chart_choice,
    chart_made,
    chart_view,
    decisions,
    decisions_words,
    failures,
    look,
    page,
    reviews,
    rows,
)
from opsmetrics.ui.decisions import SINGLE, STRETCHES, Draft
from opsmetrics.ui.links import ChartView
from opsmetrics.verdict.proposals import difference

_ASKED = "deciding"
_ROUND = "deciding_round"  # each opening gets fresh fields
_DONE = "decided"

#: Kinds whose effect can be seen in the limits.
_MOVES_LIMITS: tuple[DecisionKind, ...] = ("phase", "lock", "exclude", "complete", "weekday")

_SAVE: dict[DecisionKind, str] = {
    "annotate": "Save the note",
    "phase": "Start the phase",
    "lock": "Lock the limits",
    "exclude": "Exclude",
    "complete": "Mark complete",
    "weekday": "Turn weekday limits on",
    "target": "Set the target",
}

_HINTS: dict[DecisionKind, str] = {
    "annotate": "New supplier for the seals",
    "phase": "What was changed in the process, and by whom",
    "lock": "Why these periods show the process as it should be",
    "exclude": "The cause, and why it will not come back",
    "complete": "Why nothing more will arrive",
    "weekday": "Why the days of the week differ",
    "target": "Who set it",
}


@dataclass(frozen=True)
class Asked:
    """What is being decided: the kind, the chart it is about, and the periods chosen so far ("" where none)."""

    kind: DecisionKind
    about: str
    start: str = ""
    end: str = ""
    takes_back: int | None = None


def ask(
    review: KpiReview, kind: DecisionKind, first: int | None = None, last: int | None = None, *, back: int | None = None
) -> None:
    """Open the form, with these periods chosen; `back`: to take back the decision of this number."""
    start = "" if first is None else chart_view.stamp(review, first)
    end = start if last is None else chart_view.stamp(review, last)
    st.session_state[_ASKED] = Asked(kind, rows.row_key(review), start, end, back)
    st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
    st.session_state.pop(_DONE, None)


def forget() -> None:
    """Close the form; nothing was saved."""
    st.session_state.pop(_ASKED, None)


def show(at: Desk, review: KpiReview, view: ChartView) -> None:
    """The drawer, where something is being decided about this chart."""
    asked = st.session_state.get(_ASKED)
    if asked is None:
        return
    if asked.about != rows.row_key(review):
        forget()
        return
    if asked.takes_back is not None and all(d.id != asked.takes_back for d in review.decisions):
        forget()
        st.toast("That decision is not in force any more: somebody took it back or replaced it.")
        return
    title = "Take back a decision" if asked.takes_back is not None else decisions_words.ACTIONS[asked.kind][0]

    @st.dialog(title, width="medium", position="right", on_dismiss=forget)
    def drawer() -> None:
        with failures.guarded():
            _body(at, review, view, asked)

    drawer()


def _body(at: Desk, review: KpiReview, view: ChartView, asked: Asked) -> None:
    _about(review, asked)
    try:
        draft = _fields(review, asked)
    except ValueError as error:
        _stopped(str(error))
        _buttons(at, review, None, asked)
        return
    draft = _signed(review, draft)
    others = _alike(at, review, draft)
    refusal = decisions.refused(review, draft)
    if refusal:
        _stopped(refusal)
        _buttons(at, review, None, asked)
        return
    _preview(at, review, view, draft)
    _buttons(at, review, draft, asked, others)


def _about(review: KpiReview, asked: Asked) -> None:
    if asked.takes_back is None:
        does = decisions_words.ACTIONS[asked.kind][1]
    else:
        found = decisions.standing(review, asked.takes_back)
        parts = (decisions_words.NAMES[found.kind], decisions_words.when(found))
        does = ", ".join(part for part in parts if part) + f": {decisions_words.said(found, review.kpi)}"
    page.show(blocks.caption(does), blocks.caption(f"For {decisions_words.made_for(review)}"), key=_key("about"))


def _key(name: str) -> str:
    return f"decide_{st.session_state.get(_ROUND, 0)}_{name}"


# Fields


def _fields(review: KpiReview, asked: Asked) -> Draft:
    """The periods and the value. Raises ValueError with a sentence where there is nothing to choose."""
    if asked.takes_back is not None:
        return Draft(asked.kind, takes_back=asked.takes_back)
    if asked.kind in STRETCHES:
        return _stretch(review, asked)
    if asked.kind in SINGLE:
        return _single(review, asked)
    return Draft(asked.kind)


def _choices(review: KpiReview, kind: DecisionKind) -> list[int]:
    """Positions to choose from, newest first."""
    states = review.points["state"]
    wanted = states.isin(["partial", "uncovered"]) if kind == "complete" else states != ""
    found = [int(position) for position in np.flatnonzero(wanted.to_numpy())[::-1]]
    if not found and kind == "complete":
        raise ValueError("Every period that has ended is judged already: there is nothing to mark complete.")
    if not found:
        raise ValueError("There are no periods yet: load measurements first.")
    return found


def _choose(review: KpiReview, label: str, choices: list[int], stamp: str, otherwise: int, name: str) -> int:
    position = chart_view.position_of(review, stamp)
    start = position if position in choices else otherwise if otherwise in choices else choices[0]
    names = review.points["label"]
    picked = st.selectbox(
        label,
        choices,
        index=choices.index(start),
        format_func=lambda position: str(names.iloc[position]),
        key=_key(name),
    )
    return int(picked)


def _stretch(review: KpiReview, asked: Asked) -> Draft:
    choices = _choices(review, asked.kind)
    first, last = default_stretch(review, asked.kind)
    with st.container(horizontal=True, key=_key("periods")):
        begin = _choose(review, "From", choices, asked.start, first, "from")
        finish = _choose(review, "To", choices, asked.end, last, "to")
    return Draft(asked.kind, begin, finish)


def default_stretch(review: KpiReview, kind: DecisionKind) -> tuple[int, int]:
    """Where nothing is chosen: to lock, all judged periods of the current phase; else the last judged one."""
    judged = np.flatnonzero((review.points["state"] == "judged").to_numpy())
    if len(judged) == 0:
        return 0, 0
    if kind != "lock":
        return int(judged[-1]), int(judged[-1])
    phases = review.points["phase"].to_numpy()
    own = judged[phases[judged] == phases[judged[-1]]]
    return int(own[0]), int(own[-1])


def _single(review: KpiReview, asked: Asked) -> Draft:
    latest = chart_view.last_judged(review)
    label = {"phase": "First period of the new phase", "target": "From"}.get(asked.kind, "Period")
    choices = _choices(review, asked.kind)
    first = _choose(review, label, choices, asked.start, choices[0] if latest is None else latest, "at")
    draft = Draft(asked.kind, first, first)
    if asked.kind == "target":
        return replace(draft, value=_target(review.kpi))
    return draft


def _target(kpi: Kpi) -> dict[str, float]:
    hint = "18–24, or none" if kpi.better == "neither" else "a number, a range as 18–24, or none"
    label = "Target (in the shown unit)"
    text = st.text_input(label, key=_key("target"), placeholder=hint, max_chars=60)
    if not (text or "").strip():
        raise ValueError("Write the target: a number, a range as 18–24, or none.")
    return decisions_words.read_target(kpi, text)


def _signed(review: KpiReview, draft: Draft) -> Draft:
    """Who and why; for what may concern every grain also how far it goes."""
    note = draft.kind == "annotate" and draft.takes_back is None
    why = st.text_area(
        "Note" if note else "Why",
        key=_key("why"),
        height=84,
        max_chars=500,
        placeholder="" if draft.takes_back is not None else _HINTS[draft.kind],
    )
    by = st.text_input("Your name", value=account_name(), key="person", persist_state="session", max_chars=80)
    everywhere = False
    if draft.kind in decisions.EVERY_GRAIN and draft.takes_back is None and review.series.grain != "sample":
        everywhere = st.checkbox("On the charts of every other grain too", key=_key("grains"))
    return replace(draft, why=(why or "").strip(), by=(by or "").strip(), every_grain=everywhere)


def _alike(at: Desk, review: KpiReview, draft: Draft) -> list[KpiReview]:
    """The other watched charts for which weekday limits are proposed, where the person wants them for all at once."""
    if draft.kind != "weekday" or draft.takes_back is not None:
        return []
    watched = reviews.watched(at, None)
    others = [r for r in watched if "weekday" in r.proposed and rows.row_key(r) != rows.row_key(review)]
    if not others:
        return []
    wanted = st.checkbox(f"Also for the {len(others)} others that it is proposed for", key=_key("alike"))
    page.show(blocks.caption(", ".join(r.name for r in others)), key=_key("named"))
    return others if wanted else []


# What it would change


def _stopped(text: str) -> None:
    page.show(blocks.callout(STOPPED, "This cannot be saved", text), key=_key("stopped"))


def _preview(at: Desk, review: KpiReview, view: ChartView, draft: Draft) -> None:
    given = decisions.decision(review, draft)
    then = decisions.with_decision(at, review, given)
    said = [decisions_words.changes(review, then)]
    doubt = decisions.doubt(review, draft, then)
    if doubt:
        said.append(blocks.callout(data_mark("suspect"), "Before you save", doubt))
    page.show(*said, key=_key("changes"))
    if draft.kind not in _MOVES_LIMITS or decisions_words.says(review) == decisions_words.says(then):
        return
    shown, span = chart_view.drawn(review, view)
    cut = replace(then, points=then.points.iloc[: len(shown.points)])
    found = chart_made.of(review).workings if draft.kind == "phase" and draft.takes_back is None else None
    change = None if found is None else found.change
    likely = None if change is None or change.shape == "drift" else (change.first, change.last)
    figure = limits_preview(shown, cut, theme=look.theme(), span=span, likely=likely)
    st.plotly_chart(
        figure,
        theme=None,
        width="stretch",
        key=_key("chart"),
        config={"displayModeBar": False, "staticPlot": True},
        alt="The chart as it is; dashed, the limits as they would be.",
    )
    shaded = "" if likely is None else ". Shaded: when its level may have changed, 95 %"
    said = [blocks.caption(f"Dashed: the limits as they would be{shaded}")]
    if found is not None and likely is not None:
        said.append(blocks.caption(difference(found)))
    page.show(*said, key=_key("dashed"))


# Saving


def _buttons(at: Desk, review: KpiReview, draft: Draft | None, asked: Asked, others: Sequence[KpiReview] = ()) -> None:
    with st.container(horizontal=True, key=_key("buttons")):
        text = "Take it back" if asked.takes_back is not None else _SAVE[asked.kind]
        able = draft is not None
        pressed = st.button(text, type="primary" if able else "secondary", key=_key("save"), disabled=not able)
        if st.button("Cancel", key=_key("cancel")):
            forget()
            st.rerun()
    if pressed and draft is not None:
        _save(at, review, draft, others)


def _save(at: Desk, review: KpiReview, draft: Draft, others: Sequence[KpiReview]) -> None:
    missing = decisions.unsigned(draft)
    if missing:
        _stopped(missing)
        return
    try:
        number = at.decide(*(decisions.decision(each, draft) for each in (review, *others)))
    except StoreError as error:
        if type(error) is not StoreError:
            raise  # the store itself failed: that is for the guard
        _stopped(str(error))
        return
    forget()
    chart_choice.forget_stretch()
    st.session_state[_DONE] = (rows.row_key(review), number)
    st.rerun()


def just_made(review: KpiReview) -> int | None:
    """The number of the decision that was saved last on this chart, until another form is opened."""
    about, number = st.session_state.get(_DONE, ("", None))
    return number if about == rows.row_key(review) else None
