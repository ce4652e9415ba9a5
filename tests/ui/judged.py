"""Series of single readings, one a day, for tests that need a real review without a store."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from opsmetrics.catalog import Calendar, Kpi
from opsmetrics.series import KpiSeries

START = pd.Timestamp("2026-03-02")


def series(values: Sequence[float], **more: Any) -> KpiSeries:
    """A measured KPI "k", smaller is better, judged by day; NaN is a day without data. `more`: of its definition."""
    count = len(values)
    starts = pd.date_range(START, periods=count, freq="D").astype("datetime64[us]")
    value = np.asarray(values, dtype=float)
    there = np.isfinite(value)
    points = pd.DataFrame(
        {
            "period": starts,
            "ends_at": starts + pd.Timedelta(days=1),
            "label": [f"{day.day} {day:%b} {day.year}" for day in starts],
            "value": value,
            "size": np.where(there, 1.0, np.nan),
            "numerator": np.nan,
            "denominator": np.nan,
            "spread": np.nan,
            "rows": there.astype(np.int64),
            "ended": True,
            "from_start": True,
            "reaches_end": True,
        }
    )
    definition = {"name": "K", "kind": "measured", "better": "lower", "calendar": Calendar(), **more}
    as_of = starts[-1] + pd.Timedelta(days=1, hours=1)
    return KpiSeries(kpi=Kpi(key="k", **definition), slice=(), grain="day", points=points, presence=None, as_of=as_of)
