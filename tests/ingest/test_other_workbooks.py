"""OpenDocument and binary Excel workbooks with data. Oracle: the rows that were written; a real .xls has its own
figures in tests/cli/test_real_examples.py."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opsmetrics import ingest
from opsmetrics.ingest import IngestRefused, NeedsAnswer, read_file
from tests.cases import cases
from tests.ingest.builders import CATALOG, LONG, TODAY, codes, readings
from tests.ingest.workbooks import Rows, ods, xlsb

HEADER = ["date", "site", "line", "metric", "value"]
DAY = dt.date(2025, 1, 27)
SERIAL = 45684  # Excel's number of that day
Write = Callable[[Path, Mapping[str, Rows]], Path]
FORMATS = pytest.mark.parametrize(
    ("write", "ending", "form"), [(ods, ".ods", "OpenDocument spreadsheet"), (xlsb, ".xlsb", "Excel workbook")]
)


def row(write: Write, number: int, value: Any, site: str = "A") -> list[Any]:
    """A row of a long table: days as this format keeps them."""
    return [DAY + dt.timedelta(number) if write is ods else SERIAL + number, site, "L1", "scrap", value]


def batch_of(path: Path, **options: Any) -> Any:
    sheet = read_file(path, template=LONG, **options)
    return ingest.prepare(sheet, LONG, CATALOG, today=TODAY)


@FORMATS
def test_days_numbers_texts_and_empty_cells(tmp_path: Path, write: Write, ending: str, form: str) -> None:
    given_values = [1.234, 12345.678, 1e-7, -3, "7,5", None, "n/a", 0.3333333333333333]
    rows = [row(write, n, value, f"S{n} <&> Ü") for n, value in enumerate(given_values)]
    path = write(tmp_path / f"a{ending}", {"Data": [["Scrap of January"], [], HEADER, *rows]})
    sheet = read_file(path, template=LONG)
    assert (sheet.form, sheet.part, sheet.head.line) == (form, "Data", 3)
    found = readings(batch_of(path)).sort_values("observed_at")
    assert found["value"].tolist() == [1.234, 12345.678, 1e-7, -3.0, 7.5, 0.3333333333333333]
    assert found["site"].tolist() == [f"S{n} <&> Ü" for n in (0, 1, 2, 3, 4, 7)]
    assert found["observed_at"].dt.date.tolist() == [DAY + dt.timedelta(n) for n in (0, 1, 2, 3, 4, 7)]
    assert batch_of(path).tally.missing == 2


@FORMATS
def test_a_rejected_row_is_named_by_its_row_of_the_sheet(tmp_path: Path, write: Write, ending: str, form: str) -> None:
    rows = [["by planning"], HEADER, row(write, 0, 1.5), row(write, 1, "many"), row(write, 2, 2.5)]
    batch = batch_of(write(tmp_path / f"a{ending}", {"S": rows}))
    assert codes(batch) == [(4, "not_a_number")]
    assert batch.tally.rows == 2


@FORMATS
def test_of_several_sheets_one_is_asked_for(tmp_path: Path, write: Write, ending: str, form: str) -> None:
    sheets = {"North": [HEADER, row(write, 0, 1.5)], "South": [HEADER, row(write, 1, 2.5), row(write, 2, 3.5)]}
    path = write(tmp_path / f"a{ending}", sheets)
    with pytest.raises(NeedsAnswer) as asked:
        read_file(path)
    (question,) = asked.value.questions
    assert [choice.split(":")[0] for choice in question.choices] == ["all", "North", "South"]
    assert "1 row with" in question.choices[1] and "2 rows with" in question.choices[2]
    found = {name: batch_of(path, answers={"sheet": name}).tally.rows for name in ("North", "South", "all")}
    assert found == {"North": 1, "South": 2, "all": 3}


@FORMATS
def test_a_sheet_of_a_header_alone_has_no_rows(tmp_path: Path, write: Write, ending: str, form: str) -> None:
    with pytest.raises(IngestRefused) as refused:
        batch_of(write(tmp_path / f"a{ending}", {"S": [HEADER]}))
    assert refused.value.code in ("no_rows", "empty_workbook")


@given(numbers=st.lists(st.floats(-1e300, 1e300), min_size=1, max_size=30))
@settings(deadline=None, max_examples=cases(5, 20), suppress_health_check=[HealthCheck.too_slow])
@FORMATS
def test_any_number_comes_back(
    tmp_path_factory: pytest.TempPathFactory, write: Write, ending: str, form: str, numbers: list[float]
) -> None:
    path = tmp_path_factory.mktemp("book") / f"a{ending}"
    write(path, {"S": [HEADER, *(row(write, n, value) for n, value in enumerate(numbers))]})
    assert readings(batch_of(path)).sort_values("observed_at")["value"].tolist() == numbers
