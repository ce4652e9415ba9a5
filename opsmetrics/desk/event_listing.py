"""The stored events of a stream, as they are listed."""

from __future__ import annotations

import datetime as dt

import pandas as pd

from opsmetrics import facts, series
from opsmetrics.access import OPEN, Viewer
from opsmetrics.catalog import Slice, Stream
from opsmetrics.desk.desk import Desk

_DAY = dt.timedelta(days=1)


def listed_events(
    desk: Desk,
    stream: Stream,
    slice_: Slice = (),
    *,
    first: dt.date | None = None,
    last: dt.date | None = None,
    viewer: Viewer = OPEN,
    limit: int = 500,
) -> pd.DataFrame:
    """The events from day `first` to day `last` on the stream's clock (both included; None: no bound), in order of
    time, at most `limit` of them.

    Columns: observed_at (local), the stream's dimensions, category, subcategory, count, minutes, cost, reference,
    batch, source, loaded_by, loaded_at (local). Raises facts.UnknownDimension.
    """
    zone = stream.calendar.time_zone
    bounds = [first, None if last is None else last + _DAY]
    start, end = (
        None if day is None else series.to_utc([dt.datetime.combine(day, dt.time())], zone)[0] for day in bounds
    )
    found = facts.event_rows(desk.store, stream, slice_, viewer=viewer, start=start, end=end, limit=limit)
    for column in ("observed_at", "loaded_at"):
        found[column] = series.to_local(pd.DatetimeIndex(found[column]), zone)
    return found


def event_values(desk: Desk, stream: Stream, name: str, *, viewer: Viewer = OPEN) -> list[str]:
    """The values that a dimension, the category or the subcategory takes in the stored events."""
    return facts.event_values(desk.store, stream, name, viewer=viewer)
