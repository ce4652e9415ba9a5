"""Gauge: how much of the variation does the measuring make."""

from opsmetrics.ui import gauge, reviews

reviews.desk()
gauge.render()
