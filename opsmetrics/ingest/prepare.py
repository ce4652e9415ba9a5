"""A recognised file, a template and the catalogue into a checked batch, ready to be compared with the store."""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pandas as pd
import pyarrow as pa

from opsmetrics.catalog import Catalog
from opsmetrics.ingest.answers import Answers
from opsmetrics.ingest.checked import Checked, check
from opsmetrics.ingest.drift import styles_drift, styles_of
from opsmetrics.ingest.duplicates import complete_sql
from opsmetrics.ingest.event_spans import event_spans
from opsmetrics.ingest.happened import events_sql
from opsmetrics.ingest.layout import METRIC, Measure
from opsmetrics.ingest.outages import states_sql
from opsmetrics.ingest.plan import layout_of
from opsmetrics.ingest.problems import IngestRefused
from opsmetrics.ingest.recognised import recognised
from opsmetrics.ingest.records import split
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.ingest.settling import read_as_of, settle
from opsmetrics.ingest.sheet import Sheet
from opsmetrics.ingest.spans import Covers, spans_of
from opsmetrics.ingest.sql import text
from opsmetrics.ingest.template import Template
from opsmetrics.ingest.unusable import NothingUsable, empty_columns, refusal
from opsmetrics.measurements import Batch, Facts, ReadAs, counts_schema, events_schema, readings_schema, states_schema

#: Records that a person is shown of the beginning, and of the end.
ENDS = 5
#: Rows in one piece of a stream of facts: whole vectors of the engine (2,048), else it puts each together anew.
PIECE = 60 * 2_048


@dataclass(frozen=True, eq=False)
class Examined:
    """A batch with what a person is shown before it is committed: what was recognised, and its first and last records
    (columns line, time, then one for each column read), with the places of these records in the sheet."""

    batch: Batch
    recognised: tuple[tuple[str, str], ...]
    preview: pd.DataFrame
    places: tuple[int, ...]
    checked: Checked
    unusable: IngestRefused | None = None  # why nothing of it can be loaded: the batch must not be committed

    def written(self, sheet: Sheet) -> list[dict[str, str]]:
        """The records of the preview as they stand in the file: header → cell. Reads the sheet once."""
        texts = sheet.texts(self.places)
        cells = [split(texts[place], sheet.dialect.delimiter, sheet.dialect.quote) or [] for place in self.places]
        return [dict(zip(sheet.headers, record, strict=False)) for record in cells]


def prepare(
    sheet: Sheet,
    template: Template,
    catalog: Catalog,
    *,
    covers: Covers | None = None,
    answers: Mapping[str, str] | None = None,
    dimensions: Sequence[str] | None = None,
    today: dt.date | None = None,
    last: ReadAs | None = None,
) -> Batch:
    """Read and check a file as its template says. See `examine` for what is raised; besides, NothingUsable where no
    record can be loaded."""
    found = examine(
        sheet,
        template,
        catalog,
        covers=covers,
        answers=answers,
        dimensions=dimensions,
        today=today,
        last=last,
    )
    if found.unusable is not None:
        raise NothingUsable(found.unusable, found.batch)
    return found.batch


def examine(
    sheet: Sheet,
    template: Template,
    catalog: Catalog,
    *,
    covers: Covers | None = None,
    answers: Mapping[str, str] | None = None,
    dimensions: Sequence[str] | None = None,
    today: dt.date | None = None,
    last: ReadAs | None = None,
) -> Examined:
    """As `prepare`, with what a person wants to see before committing.

    `covers`: first and last day that the file covers. `answers`: code of a question → choice. `dimensions`: columns of
    the facts (default: those of the catalogue). `today` bounds plausible dates. `last`: how the last file of
    the template was read, beside which is told what changed.
    Raises NeedsAnswer (`date_order`, `swapped_dates`, `serial_base`, `point_order`, `month_or_week`, `numbered`,
    `decimal`, `percent`, `scale`, `share`, `unit:…`,
    `duration:…`, `missing:…`, `no_header`, `duplicate_header:…`, `renamed:…`) and IngestRefused.
    """
    given = Answers.together(answers or {}, template.answers)
    if sheet.mending is not None:
        given = Answers.together(given, sheet.mending.answers)
    layout, notices = layout_of(sheet, template, catalog, given, last.header if last else ())
    checked = check(sheet, layout, answers=given, today=today)
    tally, styles = checked.tally, styles_of(checked.scratch, layout, checked.reading, given)
    refused = refusal(checked)
    if refused is not None and refused.code == "no_rows":
        raise refused
    drifted = styles_drift(last.styles, styles) if last is not None and sheet.mending is None else ()
    apart = sheet.mending is not None and covers is None
    spans, more = spans_of(checked, catalog, covers, template.covers, apart=apart)
    spans += event_spans(checked, covers, template.covers)
    dims = tuple(catalog.dimension_keys if dimensions is None else dimensions)
    batch = Batch(
        source=sheet.name,
        fingerprint=sheet.fingerprint,
        dimensions=dims,
        counts=_facts(checked, dims, counts=True),
        readings=_facts(checked, dims, counts=False),
        tally=tally,
        spans=spans,
        rejects=checked.rejects,
        warnings=(*notices, *drifted, *checked.notices, *empty_columns(checked), *more),
        template=template.name,
        events=_rows(checked.scratch, events_sql(checked.layout, dims), events_schema(dims)),
        states=_rows(checked.scratch, states_sql(checked.layout, dims), states_schema(dims)),
        read_as=replace(read_as_of(checked, template, answers or {}), styles=styles),
    )
    if sheet.mending is not None:
        batch = settle(batch, checked, sheet.mending)
    ends = checked.ends(ENDS)
    places = tuple(line + sheet.head.first for line in ends)
    return Examined(batch, recognised(checked), preview(checked, ends), places, checked, refused)


