"""Facts and a KPI become a series on the site's calendar: sums first, then one division."""

from opsmetrics.series.build import build
from opsmetrics.series.calendar import as_of_instant, period_label, periods, to_local, to_utc
from opsmetrics.series.coverage import joined
from opsmetrics.series.derive import derive
from opsmetrics.series.model import EventFacts, KpiSeries, Stretch, units_of
from opsmetrics.series.sums import needs_readings

__all__ = [
    "EventFacts",
    "KpiSeries",
    "Stretch",
    "as_of_instant",
    "build",
    "derive",
    "joined",
    "needs_readings",
    "period_label",
    "periods",
    "to_local",
    "to_utc",
    "units_of",
]
