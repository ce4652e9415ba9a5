"""The history of one stored value or event: all that was ever said of it, with the batch that said it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import duckdb
import pandas as pd

from opsmetrics.measurements import EVENT_VALUES
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
        return _with_batches(cursor, versions)


def _with_batches(cursor: duckdb.DuckDBPyConnection, found: pd.DataFrame) -> pd.DataFrame:
    """Rows with when, by whom and from what their batches came: at, by, source, note."""
    numbers: dict[str, object] = {"numbers": [int(number) for number in found["batch"].unique()]}
    return found.merge(frame_of(cursor, statement("history", "batches"), numbers), on="batch", how="left")


def _versions(current: pd.DataFrame, former: pd.DataFrame, values: tuple[str, ...]) -> pd.DataFrame:
    """Each change found the value that the one before it wrote; the last one wrote the value in force."""
    if current.empty:
        return current
    found = former[[*(f"old_{value}" for value in values), "old_batch"]]
    found = found.set_axis([*values, "batch"], axis="columns")
    listed = pd.concat([found[found["batch"].notna()], current], ignore_index=True)
    return listed.assign(batch=listed["batch"].astype("int64"))


def event_history(
    store: Store,
    stream: str,
    observed_at: dt.datetime,
    dimensions: Mapping[str, str | None],
    reference: str | None = None,
) -> pd.DataFrame:
    """What the batches in force say of an event, oldest first: by its reference, else of that instant and place.

    observed_at: naive UTC; "" in `dimensions` is none. Columns: observed_at, the given dimensions, EVENT_VALUES,
    reference, batch, removed_by (the batch that took it away or states it anew; null for what is stored), at (naive
    UTC), by, source, note. What an undone batch said is not among them.
    """
    of_event, bound = _of_event(observed_at, dimensions, reference)
    names = tuple(dimensions)
    parts = {"dimensions": columns(names) + ", " if names else "", "values": columns(EVENT_VALUES)}
    with store.cursor() as cursor:
        found = frame_of(
            cursor, statement("history", "events", of_event=of_event, **parts), {"stream": stream, **bound}
        )
        return _with_batches(cursor, found)


def state_history(store: Store, stream: str, reference: str, limit: int = 500) -> pd.DataFrame:
    """The records of a log of states behind an outage, in order of time, of all batches in force.

    Columns: observed_at, state, down, batch, at (naive UTC), by, source, note. Empty where the event is of no log.
    """
    with store.cursor() as cursor:
        outage = frame_of(cursor, statement("history", "outage"), {"stream": stream, "reference": reference})
        asked: dict[str, object] = {"unit": None, "start": None, "over": None}
        if len(outage):
            unit, start, over = outage.iloc[0]
            asked = {"unit": str(unit), "start": start.to_pydatetime(), "over": over.to_pydatetime()}
        found = frame_of(cursor, statement("history", "states"), {"stream": stream, **asked, "limit": limit})
        return _with_batches(cursor, found)


def overwritten_events(store: Store, batch: int, limit: int = 500) -> pd.DataFrame:
    """The events that a batch took away or stated otherwise, as they were before: stream, observed_at, the dimensions,
    EVENT_VALUES, reference; in order of stream and time. None of an undone batch, which put them back."""
    names = ("stream", "observed_at", *store.dimensions, *EVENT_VALUES, "reference")
    with store.cursor() as cursor:
        query = statement("history", "overwritten_events", columns=columns(names))
        return frame_of(cursor, query, {"batch": batch, "limit": limit})


def _of_event(
    observed_at: dt.datetime, dimensions: Mapping[str, str | None], reference: str | None
) -> tuple[str, dict[str, object]]:
    """A condition on the event, and what is bound to it."""
    if reference:
        return "reference = $reference", {"reference": reference}
    named = {f"d{place}": value or None for place, value in enumerate(dimensions.values())}
    same = [f"nullif({quoted(name)}, '') IS NOT DISTINCT FROM $d{place}" for place, name in enumerate(dimensions)]
    return " AND ".join(["reference IS NULL", "observed_at = $observed_at", *same]), {
        "observed_at": observed_at,
        **named,
    }
