"""Backups that open, the way back, and what a damaged or cut store is told by."""

from __future__ import annotations

import random
import threading
from pathlib import Path

import pytest

from opsmetrics.measurements import Span
from opsmetrics.store import Store, StoreBusy, StoreError, all_or_nothing, back_up, backups_in, restore
from tests.built import once
from tests.cases import cases
from tests.store.builders import batch, catalog, count, day, event, reading


@pytest.fixture
def path(tmp_path: Path) -> Path:
    plant(tmp_path / "plant.duckdb")
    return tmp_path / "plant.duckdb"


@once
def plant(path: Path) -> None:
    with Store.open(path) as store:
        store.apply_catalog(catalog(), by="Ada")
        for number in range(4):
            rows = [count(day(n), number, site=f"s{n % 2}") for n in range(number, number + 6)]
            store.commit(batch(*rows, reading(day(number), 1.5, site="s"), source=f"{number}.csv"), by="Ada")


def codes(store: Store) -> list[str]:
    return [finding.code for finding in store.check()]


def facts(store: Store) -> list[tuple]:
    rows = store.read("SELECT * EXCLUDE batch FROM counts ORDER BY ALL")
    return [tuple(row) for row in rows.itertuples(index=False)]


# A store that fits together


def test_any_order_of_loads_and_undos_fits_together(tmp_path: Path) -> None:
    for seed in range(cases(4, 12)):
        chance = random.Random(seed)
        with Store.open(tmp_path / f"{seed}.duckdb") as store:
            store.apply_catalog(catalog(), by="Ada")
            live: list[int] = []
            for step in range(12):
                if live and chance.random() < 0.35:
                    store.undo(live.pop(chance.randrange(len(live))), by="Ada")
                    continue
                days = chance.sample(range(6), 4)
                rows = [count(day(n), chance.randrange(3), site=chance.choice("st")) for n in days]
                rows += [reading(day(n), chance.gauss(1e6, 1), chance.randrange(3), site="s") for n in days[:3]]
                happened = [event(day(n), reference=f"r{n}", minutes=float(chance.randrange(3))) for n in days[:2]]
                loose = [event(day(n), "Jam") for n in days] if chance.random() < 0.5 else []
                spans = (Span("events:stops", day(0), day(6), replaces=True),) if loose else ()
                receipt = store.commit(batch(*rows, *happened, *loose, source=f"{step}", spans=spans), by="Ada")
                live += [receipt.batch] if receipt.batch else []
                assert store.check() == (), f"seed {seed}, step {step}"


# What does not fit


@pytest.mark.parametrize(
    ("damage", "code"),
    [
        ("DELETE FROM counts WHERE batch = 4 AND numerator = 3", "amount"),
        ("INSERT INTO counts SELECT * FROM counts LIMIT 1", "twice"),
        ("UPDATE counts SET batch = 77 WHERE batch = 4", "foreign"),
        ("DELETE FROM batches WHERE batch = 4", "lost_batches"),
        ("UPDATE meta SET data_version = 2", "older"),
        ("UPDATE count_totals SET numerator = numerator + 1 WHERE site = 's1'", "totals"),
        ("UPDATE reading_totals SET mean = mean + 1e-6", "totals"),
        ("DELETE FROM count_totals WHERE rows = (SELECT max(rows) FROM count_totals)", "totals"),
    ],
)
def test_each_kind_of_damage_is_told(path: Path, damage: str, code: str) -> None:
    with Store.open(path) as store:
        assert codes(store) == []
        with store._engine.writing() as transaction:
            transaction.cursor.execute(damage)
        assert code in codes(store)


def test_a_line_that_was_cut_does_not_hide_the_others(path: Path) -> None:
    notes = path.with_name(path.name + ".receipts")
    notes.write_text(notes.read_text() + '{"at": "2026-01-01T0')
    with Store.open(path) as store:
        assert codes(store) == []
        store.commit(batch(count(day(40), 1, site="s"), source="later"), by="Ada")
        assert codes(store) == []
        with store._engine.writing() as transaction:
            transaction.cursor.execute("DELETE FROM batches WHERE batch = 5")
        assert "lost_batches" in codes(store)


# Backup and restore


