"""Historical parameters: a centre line and a σ that the caller knows, in place of estimates."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from opsmetrics.stats import (
    ControlChart,
    c,
    constants,
    i_prime,
    mr_chart,
    np_chart,
    p,
    p_prime,
    r_chart,
    run_chart,
    runs_tests,
    s_chart,
    signals,
    u,
    u_prime,
    xbar_r,
    xbar_s,
    xbar_s_summary,
    xmr,
)

ROWS = np.random.default_rng(11).normal(50, 2, (12, 4))


def limits(chart: ControlChart, position: int = 0) -> tuple[float, float, float]:
    row = chart.points.iloc[position]
    return float(row["lower"]), float(row["centre"]), float(row["upper"])


def test_single_values_with_known_level_and_spread() -> None:
    """Montgomery, control charts based on standard values: μ ± 3σ, and of moving ranges D1σ, d2σ, D2σ."""
    chart = xmr([9.5, 10.2, 13.4], centre=10, sigma=1)
    assert limits(chart) == (7, 10, 13)
    assert chart.sigma == (1.0,)
    assert chart.methods == {"sigma": "given", "constants": "exact", "centre": "given"}
    assert signals(chart, "rule_1")["position"].tolist() == [2]
    known = constants(2)
    assert chart.spread is not None
    assert limits(chart.spread, 1) == pytest.approx((known.D1, known.d2, known.D2))
    assert limits(mr_chart([9.5, 10.2], sigma=2), 1) == pytest.approx((0, 2 * known.d2, 2 * known.D2))


def test_one_point_has_limits_where_they_are_known() -> None:
    assert limits(xmr([7.25], centre=7, sigma=0.5)) == (5.5, 7, 8.5)
    assert limits(c([4], centre=9)) == (0, 9, 18)
    assert limits(p([3], [100], centre=0.1)) == pytest.approx((0.01, 0.1, 0.19))


def test_one_of_the_two_may_be_known() -> None:
    values = [9.0, 11.0, 10.0, 12.0]
    assert xmr(values, centre=10).sigma == xmr(values).sigma
    assert limits(xmr(values, sigma=2)) == pytest.approx((10.5 - 6, 10.5, 10.5 + 6))


def test_one_number_per_phase() -> None:
    chart = xmr([1, 2, 8, 9], phase=[0, 0, 1, 1], centre=[1.5, 8.5], sigma=[1, 2])
    assert limits(chart, 1) == (-1.5, 1.5, 4.5)
    assert limits(chart, 3) == (2.5, 8.5, 14.5)


@pytest.mark.parametrize("draw", [xbar_s, xbar_r])
def test_means_with_known_level_and_spread(draw: Callable[..., ControlChart]) -> None:
    """Montgomery: Xbar μ ± Aσ; S B5σ, c4σ, B6σ; R D1σ, d2σ, D2σ."""
    chart, known = draw(ROWS, centre=50, sigma=2), constants(4)
    assert limits(chart) == pytest.approx((50 - 2 * known.A, 50, 50 + 2 * known.A))
    assert chart.spread is not None
    beneath = (known.B5, known.c4, known.B6) if draw is xbar_s else (known.D1, known.d2, known.D2)
    assert limits(chart.spread) == pytest.approx(tuple(2 * level for level in beneath))
    alone = (s_chart if draw is xbar_s else r_chart)(ROWS, sigma=2)
    assert limits(alone) == limits(chart.spread)


def test_means_without_their_spread_want_only_sizes() -> None:
    chart = xbar_s_summary([50, 51], [None, None], [4, 9], centre=50, sigma=3)
    assert limits(chart, 0) == (45.5, 50, 54.5)
    assert limits(chart, 1) == (47, 50, 53)


def test_counts_with_a_known_level() -> None:
    """Naive: the standard errors of the module, with the level in place of the pooled one."""
    counts, sizes = [8, 12, 30], [100, 100, 400]
    for chart, error in (
        (p(counts, sizes, centre=0.1), np.sqrt(0.09 / np.array(sizes))),
        (u(counts, sizes, centre=0.1), np.sqrt(0.1 / np.array(sizes))),
        (np_chart(counts, sizes, centre=0.1), np.sqrt(0.09 * np.array(sizes))),
        (c(counts, centre=9), np.full(3, 3.0)),
    ):
        assert chart.points["standard_error"].to_numpy() == pytest.approx(error)
        assert chart.methods["centre"] == "given"


def test_laney_charts_measure_z_from_the_known_level() -> None:
    counts, sizes = np.array([8, 12, 30, 5]), np.array([100, 100, 400, 90])
    for chart, variance in ((p_prime(counts, sizes, centre=0.1), 0.09), (u_prime(counts, sizes, centre=0.1), 0.1)):
        z = (counts / sizes - 0.1) / np.sqrt(variance / sizes)
        assert chart.sigma_z == pytest.approx((np.abs(np.diff(z)).mean() / constants(2).d2,))


def test_ratios_of_any_kind_with_known_figures() -> None:
    chart = i_prime([8, 12], [4, 9], centre=2, sigma=1)
    assert limits(chart, 0) == (0.5, 2, 3.5)
    assert limits(chart, 1) == (1, 2, 3)


def test_a_run_chart_about_a_known_level() -> None:
    values = [1.0, 2, 3, 4, 5, 6, 7, 8]
    assert limits(run_chart(values, centre=9.5))[1] == 9.5
    assert runs_tests(run_chart(values, centre=9.5))[0].longest_run == 8
    assert runs_tests(run_chart(values))[0].longest_run == 4


def test_bad_figures_are_told() -> None:
    wrong: list[tuple[Callable[[], ControlChart], str]] = [
        (lambda: xmr([1, 2], sigma=-1), "sigma: found -1; wanted a number of at least 0"),
        (lambda: xmr([1, 2], centre=[1, 2]), "centre: found 2 numbers for 1 phases"),
        (lambda: xmr([1, 2], centre=float("nan")), "centre: found nan; wanted a number"),
        (lambda: p([1], [2], centre=1.5), "wanted a proportion from 0 to 1"),
        (lambda: u([1], [2], centre=-1), "centre: found -1; wanted a number of at least 0"),
        (lambda: xmr([1, 2], sigma="sd"), "wanted 'mr', 'mr_screened', 'median_mr' or a number"),  # type: ignore[arg-type]
        (lambda: xbar_s(ROWS, sigma=-1), "sigma: found -1; wanted a number of at least 0"),
        (lambda: xbar_s(ROWS, sigma="rbar"), "or a number"),  # type: ignore[arg-type]
    ]
    for draw, message in wrong:
        with pytest.raises(ValueError, match="found") as refusal:
            draw()
        assert message in str(refusal.value)


def test_phases_may_be_locked_each_on_its_own_points() -> None:
    """Oracle: each phase drawn alone; the first locked on its first 6 points, the second on all, the third on 4."""
    values = np.random.default_rng(12).normal([10] * 15 + [20] * 9 + [5] * 12, 1)
    phase = [0] * 15 + [1] * 9 + [2] * 12
    locked = [*range(6), *range(24, 28)]
    chart = xmr(values, phase=phase, baseline=locked)
    assert limits(chart, 0) == pytest.approx(limits(xmr(values[:15], baseline=range(6))))
    assert limits(chart, 20) == pytest.approx(limits(xmr(values[15:24])))
    assert limits(chart, 30) == pytest.approx(limits(xmr(values[24:], baseline=range(4))))
    counts = np.abs(values).round()
    rates = u(counts, np.full(36, 2.0), phase=phase, baseline=locked)
    assert limits(rates, 20) == pytest.approx(limits(u(counts[15:24], np.full(9, 2.0))))