def preview(checked: Checked, ends: Sequence[int]) -> pd.DataFrame:
    """The records at these lines: their line, their time, and each column under its header."""
    shown = checked.table(ends).drop(columns="@observed_at").rename(columns={"@line": "line", "@stamp": "time"})
    layout = checked.layout
    headers = {role: checked.sheet.headers[c] for role, c in {**layout.texts, **layout.numbers}.items()}
    headers |= {role: role for role in layout.pairs}
    headers |= {role: role for measure in checked.meaning.joint if measure.rate for role in measure.columns}
    headers |= {} if layout.end is None else {"@ended": checked.sheet.headers[layout.end]}
    return shown.rename(columns=headers).reset_index(drop=True)


def _facts(checked: Checked, dimensions: tuple[str, ...], *, counts: bool) -> Facts:
    """The stream of counts or of readings."""
    schema = counts_schema(dimensions) if counts else readings_schema(dimensions)
    parts = [
        _part(checked, number, measure, dimensions)
        for number, measure in enumerate(checked.meaning.joint)
        if measure.counted == counts
    ]
    return _rows(checked.scratch, " UNION ALL ".join(parts) or None, schema)


def _rows(scratch: Scratch, sql: str | None, schema: pa.Schema) -> Facts:
    """The answer as a stream of facts; None has none."""
    if sql is None:
        return Facts(0, lambda: pa.RecordBatchReader.from_batches(schema, []))
    rows, first, last = scratch.rows(f"SELECT count(*), min(observed_at), max(observed_at) FROM ({sql})")[0]
    return Facts(rows, _stream(scratch, sql, schema), (first, last) if rows else None)


def _stream(scratch: Scratch, sql: str, schema: pa.Schema) -> Callable[[], pa.RecordBatchReader]:
    def batches(sent: pa.Schema) -> Iterator[pa.RecordBatch]:
        with scratch.cursor() as cursor:
            for batch in cursor.sql(sql).to_arrow_reader(PIECE):
                yield batch.cast(sent)

    def reader() -> pa.RecordBatchReader:
        with scratch.cursor() as cursor:
            found = cursor.sql(f"FROM ({sql}) LIMIT 0").to_arrow_table().schema
        sent = pa.schema(
            [own if pa.types.is_dictionary(own.type) else field for own, field in zip(found, schema, strict=True)]
        )
        return pa.RecordBatchReader.from_batches(sent, batches(sent))

    return reader


def _part(checked: Checked, number: int, measure: Measure, dimensions: Sequence[str]) -> str:
    """The facts of one measure, the `number`-th of the file's joint ones."""
    layout, keyed_by = checked.layout, measure.keyed_by or ()
    key = (
        f"{text(measure.key)}::ENUM({text(measure.key)})"
        if measure.metrics is None
        else f"r.{layout.text_name(METRIC)}"
    )
    columns = [f"{key} AS kpi", "r.observed_at"]
    for name in dimensions:
        value = layout.text_name(name) if name in keyed_by else "NULL"
        typed = f"r.{value}" if checked.scratch.is_listed(value) else f"{'r.' * (value != 'NULL')}{value}::VARCHAR"
        columns.append(f"{typed} AS {_identifier(name)}")
    values = [f"r.{layout.number_name(role)}" for role in measure.columns]
    if measure.fed:
        values.insert(0, "0.0")
    if measure.counted:
        values = [values[0], f"{(*values, 'NULL')[1]}::DOUBLE"]
        named = zip(("numerator", "denominator"), values, strict=True)
        columns += [f"sum({v}) AS {n}" if measure.added else f"{v} AS {n}" for n, v in named]
    else:
        given = "NULL" if layout.reading is None else "r.reading"
        given = given if measure.reading is None else str(measure.reading)
        columns += [f"coalesce(p.number, {given}, 0)::BIGINT AS sample", f"{values[0]} AS value"]
    grouped = f" GROUP BY {', '.join(str(n + 1) for n in range(len(dimensions) + 2))}" if measure.added else ""
    return (
        f"SELECT {', '.join(columns)} FROM record r "
        f"LEFT JOIN (SELECT line, number FROM repeated WHERE measure = {number}) p USING (line) "
        f"WHERE {complete_sql(layout, measure)} AND r.line NOT IN (SELECT line FROM again WHERE measure = {number})"
        f"{grouped}"
    )


def _identifier(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
