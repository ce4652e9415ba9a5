"""g and t charts against their definitions in plain Python, scipy's distributions and seeded simulation."""

from __future__ import annotations

import math
from itertools import pairwise
from statistics import mean, median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from opsmetrics.stats import g_chart, run_rules, signals, t_chart, t_transformed, weibull_fit, weibull_quantile

GAPS = [17, 25, 13, 21, 5, 0, 0, 68, 14, 7, 13, 7, 22, 26, 46, 5, 77, 160, 8, 21]
TIMES = [286, 948, 536, 124, 816, 729, 4, 143, 431, 8, 2837, 596, 81, 227, 603, 492, 1199, 1214, 2831, 96]


def test_g_by_its_definition() -> None:
    """Mean ± 3√(m(m + 1)) about the median (Benneyan 2001; qicharts2 0.8.1)."""
    points, m = g_chart(GAPS).points, mean(GAPS)
    assert points["upper"].tolist() == pytest.approx([m + 3 * math.sqrt(m * (m + 1))] * 20)
    assert (points["lower"] == 0).all() and (points["centre"] == median(GAPS)).all()
    assert signals(g_chart(GAPS))["position"].tolist() == [17]


def test_g_with_probability_limits_against_scipy() -> None:
    """Gaps count failures before a success: scipy's geometric law less 1."""
    m = mean(GAPS)
    law = scipy_stats.geom(1 / (m + 1), loc=-1)
    row = g_chart(GAPS, limits="probability").points.iloc[0]
    tails = scipy_stats.norm.cdf(-3), 0.5, scipy_stats.norm.cdf(3)
    assert (row["lower"], row["centre"], row["upper"]) == tuple(law.ppf(tail) for tail in tails)


def test_g_phases_baselines_and_exclusions() -> None:
    chart = g_chart([*GAPS, 400, *GAPS[:5]], phase=["a"] * 21 + ["b"] * 5, exclude=[20])
    assert chart.points["upper"].iloc[0] == pytest.approx(g_chart(GAPS).points["upper"].iloc[0])
    assert chart.points["upper"].iloc[-1] == pytest.approx(g_chart(GAPS[:5]).points["upper"].iloc[0])
    locked = g_chart(GAPS, baseline=range(10))
    assert locked.points["upper"].iloc[0] == pytest.approx(g_chart(GAPS[:10]).points["upper"].iloc[0])


def test_g_without_any_gap_and_with_a_single_one() -> None:
    assert (g_chart([0, 0, 0]).points["upper"] == 0).all()
    assert (g_chart([0, 0, 0], limits="probability").points["upper"] == 0).all()
    assert g_chart([5]).points["upper"].isna().all()
    assert g_chart([]).points.empty


def test_t_by_its_definition() -> None:
    """y^(1/3.6) on an XmR chart, raised back (Nelson 1994); d2 = 2/√π."""
    powered = [y ** (1 / 3.6) for y in TIMES]
    sigma = mean(abs(a - b) for a, b in pairwise(powered)) / (2 / math.sqrt(math.pi))
    points = t_chart(TIMES).points
    assert points["centre"].iloc[0] == pytest.approx(mean(powered) ** 3.6)
    assert points["upper"].iloc[0] == pytest.approx((mean(powered) + 3 * sigma) ** 3.6)
    assert (points["lower"] == 0).all(), "below 0 on the transformed scale"
    assert points["value"].tolist() == TIMES
    assert t_transformed(TIMES).sigma == pytest.approx((sigma,))


@given(st.floats(1e-3, 1e3))
def test_t_does_not_depend_on_the_unit_of_time(scale: float) -> None:
    here, there = t_chart(TIMES).points, t_chart([y * scale for y in TIMES]).points
    np.testing.assert_allclose(there["upper"], here["upper"] * scale, rtol=1e-8)
    np.testing.assert_allclose(there["centre"], here["centre"] * scale, rtol=1e-8)


