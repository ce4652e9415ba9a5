"""Centre lines that are not level: along a trend, and by season."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsmetrics.stats import d2, season_adjusted, season_offsets, signals, trended, xmr
from tests.cases import cases

NOISE = np.random.default_rng(41).normal(0, 1, 60)
weekdays = np.tile(np.arange(7), 12)


def test_the_line_is_that_of_least_squares() -> None:
    """Oracle: numpy.polyfit; σ from the moving ranges of its residuals."""
    values = 5 + 0.3 * np.arange(60) + NOISE
    chart = trended(values)
    line = np.polyval(np.polyfit(np.arange(60), values, 1), np.arange(60))
    sigma = np.abs(np.diff(values - line)).mean() / d2(2)
    assert chart.points["centre"].to_numpy() == pytest.approx(line)
    assert chart.points["upper"].to_numpy() == pytest.approx(line + 3 * sigma)
    assert chart.sigma == pytest.approx((sigma,))
    raw = trended(values, ranges="values")
    assert raw.sigma == pytest.approx(xmr(values).sigma)
    assert signals(chart, "western_electric").empty is signals(xmr(values - line, centre=0), "western_electric").empty


def test_the_line_goes_on_beyond_its_baseline_and_each_phase_has_its_own() -> None:
    values = np.r_[2 + 0.5 * np.arange(30), 100 - 2.0 * np.arange(10)]
    chart = trended(values, phase=[0] * 30 + [1] * 10, baseline=range(10), exclude=[3])
    assert chart.points["centre"].to_numpy() == pytest.approx(values)
    assert chart.points["slope"].to_numpy()[[0, 39]] == pytest.approx([0.5, -2])


def test_a_gap_keeps_its_slot_on_the_line() -> None:
    values = [1.0, 2, None, 4, 5, None, 7]
    assert trended(values).points["centre"].to_numpy() == pytest.approx(np.arange(1, 8))


@given(st.lists(st.integers(-50, 50).map(float), min_size=3, max_size=20), st.sampled_from([0.0, 3.0, -1e3]))
def test_adding_a_trend_moves_the_line_and_no_limit(values: list[float], slope: float) -> None:
    plain = trended(values).points
    moved = trended(np.array(values) + slope * np.arange(len(values)) + 1e6).points
    width = (plain["upper"] - plain["centre"]).to_numpy()
    assert (moved["upper"] - moved["centre"]).to_numpy() == pytest.approx(width, abs=1e-6)
    assert moved["slope"].to_numpy() == pytest.approx(plain["slope"].to_numpy() + slope, abs=1e-6)


def test_too_few_points_for_a_line() -> None:
    for values in ([], [1.0], [1.0, 2.0], [None, None, None]):
        assert trended(values).points["upper"].isna().all()
    assert signals(trended([0.1] * 20)).empty


def test_offsets_are_medians_of_seasons_seen_often_enough() -> None:
    values = np.where(weekdays < 5, 100.0, 60.0) + np.tile([-1.0, 0.0, 1.0, 0.0], 21)
    offsets = season_offsets(values, weekdays)
    for day in range(7):
        assert offsets[weekdays == day] == pytest.approx(np.median(values[weekdays == day]) - np.median(values))
    short = season_offsets(values[:60], weekdays[:60], fewest=9)
    assert (short[weekdays[:60] >= 4] == 0).all()
    used = np.arange(84) >= 28
    assert season_offsets(values, weekdays, used=used)[0] == season_offsets(values[used], weekdays[used])[0]
    assert season_offsets([0.0, 0, 10, 10], ["a", "a", "b", "b"], fewest=2).tolist() == [-5, -5, 5, 5]
    assert not season_offsets([1.0, None], ["Mon", "Tue"]).any()


def test_adjusted_limits_are_those_of_the_rest_moved_back() -> None:
    level = np.array([0.0, 1, 2, 3, 2, -8, -9])[weekdays]
    values = 50 + level + np.random.default_rng(42).normal(0, 1, 84)
    chart = season_adjusted(values, weekdays)
    offset = season_offsets(values, weekdays)
    rest = xmr(values - offset)
    for name in ("centre", "lower", "upper"):
        assert chart.points[name].to_numpy() == pytest.approx(rest.points[name].to_numpy() + offset)
    assert chart.points["value"].to_numpy() == pytest.approx(values)
    assert signals(chart, "rule_1")["position"].tolist() == signals(rest, "rule_1")["position"].tolist()
    assert chart.sigma[0] < xmr(values).sigma[0]


def test_without_seasons_it_is_the_plain_chart() -> None:
    values = list(NOISE[:20])
    chart, plain = season_adjusted(values, ["all"] * 20), xmr(values)
    assert chart.points["upper"].to_numpy() == pytest.approx(plain.points["upper"].to_numpy())
    assert signals(season_adjusted([0.1] * 20, [0, 1] * 10)).empty
    assert season_adjusted([None] * 3, [0, 1, 2]).points["centre"].isna().all()


def test_false_alarms_beside_a_known_season() -> None:
    """60 weeks in control: rule 1 stays near 0.0027 a point though each weekday's level is estimated."""
    charts, draw = cases(30, 1000), np.random.default_rng(43)
    days = np.tile(np.arange(7), 60)
    found = sum(
        len(signals(season_adjusted(draw.normal(0, 1, 420) + 5 * (days > 4), days), "rule_1")) for _ in range(charts)
    )
    assert found / (charts * 420) == pytest.approx(0.0028, rel=cases(0.5, 0.1))


def test_bad_input_is_told() -> None:
    with pytest.raises(ValueError, match="found 2 labels for 1 values; wanted one per value"):
        season_offsets([1.0], [0, 1])
    with pytest.raises(ValueError, match="ranges: found 'raw'; wanted 'residuals' or 'values'"):
        trended([1.0], ranges="raw")  # type: ignore[arg-type]
