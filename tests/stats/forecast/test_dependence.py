"""The family of correlations of the errors of a forecast's steps."""

from __future__ import annotations

import numpy as np
import pytest

from opsmetrics.stats.forecast import dependence


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
