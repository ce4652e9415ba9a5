"""Logs of states: outages and what is known of each unit follow from the records in force, in any order of loading.

Authority: a naive oracle that keeps a plain list of records. A log takes away the records of its units from its first
record to its last, then adds its own; outages and known time are read off the list, unit by unit and record by record.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsmetrics.measurements import Batch, Span, events_key, states_schema
from opsmetrics.store import Store, StoreError
from tests.cases import cases
from tests.store.builders import STOPS, batch, catalog, day, event, facts_of

HOUR = dt.timedelta(hours=1)
DIMENSIONS = ("site", "line")
#: How many hours a regular unit may be silent at least before that tells something.
PATIENCE = 23


@dataclass(frozen=True)
class Said:
    """One record: hours after the tests' first day, unit, state."""

    hour: int
    unit: str
    state: str

    @property
    def down(self) -> bool:
        return self.state in ("down", "off")


def log(*said: Said, mark: str = "", vouched: tuple[int, int] | None = None, **more: Any) -> Batch:
    """The batch of a log of states; `vouched`: the hours that a person says it covers."""
    rows = [
        {
            "stream": "stops", "observed_at": day(0) + one.hour * HOUR, "site": one.unit, "category": f"{one.state}!",
            "subcategory": "", "_unit": one.unit, "_state": one.state, "_down": one.down, "_line": place,
        } | more
        for place, one in enumerate(said)
    ]  # fmt: skip
    first, last = min(one.hour for one in said), max(one.hour for one in said)
    units = tuple(sorted({one.unit for one in said}))
    start, end = (first, last) if vouched is None else vouched
    tick = dt.timedelta(microseconds=vouched is None)
    span = Span(events_key("stops"), day(0) + start * HOUR, day(0) + end * HOUR + tick, units, states=vouched is None)
    made = batch(spans=(span,), fingerprint=mark or repr(said))
    return replace(made, states=facts_of(rows, states_schema(DIMENSIONS)))


@dataclass
class Replay:
    """The oracle: logs in order of arrival, and which of them were undone."""

    logs: dict[int, tuple[Said, ...]] = field(default_factory=dict)
    undone: set[int] = field(default_factory=set)

    @property
    def live(self) -> list[int]:
        return [number for number in self.logs if number not in self.undone]

    def records(self) -> list[Said]:
        held: list[Said] = []
        for number in self.live:
            told = self.logs[number]
            first, last = min(one.hour for one in told), max(one.hour for one in told)
            units = {one.unit for one in told}
            held = [old for old in held if not (old.unit in units and first <= old.hour <= last)]
            held += told
        return sorted(held, key=lambda one: one.hour)

    def outages(self) -> list[tuple[str, int, int | None, str]]:
        found = []
        for unit in {one.unit for one in self.records()}:
            since: Said | None = None
            for one in self.records():
                if one.unit == unit and one.down and since is None:
                    since = one
                elif one.unit == unit and not one.down and since is not None:
                    found.append((unit, since.hour, one.hour, since.state + "!"))
                    since = None
            if since is not None:
                found.append((unit, since.hour, None, since.state + "!"))
        return sorted(found, key=str)

    def known(self) -> list[tuple[str, int, int]]:
        """Stretches of each unit, cut where a regular one is silent for long after it was up."""
        every = self.records()
        end = max((one.hour for one in every), default=0)
        found = []
        for unit in {one.unit for one in every}:
            own = [one for one in every if one.unit == unit]
            steps = list(pairwise(own))
            same = sum(before.state == after.state for before, after in steps)
            regular = len(steps) >= 8 and same >= 0.75 * len(steps)
            usual = (own[-1].hour - own[0].hour) / len(steps) if steps else 0
            since = own[0].hour
            for before, after in [*steps, (own[-1], Said(end, unit, "end"))]:
                silent = after.hour - before.hour
                if regular and not before.down and silent > 1.5 * usual and silent >= PATIENCE:
                    found.append((unit, since, before.hour))
                    since = after.hour
            found.append((unit, since, end))
        return sorted(found)


def hours(stamp: Any) -> int:
    return int((stamp - day(0)) / HOUR)


def stored(store: Store) -> list[tuple[str, int, int | None, str]]:
    rows = store.read("SELECT site, observed_at, minutes, category FROM events WHERE _unit IS NOT NULL")
    found = [
        (r.site, hours(r.observed_at), None if r.minutes != r.minutes else hours(r.observed_at) + int(r.minutes / 60),
         r.category)
        for r in rows.itertuples()
    ]  # fmt: skip
    return sorted(found, key=str)


def watched(store: Store) -> list[tuple[str, int, int]]:
    found = store.covered([events_key("stops")])[events_key("stops")]
    return sorted((r.reporters[0], hours(r.starts_at), hours(r.ends_at)) for r in found.itertuples() if r.watched)


