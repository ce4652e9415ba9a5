"""What stands beside a date in columns of its own: its time of day, its offset from UTC or zone, its month, its day.

They are joined to one text in the place of the date, which is then read as if it had been written so; how each column
is written is decided over all of its cells. What cannot be read makes its record a reject: no time is made up.
"""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

from collections.abc import Mapping

from opsmetrics.ingest import faults
from opsmetrics.ingest.business_years import are_business_years, first_days
from opsmetrics.ingest.carried_dates import dated_sql
from opsmetrics.ingest.cells import fold
from opsmetrics.ingest.date_parts import parts_sql, refuse_fiscal
from opsmetrics.ingest.day_times import IS_TIME, day_times
from opsmetrics.ingest.layout import Layout
from opsmetrics.ingest.numbered_times import Numbered
from opsmetrics.ingest.offset_cells import offset_style
from opsmetrics.ingest.problems import NeedsAnswer
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.ingest.sql import text
from opsmetrics.ingest.totals import says_total
from opsmetrics.measurements import Notice

#: Cells of a column that are looked at one by one.
_MOST = 100_000
#: A time that says nothing beside a column of times.
_MIDNIGHT = "[T ]00:00(?::00(?:[.]0+)?)?$"


def join_time(scratch: Scratch, layout: Layout, answers: Mapping[str, str]) -> list[Notice]:
    """Let the scratch database join the columns of time; nothing where there is but one.

    Raises NeedsAnswer (`hours`, `business_year`), IngestRefused (`times_not_understood`, `fiscal_year`,
    `unknown_answer`).
    """
    if layout.time is None:
        return []
    header = scratch.sheet.headers[layout.time]
    first = [row[layout.time] for row in scratch.sheet.rows if layout.time < len(row)]
    if not layout.parts and are_business_years(header, first):
        days, told = first_days(header, said(scratch, layout.time), layout.year_start, answers)
        cell = dated_sql(scratch, layout.time)
        arms = " ".join(f"WHEN {text(written)} THEN '{day}'" for written, day in days.items())
        scratch.joined[layout.time] = f"CASE {cell} {arms} ELSE {cell} END"
        return told
    refuse_fiscal(header)
    joined = dated_sql(scratch, layout.time)
    if layout.clock is None and layout.offset is None and not layout.parts:
        if scratch.carries:
            scratch.joined[layout.time] = joined
        return []
    notices: list[Notice] = []
    scratch.unread.clear()
    if layout.parts:
        second = said(scratch, layout.parts[1])
        joined = parts_sql(
            [scratch.clean(part) for part in layout.parts], scratch.sheet.headers[layout.parts[1]], second
        )
    if layout.clock is not None:
        header = scratch.sheet.headers[layout.clock]
        times = day_times(header, said(scratch, layout.clock), answers)
        if times.question is not None:
            raise NeedsAnswer([times.question])
        notices += times.notices
        if times.minutes is not None:
            scratch.numbered = Numbered(times.minutes(layout.cell(layout.clock)), times.beyond)
        date, time = f"regexp_replace({joined}, '{_MIDNIGHT}', '')", times.sql(scratch.clean(layout.clock))
        read = f"CASE WHEN regexp_full_match({time}, {text(IS_TIME)}) THEN {time} ELSE '?' END"
        joined = f"CASE WHEN regexp_matches({date}, '[0-9]') THEN {date} || ' ' || {read} ELSE {date} END"
        own = times.sql(layout.cell(layout.clock))
        scratch.unread.append((f"NOT regexp_full_match({own}, {text(IS_TIME)})", faults.BAD_TIME, layout.clock))
    if layout.offset is not None:
        style = offset_style(scratch.sheet.headers[layout.offset], said(scratch, layout.offset))
        scratch.zones = style.zones
        offset, own = style.sql(scratch.clean(layout.offset)), style.sql(layout.cell(layout.offset))
        joined = f"CASE WHEN contains({joined}, ':') THEN {joined} || coalesce({offset}, ' ?') ELSE {joined} END"
        scratch.unread.append((f"({own}) IS NULL", faults.BAD_ZONE, layout.offset))
    scratch.joined[layout.time] = joined
    return notices


def said(scratch: Scratch, column: int) -> list[str]:
    """The different cells of a column, without its header and totals."""
    header = fold(scratch.sheet.headers[column])
    whole = f"len(f) >= {len(scratch.sheet.headers)} AND c0 <> ''"
    found = scratch.rows(f"SELECT DISTINCT c0 FROM {scratch.source((column,))} WHERE {whole} LIMIT {_MOST}")
    return [cell for (cell,) in found if fold(cell) != header and not says_total(cell.lower())]
