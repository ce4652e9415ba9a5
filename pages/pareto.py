"""Which few reasons make most of the trouble, did they change, are the leaders really different."""

from opsmetrics.ui import pareto, reviews

desk = reviews.desk()
pareto.render(desk)
