"""What a chart would notice, how soon, and how often it calls without a cause."""

from opsmetrics.ui import detection, reviews

desk = reviews.desk()
detection.render(desk)
