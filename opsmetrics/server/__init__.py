"""The one process that owns the store: its life, and what it answers to programs."""

from opsmetrics.server.lifespan import lifespan
from opsmetrics.server.routes import ROUTES

__all__ = ["ROUTES", "lifespan"]
