"""Undo takes back exactly what a batch wrote, in any order.

Authority: a naive oracle that replays the batches which were not undone, value by value, over random sequences of
commits with overlapping keys and undos. In any order the store equals the replay when every batch brings new values;
with repeated (confirmed) values last-in-first-out undo still does.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import duckdb
import pytest

from opsmetrics.measurements import Span
from opsmetrics.store import Store, StoreError
from opsmetrics.working import Cancelled, Work
from tests.cases import cases
from tests.store.builders import batch, count, day, reading

SEQUENCES = cases(20, 160)
LAST_FIRST = cases(8, 60)
SITES = ("North", "South", None)

Key = tuple[str, int, str | None, int]  # table, day, site, sample


@dataclass
class Replay:
    """The oracle: batches in order of arrival, and which of them were undone."""

    batches: dict[int, dict[Key, float]] = field(default_factory=dict)
    undone: set[int] = field(default_factory=set)

    def facts(self) -> dict[Key, float]:
        """What the batches in force say, later ones last."""
        stored: dict[Key, float] = {}
        for number, values in self.batches.items():
            if number not in self.undone:
                stored |= values
        return stored

    @property
    def live(self) -> list[int]:
        """The batches in force."""
        return [number for number in self.batches if number not in self.undone]


def stored(store: Store, first: dt.datetime, last: dt.datetime) -> dict[Key, float]:
    """The facts of the store in a stretch of time, in the oracle's form."""
    found: dict[Key, float] = {}
    with store.cursor() as cursor:
        for table, value in (("counts", "numerator"), ("readings", "value")):
            sample = "sample" if table == "readings" else "0"
            rows = cursor.execute(
                f"SELECT observed_at, site, {sample}, {value} FROM {table} WHERE observed_at BETWEEN ? AND ?",
                [first, last],
            ).fetchall()
            for at, site, number, amount in rows:
                key = (table, (at - first).days, site, number)
                assert key not in found, "a key is stored once"
                found[key] = amount
    return found


COUNTS: list[Key] = [("counts", d, site, 0) for d in range(3) for site in SITES]
READINGS: list[Key] = [("readings", d, site, s) for d in range(2) for site in SITES[1:] for s in (1, 2)]
KEYS = (COUNTS, READINGS, COUNTS, COUNTS + READINGS)  # by turns, so that the sequences stay quick


def some_values(chance: random.Random, keys: list[Key], value: Callable[[], float]) -> dict[Key, float]:
    return {key: value() for key in chance.sample(keys, chance.randint(1, len(keys)))}


def commit(store: Store, oracle: Replay, values: dict[Key, float], start: int, mark: str) -> None:
    rows = [
        count(day(start + d), v, 1000.0, site=site) if table == "counts" else reading(day(start + d), v, s, site=site)
        for (table, d, site, s), v in values.items()
    ]
    receipt = store.commit(batch(*rows, fingerprint=mark), by="Ada")
    before = oracle.facts()
    assert receipt.batch is not None
    assert receipt.new == sum(key not in before for key in values)
    assert receipt.updated == sum(key in before and before[key] != v for key, v in values.items())
    assert receipt.unchanged == sum(before.get(key) == v for key, v in values.items())
    oracle.batches[receipt.batch] = values


def undo(store: Store, oracle: Replay, number: int) -> None:
    owned = sum(_owner(oracle, key) == number for key in oracle.batches[number])
    before, oracle.undone = oracle.facts(), oracle.undone | {number}
    receipt = store.undo(number, by="Ada")
    after = oracle.facts()
    assert receipt.removed == len(before) - len(after)
    assert receipt.restored == owned - receipt.removed
    assert receipt.kept == len(oracle.batches[number]) - owned


def _owner(oracle: Replay, key: Key) -> int:
    return max(number for number in oracle.live if key in oracle.batches[number])


