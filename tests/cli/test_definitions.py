"""init and kpis: the store and the definitions in it."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from tests.cli.conftest import CATALOG, Run

BROKEN = CATALOG.replace('better = "lower"', 'beter = "lower"').replace('kind = "measured"', 'kind = "measure"')


def test_init_makes_an_empty_store(run: Run, tmp_path: Path) -> None:
    store = tmp_path / "new" / "kpis.duckdb"
    ran = run("init", "--store", store, "--json")
    assert (ran.code, ran.json["kpis"], ran.json["store"]) == (0, [], str(store))
    assert run("batches", "--store", store, "--json").json == []


def test_init_takes_the_definitions_that_lie_beside(run: Run, tmp_path: Path) -> None:
    (tmp_path / "kpis.toml").write_text(CATALOG, encoding="utf-8")
    ran = run("init", "--store", tmp_path / "kpis.duckdb", "--json")
    assert ran.json["kpis"] == ["scrap", "weight"]


def test_init_does_not_touch_a_store_that_exists(run: Run, store: Path) -> None:
    before = store.stat()
    ran = run("init", "--store", store)
    assert ran.code == 1
    assert "already" in ran.err
    assert (store.stat().st_size, store.stat().st_mtime_ns) == (before.st_size, before.st_mtime_ns)


def test_init_with_mistaken_definitions_makes_no_store(run: Run, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(BROKEN, encoding="utf-8")
    ran = run("init", "--store", tmp_path / "kpis.duckdb", "--catalog", tmp_path / "mine.toml")
    assert ran.code == 1
    assert "kpis.scrap.beter" in ran.err
    assert "kpis.weight.kind" in ran.err
    assert not (tmp_path / "kpis.duckdb").exists()


@pytest.mark.parametrize("command", ["batches", "review", "kpis export", "undo 1", "kpis apply kpis.toml"])
def test_a_store_that_is_not_there_is_not_made_by_accident(run: Run, folder: Path, command: str) -> None:
    missing = folder / "else" / "kpis.duckdb"
    ran = run(*command.replace("kpis.toml", str(folder / "kpis.toml")).split(), "--store", missing)
    assert ran.code == 1
    assert f"no store at {missing}" in ran.err
    assert not missing.parent.exists()


def test_check_lists_every_mistake_with_its_mend(run: Run, folder: Path) -> None:
    (folder / "kpis.toml").write_text(BROKEN, encoding="utf-8")
    ran = run("kpis", "check", "--store", folder / "kpis.duckdb", "--json")
    assert ran.code == 1
    problems = {problem["key"]: problem for problem in ran.json["problems"]}
    assert {"kpis.scrap.beter", "kpis.scrap.better", "kpis.weight.kind"} <= set(problems)
    assert all(problem["wanted"] and problem["mend"] for problem in problems.values())
    assert all(key in ran.err for key in problems)


def test_check_of_sound_definitions(run: Run, folder: Path) -> None:
    ran = run("kpis", "check", folder / "kpis.toml")
    assert (ran.code, ran.out) == (0, f"{folder / 'kpis.toml'} is in order.\n")


def test_check_of_a_file_that_is_not_there(run: Run, tmp_path: Path) -> None:
    ran = run("kpis", "check", tmp_path / "none.toml")
    assert ran.code == 1
    assert str(tmp_path / "none.toml") in ran.err


def test_apply_says_what_changed(run: Run, folder: Path, store: Path) -> None:
    changed = CATALOG.replace('name = "Weight"', 'name = "Bag weight"')
    (folder / "kpis.toml").write_text(changed, encoding="utf-8")
    ran = run("kpis", "apply", "--store", store, "--json")
    assert ran.code == 0
    assert any("weight" in change.lower() for change in ran.json["changes"])
    assert run("kpis", "apply", "--store", store, "--json").json["changes"] == []


def test_apply_of_mistaken_definitions_changes_nothing(run: Run, folder: Path, store: Path) -> None:
    before = run("kpis", "export", "--store", store).out
    (folder / "kpis.toml").write_text(BROKEN, encoding="utf-8")
    assert run("kpis", "apply", "--store", store).code == 1
    assert run("kpis", "export", "--store", store).out == before


def test_a_new_key_dimension_asks_for_the_old_rows(run: Run, folder: Path, store: Path) -> None:
    more = CATALOG.replace('line = "Line"', 'line = "Line"\nshift = "Shift"')
    more = more.replace('dimensions = ["line"]', 'dimensions = ["line", "shift"]')
    (folder / "kpis.toml").write_text(more, encoding="utf-8")
    asked = run("kpis", "apply", "--store", store)
    assert asked.code == 1
    assert "scrap.shift" in asked.err
    assert run("kpis", "apply", "--store", store, "--fill", "scrap.shift=all").code == 0
    slices = run("review", "scrap", "--store", store, "--by", "shift", "--json").json
    assert [item["slice"] for item in slices] == [{"shift": "all"}]


def test_export_can_be_applied_again(run: Run, folder: Path, store: Path) -> None:
    out = folder / "out.toml"
    assert run("kpis", "export", "--store", store, "--out", out).out == ""
    assert set(tomllib.loads(out.read_text(encoding="utf-8"))["kpis"]) == {"scrap", "weight"}
    assert run("kpis", "apply", out, "--store", store).code == 0


def test_export_holds_the_target_as_decided(run: Run, store: Path) -> None:
    run("decide", "target", "scrap", "--at", "2025-04-01", "--value", "3.5", "--why", "plan", "--store", store)
    text = run("kpis", "export", "--store", store, "--json").json["toml"]
    targets = tomllib.loads(text)["kpis"]["scrap"]["targets"]
    assert 3.5 in [target["value"] for target in targets]
