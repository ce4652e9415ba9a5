"""Which incoming rows the definitions let in: known KPIs, in the right table, with their own key dimensions only."""

from __future__ import annotations

from typing import Any

from opsmetrics.catalog import Catalog, Kpi
from opsmetrics.store.errors import StoreError
from opsmetrics.store.shape import FactTable, Shape


def table_of(kpi: Kpi) -> FactTable:
    """Where the facts of the KPI lie."""
    return "counts" if kpi.counts else "readings"


def admit(rows: list[tuple[Any, ...]], shape: Shape, catalog: Catalog, source: str) -> None:
    """Raises StoreError for the first KPI whose rows may not be stored.

    rows: one per KPI: its key, facts, copies of one key, unsound rows, then per dimension how many are filled.
    """
    for key, _, _, unsound, *filled in rows:
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