def test_batches_after_the_backup_are_no_longer_promised_after_a_restore(path: Path, tmp_path: Path) -> None:
    with Store.open(path) as store:
        made = back_up(store, tmp_path)
        store.commit(batch(count(day(50), 1, site="s"), source="after"), by="Ada")
    restore(made.path, path)
    with Store.open(path) as store:
        assert codes(store) == []
        assert list(store.batches()["batch"]) == [1, 2, 3, 4]
    kept = [each.name for each in tmp_path.iterdir() if ".before-restore-" in each.name]
    assert len(kept) == 1, "what was there is put aside"


def test_backups_while_others_read_and_write_are_whole(path: Path, tmp_path: Path) -> None:
    with Store.open(path) as store:
        over = threading.Event()

        def write() -> None:
            number = 0
            while not over.is_set():
                number += 1
                store.commit(batch(*[count(day(n), number, site="w") for n in range(200)], source=f"{number}"), by="w")

        def read() -> None:
            while not over.is_set():
                store.read("SELECT sum(numerator) FROM counts")

        threads = [threading.Thread(target=work) for work in (write, read, read)]
        for thread in threads:
            thread.start()
        try:
            made = [back_up(store, tmp_path / f"b{n}") for n in range(4)]
        finally:
            over.set()
            for thread in threads:
                thread.join()
        assert codes(store) == []
        assert [b.batch for b in made] == sorted(b.batch for b in made)
        assert made[-1].batch <= store.batches()["batch"].max()
    with pytest.raises(StoreBusy), Store.open(path):
        restore(made[-1].path, path)


def test_only_the_newest_are_kept_and_other_files_stay(path: Path, tmp_path: Path) -> None:
    folder = tmp_path / "safe"
    folder.mkdir()
    for name in ("plant-2026-01-01T000000Z.duckdb", "plant-2026-01-02T000000Z.duckdb", "plant-west.duckdb"):
        (folder / name).write_bytes(b"x")
    with Store.open(path) as store:
        made = back_up(store, folder, keep=2)
    names = sorted(each.name for each in folder.iterdir())
    assert names == ["plant-2026-01-02T000000Z.duckdb", made.path.name, "plant-west.duckdb"]
    assert backups_in(folder, path) == [folder / "plant-2026-01-02T000000Z.duckdb", made.path]


def test_a_damaged_backup_is_refused_and_the_store_stays(path: Path, tmp_path: Path) -> None:
    with Store.open(path) as store:
        made = back_up(store, tmp_path / "safe")
        before = facts(store)
    data = bytearray(made.path.read_bytes())
    data[: len(data) // 2] = bytes(len(data) // 2)
    made.path.write_bytes(data)
    with pytest.raises(StoreError):
        restore(made.path, path)
    with Store.open(path) as store:
        assert facts(store) == before
    assert not path.with_name(path.name + ".part").exists()


def test_nothing_is_left_of_a_backup_that_fails(path: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("no folder")
    with Store.open(path) as store, pytest.raises(StoreError, match="cannot be made"):
        back_up(store, blocked)
    with pytest.raises(StoreError, match="There is no backup at"):
        restore(tmp_path / "none.duckdb", path)
    assert sorted(each.name for each in tmp_path.iterdir()) == [
        "file",
        path.name,
        f"{path.name}.lock",
        f"{path.name}.receipts",
    ]


# A store that is filled in many steps


def test_a_store_is_made_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "new.duckdb"
    with pytest.raises(RuntimeError), all_or_nothing(path) as part, Store.open(part) as store:
        store.apply_catalog(catalog(), by="Ada")
        store.commit(batch(count(day(0), 1, site="s")), by="Ada")
        raise RuntimeError
    assert [left.name for left in tmp_path.iterdir()] == ["new.duckdb.lock"]
    (tmp_path / "new.duckdb.part").write_bytes(b"left by a process that was killed")
    with all_or_nothing(path) as part, Store.open(part) as store:
        store.apply_catalog(catalog(), by="Ada")
        store.commit(batch(count(day(0), 1, site="s")), by="Ada")
        with pytest.raises(StoreBusy), all_or_nothing(path):
            pass
    with Store.open(path) as store:
        assert (len(store.batches()), store.check()) == (1, ())
    assert sorted(left.name for left in tmp_path.iterdir()) == [
        "new.duckdb",
        "new.duckdb.lock",
        "new.duckdb.receipts",
    ]
