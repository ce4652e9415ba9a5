"""The morning run: yesterday is closed, who has not reported is marked, and every watched verdict is kept as it stands.

What it keeps is what "since the last visit", `replay` and `verify` compare with; the words of what was kept long ago it
forgets. It is a function of the desk and the moment: run twice it keeps nothing new.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final
from zoneinfo import ZoneInfo

from opsmetrics.catalog import Calendar, Catalog, slice_text
from opsmetrics.desk import showing
from opsmetrics.desk.desk import AsOf, Desk
from opsmetrics.review import KpiReview
from opsmetrics.verdict.model import DataState

MORNING: Final = "morning"

#: States of the data in which something that was expected has not come.
SILENT: tuple[DataState, ...] = ("missing", "late", "partial")


@dataclass(frozen=True)
class Silent:
    """A series that lacks data: which, its state, and the reporters that are waited for."""

    kpi: str
    name: str
    slice: str
    state: DataState
    reporters: tuple[str, ...]


@dataclass(frozen=True)
class Morning:
    """What a morning run found at a site (key of its calendar).

    day: of the morning; closed: the day before, which it closes; reviewed: how many verdicts; kept: how many of them
    said something that the last one kept did not; forgotten: how many verdicts cannot be verified any more, because
    they were kept too long ago; silent: what has not been reported.
    """

    site: str
    day: dt.date
    closed: dt.date
    reviewed: int
    kept: int
    forgotten: int
    silent: tuple[Silent, ...]

    def as_dict(self) -> dict[str, Any]:
        """As plain values."""
        days = {"day": self.day.isoformat(), "closed": self.closed.isoformat()}
        return (
            asdict(self) | days | {"silent": [asdict(each) | {"reporters": [*each.reporters]} for each in self.silent]}
        )


def sites(catalog: Catalog) -> tuple[Calendar, ...]:
    """The calendars that some KPI goes by."""
    used = {kpi.calendar.key for kpi in catalog.kpis}
    return tuple(calendar for calendar in catalog.calendars if calendar.key in used)


def day_of(site: Calendar, at: dt.time, now: dt.datetime) -> dt.date:
    """The site's day whose chore at a time of day is the last one due. now: with a zone."""
    local = now.astimezone(ZoneInfo(site.time_zone))
    return local.date() if local.time() >= at else local.date() - dt.timedelta(days=1)


def due(desk: Desk, at: dt.time, now: dt.datetime) -> list[tuple[Calendar, dt.date]]:
    """Sites whose last morning was not run yet, each with its day. A run that was missed is due once, however many
    days have passed: it shows things as they stand now."""
    days = [(site, day_of(site, at, now)) for site in sites(desk.catalog)]
    done = {day: desk.store.chore_done(MORNING, day) for day in {day for _, day in days}}
    return [(site, day) for site, day in days if site.key not in done[day]]


def run(
    desk: Desk, site: Calendar, day: dt.date, *, as_of: AsOf = None, between: Callable[[], None] = lambda: None
) -> Morning:
    """Review everything watched at a site and keep the verdicts. between: called before each review; what it raises
    ends the run, and nothing is kept."""
    keys = [kpi.key for kpi in desk.catalog.kpis if kpi.calendar.key == site.key]
    found = []
    for review in desk.each_watched(as_of=as_of, keys=keys):
        between()
        found.append(review)
    kept = showing.keep(desk.store, found, MORNING)
    return Morning(site.key, day, day - dt.timedelta(days=1), len(found), kept, _forgotten(desk), _silent(found))


def _forgotten(desk: Desk) -> int:
    days = desk.settings.verify_days
    if days is None:
        return 0
    return desk.store.forget_shown(dt.datetime.now(dt.UTC).replace(tzinfo=None) - dt.timedelta(days=days))


def _silent(reviews: Iterable[KpiReview]) -> tuple[Silent, ...]:
    return tuple(
        Silent(item.kpi.key, item.name, slice_text(item.series.slice), item.verdict.data, item.verdict.data_names)
        for item in reviews
        if item.verdict is not None and item.verdict.data in SILENT and len(item.points)
    )
