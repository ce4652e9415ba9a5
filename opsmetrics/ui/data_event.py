"""One stored event: every file that told of it, which one took it away, and the records of a log behind an outage."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from opsmetrics import facts
from opsmetrics.catalog import Calendar, Catalog, Stream
from opsmetrics.desk import Desk
from opsmetrics.desk.correcting import event_history
from opsmetrics.ui import blocks, page, reviews, tables, upload_blocks
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.clock import at_site, site
from opsmetrics.ui.links import target
from opsmetrics.ui.stored_rows import ROWS, readable
from opsmetrics.ui.upload_blocks import cell, column
from opsmetrics.verdict import wording

#: Chooses a day on a calendar, at first that of an instant: from and to in naive UTC.
Day = Callable[[Calendar, pd.Timestamp], tuple[pd.Timestamp, pd.Timestamp]]

_AMOUNTS = ("minutes", "count", "cost")


def rows(desk: Desk, stream: Stream, day: Day) -> pd.DataFrame:
    """The events of the chosen day, the newest day at first; empty where there is none."""
    reach = facts.event_reach(desk.store, stream, viewer=reviews.viewer())
    if reach is None:
        return pd.DataFrame()
    start, end = day(stream.calendar, reach[1])
    return facts.event_rows(desk.store, stream, (), viewer=reviews.viewer(), start=start, end=end, limit=ROWS)


def render(desk: Desk, stream: Stream, found: pd.DataFrame) -> None:
    """Draw these events, and the history of the chosen one."""
    if found.empty:
        st.text("No event is stored for this choice.")
        return
    called = {"category": stream.category, "subcategory": stream.subcategory}
    shown = readable(found, desk.catalog, stream.calendar, called)
    st.text("Choose an event to see its history.")
    picked = chosen_row(shown, f"value_events_{stream.key}", f"The stored events of {stream.name}.")
    if picked is not None:
        _history(desk, stream, found.iloc[picked].to_dict())


def chosen_row(shown: pd.DataFrame, key: str, alt: str) -> int | None:
    """Draw a table of which one row can be chosen; the answer is its place, None where none is."""
    selected = st.dataframe(
        shown, hide_index=True, width="stretch", key=key, on_select="rerun",
        selection_mode="single-row", column_config=tables.dates(shown), alt=alt,
    )  # fmt: skip
    picked = selected["selection"]["rows"]
    return picked[0] if picked else None


def _history(desk: Desk, stream: Stream, row: Mapping[Any, Any]) -> None:
    told, records = event_history(desk, stream, row, viewer=reviews.viewer())
    count = len(told)
    how = "One file tells of it." if count == 1 else f"It was stated {count} times, the newest first."
    page.show(blocks.title("History", note=how), key="history_title")
    amounts = [name for name in _AMOUNTS if told[name].notna().any()]
    columns = [column("Happened"), column("What"), *(column(name.capitalize(), right=True) for name in amounts)]
    columns += [*_file_columns(), column("Since then")]
    again = {int(batch) for batch in told["batch"]}
    lines = [_version(desk.catalog, stream, each, amounts, again) for each in told.iloc[::-1].to_dict("records")]
    upload_blocks.show(upload_blocks.grid("History", columns, lines), key="value_history")
    if len(records):
        title = blocks.title("Records of its log", count=len(records), note="from its start to the record that ends it")
        page.show(title, key="records_title")
        columns = [column("Time"), column("State"), *_file_columns()]
        lines = [_record(desk.catalog, stream, each) for each in records.to_dict("records")]
        upload_blocks.show(upload_blocks.grid("Records of its log", columns, lines), key="value_records")


def _file_columns() -> list[Block]:
    return [column("Batch", right=True), column("File"), column("Loaded"), column("By")]


def _since(row: Mapping[Any, Any], again: set[int]) -> str:
    if pd.isna(row["removed_by"]):
        return "in force"
    later = int(row["removed_by"])
    return f"{'stated again' if later in again else 'taken away'} by batch {later}"


def _version(
    catalog: Catalog, stream: Stream, row: Mapping[Any, Any], amounts: Sequence[str], again: set[int]
) -> list[Block]:
    what = " · ".join(str(row[name]) for name in ("category", "subcategory") if row[name])
    numbers = ["" if pd.isna(row[name]) else wording.number(float(row[name]), 6) for name in amounts]
    return [
        cell(_moment(stream.calendar, row["observed_at"]), "thin"),
        cell(what, "strong"),
        *(cell(text.rstrip("0").rstrip(".") if "." in text else text) for text in numbers),
        *_file(catalog, row),
        cell(_since(row, again), "muted"),
    ]


def _record(catalog: Catalog, stream: Stream, row: Mapping[Any, Any]) -> list[Block]:
    state = cell(str(row["state"]), "strong" if row["down"] else "")
    return [cell(_moment(stream.calendar, row["observed_at"]), "thin"), state, *_file(catalog, row)]


def _file(catalog: Catalog, row: Mapping[Any, Any]) -> list[Block]:
    batch = str(row["batch"])
    return [
        cell(batch),
        cell(str(row["source"]), go=target("data", batch=batch)),
        cell(_moment(site(catalog), row["at"]), "thin"),
        cell(str(row["by"])),
    ]


def _moment(clock: Calendar, at: Any) -> str:
    return wording.instant(at_site(clock, pd.Timestamp(at).to_pydatetime()))
