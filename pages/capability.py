"""Capability: do single readings fit their specification, and may that be said of tomorrow."""

from opsmetrics.ui import capability, reviews

desk = reviews.desk()
capability.render(desk)
