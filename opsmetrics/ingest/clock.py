"""Stamps of the stage as instants: local times of a zone to UTC, over both clock changes."""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

import pandas as pd

from opsmetrics.ingest import faults, zones
from opsmetrics.ingest.faults import stored
from opsmetrics.ingest.layout import Layout, Meaning
from opsmetrics.ingest.numbered_times import settle_numbered
from opsmetrics.ingest.problems import IngestRefused
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.ingest.sql import text
from opsmetrics.ingest.zones import Change
from opsmetrics.measurements import Notice, counted

LOADABLE = "fault = 0"


@dataclass(frozen=True)
class Clock:
    """How stamps are turned into instants. `dated`: the file gives days without times."""

    dated: bool
    zone: str | None
    sql: str  # over `stamp` and `zoned`: the instant in UTC
    notices: tuple[Notice, ...] = ()
    ended: str = "ended"  # over `ended` and `ended_zoned`: the instant in UTC at which an event closed


def set_clock(scratch: Scratch, layout: Layout, meaning: Meaning, answers: Mapping[str, str]) -> Clock:
    """Find the zone and its changes; times that do not exist become faults of the stage.

    A time that occurs twice is the first of the two, unless the stamps of its series run through that hour twice in
    file order: then the second run is the later hour. Numbered hours are settled first (`numbered_times`).
    Raises NeedsAnswer (`numbered`), IngestRefused (`unknown_answer`).
    """
    first, last, timed, zoned = scratch.rows(
        "SELECT min(stamp), max(stamp), bool_or(stamp <> date_trunc('day', stamp)), bool_or(zoned) "
        f"FROM stage WHERE {LOADABLE}"
    )[0]
    dated = layout.time is not None and first is not None and not timed and not zoned
    if scratch.zones and not dated:
        return _by_zone(scratch, layout, first, last)
    zone = meaning.day_zone if dated else meaning.time_zone
    notices = settle_numbered(scratch, layout, None if dated or scratch.zones else zone, answers)
    if zone is None or first is None or layout.time is None:
        return Clock(dated, zone, "stamp")
    sql = f"CASE WHEN zoned THEN stamp ELSE {zones.utc_sql('stamp', zone, first, last)} END"
    if dated:
        return Clock(dated, zone, sql)
    for change in zones.changes(zone, first, last):
        notices += _left_out(scratch, change, layout.time) if change.forward else _twice(scratch, layout, change)
    return Clock(dated, zone, sql, tuple(notices))


def _by_zone(scratch: Scratch, layout: Layout, first: dt.datetime, last: dt.datetime) -> Clock:
    """The clock of stamps with the names of their zones beside them."""
    assert layout.time is not None
    arms, notices = [], []
    for zone in scratch.zones:
        arms.append(f"WHEN zone = {text(zone)} THEN {zones.utc_sql('stamp', zone, first, last)}")
        for change in zones.changes(zone, first, last):
            notices += (
                _left_out(scratch, change, layout.time, zone=zone)
                if change.forward
                else _twice(scratch, layout, change, zone)
            )
    sql = f"CASE WHEN zoned THEN stamp {' '.join(arms)} END"
    return Clock(False, ", ".join(scratch.zones), sql, tuple(notices))


def with_ends(clock: Clock, scratch: Scratch, layout: Layout) -> Clock:
    """The clock with the closing stamps in the same zone. A time that does not exist is a fault of the stage; one that
    occurs twice is the first of the two that does not lie before the event's own start."""
    if clock.zone is None or layout.end is None:
        return clock
    if scratch.zones and not clock.dated:
        raise IngestRefused(
            "several_zones",
            "events with an end, and names of zones beside their stamps",
            "stamps with their offsets from UTC",
            "export both stamps with their offset, or load each zone from a file of its own",
        )
    first, last = scratch.rows(f"SELECT min(ended), max(ended) FROM stage WHERE {LOADABLE}")[0]
    if first is None:
        return clock
    sql = f"CASE WHEN ended_zoned THEN ended ELSE {zones.utc_sql('ended', clock.zone, first, last)} END"
    notices = list(clock.notices)
    for change in [] if clock.dated else zones.changes(clock.zone, first, last):
        notices += (
            _left_out(scratch, change, layout.end, "ended")
            if change.forward
            else _end_twice(scratch, change, f"{sql} < {clock.sql}")
        )
    return replace(clock, ended=sql, notices=tuple(notices))


