"""Local time and UTC over the clock changes of a zone, from the zone database of Python."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo

_STEP = dt.timedelta(hours=12)


@dataclass(frozen=True)
class Change:
    """A change of a zone's offset. Times between `starts` and `ends` (local) do not exist, or exist twice."""

    at: dt.datetime  # UTC
    before: dt.timedelta
    after: dt.timedelta

    @property
    def forward(self) -> bool:
        """True where clocks are put forward and local times are left out."""
        return self.after > self.before

    @property
    def starts(self) -> dt.datetime:
        """First local time concerned."""
        return self.at + min(self.before, self.after)

    @property
    def ends(self) -> dt.datetime:
        """First local time not concerned any more."""
        return self.at + max(self.before, self.after)


def changes(zone: str, first: dt.datetime, last: dt.datetime) -> list[Change]:
    """The changes of offset between two local times, a day's margin on both sides."""
    info = ZoneInfo(zone)
    margin = dt.timedelta(days=1)
    return list(_changes(info, first - margin, last + margin))


def _changes(info: ZoneInfo, start: dt.datetime, end: dt.datetime) -> Iterator[Change]:
    at, offset = start, _offset(info, start)
    while at < end:
        later = at + _STEP
        found = _offset(info, later)
        if found != offset:
            low, high = at, later
            while high - low > dt.timedelta(seconds=1):
                middle = low + (high - low) // 2
                low, high = (low, middle) if _offset(info, middle) != offset else (middle, high)
            yield Change(high.replace(microsecond=0), offset, found)
        at, offset = later, found


def _offset(info: ZoneInfo, utc: dt.datetime) -> dt.timedelta:
    offset = utc.replace(tzinfo=dt.UTC).astimezone(info).utcoffset()
    assert offset is not None
    return offset


def to_utc(local: dt.datetime, zone: str) -> dt.datetime:
    """The instant of a local time: the first of two where it occurs twice, the change itself where it does not exist
    and is a midnight (a day begins with its first instant)."""
    info = ZoneInfo(zone)
    instant = local.replace(tzinfo=info, fold=0).astimezone(dt.UTC)
    return instant.replace(tzinfo=None)


def exists(local: dt.datetime, zone: str) -> bool:
    """False for a local time that is left out when clocks are put forward."""
    info = ZoneInfo(zone)
    there = local.replace(tzinfo=info).astimezone(dt.UTC).astimezone(info).replace(tzinfo=None)
    return there == local.replace(tzinfo=None)


def utc_sql(column: str, zone: str, first: dt.datetime, last: dt.datetime) -> str:
    """An expression that turns local times of this range into UTC, the first of two where they occur twice."""
    found = changes(zone, first, last)
    base = _offset(ZoneInfo(zone), first - dt.timedelta(days=1))
    if not found:
        return column if not base else f"{column} - to_seconds({_seconds(base)})"
    arms = " ".join(f"WHEN {column} < TIMESTAMP '{change.ends}' THEN {_seconds(change.before)}" for change in found)
    return f"{column} - to_seconds(CASE {arms} ELSE {_seconds(found[-1].after)} END)"


def _seconds(offset: dt.timedelta) -> int:
    return round(offset.total_seconds())


def to_local(instant: dt.datetime, zone: str) -> dt.datetime:
    """The local time of an instant in UTC."""
    return instant.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None)
