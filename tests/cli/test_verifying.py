"""verify, as typed: every way out of the terminal carries an id, and each id leads back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import AS_OF, Run, scrap_rows, write_scrap
from tests.cli.conftest import folder as folder
from tests.cli.conftest import run as run
from tests.cli.conftest import store as store
from tests.cli.conftest import works as works


def id_of(run: Run, store: Path, *more: str) -> str:
    return str(run("review", "scrap", "--as-of", AS_OF, "--store", store, "--json", *more).json["id"])


def test_a_verdict_of_the_terminal_is_verified(run: Run, store: Path) -> None:
    id_ = id_of(run, store)
    told = run("verify", id_.lower().replace("-", ""), "--store", store)
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith(f"{id_}: Scrap (by day), first shown as of ")
    assert "Equal: judged again today it says the same." in told.out
    answer = run("verify", id_, "--store", store, "--json").json
    assert (answer["id"], answer["equal"], answer["equal_then"], answer["causes"]) == (id_, True, True, [])
    assert answer["sentence_then"] == answer["sentence_now"] != ""


def test_what_changed_it_is_said_with_exit_code_3(run: Run, folder: Path, store: Path) -> None:
    id_ = id_of(run, store)
    day, line, _, made = scrap_rows()[len(scrap_rows()) // 2 - 1]
    write_scrap(folder / "corrected.csv", [(day, line, made // 2, made)])
    assert run("ingest", folder / "corrected.csv", "--store", store, "--by", "Bob").code == 0
    told = run("verify", id_, "--store", store)
    assert told.code == 3
    assert "Different: today it says something else." in told.out
    assert "it follows as it was shown." in told.out
    (by,) = [line for line in told.out.splitlines() if line.startswith("By")]
    assert "batch 2 (corrected.csv)" in by
    assert "by Bob" in by
    answer = run("verify", id_, "--store", store, "--json")
    assert (answer.code, answer.json["equal"], answer.json["equal_then"]) == (3, False, True)
    assert [(cause["what"], cause["number"]) for cause in answer.json["causes"]] == [("batch", 2)]


def test_an_id_that_nobody_knows_or_that_is_none(run: Run, store: Path) -> None:
    unknown = run("verify", "00000-00000", "--store", store, "--json")
    assert (unknown.code, unknown.json["error"]["code"]) == (1, "refused")
    assert "No verdict with the id 00000-00000 is kept in this store." in unknown.err
    wrong = run("verify", "scrap", "--store", store)
    assert wrong.code == 2
    assert "wanted an id of 10 letters and digits" in wrong.err


@pytest.mark.parametrize("kind", ["html", "json"])
def test_a_chart_carries_it(run: Run, store: Path, folder: Path, kind: str) -> None:
    made = run("chart", "scrap", "--as-of", AS_OF, "--store", store, "--out", folder / f"c.{kind}", "--json").json
    assert made["id"] == id_of(run, store)
    text = (folder / f"c.{kind}").read_text(encoding="utf-8")
    assert (
        f"Verdict {made['id']}" in text
        if kind == "html"
        else json.loads(text)["layout"]["meta"] == {"verdict": made["id"]}
    )
    assert run("verify", made["id"], "--store", store).code == 0


def test_lists_and_the_summary_carry_them(run: Run, store: Path) -> None:
    listed = run("review", "--store", store, "--as-of", AS_OF, "--json").json
    rows = run("summary", "--store", store, "--as-of", AS_OF, "--json").json["kpis"]
    ids = {row["id"] for row in (*listed, *rows)}
    assert len(listed) == 3
    assert None not in ids
    assert {run("verify", id_, "--store", store).code for id_ in sorted(ids)} == {0}


def test_a_view_without_a_verdict_has_none(run: Run, store: Path) -> None:
    assert run("review", "scrap", "--grain", "quarter", "--store", store, "--json").json["id"] is None
    assert "\nId" in run("review", "scrap", "--store", store).out
    assert "\nId" not in run("review", "scrap", "--grain", "quarter", "--store", store).out
