"""CUSUM: textbook figures, the recursion written out, head start, gaps, phases, changes, false alarms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsmetrics.stats import Cusum, CusumShift, cusum, cusum_of, p
from tests.cases import cases
from tests.stats.textbook import GROUP_MEANS, SHIFTED


def arms(found: Cusum) -> tuple[list[float], list[float]]:
    return found.points["high"].tolist(), found.points["low"].tolist()


def test_tabular_cusum_as_printed() -> None:
    """Montgomery, example 9.1 (μ0 10, K 0.5, H 5): C⁺ 5.28 at 29 and 5.30 at 30, N⁺ 7 there; the process shifted
    between 22 and 23, and its new mean is estimated as 10 + 0.5 + 5.28/7 = 11.25."""
    found = cusum(SHIFTED, centre=10, sigma=1)
    high, low = arms(found)
    assert (high[28], high[29]) == pytest.approx((5.28, 5.30))
    assert low[:4] == pytest.approx([0.05, 1.56, 1.77, 0])
    assert (found.signals_pos, found.signals_neg) == ((28, 29), ())
    assert found.points["high_run"][28] == 7
    assert found.shifts == (CusumShift("high", 22, 28, 29, pytest.approx(10 + 0.5 + 5.28 / 7)),)


def test_cusum_in_data_units_as_printed() -> None:
    """NIST/SEMATECH e-Handbook 6.3.2.3: k 0.3175, h 4.1959, target 325: out of control from group 14 on."""
    found = cusum(GROUP_MEANS, centre=325, k=0.3175, h=4.1959, units="data")
    assert found.signals_pos == tuple(range(13, 20))
    assert found.signals_neg == ()


def naive(values: list[float], k: float, start: float) -> list[float]:
    total, result = start, []
    for value in values:
        total = max(0, total + value - k)
        result.append(total)
    return result


@given(st.lists(st.integers(-30, 30).map(lambda n: n / 8), max_size=30), st.sampled_from([0.0, 2.5]))
def test_both_arms_against_the_recursion(values: list[float], head_start: float) -> None:
    found = cusum(values, centre=0, sigma=1, head_start=head_start)
    assert arms(found) == (naive(values, 0.5, head_start), naive([-v for v in values], 0.5, head_start))
    assert found.signals_pos == tuple(i for i, c in enumerate(arms(found)[0]) if c > 5)
    mirrored = cusum([-value for value in values], centre=0, sigma=1, head_start=head_start)
    assert arms(mirrored) == (arms(found)[1], arms(found)[0])


@given(st.lists(st.integers(-30, 30).map(lambda n: n / 8), min_size=3, max_size=30))
def test_standardised_arms_know_no_unit(values: list[float]) -> None:
    plain, moved = cusum(values), cusum([4 * value + 1e9 for value in values])
    for one, other in zip(arms(plain), arms(moved), strict=True):
        assert other == pytest.approx(one, abs=1e-5, nan_ok=True)


def test_data_units_are_standard_errors_times_theirs() -> None:
    rows = np.random.default_rng(5).normal(20, 2, (25, 4))
    scores = cusum(rows, sigma=2.0, centre=20.0)
    values = cusum(rows, sigma=2.0, centre=20.0, k=0.5, h=5, units="data")
    means = cusum(rows.mean(axis=1), sizes=[4] * 25, sigma=2.0, centre=20.0)
    assert arms(scores)[0] == pytest.approx(arms(values)[0])  # 2/√4 = 1
    assert arms(means)[1] == pytest.approx(arms(scores)[1])


def test_each_point_counts_by_its_own_standard_error() -> None:
    base = p([5, 9, 30, 4], [50, 60, 200, 40])
    expected = (base.points["value"] - base.points["centre"]) / base.points["standard_error"]
    assert cusum_of(base).points["score"].tolist() == pytest.approx(expected.tolist())


def test_strictly_above_h() -> None:
    found = cusum([5.5, 0.5, 0.5 + 1e-7], centre=0, sigma=1)
    assert arms(found)[0][:2] == [5, 5]
    assert found.signals_pos == (2,)
    assert cusum([0.1] * 5, centre=0, sigma=1, k=0, h=0.3).signals_pos == (3, 4)  # 0.1 + 0.1 + 0.1 > 0.3 in bits


def test_a_gap_is_carried_over_and_a_phase_begins_anew() -> None:
    values = [2.0, None, 2.0, 2.0]
    found = cusum(values, centre=0, sigma=1, head_start=1)
    assert arms(found)[0] == pytest.approx([2.5, np.nan, 4, 5.5], nan_ok=True)
    assert found.shifts[0] == CusumShift("high", 0, 3, 3, 2)
    phased = cusum([2.0] * 8, centre=0, sigma=1, phase=[0] * 4 + [1] * 4)
    assert arms(phased)[0] == pytest.approx([1.5, 3, 4.5, 6] * 2)
    assert [(shift.start, shift.detected) for shift in phased.shifts] == [(0, 3), (4, 7)]


def test_restart_after_a_signal() -> None:
    found = cusum([3.0] * 6, centre=0, sigma=1, after_signal="restart")
    assert arms(found)[0] == pytest.approx([2.5, 5, 7.5, 2.5, 5, 7.5])
    assert [(shift.start, shift.detected, shift.last) for shift in found.shifts] == [(0, 2, 2), (3, 5, 5)]
    each = cusum([9.0] * 3, centre=0, sigma=1, after_signal="restart")
    assert [(shift.start, shift.detected) for shift in each.shifts] == [(0, 0), (1, 1), (2, 2)]
    phased = cusum([9.0] * 4, centre=0, sigma=1, phase=[0, 0, 1, 1])
    assert [(shift.start, shift.last) for shift in phased.shifts] == [(0, 1), (2, 3)]


def test_two_stretches_of_one_arm_and_the_other_arm_between() -> None:
    values = [3.0] * 3 + [-3.0] * 6 + [3.0] * 5
    found = cusum(values, centre=0, sigma=1, h=5)
    assert [(shift.side, shift.start, shift.detected, shift.level) for shift in found.shifts] == (
        [("high", 0, 2, 3), ("low", 3, 5, -3), ("high", 9, 11, 3)]
    )  # fmt: skip


def test_excluded_points_enter_unless_passed_over() -> None:
    values = [1.0, 30.0, 1.0]
    assert len(cusum(values, centre=0, sigma=1, exclude=[1]).signals_pos) == 2
    assert cusum(values, centre=0, sigma=1, exclude=[1], excluded="passed").signals_pos == ()


def test_degenerate_series() -> None:
    flat = cusum([0.1] * 20)
    assert (flat.signals_pos, flat.signals_neg, flat.sigma) == ((), (), (0.0,))
    assert np.isnan(arms(flat)[0]).all()
    assert "no variation" in flat.warnings[0]
    assert np.isnan(arms(cusum([7.25]))[0][0])
    assert cusum([]).shifts == ()
    assert cusum([None, None]).signals_pos == ()
    for counts in ([0, 0, 0], [5, 5, 5]):
        assert cusum_of(p(counts, [5, 5, 5])).signals_neg == ()


def mean_run_length(head_start: float, charts: int, length: int, seed: int) -> float:
    z = np.random.default_rng(seed).standard_normal(charts * length)
    phase = np.repeat(np.arange(charts), length)
    points = cusum(z, centre=0.0, sigma=1.0, head_start=head_start, phase=phase).points
    outside = (points[["high", "low"]].max(axis=1) > 5).to_numpy().reshape(charts, length)
    return float(np.where(outside.any(axis=1), outside.argmax(axis=1) + 1, length).mean())


@pytest.mark.parametrize(("head_start", "expected", "seed"), [(0.0, 465, 81), (2.5, 430, 82)])
def test_average_run_length_in_control(head_start: float, expected: float, seed: int) -> None:
    """Montgomery, table 9.3 and the text on the fast initial response (Lucas & Crosier 1982): k 0.5, h 5 gives 465
    points to a false alarm, with a head start of h/2 430."""
    found = mean_run_length(head_start, cases(120, 6000), 3300, seed)
    assert found == pytest.approx(expected, rel=cases(0.25, 0.04))


def test_bad_options_are_told() -> None:
    for call, message in (
        (lambda: cusum([1, 2], k=-1), "k: found -1; wanted a number of at least 0"),
        (lambda: cusum([1, 2], h=float("nan")), "h: found nan"),
        (lambda: cusum([1, 2], units="sigma"), "units: found 'sigma'; wanted 'standardised' or 'data'"),
        (lambda: cusum([1, 2], after_signal="stop"), "wanted 'go_on' or 'restart'"),
    ):
        with pytest.raises(ValueError, match="found") as refusal:
            call()  # type: ignore[no-untyped-call]
        assert message in str(refusal.value)
