"""Rejects kept with their batch: fetched as CSV or Excel, and only those that are corrected in that file load."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import openpyxl
import pytest

from opsmetrics import ingest
from opsmetrics.desk import Desk
from opsmetrics.desk.rejected import rejects_file, state_of
from opsmetrics.ingest import IngestRefused, Template
from opsmetrics.ingest.unusable import NothingUsable
from opsmetrics.measurements import Batch, Receipt
from tests.built import once
from tests.cli.conftest import CATALOG, TEMPLATE

SOURCE = (
    "Day;Line;Scrapped;Made\n"
    "03.11.2025;A;1,5;1.000\n"
    "04.11.2025;A;x;1.000\n"
    "13.11.2025;A;2,5;1.200\n"
    "05.11.2025;A;-5;1.300\n"
    "30.02.2025;B;4;1.400\n"
    "06.11.2025;=B;7;many\n"
)
Table = list[list[str]]
Save = Callable[[Path, Table], Path]


@once
def _defined(path: Path) -> None:
    with Desk.open(path) as opened:
        opened.apply(CATALOG, by="Ada")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    _defined(tmp_path / "s.duckdb")
    with Desk.open(tmp_path / "s.duckdb") as opened:
        opened.settings.templates.mkdir()
        (opened.settings.templates / "scrap.toml").write_text(TEMPLATE, encoding="utf-8")
        yield opened


def loaded(desk: Desk, path: Path) -> tuple[Batch, Receipt]:
    batch = desk.prepare(path)
    return batch, desk.commit(batch, by="Ada", publish=False)


def source(desk: Desk, folder: Path, text: str = SOURCE) -> Receipt:
    path = folder / "scrap.csv"
    path.write_text(text, encoding="utf-8")
    return loaded(desk, path)[1]


def as_csv(path: Path, table: Table) -> Path:
    """As a German spreadsheet saves it."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(table)
    path.write_bytes(out.getvalue().encode("cp1252"))
    return path


def from_csv(raw: bytes) -> Table:
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def as_excel(path: Path, table: Table) -> Path:
    made = openpyxl.Workbook()
    made.active.title = "rejects"
    for row in table:
        made.active.append([None if cell == "" else int(cell) if n < 3 and cell.isdecimal() else cell
                            for n, cell in enumerate(row)])  # fmt: skip
    for row in made.active.iter_rows():
        for cell in row:
            cell.data_type = "s" if isinstance(cell.value, str) else cell.data_type
    made.create_sheet("what to do").append(["Correct the cells."])
    made.save(path)
    return path


def from_excel(raw: bytes) -> Table:
    book = openpyxl.load_workbook(io.BytesIO(raw))
    return [["" if cell is None else str(cell) for cell in row] for row in book["rejects"].iter_rows(values_only=True)]


FORMS: tuple[tuple[str, Save], ...] = (("csv", as_csv), ("xlsx", as_excel))


def table_of(desk: Desk, batch: int, form: str) -> Table:
    raw = rejects_file(desk.store, batch, "xlsx" if form == "xlsx" else "csv")
    return from_excel(raw) if form == "xlsx" else from_csv(raw)


def facts(desk: Desk) -> set[tuple[str, str, float, float]]:
    with desk.store.cursor() as cursor:
        rows = cursor.execute("SELECT observed_at::VARCHAR, line, numerator, denominator FROM counts").fetchall()
    return set(rows)