def agrees(store: Store, oracle: Replay) -> bool:
    return (stored(store), watched(store)) == (oracle.outages(), oracle.known())


def commit(store: Store, oracle: Replay, told: Iterable[Said], mark: str) -> None:
    said = tuple(told)
    given_batch = log(*said, mark=mark)
    shown, before = store.diff(given_batch), oracle.outages()
    receipt = store.commit(given_batch, by="Ada")
    assert receipt.batch is not None
    oracle.logs[receipt.batch] = said
    after = oracle.outages()
    counted = (receipt.new, receipt.updated, receipt.unchanged, receipt.removed)
    assert counted == (shown.new, shown.updated, shown.unchanged, shown.removed)
    assert receipt.new + receipt.updated + receipt.unchanged == len(after)
    assert receipt.unchanged + receipt.updated + receipt.removed == len(before)
    assert receipt.unchanged == len(set(before) & set(after))
    assert sorted(shown.event_changes["change"]) == ["removed"] * shown.removed + ["updated"] * shown.updated


def undo(store: Store, oracle: Replay, number: int) -> None:
    before = oracle.outages()
    back = store.undo(number, by="Ada")
    oracle.undone.add(number)
    after = oracle.outages()
    starts, starts_after = ({one[:2] for one in outages} for outages in (before, after))
    assert back.removed == len(starts - starts_after)
    assert back.restored == len(set(after) - set(before))


def some_log(chance: random.Random) -> list[Said]:
    """A few hours or days of some units: checked every few hours, or told where something changes."""
    first = chance.randint(0, 200)
    told: list[Said] = []
    for unit in chance.sample("ABC", chance.randint(1, 3)):
        at = first + chance.randint(0, 3)
        for _ in range(chance.randint(1, 12)):
            told.append(Said(at, unit, chance.choice(["up", "up", "up", "slow", "down", "off"])))
            at += chance.choice([1, 2, 2, 3, 30])
    return sorted(told, key=lambda one: one.hour)


def test_any_order_equals_a_replay_without_the_undone_logs(store: Store) -> None:
    for sequence in range(cases(5, 25)):
        chance, oracle = random.Random(sequence), Replay()
        for step in range(chance.randint(3, 8)):
            if oracle.live and chance.random() < 0.35:
                undo(store, oracle, chance.choice(oracle.live))
            else:
                commit(store, oracle, some_log(chance), f"{sequence}.{step}")
            assert agrees(store, oracle), f"sequence {sequence}, step {step}"
        while oracle.live:
            undo(store, oracle, chance.choice(oracle.live))
            assert agrees(store, oracle), f"sequence {sequence}"
        for table in ("states", "runs", "logs", "watched", "events"):
            assert store.read(f"SELECT count(*) AS n FROM {table}")["n"].iloc[0] == 0


RECORDS = st.dictionaries(
    st.tuples(st.integers(0, 300), st.sampled_from("AB")), st.sampled_from(["up", "up", "up", "down"]), min_size=1
)


@given(told=RECORDS, cuts=st.sets(st.integers(1, 300), max_size=5), order=st.randoms(use_true_random=False))
@settings(max_examples=cases(5, 25), deadline=None)
def test_many_short_logs_in_any_order_are_one_log(
    tmp_path_factory: pytest.TempPathFactory, told: dict, cuts: set[int], order: random.Random
) -> None:
    said = [Said(hour, unit, state) for (hour, unit), state in sorted(told.items())]
    borders = [0, *sorted(cuts), 301]
    parts = [[one for one in said if a <= one.hour < b] for a, b in pairwise(borders)]
    parts = [part for part in parts if part]
    order.shuffle(parts)
    with Store.open(tmp_path_factory.mktemp("logs") / "s.duckdb", role="test") as store:
        store.apply_catalog(catalog(), by="Ada")
        whole = store.commit(log(*said, mark="whole"), by="Ada")
        expected = stored(store), watched(store)
        assert expected[0] == Replay({1: tuple(said)}).outages()
        assert whole.batch is not None
        store.undo(whole.batch, by="Ada")
        numbers = [store.commit(log(*part, mark=f"part {n}"), by="Ada").batch for n, part in enumerate(parts)]
        assert (stored(store), watched(store)) == expected
        again = order.randrange(len(parts))
        store.undo(int(numbers[again] or 0), by="Ada")
        left = [one for part in parts[:again] + parts[again + 1 :] for one in part]
        assert stored(store) == Replay({1: tuple(sorted(left, key=lambda one: one.hour))} if left else {}).outages()
        store.commit(log(*parts[again], mark="again"), by="Ada")
        assert (stored(store), watched(store)) == expected


