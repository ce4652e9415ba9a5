"""Settings of the whole suite."""

from __future__ import annotations

from hypothesis import settings

# Machines that run tests are busy: a time limit for each example would fail on load, not on faults.
settings.register_profile("opsmetrics", deadline=None)
settings.load_profile("opsmetrics")
