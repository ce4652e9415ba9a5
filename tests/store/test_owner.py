"""One process owns the store, and everybody else is told who."""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from opsmetrics import store as store_module
from opsmetrics.store import Store, StoreBusy, StoreClosed, StoreDamaged, StoreError
from tests.store.builders import batch, catalog, count, day
from tests.store.children import run, start

HOLD = """
with Store.open(path, role="app"):
    print("open", flush=True)
    sys.stdin.readline()
"""


def test_another_process_is_named_with_its_number_and_role(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    child = start(HOLD, path)
    try:
        assert child.stdout is not None and child.stdout.readline() == "open\n"
        with pytest.raises(StoreBusy) as refused:
            Store.open(path, role="terminal")
        assert (refused.value.pid, refused.value.role) == (child.pid, "app")
        assert f"is in use by the app (process {child.pid}). Stop it, or work on the pages" in str(refused.value)
    finally:
        child.communicate("\n", timeout=60)
    Store.open(path).close()


def test_the_lock_of_a_killed_process_is_free(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    child = start(HOLD, path)
    assert child.stdout is not None and child.stdout.readline() == "open\n"
    child.kill()
    child.communicate(timeout=60)
    Store.open(path).close()


def test_a_second_opening_in_one_process_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    with Store.open(path, role="app"):
        with pytest.raises(StoreBusy, match=rf"the app \(process {os.getpid()}\)"):
            Store.open(tmp_path / "sub" / ".." / "s.duckdb")
        lock = path.with_name("s.duckdb.lock")
        assert json.loads(lock.read_text()) == {"pid": os.getpid(), "role": "app"}
    assert lock.read_text() == ""


def test_another_program_that_has_the_file_open_is_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    program = f"import duckdb; c = duckdb.connect({str(path)!r}); print('open', flush=True); input()"
    child = subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None and child.stdout.readline() == "open\n"
        with pytest.raises(StoreBusy, match="another program") as refused:
            Store.open(path)
        assert refused.value.pid == child.pid
    finally:
        child.communicate("\n", timeout=60)


def test_the_store_keeps_others_out_of_the_file_while_it_works(store: Store) -> None:
    """DuckDB's own lock is lost where the owner opens and closes the file by other means; nothing here may do that."""
    for number in range(3):
        store.commit(batch(count(day(number), 1)), by="Ada")
    store.undo(2, by="Ada")
    found = run(
        """
import duckdb
try:
    duckdb.connect(str(path))
    print("opened")
except duckdb.IOException as error:
    print("Could not set lock" in str(error))
""",
        store.path,
    )
    assert found == ["True"]


@pytest.mark.parametrize("content", [b"kpi;date;value\n" * 400, b"", b"SQLite format 3\x00" + bytes(4000)])
def test_a_file_that_is_no_database_is_damaged_and_not_touched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "s.duckdb"
    path.write_bytes(content)
    with pytest.raises(StoreDamaged, match=r"cannot be read: .* restore a backup"):
        Store.open(path)
    assert path.read_bytes() == content
    with pytest.raises(StoreDamaged):
        Store.open(path)  # and not StoreBusy: the refusal let go of the lock


def test_flipped_bytes_are_reported_and_never_read(tmp_path: Path) -> None:
    """Flip 64 bytes at 24 places of a full store, one at a time: every answer is right or StoreDamaged."""
    path = tmp_path / "s.duckdb"
    with Store.open(path) as opened:
        opened.apply_catalog(catalog(), by="Ada")
        opened.commit(batch(*(count(day(n), n % 13, site=f"s{n % 17}") for n in range(4000))), by="Ada")
    whole, damaged = path.read_bytes(), 0
    expected = float(sum(n % 13 for n in range(4000)))
    for place in range(24):
        at = len(whole) * place // 24
        path.write_bytes(whole[:at] + bytes(255 - b for b in whole[at : at + 64]) + whole[at + 64 :])
        try:
            with Store.open(path) as opened:
                found = opened.read("SELECT sum(numerator) AS n FROM counts")["n"].iloc[0]
                opened.batches()
                assert found == expected
        except StoreDamaged:
            damaged += 1
    assert damaged > 0


def test_another_duckdb_database_is_not_taken_for_a_store(tmp_path: Path) -> None:
    path = tmp_path / "s.duckdb"
    with duckdb.connect(str(path)) as other:
        other.execute("CREATE TABLE cars (a INTEGER)")
    with pytest.raises(StoreError, match=r"other tables \(cars\), not a store"):
        Store.open(path)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StoreError, match="cannot be made"):
        Store.open(tmp_path / "file" / "s.duckdb")
    (tmp_path / "folder.duckdb").mkdir()
    with pytest.raises(StoreError, match="could not be opened: Is a directory"):
        Store.open(tmp_path / "folder.duckdb")


def test_a_closed_store_says_so_and_never_opens_itself_again(store: Store) -> None:
    store.commit(batch(count(day(0), 1)), by="Ada")
    store.close()
    store.close()
    assert not store.is_open
    assert not store.path.with_name(store.path.name + ".wal").exists(), "closing writes the log into the file"
    for call in (
        lambda: store.read("SELECT 1"),
        lambda: store.commit(batch(count(day(1), 1)), by="Ada"),
        lambda: store.data_version,
        lambda: store.catalog,
        store.batches,
    ):
        with pytest.raises(StoreClosed, match="is closed"):
            call()


# The slot of the process


@pytest.fixture
def slot():
    """No store in this process before and after."""
    store_module.release()
    yield
    store_module.release()


@pytest.mark.usefixtures("slot")
def test_the_process_has_one_store(tmp_path: Path) -> None:
    with pytest.raises(StoreClosed, match="No store is open"):
        store_module.current()
    first = store_module.own(tmp_path / "s.duckdb", role="app")
    assert store_module.own(tmp_path / "s.duckdb") is first is store_module.current()
    with pytest.raises(StoreError, match=r"cannot open .*other\.duckdb as well"):
        store_module.own(tmp_path / "other.duckdb")
    first.close()
    with pytest.raises(StoreClosed):
        store_module.current()
    second = store_module.own(tmp_path / "s.duckdb")
    assert second is not first and second.is_open
    store_module.release()
    assert not second.is_open
    store_module.release()


@pytest.mark.usefixtures("slot")
def test_the_store_survives_the_eviction_of_all_project_modules(tmp_path: Path) -> None:
    first = store_module.own(tmp_path / "s.duckdb")
    kept = {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "opsmetrics"}
    try:
        fresh = importlib.import_module("opsmetrics.store")
        assert fresh is not store_module
        assert fresh.current() is first
        assert fresh.own(tmp_path / "s.duckdb") is first
    finally:
        for name in [name for name in sys.modules if name.split(".")[0] == "opsmetrics"]:
            del sys.modules[name]
        sys.modules.update(kept)
