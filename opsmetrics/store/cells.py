"""The facts summed by KPI, quarter-hour of UTC and dimensions, so that a chart costs what it shows and not what lies
behind it.

A batch and an undo make the cells that they touch anew in their own transaction, from the facts: nothing is added to a
cell or taken from it, so the totals are what the facts add up to, in whatever order those came and went. Medians,
percentiles and shares of readings within a limit do not add up from them and are read from the facts.

A large batch whose facts are hardly denser than its cells has none: totals would be a second copy of it, which takes as
long to write as the first. Such a batch is called sparse, and its facts are read where cells are asked for. A fact that
a later batch takes over is one of that batch.
"""

from __future__ import annotations

import duckdb

from opsmetrics.measurements import BIN, any_twice
from opsmetrics.store.shape import FACT_TABLES, FactTable, Shape
from opsmetrics.store.statements import statement

#: From so many facts on a batch may be sparse: totals of fewer take no time.
LARGE = 100_000
#: About so many facts are added up at once: that takes memory.
PORTION = 2_500_000
#: Facts in a cell from which on totals are worth their room; readings are put together in two steps.
DENSE = {"counts": 4.0, "readings": 2.0}


def touch(cursor: duckdb.DuckDBPyConnection, dimensions: tuple[str, ...], table: FactTable, batch: int) -> None:
    """Remembers the cells in which the facts of a batch lie, until `renew`."""
    cursor.execute(statement("cells", "drop_touched"))
    cursor.execute(statement("cells", "touch", **Shape(table, dimensions).cell_parts()), {"batch": batch})


def renew(cursor: duckdb.DuckDBPyConnection, dimensions: tuple[str, ...], table: FactTable) -> None:
    """Makes the cells that were touched anew from the facts as they are now."""
    parts = _parts(table, dimensions)
    first, last = cursor.execute(statement("cells", "reach")).fetchall()[0]
    if first is not None:
        cursor.execute(statement("cells", "forget_touched", **parts))
        _put(cursor, parts, statement("cells", "touched_facts", **parts), {"first": first, "last": last})
    cursor.execute(statement("cells", "drop_touched"))


def add(cursor: duckdb.DuckDBPyConnection, dimensions: tuple[str, ...], table: FactTable, batch: int) -> None:
    """Makes the cells of a batch that shares no quarter-hour with any other, unless it is sparse: each is new."""
    parts = _parts(table, dimensions)
    of_batch: dict[str, object] = {"batch": batch}
    facts, made, first, last = cursor.execute(statement("cells", "density", **parts), of_batch).fetchall()[0]
    if facts >= LARGE and facts < DENSE[table] * made:
        cursor.execute(statement("cells", "sparse", **parts), of_batch)
        return
    portion = -(-((last - first) // BIN + 1) // -(-facts // PORTION)) * BIN
    while first <= last:
        stretch = {**of_batch, "first": first, "last": first + portion}
        _put(cursor, parts, statement("cells", "facts_of_batch", **parts), stretch)
        first += portion


def is_sparse(cursor: duckdb.DuckDBPyConnection, table: FactTable, batch: int) -> bool:
    """True where no totals are kept of a batch."""
    return bool(cursor.execute(statement("cells", "is_sparse", table=table), {"batch": batch}).fetchall()[0][0])


def forget_sparse(cursor: duckdb.DuckDBPyConnection, batch: int) -> None:
    """The batch is gone."""
    cursor.execute(statement("cells", "no_longer_sparse"), {"batch": batch})


def everywhere(dimensions: tuple[str, ...], table: FactTable) -> str:
    """A subquery for all cells of a fact table, its facts in place of those that are not kept: kpi, dimensions, bin,
    values, rows, _last_at, several rows for some cells."""
    return statement("cells", "everywhere", **Shape(table, dimensions).cell_parts())


def repeats(cursor: duckdb.DuckDBPyConnection, query: str, values: dict[str, object]) -> bool:
    """True where two of the hashes that a query brings may be equal; False is certain."""
    return any_twice(cursor.sql(query, params=values).to_arrow_table()["hash"].to_numpy())


def renew_kpi(cursor: duckdb.DuckDBPyConnection, dimensions: tuple[str, ...], kpi: str) -> None:
    """Makes the totals of one KPI anew."""
    for table in FACT_TABLES:
        parts = _parts(table, dimensions)
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
    cursor.execute(statement("cells", "none_sparse"))
    return facts


def query(shape: Shape) -> str:
    """The query for the totals that are kept of a fact table, as its facts add up now."""
    parts = _parts(shape.table, shape.dimensions)
    return statement("cells", "cells", facts=parts["totalled"], **parts)


def _parts(table: FactTable, dimensions: tuple[str, ...]) -> dict[str, str]:
    parts = Shape(table, dimensions).cell_parts()
    return {**parts, "totalled": statement("cells", "totalled", **parts)}


def _put(cursor: duckdb.DuckDBPyConnection, parts: dict[str, str], facts: str, values: dict[str, object]) -> None:
    made = statement("cells", "cells", facts=facts, **parts)
    cursor.execute(statement("cells", "put", cells=made, **parts), values)
