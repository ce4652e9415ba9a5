"""What a commit stores, counts and refuses. Expected figures follow from the rows written out in each test."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import replace

import pyarrow as pa
import pytest

from opsmetrics.measurements import Facts, Span, Tally, counts_schema
from opsmetrics.store import Store, StoreError
from tests.store.builders import batch, count, day, reading


def totals(store: Store) -> tuple[float, float]:
    found = store.read("SELECT sum(numerator) AS n, sum(denominator) AS d FROM counts")
    return float(found["n"].iloc[0]), float(found["d"].iloc[0])


def test_a_first_batch_is_all_new_and_is_in_the_ledger(store: Store) -> None:
    span = Span("late", day(0), day(2), ("North",))
    given = batch(
        count(day(0), 5, site="North"),
        count(day(1), 7, site="North"),
        reading(day(0), 3.5, site="North", line="A"),
        spans=(span,),
        template="plant",
        note="first",
    )
    receipt = store.commit(given, by="Ada")
    assert (receipt.batch, receipt.new, receipt.updated, receipt.unchanged) == (1, 3, 0, 0)
    assert (receipt.by, receipt.spans, receipt.data_version, store.data_version) == ("Ada", (span,), 1, 1)
    row = store.batches().iloc[0]
    assert (row["batch"], row["by"], row["source"], row["template"]) == (1, "Ada", "file.csv", "plant")
    assert (row["records"], row["rows"], row["new"], row["note"], row["kind"]) == (3, 3, 3, "first", "load")
    assert row["kpis"] == ("late", "wait")
    assert row[["undone_at", "undone_by", "undone_why"]].isna().all()
    assert abs(row["at"] - dt.datetime.now(dt.UTC).replace(tzinfo=None)) < dt.timedelta(hours=1)
    covered = store.spans("late")
    assert covered.iloc[0].tolist() == [1, "file.csv", day(0), day(2), ("North",)]
    assert store.spans("wait").empty
    assert store.seen(given.fingerprint) == 1


def test_updates_keep_what_they_overwrote(store: Store) -> None:
    store.commit(batch(count(day(0), 5, site="North"), count(day(1), 7, site="North")), by="Ada")
    receipt = store.commit(
        batch(count(day(0), 6, site="North"), count(day(1), 7, site="North"), count(day(2), 1, site="North")), by="Bo"
    )
    assert (receipt.new, receipt.updated, receipt.unchanged) == (1, 1, 1)
    changed = store.changes(2)
    assert len(changed) == 1
    row = changed.iloc[0]
    assert (row["fact"], row["kpi"], row["site"], row["observed_at"]) == ("counts", "late", "North", day(0))
    assert (row["old_numerator"], row["new_numerator"], row["old_batch"]) == (5.0, 6.0, 1)
    assert totals(store) == (14.0, 300.0)
    store.commit(batch(count(day(0), 9, site="North")), by="Cy")
    assert store.changes(2).iloc[0]["new_numerator"] == 6.0, "what a batch wrote is told after it was overwritten too"


def test_the_same_file_again_changes_nothing(store: Store) -> None:
    given = batch(count(day(0), 5, site="North"), reading(day(0), 1.5))
    store.commit(given, by="Ada")
    again = store.commit(given, by="Ada")
    assert again.batch is None
    assert (again.new, again.updated, again.unchanged, again.data_version) == (0, 0, 2, 1)
    assert [notice.code for notice in again.warnings] == ["same_file_again"]
    assert "batch 1" in again.warnings[0].text
    assert len(store.batches()) == 1
    assert store.data_version == 1


def test_the_same_file_with_another_span_is_kept_for_its_span(store: Store) -> None:
    given = batch(count(day(0), 5, site="North"), spans=(Span("late", day(0), day(1)),))
    store.commit(given, by="Ada")
    wider = store.commit(replace(given, spans=(Span("late", day(0), day(31)),)), by="Ada")
    assert (wider.batch, wider.unchanged) == (2, 1)
    assert store.spans("late")["ends_at"].tolist() == [day(1), day(31)]


def test_other_bytes_with_the_same_rows_are_a_batch_without_new_facts(store: Store) -> None:
    rows = [count(day(n), n, site=site) for n in range(30) for site in ("North", "South")]
    store.commit(batch(*rows, fingerprint="one"), by="Ada")
    random.Random(4).shuffle(rows)
    shuffled = store.commit(batch(*rows, fingerprint="two"), by="Ada")
    assert (shuffled.batch, shuffled.new, shuffled.updated, shuffled.unchanged) == (2, 0, 0, 60)
    assert store.changes(2).empty


def test_after_undo_the_same_file_may_be_loaded_again(store: Store) -> None:
    given = batch(count(day(0), 5, site="North"))
    store.commit(given, by="Ada")
    store.undo(1, by="Ada")
    assert store.seen(given.fingerprint) is None
    assert store.commit(given, by="Ada").batch == 2


def test_null_dimensions_are_equal_to_each_other(store: Store) -> None:
    store.commit(batch(count(day(0), 5), reading(day(0), 2.0)), by="Ada")
    receipt = store.commit(batch(count(day(0), 6), reading(day(0), 2.0), fingerprint="x"), by="Ada")
    assert (receipt.new, receipt.updated, receipt.unchanged) == (0, 1, 1)
    assert totals(store) == (6.0, 100.0)


def test_a_batch_without_a_dimension_of_the_store_leaves_it_empty(store: Store) -> None:
    store.commit(batch(count(day(0), 5, kpi="plain"), dimensions=()), by="Ada")
    assert store.commit(batch(count(day(0), 5, kpi="plain"), fingerprint="x"), by="Ada").unchanged == 1


def test_samples_are_part_of_the_key_of_readings(store: Store) -> None:
    receipt = store.commit(batch(reading(day(0), 1.0, 1), reading(day(0), 2.0, 2)), by="Ada")
    assert receipt.new == 2


def test_a_batch_larger_than_its_chunks_is_stored_whole(store: Store) -> None:
    rows = [count(day(n), n % 7, site=f"s{m}") for n in range(500) for m in range(10)]
    receipt = store.commit(batch(*rows), by="Ada")
    assert receipt.new == 5000
    assert totals(store) == (sum(n % 7 for n in range(500)) * 10.0, 500_000.0)


def test_a_key_that_comes_twice_is_refused_and_nothing_is_stored(store: Store) -> None:
    given = batch(count(day(0), 5, site="North"), count(day(1), 5), count(day(0), 6, site="North"))
    with pytest.raises(StoreError, match=r"two rows with the same key .*kpi late.*site North"):
        store.commit(given, by="Ada")
    with pytest.raises(StoreError, match="two rows with the same key"):
        store.diff(given)
    with pytest.raises(StoreError, match="two rows with the same key"):
        store.commit(batch(reading(day(0), 1.0), reading(day(0), 1.0)), by="Ada")
    assert store.read("SELECT count(*) AS n FROM counts")["n"].iloc[0] == 0
    assert store.batches().empty
    assert store.data_version == 0


@pytest.mark.parametrize(
    ("row", "told"),
    [
        (count(day(0), 1, kpi="unheard"), "'unheard', which the definitions do not know"),
        (count(day(0), 1, line="A"), "fills the dimension 'line' for 'late'"),
        (count(day(0), 1, kpi="wait"), "takes readings"),
        (reading(day(0), 1.0, kpi="late"), "takes counts"),
        (count(day(0), float("nan")), "without a finite number"),
        (count(day(0), 1, float("inf")), "without a finite number"),
        (reading(day(0), float("inf")), "without a finite number"),
        ({**count(day(0), 1), "observed_at": None}, "without an instant"),
        ({**reading(day(0), 1.0), "sample": None}, "without an instant"),
    ],
)
def test_rows_that_the_definitions_do_not_let_in_are_refused(store: Store, row: dict, told: str) -> None:
    good = count(day(1), 1, site="North")
    for attempt in (store.commit, lambda b, by: store.diff(b)):
        with pytest.raises(StoreError, match=told):
            attempt(batch(good, row, source="bad.csv"), by="Ada")
    assert store.batches().empty
    assert store.read("SELECT * FROM counts").empty


def test_a_count_without_a_denominator_is_a_fact(store: Store) -> None:
    assert store.commit(batch({**count(day(0), 1), "denominator": None}), by="Ada").new == 1


def test_a_dimension_that_the_store_does_not_have_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="brings the dimension 'crew'"):
        store.commit(batch(count(day(0), 1), dimensions=("site", "crew")), by="Ada")


def test_a_store_without_definitions_takes_no_facts(empty_store: Store) -> None:
    with pytest.raises(StoreError, match="nothing yet"):
        empty_store.commit(batch(count(day(0), 1), dimensions=()), by="Ada")


def test_a_stream_that_breaks_off_stores_nothing(store: Store) -> None:
    schema = counts_schema(("site", "line"))
    whole = batch(*(count(day(n), 1) for n in range(10)))
    part = pa.Table.from_batches(list(whole.counts.reader()), schema=schema).slice(0, 5).to_batches()[0]

    def broken() -> pa.RecordBatchReader:
        def rows():
            yield part
            raise OSError("the scratch file is gone")

        return pa.RecordBatchReader.from_batches(schema, rows())

    with pytest.raises(StoreError, match="could not be read to their end"):
        store.commit(replace(whole, counts=Facts(10, broken)), by="Ada")
    with pytest.raises(StoreError, match="announced 11 rows of counts and brought 10"):
        store.commit(replace(whole, counts=Facts(11, whole.counts.reader)), by="Ada")
    assert store.read("SELECT * FROM counts").empty
    assert store.commit(whole, by="Ada").new == 10, "the store goes on after a refusal"


def test_a_tally_that_does_not_add_up_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="does not add up to its 3 records"):
        store.commit(replace(batch(count(day(0), 1)), tally=Tally(3, 1)), by="Ada")


def test_names_are_values_and_never_sql(store: Store) -> None:
    site = "O'Brien'); DROP TABLE counts; --"
    store.commit(batch(count(day(0), 5, site=site), source="'; DROP TABLE batches; --"), by="Robert'); --")
    assert store.read("SELECT site FROM counts")["site"].tolist() == [site]
    assert store.batches()["by"].tolist() == ["Robert'); --"]


def test_diff_tells_what_commit_then_does(store: Store) -> None:
    store.commit(batch(count(day(0), 5, site="North"), count(day(1), 7), reading(day(0), 1.0)), by="Ada")
    given = batch(
        count(day(0), 6, site="North"),
        count(day(1), 7),
        count(day(2), 8),
        reading(day(0), 2.0),
        reading(day(0), 2.0, 2),
    )
    told = store.diff(given)
    assert (told.new, told.updated, told.unchanged) == (2, 2, 1)
    assert list(told.changes.columns[:5]) == ["kpi", "observed_at", "site", "line", "sample"]
    counts, readings = told.changes.iloc[0], told.changes.iloc[1]
    assert (counts["old_numerator"], counts["new_numerator"], counts["old_batch"]) == (5.0, 6.0, 1)
    assert (readings["old_value"], readings["new_value"], readings["sample"]) == (1.0, 2.0, 1)
    assert store.data_version == 1, "a diff writes nothing"
    receipt = store.commit(given, by="Ada")
    assert (receipt.new, receipt.updated, receipt.unchanged) == (told.new, told.updated, told.unchanged)


def test_diff_shows_at_most_the_limit_and_counts_all(store: Store) -> None:
    store.commit(batch(*(count(day(n), 1) for n in range(20))), by="Ada")
    told = store.diff(batch(*(count(day(n), 2) for n in range(20))), limit=5)
    assert (told.updated, len(told.changes)) == (20, 5)
    assert told.changes["observed_at"].tolist() == [day(n) for n in range(5)]


def test_diff_of_a_batch_without_rows_has_its_columns(store: Store) -> None:
    told = store.diff(batch())
    assert (told.new, told.updated, told.unchanged, len(told.changes)) == (0, 0, 0, 0)
    assert "old_numerator" in told.changes.columns


def test_the_largest_relative_change_is_shown_first(store: Store) -> None:
    store.commit(batch(*(count(day(n), value) for n, value in enumerate((50.0, 4.0, 0.0, 9.0)))), by="Ada")
    told = store.diff(batch(*(count(day(n), value) for n, value in enumerate((60.0, 8.0, 1.0, 9.0)))))
    assert told.changes["observed_at"].tolist() == [day(2), day(1), day(0)], "from nothing, doubled, a fifth more"
    assert told.changes["new_numerator"].tolist() == [1.0, 8.0, 60.0]
