"""A file of the sample as text: its rows, and the import template by which it is read."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Row = tuple[Any, ...]

#: The roles that a column takes by its header, in files that speak English; any other column is named by its KPIs.
ROLES = {
    "Date": "date", "Week": "date", "Month": "date", "Site": "site", "Line": "line", "Dock": "dock", "Team": "team",
    "Service": "service",
}  # fmt: skip


@dataclass(frozen=True)
class SampleFile:
    """One file: its name without extension, its headers, its rows, and the template by which it is read.

    columns: header → role. kpis: for each KPI its value column, or numerator and denominator ("" where the file has
    none). options: further keys of the template. stream: the one whose events the rows are. template: its name, which
    the files of one source share. delimiter and decimal: as in exports of some countries.
    """

    name: str
    headers: tuple[str, ...]
    rows: Sequence[Row]
    kpis: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)
    stream: str = ""
    template: str = ""
    delimiter: str = ","
    decimal: str = "."

    @property
    def csv(self) -> str:
        """The file as text."""
        return csv_text(self.headers, (map(self._cell, row) for row in self.rows), self.delimiter)

    def _cell(self, value: object) -> object:
        if isinstance(value, dt.datetime):
            return f"{value:%Y-%m-%d %H:%M}"
        if isinstance(value, dt.date):
            return f"{value:%d.%m.%Y}" if self.decimal == "," else value.isoformat()
        return str(value).replace(".", self.decimal) if isinstance(value, float) else value

    @property
    def template_name(self) -> str:
        """What its template is called."""
        return self.template or self.name

    @property
    def toml(self) -> str:
        """The import template as TOML."""
        columns = self.columns or {header: ROLES[header] for header in self.headers if header in ROLES}
        lines = [f"name = {_quoted(self.template_name)}", f"header = [{', '.join(map(_quoted, self.headers))}]"]
        lines += [f"{key} = {_quoted(value)}" for key, value in self.options.items()]
        lines += ["", "[columns]", *(f"{_quoted(header)} = {_quoted(role)}" for header, role in columns.items())]
        for key, sources in self.kpis.items():
            parts = ("numerator", "denominator") if len(sources) == 2 else ("value",)
            named = [(part, source) for part, source in zip(parts, sources, strict=True) if source]
            lines += ["", "[[kpis]]", f"key = {_quoted(key)}", *(f"{p} = {_quoted(source)}" for p, source in named)]
        lines += ["", "[events]", f"stream = {_quoted(self.stream)}"] if self.stream else []
        return "\n".join(lines) + "\n"


def csv_text(headers: Iterable[str], rows: Iterable[Iterable[object]], delimiter: str = ",") -> str:
    """Rows as CSV with the line ends of Unix."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n")
    writer.writerow(headers)
    writer.writerows(rows)
    return text.getvalue()


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
