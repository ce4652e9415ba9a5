"""Changing definitions as plain tables: one at a time, and many at once in a spreadsheet."""

from __future__ import annotations

from typing import Any

import pytest

from opsmetrics.catalog import read_catalog, write_catalog
from opsmetrics.catalog.editing import (
    SHEET,
    Tables,
    edited,
    from_sheet,
    kpi_key,
    sheet_rows,
    tables_of,
    with_kpi,
    without_kpi,
)

TEXT = """
[dimensions]
line = "Line"

[kpis.late]
name = "Late deliveries"
kind = "proportion"
better = "lower"
unit = "%"
numerator = "late orders"
denominator = "orders"
dimensions = ["line"]
target = 16
owner = "M. Okafor"

[kpis.wait]
name = "Wait"
kind = "measured"
better = "lower"
unit = "min"
targets = [{from = 2026-01-01, value = 20}, {from = 2026-06-01, value = 18}]
"""


@pytest.fixture
def tables() -> Tables:
    return tables_of(read_catalog(TEXT))


def test_tables_read_back_equal(tables: Tables) -> None:
    found = edited(tables)
    assert found.problems == ()
    assert found.text == write_catalog(read_catalog(TEXT))
    assert read_catalog(found.text).kpis == read_catalog(TEXT).kpis


def test_a_changed_definition_keeps_its_place(tables: Tables) -> None:
    changed = with_kpi(tables, "late", {**tables["kpis"]["late"], "owner": "T. Lind"})
    assert list(changed["kpis"]) == ["late", "wait"]
    assert read_catalog(edited(changed).text)["late"].owner == "T. Lind"
    assert tables["kpis"]["late"]["owner"] == "M. Okafor", "what was given is not changed"


def test_a_new_definition_comes_last_and_another_key_takes_the_old_place(tables: Tables) -> None:
    table = {"name": "Scrap", "kind": "proportion", "better": "lower"}
    assert list(with_kpi(tables, "scrap", table)["kpis"]) == ["late", "wait", "scrap"]
    assert list(with_kpi(tables, "delays", tables["kpis"]["late"], instead_of="late")["kpis"]) == ["delays", "wait"]


def test_empty_values_leave_the_definition(tables: Tables) -> None:
    changed = with_kpi(tables, "late", {**tables["kpis"]["late"], "owner": "", "target": None, "watch_by": []})
    assert {"owner", "target", "watch_by"} & set(changed["kpis"]["late"]) == set()


def test_an_empty_list_that_says_none_stays(tables: Tables) -> None:
    """Without `watch` the whole KPI stands on Today; with an empty one only what `watch_by` gives."""
    changed = with_kpi(tables, "late", {**tables["kpis"]["late"], "watch": [], "watch_by": ["line"]})
    assert read_catalog(edited(changed).text)["late"].watch == ()
    untouched, problems = from_sheet(changed, sheet_rows(changed))
    assert (untouched, problems) == (changed, ()), "a sheet that nobody changed changes nothing"


def test_a_definition_can_be_taken_out(tables: Tables) -> None:
    assert list(without_kpi(tables, "late")["kpis"]) == ["wait"]


def test_half_a_definition_says_what_is_wrong_with_it(tables: Tables) -> None:
    problems = edited(with_kpi(tables, "late", {"kind": "proportion", "unit": "%"})).problems
    assert {problem.key for problem in problems} == {"kpis.late.name", "kpis.late.better"}


@pytest.mark.parametrize(
    ("name", "taken", "key"),
    [
        ("Late deliveries", (), "late_deliveries"),
        ("Late deliveries", ("late_deliveries",), "late_deliveries_2"),
        ("Late deliveries", ("late_deliveries", "late_deliveries_2"), "late_deliveries_3"),
        ("4-hour share", (), "kpi_4_hour_share"),
        ("Ausschuß (%)", (), "ausschu"),
        ("%", (), "kpi"),
        ("", (), "kpi"),
    ],
)
def test_a_key_is_made_from_a_name(name: str, taken: tuple[str, ...], key: str) -> None:
    assert kpi_key(name, taken) == key


# Many at once


def rows_with(tables: Tables, **cells: str) -> list[dict[str, str]]:
    return [{**row, **cells} if row["key"] == "late" else row for row in sheet_rows(tables)]


def test_an_untouched_sheet_changes_nothing(tables: Tables) -> None:
    assert from_sheet(tables, sheet_rows(tables)) == (tables, ())


def test_a_sheet_has_one_row_for_each_kpi(tables: Tables) -> None:
    rows = sheet_rows(tables)
    assert [row["key"] for row in rows] == ["late", "wait"]
    assert all(set(row) == {"key", *SHEET} for row in rows)
    assert rows[0]["target"] == "16"
    assert rows[1]["target"] == "", "a target that changes with time is not one cell"


def test_touched_cells_change(tables: Tables) -> None:
    changed, problems = from_sheet(tables, rows_with(tables, owner="T. Lind", target="12.5", unit=""))
    assert problems == ()
    expected: dict[str, Any] = {**tables["kpis"]["late"], "owner": "T. Lind", "target": 12.5}
    del expected["unit"]
    assert changed["kpis"]["late"] == expected
    assert changed["kpis"]["wait"] == tables["kpis"]["wait"]


def test_a_target_in_the_sheet_takes_the_place_of_dated_ones(tables: Tables) -> None:
    rows = [{**row, "target": "15"} if row["key"] == "wait" else row for row in sheet_rows(tables)]
    changed, problems = from_sheet(tables, rows)
    assert problems == ()
    assert changed["kpis"]["wait"]["target"] == 15
    assert "targets" not in changed["kpis"]["wait"]


@pytest.mark.parametrize("cell", ["sixteen", "16 %", "1,5"])
def test_a_number_that_is_none_is_told_with_its_row(tables: Tables, cell: str) -> None:
    changed, (problem,) = from_sheet(tables, rows_with(tables, target=cell))
    assert problem.key == "row 2, target"
    assert repr(cell) in problem.found
    assert changed == tables


def test_an_unknown_key_and_an_unknown_column_are_told(tables: Tables) -> None:
    rows = [{**row, "coluor": "x"} for row in sheet_rows(tables)]
    rows.append({"key": "lat"})
    _, problems = from_sheet(tables, rows)
    assert [problem.key for problem in problems] == ["column coluor", "row 4"]
    assert "'late'" in problems[1].mend


def test_a_missing_column_changes_nothing(tables: Tables) -> None:
    rows = [{"key": row["key"], "owner": row["owner"]} for row in sheet_rows(tables)]
    assert from_sheet(tables, rows) == (tables, ())
