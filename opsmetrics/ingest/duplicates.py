"""Records that state the same thing twice (dropped and counted) or contradict each other (all held back).

Uniqueness of the facts' keys rests on this check alone: the store's MERGE stores two new rows with one key silently.
"""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

from collections.abc import Sequence

from opsmetrics.ingest import faults
from opsmetrics.ingest.faults import COLUMN, stored
from opsmetrics.ingest.layout import METRIC, Layout, Measure
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.ingest.sql import one_of


def complete_sql(layout: Layout, measure: Measure) -> str:
    """True where a record without fault states this measure."""
    parts = [f"{layout.number_name(role)} IS NOT NULL" for role in measure.columns]
    if measure.metrics is not None and not measure.alone:
        parts.append(f"{layout.text_name(METRIC)} IN {one_of(measure.metrics)}")
    return f"({' AND '.join(parts)})"


def mark_duplicates(scratch: Scratch, layout: Layout, measures: Sequence[Measure], stated: str = "FALSE") -> None:
    """Mark duplicates and conflicts in the stage. `stated`: true where a record states something besides measures.

    Two tables name measures by their position: `again` (line, measure) holds facts stated before by another record,
    `repeated` (line, measure, number) the numbers of readings of one instant.
    """
    scratch.run("CREATE TABLE repeated (line BIGINT, measure INTEGER, number BIGINT)")
    scratch.run("CREATE TABLE again (line BIGINT, measure INTEGER)")
    for number, measure in enumerate(measures):
        if measure.keyed_by is None or measure.added:
            continue
        _find_repeats(scratch, layout, measure)
        if measure.numbered:
            scratch.run(f"INSERT INTO repeated SELECT line, {number}, place - 1 FROM found")
        else:
            conflict = stored(faults.CONFLICT)
            scratch.run(f"UPDATE stage SET fault = {conflict} WHERE rowid IN (SELECT line FROM found WHERE clash)")
            scratch.run(f"INSERT INTO again SELECT line, {number} FROM found WHERE place > 1 AND NOT clash")
        scratch.run("DROP TABLE found")
    _drop(scratch, layout, measures, stated)


def _find_repeats(scratch: Scratch, layout: Layout, measure: Measure) -> None:
    """Table `found`: the records whose key occurs more than once, their place among them, whether values differ."""
    assert measure.keyed_by is not None
    key = ["observed_at", *(layout.text_name(role) for role in measure.keyed_by)]
    if measure.metrics is not None:
        key.append(layout.text_name(METRIC))
    if layout.reading is not None:
        key.append("reading")
    keys = ", ".join(key)
    same = " AND ".join(f"a.{name} IS NOT DISTINCT FROM b.{name}" for name in key)
    stated = f"FROM record WHERE {complete_sql(layout, measure)}"
    mine = f"SELECT * {stated}" if scratch.repeats(keys, stated) else "SELECT * FROM record WHERE FALSE"
    values = [layout.number_name(role) for role in measure.columns]
    part = f"PARTITION BY {', '.join(f'a.{name}' for name in key)}"
    clash = " OR ".join(f"min(a.{v}) OVER ({part}) <> max(a.{v}) OVER ({part})" for v in values)
    twice = f"SELECT {keys} FROM ({mine}) GROUP BY {keys} HAVING count(*) > 1"
    scratch.run(
        f"CREATE TABLE found AS SELECT a.line, row_number() OVER ({part} ORDER BY a.line) AS place, {clash} AS clash "
        f"FROM ({mine}) a JOIN ({twice}) b ON {same}"
    )


def _drop(scratch: Scratch, layout: Layout, measures: Sequence[Measure], stated: str) -> None:
    """A record is a duplicate where everything it states was stated before."""
    said = [*(complete_sql(layout, measure) for measure in measures), f"({stated})"]
    states = " + ".join(f"CAST({condition} AS INTEGER)" for condition in said)
    scratch.run(
        f"UPDATE stage SET fault = {faults.DUPLICATE * COLUMN} WHERE rowid IN (SELECT r.line FROM record r JOIN "
        f"(SELECT line, count(*) AS times FROM again GROUP BY line) USING (line) WHERE times >= {states})"
    )
