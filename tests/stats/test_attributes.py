"""Charts of counts: textbook figures, unequal sizes, clamped limits, σ_z."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from opsmetrics.stats import c, d2, np_chart, p, p_prime, sigma_z, signals, u, u_prime
from tests.stats.textbook import ORANGE_JUICE, ORANGE_JUICE_SIZE, WAFERS

SIZES = [ORANGE_JUICE_SIZE] * len(ORANGE_JUICE)


def test_orange_juice_limits_as_printed() -> None:
    """Montgomery, control charts for attributes: centre .2313, limits .4102 and .0524; samples 15 and 23 outside."""
    chart = p(ORANGE_JUICE, SIZES)
    row = chart.points.iloc[0]
    assert (row["centre"], row["upper"], row["lower"]) == pytest.approx((0.2313, 0.4102, 0.0524), abs=5e-5)
    assert (signals(chart, "rule_1")["position"] + 1).tolist() == [15, 23]


def test_orange_juice_without_samples_15_and_23_as_printed() -> None:
    """Montgomery: centre .2150, limits .3893 and .0407; sample 21 then shows too."""
    chart = p(ORANGE_JUICE, SIZES, exclude=[14, 22])
    row = chart.points.iloc[0]
    assert (row["centre"], row["upper"], row["lower"]) == pytest.approx((0.2150, 0.3893, 0.0407), abs=5e-5)
    assert (signals(chart, "rule_1")["position"] + 1).tolist() == [15, 21, 23]


def test_np_is_p_in_counts() -> None:
    proportions, counts = p(ORANGE_JUICE, SIZES).points, np_chart(ORANGE_JUICE, SIZES).points
    for column in ("value", "centre", "lower", "upper", "standard_error"):
        assert counts[column].to_numpy() == pytest.approx(50 * proportions[column].to_numpy())


def test_wafers_as_printed() -> None:
    """NIST/SEMATECH e-Handbook 6.3.3.1: centre 16, limits 28 and 4; a value of 28 is on the limit, 31 beyond."""
    chart = c(WAFERS)
    assert tuple(chart.points.loc[0, ["centre", "lower", "upper"]]) == (16, 4, 28)
    assert chart.sigma == (4.0,)
    assert signals(chart, "rule_1")["position"].tolist() == [23]


def test_the_centre_is_sum_over_sum_and_limits_follow_each_size() -> None:
    """Naive: 2 of 10, 0 of 1000, 1 of 100 is 3 of 1110, not the mean of the three ratios."""
    chart = p([2, 0, 1], [10, 1000, 100])
    centre = 3 / 1110
    assert chart.points["centre"].tolist() == pytest.approx([centre] * 3)
    errors = [np.sqrt(centre * (1 - centre) / n) for n in (10, 1000, 100)]
    assert chart.points["standard_error"].tolist() == pytest.approx(errors)


def test_limits_are_clamped_and_a_value_on_a_clamped_limit_never_signals() -> None:
    chart = p([0, 5, 5, 5, 4, 5, 5, 5, 5, 5], [5] * 10, baseline=range(1, 10))
    assert (chart.points["upper"] == 1).all()
    assert signals(chart, "rule_1")["position"].tolist() == [0]
    low = p([0, 1, 0, 1, 0, 0, 1, 0, 4], [9] * 9)
    assert (low.points["lower"] == 0).all()
    assert "low" not in signals(low, "rule_1")["side"].tolist()


def test_missing_counts_and_empty_sizes_are_gaps() -> None:
    """Case u_gaps_zero_area: a missing count or no area gives no value and no limits; the others are untouched."""
    chart = u([3, None, 5, 0, 4], [2.0, 1.0, 2.5, 0.0, None])
    gaps = [False, True, False, True, True]
    for column in ("value", "size", "lower", "upper", "standard_error"):
        assert chart.points[column].isna().tolist() == gaps
    assert chart.points["centre"].tolist() == pytest.approx([8 / 4.5] * 5)


def test_nothing_ever_counted_collapses_the_limits() -> None:
    for chart in (p([0] * 15, [50] * 15), p_prime([0] * 15, [50] * 15), c([0] * 15)):
        assert (chart.points[["centre", "lower", "upper"]] == 0).all(axis=None)
        assert signals(chart, "nelson").empty
    assert p_prime([0] * 15, [50] * 15).sigma_z == (None,)
    assert np.isnan(sigma_z([0] * 15, [50] * 15))


def test_everything_counted_collapses_the_limits_at_one() -> None:
    chart = p([7, 9, 11], [7, 9, 11])
    assert (chart.points[["centre", "lower", "upper"]] == 1).all(axis=None)
    assert signals(chart, "nelson").empty


def test_one_point_has_no_limits() -> None:
    for chart in (p([3], [10]), p_prime([3], [10]), u([3], [10]), c([3])):
        assert chart.points["upper"].isna().all()
        assert chart.points["centre"].notna().all()


def test_laney_against_a_naive_sigma_z() -> None:
    counts, sizes = np.array([30, 55, 41, 70, 38, 29]), np.array([400, 420, 390, 450, 380, 360])
    rate = counts.sum() / sizes.sum()
    errors = np.sqrt(rate * (1 - rate) / sizes)
    z = (counts / sizes - rate) / errors
    expected = np.abs(np.diff(z)).mean() / d2(2)
    chart = p_prime(counts, sizes)
    assert chart.sigma_z == pytest.approx((expected,))
    assert sigma_z(counts, sizes) == pytest.approx(expected)
    assert chart.points["standard_error"].to_numpy() == pytest.approx(expected * errors)


def test_sigma_z_below_one_is_kept() -> None:
    counts = [50, 51, 50, 49, 50, 51, 50, 49] * 3
    ratio = p_prime(counts, [1000] * 24).sigma_z[0]
    assert ratio is not None
    assert ratio < 0.3


def test_sigma_z_of_rates_and_counts() -> None:
    counts = [4, 9, 6, 2, 7, 5]
    mean = np.mean(counts)
    expected = np.abs(np.diff(counts)).mean() / np.sqrt(mean) / d2(2)
    assert sigma_z(counts, kind="c") == pytest.approx(expected)
    assert sigma_z(counts, [1.0] * 6, "u") == pytest.approx(expected)
    assert u_prime(counts, [1.0] * 6).sigma_z == pytest.approx((expected,))


def test_laney_phases_gaps_and_exclusions_follow_xmr() -> None:
    """Oracle: each phase computed alone; the excluded point left out of the list."""
    first, second = [5, 9, 2, 8, 30, 4, 7], [15, 11, 19, 12, None, 13, 16]
    chart = p_prime(first + second, [100] * 14, phase=[1] * 7 + [2] * 7, exclude=[4])
    assert chart.sigma_z[0] == pytest.approx(sigma_z([5, 9, 2, 8, 4, 7], [100] * 6))
    assert chart.sigma_z[1] == pytest.approx(sigma_z(second, [100] * 7))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([7], [5]), r"counts: found 7 of 5 at position 0; wanted no more than the size"),
        (([1, 2], [5]), r"found 2 counts, 1 sizes; wanted one of each per slot"),
        (([-1], [5]), r"counts: found -1 at position 0; wanted zero or more"),
        (([1], [-5]), r"sizes: found -5 at position 0"),
        ((["1"], [5]), r"counts: found '1'"),
    ],
)
def test_bad_counts_are_refused(arguments: tuple[list[float], list[float]], message: str) -> None:
    for make in (p, p_prime, np_chart):
        with pytest.raises(ValueError, match=message):
            make(*arguments)


def test_sigma_z_refuses_what_does_not_fit_its_kind() -> None:
    with pytest.raises(ValueError, match="kind: found 'g'"):
        sigma_z([1], [2], "g")
    with pytest.raises(ValueError, match="kind 'p' wants one per count"):
        sigma_z([1])
    with pytest.raises(ValueError, match="kind 'c' wants none"):
        sigma_z([1], [2], "c")


def test_frames_are_left_as_they_were() -> None:
    frame = pd.DataFrame({"x": [1.0, 2.0, np.nan], "n": [10, 0, 10]})
    before = frame.copy()
    p_prime(frame["x"], frame["n"] + 2, exclude=[0])
    pd.testing.assert_frame_equal(frame, before)
