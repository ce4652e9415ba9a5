"""The run chart: a naive count of runs and crossings, scipy's binomial quantiles, and seeded simulation."""

from __future__ import annotations

import itertools
import math
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from opsmetrics.stats import crossings_min, longest_run_max, run_chart, runs_tests, signals

NUMBERS = st.lists(st.integers(0, 9), min_size=1, max_size=60)


def naive(values: list[int]) -> tuple[int, int | None, int | None]:
    """Points off the median, longest run, crossings."""
    middle = median(values)
    sides = [value > middle for value in values if value != middle]
    if not sides:
        return 0, None, None
    lengths = [len(list(group)) for _, group in itertools.groupby(sides)]
    return len(sides), max(lengths), len(lengths) - 1


@given(NUMBERS)
def test_runs_and_crossings_against_a_naive_count(values: list[int]) -> None:
    (test,) = runs_tests(run_chart(values))
    assert (test.n_useful, test.longest_run, test.crossings) == naive(values)


@pytest.mark.parametrize("n", [1, 2, 3, 5, 10, 11, 23, 24, 60, 100, 365, 1000, 5000])
def test_the_limits_of_chance(n: int) -> None:
    """qbinom(0.05, n − 1, ½) and round(log2 n) + 3, halves to even (qicharts2 0.8.1)."""
    assert crossings_min(n) == int(scipy_stats.binom.ppf(0.05, n - 1, 0.5))
    assert longest_run_max(n) == round(math.log2(n)) + 3


def test_points_on_the_median_neither_extend_nor_break_a_run() -> None:
    (with_ties,), (without,) = (
        runs_tests(run_chart(values)) for values in ([5, 1, 5, 1, 5, 9, 9, 5], [5, 1, 1, 9, 9, 5])
    )
    assert with_ties.longest_run == without.longest_run == 2 and with_ties.n_useful == 4


def test_a_shift_is_a_long_run_with_its_side() -> None:
    found = signals(run_chart([3, 6, 4, 7, 3, 5, 4, 6, 3, 4, 9, 12, 10, 11, 12, 9, 13, 10, 11, 12]))
    runs = found[found["rule"] == "long_run"]
    assert set(runs["side"]) == {"low", "high"}
    assert runs["position"].tolist()[-1] == 19 and runs["members"].iloc[-1] == tuple(range(10, 20))
    crossings = found[found["rule"] == "few_crossings"]
    assert crossings[["position", "side"]].to_numpy().tolist() == [[19, "none"]]


def test_a_gap_breaks_a_run_but_no_count_of_crossings() -> None:
    values: list[float | None] = [1, 9, 1, 9, 1, 9, 1, 9, 1, 1, 1, None, 9, 9, 9, 9, 1, 9, 1, 9]
    whole = [value for value in values if value is not None]
    assert runs_tests(run_chart(values)) == runs_tests(run_chart(whole))
    shifted: list[float | None] = [*[1.0, 2.0] * 5, None, *[9.0, 8.0] * 2, None, *[9.0, 8.0] * 3]
    runs = signals(run_chart(shifted))
    assert set(runs.loc[runs["rule"] == "long_run", "position"]) == {7, 8, 9}, "the later stretches are 4 and 6 long"


def test_phases_baseline_and_exclusions() -> None:
    values = [1, 2, 3, 4, 5, 50, 60, 70]
    chart = run_chart(values, phase=["a"] * 5 + ["b"] * 3, exclude=[4])
    assert chart.points["centre"].tolist() == [2.5] * 5 + [60.0] * 3
    assert [test.n_useful for test in runs_tests(chart)] == [4, 2]
    assert (run_chart(values, baseline=range(3)).points["centre"] == 2).all()
    assert chart.points[["lower", "upper", "standard_error"]].isna().all(axis=None)


def test_nothing_off_the_median_is_no_signal() -> None:
    (test,) = runs_tests(run_chart([4] * 12))
    assert (test.n_useful, test.longest_run, test.crossings, test.signal) == (0, None, None, False)
    assert runs_tests(run_chart([])) == () and signals(run_chart([])).empty


def test_false_alarms_in_control() -> None:
    """Seeded simulation: about 1 of 100 charts of 12 random points signals, 3 to 6 of 100 charts of 24 or more."""
    draw = np.random.default_rng(29)
    for n, most in ((12, 0.03), (24, 0.06), (60, 0.07)):
        chart = run_chart(draw.standard_normal(1500 * n), phase=np.repeat(np.arange(1500), n))
        assert 0.005 < np.mean([test.signal for test in runs_tests(chart)]) < most
