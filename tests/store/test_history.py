"""The history of one value: what each batch in force wrote, oldest first, whatever was undone in between.

Authority: an oracle that keeps, for each key, the values of the batches that were not undone, in order of arrival.
"""

from __future__ import annotations

import random

import pytest

from opsmetrics.store import Store, value_history
from tests.cases import cases
from tests.store.builders import batch, count, day, reading

SEQUENCES = cases(7, 30)


def values(store: Store, site: str | None, table: str = "counts") -> list[tuple[int, float]]:
    """(batch, value) of the fact on day 0, oldest first."""
    kpi, sample = ("late", 0) if table == "counts" else ("wait", 1)
    found = value_history(store, table, kpi, day(0), {"site": site}, sample)  # type: ignore[arg-type]
    name = "numerator" if table == "counts" else "value"
    return [(int(number), float(value)) for number, value in zip(found["batch"], found[name], strict=True)]


def test_a_value_stated_once_has_one_version(store: Store) -> None:
    store.commit(batch(count(day(0), 5, site="North"), source="a.csv", note="first"), by="ann")
    found = value_history(store, "counts", "late", day(0), {"site": "North"})
    assert found[["numerator", "denominator", "batch", "by", "source", "note"]].to_dict("records") == [
        {"numerator": 5.0, "denominator": 100.0, "batch": 1, "by": "ann", "source": "a.csv", "note": "first"}
    ]


def test_a_fact_that_is_not_stored_has_none(store: Store) -> None:
    store.commit(batch(count(day(0), 5, site="North")), by="ann")
    assert values(store, "South") == []
    assert values(store, None) == [], "no site is a value of its own"


def test_a_confirmed_value_is_no_new_version(store: Store) -> None:
    for number in (5, 5, 6):
        store.commit(batch(count(day(0), number, site="North")), by="ann")
    assert values(store, "North") == [(1, 5.0), (2, 6.0)]


@pytest.mark.parametrize("table", ["counts", "readings"])
@pytest.mark.parametrize("seed", range(SEQUENCES))
def test_the_history_equals_the_batches_in_force(store: Store, table: str, seed: int) -> None:
    """New values each time; some batches are undone in any order."""
    draw = random.Random(seed)
    written: dict[int, float] = {}
    for step in range(1, 13):
        if written and draw.random() < 0.3:
            undone = draw.choice(list(written))
            store.undo(undone, by="ann")
            del written[undone]
            continue
        value = step + draw.random()
        row = count(day(0), value, site="North") if table == "counts" else reading(day(0), value, site="North")
        receipt = store.commit(batch(row), by="ann")
        assert receipt.batch is not None
        written[receipt.batch] = value
    assert values(store, "North", table) == list(written.items())
