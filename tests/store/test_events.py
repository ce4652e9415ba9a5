"""Events in the store: told apart by their reference, else replaced stretch by stretch; undo exact in any order.

Authority: a naive oracle that replays the batches in force over a plain list of events, written from the rule alone: a
batch takes away what it replaces, then adds what it states.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsmetrics.measurements import Span, events_key
from opsmetrics.store import Store, StoreError, schema
from opsmetrics.store.engine import Engine
from opsmetrics.store.lock import OwnerLock
from tests.cases import cases
from tests.store.builders import STOPS, batch, catalog, count, day, event

SEQUENCES = cases(6, 40)
SITES = ("North", "South")
KEYS = ("stream", "observed_at", "site", "line", "category", "subcategory", "count", "cost", "minutes", "reference")

Row = tuple[Any, ...]


def whole(stream: str, first: int, last: int, *reporters: str) -> Span:
    """The batch states all events of these days."""
    return Span(events_key(stream), day(first), day(last), reporters, replaces=True)


def row_of(happened: dict[str, Any]) -> Row:
    return tuple(happened.get(name) for name in KEYS)


def stored(store: Store) -> Counter[Row]:
    with store.cursor() as cursor:
        rows = cursor.execute(f"SELECT {', '.join(KEYS)} FROM events").fetchall()
    return Counter(rows)


@dataclass
class Stated:
    """What a batch states: its events, and the stretches of which it states all."""

    rows: list[dict[str, Any]]
    spans: tuple[Span, ...]

    def replaces(self, old: dict[str, Any]) -> bool:
        """True where an older event gives way to this batch."""
        if old.get("reference") is not None:
            return any((new["stream"], new.get("reference")) == (old["stream"], old["reference"]) for new in self.rows)
        return any(
            span.replaces
            and span.kpi == events_key(old["stream"])
            and span.starts_at <= old["observed_at"] < span.ends_at
            and (old["stream"] == "stops" or old.get("site") in span.reporters)
            for span in self.spans
        )


@dataclass
class Replay:
    """The oracle: batches in order of arrival, and which of them were undone."""

    batches: dict[int, Stated] = field(default_factory=dict)
    undone: set[int] = field(default_factory=set)

    @property
    def live(self) -> list[int]:
        return [number for number in self.batches if number not in self.undone]

    def events(self) -> Counter[Row]:
        held: list[dict[str, Any]] = []
        for number in self.live:
            stated = self.batches[number]
            held = [old for old in held if not stated.replaces(old)] + stated.rows
        return Counter(map(row_of, held))


def some_batch(chance: random.Random) -> Stated:
    """Stops without references over some days, tickets reported by sites, tickets with references, or several."""
    rows: list[dict[str, Any]] = []
    spans: list[Span] = []
    kind = chance.randint(0, 3)
    if kind in (0, 3):
        first = chance.randint(0, 3)
        last = first + chance.randint(1, 3)
        spans.append(whole("stops", first, last))
        for _ in range(chance.randint(0, 4)):
            at = day(chance.randint(first, last - 1)) + dt.timedelta(hours=chance.randint(0, 1))
            rows.append(event(at, chance.choice("AB"), site=chance.choice((*SITES, None))))
    if kind in (1, 3):
        reporters = chance.sample(SITES, chance.randint(1, 2))
        spans.append(whole("tickets", 0, 2, *reporters))
        rows += [event(day(chance.randint(0, 1)), site=chance.choice(reporters), stream="tickets") for _ in range(2)]
    if kind in (2, 3):
        named = chance.sample(["a", "b", "c"], chance.randint(1, 3))
        rows += [
            event(day(chance.randint(0, 1)), reference=name, minutes=float(chance.randint(1, 2)), site="North")
            for name in named
        ]
    return Stated(rows, tuple(spans))


def test_any_order_equals_a_replay_without_the_undone_batches(store: Store) -> None:
    for sequence in range(SEQUENCES):
        chance, oracle = random.Random(sequence), Replay()
        for step in range(chance.randint(3, 7)):
            if oracle.live and chance.random() < 0.4:
                number = chance.choice(oracle.live)
                store.undo(number, by="Ada")
                oracle.undone.add(number)
            else:
                commit(store, oracle, some_batch(chance), f"{sequence}.{step}")
            assert stored(store) == oracle.events(), f"sequence {sequence}, step {step}"
        while oracle.live:
            number = chance.choice(oracle.live)
            store.undo(number, by="Ada")
            oracle.undone.add(number)
            assert stored(store) == oracle.events(), f"sequence {sequence}"
        assert store.read("SELECT count(*) AS n FROM past_events")["n"].iloc[0] == 0


def commit(store: Store, oracle: Replay, stated: Stated, mark: str) -> None:
    given_batch = batch(*stated.rows, spans=stated.spans, fingerprint=mark)
    shown = store.diff(given_batch)
    before = oracle.events()
    receipt = store.commit(given_batch, by="Ada")
    assert receipt.batch is not None
    oracle.batches[receipt.batch] = stated
    after = oracle.events()
    counted = (receipt.new, receipt.updated, receipt.unchanged, receipt.removed)
    assert counted == (shown.new, shown.updated, shown.unchanged, shown.removed)
    assert receipt.new + receipt.updated + receipt.unchanged == len(stated.rows)
    assert receipt.new - receipt.removed == after.total() - before.total()
    assert receipt.new + receipt.updated == (after - before).total()
    assert receipt.removed + receipt.updated == (before - after).total()
    assert shown.event_changes["change"].tolist() == ["updated"] * shown.updated + ["removed"] * shown.removed


EVENTS = st.lists(st.tuples(st.integers(0, 3), st.sampled_from("AB"), st.integers(1, 2)), max_size=6)


@given(first=EVENTS, second=EVENTS)
@settings(max_examples=cases(5, 20), deadline=None)
def test_sending_a_stretch_again_leaves_just_what_it_states(
    tmp_path_factory: pytest.TempPathFactory, first: list[tuple[int, str, int]], second: list[tuple[int, str, int]]
) -> None:
    def stated(rows: list[tuple[int, str, int]], mark: str) -> Any:
        happened = [event(day(d), c, minutes=float(m)) for d, c, m in rows]
        return batch(*happened, spans=(whole("stops", 0, 4),), fingerprint=mark)

    with Store.open(tmp_path_factory.mktemp("events") / "s.duckdb", role="test") as held:
        held.apply_catalog(catalog(), by="Ada")
        held.commit(stated(first, "one"), by="Ada")
        before = stored(held)
        receipt = held.commit(stated(second, "two"), by="Ada")
        assert stored(held) == Counter(row_of(event(day(d), c, minutes=float(m))) for d, c, m in second)
        assert receipt.unchanged == (before & stored(held)).total()
        assert receipt.batch is not None
        back = held.undo(receipt.batch, by="Ada")
        assert stored(held) == before
        assert (back.restored, back.removed) == (receipt.removed, receipt.new)


def test_the_same_file_again_changes_nothing(store: Store) -> None:
    given_batch = batch(event(day(0)), event(day(0)), event(day(1), reference="x"), spans=(whole("stops", 0, 1),))
    assert store.commit(given_batch, by="Ada").new == 3
    again = store.commit(given_batch, by="Ada")
    assert (again.batch, again.unchanged, again.removed) == (None, 3, 0)
    assert store.batches().iloc[0]["kpis"] == ("events:stops",)


def test_events_and_counts_of_one_file_are_one_batch(store: Store) -> None:
    receipt = store.commit(
        batch(event(day(0), minutes=3.0), count(day(0), 5, site="North"), spans=(whole("stops", 0, 1),)), by="Ada"
    )
    assert (receipt.batch, receipt.new) == (1, 2)
    assert store.batches().iloc[0]["kpis"] == ("events:stops", "late")
    assert receipt.as_dict()["spans"][0]["kpi"] == "events:stops"
    undone = store.undo(1, by="Ada")
    assert (undone.removed, undone.restored, undone.kept) == (2, 0, 0)
    assert not stored(store)


def test_a_reference_is_updated_and_what_it_was_is_shown(store: Store) -> None:
    store.commit(batch(event(day(0), reference="x", site="North")), by="Ada")
    closed = batch(event(day(0), "Power", reference="x", minutes=7.5, site="North"), fingerprint="closed")
    (change,) = store.diff(closed).event_changes.to_dict("records")
    assert (change["change"], change["reference"], change["old_batch"]) == ("updated", "x", 1)
    assert (change["old_category"], change["new_category"], change["new_minutes"]) == ("Jam", "Power", 7.5)
    assert store.commit(closed, by="Bo").updated == 1
    kept = store.undo(1, by="Ada")
    assert (kept.kept, kept.removed) == (1, 0)
    assert kept.warnings[0].code == "kept"
    assert [row[8] for row in stored(store)] == [7.5]


def test_a_stretch_without_events_takes_the_stored_ones_away(store: Store) -> None:
    store.commit(batch(event(day(0)), event(day(1)), event(day(2)), spans=(whole("stops", 0, 3),)), by="Ada")
    nothing = batch(spans=(whole("stops", 1, 2),), fingerprint="none")
    shown = store.diff(nothing)
    assert (shown.removed, shown.event_changes["old_observed_at"].tolist()) == (1, [day(1)])
    receipt = store.commit(nothing, by="Bo")
    assert (receipt.removed, receipt.as_dict()["removed"], stored(store).total()) == (1, 1, 2)
    assert store.batches()["removed"].tolist() == [0, 1]
    store.undo(2, by="Bo")
    assert stored(store).total() == 3


def test_reporters_replace_only_what_they_reported(store: Store) -> None:
    def tickets(site: str, at: int) -> dict[str, Any]:
        return event(day(at), stream="tickets", site=site)

    store.commit(batch(tickets("North", 0), tickets("South", 0), spans=(whole("tickets", 0, 1, *SITES),)), by="Ada")
    receipt = store.commit(batch(spans=(whole("tickets", 0, 1, "South"),), fingerprint="x"), by="Ada")
    assert receipt.removed == 1
    assert [row[2] for row in stored(store)] == ["North"]


@pytest.mark.parametrize(
    ("rows", "spans", "sentence"),
    [
        ([event(day(0), stream="stop")], (whole("stop", 0, 1),), "Did you mean 'stops'"),
        ([event(day(0), stream="xyz", reference="x")], (), r"add \[streams.xyz\]"),
        ([event(day(0), stream="tickets", site="N", line="A", reference="x")], (), "fills the dimension 'line'"),
        ([event(day(0), stream="tickets", reference="x")], (), "without 'site'"),
        ([event(day(0), minutes=-1.0, reference="x")], (), "from 0 on"),
        ([event(day(0), minutes=float("inf"), reference="x")], (), "from 0 on"),
        ([event(day(0), reference="x"), event(day(1), reference="x")], (), "with the reference 'x'"),
        ([event(day(0)), event(day(5))], (whole("stops", 0, 2),), "outside the time"),
        ([event(day(0))], (), "outside the time"),
    ],
)
def test_events_that_may_not_be_stored(store: Store, rows: list, spans: tuple, sentence: str) -> None:
    with pytest.raises(StoreError, match=sentence):
        store.diff(batch(*rows, spans=spans))
    with pytest.raises(StoreError, match=sentence):
        store.commit(batch(*rows, spans=spans), by="Ada")
    assert (store.data_version, stored(store).total()) == (0, 0)
    assert store.commit(batch(event(day(0), reference="y")), by="Ada").new == 1, "the store works on"


def test_a_dimension_added_later_is_empty_in_old_events_and_survives_undo(store: Store) -> None:
    store.commit(batch(event(day(0), site="North"), spans=(whole("stops", 0, 1),)), by="Ada")
    store.commit(batch(event(day(0), "Power"), spans=(whole("stops", 0, 1),), fingerprint="x"), by="Ada")
    wider = STOPS.__class__("stops", "Line stops", ("site", "line", "crew"))
    told = store.apply_catalog(catalog(dimensions=("site", "line", "crew"), streams=(wider,), version="v2"), by="Ada")
    assert "Stream of events Line stops changed." in told
    assert "Stream of events Tickets has left the definitions; its events stay." in told
    store.undo(2, by="Ada")
    with store.cursor() as cursor:
        assert cursor.execute("SELECT site, crew FROM events").fetchall() == [("North", None)]


def test_a_store_of_the_first_schema_is_brought_forward_with_its_data(tmp_path: Path) -> None:
    path = tmp_path / "old.duckdb"
    lock = OwnerLock(path, "test")
    engine = Engine(path, "1GB", 30.0)
    schema.migrate(engine, schema.known_migrations()[:1])
    with engine.writing() as transaction:
        for sql in (
            "ALTER TABLE events ADD COLUMN site VARCHAR",
            "INSERT INTO events (stream, observed_at, category, batch, site) "
            "VALUES ('stops', '2024-03-01', 'Jam', 1, 'North')",
            "INSERT INTO spans VALUES (1, 'events:stops', '2024-03-01', '2024-03-02', [])",
            'INSERT INTO batches (batch, kind, "at", "by", source, fingerprint, note, records, rows, rejected, '
            "missing, duplicates, skipped, new, updated, unchanged, kpis) "
            "VALUES (1, 'load', '2024-03-02', 'Ada', 'a', 'f', '', 1, 1, 0, 0, 0, 0, 1, 0, 0, ['events:stops'])",
        ):
            transaction.cursor.execute(sql)
    engine.close()
    lock.release()
    newest = len(schema.known_migrations())
    with Store.open(path, role="test") as held:
        assert held.read("SELECT max(version) AS v FROM schema_version")["v"].iloc[0] == newest
        assert held.read("SELECT site FROM events")["site"].tolist() == ["North"]
        assert held.batches()["removed"].tolist() == [0]
        for table in ("past_events", "states", "runs"):
            assert "site" in held.read(f"SELECT * FROM {table}").columns
    with Store.open(path, role="test") as held:
        assert held.read("SELECT count(*) AS n FROM schema_version")["n"].iloc[0] == newest, "once is enough"
