"""The reads that answer many slices, asked for one."""

from __future__ import annotations

import pandas as pd

from opsmetrics import facts
from opsmetrics.access import Viewer
from opsmetrics.catalog import Kpi, Slice, Stream
from opsmetrics.facts import Asked
from opsmetrics.store import Store

Names = tuple[str, ...]
Until = pd.Timestamp | None


def binned(store: Store, kpi: Kpi, part: Slice, *, viewer: Viewer, by: Names = (), until: Until = None) -> pd.DataFrame:
    return facts.binned(store, [Asked(kpi, part, by, until)], viewer=viewer)[0]


def readings(
    store: Store, kpi: Kpi, part: Slice, *, viewer: Viewer, by: Names = (), until: Until = None
) -> pd.DataFrame:
    return facts.readings(store, [Asked(kpi, part, by, until)], viewer=viewer)[0]


def event_sums(
    store: Store, kpi: Kpi, stream: Stream, part: Slice, *, viewer: Viewer, by: Names = (), until: Until = None
) -> pd.DataFrame:
    return facts.event_sums(store, [Asked(kpi, part, by, until, stream)], viewer=viewer)[0]


def outages(
    store: Store, kpi: Kpi, stream: Stream, part: Slice, *, viewer: Viewer, by: Names = (), until: Until = None
) -> pd.DataFrame:
    return facts.outages(store, [Asked(kpi, part, by, until, stream)], viewer=viewer)[0]


def values_of(store: Store, kpi: Kpi, dimension: str, *, viewer: Viewer) -> list[str]:
    return facts.values_of(store, [Asked(kpi, by=(dimension,))], viewer=viewer)[0]


def fed_values(store: Store, kpi: Kpi, stream: Stream, dimension: str, *, viewer: Viewer) -> list[str]:
    return facts.fed_values(store, [Asked(kpi, by=(dimension,), stream=stream)], viewer=viewer)[0]