def _within(change: Change, stamp: str = "stamp", zone: str = "") -> str:
    """Where a time lies in the hours of the change; `stamp` is it, or `ended`; `zone` is named beside it."""
    mine = f" AND zone = {text(zone)}" if zone else ""
    hours = f"{stamp} >= TIMESTAMP '{change.starts}' AND {stamp} < TIMESTAMP '{change.ends}'"
    return f"{LOADABLE} AND NOT {'zoned' if stamp == 'stamp' else 'ended_zoned'} AND {hours}{mine}"


def _end_twice(scratch: Scratch, change: Change, too_early: str) -> list[Notice]:
    """Ends in the repeated hours: the later time where the earlier one lies before the start."""
    within = _within(change, "ended")
    total, later = scratch.rows(f"SELECT count(*), count_if({too_early}) FROM stage WHERE {within}")[0]
    if not total:
        return []
    after = round(change.after.total_seconds())
    if later:
        moved = f"ended = ended - to_seconds({after}), ended_zoned = TRUE"
        scratch.run(f"UPDATE stage SET {moved} WHERE {within} AND {too_early}")
    ends = counted(total, "{n} end", "{n} ends")
    text = f"{ends} between {_hours(change)} {counted(total, 'occurs', 'occur')} twice (clocks were put back)"
    return [Notice("ambiguous_local_time", f"{text}: the first time that is not before the start was taken.")]


def _left_out(
    scratch: Scratch, change: Change, column: int | None, stamp: str = "stamp", zone: str = ""
) -> list[Notice]:
    within = _within(change, stamp, zone)
    (count,) = scratch.rows(f"SELECT count(*) FROM stage WHERE {within}")[0]
    if not count:
        return []
    scratch.run(f"UPDATE stage SET fault = {stored(faults.NO_SUCH_TIME, column)} WHERE {within}")
    stamps = counted(count, *(("{n} stamp", "{n} stamps") if stamp == "stamp" else ("{n} end", "{n} ends")))
    absent, out = counted(count, "does not exist", "do not exist"), counted(count, "was", "were")
    text = f"{stamps} between {_hours(change)} {absent} (clocks were put forward) and {out} rejected."
    return [Notice("nonexistent_local_time", text)]


def _twice(scratch: Scratch, layout: Layout, change: Change, zone: str = "") -> list[Notice]:
    series = ", ".join(map(layout.text_name, layout.series))
    columns = f", {series}" if series else ""
    found = scratch.frame(
        f"SELECT rowid AS line, stamp{columns} FROM stage WHERE {_within(change, zone=zone)} ORDER BY rowid"
    )
    if found.empty:
        return []
    later = _second_runs(found)
    if later:
        lines = ", ".join(map(str, later))
        after = round(change.after.total_seconds())
        scratch.run(f"UPDATE stage SET stamp = stamp - to_seconds({after}), zoned = TRUE WHERE rowid IN ({lines})")
    stamps = counted(len(found), "{n} stamp", "{n} stamps")
    text = f"{stamps} between {_hours(change)} {counted(len(found), 'occurs', 'occur')} twice (clocks were put back)"
    second = counted(len(later), "the {n} of the second run was taken", "the {n} of the second run were taken")
    done = f"{second} as the later hour" if later else "the earlier hour was taken"
    return [Notice("ambiguous_local_time", f"{text}: {done}.")]


def _second_runs(found: pd.DataFrame) -> list[int]:
    """Lines that stand, in their series, after the one step back in time within the repeated hour."""
    series = [column for column in found.columns if column.startswith("x")]
    groups = [part for _, part in found.groupby(series, sort=False, dropna=False)] if series else [found]
    lines: list[int] = []
    for part in groups:
        back = (part["stamp"].diff() <= pd.Timedelta(0)).to_numpy()
        if back.sum() == 1:
            lines += [int(line) for line in part["line"].to_numpy()[int(back.argmax()) :]]
    return lines


def _hours(change: Change) -> str:
    start: dt.datetime = change.starts
    return f"{start:%H:%M} and {change.ends:%H:%M} on {start:%-d %B %Y}"
