"""Empty files to fill: the columns that a template or a KPI wants, as CSV or as a workbook with drop-downs."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from opsmetrics.catalog import Catalog, Kpi
from opsmetrics.ingest.excel_file import Column, Table, workbook
from opsmetrics.ingest.formulas import harmless
from opsmetrics.ingest.plan import needed_parts
from opsmetrics.ingest.records import BLANK
from opsmetrics.ingest.template import Template

#: Rows of a workbook that have the drop-downs.
ROWS = 2000

#: The values that are known of a dimension, by its key.
Known = Callable[[str], Sequence[str]]


@dataclass(frozen=True)
class Blank:
    """An empty file: its columns, what it is for, and how its text is written."""

    columns: tuple[Column, ...]
    words: tuple[str, ...]
    sheet: str = "data"
    delimiter: str = ","
    encoding: str = "utf-8-sig"

    def csv(self) -> bytes:
        """The header alone; a name that looks like a formula has an apostrophe in front, which is taken off again."""
        out = io.StringIO(newline="")
        names = [harmless(column.name) for column in self.columns]
        csv.writer(out, delimiter=self.delimiter, lineterminator="\r\n").writerow(names)
        return out.getvalue().encode(self.encoding)

    def excel(self) -> bytes:
        """A workbook with drop-downs for what is known, and rules for dates and numbers."""
        return workbook(Table(self.sheet, self.columns, empty=ROWS), "what to do", self.words)


def blank_for_template(template: Template, catalog: Catalog, known: Known) -> Blank:
    """The empty file of a source. `known`: the values of a dimension so far."""
    headers = template.header or template.sources
    stated = {source: entry.key for entry in template.kpis for source in entry.sources}
    columns = tuple(_of_template(name, template, stated, catalog, known) for name in headers)
    delimiter = template.delimiter if template.delimiter and len(template.delimiter) == 1 else ","
    sheet = template.sheet if template.sheet and template.sheet != "all" else "data"
    return Blank(
        columns,
        tuple(_words(template.name, columns)),
        sheet[:31],
        "," if delimiter == BLANK else delimiter,
        template.encoding or "utf-8-sig",
    )


def blank_for_kpi(kpi: Kpi, catalog: Catalog, known: Known) -> Blank | None:
    """The empty file of a KPI whose columns say all by their names; None of one of which nothing is recorded."""
    parts = needed_parts(kpi)
    if not parts:
        return None
    time = Column("sample", kind="whole") if kpi.operate == "sample" else Column("date", 14, kind="date")
    keys = tuple(Column(key, choices=tuple(known(key))) for key in kpi.dimensions)
    single = parts in (("value",), ("numerator",))
    numbers = tuple(
        Column(kpi.key if single else f"{kpi.key} {part}", kind="number", note=_note(kpi, part)) for part in parts
    )
    columns = (time, *keys, *numbers)
    return Blank(columns, tuple(_words(kpi.name, columns)))


def _of_template(name: str, template: Template, stated: dict[str, str], catalog: Catalog, known: Known) -> Column:
    role = template.columns.get(name, "")
    if role in catalog.dimension_keys:
        return Column(name, choices=tuple(known(role)))
    if role == "metric":
        return Column(name, choices=tuple(kpi.key for kpi in catalog.kpis if needed_parts(kpi)))
    if role == "date":
        return Column(name, 14, kind="date")
    if role == "sample":
        return Column(name, kind="whole")
    if name in stated and stated[name] in catalog:
        entry = next(e for e in template.kpis if e.key == stated[name])
        flagged = entry.true and name == entry.numerator
        if entry.paired:
            return Column(name, note=f"{catalog[entry.key].name}: both counts, such as '38 of 412'")
        if name == entry.rate:
            return Column(name, kind="number", note=f"{catalog[entry.key].name}: the share of {entry.denominator}")
        part = {entry.numerator: "numerator", entry.denominator: "denominator"}.get(name, "value")
        kind = "text" if flagged else "number"
        return Column(name, kind=kind, choices=entry.true if flagged else (), note=_note(catalog[entry.key], part))
    return Column(name)


def _note(kpi: Kpi, part: str) -> str:
    what = {"value": "the reading", "numerator": kpi.numerator, "denominator": kpi.denominator}[part] or part
    unit = f" ({kpi.unit})" if kpi.unit and part == "value" else ""
    return f"{kpi.name}: {what}{unit}"


def _words(name: str, columns: Sequence[Column]) -> Iterator[str]:
    yield f"{name}: fill the sheet before this one, a record to a row, and load the file. Leave the header as it is."
    for column in columns:
        told = {"date": "a day, such as 2026-11-22", "number": "a number", "whole": "a whole number", "text": "a text"}
        listed = f"; known so far: {', '.join(column.choices[:12])}" if column.choices else ""
        more = "" if len(column.choices) <= 12 else f" and {len(column.choices) - 12} more"
        yield f"{column.name}: {column.note or told[column.kind]}{listed}{more}"
