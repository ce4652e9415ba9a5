"""Signals that somebody has seen or snoozed: what stands beside a row, and the drawer in which it is said.

What is being said lies in the session under one key, so the drawer stays open through every run until it is saved,
cancelled or closed.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import streamlit as st

from opsmetrics.access import account_name
from opsmetrics.catalog import AttentionKind, slice_text
from opsmetrics.figures import STOPPED
from opsmetrics.review import KpiReview
from opsmetrics.store import Store, StoreError, attend
from opsmetrics.ui import blocks, chart_blocks, decisions_form, failures, page, rows
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.clock import at_site
from opsmetrics.verdict import news_words, sentences
from opsmetrics.verdict.attention import Standing

_ASKED, _ROUND = "attending", "attending_round"

#: What a button says, the title of its drawer, what it does, and what saves it.
_KINDS: dict[AttentionKind, tuple[str, str, str, str]] = {
    "seen": ("Seen", "I have seen it", "It stays where it is, with your note. A new signal comes without it.", "Save"),
    "snoozed": (
        "Snooze",
        "Snooze this signal",
        "It is out of sight until that day, and back earlier if it gets worse. Verdict and limits stay as they are.",
        "Snooze",
    ),
    "open": (
        "Take back",
        "Take back what was said",
        "The signal stands again as if nobody had said a word.",
        "Take back",
    ),
}
_HINTS: dict[AttentionKind, str] = {
    "seen": "Tool 7 is worn, maintenance comes on Friday",
    "snoozed": "The repair is booked for next week",
    "open": "",
}

#: The longest snooze.
_MOST = dt.timedelta(days=366)


@dataclass(frozen=True)
class Asked:
    """What is being said, about the row with this key, on a page."""

    kind: AttentionKind
    about: str
    page: str


def acts(review: KpiReview, found: Standing | None) -> list[Block]:
    """The buttons beside a signal, as data: what can be said about it, or the way back from what was."""
    if review.verdict is None or review.verdict.episode is None:
        return []
    kinds: tuple[AttentionKind, ...] = (
        ("open",) if found and found.state in ("seen", "snoozed") else ("seen", "snoozed")
    )
    key = rows.row_key(review)
    return [
        {"text": _KINDS[kind][0], "label": f"{_KINDS[kind][1]}: {review.name}", "act": {"kind": kind, "about": key}}
        for kind in kinds
    ]


def words(review: KpiReview, found: Standing) -> str:
    """What was said, in one line."""
    moment = found.said.at
    assert moment is not None  # the store gives each word its time
    return news_words.attention(found, at_site(review.kpi.calendar, moment))


def on_chart(store: Store, review: KpiReview, found: Standing | None, *, acting: bool) -> None:
    """The line below the verdict of one KPI, where its signal is open; acting: something can be said about it."""
    if review.verdict is None or review.verdict.episode is None or not (found or acting):
        return
    text = words(review, found) if found else f"Signal since {review.verdict.episode.start_label}."
    line = chart_blocks.notice(None, text, acts(review, found) if acting else []) | {"kind": "attention"}
    pressed = chart_blocks.show(line, key="attention")
    if pressed:
        decisions_form.forget()  # a page has one drawer
    show(store, [review], pressed, "chart")


def _follow(pressed: Mapping[str, Any] | None, where: str) -> None:
    if pressed and pressed.get("kind") in _KINDS:
        st.session_state[_ASKED] = Asked(pressed["kind"], str(pressed["about"]), where)
        st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1


def _forget() -> None:
    st.session_state.pop(_ASKED, None)


def show(store: Store, reviews: Iterable[KpiReview], pressed: Mapping[str, Any] | None, where: str) -> None:
    """The drawer, where something is being said about one of these on a page. pressed: the button just pressed, as
    `page.show` tells it."""
    _follow(pressed, where)
    asked: Asked | None = st.session_state.get(_ASKED)
    if asked is None:
        return
    review = next((each for each in reviews if rows.row_key(each) == asked.about), None)
    if asked.page != where or review is None or review.verdict is None or review.verdict.episode is None:
        _forget()
        return

    @st.dialog(_KINDS[asked.kind][1], width="medium", position="right", on_dismiss=_forget)
    def drawer() -> None:
        with failures.guarded():
            _body(store, review, asked.kind)

    drawer()


def _key(name: str) -> str:
    return f"attend_{st.session_state.get(_ROUND, 0)}_{name}"


def _body(store: Store, review: KpiReview, kind: AttentionKind) -> None:
    assert review.verdict is not None  # `show` has asked
    says = sentences.render(review.verdict.sentence[:1])
    about = ": ".join(part for part in (slice_text(review.series.slice), says) if part)
    page.show(blocks.caption(about), blocks.caption(_KINDS[kind][2]), key=_key("about"))
    until = _until(review) if kind == "snoozed" else None
    why = st.text_area("Why", key=_key("why"), height=84, max_chars=500, placeholder=_HINTS[kind])
    by = st.text_input("Your name", value=account_name(), key="person", persist_state="session", max_chars=80)
    with st.container(horizontal=True, key=_key("buttons")):
        pressed = st.button(_KINDS[kind][3], type="primary", key=_key("save"))
        if st.button("Cancel", key=_key("cancel")):
            _forget()
            st.rerun()
    if pressed:
        _save(store, review, kind, until, (by or "").strip(), (why or "").strip())


def _until(review: KpiReview) -> dt.date:
    today = at_site(review.kpi.calendar).date()
    picked = st.date_input(
        "Back on",
        value=today + dt.timedelta(days=7),
        min_value=today + dt.timedelta(days=1),
        max_value=today + _MOST,
        key=_key("until"),
        format="YYYY-MM-DD",
    )
    return picked


def _save(store: Store, review: KpiReview, kind: AttentionKind, until: dt.date | None, by: str, why: str) -> None:
    missing = "" if by else "Type your name: others want to know who has seen it."
    missing = missing or ("" if why else "Type the reason: it is what others read beside the signal.")
    if missing:
        page.show(blocks.callout(STOPPED, "This cannot be saved", missing), key=_key("stopped"))
        return
    try:
        attend(store, review.attention(kind, until=until, by=by, why=why))
    except StoreError as error:
        if type(error) is not StoreError:
            raise  # the store itself failed: that is for the guard
        page.show(blocks.callout(STOPPED, "This cannot be saved", str(error)), key=_key("stopped"))
        return
    _forget()
    st.rerun()
