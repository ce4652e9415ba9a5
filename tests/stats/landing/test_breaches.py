"""Chances of a breach at any time ahead, and of the mean ahead, by the joint paths of a landing: skill against the base
rate, and as many breaches as were told."""

from __future__ import annotations

import pytest

from tests.cases import cases, in_soak
from tests.paths import needs_shared
from tests.stats.forecast.processes import PROCESSES, Told, of_process, reliability, skill
from tests.stats.forecast.public import of_public_series

EVENTS = ("any", "mean")


def assert_reliable(found: list[Told], event: str) -> None:
    """Skill, and five bins of a hundred cases or more within seven points."""
    of_event = [case for case in found if case.event == event]
    assert skill(of_event) > 0
    for count, off in reliability(of_event):
        assert count >= 100
        assert abs(off) <= 0.07


@pytest.fixture(scope="module")
def simulated() -> dict[str, list[Told]]:
    return {kind: of_process(kind, cases(16, 250)) for kind in PROCESSES}


@pytest.mark.parametrize("event", EVENTS)
def test_chances_have_skill(simulated: dict[str, list[Told]], event: str) -> None:
    """Of each process."""
    for kind, told in simulated.items():
        assert skill([case for case in told if case.event == event]) > 0, kind


@in_soak
@pytest.mark.parametrize("event", EVENTS)
def test_as_many_came_as_were_told(simulated: dict[str, list[Told]], event: str) -> None:
    assert_reliable([case for told in simulated.values() for case in told], event)


@pytest.fixture(scope="module")
def public() -> list[Told]:
    return of_public_series()


@in_soak
@needs_shared
@pytest.mark.parametrize("event", EVENTS)
def test_as_many_came_as_were_told_on_public_series(public: list[Told], event: str) -> None:
    assert_reliable(public, event)
