"""False-discovery lists: against scipy, and against simulated charts in control."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as of_numpy
from scipy.stats import false_discovery_control

from opsmetrics.stats.discoveries import Method, adjusted, chance_of_strongest
from opsmetrics.stats.false_alarms import expected_episodes

P = of_numpy.arrays(np.float64, st.integers(1, 40), elements=st.floats(0, 1, width=32))


@given(P, st.sampled_from(["bh", "by"]))
def test_adjusted_probabilities_are_those_of_scipy(p: np.ndarray, method: Method) -> None:
    np.testing.assert_allclose(adjusted(p, method), false_discovery_control(p, method=method), rtol=1e-12, atol=0)


@given(P)
def test_any_dependence_has_its_price(p: np.ndarray) -> None:
    assert (adjusted(p, "by") >= adjusted(p, "bh")).all()
    assert (adjusted(p) >= p * (1 - 1e-12)).all()


def test_wrong_probabilities_and_methods_are_refused() -> None:
    with pytest.raises(ValueError, match="from 0 to 1"):
        adjusted([0.5, 1.2])
    with pytest.raises(ValueError, match="wanted one of bh, by"):
        adjusted([0.5], "holm")  # type: ignore[arg-type]


def test_the_chance_of_any_episode_is_about_the_rate() -> None:
    """Where episodes are rare, the chance of one is the number expected: 7 periods on 60 own points, rule 1."""
    p = chance_of_strongest(0.01, "rule_1", 60, 7)
    assert p == pytest.approx(expected_episodes("rule_1", 60, 7)[0], rel=0.15)


def test_the_chance_falls_with_the_surprise_and_grows_with_the_periods() -> None:
    chances = [chance_of_strongest(surprise, "daily", 60, 7) for surprise in (0, 1.0, 2.5, 3.0, 4.0)]
    assert chances[0] == 1.0
    assert chances[1:] == sorted(chances[1:], reverse=True)
    assert chance_of_strongest(2.6, "daily", 60, 2) < chance_of_strongest(2.6, "daily", 60, 30)
    assert chance_of_strongest(2.6, "daily", 24, 7, limits="locked") > chance_of_strongest(2.6, "daily", 60, 7)


def test_the_same_question_has_the_same_answer() -> None:
    assert chance_of_strongest(2.8, "daily", 60, 7) == chance_of_strongest(2.8, ["run_of_8", "beyond_limits"], 60, 7)
