"""Following one stored number or event back through every file that stated it; correcting a number with a reason."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from typing import Any

import pandas as pd

from opsmetrics import ingest
from opsmetrics.access import OPEN, Viewer
from opsmetrics.catalog import Kpi, Stream
from opsmetrics.desk.desk import Desk
from opsmetrics.ingest import FactKey
from opsmetrics.measurements import Batch, Diff, Receipt
from opsmetrics.store import FactTable, state_history, value_history
from opsmetrics.store import event_history as told_of


class OutOfScope(PermissionError):
    """The viewer may not see the fact."""


def key_of(kpi: Kpi, row: Mapping[Hashable, Any]) -> FactKey:
    """The key of a stored row, as `facts.rows_between` returns rows."""
    parts = {name: None if pd.isna(row[name]) else str(row[name]) for name in kpi.dimensions}
    stamp = pd.Timestamp(row["observed_at"]).to_pydatetime()
    return FactKey(kpi.key, stamp, parts, 0 if kpi.counts else int(row["sample"]))


def history(desk: Desk, key: FactKey, *, viewer: Viewer = OPEN) -> pd.DataFrame:
    """The values that a fact has had, oldest first: the values, batch, at, by, source, note.

    Raises OutOfScope, KeyError for an unknown KPI.
    """
    _check(key, viewer)
    table: FactTable = "counts" if desk.catalog[key.kpi].counts else "readings"
    return value_history(desk.store, table, key.kpi, key.observed_at, key.dimensions, key.sample)


def event_history(
    desk: Desk, stream: Stream, row: Mapping[Hashable, Any], *, viewer: Viewer = OPEN
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What was ever said of an event, oldest first, and the records of a log of states behind it (none, where it comes
    from no log). row: as `facts.event_rows` returns rows. Columns as `store.event_history` and `store.state_history`.

    Raises OutOfScope.
    """
    places = {name: None if pd.isna(row[name]) else str(row[name]) for name in stream.dimensions}
    _check_places(stream.key, places, viewer)
    reference = str(row["reference"]) if isinstance(row["reference"], str) else None
    at = pd.Timestamp(row["observed_at"]).to_pydatetime()
    found = told_of(desk.store, stream.key, at, places, reference)
    return found, state_history(desk.store, stream.key, reference or "")


def correction(
    desk: Desk, key: FactKey, values: Mapping[str, float | None], *, why: str, viewer: Viewer = OPEN
) -> tuple[Batch, Diff]:
    """The batch that would correct a fact, and what it would change; nothing is written. Raises OutOfScope, and as
    `ingest.corrected_batch`."""
    _check(key, viewer)
    batch = ingest.corrected_batch(key, values, desk.catalog, why=why)
    return batch, desk.diff(batch)


def correct(
    desk: Desk, key: FactKey, values: Mapping[str, float | None], *, by: str, why: str, viewer: Viewer = OPEN
) -> Receipt:
    """Give a fact new values, as a batch of its own that can be undone. Raises OutOfScope and as `correction`."""
    _check(key, viewer)
    receipt = desk.commit(ingest.corrected_batch(key, values, desk.catalog, why=why), by=by, publish=False)
    desk.publish([key.kpi])
    return receipt


def _check(key: FactKey, viewer: Viewer) -> None:
    _check_places(key.kpi, key.dimensions, viewer)


def _check_places(of: str, places: Mapping[str, str | None], viewer: Viewer) -> None:
    for name in viewer.scope:
        if not viewer.may_see(name, places.get(name)):
            raise OutOfScope(f"{viewer.name} may not see this value of {of}.")