def test_the_file_holds_the_columns_of_its_source(desk: Desk, tmp_path: Path) -> None:
    receipt = source(desk, tmp_path)
    assert receipt.tally.adds_up() and receipt.tally.rejected == 4
    for form, _ in FORMS:
        table = table_of(desk, 1, form)
        assert table[0] == [*ingest.REJECT_HEAD, "Day", "Line", "Scrapped", "Made"]
        assert [row[:3] for row in table[1:]] == [["1", "1", "3"], ["1", "2", "5"], ["1", "3", "6"], ["1", "4", "7"]]
        assert [row[-4:] for row in table[1:3]] == [
            ["04.11.2025", "A", "x", "1.000"],
            ["05.11.2025", "A", "-5", "1.300"],
        ]
    assert table_of(desk, 1, "csv")[4][-3] == "'=B"
    book = openpyxl.load_workbook(io.BytesIO(rejects_file(desk.store, 1, "xlsx")))
    sheet = book["rejects"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("A2", "A1:K5")
    assert (sheet["I5"].value, sheet["I5"].data_type, sheet["I5"].number_format) == ("=B", "s", "@")
    assert sheet.column_dimensions["F"].width > sheet.column_dimensions["A"].width
    assert "what to do" in book.sheetnames


@pytest.mark.parametrize(("form", "save"), FORMS)
def test_only_corrected_records_are_loaded(desk: Desk, tmp_path: Path, form: str, save: Save) -> None:
    source(desk, tmp_path)
    before = facts(desk)
    table, path = table_of(desk, 1, form), tmp_path / f"fixed.{form}"
    with pytest.raises(NothingUsable, match="None of the 4 records") as unchanged:
        desk.prepare(save(path, table))
    assert list(unchanged.value.batch.rejects["code"]) == list(desk.kept_rejects(1).rejects["code"])
    assert facts(desk) == before
    table[1][-2] = "2,5"
    table[3][-4] = "07.11.2025"
    batch, receipt = loaded(desk, save(path, table))
    assert (batch.tally.records, batch.tally.rows, batch.tally.rejected) == (4, 2, 2)
    assert [int(line) for line in batch.rejects["line"]] == [3, 5]
    assert facts(desk) - before == {
        ("2025-11-03 23:00:00", "A", 2.5, 1000.0),
        ("2025-11-06 23:00:00", "B", 4.0, 1400.0),
    }
    assert receipt.as_dict()["mends"] == {"batch": 1, "now": 2, "settled": 2, "left": 2}
    rest = table_of(desk, 2, form)
    assert [row[:2] for row in table_of(desk, 1, form)] == [row[:2] for row in rest]
    assert [row[:2] for row in rest[1:]] == [["1", "2"], ["1", "4"]]
    rest[1][-2], rest[2][-3:] = "5", ["B", "7", "1.500"]
    _, last = loaded(desk, save(path, rest))
    assert last.as_dict()["mends"] == {"batch": 1, "now": 2, "settled": 4, "left": 0}
    desk.undo(2, by="Ada", publish=False)
    assert (state_of(desk.store, 1).settled, state_of(desk.store, 1).left) == (2, 2)
    assert [span.starts_at.day for span in batch.spans] == [3, 6]


def test_a_record_half_mended_is_told_as_it_now_is(desk: Desk, tmp_path: Path) -> None:
    source(desk, tmp_path)
    table = table_of(desk, 1, "csv")
    table[1][-2], table[4][-1] = "9", "12,34,5"
    batch, receipt = loaded(desk, as_csv(tmp_path / "fixed.csv", table))
    assert [row[-1] for row in table_of(desk, receipt.batch, "csv")[1:]] == ["1.300", "1.400", "12,34,5"]
    assert state_of(desk.store, receipt.batch).mends == 1 and batch.tally.adds_up()


def test_records_that_contradict_each_other_are_settled_by_keeping_one(desk: Desk, tmp_path: Path) -> None:
    text = "Day;Line;Scrapped;Made\n13.11.2025;A;1;10\n14.11.2025;A;2;10\n14.11.2025;A;3;10\n"
    source(desk, tmp_path, text)
    table = table_of(desk, 1, "csv")
    with pytest.raises(NothingUsable, match="None of 2 records"):
        desk.prepare(as_csv(tmp_path / "both.csv", table))
    _, receipt = loaded(desk, as_csv(tmp_path / "one.csv", [table[0], table[2]]))
    assert ("2025-11-13 23:00:00", "A", 3.0, 10.0) in facts(desk)
    assert receipt.as_dict()["mends"] == {"batch": 1, "now": 1, "settled": 1, "left": 1}


def test_files_that_cannot_be_mended_say_why(desk: Desk, tmp_path: Path) -> None:
    source(desk, tmp_path)
    table = table_of(desk, 1, "csv")
    other = [row[:] for row in table]
    other[1][0] = "9"
    for found, wanted in (
        (other, "Rejects of several batches"),
        ([table[0], other[1]], "Rejects of batch 9, of which this store knows nothing"),
        ([[*table[0][:-1], "Else"], *table[1:]], "No column 'Made'"),
    ):
        with pytest.raises(IngestRefused, match=wanted):
            desk.prepare(as_csv(tmp_path / "bad.csv", [row[:] for row in found]))
    desk.undo(1, by="Ada", publish=False)
    with pytest.raises(IngestRefused, match="which was undone"):
        desk.prepare(as_csv(tmp_path / "bad.csv", table))
    assert rejects_file(desk.store, 1)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"repeats": "add"}, "added up"),
        ({"repeats": "samples"}, "numbered over"),
        ({"sample": "rows"}, "their place in the file"),
    ],
)
def test_records_that_hang_together_are_not_mended_alone(more: dict[str, str], why: str) -> None:
    base = Template.load(TEMPLATE)
    assert ingest.whole_of(base) == ""
    assert why in ingest.whole_of(Template(**{**vars(base), **more}))


def test_more_rejects_than_are_kept_are_told(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys.modules["opsmetrics.store.rejected"], "MOST", 3)
    receipt = source(desk, tmp_path)
    assert receipt.warnings[-1].code == "rejects_not_kept"
    assert receipt.warnings[-1].text.startswith("The first 3 rejected records are kept with the batch; one more")
    assert (state_of(desk.store, 1).kept, state_of(desk.store, 1).left) == (3, 4)
