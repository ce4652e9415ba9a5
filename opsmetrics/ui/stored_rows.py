"""Stored rows as people read them: where they came from, headings in words, times on the clock of the site."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from opsmetrics.catalog import Calendar, Catalog
from opsmetrics.ui import blocks, tables
from opsmetrics.ui.blocks import Block
from opsmetrics.ui.clock import at_site, site
from opsmetrics.ui.links import target
from opsmetrics.ui.tables import Table
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
    return _worded(table, catalog, called)


def overwritten(changes: pd.DataFrame, catalog: Catalog) -> pd.DataFrame:
    """The values that a batch overwrote (`Store.changes`) as people read them: what they were, and what they became.

    Each time stands on the clock of its own KPI; numbers are called by what they count where all are of one KPI.
    """
    table = changes.drop(columns="fact").replace("", None).dropna(axis="columns", how="all")
    known = {kpi.key: kpi for kpi in catalog.kpis}
    kpis = [known.get(key) for key in table["kpi"]]
    clocks = [kpi.calendar if kpi else site(catalog) for kpi in kpis]
    table["observed_at"] = [
        at_site(clock, at.to_pydatetime()).replace(tzinfo=None)
        for clock, at in zip(clocks, table["observed_at"], strict=True)
    ]
    if all(kpi is not None and kpi.operate == "sample" for kpi in kpis):
        table = table.drop(columns="observed_at")
    own = kpis[0] if len(set(table["kpi"])) == 1 else None
    nouns = {name: getattr(own, name, "") or name.capitalize() for name in ("numerator", "denominator")}
    called = {"old_batch": "Batch before"}
    for column in table.columns:
        age, _, name = str(column).partition("_")
        if age in ("old", "new") and name != "batch":
            called[str(column)] = f"{nouns.get(name, name.capitalize())} {'before' if age == 'old' else 'now'}"
    return _worded(table, catalog, called)


def events_before(events: pd.DataFrame, catalog: Catalog) -> pd.DataFrame:
    """Events that a batch overwrote (`store.overwritten_events`) as people read them, each on its stream's clock."""
    known = {stream.key: stream for stream in catalog.streams}
    table = events.replace("", None).dropna(axis="columns", how="all")
    streams = [known.get(str(key)) for key in table["stream"]]
    table["observed_at"] = [
        at_site(stream.calendar if stream else site(catalog), at.to_pydatetime()).replace(tzinfo=None)
        for stream, at in zip(streams, table["observed_at"], strict=True)
    ]
    table["stream"] = [stream.name if stream else key for stream, key in zip(streams, table["stream"], strict=True)]
    called = {"stream": "Events", "category": "Category", "subcategory": "Subcategory"}
    if len({*table["stream"]}) == 1 and streams[0] is not None:
        called |= {"category": streams[0].category, "subcategory": streams[0].subcategory}
    return _worded(table, catalog, called)


def _worded(table: pd.DataFrame, catalog: Catalog, called: Mapping[str, str]) -> pd.DataFrame:
    if "kpi" in table:
        names = {kpi.key: kpi.name for kpi in catalog.kpis}
        table["kpi"] = [names.get(key, key) for key in table["kpi"]]
    dimensions = {dimension.key: dimension.name for dimension in catalog.dimensions}
    return table.rename(columns={**dimensions, **_HEADINGS, **called})


def show(table: Table | pd.DataFrame, *, key: str) -> None:
    """Draw a readable table."""
    tables.show(table if isinstance(table, Table) else tables.finished(table), key=key)
