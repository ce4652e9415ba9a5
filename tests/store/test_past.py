"""The store as it stood: read at any earlier version it is what it was, whatever came after."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass

import pandas as pd
import pytest

from opsmetrics.catalog import Decision
from opsmetrics.measurements import Span
from opsmetrics.store import Store, StoreError, definitions_text, lost, past, steps_after
from tests.cases import cases
from tests.store.builders import batch, catalog, count, day, event, reading

EVER = dt.datetime(2100, 1, 1)
READS = {
    "counts": "SELECT * FROM counts ORDER BY ALL",
    "readings": "SELECT * FROM readings ORDER BY ALL",
    "sums": "SELECT kpi, bin, site, line, numerator, denominator, rows, _last_at FROM count_totals ORDER BY ALL",
    "means": "SELECT kpi, bin, site, line, mean, m2, rows, _last_at FROM reading_totals ORDER BY ALL",
    "events": "SELECT * FROM events ORDER BY ALL",
    "decisions": "SELECT * FROM decisions ORDER BY ALL",
    "ledger": "SELECT batch, undone_at FROM batches ORDER BY ALL",
}


@dataclass(frozen=True)
class Recorded:
    """What the store held at a version, read when it was the present."""

    data: int
    decisions: int
    frames: dict[str, pd.DataFrame]
    spans: dict[str, pd.DataFrame]
    live: frozenset[int]


def record(store: Store) -> Recorded:
    frames = {name: store.read(sql) for name, sql in READS.items()}
    live = store.batches()
    spans = store.covered(["late", "wait", "events:stops"])
    return Recorded(
        store.data_version, store.decisions_version, frames, spans, frozenset(live[live["undone_at"].isna()]["batch"])
    )


def live_anyhow(chance: random.Random, store: Store) -> int | None:
    ledger = store.batches()
    live = ledger.loc[ledger["undone_at"].isna(), "batch"].tolist()
    return chance.choice(live) if live else None


def step(chance: random.Random, store: Store, number: int) -> None:
    """A batch that overwrites some of what is there, an undo of any batch, or a decision."""
    what = chance.random()
    undone = live_anyhow(chance, store)
    if what < 0.2 and undone is not None:
        store.undo(undone, by="ann")
        return
    if what < 0.35:
        store.decide(Decision("late", "annotate", value=str(number), by="ann"))
        return
    rows = [count(day(chance.randrange(6)), chance.randrange(90), site=site) for site in ("N", "S")]
    rows += [reading(day(chance.randrange(6)), chance.random(), sample, site="N") for sample in (1, 2)]
    rows += [event(day(chance.randrange(6)), chance.choice("AB"), line="L", reference=str(chance.randrange(4)))]
    spans = (Span("late", day(0), day(1 + chance.randrange(6)), ("N",)), Span("events:stops", day(0), day(6), ("L",)))
    store.commit(batch(*rows, spans=spans, fingerprint=str(number)), by="ann")


def same(found: Store, then: Recorded) -> None:
    assert (found.data_version, found.decisions_version) == (then.data, then.decisions)
    for name, sql in READS.items():
        pd.testing.assert_frame_equal(found.read(sql), then.frames[name], obj=name)
    for key, frame in found.covered(["late", "wait", "events:stops"]).items():
        pd.testing.assert_frame_equal(frame, then.spans[key], obj=key)
    assert len(found.decisions()) == len(then.frames["decisions"])


@pytest.mark.parametrize("seed", range(cases(3, 40)))
def test_every_version_is_read_as_it_was_recorded(store: Store, seed: int) -> None:
    """But for those of which a batch was undone since: these are named, and only these."""
    chance = random.Random(seed)
    recorded = [record(store)]
    for number in range(14):
        step(chance, store, number)
        recorded.append(record(store))
    now = recorded[-1].live
    whole = [then for then in recorded if then.live <= now]
    assert len(whole) >= 2
    for then in whole:
        same(past(store, then.data, then.decisions, EVER), then)
    for then in recorded:
        assert lost(store, then.data) == tuple(sorted(then.live - now))


def test_what_a_later_undo_brought_back_is_what_was_there(store: Store) -> None:
    store.commit(batch(count(day(0), 5, site="N")), by="ann")
    then = record(store)
    store.commit(batch(count(day(0), 7, site="N"), count(day(1), 1, site="N")), by="ann")
    store.undo(2, by="ann")
    same(past(store, then.data, then.decisions, EVER), then)
    assert lost(store, then.data) == ()


def test_shown_verdicts_count_up_to_a_moment(store: Store) -> None:
    from tests.store.test_shown import SERIES, row

    store.keep_shown([row("A", 2), row("BB", 4)])
    old = past(store, 0, 0, dt.datetime(2026, 3, 3))
    assert [frame["value"].tolist() for frame in old.told([SERIES])] == [[1.0]]  # type: ignore[list-item]
    assert [frame["value"].tolist() for frame in store.told([SERIES])] == [[1.0, 2.0]]  # type: ignore[list-item]


def test_the_past_cannot_be_written(store: Store) -> None:
    store.commit(batch(count(day(0), 5, site="N")), by="ann")
    old = past(store, 0, 0, EVER)
    with pytest.raises(StoreError, match="The past cannot be changed"):
        old.decide(Decision("late", "annotate", value="x", by="ann"))
    with pytest.raises(StoreError, match="The past cannot be changed"):
        old.undo(1, by="ann")
    assert len(store.read("SELECT * FROM counts")) == 1, "the present is as it was"


def test_the_steps_since_then_are_told_in_their_order(store: Store) -> None:
    first = store.catalog.version
    store.commit(batch(count(day(0), 5, site="N"), spans=(Span("late", day(0), day(2), ("N",)),)), by="ann")
    store.decide(Decision("wait", "annotate", value="x", by="bob", why="because"))
    store.apply_catalog(catalog(version="v2"), by="cat")
    store.undo(1, by="dan", why="wrong month")
    steps = steps_after(store, 0, 0, first)
    assert list(zip(steps["what"], steps["number"], steps["by"], strict=True)) == [
        ("batch", 1, "ann"),
        ("decision", 1, "bob"),
        ("definitions", 2, "cat"),
        ("undo", 1, "dan"),
    ]
    assert [list(keys) for keys in steps["keys"]] == [["late"], ["wait"], [], ["late"]]
    assert steps["starts_at"].tolist()[0] == pd.Timestamp(day(0))
    assert steps["why"].tolist()[3] == "wrong month"
    assert steps_after(store, 1, 1, "v2")["what"].tolist() == ["undo"]
    assert definitions_text(store, first) is not None
    assert definitions_text(store, "unheard of") is None
