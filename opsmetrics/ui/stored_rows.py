"""Stored rows as people read them: headings in words, times on the clock of the site."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from opsmetrics.catalog import Calendar, Catalog
from opsmetrics.ui.clock import at_site, site

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
