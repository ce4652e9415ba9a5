"""One test per row of the assurance table. Authority: arithmetic by hand in each test; bounds of zero events from
Hanley & Lippman-Hand, JAMA 249 (1983) 1743, computed as 1 − 0.05^(1/N)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsmetrics.catalog import Grain, Kpi
from opsmetrics.verdict import assurance
from opsmetrics.verdict.assurance import Assessment, assess
from opsmetrics.verdict.model import Variation
from tests.verdict.sketches import CHANGEOVER, LATE, YIELD, points, with_target


def of(
    frame: pd.DataFrame, kpi: Kpi, variation: Variation = "common_cause", chart: str = "p", grain: Grain = "day"
) -> Assessment:
    return assess(kpi, frame, variation=variation, chart_kind=chart, grain=grain)


def calm(kpi: Kpi, centre: float = 0.05, error: float = 0.01, n: int = 20) -> pd.DataFrame:
    """n equal points in the middle of their limits centre ± 3·error."""
    return points([centre] * n, kpi=kpi, centre=centre, error=error)


# 26


def test_26_no_target() -> None:
    found = of(calm(LATE), LATE)
    assert found == Assessment("no_target", None, None, {"missed": 0, "judged": 0})


def test_26_no_better_side_and_no_range() -> None:
    kpi = with_target(CHANGEOVER, 20.0)
    assert of(points([20.0] * 20, kpi=kpi, centre=20.0, error=1.0), kpi, chart="xmr").assurance == "no_target"


# 27


@pytest.mark.parametrize("variation", ["none", "too_few"])
def test_27_too_early(variation: Variation) -> None:
    kpi = with_target(LATE, 5.0)
    frame = calm(kpi) if variation == "too_few" else points([math.nan], kpi=kpi, state=["gap"])
    assert of(frame, kpi, variation).assurance == "too_early"


def test_27_without_a_target_it_stays_no_target() -> None:
    assert of(points([], kpi=LATE), LATE, "none").assurance == "no_target"
    assert of(points([0.05] * 3), LATE, "too_few").assurance == "no_target"


# 28


@pytest.mark.parametrize(("target", "expected"), [(20.0, "meets"), (19.9, "fails"), (25.0, "meets")])
def test_28_constant_measured_value(target: float, expected: str) -> None:
    kpi = with_target(replace(CHANGEOVER, better="lower"), target)
    assert of(points([20.0] * 15, kpi=kpi), kpi, "constant", "constant").assurance == expected


def test_28_constant_share_that_is_neither_zero_nor_all() -> None:
    kpi = with_target(YIELD, 50.0)
    assert of(points([0.5] * 15, kpi=kpi), kpi, "constant", "constant").assurance == "meets"


# 29


def zeros(kpi: Kpi, value: float, sizes: Sequence[float]) -> pd.DataFrame:
    return points([value] * len(sizes), kpi=kpi, size=sizes)


def test_29_target_equal_to_the_bound() -> None:
    """Zero harm: a target of 0 is met as long as nothing happened, however few the trials."""
    kpi = with_target(LATE, 0.0)
    assert of(zeros(kpi, 0.0, [5] * 12), kpi, "constant", "constant").assurance == "meets"
    full = with_target(YIELD, 100.0)
    assert of(zeros(full, 1.0, [5] * 12), full, "constant", "constant").assurance == "meets"


def test_29_rule_of_three_shows_the_target() -> None:
    """12 × 25 = 300 trials: 1 − 0.05^(1/300) = 0.00994 < 1 %."""
    kpi = with_target(LATE, 1.0)
    found = of(zeros(kpi, 0.0, [25] * 12), kpi, "constant", "constant")
    assert found.assurance == "meets"
    assert found.detail["bound"] == pytest.approx(0.0099361, abs=1e-7)
    assert found.detail["trials"] == 300


def test_29_too_early_names_the_trials_needed() -> None:
    """ln 0.05 / ln 0.99 = 298.07, so 299 trials without an event show 1 %; 240 do not."""
    kpi = with_target(LATE, 1.0)
    found = of(zeros(kpi, 0.0, [20] * 12), kpi, "constant", "constant")
    assert (found.assurance, found.detail["needs"], found.detail["at"]) == ("too_early", 299, "zero")


def test_29_all_of_n_is_the_mirror() -> None:
    """ln 0.05 / ln 0.995 = 597.6: 598 good units in a row show 99.5 %."""
    kpi = with_target(YIELD, 99.5)
    few = of(zeros(kpi, 1.0, [20] * 12), kpi, "constant", "constant")
    assert (few.assurance, few.detail["needs"], few.detail["at"]) == ("too_early", 598, "all")
    assert of(zeros(kpi, 1.0, [50] * 12), kpi, "constant", "constant").assurance == "meets"


def test_29_nothing_good_in_many_trials_fails() -> None:
    """No good unit in 300: the true yield is below 1 %, so 97 % cannot be met; and trials would not help."""
    kpi = with_target(YIELD, 97.0)
    found = of(zeros(kpi, 0.0, [25] * 12), kpi, "constant", "constant")
    assert found.assurance == "fails"
    assert "needs" not in found.detail


def test_29_a_range_that_leaves_out_zero_is_not_failed_by_few_trials() -> None:
    """0 of 12: the true rate may be anything up to 1 − 0.05^(1/12) = 22 %, which overlaps 5–30 %."""
    kpi = with_target(LATE, low=5.0, high=30.0)
    assert of(zeros(kpi, 0.0, [1] * 12), kpi, "constant", "constant").assurance == "too_early"


@given(st.floats(1e-4, 0.5))
def test_29_trials_needed_are_the_fewest(target: float) -> None:
    kpi = with_target(LATE, 100.0 * target)
    needed = assurance.trials_to_show(kpi, zeros(kpi, 0.0, [1]))
    assert needed is not None
    assert 1 - 0.05 ** (1 / needed) <= target * (1 + 1e-9)
    assert 1 - 0.05 ** (1 / (needed - 1)) > target * (1 - 1e-9)


# 30 to 32, better = lower: limits 2 % to 8 %


@pytest.mark.parametrize(
    ("target", "expected"),
    [
        (9.0, "meets"),
        (8.0, "hit_or_miss"),  # on the upper limit
        (5.0, "hit_or_miss"),
        (2.0, "hit_or_miss"),  # on the lower limit
        (1.0, "fails"),
    ],
)
def test_30_to_32_lower_is_better(target: float, expected: str) -> None:
    kpi = with_target(LATE, target)
    found = of(calm(kpi), kpi)
    assert found.assurance == expected
    assert (found.detail["low"], found.detail["high"]) == pytest.approx((0.02, 0.08))


@pytest.mark.parametrize(("target", "expected"), [(91.0, "meets"), (95.0, "hit_or_miss"), (99.0, "fails")])
def test_30_to_32_higher_is_better(target: float, expected: str) -> None:
    """Limits 92 % to 98 %."""
    kpi = with_target(YIELD, target)
    assert of(calm(kpi, 0.95), kpi).assurance == expected


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(16, 24, "meets"), (17, 24, "hit_or_miss"), (18, 22, "hit_or_miss"), (24, 30, "fails"), (23, 30, "hit_or_miss")],
)
def test_30_to_32_range(low: float, high: float, expected: str) -> None:
    """Limits 17 to 23 minutes."""
    kpi = with_target(CHANGEOVER, low=low, high=high)
    frame = points([20.0] * 20, kpi=kpi, centre=20.0, error=1.0)
    assert of(frame, kpi, chart="xmr").assurance == expected


def test_32_share_of_judged_periods_that_missed() -> None:
    kpi = with_target(LATE, 5.0)
    frame = points(
        [0.04, 0.06, 0.04, 0.05, 0.07, 0.09],
        kpi=kpi,
        centre=0.05,
        error=0.01,
        state=["judged"] * 5 + ["excluded"],
    )
    found = of(frame, kpi)
    assert (found.assurance, found.met, found.share_missed) == ("hit_or_miss", (3, 5), 0.4)
    assert (found.detail["missed"], found.detail["judged"]) == (2, 5)


# 25


def test_25_a_small_day_does_not_turn_meets_into_hit_or_miss() -> None:
    """p = 5 %, n = 1,000: 3 SE = 2.07 points, upper limit 7.07 %, target 8 %. The last day has n = 100 and an upper
    limit of 11.5 %; the median of the last 12 sizes is still 1,000."""
    kpi = with_target(LATE, 8.0)
    sizes = np.array([1000.0] * 29 + [100.0])
    frame = points([0.05] * 30, kpi=kpi, centre=0.05, size=sizes)
    frame["standard_error"] = np.sqrt(0.05 * 0.95 / sizes)
    found = of(frame, kpi, chart="p")
    assert found.assurance == "meets"
    assert found.detail["typical_size"] == 1000.0
    assert found.detail["high"] == pytest.approx(0.05 + 3 * math.sqrt(0.05 * 0.95 / 1000))


def test_25_typical_size_is_the_median_of_the_last_twelve() -> None:
    kpi = with_target(LATE, 8.0)
    sizes = np.array([10_000.0] * 18 + [400.0] * 12)
    frame = points([0.05] * 30, kpi=kpi, centre=0.05, size=sizes)
    frame["standard_error"] = np.sqrt(0.05 * 0.95 / sizes)
    found = of(frame, kpi)
    assert (found.assurance, found.detail["typical_size"]) == ("hit_or_miss", 400.0)  # upper limit 8.27 %


def test_25_individual_values_keep_their_limits_whatever_the_size() -> None:
    kpi = with_target(replace(CHANGEOVER, better="lower"), 24.0)
    frame = points([20.0] * 20, kpi=kpi, centre=20.0, error=1.0, size=[50.0] * 19 + [2.0])
    found = of(frame, kpi, chart="xmr")
    assert (found.assurance, found.detail["high"], found.detail["typical_size"]) == ("meets", 23.0, None)


def test_25_limits_are_clamped_to_the_bounds() -> None:
    """99 % ± 3 points cannot pass 100 %; a target of 100 % then lies on the limit."""
    kpi = with_target(YIELD, 100.0)
    found = of(calm(kpi, 0.99), kpi)
    assert (found.assurance, found.detail["high"]) == ("hit_or_miss", 1.0)


def test_25_the_current_phase_decides() -> None:
    kpi = with_target(LATE, 5.0)
    frame = points([0.10] * 15 + [0.03] * 15, kpi=kpi, centre=0.10, error=0.004, phase=[0] * 15 + [1] * 15)
    frame.loc[15:, ["centre", "lower", "upper"]] = [0.03, 0.018, 0.042]
    found = of(frame, kpi, chart="xmr")
    assert (found.assurance, found.share_missed, found.met) == ("meets", 0.0, (15, 30))


def test_25_a_change_of_target_moves_no_limit_and_history_keeps_each_periods_own() -> None:
    kpi = with_target(LATE, 9.0)
    frame = calm(kpi)
    frame.loc[10:, "target_high"] = 0.04
    frame.loc[10:, "met"] = False
    found = of(frame, kpi)
    assert (found.assurance, found.met) == ("hit_or_miss", (10, 20))
    assert (found.detail["low"], found.detail["high"]) == pytest.approx((0.02, 0.08))


def test_25_the_target_of_the_last_judged_period_not_of_the_running_one() -> None:
    kpi = with_target(LATE, 9.0)
    frame = points([0.05] * 21, kpi=kpi, centre=0.05, error=0.01, state=["judged"] * 20 + ["running"])
    frame.loc[20, "target_high"] = 0.01
    assert of(frame, kpi).assurance == "meets"


def test_without_limits_it_is_too_early() -> None:
    kpi = with_target(LATE, 5.0)
    assert of(points([0.05] * 20, kpi=kpi), kpi, chart="xmr").assurance == "too_early"


@given(
    st.floats(-50, 50), st.floats(0.01, 20), st.floats(-100, 100), st.floats(0.0, 100), st.sampled_from(["low", "high"])
)
def test_moving_everything_moves_nothing(centre: float, error: float, shift: float, target: float, end: str) -> None:
    """Adding a constant to values, limits and target leaves the assurance (invariant)."""
    found = []
    for move in (0.0, shift):
        kpi = with_target(replace(CHANGEOVER, better="higher" if end == "low" else "lower"), target + move)
        frame = points([centre + move] * 20, kpi=kpi, centre=centre + move, error=error)
        found.append(of(frame, kpi, chart="xmr").assurance)
    on_a_limit = min(abs(centre + sign * 3 * error - target) for sign in (-1, 1)) < 1e-6
    assert on_a_limit or found[0] == found[1]


def test_the_frame_received_is_not_changed() -> None:
    kpi = with_target(LATE, 5.0)
    frame = calm(kpi)
    before = frame.copy(deep=True)
    of(frame, kpi)
    pd.testing.assert_frame_equal(frame, before)


def test_27_a_target_before_the_first_value_is_too_early_to_tell() -> None:
    empty, told = calm(LATE).iloc[:0], {"variation": "none", "chart_kind": "p", "grain": "day"}
    assert assess(LATE, empty, **told, awaited=(None, 0.05)).assurance == "too_early"
    assert assess(LATE, empty, **told).assurance == "no_target"
