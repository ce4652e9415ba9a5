"""Which version a batch, an undo and a decision made: noted as they happen, and found out for older stores."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pandas as pd
import pytest

from opsmetrics.catalog import Attention, Decision
from opsmetrics.store import Store, StoreClosed, attend
from opsmetrics.store.schema import known_migrations
from tests.store.builders import batch, catalog, count, day


def lived(path: Path) -> Store:
    """A store with batches, undos, targets of the definitions, and decisions in between."""
    store = Store.open(path)
    store.apply_catalog(catalog(), by="ann")
    for number in (5, 6, 7):
        store.commit(batch(count(day(number), number, site="North")), by="ann")
    store.undo(2, by="ann")
    store.decide(Decision("late", "annotate", value="a", by="ann"))
    store.commit(batch(count(day(9), 1, site="North")), by="ann")
    store.undo(1, by="ann")
    store.decide(Decision("late", "annotate", value="b", by="ann"))
    return store


def versions(store: Store) -> tuple[pd.DataFrame, pd.DataFrame]:
    return (
        store.read("SELECT batch, data_version, undone_version FROM batches ORDER BY batch"),
        store.read("SELECT id, version FROM decisions ORDER BY id"),
    )


def test_each_batch_undo_and_decision_knows_its_version(tmp_path: Path) -> None:
    with lived(tmp_path / "kpis.duckdb") as store:
        batches, decisions = versions(store)
        assert batches["data_version"].tolist() == [1, 2, 3, 5]
        assert batches["undone_version"].fillna(0).tolist() == [6, 4, 0, 0]
        assert store.data_version == 6
        assert decisions["version"].iloc[-1] == store.decisions_version
        assert decisions["version"].tolist() == sorted(decisions["version"])


def test_an_older_store_finds_its_versions_out(tmp_path: Path) -> None:
    """The migration's own statements give what was noted as it happened."""
    (migration,) = [each for each in known_migrations() if each.name == "versions"]
    updates = [part for part in migration.sql.split(";") if part.strip().startswith("UPDATE")]
    assert len(updates) == 3
    with lived(tmp_path / "kpis.duckdb") as store:
        noted = versions(store)
        with store._engine.writing() as transaction:
            transaction.cursor.execute("UPDATE batches SET data_version = NULL, undone_version = NULL")
            transaction.cursor.execute("UPDATE decisions SET version = NULL")
            for update in updates:
                transaction.cursor.execute(update)
        for found, wanted in zip(versions(store), noted, strict=True):
            pd.testing.assert_frame_equal(found, wanted)


def test_versions_and_definitions_are_remembered_only_while_nothing_is_written(store: Store) -> None:
    def written() -> tuple[int, ...]:
        last = "(SELECT coalesce(max(id), 0) FROM attention)"
        return tuple(store.read(f"SELECT data_version, decisions_version, {last} FROM meta").iloc[0].astype(int))

    signal = Attention("late", (), "day", "seen", "high", "1 Mar 2024", "2 Mar 2024", by="ann")
    wider = catalog(version="v2", dimensions=("site", "line", "shift"))
    seen = [(store.counted, store.catalog.version)]
    for write in (
        lambda: store.commit(batch(count(day(1), 5, site="North")), by="ann"),
        lambda: store.undo(1, by="ann"),
        lambda: store.decide(Decision("late", "annotate", value="a", by="ann")),
        lambda: attend(store, signal),
        lambda: store.apply_catalog(wider, by="ann"),
    ):
        write()
        now = (store.counted, store.catalog.version)
        assert now not in seen
        assert store.counted == written()
        seen.append(now)


def test_what_is_not_committed_yet_is_not_remembered(store: Store) -> None:
    """Another thread that asks in the middle of a writing is told what was in force, and the new version after it."""
    before = store.counted
    with store._engine.writing() as transaction, ThreadPoolExecutor(1) as other:
        transaction.cursor.execute("UPDATE meta SET data_version = data_version + 1")
        assert other.submit(lambda: store.counted).result() == before
    assert store.data_version == before[0] + 1
    with pytest.raises(ZeroDivisionError), store._engine.writing() as transaction:
        transaction.cursor.execute("UPDATE meta SET data_version = data_version + 1")
        raise ZeroDivisionError
    assert store.data_version == before[0] + 1


def test_a_closed_store_remembers_nothing(tmp_path: Path) -> None:
    with Store.open(tmp_path / "kpis.duckdb") as store:
        assert store.counted == (0, 0, 0)
    with pytest.raises(StoreClosed):
        store.counted  # noqa: B018
    with pytest.raises(StoreClosed):
        store.catalog  # noqa: B018
