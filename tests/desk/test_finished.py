"""The verdicts of now are ready before anybody asks, while people are about; a list is made once for all who ask."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from opsmetrics.desk import Desk, finished
from opsmetrics.desk.finished import Question
from opsmetrics.settings import Settings
from tests.store.builders import batch, catalog, count, day


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Desk.open(settings=Settings.from_environment({}).for_store(tmp_path / "kpis.duckdb")) as opened:
        opened.store.apply_catalog(catalog(), by="Ada")
        opened.store.commit(batch(*(count(day(n), n % 3, site="N") for n in range(20))), by="Ada")
        yield opened


@pytest.fixture
def at_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> Callable[[], bool]:
    """Whether the verdicts of now are answered without being made."""

    def answered() -> bool:
        with monkeypatch.context() as patched:
            patched.setattr(Desk, "watched", raising)
            try:
                finished.watched(Question(desk))
            except NotImplementedError:
                return False
            return True

    def raising(*_: object) -> None:
        raise NotImplementedError

    return answered


def test_who_asks_the_same_gets_the_same_list(desk: Desk) -> None:
    found = finished.watched(Question(desk))
    assert [review.kpi.key for review in found] == ["late", "wait", "plain"]
    assert finished.watched(Question(replace(desk))) is found
    assert finished.watched(Question(desk, as_of=day(10).date())) is not found


def test_after_a_load_the_verdicts_are_made_ready_while_somebody_looks(desk: Desk, at_once: Callable[[], bool]) -> None:
    assert not finished.refresh(desk), "nobody has looked yet"
    before = finished.watched(Question(desk))
    desk.store.commit(batch(count(day(20), 90, site="N")), by="Ada")
    assert not at_once(), "other data, other verdicts"
    assert finished.refresh(desk)
    assert at_once()
    after = finished.watched(Question(desk))
    assert after[0].verdict is not None and before[0].verdict is not None
    assert after[0].verdict.sentence != before[0].verdict.sentence
    assert [review.name for review in after] == [review.name for review in desk.watched()]


def test_what_ends_the_work_leaves_nothing_half_made(desk: Desk, at_once: Callable[[], bool]) -> None:
    finished.looked(desk)

    def stop() -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        finished.refresh(desk, stop)
    assert not at_once()
