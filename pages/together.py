"""Several KPIs watched by one distance, and which of them made a period unusual."""

from opsmetrics.ui import reviews, together

desk = reviews.desk()
together.render(desk)
