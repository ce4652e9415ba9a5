"""What survives a kill and a full disk: everything acknowledged, and no half of anything.

The processes are real and so are the disks: a small tmpfs where the system allows mounting one, and a limit on file
size everywhere.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from opsmetrics.store import Store
from tests.store.builders import batch, catalog, count, day
from tests.store.children import run, start

ROWS = 400

#: Loads batches of ROWS rows, each overwriting half of the one before, and tells each acknowledgement.
LOADS = f"""
number = int(sys.argv[2])
with Store.open(path) as store:
    print("open", flush=True)
    while True:
        rows = [count(day(n), number, site="s" + str(number + n % 2)) for n in range({ROWS})]
        receipt = store.commit(batch(*rows, source=str(number)), by="child")
        print(receipt.batch, flush=True)
        number += 1
"""


def test_kill_at_any_moment_leaves_whole_batches_and_all_acknowledged_ones(tmp_path: Path) -> None:
    path, chance, acknowledged = tmp_path / "s.duckdb", random.Random(20), 0
    with Store.open(path) as store:
        store.apply_catalog(catalog(), by="Ada")
    for _ in range(6):
        child = start(LOADS, path, str(acknowledged))
        assert child.stdout is not None and child.stdout.readline() == "open\n"
        time.sleep(chance.uniform(0.02, 0.6))
        child.kill()
        out, _ = child.communicate(timeout=60)
        told = [int(line) for line in out.splitlines() if line.strip()]
        acknowledged = max([acknowledged, *told])
        with Store.open(path) as store:
            ledger = store.batches()
            assert set(told) <= set(ledger["batch"]), "what was acknowledged is there"
            assert len(ledger) - acknowledged <= 1, "at most one batch was stored and not acknowledged"
            assert store.data_version == len(ledger)
            counted = store.read("SELECT count(*) AS n FROM counts")["n"].iloc[0]
            assert counted == ledger["new"].sum(), "facts and ledger agree"
            changed = store.read("SELECT count(*) AS n FROM change")["n"].iloc[0]
            assert changed == ledger["updated"].sum()
            assert (ledger["new"] + ledger["updated"] == ROWS).all(), "a batch is whole"
            acknowledged = len(ledger)
    assert acknowledged > 0, "some batch was stored in six rounds"


#: Fills the disk (or reaches the limit) with batches; then frees it, goes on, and compares with what it was told.
FILLS = """
import random, resource, threading
from opsmetrics.store import StoreReopened
way, readers, told = sys.argv[2], int(sys.argv[3]), []
odd, done = [], threading.Event()
chance = random.Random(3)
def make(number):
    rows = [count(day(n), chance.random(), site="s" + str(number)) for n in range(3000)]
    return batch(*rows, source=str(number))
def facts(store):
    return store.read("SELECT count(*) AS n FROM counts")["n"].iloc[0]
def ask(store):
    while not done.is_set():
        try:
            found = facts(store)
            if found % 3000:
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
        filler.write_bytes(bytes(2_000_000))
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
    stored = isinstance(stopped, StoreReopened) and stopped.stored
    print("stored" if stored else "not stored")
    ledger = store.batches()["batch"].tolist()
    assert ledger == told + ([number] if stored else []), (ledger, told)
    assert facts(store) == 3000 * len(ledger)
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
    assert facts(store) == 3000 * receipt.batch
print("whole")
"""


def check_full_disk(lines: list[str]) -> None:
    kind, sentence, stored, batches, end = lines
    assert kind == "StoreReopened"
    assert "was opened again. Nothing that had been acknowledged was lost." in sentence
    assert "free some space" in sentence
    assert ("was stored before that" in sentence) == (stored == "stored")
    assert int(batches) > 0
    assert end == "whole"


@pytest.mark.parametrize("readers", ["0", "3"])
def test_a_file_that_may_not_grow_loses_nothing_acknowledged(tmp_path: Path, readers: str) -> None:
    check_full_disk(run(FILLS, tmp_path / "s.duckdb", "limit", readers))


def mounts() -> bool:
    """True where a private file system may be mounted."""
    if shutil.which("unshare") is None:
        return False
    tried = subprocess.run(["unshare", "-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], capture_output=True)
    return tried.returncode == 0


@pytest.mark.skipif(not mounts(), reason="this system lets nobody mount a small tmpfs (unshare -rm mount)")
@pytest.mark.parametrize("readers", ["0", "3"])
def test_a_full_disk_loses_nothing_acknowledged(tmp_path: Path, readers: str) -> None:
    small = tmp_path / "small"
    small.mkdir()
    mount = f'mount -t tmpfs -o size=6m tmpfs "{small}" && exec "$@"'
    check_full_disk(
        run(FILLS, small / "s.duckdb", "tmpfs", readers, before=("unshare", "-rm", "sh", "-c", mount, "sh"))
    )


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
