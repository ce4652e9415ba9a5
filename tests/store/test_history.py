"""The history of one value: what each batch in force wrote, oldest first, whatever was undone in between.

Authority: an oracle that keeps, for each key, the values of the batches that were not undone, in order of arrival.
"""

from __future__ import annotations

import random

import pandas as pd
import pytest

from opsmetrics.measurements import Span, events_key
from opsmetrics.store import Store, event_history, overwritten_events, state_history, value_history
from tests.cases import cases
from tests.store.builders import batch, count, day, event, reading
from tests.store.test_states import HOUR, Said, log

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


def told(store: Store, **of: object) -> list[tuple[int, float, int | None]]:
    """(batch, minutes, removed by) of an event on day 0 in North, oldest first."""
    found = event_history(store, "stops", day(0), {"site": "North", "line": ""}, **of)  # type: ignore[arg-type]
    return [
        (int(number), float(minutes), None if pd.isna(by) else int(by))
        for number, minutes, by in zip(found["batch"], found["minutes"], found["removed_by"], strict=True)
    ]


def test_an_event_with_a_reference_has_every_value_until_its_batch_is_undone(store: Store) -> None:
    for place, minutes in enumerate((5, 7, 9)):
        store.commit(batch(event(day(place), minutes=minutes, site="North", reference="A-1")), by="ann")
    assert told(store, reference="A-1") == [(1, 5.0, 2), (2, 7.0, 3), (3, 9.0, None)], "whatever its time became"
    assert overwritten_events(store, 3)["minutes"].tolist() == [7.0]
    store.undo(2, by="ann")
    assert told(store, reference="A-1") == [(1, 5.0, 3), (3, 9.0, None)]
    assert overwritten_events(store, 3)["minutes"].tolist() == [5.0], "what stood there before it now"


def test_an_event_without_a_reference_is_followed_by_its_time_and_place(store: Store) -> None:
    """Two files that state all of a day: the second one has another length, and one stop less."""
    span = (Span(events_key("stops"), day(0), day(1), replaces=True),)
    kept = event(day(0) + HOUR, minutes=3, site="North")
    gone = event(day(0) + 2 * HOUR, minutes=4, site="South")
    store.commit(batch(event(day(0), minutes=5, site="North"), kept, gone, spans=span), by="ann")
    store.commit(batch(event(day(0), minutes=8, site="North"), kept, spans=span), by="ben")
    assert told(store) == [(1, 5.0, 2), (2, 8.0, None)]
    assert overwritten_events(store, 2)["minutes"].tolist() == [5.0, 4.0], "not the one that was stated again"
    assert overwritten_events(store, 1).empty


def test_an_outage_is_followed_to_the_records_of_its_log(store: Store) -> None:
    said = [Said(0, "North", "up"), Said(2, "North", "down"), Said(3, "South", "down"), Said(5, "North", "off")]
    store.commit(log(*said, Said(7, "North", "up"), Said(9, "North", "up")), by="ann")
    (reference,) = store.read("SELECT reference FROM events WHERE site = 'North'")["reference"]
    found = state_history(store, "stops", reference)
    assert found[["state", "down", "batch", "by"]].to_numpy().tolist() == [
        ["down", True, 1, "ann"],
        ["off", True, 1, "ann"],
        ["up", False, 1, "ann"],
    ]
    assert state_history(store, "stops", "A-1").empty, "no log tells of it"
