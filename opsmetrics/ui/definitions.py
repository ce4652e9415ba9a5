"""The KPIs page: the list of definitions, one definition in its form with a preview on the data, many at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from opsmetrics.catalog import Catalog, Kpi
from opsmetrics.catalog.editing import Tables, tables_of
from opsmetrics.catalog.presets import presets, with_needs
from opsmetrics.desk import Desk
from opsmetrics.ui import blocks, definition_changes, definition_edit, definition_files, misread, page, reviews, tables
from opsmetrics.ui.clock import at_site
from opsmetrics.ui.definition_words import KIND_WORDS
from opsmetrics.verdict import wording

#: What the page can show beside the list, by the parameter `do`.
_NEW, _PRESET, _FILE, _MANY = "new", "preset", "file", "many"

#: Pixels that hold a target with its date, "93 from 2026-09-01": the table's own guess looks at the first rows only.
TARGET_WIDTH = 130


def render(desk: Desk) -> None:
    """Draw what the address asks for."""
    catalog = desk.catalog
    known = tables_of(catalog, desk.store.decisions())
    asked, doing = st.query_params.get("edit", ""), st.query_params.get("do", "")
    if asked in known.get("kpis", {}):
        definition_edit.render(desk, known, asked)
    elif doing == _NEW:
        definition_edit.render(desk, known, None, _begun(known))
    elif doing == _PRESET:
        _presets(known)
    elif doing == _FILE:
        definition_files.toml(desk, known)
    elif doing == _MANY:
        definition_files.many(desk, known)
    else:
        _list(desk, catalog)


def _list(desk: Desk, catalog: Catalog) -> None:
    sources = reviews.sources(desk)
    page.show(_head(catalog, sources), key="head")
    lost = st.query_params.get("edit", "")
    misread.tell(desk, [f"no KPI “{lost}”"] if lost else [])
    _actions(empty=not catalog.kpis)
    definition_edit.told()
    if not catalog.kpis:
        text = "A KPI says what is counted or measured, which way is good, and what its target is. "
        page.show(blocks.empty(text + "Start from one that others use, or from nothing."), key="empty")
        return
    table = _table(desk, catalog, sources)
    chosen = st.dataframe(
        table, hide_index=True, width="stretch", height="content", key="definitions", on_select="rerun",
        selection_mode="single-row", alt="The KPIs that are defined; choose a row to edit it.",
        column_config={"Target": st.column_config.TextColumn(width=TARGET_WIDTH)},
    )  # fmt: skip
    picked = chosen["selection"]["rows"]
    if picked:
        _go(edit=str(table["Key"].iloc[picked[0]]))
    st.text("Choose a row to change its definition or target.")
    st.download_button(
        "Download as CSV", lambda: tables.csv_bytes(table), "kpis.csv", "text/csv", type="tertiary", key="kpis_csv"
    )


def _head(catalog: Catalog, sources: pd.DataFrame) -> blocks.Block:
    count = len(catalog.kpis)
    filled = set(sources["kpi"])
    waiting = sum(kpi.key not in filled and kpi.kind != "derived" for kpi in catalog.kpis)
    title = "No KPI is defined yet." if not count else f"{count} KPI{'s are' if count > 1 else ' is'} defined."
    lead = f"{waiting} of them {'has' if waiting == 1 else 'have'} no data yet." if waiting else ""
    return blocks.heading(title, eyebrow="KPIs", lead=lead)


def _actions(*, empty: bool) -> None:
    choices = (
        ("From a preset", _PRESET, "Definitions that others use, by field of work"),
        ("New KPI", _NEW, "Define a KPI from nothing"),
        ("Many at once", _MANY, "Change names, owners and targets in a spreadsheet"),
        ("Import and export", _FILE, "The definitions as one TOML file"),
    )
    with st.container(horizontal=True, key="definition_actions"):
        for place, (text, doing, help_) in enumerate(choices):
            if empty and doing == _MANY:
                continue
            kind = "primary" if place == 0 else "secondary"
            if st.button(text, type=kind, key=f"do_{doing}", help=help_):  # type: ignore[arg-type]
                _go(do=doing)


def _table(desk: Desk, catalog: Catalog, sources: pd.DataFrame) -> pd.DataFrame:
    rows = dict(zip(sources["kpi"], sources["rows"], strict=True))
    last = dict(zip(sources["kpi"], sources["last_observed_at"], strict=True))
    decisions = desk.store.decisions()
    known = tables_of(catalog, decisions)["kpis"]
    lines = []
    for kpi in catalog.kpis:
        lines.append(
            {
                "Name": kpi.name,
                "Key": kpi.key,
                "Heading": kpi.category,
                "Kind": KIND_WORDS[kpi.kind].partition(":")[0],
                "Unit": kpi.unit,
                "Good": {"higher": "higher", "lower": "lower"}.get(kpi.better, "neither"),
                "Target": _target(known[kpi.key]),
                "Judged by": kpi.operate,
                "Led by": kpi.lead or "",
                "Owner": kpi.owner,
                "Rows": int(rows.get(kpi.key, 0)),
                "Last data": _last_day(kpi, last.get(kpi.key)),
            }
        )
    return pd.DataFrame(lines)


def _last_day(kpi: Kpi, seen: Any) -> str:
    """The day of the last observation at the KPI's site; samples have no days."""
    if kpi.operate == "sample" or seen is None or pd.isna(seen):
        return ""
    return wording.date(at_site(kpi.calendar, pd.Timestamp(seen).to_pydatetime()))


def _target(table: Mapping[str, Any]) -> str:
    """The target, of several the last one."""
    if "target" in table:
        return definition_changes.target(table["target"])
    return "".join(map(definition_changes.dated, table.get("targets", [])[-1:]))


# Starting points


def _presets(known: Tables) -> None:
    page.show(blocks.heading("Start from a preset", eyebrow="KPIs", lead=_PRESET_LEAD), key="head")
    definition_edit.back()
    for title in dict.fromkeys(preset.field for preset in presets()):
        offered = [preset for preset in presets() if preset.field == title]
        with st.expander(f"{title} ({len(offered)})", key=f"presets_{title}"):
            for preset in offered:
                words, act = st.columns([6, 1], vertical_alignment="center")
                words.text(preset.name)
                words.caption(preset.description + _needing(preset.key))
                if preset.key in known.get("kpis", {}):
                    act.caption("defined already")
                elif act.button("Take it", key=f"take_{preset.key}", help=f"Open {preset.name} in the form"):
                    _go(do=_NEW, preset=preset.key)


_PRESET_LEAD = "Each opens in the form, where its name, target and owner can be changed before it is saved."


def _needing(key: str) -> str:
    needs = [preset.name for preset in with_needs(key)[:-1]]
    return f" It is made of {', '.join(needs)}, which come with it." if needs else ""


def _begun(known: Tables) -> definition_edit.Begun:
    """What a new form starts with: a preset, with what its formula needs beside it."""
    asked = st.query_params.get("preset", "")
    if asked not in {preset.key for preset in presets()}:
        return definition_edit.Begun({"kind": "proportion", "better": "lower", "unit": "%"}, known)
    *needs, chosen = with_needs(asked)
    missing = {need.key: need.table for need in needs if need.key not in known.get("kpis", {})}
    return definition_edit.Begun(chosen.table, {**known, "kpis": {**known.get("kpis", {}), **missing}}, chosen.key)


def _go(**params: str) -> None:
    """Show another part of this page."""
    st.query_params.from_dict(params)
    st.rerun()
