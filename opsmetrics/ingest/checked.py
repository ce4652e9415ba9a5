"""The checked table of a file: what would be loaded, what became of every other record, and why.

`check` goes from a recognised sheet and its layout to instants, texts and numbers that can be trusted. It knows of
KPIs only what the layout's measures say, so that it works before any KPI is looked up.
"""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from opsmetrics.ingest import faults
from opsmetrics.ingest.apart import settle_apart
from opsmetrics.ingest.carried_names import settle_carried_names
from opsmetrics.ingest.clock import Clock, set_clock, with_ends
from opsmetrics.ingest.duplicates import complete_sql, mark_duplicates
from opsmetrics.ingest.faults import COLUMN
from opsmetrics.ingest.happened import event_notices, mark_events, measure_time, settle_references, stated_sql
from opsmetrics.ingest.layout import METRIC, Layout, Meaning
from opsmetrics.ingest.missing_codes import settle_codes
from opsmetrics.ingest.profile import Reading
from opsmetrics.ingest.quantities import mark_impossible, mark_refused, name_metrics, settle_percent, settle_scale
from opsmetrics.ingest.rates import settle_rates
from opsmetrics.ingest.reading_in import read_in
from opsmetrics.ingest.rejects import rejects_of
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.ingest.several import refuse_table_below
from opsmetrics.ingest.share_scale import settle_share
from opsmetrics.ingest.sheet import Sheet
from opsmetrics.ingest.spelling import unify_spelling
from opsmetrics.ingest.unit_scale import settle_units
from opsmetrics.measurements import Notice, Tally, counted
from opsmetrics.working import tell

#: Lines at the end of a file that are looked through for its last records before all are.
_NEAR = 10_000
#: As what a title of a page is rejected that is taken for a record.
_TITLES = (faults.ALONE, faults.TOO_FEW, faults.TOO_MANY, faults.NO_DATE, faults.BAD_DATE)


@dataclass(frozen=True, eq=False)
class Checked:
    """A file after all checks. The scratch view `record` holds line, observed_at (UTC) and the stage's columns of
    every record without fault; a record loads where it states at least one measure or event."""

    sheet: Sheet
    layout: Layout
    meaning: Meaning
    reading: Reading
    clock: Clock
    scratch: Scratch
    tally: Tally
    rejects: pd.DataFrame
    notices: tuple[Notice, ...]

    @property
    def loads(self) -> str:
        """A condition over `record`: the record states at least one measure or event."""
        return _states_any(self.layout, self.meaning)

    def ends(self, most: int) -> list[int]:
        """The lines of the first and of the last records that load, so many of each, in order."""
        mine = f"SELECT line FROM record WHERE {self.loads}"
        first = self.scratch.rows(f"{mine} LIMIT {most}")  # a table is read in the order of its rows
        near = f"line > (SELECT max(rowid) FROM stage) - {_NEAR}"
        for end in (f"{mine} AND {near}", mine):  # a long file need not be sorted for its last lines
            last = self.scratch.rows(f"{end} ORDER BY line DESC LIMIT {most}")
            if len(last) == most:
                break
        return sorted({line for (line,) in (*first, *last)})

    def table(self, lines: Sequence[int] | None = None) -> pd.DataFrame:
        """The records that load, or only those at these lines: @line, @stamp (as written; in UTC where
        the file states an offset), @observed_at (in UTC), @ended (as @stamp) where events have an end, then the text
        and number roles under their own names: only the texts of events begin with @ as well."""
        texts = self.layout.texts
        numbers = [role for role in self.layout.numbers if role not in self.layout.records]
        said = [f"{self.layout.text_name(role)}::VARCHAR" for role in texts]  # a list of names would be a category
        names = [*said, *map(self.layout.number_name, numbers)]
        ended = {"@ended": "ended"} if self.layout.end is not None else {}
        told = [f"line + {self.sheet.head.first}", "stamp", "observed_at", *ended.values(), *names]
        rows = f"SELECT {', '.join(told)} FROM record WHERE {self.loads}"
        if lines is not None:
            rows += f" AND line IN ({', '.join(map(str, lines)) or 'NULL'})"
        found = self.scratch.frame(f"{rows} ORDER BY line")
        if not self.sheet.origin.plain:
            found.isetitem(0, np.array(self.sheet.origin.lines(found.iloc[:, 0]), dtype="int64"))
        found.columns = ["@line", "@stamp", "@observed_at", *ended, *texts, *numbers]
        return found


