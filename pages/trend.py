"""How a KPI moves, and what goes with it."""

from opsmetrics.ui import reviews, trend

desk = reviews.desk()
trend.render(desk)
