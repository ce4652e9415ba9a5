"""morning, as typed."""

from __future__ import annotations

from pathlib import Path

from opsmetrics.store import Store
from tests.cli.conftest import AS_OF, Run
from tests.cli.conftest import folder as folder
from tests.cli.conftest import run as run
from tests.cli.conftest import store as store
from tests.cli.conftest import works as works


def test_a_morning_keeps_the_verdicts_and_a_second_one_nothing(run: Run, store: Path) -> None:
    first = run("morning", "--store", store, "--as-of", AS_OF, "--json")
    assert first.code == 0
    (told,) = first.json
    assert (told["site"], told["day"], told["closed"], told["reviewed"]) == ("default", AS_OF, "2025-05-09", 3)
    assert told["kept"] == 3
    assert run("morning", "--store", store, "--as-of", AS_OF, "--json").json[0]["kept"] == 0
    with Store.open(store) as opened:
        assert opened.chores() == (), "only the morning of today is noted as run"
        assert set(opened.shown("scrap", (), "day")["channel"]) == {"store", "morning"}


def test_who_has_not_reported_is_marked(run: Run, store: Path) -> None:
    told = run("morning", "--store", store)
    assert told.code == 0
    assert "3 verdicts, " in told.out
    assert told.out.splitlines()[1:] == ["Scrap: Missing", "Scrap · A: Missing"]
    with Store.open(store) as opened:
        (noted,) = opened.chores()
        assert [each["kpi"] for each in noted.told["silent"]] == ["scrap", "scrap"]


def test_while_somebody_has_the_store_it_says_who(run: Run, store: Path) -> None:
    with Store.open(store, role="app"):
        told = run("morning", "--store", store)
    assert told.code == 1
    assert "in use by the app" in told.err
    assert "The app makes the morning run by itself; its page Data says when it last did." in told.err


def test_without_definitions_there_is_nothing_to_look_at(run: Run, tmp_path: Path) -> None:
    run("init", "--store", tmp_path / "new.duckdb")
    told = run("morning", "--store", tmp_path / "new.duckdb")
    assert (told.code, told.out) == (0, "There is nothing to look at: no KPI is defined.\n")
