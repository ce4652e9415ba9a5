"""The one pass: text cells → instants and numbers with a fault for each record that cannot be loaded.

The table `stage` has one row for each line after the header, in order (rowid), with
  stamp    the time as written, or in UTC where `zoned`
  reading  number of the reading (null: not given)
  ended    the time at which an event closed, as `stamp` (null: it is open, or the file does not say)
  x0 …     the text roles, n0 … the number roles, in the layout's order
  minutes  before the hour or quarter that is numbered beside a date, since its day began
  whole    stands for the whole line of a record, where it is told how many are equal
  p0 …     true where the number was written with a per cent sign (and is divided by 100)
  u0 …     what the number counts by, as written; only of columns whose numbers carry something
  fault    0, or kind and column of the fault (faults.py)
"""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from itertools import combinations

from opsmetrics.ingest import faults
from opsmetrics.ingest.cells import SHEET_ERRORS, fold
from opsmetrics.ingest.faults import COLUMN, Fault, stored
from opsmetrics.ingest.held import changed
from opsmetrics.ingest.layout import EARLIEST, METRIC, Layout
from opsmetrics.ingest.marks import BREAK, CELL, CONTINUED, SPOILT, UNCLOSED
from opsmetrics.ingest.number_forms import missing_sql
from opsmetrics.ingest.numbers import NumberStyle
from opsmetrics.ingest.profile import Reading, refuse_unread
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.ingest.sql import among, one_of, text
from opsmetrics.ingest.totals import ALONE, FILLED, TOTAL_LINE, is_note, may_be_total, says_above

#: Highest sample number; far above any series, and far below what a stamp can hold.
_SAMPLE = "[0-9]{1,7}(?:[.]0*)?"
#: True of a line that begins as a date: a record that breaks off, and no note.
_BEGUN = "regexp_matches(t, '^[ \"]*[0-9]{1,4}[-./][0-9]')"

#: How many records have a time that can be read and all their cells.
_DATED = f"""
SELECT count(*) FROM stage WHERE stamp IS NOT NULL AND fault // {COLUMN} <> {faults.TOO_FEW.kind}
"""


def build_stage(scratch: Scratch, layout: Layout, reading: Reading, today: dt.date) -> None:
    """Create the table `stage`, in place of one that there may be; its names are as written until `settle_names`."""
    names = ["stamp", "zoned", *([_zone(scratch, layout)] if scratch.zones else [])]
    names += [f"{scratch.numbered.minutes} AS minutes"] if scratch.numbered is not None else []
    names += [*(["reading"] if layout.reading is not None else [])]
    names += [f"{layout.cell(layout.apart)} AS apart"] if layout.apart is not None else []
    names += [*(["ended", "ended_zoned"] if layout.end is not None else []), *map(layout.text_name, layout.texts)]
    for role in layout.numbers:
        name = layout.number_name(role)
        names += [f"CASE WHEN isfinite({name}) THEN {name} END AS {name}", layout.percent_name(role)]
        names += [layout.unit_name(role)] if reading.numbers[role].marked else []
    kept = ", ".join([*names, *(["hash(t) AS whole"] if layout.tells_equals else [])])
    scratch.run(
        f"CREATE OR REPLACE TABLE stage AS SELECT {kept}, CAST({_fault(scratch, layout, today)} AS INTEGER) AS fault "
        f"FROM (SELECT *, {_typed(scratch, layout, reading)} FROM {scratch.source(layout.columns)})"
    )


def settle_names(scratch: Scratch, layout: Layout) -> None:
    """Clean the names in the stage, and mark the records of totals and of words for the record above."""
    for name in map(layout.text_name, layout.texts):
        _clean(scratch, name)
    names_of = {role: _names(scratch, layout.text_name(role)) for role in layout.series}
    series = [role for role in layout.series if role != METRIC]
    for role in series:
        _mark_totals(scratch, layout, role, names_of[role])
    every = {role: [name for name in names_of[role] if may_be_total(name.lower())] for role in series}
    _mark_every(scratch, layout, {role: names for role, names in every.items() if names})


