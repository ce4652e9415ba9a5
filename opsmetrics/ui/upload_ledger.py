"""Loaded before: the ledger of batches, and taking one of them back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Hashable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from opsmetrics.desk import Desk
from opsmetrics.measurements import events_key
from opsmetrics.ui import blocks, reviews, undo_asking, upload_blocks
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.clock import at_site, covered_days, site, span_text
from opsmetrics.ui.links import target
from opsmetrics.ui.reviews import Versions
from opsmetrics.ui.upload_blocks import act, cell, column
from opsmetrics.verdict import wording

#: Batches shown before "Show all".
SHOWN = 12
_ALL = "upload_ledger_all"

_COLUMNS = (
    column("Batch", right=True, narrow=True),
    column("Loaded"),
    column("By"),
    column("File"),
    column("Covers"),
    column("Records", right=True),
    column("New", right=True),
    column("Changed", right=True),
    column("State"),
)


def render(desk: Desk, person: str, slot: str) -> None:
    """Draw the ledger; an undo is asked about first, and its outcome is kept under `slot`."""
    ledger = desk.batches()
    if ledger.empty:
        return
    shown = ledger if st.session_state.get(_ALL) else ledger.head(SHOWN)
    title = blocks.title("Loaded before", count=len(ledger), note="newest first")
    lines = [_line(desk, row, _spans(desk, reviews.versions(desk, None))) for row in shown.to_dict("records")]
    pressed = upload_blocks.show(title, upload_blocks.grid("Loaded before", _COLUMNS, lines), key="upload_ledger")
    if pressed:
        undo_asking.ask(int(pressed["undo"]))
    if len(shown) < len(ledger) and st.button(f"Show all {len(ledger)}", type="tertiary", key="upload_show_all"):
        st.session_state[_ALL] = True
        st.rerun()
    undo_asking.question(desk, ledger, person, slot)


def _line(desk: Desk, row: Mapping[Hashable, Any], spans: dict[int, str]) -> Sequence[Block]:
    batch, at = int(row["batch"]), at_site(site(desk.catalog), pd.Timestamp(row["at"]).to_pydatetime())
    numbers = [cell(wording.number(float(row[name]), 0)) for name in ("records", "new", "updated")]
    loaded, by = wording.instant(at), str(row["by"])
    return [
        cell(str(batch)),
        cell(loaded, "thin"),
        cell(by),
        cell(str(row["source"]), under=f"{loaded} by {by}", go=target("data", batch=str(batch))),
        cell(spans.get(batch, ""), "thin"),
        *numbers,
        _state(desk, row, batch),
    ]


def _state(desk: Desk, row: Mapping[Hashable, Any], batch: int) -> Block:
    if not pd.isna(row["undone_at"]):
        at = at_site(site(desk.catalog), pd.Timestamp(row["undone_at"]).to_pydatetime())
        return cell(f"undone {wording.instant(at)} by {row['undone_by']}", "muted")
    if row["kind"] != "load":
        return cell("given with the definitions", "muted")
    return act("Undo", f"Undo batch {batch}", undo=batch)


@st.cache_resource(max_entries=4, show_spinner=False)
def _spans(_desk: Desk, key: Versions) -> dict[int, str]:
    """What each batch in force covers, in words: from the first to the last day of its KPIs, on their own clocks."""
    ends: dict[int, list[dt.date]] = {}
    catalog = _desk.catalog
    for name in (*(kpi.key for kpi in catalog.kpis), *(events_key(stream.key) for stream in catalog.streams)):
        for span in _desk.store.spans(name).to_dict("records"):
            bounds = (span["starts_at"].to_pydatetime(), span["ends_at"].to_pydatetime())
            ends.setdefault(int(span["batch"]), []).extend(covered_days(catalog, name, *bounds))
    return {batch: span_text(min(days), max(days)) for batch, days in ends.items() if days}
