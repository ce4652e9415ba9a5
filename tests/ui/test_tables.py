"""Downloads: the table as it is, and no cell that a spreadsheet would run."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest

from opsmetrics.ui.tables import csv_bytes, defused


def read(content: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize("cell", ["=1+1", "+A1", "-1+2", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"])
def test_text_that_looks_like_a_formula_is_defused(cell: str) -> None:
    """The list of leading signs: OWASP, CSV Injection."""
    rows = read(csv_bytes(pd.DataFrame({"name": [cell], "=heading": ["plain"]})))
    assert rows[0] == ["name", "'=heading"]
    assert rows[1][0] == f"'{cell}"


def test_numbers_and_dates_stay_what_they_are() -> None:
    frame = pd.DataFrame(
        {"value": [-1.5, 2.0], "at": pd.to_datetime(["2026-11-16", "2026-11-17"]), "name": ["ä", None]}
    )
    rows = read(csv_bytes(frame))
    assert rows[1:] == [["-1.5", "2026-11-16", "ä"], ["2.0", "2026-11-17", ""]]


def test_the_frame_given_is_left_as_it_was() -> None:
    frame = pd.DataFrame({"name": ["=1"], "value": [1]})
    before = frame.copy()
    defused(frame)
    pd.testing.assert_frame_equal(frame, before)
