"""One definition in its form: at the left what it says, at the right what it would show on the data, and saving it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from opsmetrics.access import account_name
from opsmetrics.catalog import Catalog, CatalogError, Slice, read_catalog
from opsmetrics.catalog.editing import Edited, Tables, edited, kpi_key, with_kpi, without_kpi
from opsmetrics.desk import Desk
from opsmetrics.desk.defining import preview, put_in_force
from opsmetrics.figures import STOPPED
from opsmetrics.review import KpiReview
from opsmetrics.store import KeyDimensionNeedsAnswer, StoreError
from opsmetrics.ui import blocks, definition_form, definition_problems, page, reviews, rows
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.links import ChartView

_TOLD = "definitions_told"
_ASKED = "definitions_asked"


@dataclass(frozen=True)
class Begun:
    """What a new definition starts with: its keys, all definitions around it, and its key where that is fixed."""

    table: dict[str, Any]
    tables: Tables
    key: str | None = None


def render(desk: Desk, known: Tables, key: str | None, begun: Begun | None = None) -> None:
    """Draw the form of the KPI `key`, or of a new one."""
    begun = begun or Begun(known["kpis"][str(key)], known, key)
    head = st.container()
    back()
    left, right = st.columns([3, 2], gap="large")
    form = definition_form.Form(begun.key or "new", begun.table, begun.tables)
    with left:
        table = definition_form.draw(form)
    name = begun.key or kpi_key(str(table.get("name", "")), known.get("kpis", {}))
    change = edited(with_kpi(begun.tables, name, table))
    form.tell(definition_problems.at_fields(change.problems, name))
    with head:
        title = str(begun.table.get("name", "")) if key else "A new KPI"
        page.show(blocks.heading(title, eyebrow=f"KPIs · key {name}"), key="head")
    with right, st.container(key="definition_side"):
        _show(desk, change, name, known)
        person = _person()
        _save(desk, change, name, person)
        if key:
            _take_out(desk, known, key, person)


def back() -> None:
    """The way back to the list, and what was saved last."""
    if st.button("Back to the list", type="tertiary", key="definitions_back"):
        home()
    told()


def home() -> None:
    """Show the list."""
    st.query_params.clear()
    st.rerun()


def told() -> None:
    """What the last change did, once."""
    lines = st.session_state.pop(_TOLD, None)
    if lines:
        page.show(blocks.lines("Saved", [{"lead": "", "text": line, "note": ""} for line in lines]), key="told")


def keep_told(lines: tuple[str, ...]) -> None:
    """What a change did, to be shown after the page has been drawn anew."""
    st.session_state[_TOLD] = lines or ("No definition changed.",)


def _person() -> str:
    given = st.text_input("Your name", value=account_name(), key="person", persist_state="session", width=260)
    return given.strip() or account_name()


# What it would show


def _show(desk: Desk, change: Edited, key: str, known: Tables) -> None:
    if change.problems:
        page.show(definition_problems.block(change.problems, key), key="definition_problems")
        return
    drafted = read_catalog(change.text)
    before = read_catalog(edited(known).text) if key in known.get("kpis", {}) else None
    changed = before is not None and before[key] != drafted[key]
    items = [_row(_drafted(desk, drafted, key), "as it would be" if changed else "on the data")]
    if changed:
        items.insert(0, _row(reviews.review(desk, ChartView(key, _part(desk.catalog, key))), "as it is"))
    page.show(*[block for item in items for block in item], key="definition_preview")
    if change.warnings:
        lines = [
            {"lead": "Note", "text": definition_problems.sentence(problem), "note": ""} for problem in change.warnings
        ]
        page.show(blocks.lines("Look again", lines), key="definition_warnings")


def _drafted(desk: Desk, catalog: Catalog, key: str) -> KpiReview:
    return preview(desk, catalog, key, _part(catalog, key), viewer=reviews.viewer())


def _part(catalog: Catalog, key: str) -> Slice:
    """The first watched slice."""
    part = next(iter(catalog[key].watch), ())
    return tuple((name, value) for name, value in part if name in catalog[key].dimensions)


def _row(review: KpiReview, title: str) -> list[Block]:
    """A review in a narrow column: its words, its figure with the line, its sentence."""
    if not len(review.points):
        text = "No data yet: load a file, then the preview shows its chart and verdict."
        return [blocks.lines("Preview", [{"lead": "", "text": text, "note": ""}])]
    item = rows.row(review, ChartView(review.kpi.key, review.series.slice))
    return [
        blocks.section(f"preview_{title}", "Preview", [item], note=title, count=0) | {"count": "", "layout": "rows"},
        blocks.caption(
            ": ".join(text for text in (review.choice.get("kind", ""), review.choice.get("why", "")) if text)
        ),
    ]


# Saving


def _save(desk: Desk, change: Edited, key: str, person: str) -> None:
    fill = _answers()
    ready = not change.problems
    if st.button("Save this definition", type="primary", key="definition_save", disabled=not ready):
        save(desk, change.text, [key], person, fill)


def save(desk: Desk, text: str, keys: Iterable[str], person: str, fill: dict[str, str] | None = None) -> None:
    """Put the definitions in force and go back to the list; where that cannot be, say why and change nothing."""
    try:
        lines = put_in_force(desk, text, keys, by=person, fill=fill)
    except KeyDimensionNeedsAnswer as question:
        st.session_state[_ASKED] = question.needed
        st.rerun()
    except (CatalogError, StoreError) as error:
        page.show(blocks.callout(STOPPED, "Nothing was saved", str(error)), key="definition_refused")
    else:
        st.session_state.pop(_ASKED, None)
        keep_told(lines)
        home()


def _answers() -> dict[str, str]:
    """A value for the rows already stored, where the KPI gains a dimension by which rows are told apart."""
    needed: tuple[str, ...] = st.session_state.get(_ASKED, ())
    if needed:
        text = "Rows that are stored already need a value, or a file sent again would count twice."
        page.show(blocks.callout(STOPPED, "Which value do the old rows get?", text), key="definition_question")
    given = {name: st.text_input(name, key=f"fill_{name}").strip() for name in needed}
    return {name: value for name, value in given.items() if value}


def _take_out(desk: Desk, known: Tables, key: str, person: str) -> None:
    with st.popover("Take it out of the definitions", type="tertiary", key="definition_out"):
        st.text("Its rows stay in the store and come back with a definition of the same key.")
        if st.button("Take it out", key="definition_out_now"):
            change = edited(without_kpi(known, key))
            if change.problems:
                page.show(definition_problems.block(change.problems, key), key="definition_out_problems")
            else:
                save(desk, change.text, [], person)
