"""Facts and a KPI become a series on the site's calendar: sums first, then one division."""

from opsmetrics.series.model import KpiSeries

__all__ = ["KpiSeries"]
