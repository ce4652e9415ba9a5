"""The site's own clock: "today" is the site's, not UTC's; and stretches of days in words."""

from __future__ import annotations

import datetime as dt
from zoneinfo import ZoneInfo

from opsmetrics.catalog import Calendar, Catalog
from opsmetrics.measurements import stream_of
from opsmetrics.verdict import wording


def at_site(calendar: Calendar, moment: dt.datetime | None = None) -> dt.datetime:
    """A moment (naive: UTC; None: now) on the calendar's clock."""
    found = moment or dt.datetime.now(dt.UTC)
    zoned = found if found.tzinfo else found.replace(tzinfo=dt.UTC)
    return zoned.astimezone(ZoneInfo(calendar.time_zone))


def site(catalog: Catalog) -> Calendar:
    """The calendar whose clock stands on pages that show several KPIs."""
    return catalog.site


def covered_days(catalog: Catalog, key: str, starts_at: dt.datetime, ends_at: dt.datetime) -> tuple[dt.date, ...]:
    """The first and the last day of a span (naive UTC, half open) of a KPI or stream, on its own clock; () where it
    carries no dates, or is not defined any more."""
    stream = stream_of(key)
    found = {each.key: each for each in (catalog.streams if stream else catalog.kpis)}.get(stream or key)
    if found is None or (stream is None and catalog[key].operate == "sample"):
        return ()
    return tuple(at_site(found.calendar, at).date() for at in (starts_at, ends_at - dt.timedelta(microseconds=1)))


def span_text(first: dt.date, last: dt.date) -> str:
    """Two days in words: "28 Oct – 24 Nov 2026", "16 Nov 2026"."""
    if first == last:
        return wording.date(first)
    begin = wording.date(first)
    if first.year == last.year:
        begin = begin.removesuffix(f" {first.year}")
        if first.month == last.month:
            return f"{first.day}–{wording.date(last)}"
    return f"{begin} – {wording.date(last)}"
