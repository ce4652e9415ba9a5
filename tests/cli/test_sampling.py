"""sample: a store full of labelled, invented data, and never among a person's own."""

from __future__ import annotations

import csv
import datetime as dt
import json
import shutil
from pathlib import Path

import pytest

from opsmetrics.cli import sampling
from opsmetrics.store import Store, StoreBusy
from tests.built import SAID, TOLD
from tests.cli.conftest import CATALOG, PART_NAMES, Run

CORRECTED = "sample_appointments_corrected.csv"


@pytest.fixture
def folder(sample_folder: Path, tmp_path: Path) -> Path:
    """A folder whose store holds the sample."""
    return Path(shutil.copytree(sample_folder, tmp_path / "sample"))


def test_it_loads_every_file_it_writes(sample_folder: Path) -> None:
    answer = json.loads((sample_folder / TOLD).read_text(encoding="utf-8"))
    written = sorted(path.name for path in sample_folder.glob("sample_*.csv"))
    receipts = answer["receipts"]
    assert sorted(receipt["source"] for receipt in receipts) == written
    assert all(receipt["records"] == sum(receipt[part] for part in PART_NAMES) for receipt in receipts)
    *fresh, correction = receipts
    assert all((receipt["new"] > 0, receipt["updated"]) == (True, 0) for receipt in fresh)
    assert (correction["source"], correction["new"], correction["updated"]) == (CORRECTED, 0, 5)
    total = answer["total"]
    assert total["records"] == sum(receipt["records"] for receipt in receipts)
    assert all(total[part] == 0 for part in PART_NAMES[1:])
    assert f"{total['records']:,} invented records from {len(receipts)} files" in (sample_folder / SAID).read_text(
        encoding="utf-8"
    )


def test_every_verdict_of_its_truth_can_be_asked_for(run: Run, folder: Path) -> None:
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    answers = run("review", "--store", folder / "kpis.duckdb", "--json").json
    shown = {(answer["kpi"], "".join(f"{k}={v}" for k, v in answer["slice"].items())) for answer in answers}
    last = max(row["morning"] for row in rows)
    assert shown == {(row["kpi"], row["slice"]) for row in rows if row["morning"] == last}


def test_it_ends_before_today(run: Run, folder: Path) -> None:
    answer = run("review", "on_time_in_full", "--store", folder / "kpis.duckdb", "--json").json
    last = max(point["period"][:10] for point in answer["points"] if point["rows"])
    assert dt.date.fromisoformat(last) < dt.date.today()


def test_a_second_time_is_refused(run: Run, folder: Path) -> None:
    ran = run("sample", "--store", folder / "kpis.duckdb")
    assert (ran.code, ran.out) == (1, "")
    batches = len(list(folder.glob("sample_*.csv")))
    assert f"holds {batches} batches already" in ran.err


def test_definitions_of_ones_own_are_not_replaced(run: Run, tmp_path: Path) -> None:
    (tmp_path / "kpis.toml").write_text(CATALOG, encoding="utf-8")
    ran = run("sample", "--store", tmp_path / "kpis.duckdb")
    assert ran.code == 1
    assert "definitions of your own" in ran.err
    assert (tmp_path / "kpis.toml").read_text(encoding="utf-8") == CATALOG
    assert not (tmp_path / "kpis.duckdb").exists()


def test_a_store_with_data_of_ones_own_is_left_alone(run: Run, works: Path, tmp_path: Path) -> None:
    store = tmp_path / "kpis.duckdb"
    store.write_bytes((works / "kpis.duckdb").read_bytes())
    ran = run("sample", "--store", store)
    assert ran.code == 1
    assert "holds 1 batch already" in ran.err
    assert [path.name for path in tmp_path.glob("*.csv")] == []


def test_a_store_with_definitions_of_ones_own_is_left_alone(run: Run, tmp_path: Path) -> None:
    store = tmp_path / "kpis.duckdb"
    (tmp_path / "mine.toml").write_text(CATALOG, encoding="utf-8")
    assert run("init", "--store", store, "--catalog", tmp_path / "mine.toml").code == 0
    ran = run("sample", "--store", store)
    assert ran.code == 1
    assert "definitions of your own (scrap, weight)" in ran.err
    assert sorted(path.name for path in tmp_path.glob("*.csv")) == []


def test_nothing_is_left_to_find_fault_with(run: Run, folder: Path) -> None:
    ran = run("check", "--store", folder / "kpis.duckdb", "--json")
    assert (ran.json["batches"], ran.json["findings"]) == (len(list(folder.glob("sample_*.csv"))), [])


@pytest.mark.parametrize("stop", [KeyboardInterrupt, RuntimeError])
def test_stopped_half_way_it_leaves_no_store(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop: type[BaseException]
) -> None:
    store, load = tmp_path / "kpis.duckdb", sampling.commit

    def stopped(desk: sampling.Desk, *rest: object) -> object:
        if len(desk.batches()) == 2:
            with pytest.raises(StoreBusy, match="maker of a new store"):
                Store.open(store)
            raise stop("here")
        return load(desk, *rest)

    monkeypatch.setattr(sampling, "commit", stopped)
    ran = run("sample", "--store", store)
    assert (ran.code, ran.out) == (1, "")
    left = {path.name for path in tmp_path.glob("kpis.duckdb*")}
    assert left == {"kpis.duckdb.lock"}
