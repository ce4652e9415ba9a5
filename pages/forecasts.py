"""All forecasts: where everything that is watched goes, what will likely be missed, what past forecasts were worth."""

from opsmetrics.ui import forecasts, reviews

desk = reviews.desk()
forecasts.render(desk)
