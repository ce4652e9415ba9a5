"""Hours and quarters that are numbered through a day on which the clock changes: by the clock, or on past the change.

Numbers of the clock leave out the hour that does not exist and repeat the one that exists twice; a count goes on to the
23rd or the 25th hour. A whole day tells which, and then all days of the file; else a person is asked.
"""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from opsmetrics.ingest import faults, zones
from opsmetrics.ingest.faults import stored
from opsmetrics.ingest.layout import Layout
from opsmetrics.ingest.problems import NeedsAnswer, Question
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.ingest.zones import Change
from opsmetrics.measurements import Notice, counted

CODE = "numbered"
_DAY = 24 * 60


@dataclass(frozen=True)
class Numbered:
    """The minutes before a numbered hour since its day began, over the cells of the column; from `beyond` on it is none
    of an ordinary day."""

    minutes: str
    beyond: int


@dataclass(frozen=True)
class _Changed:
    """A day on which the clock changes: its first instant in UTC, where the change lies in minutes by the clock, its
    length, and how many series of the file tell of a count, of the clock, of either."""

    day: dt.date
    start: dt.datetime
    gap: int
    length: int
    count: int
    clock: int
    open: int


def settle_numbered(scratch: Scratch, layout: Layout, zone: str | None, answers: Mapping[str, str]) -> list[Notice]:
    """Give the numbers on days of a clock change of the zone their instants where they are a count, and reject those
    that no day has. Nothing where no times are numbered.

    Raises NeedsAnswer (`numbered`), IngestRefused (`unknown_answer`).
    """
    numbered = scratch.numbered
    if numbered is None:
        return []
    first, last = scratch.rows("SELECT min(stamp), max(stamp) FROM stage WHERE fault = 0 AND NOT zoned")[0]
    changes = zones.changes(zone, first, last) if zone is not None and first is not None else []
    days = [found for change in changes if (found := _look(scratch, layout, change, str(zone))) is not None]
    is_count, notices = _decided(days, answers)
    if is_count:
        for found in days:
            after = f"stamp = TIMESTAMP '{found.start}' + to_minutes(minutes), zoned = TRUE"
            scratch.run(f"UPDATE stage SET {after} WHERE {_of(found.day)} AND minutes < {found.length}")
    assert layout.clock is not None
    none = f"fault = 0 AND NOT zoned AND minutes >= {numbered.beyond}"
    scratch.run(f"UPDATE stage SET fault = {stored(faults.BAD_TIME, layout.clock)} WHERE {none}")
    return notices


def _of(day: dt.date) -> str:
    """The records of a day: a number past its end stands at the end of the day."""
    start = f"stamp - to_minutes(least(minutes, {_DAY}))"
    return f"fault = 0 AND NOT zoned AND minutes IS NOT NULL AND {start} = TIMESTAMP '{day}'"


def _look(scratch: Scratch, layout: Layout, change: Change, zone: str) -> _Changed | None:
    """What the numbers of the day tell; None where the file has none of it, or the change is no matter of hours."""
    day = change.starts.date()
    midnight = dt.datetime.combine(day, dt.time())
    shift = round((change.ends - change.starts).total_seconds() / 60)
    gap, length = (change.starts - midnight).seconds // 60, _DAY + (-shift if change.forward else shift)
    if change.ends.date() != day or not (0 < shift <= 60):
        return None
    series = ", ".join(map(layout.text_name, layout.series)) or "'one'"
    within = f"minutes >= {gap} AND minutes < {gap + shift}"
    if change.forward:
        passed, ended = f"count_if({within}) > 0", f"count_if(minutes >= {length} AND minutes < {_DAY}) > 0"
        whole = f"count_if(minutes >= {length - 60} AND minutes < {length}) > 0"
        count, clock = f"{passed} AND NOT {ended} AND {whole}", f"{ended} AND NOT {passed}"
        undecided = f"{passed} AND NOT {ended} AND NOT {whole}"  # with both, it is a clock that is never put forward
    else:
        count = f"count_if(minutes >= {_DAY}) > 0"
        clock = f"count_if({within}) > count(DISTINCT minutes) FILTER ({within})"
        undecided = "FALSE"  # one record for the two hours, or the later one missing: the earlier is meant
    kinds = f"{count} AS on_count, {clock} AS by_clock, {undecided} AS undecided"
    told = f"SELECT {kinds} FROM stage WHERE {_of(day)} GROUP BY {series}"
    asked = "count_if(on_count), count_if(by_clock AND NOT on_count), count_if(undecided)"
    found = scratch.rows(f"SELECT {asked}, count(*) FROM ({told})")[0]
    return _Changed(day, zones.to_utc(midnight, zone), gap, length, *found[:3]) if found[3] else None


def _decided(days: list[_Changed], answers: Mapping[str, str]) -> tuple[bool, list[Notice]]:
    count, clock = (sum(getattr(found, name) for found in days) for name in ("count", "clock"))
    if count and not clock:
        named = ", ".join(f"{found.day:%-d %B %Y}" for found in days)
        said = f"On {named} hours are counted on past the change of the clock: read as a count, not by the clock."
        return True, [Notice("hours_counted_on", said)]
    undecided = [found for found in days if found.open or (count and clock)]
    if not undecided:
        return False, []
    found = undecided[0]
    change, hours = f"{found.gap // 60}:{found.gap % 60:02d}", counted(found.length // 60, "{n} hour", "{n} hours")
    question = Question(
        CODE,
        f"On {found.day:%-d %B %Y} the clock was changed at {change} and the day had {hours}. The numbers of the file "
        "may go by the clock, or be counted on past the change.",
        ("count: the hours are counted on past the change", "clock: they go by the clock"),
    )
    answer = question.answered(answers)
    if answer is None:
        raise NeedsAnswer([question])
    done = "counted on past the change of the clock" if answer == "count" else "of the clock"
    return answer == "count", [Notice(CODE, f"Hours on days of a clock change were read as {done}, as answered.")]
