"""What is likely to come, and whether past forecasts were any good."""

from opsmetrics.ui import forecast, reviews

desk = reviews.desk()
forecast.render(desk)
