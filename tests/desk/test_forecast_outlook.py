"""What lies ahead in short: which state a landing makes, in which words, and what is at once there."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from opsmetrics.desk.forecast_outlook import STATES, Outlook, State, outlook, outlooks, ready, split
from opsmetrics.desk.forecast_outlook_sentences import aged, choices, headline, lead, state_title, state_word
from opsmetrics.desk.landing import Landing, landing
from opsmetrics.review import KpiReview, review
from opsmetrics.series import Stretch as Span
from opsmetrics.working import Cancelled
from tests.verdict.made import LATE, SPEED, counts, noise, readings, with_target


def bare(landing: Landing | None, *, forecast: bool = True, name: str = "Late", gain: float = 0.2) -> Outlook:
    made = SimpleNamespace(accuracy=SimpleNamespace(naive=SimpleNamespace(gain=gain)))
    found = SimpleNamespace(forecast=made if forecast else None, review=SimpleNamespace(name=name))
    return Outlook(cast(Any, SimpleNamespace(found=found)), landing)


def of_state(state: State, name: str = "Late") -> Outlook:
    chance = {"misses": 0.05, "open": 0.5, "meets": 0.95}.get(state)
    reason = {"early": "no_skill", "no_chance": "no_target"}.get(state, "")
    return bare(Landing(chance, reason), forecast=state != "nothing", name=name)


@pytest.mark.parametrize(
    ("landing", "state"),
    [
        (Landing(0.25), "misses"),
        (Landing(0.30), "open"),
        (Landing(0.70), "open"),
        (Landing(0.75), "meets"),
        (Landing(None, "few_origins"), "early"),
        (Landing(None, "no_skill"), "early"),
        (Landing(None, "no_target"), "no_chance"),
        (Landing(None, "kind"), "no_chance"),
        (Landing(None, "over"), "no_chance"),
        (None, "no_chance"),
    ],
)
def test_the_chance_of_the_nearest_stretch_makes_the_state(landing: Landing | None, state: str) -> None:
    assert bare(landing).state == state
    assert bare(landing, forecast=False).state == "nothing"


@pytest.mark.parametrize("state", STATES)
def test_every_state_has_its_words(state: State) -> None:
    assert of_state(state).state == state
    assert state_word(state)
    assert all(state_title(state))


@pytest.mark.parametrize(
    ("states", "said", "others"),
    [
        ([], "Nothing to look ahead at yet.", ""),
        (["misses", "meets"], "Scrap will likely miss its target.", "1 will likely make it."),
        (["misses", "misses", "open"], "2 of 3 targets will likely be missed.", "1 may go either way."),
        (["meets", "meets"], "Every target will likely be met.", "2 will likely make it."),
        (
            ["open", "meets", "early"],
            "No target will likely be missed.",
            "1 may go either way; 1 will likely make it; 1 too early to tell.",
        ),
        (
            ["no_chance", "nothing"],
            "No chance to meet a target can be told yet.",
            "1 without a chance to tell; 1 with nothing to forecast from.",
        ),
    ],
)
def test_the_headline_counts_what_will_be_missed(states: list[State], said: str, others: str) -> None:
    shown = [of_state(state, "Scrap") for state in states]
    assert headline(shown) == said
    assert lead(shown) == others


@pytest.mark.parametrize(
    ("gains", "said"),
    [
        ([0.2, 0.051], "2 will likely make it."),
        (
            [0.2, 0.049],
            "2 will likely make it. 1 forecast is no better than repeating what was: use the average there.",
        ),
        (
            [-0.3, 0.0],
            "2 will likely make it. 2 forecasts are no better than repeating what was: use the average there.",
        ),
        ([float("nan"), 0.2], "2 will likely make it."),
    ],
)
def test_forecasts_that_are_no_better_are_counted(gains: list[float], said: str) -> None:
    """Less than 5 % better is no better; what could not be tested is neither."""
    assert lead([bare(Landing(0.95), gain=gain) for gain in gains]) == said


@pytest.mark.parametrize(
    ("data", "period", "said"),
    [
        ("fresh", "20 Nov 2026", ""),
        ("partial", "20 Nov 2026", ""),
        ("late", "20 Nov 2026", "Late: forecast from what was there, 20 Nov 2026 the last"),
        ("missing", None, "Missing"),
    ],
)
def test_a_forecast_from_old_data_says_so(data: str, period: str | None, said: str) -> None:
    verdict = SimpleNamespace(data=data, data_names=(), as_of_period=period)
    assert aged(cast(Any, SimpleNamespace(verdict=verdict))) == said
    assert aged(cast(Any, SimpleNamespace(verdict=None))) == ""


def watched(seed: int) -> KpiReview:
    """A review of numbers that no other test has, so that nothing of it is kept."""
    made = [float(40 + (seed * place) % 23) for place in range(60)]
    return review(counts(made, 500.0, kpi=with_target(LATE, 16.0)), ())


def test_what_is_made_is_there_at_once_until_its_data_change() -> None:
    first, second = watched(7), watched(11)
    assert split([first, second]) == ([], [first, second])
    made = outlook(first)
    assert ready(first)
    assert split([second, first]) == ([first], [second])
    again = watched(7)
    assert ready(again), "another review of the same data"
    assert outlook(again).told.found.forecast is made.told.found.forecast
    assert outlook(again).landing is made.landing


@pytest.mark.parametrize(
    ("span", "when"), [("month", "this month"), ("quarter", "this quarter"), ("year", "this year")]
)
def test_the_end_of_a_stretch_can_be_asked_for(span: Span, when: str) -> None:
    """Its landing is told whatever is known of a nearer one, and headline and sections say whose end is meant."""
    found = outlook(watched(19), span=span)
    assert found.landing is landing(found.review, span)
    assert found.span == span
    assert ready(found.review, span)
    assert when in headline([found])
    assert f"at the end of the {span}" in state_title("misses", span)[1]
    assert choices()[span] == span.capitalize()


def test_another_end_is_made_when_it_is_asked_for() -> None:
    found = watched(23)
    outlook(found, span="month")
    assert ready(found, "month")
    assert not ready(found, "year")
    assert split([found], "year") == ([], [found])


def test_numbered_samples_have_no_end() -> None:
    found = outlook(
        review(readings(list(noise(20)), kpi=with_target(replace(SPEED, operate="sample"), 50.0)), ()), span="year"
    )
    assert (found.landing, found.state) == (None, "no_chance")


def test_stopped_work_keeps_what_it_made() -> None:
    first, second = watched(13), watched(17)
    seen: list[tuple[str, int, int]] = []

    def stop_at_the_second(name: str, done: int, of: int) -> None:
        seen.append((name, done, of))
        if done == 1:
            raise Cancelled

    with pytest.raises(Cancelled):
        outlooks([first, second], None, stop_at_the_second)
    assert seen == [(first.name, 0, 2), (second.name, 1, 2)]
    assert split([first, second]) == ([first], [second])
