"""Workbooks on the command line: the sheet is asked for, and named by --sheet or --answer."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import openpyxl

from tests.cli.conftest import Run


def book(path: Path, *names: str) -> Path:
    """A workbook with a table of scrap in each sheet."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for number, name in enumerate(names):
        sheet = made.create_sheet(name)
        sheet.append(["Day", "Line", "Scrapped", "Made"])
        for day in range(1, 4):
            sheet.append([dt.date(2024, 5, day), f"{name} line", 20 + number, 500])
    made.save(path)
    return path


def test_a_sheet_is_asked_for_and_named(run: Run, folder: Path, store: Path) -> None:
    path = book(folder / "book.xlsx", "Berlin", "Lyon")
    asked = run("ingest", path, "--store", store, "--json")
    assert asked.code == 1 and asked.json["outcome"] == "needs_user_choice"
    (question,) = asked.json["questions"]
    assert question["code"] == "sheet"
    assert [choice.split(":")[0] for choice in question["choices"]] == ["all", "Berlin", "Lyon"]
    done = run("ingest", path, "--store", store, "--sheet", "Lyon", "--json")
    assert (done.code, done.json["rows"]) == (0, 3)
    again = run("ingest", path, "--store", store, "--answer", "sheet=Lyon", "--json")
    assert (again.json["new"], again.json["unchanged"]) == (0, 3)
    wrong = run("ingest", path, "--store", store, "--sheet", "Paris")
    assert wrong.code == 1 and "No sheet 'Paris' among 'Berlin', 'Lyon'" in wrong.err


def test_the_only_table_needs_no_name(run: Run, folder: Path, store: Path) -> None:
    done = run("ingest", book(folder / "book.xlsx", "Data"), "--store", store, "--json")
    assert (done.code, done.json["rows"]) == (0, 3)
