"""Three-way chart: single-value chart of means, spread within, and how much of it lies between subgroups."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from opsmetrics.stats import d2, r_chart, s_chart, three_way, xmr

ROWS = np.random.default_rng(21).normal(0, 1, (40, 5)) + np.random.default_rng(22).normal(10, 2, (40, 1))


def test_it_is_xmr_of_the_means_above_the_spread_within() -> None:
    found = three_way(ROWS, sigma="sbar")
    means = xmr(ROWS.mean(axis=1))
    for name in ("value", "centre", "lower", "upper"):
        assert found.means.points[name].to_numpy() == pytest.approx(means.points[name].to_numpy())
    pd.testing.assert_frame_equal(found.within.points, s_chart(ROWS, sigma="sbar").points)
    ranges = three_way(ROWS, sigma="rbar")
    pd.testing.assert_frame_equal(ranges.within.points, r_chart(ROWS).points)


def test_the_parts_of_the_spread_written_out() -> None:
    found = three_way(ROWS, sigma="rbar")
    within = np.ptp(ROWS, axis=1).mean() / d2(5)
    moving = np.abs(np.diff(ROWS.mean(axis=1))).mean() / d2(2)
    between = math.sqrt(moving**2 - within**2 / 5)
    assert found.sigma_within == pytest.approx((within,))
    assert found.means.sigma == pytest.approx((moving,))
    assert found.sigma_between == pytest.approx((between,))
    assert found.sigma_total == pytest.approx((math.hypot(between, within),))


def test_unequal_subgroups_count_by_the_mean_of_one_over_n() -> None:
    """Simulation of 4,000 subgroups of 2 to 8 readings: between 2, within 3."""
    draw = np.random.default_rng(23)
    sizes = draw.integers(2, 9, 4000)
    rows = draw.normal(0, 3, (4000, 8)) + draw.normal(50, 2, (4000, 1))
    rows[np.arange(8) >= sizes[:, None]] = np.nan
    found = three_way(rows)
    assert found.sigma_within == pytest.approx((3,), rel=0.03)
    assert found.sigma_between == pytest.approx((2,), rel=0.05)
    assert found.means.points["size"].tolist() == sizes.tolist()


def test_nothing_between_is_zero_and_never_negative() -> None:
    rows = np.array([[0.0, 10.0], [10.0, 0.0], [0.5, 10.0], [10.0, 0.0]])
    found = three_way(rows)
    assert found.sigma_between == (0.0,)
    assert found.sigma_total == found.sigma_within


def test_phases_gaps_and_known_figures() -> None:
    rows = [list(row) for row in ROWS]
    rows[3] = [None] * 5  # type: ignore[list-item]
    chart = three_way(rows, phase=[0] * 20 + [1] * 20, exclude=[7])
    assert len(chart.sigma_between) == 2
    later = three_way(ROWS[20:])
    assert (chart.sigma_within[1], chart.sigma_between[1]) == pytest.approx(
        (later.sigma_within[0], later.sigma_between[0])
    )
    assert np.isnan(chart.means.points["value"][3])
    known = three_way(ROWS, sigma=1.0, between=2.0, centre=10.0)
    assert known.sigma_between == pytest.approx((math.sqrt(4 - 0.2),))
    assert known.means.points["upper"][0] == 16


def test_degenerate_subgroups() -> None:
    one = three_way([[1.0, 2.0]])
    assert (one.sigma_within, one.sigma_between, one.sigma_total) == ((None,), (None,), (None,))
    flat = three_way([[0.1] * 3] * 20)
    assert (flat.sigma_within, flat.sigma_between) == ((0.0,), (0.0,))
    assert three_way([[None, None], [None, None]]).sigma_total == (None,)
