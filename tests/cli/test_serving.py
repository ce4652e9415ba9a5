"""serve: the address, one signal, a clean end. Free ports, and each answer is asked of our own child."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from opsmetrics.store import Store, StoreBusy
from tests.cli.conftest import Run
from tests.paths import ROOT

PATIENCE = 60


@contextmanager
def serving(store: Path, *more: str) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "opsmetrics", "serve", "--store", str(store), "--port", "0", *more]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        yield child
    finally:
        if child.poll() is None:
            child.terminate()
        child.communicate(timeout=PATIENCE)


def address(child: subprocess.Popen[str]) -> str:
    """The address that the command prints once the app answers."""
    assert child.stdout is not None
    return named(child.stdout.readline())


def named(line: str) -> str:
    """The address within a line."""
    found = re.search(r"http://127\.0\.0\.1:\d+", line)
    assert found is not None, line
    return found[0]


def stops_when_asked(child: subprocess.Popen[str], base: str, store: Path, number: signal.Signals) -> None:
    """It answers and owns its store until the signal comes, and ends cleanly then."""
    with urllib.request.urlopen(f"{base}/_stcore/health", timeout=PATIENCE) as answer:
        assert answer.read() == b"ok"
    with pytest.raises(StoreBusy):
        Store.open(store)
    child.send_signal(number)
    _, err = child.communicate(timeout=PATIENCE)
    assert child.returncode == 0, number
    assert "Stopped." in err, number
    assert "Traceback" not in err, number
    assert not store.with_name(f"{store.name}.wal").exists(), "the log was written into the file"
    with Store.open(store) as free:
        assert free.is_open, number


def test_another_store_is_served_with_the_folders_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The inbox of the usual store is not emptied into the one that is served, as in a restore drill."""
    usual = tmp_path / "usual"
    usual.mkdir()
    monkeypatch.setenv("OPSMETRICS_INBOX", str(usual))
    (usual / "dropped.csv").write_text("Day,Line\n", encoding="utf-8")
    store = tmp_path / "drill" / "kpis.duckdb"
    with serving(store) as child:
        base = address(child)
        assert (tmp_path / "drill" / "inbox").is_dir()
        stops_when_asked(child, base, store, signal.SIGTERM)
    assert [path.name for path in usual.iterdir()] == ["dropped.csv"]


def test_a_port_in_use_is_a_sentence(run: Run, store: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        ran = run("serve", "--store", store, "--port", port)
    assert (ran.code, ran.out) == (1, "")
    assert f"Port {port} on 127.0.0.1 is taken" in ran.err
    assert "make run PORT=8600" in ran.err


def test_a_sample_is_made_only_once_the_port_is_known_to_be_free(run: Run, tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        ran = run("serve", "--sample", "--store", tmp_path / "kpis.duckdb", "--port", other.getsockname()[1])
    assert (ran.code, ran.out) == (1, "")
    assert "is taken" in ran.err
    assert list(tmp_path.iterdir()) == []


def test_a_new_store_is_filled_with_the_sample_and_an_old_one_is_left_as_it_is(tmp_path: Path) -> None:
    store = tmp_path / "Größe 1" / "kpis.duckdb"
    for said, number in (("invented records", signal.SIGINT), ("OpsMetrics runs at", signal.SIGHUP)):
        with serving(store, "--sample") as child:
            assert child.stdout is not None
            line = child.stdout.readline()
            assert said in line
            while "runs at" not in line:
                line = child.stdout.readline()
            stops_when_asked(child, named(line), store, number)
    with Store.open(store) as opened:
        assert len(opened.batches()) == len(list(store.parent.glob("sample_*.csv")))


def test_an_app_that_ends_by_itself_is_a_failure(tmp_path: Path) -> None:
    store = tmp_path / "kpis.duckdb"
    with serving(store) as child:
        address(child)
        assert child.returncode is None
        owner = _owner(store)
        assert owner != child.pid
        os.kill(owner, signal.SIGKILL)
        _, err = child.communicate(timeout=PATIENCE)
    assert child.returncode == 1
    assert "stopped by itself" in err


def _owner(store: Path) -> int:
    with pytest.raises(StoreBusy) as busy:
        Store.open(store)
    assert busy.value.pid is not None
    return busy.value.pid
