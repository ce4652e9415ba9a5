"""Landings of pages that show many: asked for, made in the background, shown once they are known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from opsmetrics.desk import landing_ready
from opsmetrics.desk.landing import landed_already
from opsmetrics.desk.landing_sentences import NEWS, news, outcome
from opsmetrics.desk.load_sentences import waiting
from opsmetrics.review import KpiReview, review
from tests.desk.test_landing import daily, month
from tests.verdict.made import LATE, with_target


def reviews(n: int) -> list[KpiReview]:
    """Two of them: one whose July is likely missed, one that is safe."""
    return [review(daily(with_target(LATE, aim), n=n), ()) for aim in (9.0, 15.0)]


def test_what_is_asked_for_is_known_after_the_work() -> None:
    shown = reviews(151)
    assert landing_ready.known(shown) == {}
    landing_ready.ask(shown)
    landing_ready.work()
    assert all(landed_already(each, NEWS) for each in shown)
    assert landing_ready.known(shown[:1]) == {landing_ready.key(shown[0]): news(shown[0])}
    assert landing_ready.known(shown[1:]) == {}, "a month that is safe is no news"


def test_work_that_is_interrupted_goes_on_where_it_was() -> None:
    shown, turns = reviews(152), iter([None, StopIteration])

    def stopping() -> None:
        if next(turns) is not None:
            raise InterruptedError

    landing_ready.ask(shown)
    with pytest.raises(InterruptedError):
        landing_ready.work(stopping)
    assert [landed_already(each, NEWS) for each in shown] == [True, False]
    assert landing_ready.waiting(shown) == 1
    assert waiting(1, 2).endswith("are still being made for 1 of 2 rows: look again in a moment.")
    landing_ready.work()
    assert landed_already(shown[1], NEWS)
    assert landing_ready.waiting(shown) == 0


def test_the_line_is_the_first_of_the_sentences() -> None:
    missed = reviews(151)[0]
    assert news(missed) == outcome(missed.kpi, month(missed))


def test_data_that_are_late_have_no_line() -> None:
    found = review(daily(with_target(LATE, 9.0), n=150), ())
    assert found.verdict is not None
    assert news(found) != ""
    assert news(replace(found, verdict=replace(found.verdict, data="late"))) == ""
