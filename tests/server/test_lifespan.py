"""The process that owns the store: started as people start it, stopped as a service manager stops it."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from bench import serving
from bench.serving import free_port
from opsmetrics import store
from opsmetrics.server import lifespan
from opsmetrics.store.acknowledged import Notes
from tests.cases import cases
from tests.paths import ROOT

Result = TypeVar("Result")

PATIENCE = 60  # seconds until a hanging process is given up; nothing is asserted about speed


@contextmanager
def started(path: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """`streamlit run app.py` on a store; ended with the block, whatever happens."""
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]
    environment = {**os.environ, "OPSMETRICS_STORE": str(path)}
    child = subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield child
    finally:
        if child.poll() is None:
            child.kill()
        child.communicate()


def answers(child: subprocess.Popen[str], port: int) -> bool:
    """True once OUR child answers; False when it has ended."""
    deadline = time.monotonic() + PATIENCE
    while child.poll() is None and time.monotonic() < deadline:
        if serving.answers(port):
            return child.poll() is None
        time.sleep(0.1)
    return False


def test_the_store_is_owned_from_start_to_stop(tmp_path: Path) -> None:
    path, port = tmp_path / "kpis.duckdb", free_port()
    with started(path, port) as child:
        assert answers(child, port)
        with pytest.raises(store.StoreBusy) as busy:
            store.Store.open(path)
        assert (busy.value.pid, busy.value.role) == (child.pid, "app")
        child.send_signal(signal.SIGTERM)
        child.wait(PATIENCE)
    assert path.exists()
    assert not path.with_name("kpis.duckdb.wal").exists(), "the journal is written into the file before the stop"
    with store.Store.open(path) as free:
        assert free.is_open


def test_a_store_in_use_is_a_sentence_and_exit_code_1(tmp_path: Path) -> None:
    path, port = tmp_path / "kpis.duckdb", free_port()
    with store.Store.open(path, role="night run"), started(path, port) as child:
        _, err = child.communicate(timeout=PATIENCE)
    assert child.returncode == 1
    assert f"in use by the night run (process {os.getpid()})" in err
    assert "Traceback" not in err


def no_store(path: Path) -> None:
    path.write_text("not a database", encoding="utf-8")


def lacks_a_batch(path: Path) -> None:
    """As after the end of the log was cut: the notes beside the store promise a batch that is not in it."""
    store.Store.open(path).close()
    Notes(path).add("batch", batch=1, data_version=1)


@pytest.mark.parametrize(
    ("make", "sentence"),
    cases(
        [(lacks_a_batch, "is not whole, and nothing of it is shown")],
        [(lacks_a_batch, "is not whole, and nothing of it is shown"), (no_store, "cannot be read")],
    ),
)
def test_a_damaged_store_is_a_sentence_and_exit_code_1(
    tmp_path: Path, make: Callable[[Path], None], sentence: str
) -> None:
    path, port = tmp_path / "kpis.duckdb", free_port()
    make(path)
    before = path.read_bytes()
    with started(path, port) as child:
        _, err = child.communicate(timeout=PATIENCE)
    assert child.returncode == 1
    assert sentence in err
    assert "Traceback" not in err
    assert path.read_bytes() == before


def run_apart(live: Callable[[], Coroutine[None, None, Result]]) -> Result:
    """Run a coroutine in a thread of its own: this one may already have a running loop (a browser's)."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        return pool.submit(lambda: asyncio.run(live())).result()


def test_lifespan_opens_and_releases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "new folder" / "kpis.duckdb"
    monkeypatch.setenv("OPSMETRICS_STORE", str(path))

    async def live() -> store.Store:
        async with lifespan(object()):
            owned = store.current()
            assert owned.path == path.resolve()
            return owned

    owned = run_apart(live)
    assert not owned.is_open
    with pytest.raises(store.StoreClosed):
        store.current()


def test_lifespan_releases_after_a_failure_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPSMETRICS_STORE", str(tmp_path / "kpis.duckdb"))

    async def live() -> None:
        async with lifespan(object()):
            raise RuntimeError("the server fell over")

    with pytest.raises(RuntimeError, match="fell over"):
        run_apart(live)
    with store.Store.open(tmp_path / "kpis.duckdb") as free:
        assert free.is_open
