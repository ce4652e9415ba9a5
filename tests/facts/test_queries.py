"""Each query against a pandas oracle over the same rows (pandas 3.1: Timestamp.floor, groupby, var with ddof=0)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from opsmetrics import facts
from opsmetrics.access import OPEN
from opsmetrics.catalog import Kpi, slice_of
from opsmetrics.facts import sums as queries
from opsmetrics.measurements import sample_to_stamp
from opsmetrics.store import Store
from tests.facts import one
from tests.facts.conftest import LATE, ODD, PLAIN, WAIT, World
from tests.store.builders import batch, catalog, count, day, reading


def oracle_bins(rows: pd.DataFrame, by: tuple[str, ...]) -> pd.DataFrame:
    """Quarter-hours by pandas' floor, sums by groupby."""
    rows = rows.assign(bin=rows["observed_at"].dt.floor("15min"))
    grouped = rows.groupby(["bin", *by], dropna=False)
    if "numerator" in rows:
        return grouped.agg(
            numerator=("numerator", "sum"), denominator=("denominator", "sum"), rows=("numerator", "size")
        ).reset_index()
    return grouped.agg(
        n=("value", "count"),
        mean=("value", "mean"),
        m2=("value", lambda v: float(((v - v.mean()) ** 2).sum())),
        rows=("value", "size"),
    ).reset_index()


def same(found: pd.DataFrame, wanted: pd.DataFrame) -> None:
    """Equal values in equal columns; the oracle's rows come in the same order."""
    assert list(found.columns) == list(wanted.columns)
    keys = [column for column in found.columns if found[column].dtype.kind not in "if"]
    wanted = wanted.sort_values(keys, ignore_index=True)
    for column in found.columns:
        if column in keys:
            assert found[column].astype(object).where(found[column].notna(), None).tolist() == (
                wanted[column].astype(object).where(wanted[column].notna(), None).tolist()
            )
        else:
            np.testing.assert_allclose(found[column], wanted[column], rtol=1e-6, atol=1e-9)


@pytest.mark.parametrize("kpi", [LATE, WAIT, PLAIN], ids=lambda kpi: kpi.key)
def test_bins_are_pandas_quarter_hours(world: World, kpi: Kpi) -> None:
    found = one.binned(world.store, kpi, (), viewer=OPEN)
    same(found, oracle_bins(world.of(kpi), ()))
    assert found["bin"].dtype == "datetime64[us]"
    assert (found["bin"] < "1970-01-01").any() == (kpi is not PLAIN)


@pytest.mark.parametrize("by", [("site",), ("site", "line"), ("line",)])
def test_bins_by_dimensions_keep_rows_without_a_value_apart(world: World, by: tuple[str, ...]) -> None:
    found = one.binned(world.store, LATE, (), viewer=OPEN, by=by)
    same(found, oracle_bins(world.of(LATE), by))
    assert found[by[0]].isna().any()


@pytest.mark.parametrize("site", ["North", ODD])
def test_a_slice_is_a_value_whatever_it_holds(world: World, site: str) -> None:
    rows = world.of(LATE)
    part = slice_of({"site": site, "line": "A"})
    found = one.binned(world.store, LATE, part, viewer=OPEN)
    assert len(found) > 0
    same(found, oracle_bins(rows[(rows["site"] == site) & (rows["line"] == "A")], ()))


@pytest.mark.parametrize("value", ["' OR 1=1 --", "%", "\\", "''", "North'", "\x00", "a\nb", "🏭", "$$", "?"])
def test_a_strange_slice_value_finds_itself_only(world: World, value: str) -> None:
    assert one.binned(world.store, LATE, slice_of({"site": value}), viewer=OPEN).empty


@pytest.mark.parametrize("value", ["it's", 'say "so"', "back\\slash", "tab\there", "🏭 Ä", "{a} $1 ? %s", "NULL", " "])
def test_strange_values_are_stored_and_found(store: Store, value: str) -> None:
    store.apply_catalog(catalog(), by="Ada")
    kpi = store.catalog["late"]
    store.commit(batch(count(day(0), 3, site=value), count(day(0), 4, site="other")), by="Ada")
    assert one.binned(store, kpi, slice_of({"site": value}), viewer=OPEN)["numerator"].tolist() == [3.0]
    assert value in one.values_of(store, kpi, "site", viewer=OPEN)


