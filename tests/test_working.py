"""Long work: watched from another thread, stopped in the middle of a query or a process, and nothing of it is kept."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from opsmetrics.ingest import Limits, read_file
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.ingest.workbook_process import WorkbookProcess
from opsmetrics.store import Store
from opsmetrics.working import Cancelled, Progress, Work, stoppable, tell, unstopped

#: Never ends by itself within the time of a test.
ENDLESS = "SELECT sum(a.range * b.range) FROM range(10000000) a, range(10000000) b"


def outcome(work: Work, run: Callable[[], Any]) -> list[Any]:
    """What became of it in a thread of its own, which was cancelled as soon as it offered a way to stop."""
    found: list[Any] = []

    def inside() -> None:
        try:
            with work.open():
                found.append(run())
        except Cancelled as error:
            found.append(error)

    thread = threading.Thread(target=inside)
    thread.start()
    while thread.is_alive() and not work._stops:
        thread.join(0.005)
    work.cancel()
    thread.join(60)
    assert not thread.is_alive()
    return found


def test_without_a_work_nothing_is_told_and_nothing_is_stopped() -> None:
    tell("Reading", 1, 2)
    with stoppable(lambda: pytest.fail("nobody asked")):
        pass


def test_progress_is_told_in_steps_and_a_cancelled_work_takes_no_further_one() -> None:
    work = Work()
    with work.open():
        tell("Reading", 1, 4)
        assert work.progress == Progress("Reading", 0.25)
        tell("Checking")
        assert work.progress == Progress("Checking", None)
        work.cancel()
        with pytest.raises(Cancelled):
            tell("Comparing")
        with pytest.raises(Cancelled), stoppable(lambda: None):
            pytest.fail("a cancelled work begins nothing")
        with unstopped():
            tell("Putting things in order")
    tell("Something else")


def test_an_error_of_ones_own_is_no_cancellation() -> None:
    with Work().open(), pytest.raises(ValueError, match="own"), stoppable(lambda: None):
        raise ValueError("own")


def test_a_running_query_of_a_file_is_stopped(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("date,n\n2026-01-01,1\n", encoding="utf-8")
    scratch = Scratch(read_file(path))
    (error,) = outcome(Work(), lambda: scratch.rows(ENDLESS))
    assert isinstance(error, Cancelled)
    assert scratch.rows("SELECT 1") == [(1,)], "others may go on"


def test_a_cancelled_transaction_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    with Store.open(tmp_path / "s.duckdb", role="test") as store:

        def write() -> None:
            with store._engine.writing() as transaction:
                transaction.cursor.execute("CREATE TABLE half_done AS SELECT 1 AS n")
                transaction.cursor.execute(ENDLESS)

        (error,) = outcome(Work(), write)
        assert isinstance(error, Cancelled)
        names = store.read("SELECT table_name AS name FROM information_schema.tables")["name"]
        assert "half_done" not in set(names)


def test_a_workbook_that_is_being_read_is_stopped(tmp_path: Path) -> None:
    child = tmp_path / "child.py"
    child.write_text("import time\ntime.sleep(600)\n", encoding="utf-8")

    def read() -> None:
        with WorkbookProcess(tmp_path, Limits(), child) as process, stoppable(process.stop):
            process.sheets()

    (error,) = outcome(Work(), read)
    assert isinstance(error, Cancelled)
