"""Records numbered by their order, columns parted by blanks, and the time from a record's start to its end."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsmetrics import ingest
from opsmetrics.catalog import Calendar, Catalog, Kpi, Stream
from opsmetrics.ingest import IngestRefused, Template, TemplateError
from opsmetrics.ingest.records import split
from tests.ingest.builders import catalog, counts, prepared, readings, written

SPOTS = Kpi("spots", "Spots", "rate", "lower", operate="sample")
ROWS = Template.load(
    'name = "spots"\nsample = "rows"\n[columns]\n[[kpis]]\nkey = "spots"\nnumerator = "x"\ndenominator = "size"\n'
)


def numbers(folder: Path, content: str) -> dict[int, float]:
    """Sample number → what was found in it."""
    batch = prepared(folder, content, ROWS, catalog(SPOTS))
    frame = counts(batch)
    samples = (frame["observed_at"] - pd.Timestamp(1970, 1, 1)) // pd.Timedelta(minutes=15)
    return dict(zip(samples, frame["numerator"], strict=True))


def test_records_are_numbered_in_their_order(tmp_path: Path) -> None:
    assert numbers(tmp_path, "x,size\n10,5\n12,5\n8,5\n") == {1: 10, 2: 12, 3: 8}


def test_blank_lines_and_totals_take_no_number_and_a_rejected_record_keeps_its_own(tmp_path: Path) -> None:
    assert numbers(tmp_path, "x,size\n10,5\n\nnone of,5\n12,5\nTotal,10\n8,5\n,5\n9,5\n") == {1: 10, 3: 12, 4: 8, 6: 9}


def test_a_long_file_keeps_its_order(tmp_path: Path) -> None:
    lines = "".join(f"{number},5\n" for number in range(1, 30_001))
    assert numbers(tmp_path, f"x,size\n{lines}") == {number: number for number in range(1, 30_001)}


def test_the_same_rows_again_are_the_same_samples(tmp_path: Path) -> None:
    text = 'x,size\n"10",5\n"12",5\n'
    assert numbers(tmp_path, text) == numbers(tmp_path, text.replace('"', "")) == {1: 10, 2: 12}


@pytest.mark.parametrize("more", ['x = "date"', 'x = "sample"'])
def test_a_file_with_a_time_or_a_number_needs_no_numbering(more: str) -> None:
    text = f'name = "t"\nsample = "rows"\n[columns]\n{more}\n[[kpis]]\nkey = "spots"\nnumerator = "size"\n'
    with pytest.raises(TemplateError, match="numbered in their order"):
        Template.load(text)
    assert Template.load(ROWS.dump()) == ROWS


def test_a_kpi_by_date_cannot_be_numbered(tmp_path: Path) -> None:
    daily = Kpi("spots", "Spots", "rate", "lower")
    with pytest.raises(IngestRefused, match="is recorded by date"):
        prepared(tmp_path, "x,size\n10,5\n", ROWS, catalog(daily))


# Columns parted by blanks


def test_blanks_part_the_columns(tmp_path: Path) -> None:
    text = "x size\n10 5 \n 12   5\n8 5\n"
    assert numbers(tmp_path, text) == {1: 10, 2: 12, 3: 8}
    sheet = ingest.read_file(written(tmp_path, text))
    assert (sheet.headers, sheet.delimiter_name) == (("x", "size"), "blanks")


def test_blanks_part_quoted_cells_as_r_writes_them(tmp_path: Path) -> None:
    sheet = ingest.read_file(written(tmp_path, '"day" "hall" "size"\n"a" "Hall ""A"", left" 5\n"b" "Hall B" 6\n'))
    assert sheet.delimiter_name == "blanks"
    assert sheet.rows[0] == ("a", 'Hall "A", left', "5")


def test_a_text_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(IngestRefused, match="No character parts these lines"):
        ingest.read_file(written(tmp_path, "to be or\nnot to be\nthat is the\n"))
    with pytest.raises(IngestRefused, match="No character parts these lines"):
        ingest.read_file(written(tmp_path, "x size\n10 5\n12\n"))


def test_a_quoted_cell_holds_blanks() -> None:
    assert split(' "Line A"  10 5" "x', " ", '"') == ["Line A", "10", '5"', '"x']


@given(st.lists(st.text("abc019.", min_size=1), min_size=1), st.lists(st.integers(1, 4), min_size=1))
def test_any_number_of_blanks_parts(cells: list[str], gaps: list[int]) -> None:
    line = "".join(cell + " " * gaps[i % len(gaps)] for i, cell in enumerate(cells))
    assert split(" " + line, " ", '"') == cells


# From the start of a record to its end

STAY = Kpi("stay", "Stay", "measured", "lower", calendar=Calendar("b", "Europe/Berlin"))
VISITS = Kpi("visits", "Visits", "count", "lower", calendar=Calendar("b", "Europe/Berlin"))
STREAM = Stream("visits", "Visits", calendar=Calendar("b", "Europe/Berlin"))
TEMPLATE = """
name = "visits"
repeats = "add"

[columns]
came = "ts"
left = "end"
what = "category"

[events]
stream = "visits"

[[kpis]]
key = "stay"
value = "duration"

[[kpis]]
key = "visits"
numerator = "rows"
"""
HEAD = "came,left,what\n"


def visits() -> Catalog:
    return Catalog(kpis=(STAY, VISITS), streams=(STREAM,))


def test_a_duration_is_a_reading_of_its_record(tmp_path: Path) -> None:
    text = HEAD + "2026-03-02 08:00,2026-03-02 09:30,a\n2026-03-02 08:00,2026-03-02 08:15,b\n2026-03-03 10:00,,c\n"
    batch = prepared(tmp_path, text, Template.load(TEMPLATE), visits())
    assert batch.tally.rows == 3 and batch.rejects.empty
    assert sorted(readings(batch)["value"]) == [15, 90], "two of one minute are both kept; the third has not ended"
    assert counts(batch)["numerator"].sum() == 3
    assert batch.events.reader().read_all().to_pandas()["minutes"].tolist()[:2] == [90, 15]


def test_a_night_with_a_lost_hour_is_shorter(tmp_path: Path) -> None:
    """29 March 2026: 02:00 to 03:00 does not exist in Berlin."""
    batch = prepared(tmp_path, HEAD + "2026-03-28 23:00,2026-03-29 05:00,a\n", Template.load(TEMPLATE), visits())
    assert readings(batch)["value"].tolist() == [300]


def test_a_duration_needs_an_end(tmp_path: Path) -> None:
    text = TEMPLATE.replace('left = "end"', 'left = "ignore"')
    with pytest.raises(IngestRefused, match="no column has the role end"):
        prepared(tmp_path, HEAD + "2026-03-02 08:00,2026-03-02 09:30,a\n", Template.load(text), visits())


def test_a_column_called_duration_is_that_column(tmp_path: Path) -> None:
    text = 'name = "w"\n[columns]\ncame = "ts"\n[[kpis]]\nkey = "stay"\nvalue = "duration"\n'
    template = Template.load(text.replace('name = "w"', 'name = "w"\nheader = ["came", "duration"]'))
    batch = prepared(tmp_path, "came,duration\n2026-03-02 08:00,7.5\n", template, visits())
    assert readings(batch)["value"].tolist() == [7.5]
