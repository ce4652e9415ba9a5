"""What goes wrong ends as one sentence and an exit code, never as a traceback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from opsmetrics.cli import failures
from opsmetrics.store import Store
from tests.cli.conftest import Run
from tests.paths import ROOT


@pytest.mark.parametrize("words", ["batches", "review", "ingest x.csv", "undo 1", "kpis export", "serve"])
def test_a_store_in_use_says_by_whom(run: Run, store: Path, words: str) -> None:
    with Store.open(store, role="app"):
        ran = run(*words.split(), "--store", store)
    assert (ran.code, ran.out) == (1, "")
    assert f"in use by the app (process {os.getpid()})" in ran.err


def test_a_file_that_is_no_store(run: Run, tmp_path: Path) -> None:
    (tmp_path / "kpis.duckdb").write_text("a list of things to do", encoding="utf-8")
    ran = run("review", "--store", tmp_path / "kpis.duckdb")
    assert ran.code == 1
    assert "cannot be read" in ran.err


def test_the_unforeseen_gets_an_id_and_its_details_a_log(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A path with a NUL sign is refused by the operating system's own layer with a ValueError."""
    monkeypatch.chdir(tmp_path)
    ran = run("init", "--store", "a\0b")
    assert (ran.code, ran.out) == (1, "")
    number = re.search(r"error ([0-9a-f]{8})", ran.err)
    assert number is not None
    log = (tmp_path / "opsmetrics.log").read_text(encoding="utf-8")
    assert f"error {number[1]}" in log
    assert "ValueError: embedded null byte" in log


def test_debug_shows_the_details(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    try:
        raise LookupError("a surprise")
    except LookupError as error:
        text = failures.sentence(error, tmp_path / "kpis.duckdb", debug=True)
    assert "LookupError: a surprise" in text
    assert text.splitlines()[-1].startswith("An unexpected error stopped the command (LookupError, error ")


def test_a_log_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    text = failures.sentence(LookupError("a surprise"), tmp_path / "no such folder" / "kpis.duckdb")
    assert "could not be written" in text
    assert "--debug" in text


def test_the_real_command(store: Path) -> None:
    """`python -m opsmetrics` as a process of its own: stdout is JSON, stderr is for people, the exit code counts."""
    command = [sys.executable, "-m", "opsmetrics", "review", "scrap", "--store", str(store), "--json"]
    good = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.startswith("{")
    bad = subprocess.run([*command[:4], "scarp", *command[5:]], cwd=ROOT, capture_output=True, text=True)
    assert (bad.returncode, bad.stdout) == (1, "")
    assert bad.stderr == "There is no KPI 'scarp'. Did you mean 'scrap'?\n"


def test_a_reader_that_leaves_is_no_accident(store: Path) -> None:
    """`… | head -1` closes the pipe while the points are still being printed."""
    command = [sys.executable, "-m", "opsmetrics", "review", "scrap", "--store", str(store), "--json"]
    child = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stderr is not None
    child.stdout.close()
    err = child.stderr.read()
    assert (child.wait(), err) == (1, "")


def test_a_terminal_without_our_signs(store: Path) -> None:
    """A site with an old locale still gets its answer, and JSON that any program reads."""
    environment = {**os.environ, "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "opsmetrics", "review", "--store", str(store)]
    for more in ([], ["--json"]):
        done = subprocess.run([*command, *more], cwd=ROOT, env=environment, capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.isascii()
