"""The Enter page: one line for each KPI and slice, the last number beside it, questions at once, one batch."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from opsmetrics import entry
from opsmetrics.access import account_name
from opsmetrics.catalog import Catalog, slice_text
from opsmetrics.desk import Desk
from opsmetrics.desk.kept import Kept
from opsmetrics.entry import EntryRow, HalfTyped, NotANumber, Typed
from opsmetrics.figures import STOPPED, data_mark
from opsmetrics.ingest import IngestRefused, typed_batch
from opsmetrics.measurements import counted
from opsmetrics.ui import blocks, filters, page, receipts, reviews, upload_blocks
from opsmetrics.ui.clock import at_site, site
from opsmetrics.ui.links import ChartView
from opsmetrics.ui.reviews import Versions
from opsmetrics.ui.upload_blocks import plain
from opsmetrics.verdict import wording

_WIDTHS = [3.4, 2.2, 1.7, 1.7, 3.6]
_HEADS = ("KPI", "Last", "Count or value", "of", "")
_SLOT = "enter_outcome"
_ROUND = "enter_round"  # a new round gives every line fresh, empty inputs

#: By versions and day; each line of it is a look into the store.
_ROWS: Kept[tuple[Versions, dt.date], list[EntryRow]] = Kept(32)


_KEYS = st.components.v2.component(
    "opsmetrics_enter_keys",
    js=(Path(__file__).parent / "enter_keys.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


@dataclass(frozen=True)
class Answer:
    """One line as typed: what it means, what is wrong with it, what is unusual and whether that was confirmed."""

    row: EntryRow
    typed: Typed | None = None
    problem: str = ""
    half: bool = False  # nothing is wrong but that the other number is still to come
    confirmed: bool = True


def render(desk: Desk) -> None:
    """Draw the page."""
    filters.bring("enter", desk.catalog, names=filters.dimension_parameters(desk.catalog))
    upload_blocks.apply_style()
    head = st.container()
    day, person = _asked(at_site(site(desk.catalog)).date())
    key = (reviews.versions(desk, None), day)
    found = _ROWS.of(key, lambda: entry.rows(desk, day, viewer=reviews.viewer()))
    offered, found = found, _wanted(desk, found)
    with head:
        _head(found if found or not offered else offered, day)
    if not offered:
        _nothing_to_enter(desk.catalog)
        return
    if not found:
        filters.nothing_fits(desk.catalog, "line")
        return
    answers = _lines(desk, found)
    if untyped := entry.never_typed(desk.catalog):
        st.caption(plain(untyped))
    note = st.text_input("Note for this entry (optional)", key=f"note_{_round()}", max_chars=500, width=560)
    _save(desk, answers, person, note)
    receipts.show(desk, _SLOT, person)


def _wanted(desk: Desk, found: list[EntryRow]) -> list[EntryRow]:
    """The lines of the chosen values of dimensions; a line that is not cut by one of them stays."""
    values: dict[str, set[str]] = {name: set() for name in desk.catalog.dimension_keys}
    for row in found:
        for name, value in row.part:
            values[name].add(value)
    chosen = filters.dimension_choices(desk.catalog, values)
    return [row for row in found if all(not chosen[name] or value in chosen[name] for name, value in row.part)]


def _asked(today: dt.date) -> tuple[dt.date, str]:
    yesterday = today - dt.timedelta(days=1)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        day = st.date_input(
            "Day", yesterday, max_value=today, key="day", bind="query-params", width=180, format="YYYY-MM-DD"
        )
        person = st.text_input("Your name", value=account_name(), key="person", persist_state="session", width=240)
    return day or yesterday, person.strip() or account_name()


def _head(found: list[EntryRow], day: dt.date) -> None:
    """The headline counts what is still to type."""
    asked = [row for row in found if not row.closed]
    missing = sum(not row.stored and not row.beside for row in asked)
    date = wording.date(day, weekday=True)
    if not found:
        title = "Nothing can be typed yet."
    elif not asked:
        title = f"No line is expected on {date}: a closed day."
    elif not missing:
        title = f"Every line holds a number for {date}."
    else:
        lines = counted(len(asked), "{n} line", "{n} lines")
        title = f"{missing} of {lines} {counted(missing, 'has', 'have')} no number yet for {date}."
    lead = "Enter or Tab goes to the next field, a comma or a point parts decimals, empty lines are left out."
    page.show(blocks.heading(title, eyebrow="Enter numbers", lead=lead if found else ""), key="enter_head")


def _nothing_to_enter(catalog: Catalog) -> None:
    if not catalog.kpis:
        page.first_steps(catalog, "", key="enter_empty")
        return
    page.show(
        blocks.empty(
            "Lines appear here for every KPI that has no dimensions, and for each line, site or "
            "unit that has reported once. Load the first file, or name the slices to watch in the definitions."
        ),
        key="enter_empty",
    )
    page.buttons([("Load a file", "upload"), ("See the KPIs", "kpis")], key="enter_empty")


def _lines(desk: Desk, found: list[EntryRow]) -> list[Answer]:
    with st.container(key="enter_lines"):
        with st.container(key="enter_heads"):
            for column, text in zip(st.columns(_WIDTHS), _HEADS, strict=True):
                column.caption(text)
        answers = [_line(desk, row, number) for number, row in enumerate(found)]
        with st.container(key="enter_keys"):  # takes no room: upload_look.css
            _KEYS(key="enter_keys_listener")
        return answers


def _line(desk: Desk, row: EntryRow, number: int) -> Answer:
    with st.container(key=f"enter_line_{number}"):
        name, last, first, second, word = st.columns(_WIDTHS, vertical_alignment="center")
        with name:
            st.text(" · ".join(text for text in (row.kpi.name, slice_text(row.part)) if text))
            if entry.entry_grain(row.kpi) != "day":
                st.caption(plain(row.label))
            if row.closed:
                st.caption("a closed day: nothing is expected")
            if why := entry.half_typed(row.kpi, desk.catalog):
                st.caption(plain(why))
        with last, st.container(horizontal=True, vertical_alignment="center", key=f"enter_last_{number}"):
            st.text(row.last or wording.DASH)
            st.caption(plain(row.last_label or "nothing yet"))
        texts = _inputs(row, first, second)
        with word:
            return _judge(desk, row, texts, number)


def _inputs(row: EntryRow, first: DeltaGenerator, second: DeltaGenerator) -> tuple[str, str]:
    kpi, where = row.kpi, f"{row.key}|{_round()}"
    spoken = " ".join(text for text in (kpi.name, slice_text(row.part)) if text)
    words = entry.fields(kpi)
    mark = "n" if kpi.counts else "v"
    typed = _input(first, f"{mark}|{where}", f"{spoken}, {words[0]}", words[0])
    return typed, _input(second, f"d|{where}", f"{spoken}, {words[1]}", words[1]) if len(words) > 1 else ""


def _input(place: DeltaGenerator, key: str, label: str, placeholder: str) -> str:
    return place.text_input(plain(label), key=key, placeholder=placeholder, label_visibility="collapsed", max_chars=200)


def _judge(desk: Desk, row: EntryRow, texts: tuple[str, str], number: int) -> Answer:
    """Say at once what is wrong or unusual; what is unusual is confirmed by a tick."""
    try:
        typed = entry.understand(row, texts)
    except NotANumber as error:
        half = isinstance(error, HalfTyped)
        mark = blocks.worded(data_mark("partial"), "Not complete") if half else blocks.worded(STOPPED, "Not understood")
        upload_blocks.show(upload_blocks.said(str(error), mark=mark), key=f"enter_wrong_{number}")
        return Answer(row, problem=str(error), half=half)
    if typed is None:
        return Answer(row)
    asked = entry.unusual(row, typed, reviews.review(desk, ChartView(row.kpi.key, row.part)))
    if not asked:
        st.text(typed.text if math.isnan(typed.value) else wording.value(row.kpi, typed.value))
        return Answer(row, typed)
    mark = blocks.worded(data_mark("suspect"), "Unusual")
    upload_blocks.show(upload_blocks.said(" ".join(asked), mark=mark), key=f"enter_unusual_{number}")
    sure = st.checkbox("It is right", key=f"sure|{row.key}|{_round()}|{'|'.join(texts)}")
    return Answer(row, typed, confirmed=sure)


def _save(desk: Desk, answers: list[Answer], person: str, note: str) -> None:
    """The button stays within reach of the keyboard; what it waits for stands beside it."""
    typed = [answer for answer in answers if answer.typed is not None]
    half = sum(answer.half for answer in answers)
    wrong = sum(bool(answer.problem) for answer in answers) - half
    questions = sum(not answer.confirmed for answer in typed)
    why = _why_not(len(typed), wrong, half, questions)
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button("Save", type="primary", key="enter_save")
        said = f"{counted(len(typed), '{n} line', '{n} lines')} to save."
        st.caption(f"Nothing was saved. {why}" if pressed and why else why or said)
    if pressed and not why:
        _commit(desk, typed, person, note)


def _why_not(typed: int, wrong: int, half: int, questions: int) -> str:
    for count, what in (
        (wrong, "not understood yet"),
        (half, "not complete yet"),
        (questions, "unusual: mend the number, or tick that it is right"),
    ):
        if count:
            return f"{counted(count, '{n} line is', '{n} lines are')} {what}."
    return "" if typed else "Nothing typed yet."


def _commit(desk: Desk, answers: list[Answer], person: str, note: str) -> None:
    rows = [row for answer in answers if answer.typed for row in answer.typed.rows]
    try:
        batch = typed_batch(rows, desk.catalog, by_note=note.strip())
    except IngestRefused as error:
        upload_blocks.show(receipts.refusal("These numbers were not saved", str(error)), key="enter_refused")
        return
    st.session_state[_SLOT] = receipts.commit(desk, [batch], person)
    st.session_state[_ROUND] = _round() + 1
    st.rerun()


def _round() -> int:
    return int(st.session_state.get(_ROUND, 0))
