"""Long work of the Upload page: what it answers, what becomes of it when it is cancelled, how far it has come."""

from __future__ import annotations

import io
import threading

import pytest

from opsmetrics.ui.upload_job import Job
from opsmetrics.ui.upload_session import Held, Session, settle
from opsmetrics.working import Progress, tell


def test_the_answer_is_handed_over_where_the_page_finds_it_done() -> None:
    found: list[object] = []
    job = Job("Reading a", lambda: 7, found.append)
    assert job.wait(60)
    assert found == [], "not in the thread of the work"
    assert job.settle()
    assert found == [7]


def test_what_went_wrong_is_raised_on_the_page() -> None:
    job = Job("Reading a", lambda: 1 / 0, lambda _: pytest.fail("there is no answer"))
    assert job.wait(60)
    with pytest.raises(ZeroDivisionError):
        job.settle()


def test_a_file_that_was_cancelled_before_it_was_known_is_dropped_with_its_bytes() -> None:
    session, reached, go_on = Session(), threading.Event(), threading.Event()
    session.hold(Held("1", "a.csv", io.BytesIO(b"bytes")))
    path = session.held["1"].path

    def run() -> None:
        tell("Reading every record", 1, 5)
        reached.set()
        go_on.wait(60)
        tell("Checking every record")

    job = session.job = Job("Reading a", run, lambda _: pytest.fail("cancelled"))
    assert reached.wait(60)
    assert job.work.progress == Progress("Reading every record", 0.2)
    assert 0.4 < job.share < 0.5
    job.work.cancel()
    go_on.set()
    assert job.wait(60)
    assert path.read_bytes() == b"bytes"
    settle(session, job)
    assert (session.job, session.held, session.files) == (None, {}, {})
    assert not path.parent.exists()


def test_a_file_of_the_same_name_takes_the_place_of_the_first() -> None:
    session = Session()
    for key in ("1", "2"):
        session.hold(Held(key, "a.csv", io.BytesIO(key.encode())))
    session.paste("a\tb\n1\t2\n", "pasted at 14:05")
    assert [held.name for held in session.held.values()] == ["a.csv", "pasted at 14:05"]
    assert session.held["pasted-1"].path.read_text(encoding="utf-8") == "a\tb\n1\t2\n"
