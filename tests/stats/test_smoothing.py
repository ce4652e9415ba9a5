"""EWMA and moving average: textbook figures, sums written out, gaps, phases, the degenerate series, false alarms."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsmetrics.stats import ControlChart, ewma, ewma_of, moving_average, moving_average_of, p, run_rules, signals, xmr
from tests.cases import cases
from tests.stats.textbook import EWMA_DATA, SHIFTED

Draw = Callable[..., ControlChart]
KNOWN = {"centre": 10.0, "sigma": 1.0}


def column(chart: ControlChart, name: str) -> list[float]:
    return [float(number) for number in chart.points[name]]


def test_ewma_as_printed() -> None:
    """Montgomery, example 9.2 (λ 0.1, L 2.7): z1 9.945, limits 9.73 to 10.27, at last 9.38 to 10.62; points 29, 30."""
    chart = ewma(SHIFTED, weight=0.1, width=2.7, **KNOWN)
    assert column(chart, "value")[0] == pytest.approx(9.945)
    assert (column(chart, "lower")[0], column(chart, "upper")[0]) == pytest.approx((9.73, 10.27))
    assert (column(chart, "lower")[-1], column(chart, "upper")[-1]) == pytest.approx((9.38, 10.62), abs=0.006)
    assert signals(chart, "nelson")["position"].tolist() == [28, 29]


def test_asymptotic_limits_as_printed() -> None:
    """NIST/SEMATECH e-Handbook 6.3.2.4: 52.5884 and 47.4115; second EWMA 50.60 (EWMA0 = 50), last 51.99 of its list."""
    chart = ewma(EWMA_DATA, weight=0.3, limits="asymptotic", centre=50, sigma=2.0539)
    assert set(np.round(chart.points["upper"], 4)) == {52.5884}
    assert set(np.round(chart.points["lower"], 4)) == {47.4116}
    assert column(chart, "value")[0] == pytest.approx(50.6)
    assert column(chart, "value")[-1] == pytest.approx(51.99, abs=0.006)
    assert signals(chart).empty


def test_moving_average_as_printed() -> None:
    """Montgomery, example 9.3: span 5, limits 8.66 and 11.34 once there are five points; the first stands alone."""
    chart = moving_average(SHIFTED, span=5, **KNOWN)
    assert (column(chart, "lower")[0], column(chart, "upper")[0]) == (7, 13)
    assert (column(chart, "lower")[-1], column(chart, "upper")[-1]) == pytest.approx((8.66, 11.34), abs=0.005)
    assert column(chart, "value")[:2] == pytest.approx([9.45, 8.72])
    assert column(chart, "value")[9] == pytest.approx(np.mean(SHIFTED[5:10]))
    assert signals(chart, "nelson").empty


def test_ewma_of_unequal_subgroups_is_the_sum_written_out() -> None:
    means, sizes, weight = np.array([10.0, 12, 9, 11]), np.array([1.0, 4, 9, 2]), 0.3
    chart = ewma(means, sizes=sizes, weight=weight, centre=10, sigma=2)
    for i in range(4):
        terms = weight * (1 - weight) ** np.arange(i, -1, -1)
        expected = 10 * (1 - weight) ** (i + 1) + (terms * means[: i + 1]).sum()
        variance = (terms**2 * 4 / sizes[: i + 1]).sum()
        assert column(chart, "value")[i] == pytest.approx(expected)
        assert column(chart, "standard_error")[i] == pytest.approx(math.sqrt(variance))


def test_current_size_puts_the_last_size_into_the_whole_variance() -> None:
    """The convention of qcc: σ²/n(i) · λ/(2 − λ) · (1 − (1 − λ)^(2i)); no difference where sizes are equal."""
    sizes, weight = np.array([1.0, 4, 9, 2]), 0.3
    options = {"weight": weight, "centre": 10, "sigma": 2, "variance": "current_size"}
    chart = ewma([10, 12, 9, 11], sizes=sizes, **options)
    grown = weight / (2 - weight) * (1 - (1 - weight) ** (2 * np.arange(1, 5)))
    assert column(chart, "standard_error") == pytest.approx(np.sqrt(4 / sizes * grown))
    alike = ewma([10, 12, 9, 11], sizes=[4] * 4, **options)
    exact = ewma([10, 12, 9, 11], sizes=[4] * 4, **{**options, "variance": "exact"})
    assert column(alike, "upper") == pytest.approx(column(exact, "upper"))


def test_readings_means_and_single_values_agree() -> None:
    rows = np.random.default_rng(3).normal(20, 1, (15, 4))
    by_rows = ewma(rows, sigma=1.0, centre=20.0)
    by_means = ewma(rows.mean(axis=1), sizes=[4] * 15, sigma=1.0, centre=20.0)
    single = ewma(rows.mean(axis=1), sigma=0.5, centre=20.0)
    assert column(by_rows, "value") == pytest.approx(column(by_means, "value"))
    assert column(by_rows, "upper") == pytest.approx(column(single, "upper"))
    by_range, by_spread = ewma(rows, sigma="rbar"), ewma(rows)
    assert by_range.methods["sigma"] == "rbar"
    assert by_spread.methods["sigma"] == "pooled"
    assert by_range.sigma != by_spread.sigma


@pytest.mark.parametrize("draw", [ewma, moving_average])
def test_a_gap_is_carried_over(draw: Draw) -> None:
    """Oracle: the same points without the gap."""
    values = [10.0, 12.0, None, None, 9.0, 11.0]
    chart, without = draw(values, **KNOWN), draw([v for v in values if v is not None], **KNOWN)
    kept = [0, 1, 4, 5]
    assert np.isnan(chart.points["value"].to_numpy()[[2, 3]]).all()
    for name in ("value", "lower", "upper"):
        assert chart.points[name].to_numpy()[kept] == pytest.approx(without.points[name].to_numpy())


@pytest.mark.parametrize("draw", [ewma, moving_average])
def test_an_excluded_point_enters_unless_it_is_passed_over(draw: Draw) -> None:
    values = [10.0, 12.0, 40.0, 9.0, 11.0]
    judged, passed = draw(values, exclude=[2], **KNOWN), draw(values, exclude=[2], excluded="passed", **KNOWN)
    assert column(judged, "value") == column(draw(values, **KNOWN), "value")
    gap = draw([10.0, 12.0, None, 9.0, 11.0], **KNOWN)
    assert passed.points["value"].to_numpy() == pytest.approx(gap.points["value"].to_numpy(), nan_ok=True)
    assert draw(values, exclude=[2]).sigma == xmr(values, exclude=[2]).sigma


@pytest.mark.parametrize("draw", [ewma, moving_average])
def test_phases_begin_anew(draw: Draw) -> None:
    values = np.random.default_rng(4).normal(size=30)
    chart = draw(values, phase=[0] * 12 + [1] * 18)
    for part in (slice(0, 12), slice(12, 30)):
        alone = draw(values[part])
        for name in ("value", "lower", "upper"):
            assert chart.points[name].to_numpy()[part] == pytest.approx(alone.points[name].to_numpy())


def test_start_and_weight_of_one() -> None:
    assert column(ewma([10, 10], start=20, weight=0.5, **KNOWN), "value") == [15, 12.5]
    shewhart = ewma([9, 14, 10], weight=1, **KNOWN)
    assert column(shewhart, "value") == [9, 14, 10]
    assert column(shewhart, "upper") == [13, 13, 13]
    assert signals(shewhart)["position"].tolist() == [1]


def test_distances_from_a_moving_centre_line_are_smoothed() -> None:
    """A p chart's points with their own standard errors; the centre line stays that of the chart."""
    base = p([5, 9, 30, 4], [50, 60, 200, 40])
    for chart in (ewma_of(base, weight=0.4), moving_average_of(base, span=2)):
        assert column(chart, "centre") == column(base, "centre")
        assert column(chart, "standard_error")[0] == pytest.approx(
            column(base, "standard_error")[0] * (0.4 if chart.kind == "ewma" else 1)
        )
        assert signals(chart, "nelson").equals(run_rules(chart, rules="rule_1"))