def _clean(scratch: Scratch, name: str) -> None:
    """Texts on one line, with single blanks; an error of a spreadsheet is none. In the stage and not while it is built:
    there equal texts of a long file are one, and few are none of the kind."""
    error = f"starts_with({name}, '#') AND {among(f'lower({name})', SHEET_ERRORS)}"
    scratch.rename(name, "''", error)
    if scratch.sheet.separator == CELL:
        scratch.rename(name, f"replace({name}, {text(BREAK)}, ' ')", f"contains({name}::VARCHAR, {text(BREAK)})")
    scratch.rename(name, f"regexp_replace({name}, ' +', ' ', 'g')", f"contains({name}, '  ')")
    formula = "'^=\"+(.*?)\"+$'"  # ="007" keeps a spreadsheet from reading a number
    scratch.rename(name, f"regexp_replace({name}, {formula}, '\\1')", f"starts_with({name}, '=\"')")


def _names(scratch: Scratch, name: str) -> list[str]:
    """All names of a column. They are few: each is looked at once, not in every record."""
    return [cell for (cell,) in scratch.rows(f"{scratch.distinct(name)} ORDER BY 1")]


def _mark_totals(scratch: Scratch, layout: Layout, role: str, said: Sequence[str]) -> None:
    """Records of which a name says nothing but "total"."""
    worse = f"fault = 0 OR fault // {COLUMN} IN ({faults.BAD_SAMPLE.kind}, {faults.NOT_A_NUMBER.kind})"
    name = layout.text_name(role)
    if above := [cell for cell in said if says_above(cell.lower())]:
        fault = stored(faults.AS_ABOVE, layout.texts[role])
        scratch.run(f"UPDATE stage SET fault = {fault} WHERE fault = 0 AND {name} IN {one_of(above)}")
    if totals := [cell for cell in said if cell.lower() in ALONE]:
        scratch.run(f"UPDATE stage SET fault = {faults.TOTAL * COLUMN} WHERE ({worse}) AND {name} IN {one_of(totals)}")


def _mark_every(scratch: Scratch, layout: Layout, every: Mapping[str, Sequence[str]]) -> None:
    """Records of "all sites" are totals where other records say the same of single ones; else it is how the file calls
    what is told apart no further. `every`: role → the names that mean all; a record may have them in several roles."""
    for roles in (found for size in range(1, len(every) + 1) for found in combinations(every, size)):
        beside = ["stamp", *(layout.text_name(other) for other in layout.texts if other not in roles)]
        alike = [f"part.{column} IS NOT DISTINCT FROM stage.{column}" for column in beside]
        single = [
            f"part.{layout.text_name(role)} NOT IN ({', '.join(map(text, ('', *every[role])))})" for role in roles
        ]
        mine = " AND ".join(f"{layout.text_name(role)} IN {one_of(every[role])}" for role in roles)
        part = " AND ".join(["part.fault = 0", *single, *alike])
        scratch.run(
            f"UPDATE stage SET fault = {faults.TOTAL * COLUMN} WHERE fault = 0 AND {mine} "
            f"AND EXISTS (SELECT 1 FROM stage AS part WHERE {part})"
        )


def settle_stage(scratch: Scratch, layout: Layout, reading: Reading) -> None:
    """The stage is complete, and the file is read no more. Raises IngestRefused (`changed_while_read`,
    `dates_not_understood`)."""
    if reading.dates is not None:
        (without,) = scratch.rows("SELECT count(*) FROM stage WHERE stamp IS NULL")[0]
        if without and without > scratch.rows(_DATED)[0][0]:
            refuse_unread(scratch, layout, reading.dates)
    scratch.close_to_outside()
    expected = scratch.sheet.lines - scratch.sheet.head.first + 1
    (read,) = scratch.rows("SELECT count(*) FROM stage")[0]
    if read != expected:
        raise changed(f"it has {read:,} records where {expected:,} were counted")
    scratch.sheet.refuse_changed()