def test_a_corrected_log_takes_false_outages_away_and_they_come_back(store: Store) -> None:
    first = [Said(0, "A", "up"), Said(1, "A", "down"), Said(2, "A", "up"), Said(5, "A", "up")]
    store.commit(log(*first), by="Ada")
    corrected = log(Said(0, "A", "up"), Said(5, "A", "up"))
    shown = store.diff(corrected)
    assert (shown.removed, shown.event_changes["old_observed_at"].tolist()) == (1, [day(0) + HOUR])
    receipt = store.commit(corrected, by="Bo")
    assert (receipt.removed, stored(store)) == (1, [])
    assert receipt.batch is not None and store.undo(receipt.batch, by="Bo").restored == 1
    assert stored(store) == [("A", 1, 2, "down!")]


def test_the_same_log_again_opens_no_batch(store: Store) -> None:
    told = log(Said(0, "A", "up"), Said(1, "A", "down"))
    assert store.commit(told, by="Ada").new == 1
    again = store.commit(told, by="Ada")
    assert (again.batch, again.unchanged) == (None, 1)


def test_an_outage_is_found_in_the_file_in_which_it_began_also_when_that_is_sent_again(store: Store) -> None:
    store.commit(log(Said(0, "A", "down"), Said(1, "A", "up")), by="Ada")
    store.commit(log(Said(0, "A", "down"), Said(1, "A", "up"), Said(2, "A", "up")), by="Ada")
    assert store.read("SELECT batch FROM events")["batch"].tolist() == [2]
    store.undo(2, by="Ada")
    assert store.read("SELECT batch FROM events")["batch"].tolist() == [1]


def test_events_of_another_kind_are_left_alone(store: Store) -> None:
    ticket = event(day(0), site="A", reference="A 2024-03-01T01:00:00Z", minutes=5.0)
    store.commit(batch(ticket), by="Ada")
    store.commit(log(Said(1, "A", "down"), Said(2, "A", "up")), by="Ada")
    assert store.read("SELECT minutes FROM events ORDER BY minutes")["minutes"].tolist() == [5, 60]
    store.undo(1, by="Ada")
    assert stored(store) == [("A", 1, 2, "down!")]
    assert store.commit(batch(ticket, fingerprint="again"), by="Ada").new == 1
    store.undo(2, by="Ada")
    assert store.read("SELECT minutes FROM events")["minutes"].tolist() == [5]


def test_what_a_person_says_a_log_covers_is_known_of_its_units(store: Store) -> None:
    store.commit(log(Said(3, "A", "up"), Said(8, "B", "up"), vouched=(0, 24)), by="Ada")
    found = store.covered([events_key("stops")])[events_key("stops")]
    told = {(r.reporters, hours(r.starts_at), hours(r.ends_at), r.watched) for r in found.itertuples()}
    assert told == {(("A", "B"), 0, 24, False), (("A",), 3, 24, True), (("B",), 8, 24, True)}


def test_the_last_event_of_a_list_makes_no_time_known(store: Store) -> None:
    """Its span ends a microsecond later, so that it holds the event: of the next day nothing is known by that."""
    span = Span(events_key("stops"), day(0), day(1) + dt.timedelta(microseconds=1), replaces=True)
    store.commit(batch(event(day(0)), event(day(1)), spans=(span,)), by="Ada")
    assert store.spans(events_key("stops"))["ends_at"].tolist() == [span.ends_at]
    assert store.covered([events_key("stops")])[events_key("stops")]["ends_at"].tolist() == [day(1)]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"stream": "stop"}, "Did you mean 'stops'"),
        ({"stream": "tickets", "line": "x"}, "fills the dimension 'line'"),
        ({"cost": -1.0}, "from 0 on"),
        ({"_unit": None}, "without a stream or an instant"),
    ],
)
def test_records_that_may_not_be_stored(store: Store, more: dict, sentence: str) -> None:
    told = log(Said(0, "A", "down"), **more)
    with pytest.raises(StoreError, match=sentence):
        store.diff(told)
    with pytest.raises(StoreError, match=sentence):
        store.commit(told, by="Ada")
    assert store.read("SELECT count(*) AS n FROM states")["n"].iloc[0] == 0
    assert store.commit(log(Said(0, "A", "down")), by="Ada").new == 1, "the store works on"


def test_a_dimension_added_later_is_empty_in_old_records_and_survives_undo(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s.duckdb", role="test") as held:
        held.apply_catalog(catalog(), by="Ada")
        held.commit(log(Said(0, "A", "down"), Said(1, "A", "up")), by="Ada")
        held.commit(log(Said(0, "A", "up"), Said(2, "A", "up")), by="Ada")
        wider = replace(STOPS, dimensions=("site", "line", "crew"))
        held.apply_catalog(catalog(dimensions=("site", "line", "crew"), streams=(wider,), version="v2"), by="Ada")
        held.undo(2, by="Ada")
        with held.cursor() as cursor:
            assert cursor.execute("SELECT site, crew FROM events").fetchall() == [("A", None)]