@pytest.mark.parametrize("draw", [ewma, moving_average])
def test_degenerate_series(draw: Draw) -> None:
    assert signals(draw([0.1] * 20)).empty
    assert np.isnan(draw([7.25]).points["upper"][0])
    assert column(draw([7.25]), "value") == [7.25]
    assert draw([None, None]).points["value"].isna().all()
    assert draw([]).points.empty
    shares = p([0, 0, 0], [5, 5, 5])
    of = ewma_of if draw is ewma else moving_average_of
    assert signals(of(shares)).empty
    assert signals(of(p([5, 5, 5], [5, 5, 5]))).empty


finite = st.integers(-50, 50).map(float)


@given(st.lists(finite, min_size=2, max_size=25), st.sampled_from([-1.0, 3.0]), st.sampled_from([0.0, 1e9, -7.0]))
def test_scaling_and_shifting_the_values_scales_and_shifts_the_chart(
    values: list[float], factor: float, shift: float
) -> None:
    for draw in (ewma, moving_average):
        plain, moved = draw(values), draw([factor * value + shift for value in values])
        expected = factor * plain.points["value"].to_numpy() + shift
        near = max(1e-9, 1e-13 * abs(shift))
        assert moved.points["value"].to_numpy() == pytest.approx(expected, rel=1e-9, abs=near * 10)
        wide = abs(factor) * plain.points["standard_error"].to_numpy()
        assert moved.points["standard_error"].to_numpy() == pytest.approx(wide, rel=1e-6, abs=near * 10, nan_ok=True)


