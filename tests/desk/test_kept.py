"""What is kept between questions: made once, the longest unused goes first, a failure is not kept."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from opsmetrics.desk.kept import Kept


def test_a_result_is_made_once_for_its_key() -> None:
    kept: Kept[str, object] = Kept(2)
    assert kept.of("a", object) is kept.of("a", object)
    assert kept.of("a", object) is not kept.of("b", object)


def test_what_was_not_asked_for_longest_goes_first() -> None:
    kept: Kept[str, object] = Kept(2)
    first, second = kept.of("a", object), kept.of("b", object)
    assert kept.of("a", object) is first
    kept.of("c", object)
    assert kept.of("a", object) is first
    assert kept.of("b", object) is not second


def test_heavy_results_leave_room_for_fewer_and_the_newest_always_stays() -> None:
    kept: Kept[str, list[int]] = Kept(5, weigh=len)
    light = kept.of("light", lambda: [1, 2])
    assert kept.of("other", lambda: [1, 2, 3]) is kept.of("other", list)
    assert kept.of("light", list) is light
    heavy = kept.of("heavy", lambda: [0] * 9)
    assert kept.of("heavy", list) is heavy
    assert kept.of("light", lambda: [7]) == [7]


def test_readers_who_wait_get_the_one_result() -> None:
    kept: Kept[str, object] = Kept(2)
    begun, go, made = threading.Event(), threading.Event(), []

    def make() -> object:
        begun.set()
        assert go.wait(10)
        made.append(object())
        return made[-1]

    with ThreadPoolExecutor(4) as readers:
        first = readers.submit(kept.of, "a", make)
        assert begun.wait(10)
        others = [readers.submit(kept.of, "a", make) for _ in range(3)]
        go.set()
        assert {id(first.result()), *(id(other.result()) for other in others)} == {id(made[0])}
    assert len(made) == 1


def test_a_failure_passes_through_and_is_not_kept() -> None:
    kept: Kept[str, int] = Kept(2)
    with pytest.raises(ZeroDivisionError):
        kept.of("a", lambda: 1 // 0)
    assert kept.of("a", lambda: 7) == 7
