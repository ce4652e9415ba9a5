"""Every export: no text in it runs as a formula, and numbers stay numbers. A new export must be named here."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence

import openpyxl
import pandas as pd
import pytest

from opsmetrics.ingest import rejects_csv, rejects_excel
from opsmetrics.ingest.blank import Blank
from opsmetrics.ingest.excel_file import Column
from opsmetrics.ingest.formulas import as_it_was, harmless
from opsmetrics.ingest.rejects import COLUMNS
from opsmetrics.measurements import ReadAs
from opsmetrics.ui.tables import csv_bytes
from tests.paths import ROOT

#: What a spreadsheet of some kind takes for a formula, a command or the start of a new cell.
RUNS = [
    *("=1+1", "=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1+1)"),
    *("|calc", "=", "\t=1+1", "\r=1+1", "\n=1+1", "\tx", " =1+1", "\u00a0=1+1", "\u200b=1+1", "\ufeff@x", "'=1+1"),
    *('"=1+1', "''-2+3", "＝1+1", "＋1+x", "－2+3", "＠SUM(1)", "=-5", "+-5", "-5-3", "-5=x"),
    *('=DDE("cmd";"/C calc";"x")', "-cmd|'/C calc'!A0", "+%x", "= 1", "-(5)"),
]
#: What stays as it is: numbers, and texts that nothing runs.
STAYS = [
    *("-5", "+5", "-1.5", "-1,5", "-1.234,5", "-1'234.5", "+1.5%", "-1e5", "-.5", " -5", "－5", "-1 234", "5-"),
    *("", "A", "Köln", "a=b", "5+3", "Line-3", "1-2", "x@y.de", "it's", "'tis", "\u22125", "2025-01-27", "#N/A"),
]


def of_csv(raw: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline="")))


def of_excel(raw: bytes) -> list[list[str]]:
    """The cells as texts; a formula is a failure by itself."""
    sheet = openpyxl.load_workbook(io.BytesIO(raw)).worksheets[0]
    assert not [cell.value for row in sheet.iter_rows() for cell in row if cell.data_type == "f"]
    return [["" if cell.value is None else str(cell.value) for cell in row] for row in sheet.iter_rows()]


def rejected(texts: Sequence[str]) -> tuple[pd.DataFrame, ReadAs]:
    """These texts as the records, columns and cells of rejected records."""
    rows = [(n, f'"{t}"' if "\n" in t or "\r" in t else t, t, "x", t, t) for n, t in enumerate(texts, 2)]
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.assign(batch=1, number=range(1, len(rows) + 1)), ReadAs((texts[0], "b"), (), (), "\x01", '"', "", "")


EXPORTS: dict[str, Callable[[Sequence[str]], bytes]] = {
    "opsmetrics/ingest/reject_file.py: csv.writer": lambda texts: rejects_csv(*rejected(texts)),
    "opsmetrics/ingest/excel_file.py: Workbook": lambda texts: rejects_excel(*rejected(texts), "=x.csv"),
    "opsmetrics/ingest/blank.py: csv.writer": lambda texts: Blank(tuple(map(Column, texts)), ()).csv(),
    "opsmetrics/ui/tables.py: to_csv": lambda texts: csv_bytes(
        pd.DataFrame({texts[0]: list(texts), "n": -1.5, "c": pd.Categorical(texts)})
    ),
}
#: What only reads back, writes for ourselves, or hands over what one of these has made.
OTHERS = {
    "opsmetrics/ingest/mended_rejects.py: csv.writer",  # the text of a record, as it is kept
    "opsmetrics/sample/files.py: csv.writer",  # simulated figures
    "opsmetrics/ui/tables.py: download_button",
    "opsmetrics/ui/data_rejects.py: download_button",  # rejects_file
    "opsmetrics/ui/upload.py: download_button",  # reject_csv, reject_excel
    "opsmetrics/ui/upload_templates.py: download_button",  # Blank; TOML
    "opsmetrics/ui/definitions.py: download_button",  # csv_bytes
    "opsmetrics/ui/forecasts.py: download_button",  # csv_bytes
    "opsmetrics/ui/definition_files.py: download_button",  # csv_bytes; TOML
    "opsmetrics/ui/chart_files.py: download_button",  # a page of HTML
    "opsmetrics/figures/export.py: to_html",
}
_WRITING = re.compile(
    r"(?<!def )\b(to_csv|to_excel|to_html|write_csv|csv\.writer|csv\.DictWriter|Workbook|download_button)\("
)


def test_every_export_is_known() -> None:
    found = {
        f"{path.relative_to(ROOT).as_posix()}: {called}"
        for path in [*(ROOT / "opsmetrics").rglob("*.py"), *(ROOT / "pages").glob("*.py")]
        for called in _WRITING.findall(path.read_text(encoding="utf-8"))
    }
    assert found == set(EXPORTS) | OTHERS, "name a new export here, and let it escape what runs"


@pytest.mark.parametrize("name", EXPORTS)
def test_no_text_of_an_export_runs(name: str) -> None:
    make = EXPORTS[name]
    for texts in (RUNS, [text for text in STAYS if text]):
        raw = make(texts)
        excel = raw.startswith(b"PK")
        cells = [cell for row in (of_excel(raw) if excel else of_csv(raw)) for cell in row]
        if excel:  # its texts are texts whatever they begin with, and stand there unchanged
            assert {text.strip() for text in texts if text.isprintable()} <= {cell.strip() for cell in cells}
        else:
            assert set(map(harmless, texts)) <= set(cells)
            assert not {cell for cell in cells if not cell.startswith("'")} & set(RUNS)


@pytest.mark.parametrize("texts", [RUNS, STAYS])
def test_texts_are_escaped_and_come_back(texts: list[str]) -> None:
    for text in texts:
        escaped = harmless(text)
        assert escaped == (f"'{text}" if texts is RUNS else text), repr(text)
        assert as_it_was(escaped) == text, repr(text)
        assert as_it_was(harmless(escaped)) == escaped


def test_numbers_of_a_table_are_no_texts() -> None:
    table = pd.DataFrame({"n": [-5, 3], "x": [-1.5, None], "t": ["-5", "-a"], "d": pd.to_datetime(["2025-01-27"] * 2)})
    assert of_csv(csv_bytes(table))[1:] == [["-5", "-1.5", "-5", "2025-01-27"], ["3", "", "'-a", "2025-01-27"]]
