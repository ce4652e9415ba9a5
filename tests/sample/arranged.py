"""Series straight from the simulator's rows, without files, store and ingest: for many seeds in little time."""

from __future__ import annotations

import pandas as pd

from opsmetrics.catalog import Kpi, Slice
from opsmetrics.sample import Clock, SampleFile
from opsmetrics.series import KpiSeries, to_utc


def arranged(file: SampleFile, kpi: Kpi, part: Slice, clock: Clock) -> KpiSeries:
    """The daily or weekly series of counts, or of means of readings, complete and in time."""
    frame = pd.DataFrame(file.rows, columns=list(file.headers))
    for dimension, value in part:
        frame = frame[frame[dimension.capitalize()] == value]
    days = frame.groupby(frame.columns[0])
    first, *rest = file.kpis[kpi.key]
    if rest:
        top, size = days[first].sum(), days[rest[0]].sum()
        points = pd.DataFrame(
            {"value": top / size, "size": size, "numerator": top, "denominator": size, "spread": None}
        )
    else:
        values = days[first]
        points = pd.DataFrame({"value": values.mean(), "size": values.size(), "spread": values.std()})
        points = points.assign(numerator=None, denominator=None)
    periods = pd.DatetimeIndex(points.index)
    step = pd.Timedelta(days=7 if kpi.operate == "week" else 1)
    points = (
        points.astype("float64")
        .reset_index(drop=True)
        .assign(
            period=periods,
            ends_at=to_utc(periods + step, kpi.calendar.time_zone),
            label=periods.strftime("%Y-%m-%d"),
            rows=1,
            ended=True,
            from_start=True,
            reaches_end=True,
        )
    )
    return KpiSeries(kpi, part, kpi.operate, pd.Timestamp(clock.today) + pd.Timedelta(hours=12), points)
