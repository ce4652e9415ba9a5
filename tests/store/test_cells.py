"""Totals are what the facts add up to, whatever came, went, or was laid in another order.

Authority: the facts themselves, added up by pandas (`test_keeping` compares after every load and undo of random
sequences, `test_past` at every earlier version, by SQL).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from opsmetrics.store import Store
from opsmetrics.store.engine import Engine
from opsmetrics.store.schema import known_migrations, migrate
from tests.store.builders import LATE, PLAIN, WAIT, batch, catalog, count, day, reading

MINUTE = dt.timedelta(minutes=1)


def loaded(store: Store) -> None:
    """Counts and readings in and around a quarter-hour, of several sites and none, some of them overwritten."""
    rows = [count(day(0) + n * 4 * MINUTE, n, site=site) for n in range(9) for site in ("N", "S", None)]
    read = [reading(day(0) + n * 7 * MINUTE, 1e6 + n, sample, site="N") for n in range(5) for sample in (1, 2)]
    store.commit(batch(*rows, *read, source="first"), by="Ada")
    store.commit(batch(*(dict(row, numerator=50.0) for row in rows[:4]), read[3] | {"value": 7.0}), by="Ada")


def cells(frame: pd.DataFrame, dimensions: list[str]) -> pd.DataFrame:
    """The oracle: quarter-hours by pandas' floor, sums by groupby."""
    named = frame.assign(bin=frame["observed_at"].dt.floor("15min"))
    groups = named.groupby(["kpi", "bin", *dimensions], dropna=False)
    if "numerator" in frame:
        sums = {"numerator": ("numerator", "sum"), "denominator": ("denominator", "sum")}
    else:
        sums = {"mean": ("value", "mean"), "m2": ("value", lambda v: float(((v - v.mean()) ** 2).sum()))}
    return groups.agg(**sums, rows=("kpi", "size"), _last_at=("observed_at", "max")).reset_index()


def assert_totals_are_the_facts(store: Store) -> None:
    dimensions = [*store.dimensions]
    for table, totals in (("counts", "count_totals"), ("readings", "reading_totals")):
        wanted = cells(store.read(f"SELECT * FROM {table}"), dimensions)
        found = store.read(f"SELECT * FROM {totals}")
        keys = ["kpi", "bin", *dimensions]
        found, wanted = (each.sort_values(keys, ignore_index=True) for each in (found, wanted))
        assert len(found) == len(wanted)
        for column in wanted.columns:
            if wanted[column].dtype.kind == "f":
                np.testing.assert_allclose(found[column], wanted[column], rtol=1e-9, atol=1e-6)
            else:
                assert found[column].astype(object).where(found[column].notna(), None).tolist() == (
                    wanted[column].astype(object).where(wanted[column].notna(), None).tolist()
                )


def test_loads_and_undos_make_the_cells_that_they_touch_anew(store: Store) -> None:
    loaded(store)
    assert_totals_are_the_facts(store)
    assert len(store.read("SELECT * FROM count_totals")) == 9
    store.undo(1, by="Ada")
    assert_totals_are_the_facts(store)
    assert store.read("SELECT sum(rows) AS n FROM count_totals")["n"].iloc[0] == 4
    store.undo(2, by="Ada")
    assert store.read("SELECT * FROM count_totals").empty and store.read("SELECT * FROM reading_totals").empty


def test_a_value_given_to_old_rows_moves_their_totals(store: Store) -> None:
    store.commit(batch(count(day(0), 3, kpi="plain"), count(day(1), 4, kpi="plain")), by="Ada")
    wider = catalog(LATE, WAIT, replace(PLAIN, dimensions=("site",)), version="v2")
    store.apply_catalog(wider, by="Ada", fill={"plain.site": "North"})
    assert set(store.read("SELECT site FROM count_totals WHERE kpi = 'plain'")["site"]) == {"North"}
    assert_totals_are_the_facts(store)


def test_an_older_store_gets_its_totals(tmp_path) -> None:
    path = tmp_path / "s.duckdb"
    with Store.open(path) as store:
        store.apply_catalog(catalog(), by="Ada")
        loaded(store)
    engine = Engine(path, "1GB", 30.0)
    with engine.writing() as transaction:
        for text in (
            "DROP TABLE count_totals",
            "DROP TABLE reading_totals",
            "DROP TABLE visits",
            "DROP TABLE attention",
            "DROP TABLE read_as",
            "DROP TABLE rejects",
            "DROP TABLE mended",
            "DELETE FROM schema_version WHERE version >= (SELECT version FROM schema_version WHERE name = 'totals')",
        ):
            transaction.cursor.execute(text)
    migrate(engine, known_migrations())
    engine.close()
    with Store.open(path) as store:
        assert_totals_are_the_facts(store)
        store.commit(batch(count(day(0), 9, site="new")), by="Ada")
        assert_totals_are_the_facts(store)


def test_compact_lays_facts_in_order_and_changes_nothing_that_is_read(store: Store) -> None:
    for number in (3, 1, 2):
        rows = [count(day(n), number, site=site) for n in range(number, number + 4) for site in ("S", "N")]
        store.commit(batch(*rows, *(reading(day(n), 1.5, number) for n in (2, 1)), source=str(number)), by="Ada")
    ordered = "SELECT * FROM {} ORDER BY ALL"
    tables = ("counts", "readings", "count_totals", "reading_totals", "change", "batches")
    before = {table: store.read(ordered.format(table)) for table in tables}
    shapes = "SELECT table_name, column_name, is_nullable, data_type FROM duckdb_columns() ORDER BY ALL"
    described, version = store.read(shapes), store.data_version
    assert store.compact() == len(before["counts"]) + len(before["readings"])
    for table, frame in before.items():
        pd.testing.assert_frame_equal(store.read(ordered.format(table)), frame, obj=table)
    pd.testing.assert_frame_equal(store.read(shapes), described)
    assert (store.data_version, store.check()) == (version, ())
    as_laid = store.read("SELECT observed_at, site FROM counts")
    pd.testing.assert_frame_equal(as_laid, as_laid.sort_values(["observed_at", "site"], ignore_index=True))
    store.undo(2, by="Ada")
    assert_totals_are_the_facts(store)


@pytest.mark.parametrize("damage", ["UPDATE count_totals SET rows = rows + 1", "DELETE FROM reading_totals"])
def test_compact_makes_wrong_totals_right(store: Store, damage: str) -> None:
    loaded(store)
    with store._engine.writing() as transaction:
        transaction.cursor.execute(damage)
    (finding,) = store.check()
    assert finding.code == "totals" and "opsmetrics compact" in finding.text
    store.compact()
    assert store.check() == ()
    assert_totals_are_the_facts(store)
