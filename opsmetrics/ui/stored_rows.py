"""Stored rows as people read them: where they came from, headings in words, times on the clock of the site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from opsmetrics.catalog import Calendar, Catalog
from opsmetrics.ui import blocks
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.clock import at_site, site
from opsmetrics.ui.links import target
from opsmetrics.verdict import wording

#: Rows shown at most, and files named with a link.
ROWS = 500
FILES = 3

_HEADINGS = {
    "kpi": "KPI",
    "observed_at": "Observed",
    "sample": "Sample",
    "value": "Value",
    "count": "Count",
    "minutes": "Minutes",
    "cost": "Cost",
    "reference": "Reference",
    "batch": "Batch",
    "source": "File",
    "loaded_by": "Loaded by",
    "loaded_at": "Loaded",
}


def title(what: str, found: pd.DataFrame, catalog: Catalog, links: Sequence[Block] = ()) -> Block:
    """The title above these rows of the store: how many, from which file, and a way to take each file back."""
    return blocks.rows_title(f"Rows behind {what}", len(found), _came_from(found, catalog), [*links, *_files(found)])


def _came_from(found: pd.DataFrame, catalog: Catalog) -> str:
    """The file, where all rows come from one: "late.csv · loaded 16 Nov 2026, 05:31 by inbox"."""
    parts = [f"the first {ROWS} rows"] if len(found) == ROWS else []
    if found["batch"].nunique() > 1:
        parts.insert(0, f"{found['batch'].nunique()} files")
    elif len(found):
        first = found.iloc[0]
        at = wording.instant(at_site(site(catalog), pd.Timestamp(first["loaded_at"]).to_pydatetime()))
        parts = [str(first["source"]), f"loaded {at} by {first['loaded_by']}", *parts]
    return " · ".join(parts)


def _files(found: pd.DataFrame) -> list[Block]:
    """A link to each file's line in the ledger, where it can be taken back."""
    batches = found.drop_duplicates("batch")[["batch", "source"]].head(FILES).to_dict("records")
    return [
        {
            "text": "undo this file" if len(batches) == 1 else f"undo {row['source']}",
            "go": target("data", batch=str(row["batch"])),
        }
        for row in batches
    ]


def readable(found: pd.DataFrame, catalog: Catalog, calendar: Calendar, called: Mapping[str, str]) -> pd.DataFrame:
    """Rows of the store (stamps in UTC) with headings for people, without the columns that no row fills.

    What was observed stands on the clock of `calendar`, what was loaded on the one clock of all pages. `called` names
    the columns that every KPI or stream calls in its own way.
    """
    table = found.replace("", None).dropna(axis="columns", how="all").copy()
    for column, clock in (("observed_at", calendar), ("loaded_at", site(catalog))):
        if column in table:
            table[column] = [at_site(clock, at.to_pydatetime()).replace(tzinfo=None) for at in table[column]]
    if "kpi" in table:
        names = {kpi.key: kpi.name for kpi in catalog.kpis}
        table["kpi"] = [names.get(key, key) for key in table["kpi"]]
    dimensions = {dimension.key: dimension.name for dimension in catalog.dimensions}
    return table.rename(columns={**dimensions, **_HEADINGS, **called})


def dates(table: pd.DataFrame) -> dict[str, Any]:
    """How the times of a readable table are written: as everywhere on the pages, without a clock where all are days."""
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


def show(table: pd.DataFrame, *, key: str) -> None:
    """Draw a readable table."""
    st.dataframe(table, hide_index=True, width="stretch", height="auto", key=key, column_config=dates(table))
