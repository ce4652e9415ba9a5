"""The nightly backup: a copy that was opened and checked, with retention, once for each day of the site."""

from __future__ import annotations

import datetime as dt
from typing import Any

from opsmetrics import store
from opsmetrics.catalog import Calendar
from opsmetrics.desk.desk import Desk
from opsmetrics.desk.mornings import day_of

BACKUP = "backup"


def due(desk: Desk, at: dt.time, now: dt.datetime) -> list[tuple[Calendar, dt.date]]:
    """The site whose clock counts and its day, where the last backup that is due was not made yet."""
    site = desk.catalog.site
    day = day_of(site, at, now)
    return [] if desk.store.chore_done(BACKUP, day) else [(site, day)]


def run(desk: Desk) -> dict[str, Any]:
    """Make one, remove the oldest beyond those that are kept, and say what came of it. Raises StoreError."""
    made = store.back_up(desk.store, desk.settings.backups, keep=desk.settings.backups_kept)
    return {"path": str(made.path), "bytes": made.bytes, "batch": made.batch, "data_version": made.data_version}
