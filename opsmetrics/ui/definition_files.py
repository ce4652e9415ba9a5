"""Definitions as files: one TOML file for all of them, and a spreadsheet to change many at once."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pandas as pd
import streamlit as st

from opsmetrics import ingest
from opsmetrics.access import account_name
from opsmetrics.catalog import Problem, check, read_catalog
from opsmetrics.catalog.differing import differences
from opsmetrics.catalog.editing import SHEET, Tables, edited, from_sheet, sheet_rows, tables_of
from opsmetrics.desk import Desk
from opsmetrics.figures import STOPPED
from opsmetrics.ui import blocks, definition_changes, definition_edit, page, tables


def toml(desk: Desk, known: Tables) -> None:
    """Export and import of all definitions."""
    lead = "Export, change the file with any editor, check it here, and make it the one in force."
    page.show(blocks.heading("All definitions as one file", eyebrow="KPIs", lead=lead), key="head")
    definition_edit.back()
    st.download_button(
        "Export kpis.toml", lambda: desk.export().encode(), "kpis.toml", "application/toml", key="export_toml"
    )
    given = st.file_uploader("Import a TOML file", type="toml", key="import_toml", max_upload_size=5)
    if given is None:
        return
    try:
        text = given.getvalue().decode("utf-8-sig")
    except UnicodeDecodeError:
        _stopped("This file was not read", "It is not text in UTF-8. Save it as UTF-8, then choose it again.")
        return
    problems, warnings = check(text)
    if problems:
        page.show(_problems(problems), key="import_problems")
        return
    _changes(desk, known, text, warnings)


def _changes(desk: Desk, known: Tables, text: str, warnings: tuple[Problem, ...]) -> None:
    """What the file would change, and the button that makes it so. Targets that were decided count as said."""
    after = read_catalog(text)
    names = {kpi.key: kpi.name for kpi in (*desk.catalog.kpis, *after.kpis)}
    lines = definition_changes.lines(differences(known, tables_of(after)), names)
    nothing = [{"lead": "", "text": "The file says what is in force already.", "note": ""}]
    told = [blocks.lines("What it would change", lines or nothing) | ({} if lines else {"count": ""})]
    if warnings:
        told.append(blocks.lines("Look again", [{"lead": "Note", "text": str(w), "note": ""} for w in warnings]))
    page.show(*told, key="import_changes")
    if lines and st.button("Put it in force", type="primary", key="import_apply"):
        definition_edit.save(desk, text, [kpi.key for kpi in after.kpis], _person())


def many(desk: Desk, known: Tables) -> None:
    """Names, owners, targets of all KPIs in a grid, or in a spreadsheet that comes back."""
    lead = "Change cells here, or download the sheet, change it in a spreadsheet and choose it again."
    page.show(blocks.heading("Many at once", eyebrow="KPIs", lead=lead), key="head")
    definition_edit.back()
    frame = pd.DataFrame(sheet_rows(known), columns=["key", *SHEET])
    st.download_button(
        "Download the sheet", lambda: tables.csv_bytes(frame), "kpi-definitions.csv", "text/csv", key="many_csv"
    )
    given = st.file_uploader("Choose the changed sheet", type=["csv", "xlsx"], key="many_file", max_upload_size=5)
    rows = frame
    if given is not None:
        read = _read(given.name, given.getvalue())
        if read is None:
            return
        rows = read
    changed = st.data_editor(
        rows, hide_index=True, disabled=["key"], width="stretch", key=f"many_grid_{given is not None}"
    )
    _save_many(desk, known, changed)


def _read(name: str, content: bytes) -> pd.DataFrame | None:
    """The sheet as texts; None, with a sentence on the page, where it cannot be read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"sheet{Path(name).suffix.lower()}"
        path.write_bytes(content)
        try:
            read = ingest.texts_of(path)
        except (ingest.IngestRefused, ingest.NeedsAnswer) as error:
            _stopped("This sheet was not read", str(error))
            return None
    if "key" not in read.columns:
        found = ", ".join(map(str, read.columns[:6]))
        _stopped("This sheet was not read", f"Its columns are {found}; wanted one named key, as in the download.")
        return None
    return read


def _save_many(desk: Desk, known: Tables, rows: pd.DataFrame) -> None:
    texts = rows.fillna("").astype(str).to_dict("records")
    changed, misread = from_sheet(known, [{str(k): v for k, v in row.items()} for row in texts])
    if misread:
        page.show(_problems(misread), key="many_misread")
        return
    names = [key for key, table in changed["kpis"].items() if known["kpis"][key] != table]
    change = edited(changed)
    if change.problems:
        page.show(_problems(change.problems), key="many_problems")
        return
    if not names:
        st.text("Nothing has been changed yet.")
        return
    called = {key: str(table.get("name", key)) for key, table in changed["kpis"].items()}
    listed = definition_changes.lines(differences(known, changed), called)
    page.show(blocks.lines("What would change", listed), key="many_changes")
    if st.button(f"Save {len(names)} definition{'s' if len(names) > 1 else ''}", type="primary", key="many_save"):
        definition_edit.save(desk, change.text, names, _person())


def _problems(problems: tuple[Problem, ...]) -> blocks.Block:
    return blocks.lines("Before it can be saved", [_problem(problem) for problem in problems])


def _problem(problem: Problem) -> blocks.Block:
    text = f"Found {problem.found}; wanted {problem.wanted}. {problem.mend}"
    return {"lead": problem.key or "Definitions", "text": text, "note": ""}


def _stopped(title: str, text: str) -> None:
    page.show(blocks.callout(STOPPED, title, text), key="definition_stopped")


def _person() -> str:
    return str(st.session_state.get("person") or account_name())
