"""The table behind every drawing, and its download."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd
import pyarrow as pa
import streamlit as st

from opsmetrics.ingest import harmless


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """The frame as CSV in UTF-8 with a byte-order mark (spreadsheets read it right); text that looks like a formula
    gets an apostrophe in front, numbers stay as they are."""
    return ("\ufeff" + defused(frame).to_csv(index=False, lineterminator="\r\n")).encode("utf-8")


def defused(frame: pd.DataFrame) -> pd.DataFrame:
    """A copy in which no text cell and no heading can run as a formula."""
    safe = frame.rename(columns=_defuse)
    for position in range(safe.shape[1]):
        column = safe.iloc[:, position]
        if not pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_datetime64_any_dtype(column):
            safe.isetitem(position, [_defuse(cell) for cell in column])
    return safe


def _defuse(cell: object) -> object:
    return harmless(cell) if isinstance(cell, str) else cell


def dates(table: pd.DataFrame) -> dict[str, Any]:
    """How the times of a table are written: as everywhere on the pages, without a clock where all are days."""
    found = {}
    for name in table.select_dtypes("datetime"):
        stamps = table[name].dropna()
        whole = (stamps == stamps.dt.normalize()).all()
        found[str(name)] = (
            st.column_config.DateColumn(format="D MMM YYYY")
            if whole
            else st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm")
        )
    return found


@dataclass(frozen=True, eq=False)
class Table:
    """A finished table: as it is computed with, as the browser gets it, and how its times are written."""

    frame: pd.DataFrame
    sent: pa.Table | pd.DataFrame
    columns: Mapping[str, Any]


def finished(frame: pd.DataFrame) -> Table:
    """The table of this frame, to be kept: Streamlit would make it into Arrow anew in each run."""
    try:
        sent = pa.Table.from_pandas(frame)
    except (pa.ArrowTypeError, pa.ArrowInvalid, pa.ArrowNotImplementedError):
        sent = frame  # columns of several types, which Streamlit knows to mend
    return Table(frame, sent, dates(frame))


def show(table: Table, *, key: str) -> None:
    """Draw the table in the width of the page."""
    st.dataframe(table.sent, hide_index=True, width="stretch", key=key, column_config=dict(table.columns))


def behind(label: str, table: Table | pd.DataFrame, *, file: str, key: str) -> None:
    """A fold with the table behind what stands above it, and its CSV."""
    held = table if isinstance(table, Table) else finished(table)
    with st.expander(label, key=key, icon=None):
        show(held, key=f"{key}_table")
        st.download_button(
            "Download CSV",
            lambda: csv_bytes(held.frame),
            file_name=file,
            mime="text/csv",
            key=f"{key}_csv",
            type="tertiary",
        )
