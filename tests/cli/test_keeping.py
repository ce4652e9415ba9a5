"""backup, restore, check and compact, as typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from opsmetrics.cli.main import main
from opsmetrics.store import Store
from tests.store.builders import batch, catalog, count, day


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "kpis.duckdb"
    with Store.open(path) as opened:
        opened.apply_catalog(catalog(), by="ann")
        for number in (5, 6):
            opened.commit(batch(count(day(0), number, site="North")), by="ann")
    return path


def told(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str, str]:
    code = main([str(word) for word in words])
    return code, *capsys.readouterr()


def test_the_way_there_and_back(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = told(capsys, "backup", "--store", store, "--json")
    made = json.loads(out)
    assert (code, made["batch"]) == (0, 2)
    assert Path(made["path"]).parent == store.parent / "backups"
    with Store.open(store) as opened:
        opened.commit(batch(count(day(1), 1, site="North")), by="ann")
    code, out, err = told(capsys, "restore", made["path"], "--store", store)
    assert (code, err) == (0, "")
    assert "up to batch 2" in out
    code, out, _ = told(capsys, "check", "--store", store, "--json")
    assert (code, json.loads(out)) == (0, {"batches": 2, "findings": []})


def test_what_does_not_fit_is_said_with_exit_code_1(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Store.open(store) as opened, opened._engine.writing() as transaction:
        transaction.cursor.execute("DELETE FROM batches WHERE batch = 2")
    code, out, err = told(capsys, "check", "--store", store)
    assert (code, out) == (1, "")
    assert "Acknowledged and no longer in the store: batches 2." in err
    code, out, _ = told(capsys, "check", "--store", store, "--json")
    assert code == 1
    assert "lost_batches" in {finding["code"] for finding in json.loads(out)["findings"]}
    code, _, err = told(capsys, "backup", "--store", store)
    assert code == 1
    assert "is not whole, and nothing of it is shown. Acknowledged and no longer in the store: batches 2." in err
    assert not (store.parent / "backups").exists()


def test_compact_keeps_what_is_there(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = told(capsys, "compact", "--store", store)
    assert (code, err) == (0, "") and out.startswith("1 fact lies in order of KPI and time")
    code, out, _ = told(capsys, "compact", "--store", store, "--json")
    answer = json.loads(out)
    assert (code, answer["facts"], answer["bytes"]) == (0, 1, store.stat().st_size)
    with Store.open(store) as opened:
        assert opened.check() == () and opened.read("SELECT numerator FROM counts")["numerator"].tolist() == [6.0]


def test_a_backup_that_is_none_is_refused_in_a_sentence(store: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, _, err = told(capsys, "restore", store.parent / "none.duckdb", "--store", store)
    assert code == 1
    assert "There is no backup at" in err