def test_only_points_beyond_the_limits_are_judged() -> None:
    """Skewed scales: a run of twelve below the centre says nothing."""
    chart = t_chart([*TIMES, *[20.0 + k for k in range(12)]])
    assert set(signals(chart, "nelson")["rule"]) <= {"beyond_limits"}
    assert set(run_rules(chart, rules="nelson")["rule"]) <= {"beyond_limits", "trend_of_6"}


@pytest.mark.parametrize("times", [[3.0, 0.0, 2.0], [3.0, -1.0]])
def test_t_refuses_what_is_no_time(times: list[float]) -> None:
    with pytest.raises(ValueError, match="at position 1; wanted times above 0 between events"):
        t_chart(times)


@pytest.mark.parametrize("call", [lambda: g_chart([1], limits="x"), lambda: t_chart([1], limits="x")])
def test_unknown_limits_are_refused(call) -> None:
    with pytest.raises(ValueError, match="limits: found 'x'; wanted"):
        call()


# Weibull


def test_weibull_against_scipy() -> None:
    shape, _, scale = scipy_stats.weibull_min.fit(TIMES, floc=0)
    assert weibull_fit(TIMES) == pytest.approx((shape, scale), rel=1e-4)
    assert weibull_quantile(0.9, shape, scale) == pytest.approx(scipy_stats.weibull_min(shape, scale=scale).ppf(0.9))


def test_weibull_limits_are_the_quantiles_of_the_fit() -> None:
    """Montgomery's valve failures: shape .82757 by R's survreg (the reference case)."""
    chart = t_chart(TIMES, limits="weibull")
    shape, scale = weibull_fit(TIMES)
    assert shape == pytest.approx(0.827572311974716, rel=1e-9)
    law = scipy_stats.weibull_min(shape, scale=scale)
    row = chart.points.iloc[0]
    assert (row["lower"], row["centre"], row["upper"]) == pytest.approx(
        (law.ppf(scipy_stats.norm.cdf(-3)), law.median(), law.ppf(scipy_stats.norm.cdf(3)))
    )


@given(st.floats(0.3, 8.0), st.floats(0.01, 1e4), st.integers(0, 50))
def test_weibull_is_the_maximum_of_the_likelihood(shape: float, scale: float, seed: int) -> None:
    """Invariant: no neighbour of the fit is more likely."""
    times = scale * np.random.default_rng(seed).weibull(shape, 25)
    fitted = weibull_fit(times)

    def likelihood(k: float, b: float) -> float:
        return float(np.sum(np.log(k / b) + (k - 1) * np.log(times / b) - (times / b) ** k))

    best = likelihood(*fitted)
    for factor in (0.999, 1.001):
        assert likelihood(fitted[0] * factor, fitted[1]) <= best + 1e-9
        assert likelihood(fitted[0], fitted[1] * factor) <= best + 1e-9


def test_weibull_of_equal_times_and_of_too_few() -> None:
    assert weibull_fit([3.0, 3.0, 3.0]) == (math.inf, 3.0)
    assert all(math.isnan(number) for number in weibull_fit([3.0]))
    chart = t_chart([3.0, 3.0, 3.0], limits="weibull")
    assert chart.points[["lower", "centre", "upper"]].to_numpy().tolist() == [[3.0] * 3] * 3


# False alarms


def test_how_often_g_and_t_charts_signal_in_control() -> None:
    """Seeded simulation, 30 events a chart. The sigma limits of a g chart let about one gap in 60 out at the top; the
    transformed t chart stays near the nominal 0.0027, the fitted Weibull law likewise. That is why a verdict does not
    follow them."""
    draw, charts = np.random.default_rng(23), 1500
    phase = np.repeat(np.arange(charts), 30)
    gaps = draw.geometric(0.05, charts * 30) - 1
    assert len(signals(g_chart(gaps, phase=phase))) / len(gaps) == pytest.approx(0.016, abs=0.003)
    probable = len(signals(g_chart(gaps, limits="probability", phase=phase))) / len(gaps)
    assert probable < 0.003
    times = draw.exponential(10, charts * 30)
    assert len(signals(t_chart(times, phase=phase))) / len(times) == pytest.approx(0.0027, abs=0.0015)
