"""Dated targets in a small table: from which day on which value, or which range."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

_HELP = "Without a date the target has held since ever. A line without a value ends the target from that day on."


def draw(key: str, table: Mapping[str, Any], better: str) -> dict[str, Any]:
    """The table of targets; the answer holds `target` or `targets` as a definitions file does."""
    ranged = better == "neither"
    columns = ("low", "high") if ranged else ("value",)
    config: dict[str, Any] = {"from": st.column_config.DateColumn("From", format="YYYY-MM-DD")}
    config |= {name: st.column_config.NumberColumn(name.capitalize(), format="%g") for name in columns}
    st.caption(_HELP)
    edited = st.data_editor(
        _frame(table, columns),
        num_rows="dynamic",
        hide_index=True,
        column_config=config,
        key=f"{key}_{'range' if ranged else 'value'}",
        width="stretch",
    )
    return _written(edited, columns)


def _frame(table: Mapping[str, Any], columns: tuple[str, ...]) -> pd.DataFrame:
    """The targets of a definition as lines; those of the other form (a range for a value) have no place."""
    lines = [{"from": None, **_ends(table["target"])}] if "target" in table else []
    lines += [{"from": target.get("from"), **target} for target in table.get("targets", [])]
    frame = pd.DataFrame(lines, columns=["from", *columns])
    frame["from"] = pd.to_datetime(frame["from"]).dt.date if len(frame) else frame["from"].astype(object)
    for name in columns:
        frame[name] = pd.to_numeric(frame[name], errors="coerce").astype(float)  # "none" is an empty cell
    return frame


def _ends(target: Any) -> dict[str, Any]:
    return {"low": target[0], "high": target[1]} if isinstance(target, list) else {"value": target}


def _written(frame: pd.DataFrame, columns: tuple[str, ...]) -> dict[str, Any]:
    lines = [_line(row, columns) for row in frame.to_dict("records")]
    told = [line for line in lines if line]
    if len(told) == 1 and "from" not in told[0] and told[0].get("value") != "none":
        only = told[0]
        return {"target": only["value"] if columns == ("value",) else [only.get("low"), only.get("high")]}
    return {"targets": told}


def _line(row: Mapping[Any, Any], columns: tuple[str, ...]) -> dict[str, Any]:
    start = None if pd.isna(row["from"]) else pd.Timestamp(row["from"]).date()
    values = {name: _plain(row[name]) for name in columns if not pd.isna(row[name])}
    if not values:
        return {} if start is None else {"from": start, "value": "none"}
    return ({"from": start} if isinstance(start, dt.date) else {}) | values


def _plain(number: float) -> float | int:
    return int(number) if float(number).is_integer() else float(number)