@pytest.fixture
def store(tmp_path):
    """A small store of one's own."""
    with Store.open(tmp_path / "own.duckdb") as opened:
        yield opened


def test_facts_at_until_and_later_are_left_out(world: World) -> None:
    rows = world.of(LATE)
    stamp = rows["observed_at"].sort_values().iloc[len(rows) // 2]
    found = one.binned(world.store, LATE, (), viewer=OPEN, until=stamp)
    same(found, oracle_bins(rows[rows["observed_at"] < stamp], ()))
    after = one.binned(world.store, LATE, (), viewer=OPEN, until=stamp + pd.Timedelta(microseconds=1))
    assert after["rows"].sum() == (rows["observed_at"] <= stamp).sum() == found["rows"].sum() + 1


def test_an_instant_with_a_zone_is_refused(world: World) -> None:
    with pytest.raises(ValueError, match="naive instant in UTC"):
        one.binned(world.store, LATE, (), viewer=OPEN, until=pd.Timestamp("2024-03-31", tz="Europe/Berlin"))


def test_squared_deviations_stay_exact_far_from_zero(store: Store) -> None:
    """1e9, 1e9 + 1, 1e9 + 2: squared deviations 1 + 0 + 1 = 2 by hand; a sum of squares would give 0 or 128."""
    store.apply_catalog(catalog(), by="Ada")
    rows = [reading(day(0), 1e9 + n, n) for n in range(3)]
    store.commit(batch(*rows), by="Ada")
    found = one.binned(store, store.catalog["wait"], (), viewer=OPEN).iloc[0]
    assert (found["n"], found["mean"]) == (3, 1e9 + 1)
    assert found["m2"] == pytest.approx(2.0, rel=1e-9)


def test_one_reading_has_no_deviation(store: Store) -> None:
    store.apply_catalog(catalog(), by="Ada")
    store.commit(batch(reading(day(0), 7.5)), by="Ada")
    found = one.binned(store, store.catalog["wait"], (), viewer=OPEN)
    assert found[["n", "mean", "m2", "rows"]].values.tolist() == [[1, 7.5, 0.0, 1]]


def test_each_sample_number_has_a_bin_of_its_own(store: Store) -> None:
    store.apply_catalog(catalog(), by="Ada")
    store.commit(batch(*(count(sample_to_stamp(n), n) for n in range(1, 40))), by="Ada")
    found = one.binned(store, store.catalog["late"], (), viewer=OPEN)
    assert found["bin"].tolist() == [sample_to_stamp(n) for n in range(1, 40)]
    assert found["numerator"].tolist() == [float(n) for n in range(1, 40)]


def test_an_empty_store_answers_with_the_same_columns(store: Store) -> None:
    store.apply_catalog(catalog(), by="Ada")
    for key, columns in (("late", ["numerator", "denominator", "rows"]), ("wait", ["n", "mean", "m2", "rows"])):
        found = one.binned(store, store.catalog[key], (), viewer=OPEN, by=("site",))
        assert list(found.columns) == ["bin", "site", *columns]
        assert found.empty and found["bin"].dtype == "datetime64[us]"
    assert facts.latest(store, store.catalog["late"], viewer=OPEN).empty
    assert facts.freshness(store, viewer=OPEN).empty
    assert one.values_of(store, store.catalog["late"], "site", viewer=OPEN) == []


def test_undone_batches_are_not_read(store: Store) -> None:
    store.apply_catalog(catalog(), by="Ada")
    store.commit(batch(count(day(0), 3)), by="Ada")
    store.undo(1, by="Ada")
    assert one.binned(store, store.catalog["late"], (), viewer=OPEN).empty


@pytest.mark.parametrize("kpi", [LATE, WAIT], ids=lambda kpi: kpi.key)
def test_rows_between_are_the_stored_rows_with_who_loaded_them(world: World, kpi: Kpi) -> None:
    start, end = pd.Timestamp("2024-03-31 01:00"), pd.Timestamp("2024-03-31 03:00")
    rows = world.of(kpi)
    wanted = rows[(rows["observed_at"] >= start) & (rows["observed_at"] < end)]
    found = facts.rows_between(world.store, kpi, (), start, end, viewer=OPEN)
    values = ["numerator", "denominator"] if kpi.counts else ["sample", "value"]
    assert list(found.columns) == [
        "observed_at",
        *kpi.dimensions,
        *values,
        "batch",
        "source",
        "loaded_by",
        "loaded_at",
    ]
    key = ["observed_at", *kpi.dimensions, *([] if kpi.counts else ["sample"])]
    wanted = wanted.sort_values(key, ignore_index=True)
    assert found["observed_at"].tolist() == wanted["observed_at"].tolist()
    for value in values:
        assert found[value].tolist() == wanted[value].tolist()
    people = {1: ("first.csv", "Ada"), 2: ("second.csv", "Bo"), 3: ("third.csv", "Cy")}
    ledger = world.store.batches().set_index("batch")
    for row in found.itertuples():
        assert (row.source, row.loaded_by) == people[row.batch]
        assert row.loaded_at == ledger.loc[row.batch, "at"]


def test_rows_between_gives_the_first_ones_in_order_of_time(world: World) -> None:
    rows = world.of(LATE).sort_values("observed_at")
    start, end = pd.Timestamp("1900-01-01"), pd.Timestamp("2100-01-01")
    found = facts.rows_between(world.store, LATE, (), start, end, viewer=OPEN, limit=7)
    assert found["observed_at"].tolist() == rows["observed_at"].head(7).tolist()
    part = facts.rows_between(world.store, LATE, slice_of({"site": ODD}), start, end, viewer=OPEN)
    assert set(part["site"]) == {ODD}
    assert len(part) == (rows["site"] == ODD).sum()


def test_values_of_a_dimension_are_sorted_and_leave_out_the_empty_one(world: World) -> None:
    assert one.values_of(world.store, LATE, "site", viewer=OPEN) == sorted(["North", "South", "Secret", ODD])
    assert one.values_of(world.store, LATE, "line", viewer=OPEN) == ["A", "B"]


@pytest.mark.parametrize("kpi", [LATE, WAIT, PLAIN], ids=lambda kpi: kpi.key)
def test_latest_is_the_last_row_of_each_combination(world: World, kpi: Kpi) -> None:
    order = ["observed_at"] if kpi.counts else ["observed_at", "sample"]
    rows = world.of(kpi).sort_values(order)
    wanted = rows.groupby(list(kpi.dimensions), dropna=False).tail(1) if kpi.dimensions else rows.tail(1)
    found = facts.latest(world.store, kpi, viewer=OPEN)
    wanted = wanted.sort_values([*kpi.dimensions, "observed_at"])
    assert found["observed_at"].tolist() == wanted["observed_at"].tolist()
    value = "numerator" if kpi.counts else "value"
    assert found[value].tolist() == wanted[value].tolist()
    assert list(found.columns)[: len(kpi.dimensions) + 1] == [*kpi.dimensions, "observed_at"]


def test_freshness_tells_the_last_instant_of_each_kpi(world: World) -> None:
    found = facts.freshness(world.store, viewer=OPEN).set_index("kpi")
    assert found.index.tolist() == ["late", "plain", "wait"]
    for kpi in (LATE, WAIT, PLAIN):
        assert found.loc[kpi.key, "last_observed_at"] == world.of(kpi)["observed_at"].max()
        assert found.loc[kpi.key, "rows"] == len(world.of(kpi))


def test_a_dimension_that_the_kpi_does_not_have_is_named(world: World) -> None:
    start, end = pd.Timestamp("2024-01-01"), pd.Timestamp("2025-01-01")
    told = "'wait' has no dimension 'line'; choose one of: site"
    for call in (
        lambda: one.binned(world.store, WAIT, slice_of({"line": "A"}), viewer=OPEN),
        lambda: one.binned(world.store, WAIT, (), viewer=OPEN, by=("line",)),
        lambda: facts.rows_between(world.store, WAIT, slice_of({"line": "A"}), start, end, viewer=OPEN),
        lambda: one.values_of(world.store, WAIT, "line", viewer=OPEN),
    ):
        with pytest.raises(facts.UnknownDimension, match=told):
            call()


def test_a_compiled_query_serves_every_slice_of_its_shape(world: World) -> None:
    queries._binned_sql.cache_clear()
    for _ in range(3):
        one.binned(world.store, LATE, slice_of({"site": "North"}), viewer=OPEN)
    one.binned(world.store, LATE, slice_of({"site": "South"}), viewer=OPEN)
    kept = queries._binned_sql.cache_info()
    assert (kept.hits, kept.misses) == (3, 1)
