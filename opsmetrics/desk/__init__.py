"""The one path from the store to a review and back, shared by pages, command line and API: they cannot differ."""

from opsmetrics.desk.desk import AsOf, Desk

__all__ = ["AsOf", "Desk"]
