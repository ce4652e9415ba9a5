"""XmR and MR charts: textbook figures, exclusions, gaps, phases, baselines, the degenerate series."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from opsmetrics.stats import ControlChart, d2, d3, mr_chart, signals, xmr
from tests.stats.textbook import FLOW_RATE


def limits(chart: ControlChart, position: int = 0) -> tuple[float, float, float]:
    row = chart.points.iloc[position]
    return float(row["lower"]), float(row["centre"]), float(row["upper"])


def test_flow_rate_limits_as_printed() -> None:
    """NIST/SEMATECH e-Handbook 6.3.2.2: 50.81, limits 45.8159 and 55.8041, with d2 = 1.128."""
    assert limits(xmr(FLOW_RATE, constants="table")) == pytest.approx((45.8159, 50.81, 55.8041), abs=1e-3)


def test_moving_range_chart_stands_beneath() -> None:
    chart = xmr(FLOW_RATE)
    ranges = np.abs(np.diff(FLOW_RATE))
    assert chart.spread is not None
    beneath = chart.spread.points
    assert np.isnan(beneath["value"][0])
    assert beneath["value"][1:].to_numpy() == pytest.approx(ranges)
    d4 = 1 + 3 * d3(2) / d2(2)
    assert limits(chart.spread, 4) == pytest.approx((0, ranges.mean(), d4 * ranges.mean()))
    pd.testing.assert_frame_equal(beneath, mr_chart(FLOW_RATE).points)


def test_point_columns_are_those_of_the_contract() -> None:
    chart = xmr(FLOW_RATE)
    assert list(chart.points) == (
        ["position", "value", "size", "centre", "lower", "upper", "standard_error", "phase", "excluded", "baseline"]
    )  # fmt: skip
    assert chart.methods == {"sigma": "mr", "constants": "exact", "centre": "mean"}


def test_excluded_points_are_bridged_plotted_and_judged() -> None:
    """Naive: leave the point out of the list. Moving range convention of qicharts2 (case xmr_exclude)."""
    values = [10.0, 11.0, 90.0, 10.5, 11.5, 10.0]
    chart = xmr(values, exclude=[2])
    without = [10.0, 11.0, 10.5, 11.5, 10.0]
    assert limits(chart) == pytest.approx(limits(xmr(without)))
    assert chart.points["value"].tolist() == values
    assert signals(chart, "rule_1")["position"].tolist() == [2]
    assert chart.spread is not None
    assert chart.spread.points["value"][3] == pytest.approx(0.5)
    assert chart.spread.points["value"][2] == pytest.approx(79.0)


def test_a_gap_keeps_its_slot_and_drops_both_ranges() -> None:
    chart = xmr([10, 12, None, 20, 21])
    assert chart.sigma[0] == pytest.approx(np.mean([2, 1]) / d2(2))
    assert chart.spread is not None
    assert np.isnan(chart.spread.points["value"].to_numpy()[[0, 2, 3]]).all()
    assert len(chart.points) == 5


def test_a_gap_beside_an_excluded_point_is_not_bridged() -> None:
    chart = xmr([10, 12, 50, None, 20, 21], exclude=[2])
    assert chart.sigma[0] == pytest.approx(np.mean([2, 1]) / d2(2))


def test_phases_are_charts_of_their_own() -> None:
    """Oracle: each phase computed alone."""
    generator = np.random.default_rng(7)
    first, second = generator.normal(50, 2, 20), generator.normal(57, 1, 15)
    together = xmr(np.r_[first, second], phase=["before"] * 20 + ["after"] * 15)
    assert limits(together, 0) == pytest.approx(limits(xmr(first)))
    assert limits(together, 34) == pytest.approx(limits(xmr(second)))
    assert together.sigma == pytest.approx((xmr(first).sigma[0], xmr(second).sigma[0]))
    assert together.spread is not None
    assert np.isnan(together.spread.points["value"][20])


def test_baseline_locks_each_phase_and_a_phase_without_one_uses_all() -> None:
    values = np.random.default_rng(8).normal(size=30)
    phase = [0] * 15 + [1] * 15
    chart = xmr(values, phase=phase, baseline=range(10))
    assert limits(chart, 0) == pytest.approx(limits(xmr(values[:10])))
    assert limits(chart, 20) == pytest.approx(limits(xmr(values[15:])))
    assert chart.points["baseline"].tolist() == [True] * 10 + [False] * 5 + [True] * 15
    both = xmr(values, phase=phase, baseline=[*range(10), *range(15, 22)])
    assert limits(both, 29) == pytest.approx(limits(xmr(values[15:22])))


def test_a_mask_and_its_positions_are_the_same() -> None:
    values = list(np.random.default_rng(9).normal(size=12))
    mask = [position in (3, 7) for position in range(12)]
    pd.testing.assert_frame_equal(xmr(values, exclude=mask).points, xmr(values, exclude=[3, 7]).points)
    pd.testing.assert_frame_equal(xmr(values, exclude=pd.Series(mask)).points, xmr(values, exclude={7, 3}).points)


def test_screened_ranges_against_a_naive_pass() -> None:
    values = [1.0, 2, 1, 2, 1, 30, 2, 1, 2, 1, 2]
    ranges = np.abs(np.diff(values))
    kept = ranges[ranges < (1 + 3 * d3(2) / d2(2)) * ranges.mean()]
    assert len(kept) == len(ranges) - 2
    assert xmr(values, sigma="mr_screened").sigma[0] == pytest.approx(kept.mean() / d2(2))


def test_median_range_and_median_centre() -> None:
    """Wheeler's factors about the median: X limits 3.145 · median range, range limit 3.865 · median range."""
    chart = xmr(FLOW_RATE, sigma="median_mr", centre="median")
    middle, range_ = np.median(FLOW_RATE), np.median(np.abs(np.diff(FLOW_RATE)))
    assert limits(chart) == pytest.approx((middle - 3.145 * range_, middle, middle + 3.145 * range_), abs=2e-3)
    assert chart.spread is not None
    assert chart.spread.points["upper"][1] == pytest.approx(3.865 * range_, abs=2e-3)