def test_any_order_equals_a_replay_without_the_undone_batches(store: Store) -> None:
    for sequence in range(SEQUENCES):
        chance, oracle, fresh = random.Random(sequence), Replay(), iter(range(1, 10_000))
        start = sequence * 10
        for step in range(chance.randint(3, 6)):
            if oracle.live and chance.random() < 0.45:
                undo(store, oracle, chance.choice(oracle.live))
            else:
                values = some_values(chance, KEYS[sequence % 4], lambda numbers=fresh: float(next(numbers)))
                commit(store, oracle, values, start, f"{sequence}.{step}")
            assert stored(store, day(start), day(start + 9)) == oracle.facts(), f"sequence {sequence}, step {step}"
        while oracle.live and chance.random() < 0.7:
            undo(store, oracle, chance.choice(oracle.live))
        assert stored(store, day(start), day(start + 9)) == oracle.facts(), f"sequence {sequence}"


def test_last_in_first_out_is_exact_with_confirmed_values_too(store: Store) -> None:
    for sequence in range(LAST_FIRST):
        chance, oracle = random.Random(1000 + sequence), Replay()
        start = sequence * 10
        for step in range(chance.randint(3, 5)):
            values = some_values(chance, KEYS[sequence % 4], lambda c=chance: float(c.randint(1, 3)))
            commit(store, oracle, values, start, f"{sequence}.{step}")
        for number in reversed(oracle.live[chance.randint(0, 2) :]):
            store.undo(number, by="Ada")
            oracle.undone.add(number)
            assert stored(store, day(start), day(start + 9)) == oracle.facts(), f"sequence {sequence}"


def test_undo_of_a_middle_batch_then_the_last_does_not_bring_the_middle_one_back(store: Store) -> None:
    for value in (1.0, 2.0, 3.0):
        store.commit(batch(count(day(0), value)), by="Ada")
    store.undo(2, by="Ada")
    store.undo(3, by="Ada")
    assert store.read("SELECT numerator, batch FROM counts").to_dict("list") == {"numerator": [1.0], "batch": [1]}


def test_undo_tells_what_it_did_and_the_ledger_keeps_who_and_why(store: Store) -> None:
    span = Span("late", day(0), day(3))
    store.commit(batch(count(day(0), 1.0), count(day(1), 1.0), count(day(2), 1.0), spans=(span,)), by="Ada")
    store.commit(batch(count(day(0), 2.0), count(day(1), 1.0), spans=(span,)), by="Bo")
    receipt = store.undo(1, by="Cy", why="wrong plant")
    assert (receipt.batch, receipt.restored, receipt.removed, receipt.kept) == (1, 0, 2, 1)
    assert [notice.code for notice in receipt.warnings] == ["kept", "confirmed_later"]
    assert receipt.data_version == store.data_version == 3
    row = store.batches().iloc[0]
    assert (row["undone_by"], row["undone_why"]) == ("Cy", "wrong plant")
    assert row["undone_at"] >= row["at"]
    assert store.spans("late")["batch"].tolist() == [2], "spans of undone batches no longer count"


def test_an_undone_or_unknown_batch_is_refused_with_a_sentence(store: Store) -> None:
    store.commit(batch(count(day(0), 1.0)), by="Ada")
    store.undo(1, by="Bo")
    with pytest.raises(StoreError, match=r"undone already, on .* by Bo"):
        store.undo(1, by="Cy")
    with pytest.raises(StoreError, match="There is no batch 7"):
        store.undo(7, by="Cy")
    assert store.data_version == 2


def test_a_cancelled_undo_leaves_the_store_as_it_was(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    for value in (1.0, 2.0):
        store.commit(batch(count(day(1), value)), by="Ada")
    before = (store.counted, stored(store, day(0), day(9)), str(store.batches()))
    with Work().open() as work:

        def in_the_middle(cursor: duckdb.DuckDBPyConnection, *_: object) -> None:
            """The facts are put back and the totals of their cells are not yet made anew."""
            work.cancel()
            cursor.execute("SELECT count(*) FROM range(1_000_000_000_000)").fetchall()

        monkeypatch.setattr("opsmetrics.store.undo.cells.renew", in_the_middle)
        with pytest.raises(Cancelled):
            store.undo(2, by="Ada")
    monkeypatch.undo()
    assert (store.counted, stored(store, day(0), day(9)), str(store.batches())) == before
    assert store.undo(2, by="Ada").restored == 1
