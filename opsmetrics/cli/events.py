"""events: the stored events of a stream."""

from __future__ import annotations

import argparse
import math

import pandas as pd

from opsmetrics.catalog import Stream
from opsmetrics.cli import desks, owner
from opsmetrics.cli.console import Console, WrongUsage
from opsmetrics.cli.layout import table
from opsmetrics.desk.event_listing import listed_events
from opsmetrics.desk.receipts import ledger_dict

NONE_GIVEN = "(none given)"


def events(given: argparse.Namespace, console: Console) -> int:
    """List the events of a stream, oldest first."""
    if given.start and given.end and given.end < given.start:
        raise WrongUsage(f"--from {given.start} is later than --to {given.end}: swap the two.")
    with owner.reading(given, console) as desk:
        stream = desks.stream_of(desk.catalog, given.stream)
        part = desks.slice_of_stream(desk, stream, given.slice)
        found = listed_events(desk, stream, part, first=given.start, last=given.end, limit=given.limit + 1)
    shown = found.head(given.limit)
    if console.as_json:
        console.answer([ledger_dict(row) for _, row in shown.iterrows()])
    elif shown.empty:
        console.say(f"{stream.name}: no events in that time.")
    else:
        console.say(_table(stream, shown))
    if len(found) > given.limit:
        console.note(f"Only the first {given.limit} are shown; --limit N shows more, --from starts later.")
    return 0


def _table(stream: Stream, found: pd.DataFrame) -> str:
    """The columns that hold anything, under the stream's own words."""
    words = {"observed_at": "when", "category": stream.category, "subcategory": stream.subcategory}
    texts = ["observed_at", *stream.dimensions, "category", "subcategory"]
    numbers = [name for name in ("count", "minutes", "cost") if found[name].notna().any()]
    if not found["subcategory"].fillna("").astype(bool).any():
        texts.remove("subcategory")
    names = [*texts, *numbers, *(["reference"] if found["reference"].notna().any() else []), "batch"]
    rows = [[_cell(name, row[name]) for name in names] for row in found.to_dict("records")]
    return table(rows, [words.get(name, name) for name in names], [*numbers, "batch"], spare=("batch", "count"))


def _cell(name: str, value: object) -> str:
    if isinstance(value, pd.Timestamp):
        return f"{value:%Y-%m-%d %H:%M}"
    if name in ("count", "minutes", "cost"):
        assert isinstance(value, float)
        return "" if math.isnan(value) else f"{value:,.10g}"
    if value is None or value == "" or value is pd.NA or value != value:
        return NONE_GIVEN if name != "reference" else ""
    return str(value)
