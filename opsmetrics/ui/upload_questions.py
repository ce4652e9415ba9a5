"""What a file cannot tell by itself, asked once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from opsmetrics.ingest import Question
from opsmetrics.measurements import Notice
from opsmetrics.ui.upload_blocks import plain

#: The question whose choices begin with names that people know.
SHEET = "sheet"


def ask(questions: Sequence[Question], key: str) -> dict[str, str] | None:
    """Draw the questions; the answer maps each code to its choice, in the one rerun after all were answered."""
    given: dict[str, str] = {}
    for number, question in enumerate(questions):
        st.text(question.text)
        choice = st.radio(
            f"Question {number + 1}",
            question.choices,
            index=None,
            format_func=_whole if question.code == SHEET else _short,
            key=f"{key}_{number}_{question.code}",
            label_visibility="collapsed",
        )
        if choice is not None:
            given[question.code] = choice
    complete = len(given) == len(questions)
    pressed = st.button("Go on", type="primary", disabled=not complete, key=f"{key}_go")
    return given if pressed and complete else None


def name_taken(warnings: Iterable[Notice], key: str) -> dict[str, str] | None:
    """One button for each new name that may mean a known one; the answer that a press gives."""
    offers = [notice.answer for notice in warnings if notice.answer is not None]
    for number, (code, known) in enumerate(offers):
        written = code.split(":", 2)[-1]
        if st.button(plain(f"Read “{written}” as “{known}”"), key=f"{key}_{number}"):
            return {code: known}
    return None


def _whole(choice: str) -> str:
    return plain(choice)


def _short(choice: str) -> str:
    return plain(_without_name(choice))


def _without_name(choice: str) -> str:
    """A choice as it is read: its short name stands before its first colon, and is for programs."""
    name, _, rest = choice.partition(": ")
    return f"{name[:1].upper()}{name[1:]}: {rest}" if rest and len(name) > 3 else rest or name
