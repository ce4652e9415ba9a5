"""Changing definitions one at a time or many at once, as the plain tables of a definitions file.

A change is made on the tables, written as TOML and read back: whatever way a definition is edited, the same reader
judges it and the same sentences say what is wrong.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from opsmetrics.catalog import schema, values
from opsmetrics.catalog.model import Catalog, Decision
from opsmetrics.catalog.problems import NotUnderstood, Problem, nearest, shown
from opsmetrics.catalog.reading import check
from opsmetrics.catalog.writing import write_catalog, write_tables

#: Lists whose default is not the empty one.
_EMPTY_SAYS_NONE = tuple(field.key for field in schema.KPI if field.default.startswith("[") and field.default != "[]")

#: The tables of a definitions file as plain values: section → key → table.
Tables = dict[str, dict[str, Any]]


@dataclass(frozen=True)
class Edited:
    """Definitions after a change: their text, and what is wrong with it. `problems` empty: it can be applied."""

    text: str
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]


def tables_of(catalog: Catalog, decisions: Iterable[Decision] = ()) -> Tables:
    """The definitions as plain tables, with the targets as decided."""
    return tomllib.loads(write_catalog(catalog, decisions))


def with_kpi(tables: Tables, key: str, table: Mapping[str, Any], *, instead_of: str | None = None) -> Tables:
    """The tables with one KPI added or replaced (`instead_of`: in the place of another key); empty values leave, but
    for an empty list where leaving it out would say something else (`watch`)."""
    entry = {name: value for name, value in table.items() if says_something(name, value)}
    kpis: dict[str, Any] = {}
    for name, present in tables.get("kpis", {}).items():
        if name == (instead_of or key):
            kpis[key] = entry
        elif name != key:
            kpis[name] = present
    kpis.setdefault(key, entry)
    return {**tables, "kpis": kpis}


def says_something(name: str, value: Any) -> bool:
    """Whether a key of a KPI's table with this value says anything that leaving it out would not."""
    return value not in (None, "", [], {}) or (value == [] and name in _EMPTY_SAYS_NONE)


def without_kpi(tables: Tables, key: str) -> Tables:
    """The tables without one KPI. Its rows stay in the store."""
    return {**tables, "kpis": {name: table for name, table in tables.get("kpis", {}).items() if name != key}}


def edited(tables: Tables) -> Edited:
    """What applying these tables would say."""
    text = write_tables(tables)
    problems, warnings = check(text)
    return Edited(text, problems, warnings)


def kpi_key(name: str, taken: Iterable[str] = ()) -> str:
    """A key for a KPI of this name that is not taken: "Late deliveries" → "late_deliveries"."""
    plain = "".join(sign if sign.isascii() and sign.isalnum() else " " for sign in name.lower())
    stem = "_".join(plain.split())[:50] or "kpi"
    stem = stem if stem[0].isalpha() else f"kpi_{stem}"
    used = set(taken)
    number = next(n for n in range(1, len(used) + 2) if (stem if n == 1 else f"{stem}_{n}") not in used)
    return stem if number == 1 else f"{stem}_{number}"


# Many at once

#: Columns of the spreadsheet: what a cell can hold. Lists, tables and formulas are edited one KPI at a time.
_TEXTS = ("name", "description", "owner", "category", "parent", "unit", "numerator", "denominator", "operate", "lead",
          "better", "expected_after", "chart")  # fmt: skip
_NUMBERS = ("target", "decimals", "cost_per_unit", "spec_lower", "spec_upper")
SHEET = tuple(field.key for field in schema.KPI if field.key in _TEXTS + _NUMBERS)


def sheet_rows(tables: Tables) -> list[dict[str, str]]:
    """One row for each KPI with its key and the columns of SHEET, as texts; a target that changes with time, or is a
    range, is left empty."""
    return [{"key": key, **{name: _cell(table.get(name)) for name in SHEET}} for key, table in _kpis(tables).items()]


def from_sheet(tables: Tables, rows: Iterable[Mapping[str, str]]) -> tuple[Tables, tuple[Problem, ...]]:
    """The tables as the spreadsheet says, and what in it was not understood.

    A cell that was not touched changes nothing; an emptied cell takes the line out. A key that is not defined is a
    mistake: a KPI is made one at a time. A column that is not in SHEET is one too; a missing column changes nothing.
    """
    before = {row["key"]: row for row in sheet_rows(tables)}
    changed, problems = tables, []
    for place, row in enumerate(rows, start=2):
        key = str(row.get("key", "")).strip()
        if key not in before:
            mend = nearest(key, before) or "Take the row out, or define the KPI first."
            problems.append(Problem(f"row {place}", shown(key), "the key of a KPI", mend))
            continue
        table = dict(_kpis(changed)[key])
        for name, text in row.items():
            if name == "key":
                continue
            if name not in SHEET:
                problems.append(Problem(f"column {name}", "an unknown column", "a known column", _known(name)))
            elif (told := str(text).strip()) != before[key][name]:
                _set(table, name, told, f"row {place}, {name}", problems)
        changed = with_kpi(changed, key, table)
    return changed, tuple(dict.fromkeys(problems))


def _known(name: str) -> str:
    return nearest(name, SHEET) or f"Known are {', '.join(SHEET)}."


def _kpis(tables: Tables) -> dict[str, Any]:
    return tables.get("kpis", {})


def _cell(value: Any) -> str:
    return "" if value is None or isinstance(value, list | dict) else str(value)


def _set(table: dict[str, Any], name: str, told: str, where: str, problems: list[Problem]) -> None:
    if told == "":
        table.pop(name, None)
        return
    try:
        table[name] = _number(told) if name in _NUMBERS else values.text(told)
    except NotUnderstood as error:
        problems.append(Problem(where, error.found or shown(told), error.wanted, error.mend))
        return
    if name == "target":
        table.pop("targets", None)


def _number(told: str) -> float | int:
    plain = told.replace("\u2212", "-").replace("\u00a0", "")
    try:
        number = float(plain)
    except ValueError:
        raise NotUnderstood("a number with a decimal point", "Write it without its unit.") from None
    return int(number) if number.is_integer() else number
