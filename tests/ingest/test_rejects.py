"""The file of rejects: it opens in a spreadsheet, and nothing in it is a formula."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from opsmetrics.ingest import REJECT_HEAD, harmless, reject_csv
from tests.ingest.builders import prepared

TEXT = (
    "date,site,line,metric,value\n"
    "=cmd|' /C calc'!A0,A,L1,scrap,1\n"
    "+1,A,L1,scrap,1\n"
    "-2+3,Köln,L1,scrap,1\n"
    "@SUM(1),A,L1,scrap,1\n"
    "2025-01-27,A,L1,scrap,-5\n"
    "2025-01-28,A,L1,scrap,-x\n"
    "2025-01-29,A,L1,scrap,6\n2025-01-30,A,L1,scrap,7\n2025-01-31,A,L1,scrap,7\n2025-02-01,A,L1,scrap,7\n"
)


def test_rejects_as_csv(tmp_path: Path) -> None:
    batch = prepared(tmp_path, TEXT)
    raw = reject_csv(batch)
    assert raw.startswith(b"\xef\xbb\xbf")
    header, *records = csv.reader(io.StringIO(raw.decode("utf-8-sig")))
    rows = [dict(zip(REJECT_HEAD, record, strict=False)) for record in records]
    assert header == [*REJECT_HEAD, "date", "site", "line", "metric", "value"]
    assert [row["line"] for row in rows] == ["2", "3", "4", "5", "7"]
    assert rows[0]["text"] == "'=cmd|' /C calc'!A0,A,L1,scrap,1"
    assert rows[2]["text"] == "'-2+3,Köln,L1,scrap,1"
    assert rows[4]["text"] == "2025-01-28,A,L1,scrap,-x"
    assert rows[4]["column"] == "value"
    for row in rows:
        formulas = ("=", "+", "-", "@", "\t", "\r")
        assert not any(cell.startswith(formulas) and not cell[1:].isdigit() for cell in row.values())
        assert row["reason"] and row["mend"]


def test_no_rejects_give_a_header_only(tmp_path: Path) -> None:
    batch = prepared(tmp_path, "date,site,line,metric,value\n2025-01-27,A,L1,scrap,-5\n")
    assert reject_csv(batch).decode("utf-8-sig") == f"{','.join(REJECT_HEAD)},date,site,line,metric,value\r\n"
    assert list(batch.rejects.columns) == ["line", "text", "column", "code", "reason", "mend"]


def test_only_texts_that_could_run_are_escaped() -> None:
    """The list of OWASP's page 'CSV Injection', and numbers in every style."""
    for text in (
        "=1+1",
        "=cmd|' /C calc'!A0",
        "+1+cmd|'x'!A0",
        "-2+3",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        "\n=1",
        "-",
        "-5x",
        "+A1",
    ):
        assert harmless(text) == f"'{text}"
    for number in ("-5", "+5", "-5.25", "-1.234,5", "-1'234", "-3e-7", "-4%", "a=1", "", "5-3"):
        assert harmless(number) == number
