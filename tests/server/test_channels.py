"""One file by terminal, interface for programs and inbox: the same questions, refusals, rejects and warnings."""

from __future__ import annotations

from typing import Any

from opsmetrics.desk import Desk
from opsmetrics.desk.loading import Order, load
from opsmetrics.server.inbox import Inbox
from tests.server.conftest import Program
from tests.server.test_inbox import look, receipts

HEAD = "Day,Line,Scrapped,Made\n"
FILES = {
    "asks.csv": HEAD + "03/04/2025,A,4,500\n05/04/2025,A,3,500\n",
    "refused.csv": HEAD + "soon,A,4,500\nlater,A,3,500\n",
    "warned.csv": HEAD + "2025-08-04,A,4,500\n2025-08-05,C,3,500\n2025-08-06,A,many,500\n2025-08-07,A,600,500\n",
}
#: What every channel must say alike.
TOLD = ("code", "questions", "warnings", "reject_lines", "records", "rows", "rows_rejected", "new", "updated")


def told(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: answer[name] for name in TOLD if name in answer}


def test_every_channel_says_the_same(program: Program, works: Desk) -> None:
    works.settings.inbox.mkdir()
    inbox = Inbox(works.settings)
    for name, text in FILES.items():
        path = works.settings.inbox / name
        path.write_text(text, encoding="utf-8")
        terminal = load(works, path, Order("Ann", dry_run=True)).answer
        asked = program.post("/api/v1/ingest", text.encode(), name=name, dry_run="true")
        look(inbox)
        (dropped,) = receipts(works.settings.inbox)
        for found in works.settings.inbox.rglob("*.receipt.json"):
            found.unlink()
        assert told(dropped) == told(terminal) != {}, name
        assert {key: asked.json[key] for key in told(terminal)} == told(terminal), name
    assert {"gap", "new_name"} <= {one["code"] for one in terminal["warnings"]}

    body = FILES["asks.csv"].encode()
    asked = program.post("/api/v1/ingest", body, dry_run="true")
    assert asked.status == 409
    (question,) = asked.json["questions"]
    choice = question["choices"][0]
    answered = program.post("/api/v1/ingest", body, dry_run="true", answer=f"{question['code']}={choice}")
    path = works.settings.store.parent / "asks.csv"
    path.write_bytes(body)
    here = load(works, path, Order("Ann", answers={question["code"]: choice}, dry_run=True)).answer
    assert (answered.status, told(answered.json)) == (200, told(here)), (
        "a question is answered by its code and a choice"
    )
