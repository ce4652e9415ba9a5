"""Dates that stand only in the first record of a group, as reports have them: an empty cell is the date above it.

It is certain where each date stands once, most have such records, and these are told apart by more than the date; where
many dates are missing otherwise, a person is asked. A few records without a date are damaged, and are rejected.
"""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

from collections.abc import Mapping

from opsmetrics.ingest import faults
from opsmetrics.ingest.faults import COLUMN
from opsmetrics.ingest.layout import Layout
from opsmetrics.ingest.problems import NeedsAnswer, Question
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.ingest.totals import FILLED, TOTAL_LINE, is_note, is_total
from opsmetrics.measurements import Notice, counted

CODE = "blank_dates"
#: Of the records at least one in so many has no date of its own, where groups of them have one.
_ONE_IN = 3
#: Fewer are slips.
_SEVERAL = 2


def dated_sql(scratch: Scratch, column: int) -> str:
    """The cleaned cell of a column of dates, over the cells `f` of line `t` (and its `number`); the date above it where
    it is empty and dates are carried down. Never in a line of totals, a note or an empty one: they are no records."""
    cell = scratch.clean(column)
    if not scratch.carries:
        return cell
    own = f"CASE WHEN regexp_matches({cell}, '[0-9]') AND NOT {is_total(f'lower({cell})')} THEN {cell} END"
    above = f"arg_max({own}, number) OVER (ROWS UNBOUNDED PRECEDING)"  # leaves out records without one
    whole = f"len(f) >= {len(scratch.sheet.headers)} AND len({FILLED}) > 1"
    record = f"{whole} AND NOT {TOTAL_LINE} AND NOT {is_note('lower(t)')}"
    return f"CASE WHEN {cell} = '' AND {record} THEN coalesce({above}, '') ELSE {cell} END"


def settle_carried(scratch: Scratch, layout: Layout, answers: Mapping[str, str]) -> list[Notice]:
    """Whether dates are to be carried down in the stage, which is then to be built anew: a notice, or nothing.

    Raises NeedsAnswer (`blank_dates`), IngestRefused (`unknown_answer`).
    """
    if layout.time is None or layout.parts or scratch.carries or scratch.sheet.mending is not None:
        return []
    none = f"fault // {COLUMN} = {faults.NO_DATE.kind}"
    (missing,) = scratch.rows(f"SELECT count_if({none}) FROM stage")[0]
    if not missing:
        return []
    key = ", ".join(map(layout.text_name, layout.series)) or "'one'"
    rows = f"SELECT rowid AS line, stamp::DATE AS day, hash({key}) AS key FROM stage WHERE stamp IS NOT NULL OR {none}"
    grouped = f"SELECT *, count(day) OVER (ORDER BY line) AS part FROM ({rows})"
    days = f"SELECT part, max(day) AS day, count(*) AS rows, count(DISTINCT key) AS keys FROM ({grouped}) GROUP BY part"
    told = f"SELECT *, lag(day) OVER (ORDER BY part) AS before FROM ({days}) WHERE part > 0"
    asked = "count(*), coalesce(sum(rows), 0), count_if(day = before), count_if(keys < rows), count_if(rows > 1)"
    dated, records, repeated, alike, several = scratch.rows(f"SELECT {asked} FROM ({told})")[0]
    if not dated or records - dated < _SEVERAL or (records - dated) * _ONE_IN < records:
        return []
    header = scratch.sheet.headers[layout.time]
    question = Question(
        CODE,
        f"{counted(missing, '{n} record has', '{n} records have')} no date in '{header}', below ones that have.",
        ("carry: an empty cell means the date above it", "reject: records without a date are left out"),
    )
    answer = question.answered(answers)
    apart = layout.clock is not None or (bool(layout.series) and not alike)
    certain = apart and not repeated and 2 * several >= dated
    if answer is None and not certain:
        raise NeedsAnswer([question])
    if answer == "reject":
        return []
    scratch.carries = True
    one, many = "{n} record without a date of its own has", "{n} records without a date of their own have"
    return [Notice("dates_carried_down", f"{counted(records - dated, one, many)} the one above in '{header}'.")]
