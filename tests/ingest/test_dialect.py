"""Delimiter, quote and header found out from the file alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from opsmetrics.ingest import Template, read_file
from opsmetrics.ingest.dialect import dialect_of
from tests.ingest.builders import LONG, codes, prepared, readings, written

ROWS = [["date", "site", "line", "metric", "value"], ["2025-01-27", "A", "L1", "scrap", "1.5"]]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_delimiters(tmp_path: Path, mark: str) -> None:
    text = "".join(mark.join(row) + "\n" for row in ROWS)
    assert read_file(written(tmp_path, text)).dialect.delimiter == mark


def test_decimal_commas_do_not_part_cells(tmp_path: Path) -> None:
    lines = ["Datum;Wert"] + [f"27.01.2025;{i},5" for i in range(20)]
    assert dialect_of(lines, []).delimiter == ";"


def test_a_short_row_or_a_stray_mark_does_not_change_the_choice(tmp_path: Path) -> None:
    rows = [",".join(ROWS[0]), *("2025-01-27,A,L1,scrap,1.5" for _ in range(30)), "2025-01-27,A", 'x,12" a|b;c,,,']
    assert dialect_of(rows, []).delimiter == ","


def test_the_middle_and_the_end_count_too() -> None:
    head = ["a report; of the plant"] * 3 + ["date;site,x"]
    body = ["2025-01-27,A,1"] * 50
    assert dialect_of(head, body).delimiter == ","


def test_sep_line_and_template_rule(tmp_path: Path) -> None:
    text = "sep=|\n" + "\n".join("|".join(row) for row in ROWS) + "\n"
    sheet = read_file(written(tmp_path, text))
    assert (sheet.dialect.delimiter, sheet.head.line, sheet.head.first) == ("|", 2, 3)
    told = Template("caret", LONG.columns, delimiter="^")
    batch = prepared(tmp_path, "\n".join("^".join(row) for row in ROWS) + "\n", told)
    assert list(readings(batch)["value"]) == [1.5]


def test_apostrophes_quote_where_every_line_uses_them(tmp_path: Path) -> None:
    text = "\n".join(
        ",".join(f"'{cell}'" for cell in row) for row in [*ROWS, ["2025-01-28", "A, B", "L1", "scrap", "2"]]
    )
    batch = prepared(tmp_path, text)
    assert list(readings(batch)["site"]) == ["A", "A, B"]


def test_lines_before_the_header_and_a_row_of_units(tmp_path: Path) -> None:
    text = (
        "Monthly report\nprinted 30.06.2025\n\n"
        "date,site,line,metric,value\n,,,,kg\n2025-01-27,A,L1,scrap,1.5\n2025-01-28,A,L1,scrap,x\n"
    )
    sheet = read_file(written(tmp_path, text))
    assert (sheet.head.line, sheet.head.first, sheet.head.units) == (4, 6, ("", "", "", "", "kg"))
    batch = prepared(tmp_path, text)
    assert codes(batch) == [(7, "not_a_number")]
    assert batch.tally.records == 2


@pytest.mark.parametrize(
    ("lines", "header"),
    [
        (["2025-01-27,A,1", "2025-01-28,A,2"], None),
        (["date,site,value", "2025-01-28,A,2"], 1),
        (["site,2025-01-27,2025-01-28", "A,1,2", "B,3,4"], 1),  # dates over numbers are a header
        (["A,1,2", "B,3,4"], None),
        (["one,two", "three,four"], 1),  # nothing but words: the first row names them
    ],
)
def test_header_or_none(tmp_path: Path, lines: list[str], header: int | None) -> None:
    assert read_file(written(tmp_path, "\n".join(lines) + "\n")).head.line == header


def test_names_are_made_distinct(tmp_path: Path) -> None:
    sheet = read_file(written(tmp_path, "date,value,Value,,x,\n2025-01-27,1,2,3,4,\n"))
    assert sheet.headers == ("date", "value", "Value (2)", "column 4", "x")


def test_the_given_name_is_kept_as_a_name_only(tmp_path: Path) -> None:
    path = written(tmp_path, "date,value\n2025-01-27,1\n", "plan[1]*.csv")  # a reader would expand this name
    sheet = read_file(path, name="../../etc/cron.d/x\n.csv")
    assert sheet.name == "x.csv"
    assert sheet.preview().to_dict("records") == [{"date": "2025-01-27", "value": "1"}]
    assert "plan" not in sheet.readable.name


def test_the_private_copy_goes_with_the_sheet(tmp_path: Path) -> None:
    sheet = read_file(written(tmp_path, 'date,value\n2025-01-27,"1"\n'))
    folder = sheet.readable.parent
    assert folder.is_dir()
    del sheet
    assert not folder.exists()


def test_lines_inside_of_quoted_cells_say_nothing_about_the_delimiter(tmp_path: Path) -> None:
    """A note of several lines in each record, with semicolons in it, as service desks export them."""
    note = '"2025-01-27 - Bob\n<p>say ""hi"", then; go</p>\n"'
    text = '"number","opened","notes"\n' + "".join(f'"INC{n}","2025-01-{n:02d}",{note}\n' for n in range(1, 20))
    sheet = read_file(written(tmp_path, text))
    assert (sheet.headers, sheet.dialect.delimiter) == (("number", "opened", "notes"), ",")


def test_a_title_with_more_commas_than_the_table_is_no_header(tmp_path: Path) -> None:
    rows = "".join(f"2025-01-{day:02d},{day}.5\n" for day in range(1, 20))
    sheet = read_file(written(tmp_path, f"Report of plant Lyon, made by Bob, approved\ndate,value\n{rows}"))
    assert (sheet.headers, sheet.head.line, sheet.head.units) == (("date", "value"), 2, ())


def test_records_numbered_in_a_column_without_a_name(tmp_path: Path) -> None:
    """R's write.table leaves out the name of its row names; a header that is short for another reason is left alone."""
    rows = "".join(f'"{n}" "2025-01-{n:02d}" "Lyon" {n}.5\n' for n in range(1, 9))
    assert read_file(written(tmp_path, f'"date" "site" "value"\n{rows}')).headers[1:] == ("date", "site", "value")
    torn = "".join(f"2025-01-{n:02d},Lyon,{n},5\n" for n in range(1, 9))
    sheet = read_file(written(tmp_path, f"date,site,value\n2025-01-09,Lyon,3\n{torn}"))
    assert sheet.head.line is None and "header_misfit" in {notice.code for notice in sheet.notices}
