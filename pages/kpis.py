"""KPIs: what is measured, which way is good, and the targets, in forms with a preview on the data."""

from opsmetrics.ui import definitions, filters, reviews

at = reviews.desk()
filters.arrive("kpis", {}, blocked_by=())
definitions.render(at)
