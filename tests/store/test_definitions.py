"""Applying definitions: columns, targets, and the question that a new key dimension asks."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path

import pytest

from opsmetrics.catalog import Catalog, Decision, Dimension, Kind, Kpi, Target, read_catalog
from opsmetrics.store import KeyDimensionNeedsAnswer, Store, StoreError
from tests.store.builders import LATE, PLAIN, WAIT, batch, catalog, count, day, reading

TOML = """
[dimensions]
site = "Site"

[kpis.late]
name = "Late deliveries"
kind = "proportion"
better = "lower"
numerator = "late"
denominator = "deliveries"
dimensions = ["site"]
"""

LATE_BY_LINE = replace(LATE, dimensions=("site", "line"))


def in_force(store: Store, kpi: str) -> list[tuple[object, object]]:
    """Start and value of the targets that nothing superseded."""
    rows = store.decisions(kpi)
    superseded = {d.supersedes for d in rows}
    return [(d.start, d.value) for d in rows if d.kind == "target" and d.id not in superseded]


def test_definitions_are_kept_and_read_back_from_their_text(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    given = read_catalog(TOML)
    with Store.open(path) as first:
        assert first.catalog == Catalog()
        told = first.apply_catalog(given, by="Ada")
        assert told == ("Dimension site added.", "KPI Late deliveries added.")
        assert first.dimensions == ("site",)
        assert first.apply_catalog(given, by="Ada") == (), "applying the same definitions again changes nothing"
    with Store.open(path) as again:
        assert again.catalog == given
        assert again.read('SELECT version, "by" FROM definitions').to_dict("list") == {
            "version": [given.version],
            "by": ["Ada"],
        }


def test_what_changed_is_told(store: Store) -> None:
    store.commit(batch(count(day(0), 1, kpi="plain")), by="Ada")
    told = store.apply_catalog(catalog(replace(LATE, owner="Bo"), WAIT, version="v2"), by="Ada")
    assert told == ("KPI Late deliveries changed.", "KPI Plain has left the definitions; its 1 rows stay in the store.")
    with pytest.raises(StoreError, match="'plain', which the definitions do not know"):
        store.commit(batch(count(day(1), 1, kpi="plain")), by="Ada")


def test_a_new_dimension_is_a_column_of_every_table_that_carries_dimensions(store: Store) -> None:
    told = store.apply_catalog(catalog(dimensions=("site", "line", "crew"), version="v2"), by="Ada")
    assert told == ("Dimension crew added.",)
    for table in ("counts", "readings", "events", "change"):
        assert "crew" in store.read(f"SELECT * FROM {table}").columns
    assert store.dimensions == ("site", "line", "crew")


@pytest.mark.parametrize("name", ["value", "batch", "observed_at", "fact", "bin", "source"])
def test_a_dimension_may_not_be_called_like_a_column(store: Store, name: str) -> None:
    with pytest.raises(StoreError, match="name of a column"):
        store.apply_catalog(catalog(dimensions=("site", "line", name), version="v2"), by="Ada")


def test_a_dimension_in_other_capitals_is_refused(store: Store) -> None:
    with pytest.raises(StoreError, match="capitals only"):
        store.apply_catalog(catalog(PLAIN, dimensions=("Site",), version="v2"), by="Ada")


def test_a_dimension_with_a_strange_name_is_only_a_name(store: Store) -> None:
    odd = 'cr"ew; DROP TABLE counts'
    kpi = replace(PLAIN, dimensions=(odd,))
    shifted = Catalog((kpi,), (Dimension("site", "S"), Dimension("line", "L"), Dimension(odd, "Odd")), "x", "v2")
    store.apply_catalog(shifted, by="Ada")
    store.commit(batch(count(day(0), 1, kpi="plain", **{odd: "A"}), dimensions=(odd,)), by="Ada")
    receipt = store.commit(batch(count(day(0), 2, kpi="plain", **{odd: "A"}), dimensions=(odd,)), by="Ada")
    assert receipt.updated == 1
    assert store.undo(2, by="Ada").restored == 1


# New key dimensions


def test_a_new_key_dimension_of_a_kpi_with_rows_asks_how_to_fill_them(store: Store) -> None:
    store.commit(batch(count(day(0), 5, site="North"), reading(day(0), 1.0)), by="Ada")
    wider = catalog(LATE_BY_LINE, WAIT, PLAIN, version="v2")
    with pytest.raises(KeyDimensionNeedsAnswer, match=r"late\.line \(1 rows\)") as asked:
        store.apply_catalog(wider, by="Ada")
    assert asked.value.needed == ("late.line",)
    assert store.catalog.version == "v1", "nothing was applied"
    with pytest.raises(StoreError, match="fills the dimension 'line'"):
        store.commit(batch(count(day(0), 5, site="North", line="A")), by="Ada")


def test_a_kpi_without_rows_gains_a_key_dimension_without_a_question(store: Store) -> None:
    store.commit(batch(count(day(0), 5, site="North")), by="Ada")
    store.undo(1, by="Ada")
    assert store.apply_catalog(catalog(LATE_BY_LINE, version="v2"), by="Ada")[0] == "KPI Late deliveries changed."


def test_resending_a_file_after_a_filled_dimension_does_not_double_totals(store: Store) -> None:
    store.commit(batch(count(day(0), 5, site="North"), count(day(1), 6, site="North")), by="Ada")
    told = store.apply_catalog(catalog(LATE_BY_LINE, version="v2"), by="Bo", fill={"late.line": "A"})
    assert "2 old rows of late now have line A." in told
    again = batch(count(day(0), 5, site="North", line="A"), count(day(1), 6, site="North", line="A"))
    receipt = store.commit(again, by="Ada")
    assert (receipt.new, receipt.updated, receipt.unchanged) == (0, 0, 2)
    found = store.read("SELECT sum(numerator) AS n, sum(denominator) AS d, count(*) AS rows FROM counts").iloc[0]
    assert (found["n"], found["d"], found["rows"]) == (11.0, 200.0, 2)


def test_filling_is_in_the_ledger_and_cannot_be_undone(store: Store) -> None:
    store.commit(batch(count(day(0), 5, site="North")), by="Ada")
    store.apply_catalog(catalog(LATE_BY_LINE, version="v2"), by="Bo", fill={"late.line": "A"})
    row = store.batches().iloc[1]
    assert (row["kind"], row["by"], row["updated"], row["kpis"], row["records"]) == ("fill", "Bo", 1, ("late",), 0)
    assert row["note"] == "1 old rows of late now have line A."
    assert store.data_version == 2
    with pytest.raises(StoreError, match="cannot be undone"):
        store.undo(2, by="Ada")


def test_undo_of_batches_from_before_the_filling_stays_right(store: Store) -> None:
    store.commit(batch(count(day(0), 1, site="North"), count(day(1), 1, site="North")), by="Ada")
    store.commit(batch(count(day(0), 2, site="North")), by="Ada")
    store.apply_catalog(catalog(LATE_BY_LINE, version="v2"), by="Bo", fill={"late.line": "A"})
    store.commit(batch(count(day(0), 3, site="North", line="A"), count(day(0), 9, site="North", line="B")), by="Ada")
    facts = "SELECT numerator, line, batch FROM counts ORDER BY observed_at, line"
    assert store.undo(2, by="Ada").kept == 1
    assert store.undo(4, by="Ada").restored == 1
    assert store.read(facts).values.tolist() == [[1.0, "A", 1], [1.0, "A", 1]]
    store.undo(1, by="Ada")
    assert store.read(facts).empty


def test_a_fill_that_names_nothing_in_the_definitions_is_refused(store: Store) -> None:
    for fill in ({"late.crew": "A"}, {"late": "A"}, {"late.site": " "}):
        with pytest.raises(StoreError, match=r"wanted KPI\.DIMENSION=VALUE"):
            store.apply_catalog(catalog(version="v2"), by="Ada", fill=fill)
    assert store.catalog.version == "v1"


def test_an_answer_that_is_not_needed_changes_nothing(store: Store) -> None:
    store.commit(batch(count(day(0), 5)), by="Ada")
    store.apply_catalog(catalog(version="v2"), by="Ada", fill={"late.site": "North"})
    assert store.read("SELECT site FROM counts")["site"].isna().all()
    assert len(store.batches()) == 1


def test_dropping_a_key_dimension_or_changing_the_table_is_refused_while_there_are_rows(store: Store) -> None:
    store.commit(batch(count(day(0), 5, site="North")), by="Ada")
    with pytest.raises(StoreError, match="drop it from the key"):
        store.apply_catalog(catalog(replace(LATE, dimensions=()), version="v2"), by="Ada")
    with pytest.raises(StoreError, match="would need readings"):
        store.apply_catalog(catalog(replace(LATE, kind="measured"), version="v2"), by="Ada")
    store.undo(1, by="Ada")
    store.apply_catalog(catalog(replace(LATE, kind="measured", dimensions=()), version="v2"), by="Ada")
    assert store.commit(batch(reading(day(0), 1.0, kpi="late")), by="Ada").new == 1


@pytest.mark.parametrize(
    ("kind", "numerator", "told"),
    [
        ("count", -2.0, "'net' has 1 row below 0, which as kind 'count' it cannot have. Keep it as 'ratio'"),
        ("rate", -2.0, "1 row below 0"),
        ("proportion", 150.0, "'net' has 1 row of more than its denominator, which as kind 'proportion'"),
    ],
)
def test_stored_amounts_are_not_called_counts(store: Store, kind: Kind, numerator: float, told: str) -> None:
    net = Kpi("net", "Net returns", "ratio", "lower", lower_bound=-10.0)
    store.apply_catalog(catalog(net, version="v2"), by="Ada")
    store.commit(batch(count(day(0), numerator, kpi="net"), count(day(1), 5.0, kpi="net")), by="Ada")
    with pytest.raises(StoreError, match=re.escape(told)):
        store.apply_catalog(catalog(replace(net, kind=kind, lower_bound=None), version="v3"), by="Ada")
    assert store.catalog.version == "v2", "nothing half done"
    store.undo(1, by="Ada")
    store.apply_catalog(catalog(replace(net, kind=kind, lower_bound=None), version="v3"), by="Ada")
    assert store.catalog["net"].kind == kind


def test_the_key_of_a_kpi_is_remembered_while_it_is_not_defined(store: Store) -> None:
    store.commit(batch(count(day(0), 5, site="North")), by="Ada")
    store.apply_catalog(catalog(PLAIN, version="v2"), by="Ada")
    with pytest.raises(KeyDimensionNeedsAnswer):
        store.apply_catalog(catalog(LATE_BY_LINE, version="v3"), by="Ada")


# Targets


def test_dated_targets_become_decisions(store: Store) -> None:
    kpi = replace(LATE, targets=(Target(None, 8.0), Target(dt.date(2024, 1, 1), 5.0)))
    wait = replace(WAIT, targets=(Target(dt.date(2024, 1, 1), low=2.0, high=4.0),))
    told = store.apply_catalog(catalog(kpi, wait, version="v2"), by="Ada")
    assert "Target of Late deliveries from 2024-01-01 taken over from the definitions." in told
    first, second = store.decisions("late")
    assert (first.start, first.value, first.kind, first.slice) == (None, {"value": 8.0}, "target", ())
    assert (second.start, second.by, second.why) == (dt.datetime(2024, 1, 1), "Ada", "from the definitions")
    assert store.decisions("wait")[0].value == {"low": 2.0, "high": 4.0}
    assert store.decisions_version == 1


def test_a_target_that_is_in_force_already_is_not_copied_again(store: Store) -> None:
    store.decide(Decision("late", "target", start=dt.datetime(2024, 1, 1), value={"value": 5.0}, by="Bo"))
    kpi = replace(LATE, targets=(Target(dt.date(2024, 1, 1), 5.0),))
    store.apply_catalog(catalog(kpi, version="v2"), by="Ada")
    assert len(store.decisions()) == 1
    assert store.decisions_version == 1


def test_a_target_that_the_file_changes_supersedes_the_one_with_the_same_start(store: Store) -> None:
    for version, value in (("v2", 5.0), ("v3", 4.0), ("v4", 5.0)):
        kpi = replace(LATE, targets=(Target(dt.date(2024, 1, 1), value),))
        store.apply_catalog(catalog(kpi, version=version), by="Ada")
        assert in_force(store, "late") == [(dt.datetime(2024, 1, 1), {"value": value})]
    assert [d.supersedes for d in store.decisions()] == [None, 1, 2], "decisions are never deleted"


def test_a_persons_later_decision_survives_the_file_that_says_the_old_value(store: Store) -> None:
    kpi = replace(LATE, targets=(Target(dt.date(2024, 1, 1), 5.0),))
    store.apply_catalog(catalog(kpi, version="v2"), by="Ada")
    store.decide(
        Decision(
            "late", "target", start=dt.datetime(2024, 1, 1), value={"value": 3.0}, by="Bo", why="new", supersedes=1
        )
    )
    store.apply_catalog(catalog(kpi, PLAIN, version="v3"), by="Ada")
    assert in_force(store, "late") == [(dt.datetime(2024, 1, 1), {"value": 3.0})]


def test_a_target_that_leaves_the_file_stays_in_force_and_is_told(store: Store) -> None:
    kpi = replace(LATE, targets=(Target(dt.date(2024, 1, 1), 5.0),))
    store.apply_catalog(catalog(kpi, version="v2"), by="Ada")
    told = store.apply_catalog(catalog(LATE, version="v3"), by="Ada")
    assert any("it stays in force" in sentence for sentence in told)
    assert in_force(store, "late") == [(dt.datetime(2024, 1, 1), {"value": 5.0})]


def test_a_derived_or_unused_kpi_needs_nothing(store: Store) -> None:
    kpi = Kpi("other", "Other", "measured", "neither")
    assert store.apply_catalog(catalog(kpi, LATE, WAIT, PLAIN, version="v2"), by="Ada") == ("KPI Other added.",)
