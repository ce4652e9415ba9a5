"""Lines into records. Authority: Python's csv module on well-formed text; the stated rule on damaged text."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsmetrics.ingest.records import MOST_LINES, records, split
from tests.ingest.builders import codes, prepared, readings, warnings

CELLS = st.text(st.sampled_from('ab 1,;"\n'), max_size=8)


@given(rows=st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=6))
def test_what_csv_writes_is_read_back(rows: list[list[str]]) -> None:
    out = io.StringIO()
    csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL).writerows(rows)
    lines = out.getvalue().removesuffix("\n").split("\n")
    assert [record.cells for record in records(lines, ",", '"', width=2)] == rows


@given(rows=st.lists(st.lists(CELLS, min_size=2, max_size=2), min_size=1, max_size=6))
def test_every_line_belongs_to_one_record(rows: list[list[str]]) -> None:
    lines = [",".join(row) for row in rows]  # nothing quoted as it should be
    flat = "\n".join(lines).split("\n")
    assert sum(record.lines for record in records(flat, ",", '"', width=2)) == len(flat)


@pytest.mark.parametrize(
    ("line", "cells"),
    [
        ('1,12" pipe,ok', ["1", '12" pipe', "ok"]),  # a mark inside a cell is a character
        ('"a ""b"" c",d', ['a "b" c', "d"]),
        ('"a, b" ,c', ["a, b", "c"]),
        ('"say "hi" now",c', ['say "hi" now', "c"]),  # not doubled, yet closed in the line
        ('"loose" screw,c', ['"loose" screw', "c"]),  # an open cell would have an odd number of marks
        ('a,""', ["a", ""]),
        ('a,"b', None),
        ("", [""]),
        (",", ["", ""]),
    ],
)
def test_single_lines(line: str, cells: list[str] | None) -> None:
    assert split(line, ",", '"') == cells


def test_an_unclosed_mark_costs_one_record_only() -> None:
    lines = ["1,ok", '2,"belt slipped', "3,ok", '4,"jam, again"', '5,"two', 'lines"', "6,ok"]
    found = list(records(lines, ",", '"', width=2))
    assert [record.cells for record in found] == [
        ["1", "ok"],
        None,
        ["3", "ok"],
        ["4", "jam, again"],
        ["5", "two\nlines"],
        ["6", "ok"],
    ]


def test_a_mark_that_closes_far_below_is_unclosed() -> None:
    lines = ['1,"lost', *(f"{i},ok" for i in range(MOST_LINES)), 'x",y']
    found = list(records(lines, ",", '"', width=2))
    assert found[0].cells is None
    assert len(found) == MOST_LINES + 2


def test_a_file_with_an_unclosed_mark_keeps_its_other_records(tmp_path: Path) -> None:
    text = (
        "date,site,line,metric,value,note\n"
        '2025-01-27,A,L1,scrap,1,"fine, so far"\n'
        '2025-01-28,A,L1,scrap,2,"belt slipped\n'
        "2025-01-29,A,L1,scrap,3,ok\n"
        '2025-01-30,A,L1,scrap,4,"two\r\nlines"\n'
        "2025-01-31,A,L1,scrap,x,ok\n"
    )
    batch = prepared(tmp_path, text)
    assert list(readings(batch)["value"]) == [1, 3, 4]
    assert codes(batch) == [(3, "unclosed_quote"), (7, "not_a_number")]  # physical lines of the file
    assert batch.rejects["text"].iloc[0] == '2025-01-28,A,L1,scrap,2,"belt slipped'
    assert "unclosed_quote" in warnings(batch)
    assert batch.tally.records == 5


def test_a_rejected_record_keeps_its_quotes_and_line_ends(tmp_path: Path) -> None:
    text = 'date,site,line,metric,value,note\n2025-01-27,A,L1,scrap,x,"a ""b"",\nc"\n2025-01-28,A,L1,scrap,1,ok\n'
    batch = prepared(tmp_path, text)
    assert list(batch.rejects["text"]) == ['2025-01-27,A,L1,scrap,x,"a ""b"",\nc"']
    assert batch.tally.records == 2


@pytest.mark.parametrize(("opens", "closes"), [("Lyon", "Lyon"), ("L1", "L1"), ("ok", "ok")])
def test_marks_that_enclose_whole_records_lose_none_without_a_word(tmp_path: Path, opens: str, closes: str) -> None:
    """Whether a note quotes records or two marks were added, the file does not tell: all is shown and held back."""
    lines = ["date,site,line,metric,value,note", *(f"2025-01-{n:02d},Lyon,L1,scrap,{n}.5,ok" for n in range(1, 13))]
    lines[3] = lines[3].replace(opens, f'"{opens}')
    lines[7] = lines[7].replace(closes, f'{closes}"')
    batch = prepared(tmp_path, "\n".join(lines) + "\n")
    assert codes(batch) == [(4, "swallowed_records")] and "swallowed_records" in warnings(batch)
    assert list(batch.rejects["text"]) == ["\n".join(lines[3:8])]
    assert sorted(readings(batch)["value"]) == [1.5, 2.5, *(n + 0.5 for n in range(8, 13))]
    assert batch.tally.adds_up()


def test_a_name_of_two_lines_stands_on_one(tmp_path: Path) -> None:
    batch = prepared(
        tmp_path, 'date,site,line,metric,value\n2025-01-27,"New\nYork",L1,scrap,1\n2025-01-28,A,L1,scrap,2\n'
    )
    assert set(readings(batch)["site"]) == {"New York", "A"} and not len(batch.rejects)
