"""The history of one stored value: every value it has had, with the batch that wrote it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import pandas as pd

from opsmetrics.store.ledger import frame_of
from opsmetrics.store.shape import FactTable, Shape, columns
from opsmetrics.store.statements import quoted, statement
from opsmetrics.store.store import Store


def value_history(
    store: Store,
    table: FactTable,
    kpi: str,
    observed_at: dt.datetime,
    dimensions: Mapping[str, str | None],
    sample: int = 0,
) -> pd.DataFrame:
    """The values that a fact has had, oldest first, the one in force last.

    observed_at: naive UTC; dimensions: those that tell the fact apart, the others are null. Columns: the table's
    measured values, batch, at (naive UTC), by, source, note. What an undone batch wrote is not among them. Empty where
    there is no such fact.
    """
    shape = Shape(table, store.dimensions)
    given = {"kpi": kpi, "observed_at": observed_at, **dict.fromkeys(store.dimensions), **dimensions, "sample": sample}
    bound = {f"k{place}": given[name] for place, name in enumerate(shape.keys)}
    of_key = " AND ".join(f"{quoted(name)} IS NOT DISTINCT FROM $k{place}" for place, name in enumerate(shape.keys))
    old_values = columns(tuple(f"old_{value}" for value in shape.values))
    parts = {"table": table, "values": columns(shape.values), "old_values": old_values, "of_key": of_key}
    with store.cursor() as cursor:
        current = frame_of(cursor, statement("history", "current", **parts), bound)
        former = frame_of(cursor, statement("history", "former", **parts), bound)
        versions = _versions(current, former, shape.values)
        numbers: dict[str, object] = {"numbers": [int(number) for number in versions["batch"]]}
        batches = frame_of(cursor, statement("history", "batches"), numbers)
    return versions.merge(batches, on="batch", how="left")


def _versions(current: pd.DataFrame, former: pd.DataFrame, values: tuple[str, ...]) -> pd.DataFrame:
    """Each change found the value that the one before it wrote; the last one wrote the value in force."""
    if current.empty:
        return current
    found = former[[*(f"old_{value}" for value in values), "old_batch"]]
    found = found.set_axis([*values, "batch"], axis="columns")
    listed = pd.concat([found[found["batch"].notna()], current], ignore_index=True)
    return listed.assign(batch=listed["batch"].astype("int64"))