def false_alarm_free_length(seed: int, charts: int, length: int) -> float:
    """Mean points to the first signal of asymptotic limits, charts told apart as phases (cut at `length`)."""
    z = np.random.default_rng(seed).standard_normal(charts * length)
    phase = np.repeat(np.arange(charts), length)
    chart = ewma(z, weight=0.1, width=2.814, limits="asymptotic", centre=0.0, sigma=1.0, phase=phase)
    outside = (chart.points["value"].abs() > chart.points["upper"]).to_numpy().reshape(charts, length)
    return float(np.where(outside.any(axis=1), outside.argmax(axis=1) + 1, length).mean())


def test_average_run_length_in_control() -> None:
    """Lucas & Saccucci, Technometrics 32 (1990): λ 0.1 with L 2.814 signals once in 500 points."""
    found = false_alarm_free_length(71, cases(150, 6000), 3500)
    assert found == pytest.approx(500, rel=cases(0.25, 0.04))


def test_bad_options_are_told() -> None:
    for call, message in (
        (lambda: ewma([1, 2], weight=0), "weight: found 0; wanted a number above 0, up to 1"),
        (lambda: ewma([1, 2], limits="fixed"), "limits: found 'fixed'; wanted 'time_varying' or 'asymptotic'"),
        (lambda: ewma([1, 2], excluded="no"), "wanted 'judged' or 'passed'"),
        (lambda: ewma([1, 2], width=-1), "width: found -1; wanted a number above 0"),
        (lambda: ewma([1, 2], sizes=[1, 1]), "wanted a number with means of subgroups"),
        (lambda: ewma([[1, 2], [3, 4]], centre="median"), "wanted 'mean' or a number with subgroups"),
        (lambda: moving_average([1, 2], span=0), "span: found 0; wanted a whole number of at least 1"),
    ):
        with pytest.raises(ValueError, match="found") as refusal:
            call()  # type: ignore[no-untyped-call]
        assert message in str(refusal.value)
