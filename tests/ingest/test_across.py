"""Dates across: every cell becomes a record, nothing else does. Oracle: the table that was laid out."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from opsmetrics import ingest
from opsmetrics.ingest import IngestRefused, NeedsAnswer, Template, read_file
from tests.cases import cases
from tests.ingest.builders import CATALOG, LONG, TODAY, codes, readings, warnings, written
from tests.ingest.workbooks import book

MONDAY = dt.date(2025, 1, 27)
DAYS = [MONDAY + dt.timedelta(n) for n in range(4)]
FOLDED = ("site", "line", "metric", "date", "value")


def batch_of(path: Path, **options: Any) -> ingest.Examined:
    """What becomes of a file with the long template."""
    return ingest.examine(read_file(path, template=LONG), LONG, CATALOG, today=TODAY, **options)


def found(path: Path, **options: Any) -> list[tuple[str, str, str, float]]:
    """Date, site, line, value of each reading."""
    frame = readings(batch_of(path, **options).batch)
    columns = zip(frame["observed_at"].dt.date.map(str), frame["site"], frame["line"], frame["value"], strict=True)
    return sorted(columns)


@given(
    cells=st.lists(st.lists(st.integers(0, 999) | st.just(""), min_size=4, max_size=4), min_size=1, max_size=6),
    style=st.sampled_from(["%Y-%m-%d", "%d.%m.%Y", "%d %b %Y", "%Y%m%d", "%G-W%V", "%Y-%m"]),
    workbook=st.booleans(),
)
@settings(deadline=None, max_examples=cases(12, 30), suppress_health_check=[HealthCheck.too_slow])
def test_every_cell_is_a_record(
    tmp_path_factory: pytest.TempPathFactory, cells: list[list[Any]], style: str, workbook: bool
) -> None:
    step = {"%G-W%V": 7, "%Y-%m": 31}.get(style, 1)
    days = [dt.date(2025, 1, 1 if step == 31 else 27) + dt.timedelta(step * n) for n in range(4)]
    cells = [[1, 2, 3, 4], *cells]  # the first row of values is filled, as in a report
    table = [["site", "line", "metric", *(day.strftime(style) for day in days)]]
    table += [[f"S{n}", "L1", "scrap", *row] for n, row in enumerate(cells)]
    folder = tmp_path_factory.mktemp("across")
    if workbook:
        path = book(folder / "a.xlsx", {"S": table})
    else:
        path = written(folder, "\n".join(",".join(map(str, row)) for row in table) + "\n")
    starts = [day.replace(day=1) if step == 31 else day for day in days]
    wanted = {
        (str(at), f"S{n}"): float(v)
        for n, row in enumerate(cells)
        for at, v in zip(starts, row, strict=True)
        if v != ""
    }
    batch = batch_of(path).batch
    frame = readings(batch)
    assert (
        dict(zip(zip(frame["observed_at"].dt.date.map(str), frame["site"], strict=True), frame["value"], strict=True))
        == wanted
    )
    assert (batch.tally.rows, batch.tally.records) == (len(wanted), 4 * len(cells))
    assert batch.tally.adds_up() and "dates_across" in warnings(batch)


def test_totals_headings_notes_and_blank_lines_are_skipped(tmp_path: Path) -> None:
    text = (
        "Scrap by day\n\nsite,line,metric,2025-01-27,2025-01-28,Total,comment\n"
        "North,,,,,,\nA,L1,scrap,1,2,3,ok\n\nB,L1,scrap,3,x,3,\nTotal,,,4,2,6,\n"
        "site,line,metric,2025-01-27,2025-01-28,Total,comment\nC,L1,scrap,5,NA,5,\nas of today,,,,,,\n"
    )
    path = written(tmp_path, text)
    sheet = read_file(path)
    assert sheet.headers == (*FOLDED[:3], "comment", "date", "value")
    batch = batch_of(path).batch
    assert found(path) == [
        ("2025-01-27", "A", "L1", 1),
        ("2025-01-27", "B", "L1", 3),
        ("2025-01-27", "C", "L1", 5),
        ("2025-01-28", "A", "L1", 2),
    ]
    assert (batch.tally.rejected, batch.tally.missing) == (1, 1) and batch.tally.adds_up()
    reject = batch.rejects.iloc[0]
    assert (reject["line"], reject["column"], reject["code"]) == (7, "2025-01-28", "not_a_number")
    assert reject["text"] == "B,L1,scrap,,2025-01-28,x"
    assert {"columns_left_out", "total_row_skipped", "repeated_header_skipped"} <= warnings(batch)


def test_lines_are_those_of_the_file_with_quoted_cells(tmp_path: Path) -> None:
    text = 'site,line,metric,2025-01-27,2025-01-28\n"A\nB",L1,scrap,1,2\nC,L1,scrap,3\n'
    text += 'D,"L1,scrap,4,5\nE,L1,scrap,y,6\nF,L1,scrap,7,8,9\n'
    batch = batch_of(written(tmp_path, text)).batch
    assert codes(batch) == [
        (4, "too_few_fields"),
        (5, "unclosed_quote"),
        (6, "not_a_number"),
        *[(7, "too_many_fields")] * 2,
    ]
    assert batch.tally.adds_up() and batch.tally.rows == 3


@pytest.mark.parametrize("above", [True, False])
def test_a_second_header_row_names_the_metric(tmp_path: Path, above: bool) -> None:
    if above:
        head = "site,line,scrap,,late,\n,,2025-01,2025-02,2025-01,2025-02\n"
    else:
        head = "site,line,2025-01,,2025-02,\n,,scrap,late,scrap,late\n"
    sheet = read_file(written(tmp_path, head + "A,L1,1,2,3,4\n"))
    assert sheet.headers == ("site", "line", "metric", "date", "value")
    rows = [tuple(row[2:]) for row in sheet.rows]
    order = [("scrap", "2025-01"), ("scrap", "2025-02"), ("late", "2025-01"), ("late", "2025-02")]
    order = order if above else [order[0], order[2], order[1], order[3]]
    assert rows == [(*pair, str(n)) for n, pair in enumerate(order, start=1)]


def test_a_row_of_units_below_the_dates(tmp_path: Path) -> None:
    assert len(found(written(tmp_path, "site,line,metric,2025-01-27,2025-01-28\n,,,kg,kg\nA,L1,scrap,1,2\n"))) == 2


def test_months_beside_a_column_of_years(tmp_path: Path) -> None:
    text = (
        "site;line;metric;Jahr;Jan;Feb;Mär\nA;L1;scrap;2024;1,5;2,5;3,5\nA;L1;scrap;2025;4,5;;6,5\nTotal;;;;6;2,5;10\n"
    )
    assert found(written(tmp_path, text)) == [
        ("2024-01-01", "A", "L1", 1.5),
        ("2024-02-01", "A", "L1", 2.5),
        ("2024-03-01", "A", "L1", 3.5),
        ("2025-01-01", "A", "L1", 4.5),
        ("2025-03-01", "A", "L1", 6.5),
    ]


@pytest.mark.parametrize(
    ("head", "starts"),
    [
        ("Année;1;2;3", ("2025-01-01", "2025-02-01", "2025-03-01")),
        ("Jahr;KW1;KW2;KW3", ("2024-12-30", "2025-01-06", "2025-01-13")),
        ("x;2023;2024;2025", ("2023-01-01", "2024-01-01", "2025-01-01")),
        ("x;05.01.2025;2025-01-06;7 Jan 2025", ("2025-01-05", "2025-01-06", "2025-01-07")),
    ],
)
def test_numbered_months_and_weeks_of_years_and_dates_of_several_styles(
    tmp_path: Path, head: str, starts: tuple[str, ...]
) -> None:
    path = written(tmp_path, f"site;line;metric;{head}\nA;L1;scrap;2025;1,5;2,5;3,5\n")
    assert found(path) == [(day, "A", "L1", value) for day, value in zip(starts, (1.5, 2.5, 3.5), strict=True)]


def test_dates_that_read_two_ways_are_asked_about(tmp_path: Path) -> None:
    path = written(tmp_path, "site,line,metric,01/02/2025,02/02/2025\nA,L1,scrap,1,2\n")
    with pytest.raises(NeedsAnswer, match="more than one order"):
        found(path)
    assert [row[0] for row in found(path, answers={"date_order": "dmy"})] == ["2025-02-01", "2025-02-02"]


def test_days_of_a_workbook_are_days(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", {"S": [["site", "line", "metric", *DAYS], ["A", "L1", "scrap", 1, 2, 3, 4]]})
    assert [row[0] for row in found(path)] == list(map(str, DAYS))


@pytest.mark.parametrize(
    "text",
    [
        "date,site,line,metric,value\n2025-01-27,A,L1,scrap,5\n",
        "Period,2025-01-01,2025-03-31\nsite,output,defects\nA,5,6\nB,7,8\n",
        "start,end,minutes\n2025-01-27,2025-01-28,5\n2025-01-29,2025-01-30,6\n",
        "id,a,b,c\n1,45010,45012,45013\n2,45020,45022,45023\n3,45011,45013,45014\n",
        "day,20250127,20250128\n2025-01-27,1,2\n2025-01-28,1,2\n",
        "team,Mar,May,Jun\nx,1,2,3\n",
    ],
)
def test_other_tables_stay_as_they_are(tmp_path: Path, text: str) -> None:
    assert read_file(written(tmp_path, text)).across is None


def test_a_template_that_names_the_columns_rules(tmp_path: Path) -> None:
    path = written(tmp_path, "site,2025-01,2025-02\nA,1,2\n")
    assert read_file(path).across is not None
    told = Template("as it stands", {"site": "site", "2025-01": "value", "2025-02": "comment"})
    assert read_file(path, template=told).headers == ("site", "2025-01", "2025-02")


def test_the_header_of_next_week_is_the_same(tmp_path: Path) -> None:
    """A template is found again although the dates have moved on."""
    first, second = (
        read_file(written(tmp_path, f"site,line,metric,{a},{b}\nA,L1,scrap,1,2\n", f"{a}.csv"))
        for a, b in (("2025-W05", "2025-W06"), ("2025-W06", "2025-W07"))
    )
    template = Template("weekly", LONG.columns, header=first.headers)
    assert ingest.choose_template(second, [template]) is template


def test_more_records_than_may_be(tmp_path: Path) -> None:
    path = written(tmp_path, "site,2025-01,2025-02\n" + "A,1,2\n" * 100)
    with pytest.raises(IngestRefused) as refused:
        read_file(path, limits=ingest.Limits(records=150))
    assert refused.value.code == "too_many_records"


@pytest.mark.parametrize(
    ("header", "starts"),
    [
        ("Nov-24,Dec-24,Jan-25", ["2024-11-01", "2024-12-01", "2025-01-01"]),
        ("Jan 25,Apr 25,Jul 25", ["2025-01-01", "2025-04-01", "2025-07-01"]),
        ("Q1 2025,Q2 2025,FY 2025", ["2025-01-01", "2025-04-01"]),
        ("KW 1/2025,KW 2/2025,YTD", ["2024-12-30", "2025-01-06"]),
        ("01/2025,02/2025,03/2025", ["2025-01-01", "2025-02-01", "2025-03-01"]),
        ("202411,202412,202501", ["2024-11-01", "2024-12-01", "2025-01-01"]),
        ("45684,45691,45698", ["2025-01-27", "2025-02-03", "2025-02-10"]),
        ("2025-01-27 06:00:00,2025-01-28 06:00:00,Sum", ["2025-01-27", "2025-01-28"]),
    ],
)
def test_ways_to_write_a_period(tmp_path: Path, header: str, starts: list[str]) -> None:
    path = written(tmp_path, f"site,line,metric,{header}\nA,L1,scrap,1,2,3\nB,L1,scrap,4,5,6\n")
    assert [row[0] for row in found(path) if row[1] == "A"] == starts


@pytest.mark.parametrize("header", ["Jan-25,Jan-26,Jan-27", "Jan 30,Jan 31,Feb 01"])
def test_a_day_without_a_year_is_no_month(tmp_path: Path, header: str) -> None:
    assert read_file(written(tmp_path, f"site,line,metric,{header}\nA,L1,scrap,1,2,3\n")).across is None
