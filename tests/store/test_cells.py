"""Totals are what the facts add up to, whatever came, went, or was laid in another order.

Authority: the facts themselves, added up by pandas (`test_keeping` compares after every load and undo of random
sequences, `test_past` at every earlier version, by SQL).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from opsmetrics import facts
from opsmetrics.access import OPEN
from opsmetrics.store import Store, past
from opsmetrics.store import cells as store_cells
from opsmetrics.store.engine import Engine
from opsmetrics.store.profiling import names_known, stored_profile
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


def test_totals_are_made_in_portions(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store_cells, "PORTION", 5)
    loaded(store)
    store.commit(batch(*(count(day(n), n, site="N") for n in range(3, 15)), source="later"), by="Ada")
    assert_totals_are_the_facts(store)


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
            "DROP TABLE sparse",
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


SITES = ("N", "S", None)
ASKED = [facts.Asked(LATE), facts.Asked(LATE, by=("site",)), facts.Asked(WAIT), facts.Asked(WAIT, (("site", "N"),))]


def told(store: Store) -> dict[str, pd.DataFrame]:
    """All that is read by cells."""
    sums = dict(enumerate(facts.binned(store, ASKED, viewer=OPEN)))
    cut = facts.binned(store, [replace(ASKED[0], until=pd.Timestamp(day(0) + 6 * MINUTE))], viewer=OPEN)
    names = pd.DataFrame({"site": names_known(store, "site")})
    profile = stored_profile(store, ["late", "wait"], day(-9), day(99))
    levels = profile.levels.drop(columns=["least_at", "most_at"])  # of several days alike any may be named
    fresh = facts.freshness(store, viewer=OPEN)
    last = facts.latest(store, WAIT, viewer=OPEN)
    rows = pd.DataFrame(store.read("SELECT count(*) AS n FROM counts"))
    every = {
        "cut": cut[0],
        "names": names,
        "days": profile.days,
        "levels": levels,
        "fresh": fresh,
        "rows": rows,
    }
    return {**{str(place): frame for place, frame in sums.items()}, **every, "last": last}


def steps(store: Store) -> Iterator[str]:
    """Loads beside, over and between one another, and undos, in and out of order."""
    once = [count(day(0) + n * 5 * MINUTE, n, site=site) for n in range(6) for site in SITES]
    many = [reading(day(0) + n * MINUTE, 1e6 + n, site="N") for n in range(40)]
    store.commit(batch(*once, *many, source="1"), by="Ada")
    yield "sparse counts beside readings with totals"
    changed = [dict(row, numerator=9.0) for row in once[:4]]
    store.commit(batch(*changed, count(day(0) + MINUTE, 5, site="N"), source="2"), by="Ada")
    yield "counts over and between them"
    store.commit(batch(*(reading(day(3) + n * 9 * MINUTE, n, site="S") for n in range(5)), source="3"), by="Ada")
    yield "sparse readings"
    store.commit(batch(reading(day(3), 70.0, site="S"), source="4"), by="Ada")
    yield "one of them corrected"
    for number in (1, 4, 2, 3):
        store.undo(number, by="Ada")
        yield f"{number} undone"
        if number == 4:
            store.commit(batch(*once, source="5"), by="Ada")
            yield "sparse counts again, over others"


def test_a_sparse_batch_reads_as_one_with_totals(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Oracle: the same steps in a store in which no batch is large enough to be sparse."""
    with Store.open(tmp_path / "other.duckdb") as other:
        other.apply_catalog(catalog(), by="Ada")
        wanted = [told(other) for _ in steps(other)]
        assert other.read("SELECT * FROM sparse").empty
    monkeypatch.setattr(store_cells, "LARGE", 1)
    sparse: set[tuple[int, str]] = set()
    for expected, done in zip(wanted, steps(store), strict=True):
        sparse |= set(store.read("SELECT batch, fact FROM sparse").itertuples(index=False, name=None))
        for name, frame in told(store).items():
            pd.testing.assert_frame_equal(frame, expected[name], obj=f"{done}: {name}")
        assert store.check() == (), done
    assert {(1, "counts"), (3, "readings")} <= sparse and (1, "readings") not in sparse
    assert store.read("SELECT * FROM sparse").equals(store.read("SELECT * FROM sparse WHERE batch > 4"))


def test_compact_makes_totals_of_sparse_batches_and_check_misses_none(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_cells, "LARGE", 1)
    store.commit(batch(*(count(day(n), n, site="N") for n in range(5))), by="Ada")
    assert store.read("SELECT * FROM count_totals").empty and store.check() == ()
    assert past(store, store.data_version, 0, day(999)).read("SELECT sum(rows) AS n FROM count_totals")["n"][0] == 5
    before = told(store)
    with store._engine.writing() as transaction:
        transaction.cursor.execute("DELETE FROM sparse")
    assert [finding.code for finding in store.check()] == ["totals"]
    store.compact()
    assert store.check() == ()
    assert_totals_are_the_facts(store)
    for name, frame in told(store).items():
        pd.testing.assert_frame_equal(frame, before[name], obj=name)


def test_a_store_of_before_has_no_sparse_batches(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    with Store.open(path) as store:
        store.apply_catalog(catalog(), by="Ada")
        loaded(store)
        before = told(store)
    engine = Engine(path, "1GB", 30.0)
    with engine.writing() as transaction:
        transaction.cursor.execute("DROP TABLE sparse")
        transaction.cursor.execute("DELETE FROM schema_version WHERE name = 'sparse'")
    engine.close()
    with Store.open(path) as store:
        assert store.read("SELECT * FROM sparse").empty and store.check() == ()
        for name, frame in told(store).items():
            pd.testing.assert_frame_equal(frame, before[name], obj=name)
