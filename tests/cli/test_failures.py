"""What goes wrong ends as one sentence and an exit code, never as a traceback."""

from __future__ import annotations

import json
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


@pytest.mark.parametrize("words", ["undo 1", "backup", "serve"])
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


def test_debug_shows_the_details(tmp_path: Path) -> None:
    try:
        raise LookupError("a surprise")
    except LookupError as error:
        found, details = failures.told(error, tmp_path / "kpis.duckdb"), failures.traceback_of(error)
    assert "LookupError: a surprise" in details
    assert found.code == "unexpected"
    assert found.text.startswith("An unexpected error stopped the command (LookupError, error ")


def test_a_log_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    text = failures.told(LookupError("a surprise"), tmp_path / "no such folder" / "kpis.duckdb").text
    assert "could not be written" in text
    assert "--debug" in text


OLD_LOCALE = {**os.environ, "PYTHONIOENCODING": "ascii"}


def test_the_real_command(store: Path) -> None:
    """`python -m opsmetrics` as a process of its own: stdout is JSON that any program reads, also on a site with an old
    locale, stderr is for people, the exit code counts."""
    command = [sys.executable, "-m", "opsmetrics", "review", "scrap", "--store", str(store), "--json"]
    good = subprocess.run(command, cwd=ROOT, env=OLD_LOCALE, capture_output=True, text=True)
    assert (good.returncode, good.stderr) == (0, "")
    assert good.stdout.startswith("{")
    assert good.stdout.isascii()
    bad = subprocess.run([*command[:4], "scarp", *command[5:]], cwd=ROOT, capture_output=True, text=True)
    said = "There is no KPI 'scarp'. Did you mean 'scrap'?"
    assert (bad.returncode, bad.stderr) == (1, f"{said}\n")
    assert json.loads(bad.stdout) == {"error": {"code": "refused", "text": said, "exit_code": 1}}


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
    """A site with an old locale still gets its answer."""
    command = [sys.executable, "-m", "opsmetrics", "review", "--store", str(store)]
    done = subprocess.run(command, cwd=ROOT, env=OLD_LOCALE, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.isascii()


@pytest.mark.parametrize(
    ("line", "exit_code", "code", "says"),
    [
        ("review scarp", 1, "refused", "no KPI 'scarp'"),
        ("review scrap --slice line=A --slice line=B", 2, "wrong_usage", "given twice"),
        ("review scrap --grain hour", 2, "wrong_usage", "invalid choice"),
        ("undo", 2, "wrong_usage", "BATCH"),
        ("undo abc", 2, "wrong_usage", "found 'abc', wanted a whole number"),
        ("undo 1 --why ", 2, "wrong_usage", "wanted the reason in a few words"),
        ("undo 77", 1, "store_error", "77"),
        ("enter scrap 9/5 --slice line=A --at 2025-03-01", 1, "refused", "9 of 5"),
        ("kpis apply nowhere.toml", 1, "file_unusable", "nowhere.toml"),
        ("inges file.csv", 2, "wrong_usage", "invalid choice"),
    ],
)
def test_with_json_a_failure_is_one_json_value(
    run: Run, store: Path, line: str, exit_code: int, code: str, says: str
) -> None:
    """Exit code and the words on stderr are those of the same command without --json."""
    words = [*line.split(" "), "--store", str(store)]
    plain, ran = run(*words), run(*words, "--json")
    assert (ran.code, ran.err) == (plain.code, plain.err)
    assert plain.out == ""
    (error,) = ran.json.values()
    assert list(ran.json) == ["error"]
    assert (error["code"], error["exit_code"], ran.code) == (code, exit_code, exit_code)
    assert says in error["text"]
    assert error["text"] in ran.err


def test_a_command_that_has_answered_answers_once(run: Run, folder: Path, store: Path) -> None:
    """A definitions file with mistakes lists them as its answer, and refuses."""
    (folder / "kpis.toml").write_text("[kpis.scrap]\nname = 3\n", encoding="utf-8")
    ran = run("kpis", "check", "--store", store, "--json")
    assert ran.code == 1
    assert ran.json["problems"]


def test_a_store_in_use_tells_programs_too(run: Run, store: Path) -> None:
    with Store.open(store, role="app"):
        ran = run("backup", "--store", store, "--json")
    assert (ran.code, ran.json["error"]["code"]) == (1, "store_busy")
    assert str(os.getpid()) in ran.json["error"]["text"]


def test_a_store_in_use_by_another_process(run: Run, store: Path) -> None:
    """A second process holds the store and writes to it; it stands untouched, and is free when that one has gone."""
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(store)],
        cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdin is not None
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline() == "holding\n"
        for words in (("batches",), ("enter", "scrap", "3/500", "--slice", "line=A", "--at", "2025-03-01"), ("check",)):
            ran = run(*words, "--store", store)
            assert (ran.code, ran.out) == (1, "")
            assert f"in use by the night job (process {holder.pid})" in ran.err
            assert ran.err.count("\n") == 1
    finally:
        holder.stdin.close()
        holder.wait()
        holder.stdout.close()
    assert [row["source"] for row in run("batches", "--store", store, "--json").json] == ["typed", "first.csv"]


#: Opens the store, writes a batch to it, says so, and holds it until its input ends.
_HOLDER = """
import sys, datetime as dt
from pathlib import Path
from opsmetrics.ingest import TypedRow, typed_batch
from opsmetrics.store import Store
with Store.open(Path(sys.argv[1]), role="night job") as store:
    row = TypedRow("scrap", dt.date(2025, 3, 1), {"line": "A"}, numerator=9, denominator=500)
    store.commit(typed_batch([row], store.catalog), by="night")
    print("holding", flush=True)
    sys.stdin.read()
"""
