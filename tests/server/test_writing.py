"""A program loads files by the path of the Upload page, once, and takes them back."""

from __future__ import annotations

import io
import json
import socket
import tempfile
from pathlib import Path

import pandas as pd
import pytest

from opsmetrics.desk import Desk
from opsmetrics.server import guard
from opsmetrics.server.endpoints import JSON_BYTES, JSON_VALUES
from opsmetrics.settings import Settings
from opsmetrics.tokens import Tokens
from tests.cases import SOAK
from tests.cli.conftest import scrap_rows, sums
from tests.server.conftest import Program

LATER = scrap_rows()[70:]
CSV = "\n".join(["Day,Line,Scrapped,Made", *(",".join(map(str, row)) for row in LATER)]).encode()
RECORDS = [dict(zip(("Day", "Line", "Scrapped", "Made"), row, strict=True)) for row in LATER]


def stored(desk: Desk) -> tuple[float, float]:
    found = desk.store.read("SELECT sum(numerator) AS n, sum(denominator) AS d FROM counts WHERE kpi = 'scrap'")
    return float(found["n"][0]), float(found["d"][0])


def parquet() -> bytes:
    file = io.BytesIO()
    pd.DataFrame(RECORDS).to_parquet(file)
    return file.getvalue()


def test_rejects_are_kept_fetched_and_settled(program: Program) -> None:
    body = b"Day,Line,Scrapped,Made\n2025-05-20,A,3,500\n2025-05-21,A,many,500\n"
    loaded = program.post("/api/v1/ingest", body, "text/csv", name="week.csv").json
    kept = program.get(f"/api/v1/batches/{loaded['batch']}/rejects").json
    assert (kept["rejected"], kept["left"], [row["line"] for row in kept["rejects"]]) == (1, 1, [3])
    header = "batch,reject,line,text,column,reason,mend,Day,Line,Scrapped,Made"
    fixed = f"{header}\n{loaded['batch']},1,3,,,,,2025-05-21,A,9,500\n"
    mended = program.post("/api/v1/ingest", fixed.encode(), "text/csv", name="fixed.csv").json
    assert mended["mends"] == {"batch": loaded["batch"], "now": 1, "settled": 1, "left": 0}
    assert [each["name"] for each in program.get("/api/v1/templates").json] == ["scrap report"]
    assert program.get("/api/v1/blank", name="weight").json["csv"] == "date,weight\r\n"


@pytest.mark.parametrize(
    ("body", "media"),
    [
        (CSV, "text/csv"),
        (CSV, "Text/CSV; charset=utf-8"),
        (RECORDS, "application/json"),
        ({"records": RECORDS}, "application/json"),
        (parquet(), "application/octet-stream"),
    ],
)
def test_a_file_is_loaded_once_and_taken_back(program: Program, works: Desk, body: object, media: str) -> None:
    before = stored(works)
    tried = program.post("/api/v1/ingest", body, media, dry_run="true")
    assert (tried.status, tried.json["dry_run"], tried.json["new"], stored(works)) == (200, True, 70, before)
    loaded = program.post("/api/v1/ingest", body, media, name="week.csv")
    assert (loaded.status, loaded.json["batch"], loaded.json["by"], loaded.json["new"]) == (201, 2, "erp", 70)
    assert stored(works) == sums(scrap_rows())
    if media != "text/csv" and not SOAK:  # what becomes of a load does not depend on how it was sent
        return
    again = program.post("/api/v1/ingest", body, media)
    assert (again.status, again.json["new"], stored(works)) == (200, 0, sums(scrap_rows()))
    undone = program.post("/api/v1/batches/2/undo", {"why": "wrong month"}, "application/json")
    assert (undone.status, undone.json["removed"], stored(works)) == (200, 70, before)
    assert program.get("/api/v1/batches").json[0]["undone_by"] == "erp"


def test_verdicts_follow_at_once(program: Program) -> None:
    first = program.get("/api/v1/review", kpi="scrap").json
    program.post("/api/v1/ingest", CSV)
    second = program.get("/api/v1/review", kpi="scrap").json
    assert second["versions"]["data"] > first["versions"]["data"]
    assert second["n"] > first["n"]


def test_rejected_records_are_told_with_their_reason(program: Program) -> None:
    found = program.post("/api/v1/ingest", CSV + b"\n2025-05-30,A,many,500")
    assert (found.status, found.json["outcome"], found.json["rows_rejected"]) == (201, "accept_with_rejects", 1)
    assert found.json["rejects"][0]["line"] == 72
    assert "many" in json.dumps(found.json["rejects"])


def test_a_file_without_a_usable_record_is_refused_with_its_records(program: Program, works: Desk) -> None:
    found = program.post("/api/v1/ingest", b"Day,Line,Scrapped,Made\n2125-05-30,A,4,500\n2125-05-31,A,5,500\n")
    assert (found.status, found.json["code"], len(works.batches())) == (422, "nothing_usable", 1)
    assert [reject["line"] for reject in found.json["rejects"]] == [2, 3]


def test_a_question_is_asked_and_answered(program: Program, works: Desk) -> None:
    rows = b"Day,Line,Scrapped,Made\n03/04/2026,A,4,500\n05/04/2026,A,3,500\n"
    asked = program.post("/api/v1/ingest", rows)
    assert (asked.status, asked.json["code"]) == (409, "needs_answer")
    question = asked.json["questions"][0]
    assert len(question["choices"]) == 2
    answered = program.post("/api/v1/ingest", rows, answer=f"{question['code']}={question['choices'][0]}")
    assert (answered.status, answered.json["new"]) == (201, 2)


