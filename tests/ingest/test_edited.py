"""Cells corrected before a file is loaded: judged by the same rules, with the text that stood there before."""

from __future__ import annotations

from pathlib import Path

import pytest

from opsmetrics.ingest import Edit, Template, edited, edited_notice, examine, problems, read_file
from tests.store.builders import catalog

DEFINED = catalog()


def written(path: Path, sep: str, quoted: str = "") -> Path:
    lines = [["date", "site", "bad", "all"], ["2024-03-01", f"{quoted}North{quoted}", "1", "10"]]
    lines += [
        ["2024-03-02", "North", "x7", "10"],
        ["2024-03-32", "North", "3", "10"],
        ["2024-03-04", "North", "4", "10"],
    ]
    path.write_text("\n".join(sep.join(line) for line in lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.parametrize(("sep", "quoted"), [(",", ""), (";", ""), ("\t", ""), (",", '"')])
def test_corrected_records_are_read_by_the_same_rules(tmp_path: Path, sep: str, quoted: str) -> None:
    template = Template.load(
        'name = "t"\n[columns]\ndate = "date"\nsite = "site"\n'
        '[[kpis]]\nkey = "late"\nnumerator = "bad"\ndenominator = "all"\n'
    )
    sheet = read_file(written(tmp_path / "a.csv", sep, quoted))
    found = examine(sheet, template, DEFINED)
    assert (found.batch.tally.rows, found.batch.tally.rejected) == (2, 2)
    first, second = problems(found.checked, 500)
    assert (first.line, first.cells, first.at) == (3, ("2024-03-02", "North", "x7", "10"), 2)
    assert (second.line, second.at) == (4, 0)

    mended, told = edited(sheet, {first.position: {2: "7"}, second.position: {0: "2024-03-99", 1: "North"}})
    assert told == (Edit(3, "bad", "x7", "7"), Edit(4, "date", "2024-03-32", "2024-03-99"))
    again = examine(mended, template, DEFINED)
    assert (again.batch.tally.rows, again.batch.tally.rejected) == (3, 1), "a wrong correction is rejected as well"
    assert again.batch.tally.adds_up()
    assert again.batch.fingerprint == found.batch.fingerprint
    (left,) = problems(again.checked, 500)
    assert left.cells[0] == "2024-03-99"
    assert examine(sheet, template, DEFINED).batch.tally.rejected == 2, "the file itself stays as it is"


def test_a_cell_with_signs_that_part_cells_stays_one_cell(tmp_path: Path) -> None:
    sheet = read_file(written(tmp_path / "a.csv", ","))
    mended, told = edited(sheet, {3: {1: "a,b\x1fc\nd"}})
    assert told == (Edit(3, "site", "North", "a,b c d"),)
    assert mended.cells(3)[1] == "a,b c d"
    assert edited(sheet, {3: {1: "North"}}) == (sheet, ()), "nothing was changed"


def test_the_receipt_names_who_corrected_what() -> None:
    told = edited_notice([Edit(3, "bad", "x7", "7")], "Ada")
    assert told.text == "1 cell mended by Ada before loading (line 3, bad: 'x7' → '7')."