def check(
    sheet: Sheet,
    layout: Layout,
    *,
    answers: Mapping[str, str] | None = None,
    today: dt.date | None = None,
) -> Checked:
    """Read, type and check every record.

    `today` bounds plausible dates (default: the day it is).
    Raises NeedsAnswer (`date_order`, `decimal`, `unit:…`, `duration:…`, `percent`, `scale`), IngestRefused
    (`dates_not_understood`, `numbers_not_understood`, `changed_while_read`, `too_much_memory`).
    """
    given = answers or {}
    scratch = Scratch(sheet)
    reading = read_in(scratch, layout, given, today or dt.datetime.now().date())
    notices = [*sheet.notices, *reading.notices, *unify_spelling(scratch, layout, given)]
    tell("Checking every record")
    meaning = layout.meaning(_metrics(scratch, layout))
    clock = with_ends(set_clock(scratch, layout, meaning, given), scratch, layout)
    notices += settle_carried_names(scratch, layout, meaning, given)
    measure_time(scratch, layout, clock)
    mark_refused(scratch, layout, meaning)
    name_metrics(scratch, layout, meaning)
    notices += settle_codes(scratch, layout, meaning.joint, given)
    notices += settle_units(scratch, layout, reading, meaning.joint, given)
    notices += settle_percent(scratch, layout, reading, meaning.joint, given)
    notices += settle_scale(scratch, layout, meaning.joint, given)
    notices += settle_share(scratch, layout, meaning.joint, given)
    notices += settle_rates(scratch, layout, meaning.joint, given)
    mark_impossible(scratch, layout, meaning.joint)
    mark_events(scratch, layout, clock)
    _mark_notes(scratch)
    instants = f"{clock.sql} AS observed_at" + (f", {clock.ended} AS ended_at" if layout.end is not None else "")
    scratch.run(f"CREATE VIEW record AS SELECT rowid AS line, {instants}, * FROM stage WHERE fault = 0")
    settle_references(scratch, layout)
    tell("Looking for repeated records")
    meaning, told = settle_apart(scratch, layout, meaning, given)
    notices += told
    mark_duplicates(scratch, layout, meaning.joint, stated_sql(layout))
    kinds = _kinds(scratch)
    tally = _tally(scratch, layout, meaning, kinds)
    try:
        rejects = rejects_of(scratch, sheet)
    finally:  # whatever a file that changed makes of them: it is read no more
        sheet.refuse_changed()
    read = {**layout.texts, **layout.numbers}
    marks = (sheet.dialect.delimiter, sheet.dialect.quote)
    refuse_table_below(rejects, sheet.headers, sheet.head.first, read, layout.time, marks)
    notices += [*clock.notices, *_counted(scratch, layout, meaning, kinds), *event_notices(scratch, layout)]
    return Checked(sheet, layout, meaning, reading, clock, scratch, tally, rejects, tuple(notices))


def _kinds(scratch: Scratch) -> dict[int, int]:
    """How many records have each kind of fault; 0: none. Blocks of records without any are not looked at."""
    kinds = dict(scratch.rows(f"SELECT fault // {COLUMN}, count(*) FROM stage WHERE fault <> 0 GROUP BY 1"))
    (records,) = scratch.rows("SELECT count(*) FROM stage")[0]
    sound = records - sum(kinds.values())
    return {**kinds, 0: sound} if sound else kinds


def _metrics(scratch: Scratch, layout: Layout) -> Sequence[str]:
    if METRIC not in layout.texts:
        return ()
    name = layout.text_name(METRIC)
    return [metric for (metric,) in scratch.rows(f"SELECT DISTINCT {name} FROM stage WHERE fault = 0 ORDER BY 1")]


def _mark_notes(scratch: Scratch) -> None:
    """A lone cell below the last good record is a note of the report, not a damaged record; so are the lines between
    the records and a repeated header that are lone cells, or stand above the first header too but for their digits."""
    _mark_titles(scratch)
    alone = f"fault // {COLUMN} = {faults.ALONE.kind}"
    last = "(SELECT coalesce(max(rowid), -1) FROM stage WHERE fault = 0)"
    scratch.run(f"UPDATE stage SET fault = {faults.NOTE * COLUMN} WHERE {alone} AND rowid > {last}")


def _mark_titles(scratch: Scratch) -> None:
    header = f"fault // {COLUMN} = {faults.HEADER}"
    first = scratch.sheet.head.first
    idle = ", ".join(str(kind) for kind in (faults.CONTINUED, faults.BLANK, faults.NOTE))
    kinds = ", ".join(str(fault.kind) for fault in _TITLES)
    if not scratch.rows(f"SELECT EXISTS (FROM stage WHERE {header})")[0][0]:
        return
    run = (
        f"SELECT rowid AS line, fault // {COLUMN} AS kind, "
        f"first_value(CASE WHEN fault // {COLUMN} NOT IN ({idle}, {kinds}) THEN {header} END IGNORE NULLS) "
        f"OVER (ORDER BY rowid ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS headed FROM stage"
    )
    found = scratch.rows(f"SELECT line, kind FROM ({run}) WHERE headed AND kind IN ({kinds})")
    above = {_figureless(text) for text in scratch.sheet.texts(range(1, scratch.sheet.head.line or 1)).values()}
    texts = scratch.sheet.texts(line + first for line, _ in found)
    titles = [line for line, kind in found if kind == faults.ALONE.kind or _figureless(texts[line + first]) in above]
    if titles:
        lines = ", ".join(map(str, titles))
        scratch.run(f"UPDATE stage SET fault = {faults.NOTE * COLUMN} WHERE rowid IN ({lines})")


