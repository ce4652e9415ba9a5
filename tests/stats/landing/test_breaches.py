"""Chances of a breach at any time ahead, and of the mean ahead, by the joint paths of a landing: skill against the base
rate, and as many breaches as were told."""

from __future__ import annotations

import numpy as np
import pytest

from opsmetrics.stats.forecast import Forecast
from opsmetrics.stats.landing import Joint, paths
from tests.cases import cases, in_soak
from tests.paths import needs_shared
from tests.stats.forecast.processes import PROCESSES, Told, of_process, reliability, skill
from tests.stats.forecast.public import of_public_series

EVENTS = ("any", "mean")


def landed(found: Forecast, count: int) -> np.ndarray:
    """Paths of a value alone."""
    return paths(Joint(found, 1.0, 0.0), count)[0]


def assert_reliable(found: list[Told], event: str) -> None:
    """Skill, and five bins of a hundred cases or more within seven points."""
    of_event = [case for case in found if case.event == event]
    assert skill(of_event) > 0
    for count, off in reliability(of_event):
        assert count >= 100
        assert abs(off) <= 0.07


@pytest.fixture(scope="module")
def simulated() -> dict[str, list[Told]]:
    return {kind: of_process(kind, cases(5, 150), joint=landed) for kind in PROCESSES}


@pytest.mark.parametrize("event", EVENTS)
def test_chances_have_skill(simulated: dict[str, list[Told]], event: str) -> None:
    """Of all processes together, and under soak of each."""
    every = [case for told in simulated.values() for case in told]
    for told in cases([every], list(simulated.values())):
        assert skill([case for case in told if case.event == event]) > 0


@in_soak
@pytest.mark.parametrize("event", EVENTS)
def test_as_many_came_as_were_told(simulated: dict[str, list[Told]], event: str) -> None:
    assert_reliable([case for told in simulated.values() for case in told], event)


@pytest.fixture(scope="module")
def public() -> list[Told]:
    return of_public_series(joint=landed)


@in_soak
@needs_shared
@pytest.mark.parametrize("event", EVENTS)
def test_as_many_came_as_were_told_on_public_series(public: list[Told], event: str) -> None:
    assert_reliable(public, event)
