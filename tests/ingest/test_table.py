"""Text files as the tables that stand in them. Authority: the rows that were written, before one thing is spoilt."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from opsmetrics.ingest import read_file, table_of
from opsmetrics.ingest.dialect import dialect_of
from opsmetrics.ingest.mending import mended
from tests.ingest.builders import prepared, warnings, written

HEAD = ["Date", "Time", "Number", "Price", "Product", "Text", "Comment"]
PRODUCTS = ["Men's Boots", "Throw Pillow, Wooden", 'Round Table 48"', 'Boxer, 5" Inseam', "Camp Chair", "Kids' Hat"]
ROWS = [
    [f"{i + 1:02d}/03/2025", f"{i:02d}:15", str(i), f"$4.{i:02d}", PRODUCTS[i % 6], "It won't chip, peel or crack.", ""]
    for i in range(12)
]


def text(rows: list[list[str]], mark: str = ",", end: str = "\r\n", quote: str = '"', inside: str = '""') -> str:
    """Rows as a file: the sixth column always in quotes, others where they need it."""

    def cell(column: int, value: str) -> str:
        needed = column == 5 or any(sign in value for sign in (mark.strip() or mark, '"', quote))
        return f"{quote}{value.replace(quote, inside)}{quote}" if needed else value

    return "".join(mark.join(cell(i, value) for i, value in enumerate(row)) + end for row in rows)


@pytest.mark.parametrize("mark", [",", ";", "\t", "|", ", ", ";;", "||"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_delimiters_and_line_ends(tmp_path: Path, mark: str, end: str) -> None:
    assert table_of(written(tmp_path, text([HEAD, *ROWS], mark, end))) == [HEAD, *ROWS]


@pytest.mark.parametrize("inside", ['""', '\\"', '"'], ids=["doubled", "backslash", "bare"])
def test_marks_inside_of_cells(tmp_path: Path, inside: str) -> None:
    assert table_of(written(tmp_path, text([HEAD, *ROWS], inside=inside))) == [HEAD, *ROWS]


def test_apostrophes_as_quotation_marks_beside_inches(tmp_path: Path) -> None:
    rows = [[cell.replace("'", "’") for cell in row] for row in ROWS]
    assert table_of(written(tmp_path, text([HEAD, *rows], quote="'"))) == [HEAD, *rows]


def test_what_stands_around_the_table_is_no_part_of_it(tmp_path: Path) -> None:
    body = text([HEAD, *ROWS])
    for before in ("REPORT,,,,,,\r\n,,,,,,\r\n", "Plant Berlin\r\nprinted 3 May 2025\r\n\r\n"):
        assert table_of(written(tmp_path, f"{before}{body}\r\nprinted by the plant\r\n")) == [HEAD, *ROWS]


def test_files_without_header_without_records_and_without_anything(tmp_path: Path) -> None:
    assert table_of(written(tmp_path, text(ROWS))) == ROWS
    assert table_of(written(tmp_path, text([HEAD]))) == [HEAD]
    assert table_of(written(tmp_path, text([HEAD, *ROWS[:1]]).removesuffix("\r\n"))) == [HEAD, *ROWS[:1]]
    assert table_of(written(tmp_path, "")) == []
    assert table_of(written(tmp_path, "one\ntwo\n\nthree\n")) == [["one"], ["two"], ["three"]]


def test_cells_that_hold_a_line_end_and_rows_of_nothing(tmp_path: Path) -> None:
    path = written(tmp_path, '"a";"b"\n"1";"2";"\n"\n;\n;\n"3";"4"\n')
    assert table_of(path) == [["a", "b"], ["1", "2", "\n"], ["3", "4"]]
    assert read_file(path).rows == (("1", "2", "\n"), ("3", "4"))


@pytest.mark.parametrize("times", [2, 3])
def test_names_of_equal_header_lines_stand_together(tmp_path: Path, times: int) -> None:
    path = written(tmp_path, "date,value\n" * times + "2025-01-27,1\n2025-01-28,2\n")
    names = [" ".join([name] * times) for name in ("date", "value")]
    assert table_of(path) == [names, ["2025-01-27", "1"], ["2025-01-28", "2"]]


def test_a_second_table_keeps_its_own_width(tmp_path: Path) -> None:
    other = [row[:4] for row in (HEAD, *ROWS[:3])]
    assert table_of(written(tmp_path, text([HEAD, *ROWS]) + text(other))) == [HEAD, *ROWS, *other]


@pytest.mark.parametrize("at", range(13))
@pytest.mark.parametrize("column", range(7))
def test_one_stray_mark_costs_no_other_cell(tmp_path: Path, at: int, column: int) -> None:
    rows = [list(row) for row in (HEAD, *ROWS)]
    lines = text(rows).split("\r\n")
    quoted = next(csv.reader(io.StringIO(text([[f"<{i}>" if i == column else "" for i in range(7)]]))))
    assert quoted[column] == f"<{column}>"
    rows[at][column] = f'"{rows[at][column]}'
    spoilt = _spoilt(lines[at], column)
    assert table_of(written(tmp_path, "\r\n".join([*lines[:at], spoilt, *lines[at + 1 :]]))) == rows


def _spoilt(line: str, column: int) -> str:
    """The line with one more mark where the text of this cell begins."""
    starts, inside, at = [0], False, 0
    for at, sign in enumerate(line):
        inside ^= sign == '"'
        if sign == "," and not inside:
            starts.append(at + 1)
    place = starts[column] + line.startswith('"', starts[column])
    return line[:place] + '"' + line[place:]


def test_a_header_that_does_not_fit_its_columns_is_shown_and_not_used(tmp_path: Path) -> None:
    rows = [[*row[:6], "ok"] for row in ROWS]
    lines = text([HEAD, *rows]).split("\r\n")
    path = written(tmp_path, "\r\n".join([lines[0].replace("Date,Time", "DateTime"), *lines[1:]]))
    sheet = read_file(path)
    assert (sheet.head.line, sheet.headers[:2]) == (None, ("column 1", "column 2"))
    assert [notice.code for notice in sheet.notices] == ["header_misfit"]
    assert table_of(path) == [["DateTime", *HEAD[2:]], *rows]


def test_a_line_that_lost_its_delimiter_is_mended_for_showing_only(tmp_path: Path) -> None:
    assert mended('1,Boots"a, b","c"', ",", '"', 3) == ["1", "Bootsa, b", "c"]
    assert mended('12" pipe,3" nail', ",", '"', 2) == ['12" pipe', '3" nail']
    assert mended('"a,b,c', ",", '"', 3) == ['"a', "b", "c"]
    assert mended('"1"2,' * 5_000, ",", '"', 2)[0] == '"1"2'  # too long to weigh
    batch = prepared(tmp_path, 'date,site,line,metric,value\n2025-01-27,"A,L1,scrap,1\n2025-01-28,A,"L1",scrap,2\n' * 1)
    assert batch.tally.rejected == 1
    assert "unclosed_quote" in warnings(batch)


def test_a_path_of_windows_is_no_escape() -> None:
    lines = ["name,folder,size"] + [f'"report {i}","C:\\plant\\",{i}' for i in range(9)]
    assert not dialect_of(lines, []).escaped


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("date,value,\n2025-01-27,1,\n2025-01-28,2,\n", ("date", "value")),
        ("date,value\n2025-01-27,1,\n2025-01-28,2,\n", ("date", "value")),
        ("Plant,Berlin\nDate,Value\n2025-01-27,1\n2025-01-28,2\n", ("Date", "Value")),
        ("# date,value\n2025-01-27,1\n2025-01-28,2\n", ("date", "value")),
        ("date|value\n-----+-----\n2025-01-27|1\n2025-01-28|2\n", ("date", "value")),
        (",date,value\n0,2025-01-27,1\n1,2025-01-28,2\n", ("column 1", "date", "value")),
        (
            ",,Output,,Scrap,\ndate,site,plan,actual,plan,actual\n2025-01-27,A,1,2,3,4\n2025-01-28,A,1,2,3,4\n",
            ("date", "site", "Output plan", "Output actual", "Scrap plan", "Scrap actual"),
        ),
        (
            "date,Output,,\n,Line 1,Line 2,\n,t,kg,t\n2025-01-27,1,2,3\n2025-01-28,1,2,3\n",
            ("date", "Output Line 1 t", "Output Line 2 kg", "Output Line 2 t"),
        ),
        ("Report,Scrap,Berlin\ndate,site,value\n2025-01-27,A,1\n2025-01-28,A,2\n", ("date", "site", "value")),
        ("Sample,X\nBy,Y\nFile,Z\nWavelength,Reflected\n800,1.5\n799,1.6\n", ("Wavelength", "Reflected")),
    ],
)
def test_headers(tmp_path: Path, text: str, names: tuple[str, ...]) -> None:
    sheet = read_file(written(tmp_path, text))
    assert sheet.head.line is not None
    assert (sheet.headers, len(sheet.rows)) == (names, 2)
