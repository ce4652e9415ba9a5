"""What a full disk leaves of the store: everything acknowledged, and reading goes on.

The processes are real and so are the disks: a small tmpfs where the system allows mounting one (`make soak`), and a
limit on file size everywhere.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases import SOAK, cases
from tests.store.children import mounts, on_a_small_disk, run

#: Fills the disk (or reaches the limit) with batches; then frees it, goes on, and compares with what it was told.
FILLS = """
import random, resource, threading
from opsmetrics.store import StoreFull, StoreReopened
way, readers, size, told = sys.argv[2], int(sys.argv[3]), int(sys.argv[4]), []
odd, done = [], threading.Event()
chance = random.Random(3)
def make(number):
    rows = [count(day(n), chance.random(), site="s" + str(number)) for n in range(size)]
    return batch(*rows, source=str(number))
def facts(store):
    return store.read("SELECT count(*) AS n FROM counts")["n"].iloc[0]
def ask(store):
    while not done.is_set():
        try:
            found = facts(store)
            if found % size:
                odd.append(found)
        except StoreReopened:
            pass
        except BaseException as error:
            odd.append(error)
            return
filler = path.with_name("filler")
with Store.open(path) as store:
    store.apply_catalog(catalog(), by="Ada")
    if way == "tmpfs":
        filler.write_bytes(bytes(2_000_000 if size < 10_000 else 14_000_000))
    else:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_500_000, resource.RLIM_INFINITY))
    threads = [threading.Thread(target=ask, args=(store,), daemon=True) for _ in range(readers)]
    for thread in threads:
        thread.start()
    stopped = None
    for number in range(1, 400):
        try:
            told.append(store.commit(make(number), by="child").batch)
        except StoreError as error:
            stopped = error
            break
    assert stopped is not None, "the disk was never full"
    print(type(stopped).__name__)
    print(stopped)
    stored = isinstance(stopped, (StoreFull, StoreReopened)) and stopped.stored
    print("stored" if stored else "not stored")
    ledger = store.batches()["batch"].tolist()
    assert ledger == told + ([number] if stored else []), (ledger, told)
    assert facts(store) == size * len(ledger)
    assert store.data_version == len(ledger)
    filler.unlink(missing_ok=True)
    if way != "tmpfs":
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    receipt = store.commit(make(999), by="child")
    assert receipt.batch == len(ledger) + 1
    done.set()
    for thread in threads:
        thread.join()
    assert odd == [], odd
    print(len(ledger))
with Store.open(path) as store:
    assert len(store.batches()) == receipt.batch
    assert facts(store) == size * receipt.batch
print("whole")
"""


def check_full_disk(lines: list[str]) -> None:
    kind, sentence, stored, batches, end = lines
    assert kind in ("StoreReopened", "StoreFull")
    if kind == "StoreReopened":
        assert "was opened again. Nothing that had been acknowledged was lost." in sentence
    assert "ree some space" in sentence
    assert ("was stored" in sentence) == (stored == "stored")
    assert int(batches) > 0
    assert end == "whole"


@pytest.mark.parametrize("readers", cases(["3"], ["0", "3"]))
def test_a_file_that_may_not_grow_loses_nothing_acknowledged(tmp_path: Path, readers: str) -> None:
    check_full_disk(run(FILLS, tmp_path / "s.duckdb", "limit", readers, "3000"))


@pytest.mark.skipif(not SOAK or not mounts(), reason="a small tmpfs is mounted by make soak, where that is allowed")
@pytest.mark.parametrize("rows", ["3000", "60000"])
@pytest.mark.parametrize("readers", ["0", "3"])
def test_a_full_disk_loses_nothing_acknowledged(tmp_path: Path, readers: str, rows: str) -> None:
    """Small batches are refused before they begin; a large one meets the end of the disk on its way."""
    check_full_disk(on_a_small_disk(FILLS, tmp_path, "tmpfs", readers, rows, size="12m" if rows == "3000" else "30m"))
