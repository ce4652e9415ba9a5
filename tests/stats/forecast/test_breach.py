"""Chances of a breach from joint paths: skill against the base rate, and as many breaches as were told."""

from __future__ import annotations

import numpy as np
import pytest

from opsmetrics.stats.forecast import dependence
from tests.cases import cases, in_soak
from tests.paths import needs_shared
from tests.stats.forecast.processes import PROCESSES, Told, of_process, reliability, skill
from tests.stats.forecast.public import of_public_series

#: Series of each process.
EACH = cases(16, 250)


@pytest.fixture(scope="module")
def simulated() -> dict[str, list[Told]]:
    return {kind: of_process(kind, EACH) for kind in PROCESSES}


@pytest.mark.parametrize("event", ["any", "mean"])
def test_chances_have_skill_on_every_process(simulated: dict[str, list[Told]], event: str) -> None:
    for kind, told in simulated.items():
        assert skill([case for case in told if case.event == event]) > 0, kind


@pytest.mark.parametrize("event", ["any", "mean"])
def test_as_many_came_as_were_told(simulated: dict[str, list[Told]], event: str) -> None:
    """Five bins of all processes. Three chances of a series are alike: a bin of the short run has about 17 independent
    cases, of which three standard errors are 0.3; the long run has 15 times as many and keeps to 7 points."""
    for count, off in reliability([case for told in simulated.values() for case in told if case.event == event]):
        assert count >= cases(20, 100)
        assert abs(off) <= cases(0.3, 0.07)


@in_soak
@needs_shared
def test_as_many_means_came_as_were_told_on_public_series() -> None:
    """Rolling: the series of the sample, cut at one to eight horizons before their end; what is mostly zero apart.

    Series of one source share their dates, so that of the largest value only the skill is asked for: a month that was
    calm everywhere counts for one month, not for a hundred.
    """
    found = of_public_series()
    assert skill([case for case in found if case.event == "any"]) > 0
    means = [case for case in found if case.event == "mean"]
    assert skill(means) > 0
    for count, off in reliability(means):
        assert count >= 100
        assert abs(off) <= 0.07


def test_the_family_holds_the_walk_and_the_level() -> None:
    """Errors of a random walk correlate as √(k/l); errors that are one and the same in all steps are common."""
    draw = np.random.default_rng(1)
    steps = np.arange(1, 9)
    of_walk = np.cumsum(draw.normal(0, 1, (4000, 8)), axis=1)
    wanted = np.sqrt(np.minimum.outer(steps, steps) / np.maximum.outer(steps, steps))
    assert np.abs(dependence.correlation(of_walk) - wanted).max() < 0.05
    level = draw.normal(0, 2, (4000, 1)) + draw.normal(0, 1, (4000, 8))
    found = dependence.correlation(level)
    assert found[np.triu_indices(8, 1)] == pytest.approx(np.full(28, 0.8), abs=0.05)


@pytest.mark.parametrize("horizon", [1, 2, 9, 48])
@pytest.mark.parametrize("carried", dependence.CARRIED)
def test_every_member_of_the_family_is_a_correlation(horizon: int, carried: float) -> None:
    found = dependence.carried_over(horizon, carried)
    assert np.diag(found) == pytest.approx(np.ones(horizon))
    assert np.linalg.eigvalsh(found).min() > 0