@pytest.mark.parametrize(
    ("body", "media", "query", "status", "code"),
    [
        (b"", "text/csv", {}, 400, "no_file"),
        (b"%PDF-1.7 nothing", "text/csv", {}, 422, None),
        (CSV, "text/html", {}, 415, "media_type"),
        (CSV, "", {}, 415, "media_type"),
        (b"{", "application/json", {}, 400, "not_json"),
        ([], "application/json", {}, 422, "no_records"),
        ([1, 2], "application/json", {}, 422, "no_records"),
        ([{"Day": "2025-05-30", "Made": [1]}], "application/json", {}, 422, "nested"),
        ([{"Made": 1}, {"Made": "x"}], "application/json", {}, 422, "mixed_column"),
        (CSV, "text/csv", {"template": "erp"}, 404, "no_template"),
        (CSV, "text/csv", {"covers": "2025-05-01"}, 400, "parameter"),
        (CSV, "text/csv", {"answer": "nothing"}, 400, "parameter"),
        (CSV, "text/csv", {"dry_run": "perhaps"}, 400, "parameter"),
    ],
)
def test_what_cannot_be_loaded_is_said_and_changes_nothing(
    program: Program, works: Desk, body: object, media: str, query: dict[str, str], status: int, code: str | None
) -> None:
    before = stored(works)
    found = program.post("/api/v1/ingest", body, media, **query)
    assert (found.status, stored(works), len(works.batches())) == (status, before, 1)
    assert found.json["code"] == code or code is None
    assert found.json["detail"].endswith((".", "?"))


@pytest.mark.parametrize(
    ("path", "body", "status", "code"),
    [
        ("1/undo", {"why": "\ud800"}, 400, "not_json"),
        ("1/undo", {}, 400, "no_reason"),
        ("1/undo", {"why": " "}, 400, "no_reason"),
        ("1/undo", ["wrong"], 400, "no_reason"),
        ("9/undo", {"why": "wrong"}, 409, "refused"),
        ("x/undo", {"why": "wrong"}, 400, "parameter"),
    ],
)
def test_an_undo_needs_a_batch_and_a_reason(program: Program, path: str, body: object, status: int, code: str) -> None:
    found = program.post(f"/api/v1/batches/{path}", body, "application/json")
    assert (found.status, found.json["code"]) == (status, code)


def test_a_body_that_is_too_long_is_cut_off(program: Program, works: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPSMETRICS_UPLOAD_MB", "0.001")
    assert Settings.from_environment().upload_bytes < len(CSV)
    found = program.post("/api/v1/ingest", CSV)
    assert (found.status, found.json["code"], len(works.batches())) == (413, "too_large", 1)
    long = {"why": "x" * 70_000}
    assert program.post("/api/v1/batches/1/undo", long, "application/json").status == 413


@pytest.mark.parametrize(
    "body",
    [
        b"[" + b"[]," * JSON_VALUES + b"[]]",
        json.dumps([{f"c{n}": 1} for n in range(2000)]).encode(),  # few values, and 4,000,000 cells
        b'["' + b"x" * JSON_BYTES + b'"]',
    ],
    ids=["values", "cells", "bytes"],
)
def test_json_that_would_need_much_memory_is_refused(program: Program, works: Desk, body: bytes) -> None:
    found = program.post("/api/v1/ingest", body, "application/json")
    assert (found.status, found.json["code"], len(works.batches())) == (413, "too_large", 1)


def test_who_sends_too_slowly_or_leaves_is_not_waited_for(
    program: Program, port: int, works: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "PATIENCE", 0.3)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    head = f"POST /api/v1/ingest HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {program.token}\r\n"
    head += "Content-Type: text/csv\r\n"
    with socket.create_connection(("127.0.0.1", port)) as slow, socket.create_connection(("127.0.0.1", port)) as gone:
        for sender in (slow, gone):
            sender.sendall(f"{head}Content-Length: 1000\r\n\r\nDay,Line".encode())
        gone.close()
        slow.settimeout(30)
        assert b" 408 " in slow.recv(4096).partition(b"\r\n")[0]
    assert program.post("/api/v1/ingest", CSV).status == 201
    assert (len(works.batches()), list((tmp_path / "temporary").glob("opsmetrics-*"))) == (2, [])


def test_the_name_of_a_file_is_a_name_and_no_path(program: Program, works: Desk, tmp_path: Path) -> None:
    assert program.post("/api/v1/ingest", CSV, name="ö" * 300, dry_run="").status == 200
    program.post("/api/v1/ingest", CSV, name="../../\x1b[2Jweek.csv")
    assert program.get("/api/v1/batches").json[0]["source"] == "[2Jweek.csv"
    assert not list(tmp_path.glob("**/*week*"))


def test_a_right_is_needed_for_each(port: int, tokens: Tokens) -> None:
    reader, loader = (Program(port, tokens.add(right, right, days=1, by="Ann")) for right in ("read", "load"))
    assert (reader.get("/api/v1/kpis").status, reader.post("/api/v1/ingest", CSV).status) == (200, 403)
    assert loader.post("/api/v1/ingest", CSV).status == 201
    assert loader.post("/api/v1/batches/2/undo", {"why": "x"}, "application/json").json["code"] == "right"
