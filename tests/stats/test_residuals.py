"""Residual chart: the fit against least squares, gaps, phases, and false alarms of neighbours that are alike."""

from __future__ import annotations

import numpy as np
import pytest

from opsmetrics.stats import residual_chart, signals, xmr
from tests.cases import cases


def alike(phi: float, n: int, seed: int, level: float = 20.0) -> np.ndarray:
    noise = np.random.default_rng(seed).standard_normal(n)
    values = np.empty(n)
    values[0] = noise[0] / np.sqrt(1 - phi**2)
    for t in range(1, n):
        values[t] = phi * values[t - 1] + noise[t]
    return values + level


def test_the_fit_is_that_of_least_squares() -> None:
    """Oracle: numpy.polyfit of each value on the one before it; XmR of what is left, about 0."""
    values = alike(0.6, 120, 51)
    slope, intercept = np.polyfit(values[:-1], values[1:], 1)
    found = residual_chart(values)
    residual = values[1:] - slope * values[:-1] - intercept
    assert (found.phi[0], found.level[0]) == pytest.approx((slope, intercept / (1 - slope)))
    assert found.chart.points["value"].to_numpy() == pytest.approx(np.r_[np.nan, residual], nan_ok=True)
    assert found.chart.sigma == pytest.approx(xmr(residual).sigma)
    assert found.chart.points["centre"][5] == 0
    offset = values - values.mean()
    assert found.r1[0] == pytest.approx((offset[1:] * offset[:-1]).sum() / (offset**2).sum())
    assert abs(found.r1_residuals[0] or 1) < 0.2


def test_known_phi() -> None:
    found = residual_chart([1.0, 3.0, 2.0], phi=0.5, sigma=1.0)
    assert found.chart.points["value"].to_numpy() == pytest.approx([np.nan, 1.5, -0.5], nan_ok=True)
    assert (found.phi, found.level) == ((0.5,), (2.0,))


def test_no_residual_without_the_value_before_it() -> None:
    values = alike(0.5, 40, 52).tolist()
    values[10] = None
    found = residual_chart(values, phase=[0] * 20 + [1] * 20, exclude=[30])
    missing = np.flatnonzero(found.chart.points["value"].isna())
    assert missing.tolist() == [0, 10, 11, 20]
    assert found.phi[1] == pytest.approx(residual_chart(values[20:], exclude=[10]).phi[0])
    fitted = found.chart.points["baseline"]
    assert not fitted[[30, 31]].any()


def test_the_baseline_alone_makes_the_fit() -> None:
    values = np.r_[alike(0.5, 50, 53), alike(0.5, 20, 54, level=60)]
    locked, alone = residual_chart(values, baseline=range(50)), residual_chart(values[:50])
    assert locked.phi == pytest.approx(alone.phi)
    assert locked.chart.sigma == pytest.approx(alone.chart.sigma)
    assert 50 in signals(locked.chart, "rule_1")["position"].tolist()


@pytest.mark.parametrize("factor", [-1.0, 5.0])
def test_units_and_levels_do_not_matter(factor: float) -> None:
    values = alike(0.7, 60, 55)
    plain, moved = residual_chart(values), residual_chart(factor * values + 1e9)
    assert moved.phi == pytest.approx(plain.phi, rel=1e-5)
    expected = factor * plain.chart.points["value"].to_numpy()
    assert moved.chart.points["value"].to_numpy() == pytest.approx(expected, abs=1e-5, nan_ok=True)


def test_false_alarms_of_neighbours_that_are_alike() -> None:
    """φ 0.6, 200 points: rule 1 on the values themselves gives many times 0.0027, on the residuals about that."""
    charts = cases(40, 2000)
    series = [alike(0.6, 200, 1000 + seed) for seed in range(charts)]
    plain = sum(len(signals(xmr(values), "rule_1")) for values in series) / (charts * 200)
    left = sum(len(signals(residual_chart(values).chart, "rule_1")) for values in series) / (charts * 199)
    assert plain > 0.03
    assert left == pytest.approx(0.0028, rel=cases(0.6, 0.1))


def test_degenerate_series() -> None:
    for values in ([0.1] * 20, [7.25], [], [None, None], [1.0, 2.0]):
        found = residual_chart(values)
        assert found.chart.points["value"].isna().all()
        assert set(found.phi) <= {None}
    assert residual_chart([]).phi == ()
