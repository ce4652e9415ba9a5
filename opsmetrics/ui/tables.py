"""The table behind every drawing, and its download."""

from __future__ import annotations

from typing import Any

import pandas as pd
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


def behind(label: str, frame: pd.DataFrame, *, file: str, key: str) -> None:
    """A fold with the table behind what stands above it, and its CSV."""
    with st.expander(label, key=key, icon=None):
        st.dataframe(frame, hide_index=True, width="stretch", key=f"{key}_table", column_config=dates(frame))
        st.download_button(
            "Download CSV", lambda: csv_bytes(frame), file_name=file, mime="text/csv", key=f"{key}_csv", type="tertiary"
        )