def _typed(scratch: Scratch, layout: Layout, reading: Reading) -> str:
    found = [*_time(layout, reading)]
    found.append(
        f"{_whole(layout.cell(layout.reading))} AS reading" if layout.reading is not None else "NULL::BIGINT AS reading"
    )
    found += _end(layout, reading)
    found += [f"{layout.cell(column)} AS x{i}" for i, column in enumerate(layout.texts.values())]
    for i, (role, column) in enumerate(layout.numbers.items()):
        style, cell = reading.numbers[role], layout.cell(column)
        plain = scratch.number(cell)
        percent = f"regexp_matches({plain}, '[%‰]')" if style.decorated else "FALSE"
        read = style.sql(plain)
        if type(style) is NumberStyle:  # neither yes and no nor the records themselves
            read = scratch.exactly(cell, f"TRY_CAST({cell} AS DOUBLE)", read)
        found += [f"{read} AS n{i}", f"{percent} AS p{i}"]
        found += [f"{style.unit_sql(plain)} AS u{i}"] if style.marked else []
    return ", ".join(found)


def _whole(cell: str) -> str:
    return f"CASE WHEN regexp_full_match({cell}, '{_SAMPLE}') THEN TRY_CAST({cell} AS DOUBLE)::BIGINT END"


def _time(layout: Layout, reading: Reading) -> list[str]:
    if layout.time is None:
        assert layout.point is not None
        number = _position() if layout.in_order else _whole(layout.cell(layout.point))
        return [
            f"TIMESTAMP '1970-01-01' + to_minutes(15 * {number}) AS stamp",
            "TRUE AS zoned",
        ]
    style, cell = reading.dates, layout.cell(layout.time)
    assert style is not None
    if not style.offsets:
        return [f"{style.sql(cell)} AS stamp", f"{str(style.zoned).upper()} AS zoned"]
    offset = style.offset_sql(cell)
    return [
        f"{style.sql(cell)} - to_minutes(coalesce({offset}, 0)) AS stamp",
        f"{offset} IS NOT NULL AS zoned",
    ]


def _zone(scratch: Scratch, layout: Layout) -> str:
    """The name of the zone that stands beside the stamp, null where there is none."""
    assert layout.offset is not None
    cell = layout.cell(layout.offset)
    return f"CASE WHEN {cell} IN {one_of(scratch.zones)} THEN {cell} END AS zone"


def _position() -> str:
    """The number of the record among those of the file, null for a line that is none."""
    whole = f"t <> {text(CONTINUED)} AND NOT starts_with(t, {text(UNCLOSED)}) AND NOT starts_with(t, {text(SPOILT)})"
    record = f"{whole} AND len({FILLED}) > 0 AND NOT {TOTAL_LINE}"
    return f"CASE WHEN {record} THEN count(*) FILTER (WHERE {record}) OVER (ROWS UNBOUNDED PRECEDING) END"


def _end(layout: Layout, reading: Reading) -> list[str]:
    """When the event closed, as `stamp`; null where it is open."""
    if layout.end is None or reading.ends is None:
        return ["NULL::TIMESTAMP AS ended", "FALSE AS ended_zoned"]
    style, cell = reading.ends, layout.cell(layout.end)
    if not style.offsets:
        return [f"{style.sql(cell)} AS ended", f"{str(style.zoned).upper()} AS ended_zoned"]
    offset = style.offset_sql(cell)
    return [f"{style.sql(cell)} - to_minutes(coalesce({offset}, 0)) AS ended", f"{offset} IS NOT NULL AS ended_zoned"]


