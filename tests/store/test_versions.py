"""Which version a batch, an undo and a decision made: noted as they happen, and found out for older stores."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from opsmetrics.catalog import Decision
from opsmetrics.store import Store
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
