"""The facts summed by KPI, quarter-hour of UTC and dimensions, so that a chart costs what it shows and not what lies
behind it.

A batch and an undo make the cells that they touch anew in their own transaction, from the facts: nothing is added to a
cell or taken from it, so the totals are what the facts add up to, in whatever order those came and went. Medians,
percentiles and shares of readings within a limit do not add up from them and are read from the facts.
"""

from __future__ import annotations

import duckdb

from opsmetrics.measurements import any_twice
from opsmetrics.store.shape import FACT_TABLES, FactTable, Shape
from opsmetrics.store.statements import statement


def touch(cursor: duckdb.DuckDBPyConnection, dimensions: tuple[str, ...], table: FactTable, batch: int) -> None:
    """Remembers the cells in which the facts of a batch lie, until `renew`."""
    cursor.execute(statement("cells", "drop_touched"))
    cursor.execute(statement("cells", "touch", **Shape(table, dimensions).cell_parts()), {"batch": batch})


def renew(cursor: duckdb.DuckDBPyConnection, dimensions: tuple[str, ...], table: FactTable) -> None:
    """Makes the cells that were touched anew from the facts as they are now."""
    parts = Shape(table, dimensions).cell_parts()
    first, last = cursor.execute(statement("cells", "reach")).fetchall()[0]
    if first is not None:
        cursor.execute(statement("cells", "forget_touched", **parts))
        _put(cursor, parts, statement("cells", "touched_facts", **parts), {"first": first, "last": last})
    cursor.execute(statement("cells", "drop_touched"))


def add(cursor: duckdb.DuckDBPyConnection, dimensions: tuple[str, ...], table: FactTable, batch: int) -> bool:
    """Makes the cells of a batch that shares no quarter-hour with any other: each is new. True where each fact has a
    cell of its own, and so a key of its own; then nothing need be added up, which costs eight times as much."""
    parts = Shape(table, dimensions).cell_parts()
    alone = not repeats(cursor, statement("cells", "cell_hashes", **parts), {"batch": batch})
    facts = statement("cells", "facts_of_batch", **parts)
    _put(cursor, parts, facts, {"batch": batch}, "single_cells" if alone else "cells")
    return alone


def repeats(cursor: duckdb.DuckDBPyConnection, query: str, values: dict[str, object]) -> bool:
    """True where two of the hashes that a query brings may be equal; False is certain."""
    return any_twice(cursor.execute(query, values).fetchnumpy()["hash"])


def renew_kpi(cursor: duckdb.DuckDBPyConnection, dimensions: tuple[str, ...], kpi: str) -> None:
    """Makes the totals of one KPI anew."""
    for table in FACT_TABLES:
        parts = Shape(table, dimensions).cell_parts()
        cursor.execute(statement("cells", "forget_kpi", **parts), {"kpi": kpi})
        _put(cursor, parts, statement("cells", "facts_of_kpi", **parts), {"kpi": kpi})


def compact(cursor: duckdb.DuckDBPyConnection, dimensions: tuple[str, ...]) -> int:
    """Lays the facts in the order in which they are read, by KPI and time, makes all totals anew, and returns the
    number of facts. Inside an open transaction; takes memory and time that no batch should."""
    facts = 0
    for table in FACT_TABLES:
        shape = Shape(table, dimensions)
        parts = shape.cell_parts()
        facts += cursor.execute(statement("cells", "sort", **parts)).fetchall()[0][0]
        cursor.execute(statement("cells", "drop_unsorted", **parts))
        cursor.execute(statement("cells", "take_name", **parts))
        sample = () if table == "counts" else ("sample",)
        for column in ("kpi", "observed_at", *sample, shape.values[0], "batch"):
            cursor.execute(statement("cells", "required", table=table, column=column))
        cursor.execute(statement("cells", "forget", **parts))
        _put(cursor, parts, table, {})
    return facts


def query(shape: Shape) -> str:
    """The query for the totals of a fact table, as its facts add up now."""
    return statement("cells", "cells", facts=shape.table, **shape.cell_parts())


def _put(
    cursor: duckdb.DuckDBPyConnection, parts: dict[str, str], facts: str, values: dict[str, object], how: str = "cells"
) -> None:
    made = statement("cells", how, facts=facts, **parts)
    cursor.execute(statement("cells", "put", cells=made, **parts), values)
