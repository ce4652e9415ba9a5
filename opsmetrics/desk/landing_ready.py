"""Landings and loads made ready for pages that show many: nobody waits for them, they stand there when they are known.

A page asks for those of its rows and shows what is known; the scheduler works off what was asked, between its chores
and after each refresh of the verdicts. A landing is a pure function of a review, so no store is read here.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Sequence

from opsmetrics.catalog import Grain, Slice
from opsmetrics.desk.expected import expected, expected_already, sentence
from opsmetrics.desk.landing import landed_already, landing, spans_of
from opsmetrics.desk.landing_sentences import NEWS, news
from opsmetrics.desk.load import load, loaded_already
from opsmetrics.review import KpiReview

#: Lists of reviews whose landings are wanted, the oldest is let go of first.
_ASKED: deque[Sequence[KpiReview]] = deque(maxlen=4)
_GATE = threading.Lock()

Key = tuple[str, Slice, Grain]


def key(review: KpiReview) -> Key:
    """What a line is found by."""
    return review.kpi.key, review.series.slice, review.series.grain


def known(reviews: Iterable[KpiReview]) -> dict[Key, str]:
    """The line of each review whose landings are known and that has one."""
    told = ((key(review), news(review)) for review in reviews if landed_already(review, NEWS))
    return {about: text for about, text in told if text}


def compared(reviews: Iterable[KpiReview]) -> dict[Key, str]:
    """What was expected of the latest period of each review of which that is known, in a sentence."""
    return {key(review): sentence(expected(review)) for review in reviews if expected_already(review)}


def waiting(reviews: Iterable[KpiReview]) -> int:
    """Of how many of these it is still to be made."""
    return sum(not (landed_already(each) and loaded_already(each) and expected_already(each)) for each in reviews)


def ask(reviews: Sequence[KpiReview]) -> None:
    """Wants the landings and loads of these to be known soon."""
    if waiting(reviews):
        with _GATE:
            _ASKED.append(reviews)


def work(between: Callable[[], None] = lambda: None) -> None:
    """Makes what was asked for, the newest first. between: called before each review; what it raises ends the work,
    which goes on from there the next time."""
    while (wanted := _newest()) is not None:
        make(wanted, between)
        with _GATE:
            if wanted in _ASKED:
                _ASKED.remove(wanted)


def _newest() -> Sequence[KpiReview] | None:
    with _GATE:
        return _ASKED[-1] if _ASKED else None


def make(reviews: Iterable[KpiReview], between: Callable[[], None] = lambda: None) -> None:
    """Makes the landings and loads of these known, and what was expected of their latest periods."""
    for review in reviews:
        between()
        for span in spans_of(review):
            landing(review, span)
        load(review)
        expected(review)