def _figureless(text: str) -> str:
    return re.sub("[0-9]+", "0", text).strip(" ,;\t|\"'")


def _states_any(layout: Layout, meaning: Meaning) -> str:
    return "(" + " OR ".join([*(complete_sql(layout, m) for m in meaning.joint), f"({stated_sql(layout)})"]) + ")"


def _tally(scratch: Scratch, layout: Layout, meaning: Meaning, kinds: Mapping[int, int]) -> Tally:
    (loaded,) = scratch.rows(f"SELECT count(*) FROM stage WHERE fault = 0 AND {_states_any(layout, meaning)}")[0]
    records = sum(count for kind, count in kinds.items() if kind != faults.CONTINUED)
    return Tally(
        records=records,
        rows=loaded,
        rejected=sum(count for kind, count in kinds.items() if kind >= faults.FIRST_REJECT),
        missing=kinds.get(0, 0) - loaded,
        duplicates=kinds.get(faults.DUPLICATE, 0),
        skipped=sum(kinds.get(kind, 0) for kind in faults.SKIPPED),
    )


def _counted(scratch: Scratch, layout: Layout, meaning: Meaning, kinds: Mapping[int, int]) -> list[Notice]:
    """Warnings about what was left out or may have been meant otherwise."""
    texts = {
        faults.TOTAL: (
            "total_row_skipped",
            "{n} row of totals was skipped: its records are loaded one by one.",
            "{n} rows of totals were skipped: their records are loaded one by one.",
        ),
        faults.HEADER: (
            "repeated_header_skipped",
            "{n} repeated header row was skipped.",
            "{n} repeated header rows were skipped.",
        ),
        faults.NOTE: (
            "note_skipped",
            "{n} line that is a note and no record was skipped.",
            "{n} lines that are notes and no records were skipped.",
        ),
        faults.SUPERSEDED: (
            "superseded_skipped",
            "{n} earlier record of a reference was skipped: its last record counts.",
            "{n} earlier records of a reference were skipped: the last record of each counts.",
        ),
        faults.REPEATED_REFERENCE.kind: (
            "repeated_references",
            "{n} record shares a reference with another and differs; it was held back.",
            "{n} records share a reference and differ; all were held back.",
        ),
        faults.DUPLICATE: (
            "duplicates_in_file",
            "{n} record repeats another one with the same values; one of them was kept.",
            "{n} records repeat others with the same values; one of each was kept.",
        ),
        faults.CONFLICT.kind: (
            "conflicting_duplicates",
            "{n} record contradicts another one and was held back.",
            "{n} records contradict each other and were all held back.",
        ),
        faults.UNCLOSED.kind: (
            "unclosed_quote",
            "{n} record opens a quotation mark that is never closed.",
            "{n} records open a quotation mark that is never closed.",
        ),
        faults.SWALLOWED.kind: (
            "swallowed_records",
            "{n} record holds further ones between two quotation marks; none of them was loaded.",
            "{n} records hold further ones between two quotation marks; none of them was loaded.",
        ),
    }
    found = [
        Notice.counting(code, kinds[kind], one, many) for kind, (code, one, many) in texts.items() if kinds.get(kind)
    ]
    if any(measure.keyed_by is None for measure in meaning.measures):
        found += _equal_events(scratch, layout)
    if layout.adds and layout.events is None:
        found += _equal_records(scratch, layout, meaning)
    return found


def _equal_records(scratch: Scratch, layout: Layout, meaning: Meaning) -> list[Notice]:
    """Records that equal another one in every column, also in those that are not read, and are added to it."""
    again = f"SELECT count(*) AS times FROM record WHERE {_states_any(layout, meaning)} GROUP BY whole HAVING times > 1"
    (count,) = scratch.rows(f"SELECT coalesce(sum(times - 1), 0) FROM ({again})")[0]
    if not count:
        return []
    told = counted(count, "{n} record equals", "{n} records equal")
    text = f"{told} another one in every column; each counts, as the template adds them up."
    return [Notice("equal_records_added", text)]


def _equal_events(scratch: Scratch, layout: Layout) -> list[Notice]:
    names = [*(f"x{i}" for i in range(len(layout.texts))), *(f"n{i}" for i in range(len(layout.numbers)))]
    keys = ", ".join(["observed_at", *names])
    again = f"SELECT count(*) AS times FROM record GROUP BY {keys} HAVING count(*) > 1"
    (count,) = scratch.rows(f"SELECT coalesce(sum(times - 1), 0) FROM ({again})")[0]
    if not count:
        return []
    return [
        Notice.counting(
            "possible_duplicates",
            count,
            "{n} event equals another one and was kept: both may be real.",
            "{n} events equal another one and were kept: all may be real.",
        )
    ]