def _fault(scratch: Scratch, layout: Layout, today: dt.date) -> str:
    """The first thing that is wrong with a record, 0 where nothing is."""
    width = len(scratch.sheet.headers)
    time = layout.time if layout.time is not None else layout.point
    latest = today + dt.timedelta(days=2)
    surplus = _surplus(width)
    arms = [f"WHEN stamp IS NULL THEN {_timeless(scratch, layout)}"]
    arms.append(_when(f"len(f) < {width}", faults.TOO_FEW))
    arms.append(_when(surplus, faults.TOO_MANY))
    if layout.time is not None:
        arms.append(_when(f"stamp < TIMESTAMP '{EARLIEST}' OR stamp >= TIMESTAMP '{latest}'", faults.IMPLAUSIBLE, time))
    if layout.end is not None:
        arms.append(_when(f"ended IS NULL AND NOT {missing_sql(layout.cell(layout.end))}", faults.BAD_DATE, layout.end))
        arms.append(_when(f"ended >= TIMESTAMP '{latest}'", faults.IMPLAUSIBLE, layout.end))
    if layout.reading is not None:
        arms.append(_when("reading IS NULL", faults.BAD_SAMPLE, layout.reading))
    for i, (role, column) in enumerate(layout.numbers.items()):
        unread = faults.NOT_A_PAIR if role in layout.pairs else faults.NOT_A_NUMBER
        nothing = f"CASE WHEN n{i} IS NULL THEN NOT {missing_sql(layout.cell(column))} ELSE NOT isfinite(n{i}) END"
        arms.append(_when(nothing, unread, column))
    return f"CASE {' '.join(arms)} ELSE 0 END"


def _when(condition: str, fault: Fault, column: int | None = None) -> str:
    return f"WHEN {condition} THEN {stored(fault, column)}"


def _surplus(width: int) -> str:
    return f"CASE WHEN len(f) > {width} THEN trim(array_to_string(f[{width + 1}:], '')) <> '' ELSE FALSE END"


def _timeless(scratch: Scratch, layout: Layout) -> str:
    """What a record without a readable time or sample is: no record at all, a total, a header, or faulty."""
    width = len(scratch.sheet.headers)
    column = layout.time if layout.time is not None else layout.point
    assert column is not None
    cell = layout.cell(column)
    unread = faults.BAD_DATE if layout.time is not None else faults.BAD_SAMPLE
    few = _when(f"len(f) < {width}", faults.TOO_FEW)
    beside = " ".join(_when(f"{cell} <> '' AND {condition}", fault, c) for condition, fault, c in scratch.unread)
    empty = _when(f"{cell} = ''", faults.NO_DATE, column)
    return (
        f"CASE WHEN t = {text(CONTINUED)} THEN {faults.CONTINUED * COLUMN} "
        f"WHEN starts_with(t, {text(UNCLOSED)}) AND contains(t, {text(BREAK)}) THEN {stored(faults.SWALLOWED)} "
        f"WHEN starts_with(t, {text(UNCLOSED)}) THEN {stored(faults.UNCLOSED)} "
        f"WHEN starts_with(t, {text(SPOILT)}) THEN {stored(faults.SPOILT)} "
        f"WHEN t IS NULL OR len({FILLED}) = 0 THEN {faults.BLANK * COLUMN} "
        f"WHEN {TOTAL_LINE} THEN {faults.TOTAL * COLUMN} "
        f"WHEN {_repeated_header(scratch, layout)} THEN {faults.HEADER * COLUMN} "
        f"WHEN {is_note('lower(t)')} THEN {faults.NOTE * COLUMN} "
        f"WHEN len({FILLED}) = 1 AND NOT {_BEGUN} THEN {stored(faults.ALONE)} "
        f"{few} {_when(_surplus(width), faults.TOO_MANY)} {empty} {beside} ELSE {stored(unread, column)} END"
    )


def _repeated_header(scratch: Scratch, layout: Layout) -> str:
    """True where every column read repeats its own header."""
    if scratch.sheet.head.line is None:
        return "FALSE"
    raw = scratch.sheet.head.raw
    same = (
        f"replace(lower({layout.cell(c)}), '_', ' ') = {text(fold(raw[c]))}"
        for c in layout.columns
        if c not in scratch.joined
    )
    return f"({' AND '.join(same)})"
