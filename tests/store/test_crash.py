"""What survives a kill: everything acknowledged, and no half of anything.

The processes are real. Each is killed inside the step that it is told, after a random part of the time that this step
took for the batch before.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from opsmetrics.measurements import Batch
from opsmetrics.store import Store
from tests.cases import cases
from tests.store.builders import batch, catalog, count, day
from tests.store.children import Forks, run

#: Kills of a process that loads; those of an owner that loads for others are in tests/server/test_inbox.py.
KILLS = cases(16, 100)

#: Between which moments of a load the process is killed. acknowledge: stored, and not yet noted as acknowledged;
#: answer: noted, and not yet told to whoever asked.
STEPS = ("insert", "commit", "checkpoint", "acknowledge", "answer", "anywhere")

HALF = 150

#: Loads batches that each overwrite the second half of the one before, and tells each acknowledgement. The profiler
#: sees when a step begins and ends; in the third batch a clock is set going at the beginning of the step.
LOADS = """
import os, random, signal, threading, time
from tests.store.test_crash import numbered

BEGINS = {("call", "load.py", "commit"): "insert", ("return", "load.py", "commit"): "commit",
          ("call", "engine.py", "_checkpoint"): "checkpoint",
          ("return", "engine.py", "_checkpoint"): "acknowledge",
          ("return", "acknowledged.py", "add"): "answer"}

def loads(where, number, step, seed):
    number, share = int(number), random.Random(int(seed)).random()
    begun, took, state = {}, {}, {"now": "anywhere", "batch": 0}

    def enter(name):
        moment = time.perf_counter()
        took[state["now"]] = moment - begun.get(state["now"], moment)
        state["now"], begun[name] = name, moment
        if state["batch"] == 2 and name == step:
            threading.Timer(share * took.get(step, 0.0), os.kill, (os.getpid(), signal.SIGKILL)).start()

    def watch(frame, event, arg):
        if event in ("call", "return"):
            code = frame.f_code
            found = BEGINS.get((event, os.path.basename(code.co_filename), code.co_name))
            if found is not None:
                enter(found)

    with Store.open(Path(where)) as store:
        sys.setprofile(watch)
        while state["batch"] < 20:
            whole = time.perf_counter()
            if state["batch"] == 2 and step == "anywhere":
                threading.Timer(share * state["whole"], os.kill, (os.getpid(), signal.SIGKILL)).start()
            print(store.commit(numbered(number), by="child").batch, flush=True)
            number, state["batch"] = number + 1, state["batch"] + 1
            state["whole"] = time.perf_counter() - whole
"""


def numbered(number: int) -> Batch:
    """The batch with this number, from 0 on: the same again and again."""
    rows = [count(day(n), number, site=f"s{number + half:04}") for half in (0, 1) for n in range(HALF)]
    return batch(*rows, source=str(number))


def holds_exactly(store: Store, batches: int) -> None:
    """So many batches in their order, each whole and once."""
    ledger = store.batches()
    assert ledger["source"].tolist() == [str(number) for number in range(batches)]
    assert (ledger["new"] + ledger["updated"] == 2 * HALF).all()
    values = "count(*) AS n, min(numerator) AS least, max(numerator) AS most"
    found = store.read(f"SELECT site, {values} FROM counts GROUP BY site ORDER BY site")
    numbers = [*range(batches), batches - 1]  # the last site has the second half of the last batch
    wanted = [(f"s{site:04}", HALF, number, number) for site, number in enumerate(numbers)]
    assert [tuple(row) for row in found.itertuples(index=False)] == (wanted if batches else [])
    assert store.data_version == batches
    assert store.check() == ()


@pytest.fixture
def forks() -> Iterator[Forks]:
    with Forks(LOADS) as started:
        yield started


def test_kills_at_any_step_leave_whole_batches_and_all_acknowledged_ones(tmp_path: Path, forks: Forks) -> None:
    path, chance, stored, unanswered = tmp_path / "s.duckdb", random.Random(), 0, 0
    with Store.open(path) as store:
        store.apply_catalog(catalog(), by="Ada")
    for kill in range(KILLS):
        told = tmp_path / f"told {kill}"
        pid = forks.go("loads", told, path, str(stored), STEPS[kill % len(STEPS)], str(chance.getrandbits(32)))
        assert forks.wait(pid) == 9, "it was killed, and did not fail"
        answers = [int(line) for line in told.read_text().split()]
        assert answers == list(range(stored + 1, stored + 1 + len(answers)))
        with Store.open(path) as store:
            found = len(store.batches())
            assert found - (stored + len(answers)) in (0, 1), "at most the one in hand is stored and was not answered"
            unanswered += found - (stored + len(answers))
            holds_exactly(store, found)
            last = stored + len(answers)  # the one in hand is sent again
            assert store.commit(numbered(last), by="Ada").batch == (None if found > last else last + 1)
            stored = last + 1
            holds_exactly(store, stored)
            assert store.commit(numbered(last), by="Ada").batch is None, "a second time changes nothing"
    print(f"{KILLS} kills, {stored} batches, {unanswered} stored and not answered: 0 lost, 0 partial, 0 doubled")
    assert unanswered >= KILLS // len(STEPS), "those between commit and answer"


def test_a_store_that_was_never_closed_opens_with_all_its_batches(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    run(
        """
import os
store = Store.open(path)
store.apply_catalog(catalog(), by="Ada")
store.commit(batch(count(day(0), 1)), by="Ada")
os._exit(0)
""",
        path,
    )
    with Store.open(path) as store:
        assert store.batches()["batch"].tolist() == [1]
        assert store.commit(batch(count(day(0), 1)), by="Ada").batch is None, "sending it again changes nothing"
