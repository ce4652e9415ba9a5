"""A file into the stage: in one pass where its first lines tell how all are written, else after a look at all of it.

What the first lines of a long file suggest is only tried. It stands where every record has its time and all its numbers
in just that style, so that a look at every cell could say nothing else; where one has not, every cell is looked at.
"""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from opsmetrics.ingest.beside import join_time
from opsmetrics.ingest.carried_dates import settle_carried
from opsmetrics.ingest.dates import DateStyle
from opsmetrics.ingest.glance import first_lines, plain_reading
from opsmetrics.ingest.layout import Layout
from opsmetrics.ingest.numbers import NumberStyle
from opsmetrics.ingest.problems import IngestRefused, NeedsAnswer
from opsmetrics.ingest.profile import Reading, profile
from opsmetrics.ingest.scratch import LONG, Scratch
from opsmetrics.ingest.sql import text
from opsmetrics.ingest.stage import build_stage, settle_names, settle_stage
from opsmetrics.ingest.straight import CERTAIN, read_straight, stamp_of
from opsmetrics.ingest.unit_column import join_units
from opsmetrics.working import tell

#: So many lines of a long file are tried.
TRIAL = 10_000


class _PlainDay(DateStyle):
    """Days as 2026-05-03 and nothing else. Here a cast reads just what the pattern of the form would let through, at a
    third of its cost."""

    def sql(self, cell: str) -> str:
        """An expression of type TIMESTAMP, null where the cell is no such day."""
        day = f"length({cell}) = 10 AND {cell} LIKE '____-__-__' AND {cell} >= '1'"
        return f"CASE WHEN {day} THEN TRY_CAST({cell} AS DATE)::TIMESTAMP END"


class _PlainNumber(NumberStyle):
    """The plain style of trimmed cells in ASCII: a cast takes besides only `1_000`, `+-1` and words that are not
    finite."""

    def sql(self, cell: str) -> str:
        """An expression of type DOUBLE, null where the cell is no number."""
        return f"CASE WHEN NOT (contains({cell}, '_') OR starts_with({cell}, '+-')) THEN TRY_CAST({cell} AS DOUBLE) END"


class _WholeNumber(NumberStyle):
    """The plain style of a column whose first cells have no decimal mark: `1.234` further down would have to be asked
    about, so it is not read."""

    def sql(self, cell: str) -> str:
        """An expression of type DOUBLE, null where the cell is no whole number."""
        return f"CASE WHEN regexp_full_match({cell}, {text('[-+]?[0-9]+')}) THEN TRY_CAST({cell} AS DOUBLE) END"


def read_in(scratch: Scratch, layout: Layout, answers: Mapping[str, str], today: dt.date) -> Reading:
    """How the cells are read, and the table `stage` with all of them.

    Raises NeedsAnswer (`hours`, `date_order`, `swapped_dates`, `decimal`), IngestRefused (`dates_not_understood`,
    `numbers_not_understood`, `unknown_answer`, `changed_while_read`).
    """
    tell("Reading every record")
    told = join_time(scratch, layout, answers)
    join_units(scratch, layout)
    reading = _tried(scratch, layout, answers, today)
    if reading is None:
        reading = _looked(scratch, layout, answers, today)
        if carried := settle_carried(scratch, layout, answers):
            told = [*join_time(scratch, layout, answers), *carried]
            reading = _looked(scratch, layout, answers, today)
    settle_names(scratch, layout)
    settle_stage(scratch, layout, reading)
    return replace(reading, notices=(*told, *reading.notices))


def _looked(scratch: Scratch, layout: Layout, answers: Mapping[str, str], today: dt.date) -> Reading:
    """What every cell tells, and the stage that is read so."""
    tell("Looking at every column")
    reading = profile(scratch, layout, answers, today)
    tell("Reading every record")
    build_stage(scratch, layout, reading, today)
    return reading


def _tried(scratch: Scratch, layout: Layout, answers: Mapping[str, str], today: dt.date) -> Reading | None:
    """What the first lines suggest, where it holds for all; else nothing of it is kept."""
    reading = _suggested(scratch, layout, answers, today)
    if reading is None:
        scratch.rewritten.clear()
    return reading


def _suggested(scratch: Scratch, layout: Layout, answers: Mapping[str, str], today: dt.date) -> Reading | None:
    if scratch.sheet.lines < LONG or scratch.sheet.exact:
        return None
    first = first_lines(scratch, layout, TRIAL)
    reading, padded = plain_reading(scratch, layout, answers, first) if first else None, True
    if reading is None:
        try:
            with scratch.first_lines(TRIAL):
                reading = profile(scratch, layout, answers, today)
                if scratch.rewritten or not _is_plain(layout, reading):
                    return None
                padded = _is_padded(scratch, layout)
        except (NeedsAnswer, IngestRefused):  # the whole file may tell what its beginning does not
            return None
    stamp = stamp_of(layout, reading, first) if first else None
    quick = dict.fromkeys(layout.numbers, _PlainNumber()) if scratch.sheet.ascii else {}
    styles = {**reading.numbers, **quick, **dict.fromkeys(reading.unproven, _WholeNumber())}
    if stamp is not None:
        straight = read_straight(scratch, layout, stamp, styles, bool(reading.unproven), today)
        if straight and not _tells_days(scratch, today):
            scratch.hold_in_file()
            return None
        return reading if straight else None
    trial = replace(reading, numbers=styles)
    if reading.dates == DateStyle() and padded:
        trial = replace(trial, dates=_PlainDay())
    build_stage(scratch, layout, trial, today)
    return reading if _holds(scratch, layout) and _tells_days(scratch, today) else None


def _is_plain(layout: Layout, reading: Reading) -> bool:
    style = reading.dates
    if style is None or layout.end is not None or reading.notices or len(style.tails) != 1:
        return False
    plain = all(reading.numbers[role] == NumberStyle() for role in layout.numbers)
    return plain and len(style.forms) == 1 and style.forms[0] in CERTAIN and not style.offsets and not style.weekdays


def _is_padded(scratch: Scratch, layout: Layout) -> bool:
    """True where no month or day is written with one digit."""
    assert layout.time is not None
    shorter = f"length({layout.cell(layout.time)}) < 10"
    (found,) = scratch.rows(f"SELECT count_if({shorter}) FROM {scratch.source(layout.columns)}")[0]
    return not found


def _holds(scratch: Scratch, layout: Layout) -> bool:
    """True where every record has its time and all its numbers."""
    empty = [f"{name} IS NULL" for name in ("stamp", *map(layout.number_name, layout.numbers))]
    (found,) = scratch.rows(f"SELECT EXISTS (FROM stage WHERE {' OR '.join(empty)})")[0]
    return not found


def _tells_days(scratch: Scratch, today: dt.date) -> bool:
    """True where a day above 12 tells it from the month, or all days are of one month that is not to come: else it is
    looked at in every date which of both stands first."""
    if scratch.rows("SELECT EXISTS (FROM stage WHERE day(stamp) > 12)")[0][0]:
        return True
    (alike,) = scratch.rows("SELECT date_trunc('month', min(stamp)) = date_trunc('month', max(stamp)) FROM stage")[0]
    (later,) = scratch.rows(f"SELECT EXISTS (FROM stage WHERE stamp > TIMESTAMP '{today}')")[0]
    return bool(alike) and not later
