"""Corrections of single values among loads: undone in any order, the store equals a replay of the others.

Authority: the naive replay of test_undo. Corrections take their numbers from a few, so that many go back to what was
stored before; one that confirms what is stored writes nothing, and its undo takes nothing back.
"""

from __future__ import annotations

import random

from opsmetrics.ingest import FactKey, corrected_batch
from opsmetrics.store import Store
from tests.cases import cases
from tests.store.builders import catalog, day
from tests.store.test_undo import COUNTS, READINGS, Key, Replay, commit, stored, undo

SEQUENCES = cases(1, 150)
DEFINITIONS = catalog()
KEYS = [*COUNTS[:4], *READINGS[:3]]


def correct(store: Store, oracle: Replay, key: Key, value: float, start: int) -> None:
    """One value corrected as the pages and the command line do; of counts the denominator too, as commit writes it."""
    table, at, site, sample = key
    kpi = "late" if table == "counts" else "wait"
    fact = FactKey(kpi, day(start + at), {"site": site, "line": None} if kpi == "wait" else {"site": site}, sample)
    values = {"numerator": value, "denominator": 1000.0} if table == "counts" else {"value": value}
    receipt = store.commit(corrected_batch(fact, values, DEFINITIONS, why="slip of the pen"), by="Bo")
    changes = oracle.facts()[key] != value
    assert (receipt.new, receipt.updated, receipt.unchanged) == (0, int(changes), int(not changes))
    assert receipt.batch is not None
    oracle.batches[receipt.batch] = {key: value} if changes else {}


def test_corrections_undone_in_any_order_equal_a_replay(store: Store) -> None:
    for sequence in range(SEQUENCES):
        chance, oracle, start = random.Random(sequence), Replay(), sequence * 10
        numbers = iter(range(10, 10_000))  # of loads: none is a correction's

        def same(store: Store = store, oracle: Replay = oracle, start: int = start, sequence: int = sequence) -> None:
            assert stored(store, day(start), day(start + 9)) == oracle.facts(), f"sequence {sequence}"

        commit(store, oracle, {key: float(next(numbers)) for key in KEYS}, start, f"{sequence}")
        for step in range(chance.randint(5, 9)):
            kept, roll = oracle.facts(), chance.random()
            if roll < 0.2 and oracle.live:
                undo(store, oracle, chance.choice(oracle.live))
            elif roll < 0.35 or not kept:
                some = chance.sample(KEYS, 3)
                commit(store, oracle, {key: float(next(numbers)) for key in some}, start, f"{sequence}.{step}")
            else:
                few = sorted(kept, key=repr)[:3]  # the same ones again and again
                correct(store, oracle, chance.choice(few), float(chance.randint(1, 3)), start)
            same()
        for number in chance.sample(oracle.live, len(oracle.live)):
            undo(store, oracle, number)
            same()
        assert oracle.facts() == {}
