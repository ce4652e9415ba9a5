"""Which incoming rows the definitions let in: known KPIs and streams, in the right table, with their own dimensions
only."""

from __future__ import annotations

import difflib
from typing import Any

from opsmetrics.catalog import Catalog, Kpi, Stream
from opsmetrics.store.errors import StoreError
from opsmetrics.store.shape import FactTable, Shape


def table_of(kpi: Kpi) -> FactTable:
    """Where the facts of the KPI lie."""
    return "counts" if kpi.counts else "readings"


def admit(rows: list[tuple[Any, ...]], shape: Shape, catalog: Catalog, source: str) -> None:
    """Raises StoreError for the first KPI whose rows may not be stored.

    rows: one per KPI: its key, facts, unsound rows, first and last instant, then per dimension how many are filled.
    """
    for key, _, unsound, _, _, *filled in rows:
        if key not in catalog:
            raise StoreError(
                f"{source} holds rows of {key!r}, which the definitions do not know "
                f"(they know: {', '.join(kpi.key for kpi in catalog.kpis) or 'nothing yet'}). "
                "Add it to the definitions and apply them, or map the rows to a KPI that is defined."
            )
        kpi = catalog[key]
        _refuse_wrong_table(kpi, shape, source)
        _refuse_foreign_dimensions(kpi, dict(zip(shape.dimensions, filled, strict=True)), source)
        if unsound:
            raise StoreError(
                f"{source} holds {unsound} rows of {key!r} without an instant or without a finite number. "
                "Nothing was stored: such cells are missing or rejected, not facts."
            )


def stream_named(catalog: Catalog, key: str, source: str) -> Stream:
    """The stream with this key; raises StoreError with the nearest one where there is none."""
    known = [stream.key for stream in catalog.streams]
    if key not in known:
        close = difflib.get_close_matches(str(key), known, n=1)
        meant = f"Did you mean {close[0]!r}? Else" if close else "To load them,"
        raise StoreError(
            f"{source} brings events of the stream {key!r}, which the definitions do not know (they know: "
            f"{', '.join(known) or 'none'}). {meant} add [streams.{key}] to the definitions and apply them."
        )
    return catalog.stream(key)


def admit_events(rows: list[tuple[Any, ...]], dimensions: tuple[str, ...], catalog: Catalog, source: str) -> None:
    """Raises StoreError for the first stream whose events may not be stored.

    rows: one per stream: its key, events, unsound events, then per dimension how many are filled.
    """
    for key, count, unsound, *filled in rows:
        if unsound:
            raise StoreError(
                f"{source} holds {unsound} events of {key!r} without a stream or an instant, or with a count, cost or "
                "length that is not a number from 0 on. Nothing was stored: such records are rejected, not events."
            )
        stream = stream_named(catalog, key, source)
        by_dimension = dict(zip(dimensions, filled, strict=True))
        foreign = [name for name, held in by_dimension.items() if held and name not in stream.dimensions]
        if foreign:
            raise StoreError(
                f"{source} fills the dimension {foreign[0]!r} for the stream {key!r}, whose events carry "
                f"{', '.join(stream.dimensions) or 'no dimension'}. Leave the column out, or add {foreign[0]!r} to "
                "the stream's dimensions in the definitions."
            )
        if stream.reported_by and by_dimension.get(stream.reported_by, 0) < count:
            raise StoreError(
                f"{source} holds events of {key!r} without {stream.reported_by!r}, by which they are reported. "
                "Nothing was stored: fill it in for each event."
            )


def _refuse_wrong_table(kpi: Kpi, shape: Shape, source: str) -> None:
    if table_of(kpi) != shape.table:
        wanted = "readings (one value each)" if shape.table == "counts" else "counts (numerator and denominator)"
        raise StoreError(
            f"{source} brings {shape.table} for {kpi.key!r}, which is of kind {kpi.kind!r} and takes {wanted}. "
            "Map the columns to that, or mend the kind in the definitions."
        )


def _refuse_foreign_dimensions(kpi: Kpi, filled: dict[str, int], source: str) -> None:
    foreign = [name for name, count in filled.items() if count and name not in kpi.dimensions]
    if foreign:
        raise StoreError(
            f"{source} fills the dimension {foreign[0]!r} for {kpi.key!r}, whose key has "
            f"{', '.join(kpi.dimensions) or 'no dimension'}: its rows would count a second time beside those without "
            f"it. Leave the column out, or add {foreign[0]!r} to the KPI's dimensions in the definitions; applying "
            "them asks how the old rows are filled."
        )
