"""docs/catalogue.md says what the reader does: its tables are those of the schema, its defaults those of the shapes."""

from __future__ import annotations

import re
import tomllib
from dataclasses import fields

import pytest

from opsmetrics.catalog import (
    CHARTS,
    RESERVED,
    RULE_SETS,
    Calendar,
    EventSource,
    Kpi,
    Stream,
    check,
    read_catalog,
    schema,
)
from opsmetrics.catalog.schema import Field
from tests.paths import ROOT

DOCUMENT = (ROOT / "docs" / "catalogue.md").read_text(encoding="utf-8")


def rows(*cells_of_rows: tuple[str, ...]) -> str:
    return "\n".join(f"| {' | '.join(cells)} |" for cells in cells_of_rows)


def cells(field: Field) -> tuple[str, ...]:
    return f"`{field.key}`", field.wanted, field.default, field.meaning


def table(title: tuple[str, ...], *body: tuple[str, ...]) -> str:
    return f"{rows(title)}\n|{'---|' * len(title)}\n{rows(*body)}\n\n"


@pytest.mark.parametrize("part", [schema.CALENDAR, schema.SHIFT, schema.TARGET, schema.STREAM, schema.EVENTS])
def test_each_table_is_that_of_the_schema(part: tuple[Field, ...]) -> None:
    assert table(("key", "type", "default", "meaning"), *(cells(field) for field in part)) in DOCUMENT


def test_the_table_of_kpis_is_that_of_the_schema() -> None:
    body = ((*cells(field), ", ".join(field.kinds) or "all") for field in schema.KPI)
    assert table(("key", "type", "default", "meaning", "only for"), *body) in DOCUMENT


def test_charts_rule_sets_and_taken_keys_are_listed() -> None:
    assert table(("kind", "charts"), *((kind, ", ".join(charts)) for kind, charts in CHARTS.items())) in DOCUMENT
    assert table(("name", "rules"), *((f"`{name}`", ", ".join(rules)) for name, rules in RULE_SETS.items())) in DOCUMENT
    taken = DOCUMENT.split("are refused: ")[1].split(".\n")[0]
    assert re.findall(r"`(\w+)`", taken) == sorted(RESERVED)


def test_the_schema_has_a_key_for_every_field_of_the_shapes() -> None:
    assert {field.key for field in schema.KPI} - {"target"} == {field.name for field in fields(Kpi)} - {"key"}
    assert {field.key for field in schema.CALENDAR} == {field.name for field in fields(Calendar)} - {"key"}
    assert {field.key for field in schema.STREAM} == {field.name for field in fields(Stream)} - {"key"}
    assert [field.key for field in schema.EVENTS] == [field.name for field in fields(EventSource)]


LITERAL = re.compile(r'\[.*\]|".*"|\d+|\{\}')
PLAIN_KPI = Kpi("k", "K", "proportion", "lower")


@pytest.mark.parametrize(
    ("field", "shape"),
    [(field, PLAIN_KPI) for field in schema.KPI if LITERAL.fullmatch(field.default) and field.key != "calendar"]
    + [(field, Calendar()) for field in schema.CALENDAR]
    + [
        (field, Stream("s", "S"))
        for field in schema.STREAM
        if LITERAL.fullmatch(field.default) and field.key != "calendar"
    ]
    + [(field, EventSource("s")) for field in schema.EVENTS if LITERAL.fullmatch(field.default)],
    ids=lambda value: value.key if isinstance(value, Field) else "",
)
def test_defaults_that_are_written_out_are_those_of_the_shapes(
    field: Field, shape: Kpi | Calendar | Stream | EventSource
) -> None:
    written = field.read(tomllib.loads(f"x = {field.default}")["x"])
    stored = getattr(shape, field.key)
    assert type(stored)(written) == stored


def test_the_example_in_the_document_reads() -> None:
    example = DOCUMENT.split("```toml\n")[1].split("```")[0]
    assert check(example) == ((), ())
    assert read_catalog(example)["late_deliveries"].multiplier == 100


def test_the_stream_in_the_document_reads() -> None:
    example = DOCUMENT.split("```toml\n")[2].split("```")[0]
    site = '[dimensions]\nline = "Line"\n[calendars.default]\ntime_zone = "Europe/Berlin"\n'
    assert check(site + example) == ((), ())
