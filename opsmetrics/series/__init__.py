"""Facts and a KPI become a series on the site's calendar: sums first, then one division."""

from opsmetrics.series.build import build
from opsmetrics.series.calendar import as_of_instant, period_label, periods, to_local, to_utc
from opsmetrics.series.model import KpiSeries

__all__ = ["KpiSeries", "as_of_instant", "build", "period_label", "periods", "to_local", "to_utc"]
