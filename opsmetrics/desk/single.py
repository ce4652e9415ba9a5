"""The single readings behind a review, each with the period that it lies in."""

from __future__ import annotations

import numpy as np
import pandas as pd

from opsmetrics import series
from opsmetrics.access import OPEN, Viewer
from opsmetrics.desk.desk import Desk
from opsmetrics.facts import Asked, readings
from opsmetrics.measurements import BIN, sample_to_stamp
from opsmetrics.review import KpiReview


def single_readings(at: Desk, shown: KpiReview, *, viewer: Viewer = OPEN) -> pd.DataFrame:
    """Every reading behind the points of a review of a measured KPI, in order of time.

    Columns: position (of its point in `shown.points`), value (shown unit). Readings of one quarter-hour stand in order
    of size: the store keeps no finer order. What lies in no period of the points is left out.
    """
    kpi = shown.kpi
    until = None if shown.series.grain == "sample" else shown.series.as_of
    (found,) = readings(at.store, [Asked(kpi, shown.series.slice, until=until)], viewer=viewer)
    starts, ends = _spans(shown)
    position = np.searchsorted(ends, found["bin"], side="right")
    inside = position < len(ends)
    inside[inside] = found["bin"].to_numpy()[inside] >= starts[position[inside]]
    scale = 1.0 if kpi.statistic == "share_within" else kpi.multiplier  # there it belongs to the share
    value = found["value"].to_numpy(dtype=np.float64) * scale
    return pd.DataFrame({"position": position[inside].astype(np.int64), "value": value[inside]})


def _spans(shown: KpiReview) -> tuple[np.ndarray, np.ndarray]:
    """Start and end of each point's period, as instants in UTC."""
    period = shown.points["period"]
    if shown.series.grain == "sample":
        stamps = pd.DatetimeIndex([sample_to_stamp(int(number)) for number in period]).as_unit("us")
        return stamps.to_numpy(), (stamps + BIN).to_numpy()
    begins = series.to_utc(pd.DatetimeIndex(period), shown.kpi.calendar.time_zone).as_unit("us")
    return begins.to_numpy(), shown.points["ends_at"].to_numpy(dtype="datetime64[us]")
