"""How errors of the steps go together: known correlations are found again, by naive sums and by simulation."""

from __future__ import annotations

import numpy as np
import pytest

from opsmetrics.stats.forecast import forecast
from opsmetrics.stats.forecast.dependence import CARRIED, MOST, carried_over, correlation, walk


@pytest.mark.parametrize("carried", [0.0, 0.6, 1.0])
def test_what_is_carried_over_is_the_recursion(carried: float) -> None:
    """x_k = c · x_{k−1} + e_k from nothing on: x = L·e with L_kj = c^(k−j), covariance L·Lᵀ."""
    lower = np.array([[carried ** (k - j) if j <= k else 0.0 for j in range(6)] for k in range(6)])
    joint = lower @ lower.T
    size = np.sqrt(np.diag(joint))
    assert carried_over(6, carried) == pytest.approx(joint / np.outer(size, size))


def test_a_walk_has_the_correlation_of_its_sums() -> None:
    """Sums of i and j equal independent steps correlate by √(min / max)."""
    steps = np.arange(1, 8)
    wanted = np.sqrt(np.minimum.outer(steps, steps) / np.maximum.outer(steps, steps))
    assert walk(7) == pytest.approx(wanted)


@pytest.mark.parametrize(("carried", "common"), [(0.0, 0.5), (0.6, 0.4), (0.9, 0.0), (1.0, 0.0)])
def test_both_parts_are_found_again(carried: float, common: float) -> None:
    """4,000 simulated origins: every pair within 0.06 (four standard errors of a correlation of 0)."""
    draw = np.random.default_rng(11)
    truth = (1 - common) * carried_over(5, carried) + common
    errors = draw.standard_normal((4000, 5)) @ np.linalg.cholesky(truth).T * np.arange(1, 6)
    assert correlation(errors) == pytest.approx(truth, abs=0.06)
    errors[draw.random(errors.shape) < 0.3] = np.nan
    assert correlation(errors) == pytest.approx(truth, abs=0.08), "what is not known is left out"


def test_it_is_the_member_nearest_to_the_products() -> None:
    """By brute force over all shares and a fine grid of the common part, errors scaled by their root mean square."""
    errors = np.random.default_rng(3).standard_normal((9, 4)).cumsum(axis=1)
    scaled = errors / np.sqrt((errors**2).mean(axis=0))
    seen, pairs = scaled.T @ scaled / 9, np.triu_indices(4, 1)

    def off(found: np.ndarray) -> float:
        return float(((found - seen)[pairs] ** 2).sum())

    parts = np.linspace(0, MOST, 400)
    least = min(off((1 - part) * carried_over(4, c) + part) for c in CARRIED for part in parts)
    assert off(correlation(errors)) == pytest.approx(least, abs=1e-4)


def test_few_errors_make_a_correlation_matrix_too() -> None:
    draw = np.random.default_rng(7)
    for origins in (1, 2, 3):
        found = correlation(draw.standard_normal((origins, 6)))
        assert np.diag(found) == pytest.approx(np.ones(6))
        assert np.linalg.eigvalsh(found).min() > 0


def test_without_a_backtest_errors_add_up() -> None:
    """A sum over several periods of a series that is too short would else be told with far too narrow a range."""
    found = forecast([3.0, 5.0, 4.0], 4)
    assert found.backtest.empty
    assert found.correlation == pytest.approx(walk(4))
    assert correlation(np.full((3, 4), np.nan)) == pytest.approx(walk(4))
