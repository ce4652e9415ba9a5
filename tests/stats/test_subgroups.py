"""Xbar-S, S, Xbar-R and R: naive formulas, unequal sizes, summaries, and the piston rings."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from opsmetrics.stats import c4, constants, d2, r_chart, s_chart, s_summary, signals, xbar_r, xbar_s, xbar_s_summary
from tests.stats.textbook import PISTON_RINGS

UNEQUAL: list[list[float | None]] = [
    [74.03, 74.002, 74.019, 73.992, 74.008],
    [73.995, 73.992, 74.001, None, None],
    [73.988, 74.024, 74.021, 74.005],
    [74.002, 73.996, None, 74.015, 74.009],
]


def parts(rows: list[list[float | None]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    kept = [[value for value in row if value is not None] for row in rows]
    means = np.array([np.mean(row) for row in kept])
    sds = np.array([np.std(row, ddof=1) for row in kept])
    return means, sds, np.array([float(len(row)) for row in kept])


def test_pooled_sigma_and_weighted_centre() -> None:
    means, sds, sizes = parts(UNEQUAL)
    freedom = (sizes - 1).sum()
    sigma = math.sqrt(((sizes - 1) * sds**2).sum() / freedom) / c4(int(freedom) + 1)
    chart = xbar_s(UNEQUAL)
    assert chart.sigma == pytest.approx((sigma,))
    centre = (means * sizes).sum() / sizes.sum()
    assert chart.points["centre"].to_numpy() == pytest.approx([centre] * 4, abs=1e-12)
    assert chart.points["upper"].to_numpy() == pytest.approx(centre + 3 * sigma / np.sqrt(sizes))
    assert chart.spread is not None
    assert chart.spread.points["centre"].to_numpy() == pytest.approx([c4(int(n)) * sigma for n in sizes])


@pytest.mark.parametrize("sigma", ["sbar", "sbar_mvlue"])
def test_mean_standard_deviation_estimates(sigma: str) -> None:
    _, sds, sizes = parts(UNEQUAL)
    units = np.array([c4(int(n)) for n in sizes])
    weights = units**2 / (1 - units**2) if sigma == "sbar_mvlue" else np.ones(4)
    expected = (weights * sds / units).sum() / weights.sum()
    assert xbar_s(UNEQUAL, sigma=sigma).sigma == pytest.approx((expected,))  # type: ignore[arg-type]


def test_root_mean_square_with_each_size_of_its_own() -> None:
    """Montgomery, variable sample size: s̄ = √(Σ(n−1)s²/Σ(n−1)), limits A3(n)·s̄ and B3(n)·s̄, B4(n)·s̄."""
    _, sds, sizes = parts(UNEQUAL)
    mean_s = math.sqrt(((sizes - 1) * sds**2).sum() / (sizes - 1).sum())
    chart = xbar_s(UNEQUAL, sigma="rms_montgomery")
    a3 = [constants(int(n)).A3 for n in sizes]
    assert (chart.points["upper"] - chart.points["centre"]).to_numpy() == pytest.approx(np.array(a3) * mean_s)
    assert chart.spread is not None
    assert chart.spread.points["centre"].to_numpy() == pytest.approx([mean_s] * 4)
    b4 = [constants(int(n)).B4 for n in sizes]
    assert chart.spread.points["upper"].to_numpy() == pytest.approx(np.array(b4) * mean_s)
    assert (chart.spread.points["lower"] == 0).all()


def test_ranges() -> None:
    chart = xbar_r(PISTON_RINGS)
    ranges = np.ptp(np.array(PISTON_RINGS), axis=1)
    assert chart.sigma == pytest.approx((ranges.mean() / d2(5),))
    five = constants(5)
    assert (chart.points["upper"] - chart.points["centre"])[0] == pytest.approx(five.A2 * ranges.mean())
    pd.testing.assert_frame_equal(r_chart(PISTON_RINGS).points, chart.spread.points if chart.spread else None)
    assert r_chart(PISTON_RINGS).points["upper"][0] == pytest.approx(five.D4 * ranges.mean())


def test_weighted_ranges_of_equal_sizes_are_the_mean() -> None:
    assert xbar_r(PISTON_RINGS, sigma="rbar_mvlue").sigma == pytest.approx(xbar_r(PISTON_RINGS).sigma)


def test_summaries_equal_readings() -> None:
    means, sds, sizes = parts(UNEQUAL)
    pd.testing.assert_frame_equal(xbar_s_summary(means, sds, sizes).points, xbar_s(UNEQUAL).points)
    pd.testing.assert_frame_equal(s_summary(sds, sizes).points, s_chart(UNEQUAL).points)


@pytest.mark.parametrize("form", [np.array, pd.DataFrame, lambda rows: [list(row) for row in rows]])
def test_matrix_frame_and_lists_are_the_same(form: object) -> None:
    pd.testing.assert_frame_equal(xbar_s(form(PISTON_RINGS)).points, xbar_s(PISTON_RINGS).points)  # type: ignore[operator]


def test_an_empty_subgroup_is_a_gap_and_a_single_reading_has_no_spread() -> None:
    chart = xbar_s([[1.0, 2.0, 3.0], [None, None], [4.0], [2.0, 2.5, 4.0]])
    assert chart.points["value"].isna().tolist() == [False, True, False, False]
    assert chart.points["upper"].isna().tolist() == [False, True, False, False]
    assert chart.points["standard_error"][2] == pytest.approx(chart.sigma[0])
    assert chart.spread is not None
    assert chart.spread.points["value"].isna().tolist() == [False, True, True, False]
    assert chart.spread.points["baseline"].tolist() == [True, False, False, True]


def test_phases_exclusions_and_baselines_follow_xmr() -> None:
    rows = np.random.default_rng(3).normal(size=(20, 4))
    chart = xbar_s(rows, phase=[0] * 10 + [1] * 10, exclude=[2], baseline=range(5))
    alone = xbar_s(np.delete(rows[:5], 2, axis=0))
    assert chart.points.loc[0, "upper"] == pytest.approx(alone.points.loc[0, "upper"])
    assert chart.points.loc[19, "upper"] == pytest.approx(xbar_s(rows[10:]).points.loc[0, "upper"])


def test_one_subgroup_has_no_limits_and_equal_readings_collapse_them() -> None:
    assert xbar_s([[1.0, 2.0]]).points["upper"].isna().all()
    flat = xbar_s([[0.1] * 3] * 9)
    assert flat.sigma == (0.0,)
    assert signals(flat, "nelson").empty


def test_large_offsets_keep_their_digits() -> None:
    rows = np.random.default_rng(4).integers(-8, 9, size=(12, 5)) / 8
    near, far = xbar_s(rows), xbar_s(rows + 1e9)
    assert far.sigma == pytest.approx(near.sigma, rel=1e-6)


def test_spread_charts_are_judged_by_rule_1_only() -> None:
    sds = [1.0, 3.0] * 6 + [1.0] * 10
    chart = s_summary(sds, [5] * len(sds), baseline=range(12))
    assert signals(chart, "nelson").empty
    assert signals(s_summary([*sds, 9.0], [5] * 23, baseline=range(12)), "nelson")["rule"].tolist() == ["beyond_limits"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: xbar_s([[1.0, 2.0]], sigma="rbar"), r"sigma: found 'rbar'; wanted one of pooled"),  # type: ignore[arg-type]
        (lambda: xbar_s([["a"]]), r"subgroup 0: found 'a'"),  # type: ignore[list-item]
        (lambda: xbar_s_summary([1.0], [0.1, 0.2], [5]), r"found 1 means, 2 sds, 1 sizes"),
        (lambda: xbar_s_summary([1.0], [-0.1], [5]), r"sds: found -0.1 at position 0"),
        (lambda: xbar_s_summary([1.0], [0.1], [4.5]), r"sizes: found 4.5 at position 0; wanted whole numbers"),
        (lambda: xbar_s_summary([1.0], [0.1], [-5]), r"sizes: found -5"),
    ],
)
def test_bad_subgroups_are_refused(call: object, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        call()  # type: ignore[operator]
