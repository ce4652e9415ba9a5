"""Years of business of a calendar that begins them in April. Authority: days written out."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from opsmetrics.catalog import Calendar, Kpi
from opsmetrics.ingest import IngestRefused, Measured, NeedsAnswer, Template
from tests.ingest.builders import catalog, prepared, readings

APRIL = Calendar("april", fiscal_year_start=(4, 1))
DEFINITIONS = catalog(Kpi("wait", "Wait", "measured", "lower", calendar=APRIL))
FIRST_DAY = dt.date(2025, 4, 1)


def days(folder: Path, cells: list[str], header: str = "period", **answers: str) -> list[dt.date]:
    template = Template("years", {header: "date"}, (Measured("wait", value="value"),))
    text = f"{header},value\n" + "".join(f"{cell},{i}\n" for i, cell in enumerate(cells))
    batch = prepared(folder, text, template, DEFINITIONS, answers=answers)
    assert (batch.tally.rows, batch.tally.rejected) == (len(cells), 0)
    return [at.date() for at in readings(batch).sort_values("value")["observed_at"]]


@pytest.mark.parametrize("cells", [["2024/25", "2025/26"], ["2024-2025", "2025-2026"], ["FY2024-25", "FY 2025/26"]])
def test_two_years_tell_themselves(tmp_path: Path, cells: list[str]) -> None:
    assert days(tmp_path, cells) == [FIRST_DAY.replace(year=2024), FIRST_DAY]
    assert days(tmp_path, cells[1:]) == [FIRST_DAY]


def test_quarters_of_a_year_of_business(tmp_path: Path) -> None:
    cells = [f"Q{n} 2025/26" for n in (1, 2, 3, 4)]
    expected = [FIRST_DAY, dt.date(2025, 7, 1), dt.date(2025, 10, 1), dt.date(2026, 1, 1)]
    assert days(tmp_path, cells) == expected
    assert days(tmp_path, [f"FY26 Q{n}" for n in (1, 2, 3, 4)], business_year="last") == expected


@pytest.mark.parametrize(("cells", "header"), [(["FY2025", "FY2026"], "period"), (["2025", "2026"], "Geschäftsjahr")])
def test_a_year_named_once_is_asked_about(tmp_path: Path, cells: list[str], header: str) -> None:
    with pytest.raises(NeedsAnswer, match="2025 begins on 1 April 2024"):
        days(tmp_path, cells, header)
    assert days(tmp_path, cells, header, business_year="last") == [FIRST_DAY.replace(year=2024), FIRST_DAY]
    assert days(tmp_path, cells, header, business_year="first") == [FIRST_DAY, FIRST_DAY.replace(year=2026)]


def test_weeks_and_months_are_none(tmp_path: Path) -> None:
    assert days(tmp_path, ["2024/25", "2025/26"], "week") == [dt.date(2024, 6, 17), dt.date(2025, 6, 23)]
    assert days(tmp_path, ["2010/10", "2010/11", "2010/12"]) == [dt.date(2010, month, 1) for month in (10, 11, 12)]
    assert days(tmp_path, ["2011/12"]) == [dt.date(2011, 12, 1)]


def test_without_a_calendar_that_says_it_they_are_refused(tmp_path: Path) -> None:
    template = Template("years", {"period": "date"}, (Measured("wait", value="value"),))
    definitions = catalog(Kpi("wait", "Wait", "measured", "lower"))
    with pytest.raises(IngestRefused, match="no calendar says in which month they begin") as refused:
        prepared(tmp_path, "period,value\n2024/25,1\n2025/26,2\n", template, definitions)
    assert refused.value.code == "fiscal_year"
