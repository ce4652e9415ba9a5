"""Definitions out and in again: every preset as TOML, and through the spreadsheet of the page KPIs as CSV and Excel.

Oracle: the definitions before.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from opsmetrics import ingest
from opsmetrics.catalog import Catalog, read_catalog, write_catalog, write_tables
from opsmetrics.catalog.editing import SHEET, edited, from_sheet, sheet_rows, tables_of
from opsmetrics.catalog.presets import presets, with_needs
from opsmetrics.ui.tables import csv_bytes

KEYS = [preset.key for preset in presets()]


def applied(*keys: str) -> Catalog:
    """The definitions of these presets, with what their formulas need."""
    needed = {preset.key: preset.table for key in keys for preset in with_needs(key)}
    return read_catalog(write_tables({"kpis": needed}))


def as_csv(path: Path, frame: pd.DataFrame) -> None:
    path.write_bytes(csv_bytes(frame))


def as_workbook(path: Path, frame: pd.DataFrame) -> None:
    frame.to_excel(path, index=False)


def as_semicolons(path: Path, frame: pd.DataFrame) -> None:
    """As a spreadsheet of another country saves it."""
    path.write_text(frame.to_csv(index=False, sep=";"), encoding="utf-8-sig")


@pytest.mark.parametrize("key", KEYS)
def test_every_preset_reads_back_as_it_was_written(key: str) -> None:
    before = applied(key)
    text = write_catalog(before)
    assert read_catalog(text).kpis == before.kpis
    assert write_catalog(read_catalog(text)) == text
    assert edited(tables_of(before)).text == text


def test_all_presets_together_read_back() -> None:
    before = applied(*KEYS)
    assert read_catalog(write_catalog(before)).kpis == before.kpis
    assert {kpi.key for kpi in before.kpis} == set(KEYS)


@pytest.mark.parametrize(("write", "ending"), [(as_csv, "csv"), (as_semicolons, "csv"), (as_workbook, "xlsx")])
def test_the_sheet_of_all_presets_comes_back_untouched_and_with_one_change(
    tmp_path: Path, write: Callable[[Path, pd.DataFrame], None], ending: str
) -> None:
    tables = tables_of(applied(*KEYS))
    path = tmp_path / f"sheet.{ending}"
    for number, key in enumerate((None, KEYS[0], KEYS[-1])):
        frame = pd.DataFrame(sheet_rows(tables), columns=["key", *SHEET])
        expected = {**tables, "kpis": {**tables["kpis"]}}
        if key is not None:
            frame.loc[frame["key"] == key, ["owner", "name"]] = f'Ann "the" Smith; {number}, Ö.'
            added = dict.fromkeys(("owner", "name"), f'Ann "the" Smith; {number}, Ö.')
            expected["kpis"][key] = {**tables["kpis"][key], **added}
        write(path, frame)
        rows = ingest.texts_of(path).to_dict("records")
        changed, problems = from_sheet(tables, [{str(name): cell for name, cell in row.items()} for row in rows])
        assert problems == ()
        assert changed == expected
        assert (
            read_catalog(write_catalog(read_catalog(edited(changed).text))).kpis
            == read_catalog(edited(changed).text).kpis
        )


def test_a_cell_that_a_spreadsheet_would_compute_comes_back(tmp_path: Path) -> None:
    """The download puts an apostrophe before what looks like a formula; it is no change when it comes back."""
    text = """
[kpis.margin]
name = "=Margin"
kind = "measured"
better = "higher"
owner = "+49 30 1234"
description = "-5 is bad"
target = -5
"""
    tables = tables_of(read_catalog(text))
    path = tmp_path / "sheet.csv"
    as_csv(path, pd.DataFrame(sheet_rows(tables), columns=["key", *SHEET]))
    assert "'=Margin" in path.read_text(encoding="utf-8-sig")
    rows = ingest.texts_of(path).to_dict("records")
    assert from_sheet(tables, [{str(name): cell for name, cell in row.items()} for row in rows]) == (tables, ())
