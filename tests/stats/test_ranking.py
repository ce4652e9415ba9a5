"""The parts of a score: against the figures of the specification and the tails of the normal law."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from opsmetrics.stats import RULES
from opsmetrics.stats.ranking import (
    MOST,
    score,
    surprise_of,
    surprise_of_hit,
    surprise_of_point,
    surprise_of_run,
    volume,
)

PART = st.floats(0, 10)


def test_a_point_is_as_surprising_as_its_two_tails() -> None:
    z = np.array([0.0, 1.0, -3.0, 3.0, 4.5, 40.0, np.nan])
    tails = [1.0, 0.3173105, 0.0026998, 0.0026998, 2 * norm.sf(4.5), 1e-6, 1.0]
    np.testing.assert_allclose(surprise_of_point(z), -np.log10(tails), rtol=1e-5, atol=1e-12)


def test_runs_zones_and_rare_hits_have_the_specified_chances() -> None:
    """Verdict.md 39: a run of L 2^(1-L); 2 of 3 0.0031; 4 of 5 0.0055; rare events their own p."""
    assert surprise_of_run(8) == pytest.approx(-np.log10(2.0**-7))
    assert surprise_of_hit(RULES["two_of_three"], 2.5, 2) == pytest.approx(-np.log10(0.0031))
    assert surprise_of_hit(RULES["four_of_five"], 1.5, 4) == pytest.approx(-np.log10(0.0055))
    assert surprise_of_hit(RULES["beyond_limits"], -3.2, 1) == pytest.approx(-np.log10(2 * norm.sf(3.2)))
    assert surprise_of([1e-3, 1e-9, 0.0]).tolist() == [3.0, MOST, MOST]


def test_nothing_counts_for_more_than_one_in_a_million() -> None:
    assert surprise_of_point(20) == surprise_of_run(100) == MOST


def test_volume_is_a_logarithm_of_what_it_came_to() -> None:
    assert volume([0.0, 9.0, -99.0, np.nan]).tolist() == [0.0, 1.0, 2.0, 0.0]
    assert volume(9.0, 11.0) == 2.0


@given(PART, PART, st.sampled_from([0.6, 0.8, 1.0]), st.sampled_from([0.5, 0.8, 1.0, 1.2]), st.floats(0.01, 5))
def test_a_score_never_falls_when_a_part_grows(
    surprise: float, came_to: float, direction: float, attention: float, more: float
) -> None:
    before = score(direction, attention, surprise, came_to)
    grown = [(0.0, 0.0, more, 0.0), (0.0, 0.0, 0.0, more), (more, 0.0, 0.0, 0.0), (0.0, more, 0.0, 0.0)]
    for d, a, s, v in grown:
        assert score(direction + d, attention + a, surprise + s, came_to + v) >= before


def test_many_at_once_are_the_same_as_one_by_one() -> None:
    z = np.array([3.1, 3.9, 5.0])
    assert surprise_of_point(z).tolist() == [float(surprise_of_point(one)) for one in z]
