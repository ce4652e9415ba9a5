"""Empty files: filled as a person fills them, each loads without a question."""

from __future__ import annotations

import datetime as dt
import io
from pathlib import Path

import openpyxl
import pytest

from opsmetrics.catalog import NotHere
from opsmetrics.desk import Desk
from opsmetrics.desk.blanks import blank_of, written
from tests.cli.conftest import CATALOG, TEMPLATE

DERIVED = '\n[kpis.twice]\nname = "Twice"\nkind = "derived"\nformula = "scrap * 2"\nbetter = "lower"\n'

#: Name of a template or KPI → the record that a person types in its file.
FILLED = {
    "scrap report": (dt.date(2025, 11, 3), "A", 3, 500),
    "scrap": (dt.date(2025, 11, 4), "A", 4, 500),
    "Weight": (dt.date(2025, 11, 5), 71.5),
}


def test_each_loads_back_without_a_question(tmp_path: Path) -> None:
    with Desk.open(tmp_path / "s.duckdb") as desk:
        desk.apply(CATALOG, by="Ada")
        desk.settings.templates.mkdir()
        (desk.settings.templates / "scrap.toml").write_text(TEMPLATE, encoding="utf-8")
        for name, record in FILLED.items():
            blank = blank_of(desk, name)
            header = blank.csv().decode("utf-8-sig").strip()
            path = tmp_path / "filled.csv"
            cells = ",".join(f'"{cell}"' for cell in record)
            path.write_text(f"{header}\n{cells}\n", encoding="utf-8")
            receipt = desk.commit(desk.prepare(path), by="Ada", publish=False)
            assert (receipt.tally.rows, receipt.new) == (1, 1), name
            assert not receipt.warnings, name
            book = openpyxl.load_workbook(io.BytesIO(written(blank, "xlsx")))
            sheet = book.worksheets[0]
            assert [cell.value for cell in sheet[1]] == header.split(","), name
            for at, cell in enumerate(record, start=1):
                sheet.cell(2, at, cell)
            book.save(tmp_path / "filled.xlsx")
            receipt = desk.commit(desk.prepare(tmp_path / "filled.xlsx"), by="Ada", publish=False)
            assert (receipt.tally.rows, receipt.unchanged) == (1, 1), name


def test_drop_downs_hold_what_is_known(tmp_path: Path) -> None:
    with Desk.open(tmp_path / "s.duckdb") as desk:
        desk.apply(CATALOG, by="Ada")
        path = tmp_path / "a.csv"
        path.write_text("date,line,scrap numerator,scrap denominator\n2025-11-03,A,1,10\n2025-11-03,C,1,10\n")
        desk.commit(desk.prepare(path), by="Ada", publish=False)
        sheet = openpyxl.load_workbook(io.BytesIO(blank_of(desk, "scrap").excel())).worksheets[0]
        rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
        assert rules["B2:B2001"].formula1 == '"A,C"'
        assert [rules[at].type for at in ("A2:A2001", "C2:C2001")] == ["date", "decimal"]
        with pytest.raises(NotHere, match=r"no import template and no KPI 'scrab'\. Did you mean 'scrap'"):
            blank_of(desk, "scrab")