def test_one_point_has_no_limits_and_says_so() -> None:
    chart = xmr([7.25])
    assert chart.sigma == (None,)
    assert chart.points["centre"].tolist() == [7.25]
    assert chart.points[["lower", "upper", "standard_error"]].isna().all(axis=None)
    assert chart.warnings == ("no limits: too little to estimate the variation (1 usable in the baseline)",)
    assert signals(chart, "nelson").empty


def test_no_variation_collapses_the_limits_and_only_rule_1_is_judged() -> None:
    """0.1 twenty times has a mean of 0.1 + 1.4e-17 when summed naively (case xmr_constant_tenth)."""
    assert signals(xmr([0.1] * 20), "nelson").empty
    chart = xmr([5.0] * 12 + [6.0] * 12, baseline=range(12))
    assert limits(chart) == (5, 5, 5)
    found = signals(chart, "nelson")
    assert set(found["rule"]) == {"beyond_limits"}
    assert found["position"].tolist() == list(range(12, 24))
    assert chart.warnings == ("no variation in the baseline, so the limits lie on the centre line",)


def test_a_phase_with_everything_excluded_has_no_limits() -> None:
    chart = xmr([1, 2, 1, 5, 6], phase=list("aaabb"), exclude=[3, 4])
    assert chart.sigma[1] is None
    assert chart.points["upper"].isna().tolist() == [False] * 3 + [True] * 2
    assert chart.warnings == ("phase 2: no limits: too little to estimate the variation (0 usable in the baseline)",)


@pytest.mark.parametrize("values", [[], [None, None], [float("nan")]])
def test_nothing_to_chart_is_an_empty_answer(values: list[float | None]) -> None:
    chart = xmr(values)
    assert len(chart.points) == len(values)
    assert chart.points["upper"].isna().all()
    assert signals(chart).empty


def test_offsets_keep_their_digits() -> None:
    """Case xmr_large_offset: a spread of 1e-9 of the level."""
    values = np.array([0.25, 0.5, -0.25, 0, 0.75, 0.125, -0.5, 0.25, 0, 0.375])
    near, far = xmr(values), xmr(values + 1e9)
    assert far.points["upper"].to_numpy() - 1e9 == pytest.approx(near.points["upper"].to_numpy(), abs=1e-6)
    assert far.sigma[0] == near.sigma[0]


def test_series_with_missing_values_of_any_kind() -> None:
    expected = xmr([1.0, None, 3.0, 2.0]).points
    for values in (
        pd.Series([1.0, np.nan, 3.0, 2.0], index=[4, 5, 6, 7]),
        pd.Series([1, pd.NA, 3, 2], dtype="Int64"),
        pd.Series([1, None, 3, 2], dtype=object),
        [1, pd.NA, 3, 2],
        np.array([1, np.nan, 3, 2], dtype=np.float32),
    ):
        pd.testing.assert_frame_equal(xmr(values).points, expected)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"values": ["3"]}, r"values: found '3' at position 0; wanted a number"),
        ({"values": pd.Series(["a", "b"])}, r"values: found a column of type str"),
        ({"values": [1.0, float("inf")]}, r"found an infinite number at position 1"),
        ({"values": [[1.0, 2.0]]}, r"values: found"),
        ({"values": np.ones((2, 2))}, r"found 2 dimensions"),
        ({"values": [1, 2], "phase": ["a"]}, r"phase: found 1 labels for 2 slots"),
        ({"values": [1, 2, 3], "phase": ["a", "b", "a"]}, r"phase: found 'a' again at position 2"),
        ({"values": [1, 2], "phase": ["a", None]}, r"phase: found no label at position 1"),
        ({"values": [1, 2], "exclude": [2]}, r"exclude: found position 2; wanted 0 to 1"),
        ({"values": [1, 2], "exclude": [-1]}, r"exclude: found position -1"),
        ({"values": [1, 2, 3], "exclude": [0, 1, 0]}, r"exclude: found a position twice"),
        ({"values": [1, 2], "exclude": [True]}, r"exclude: found a mask of 1 slots for 2 values"),
        ({"values": [1, 2], "baseline": [0.5]}, r"baseline: found .*0\.5.*; wanted positions"),
        ({"values": [1, 2], "sigma": "sd"}, r"sigma: found 'sd'"),
        ({"values": [1, 2], "centre": "mode"}, r"centre: found 'mode'"),
        ({"values": [1, 2], "constants": "old"}, r"constants: found 'old'"),
    ],
)
def test_bad_input_is_refused_with_what_was_found(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        xmr(**arguments)  # type: ignore[arg-type]


def test_arguments_are_left_as_they_were() -> None:
    values = pd.Series([1.0, np.nan, 3.0, 2.0, 4.0])
    exclude, phase = np.array([False, False, True, False, False]), np.array(["a"] * 5)
    before = values.copy(), exclude.copy(), phase.copy()
    xmr(values, exclude=exclude, phase=phase, sigma="mr_screened")
    pd.testing.assert_series_equal(values, before[0])
    assert (exclude == before[1]).all()
    assert (phase == before[2]).all()
