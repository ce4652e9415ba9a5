"""A second look at the points of a verdict: the same levels and errors through EWMA, CUSUM and moving average."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from opsmetrics.stats import cusum, ewma, ewma_of, moving_average, p
from opsmetrics.verdict.second_look import LOOKS, SecondLook, can_be_looked_through, second_look
from opsmetrics.verdict.workings import work_out
from tests.verdict.made import LATE, WAIT, binomial, counts, decision, noise, readings, totals

SHIFTED = noise(40, seed=3) + [value + 1.3 for value in noise(20, seed=4)]


def looked(series, kind, decisions=()) -> SecondLook:
    found = second_look(work_out(series, decisions), kind)
    assert found is not None
    return found


def single(values):
    return readings(values, kpi=replace(WAIT, statistic="mean"))


def test_single_values_agree_with_the_statistics() -> None:
    """Oracle: the same charts of the values alone, which make their own limits."""
    series = single(SHIFTED)
    for kind, chart in (("ewma", ewma(SHIFTED)), ("moving_average", moving_average(SHIFTED))):
        found = looked(series, kind).points
        for name in ("value", "centre", "upper"):
            assert found[name].to_numpy() == pytest.approx(chart.points[name].to_numpy())
        outside = (chart.points["value"] > chart.points["upper"]).to_numpy()
        assert ((found["side"] == "high").to_numpy() == outside).all()
    sums = cusum(SHIFTED)
    found = looked(series, "cusum").points
    assert found["value"].to_numpy() == pytest.approx(sums.points["high"].to_numpy())
    assert found["opposite"].to_numpy() == pytest.approx(-sums.points["low"].to_numpy())
    assert np.flatnonzero(found["side"] == "high").tolist() == list(sums.signals_pos)
    assert set(found["upper"]) == {5.0}


def test_it_says_since_when_and_what_level() -> None:
    values = noise(40, seed=3) + [54.0] * 4
    says = looked(single(values), "cusum").says
    label = work_out(single(values), ()).points["label"].iloc[40]
    assert f"By it the level changed on {label}, to about 54.0\u00a0min." in says
    assert says.endswith("A way of looking: the verdict stays as it is.")
    assert "Outside since" in looked(single(values), "ewma").says
    assert "Last outside on" in looked(single([*values, *noise(30, seed=5)]), "ewma").says
    assert "Nothing lies outside." in looked(single(noise(30)), "moving_average").says


def test_proportions_keep_the_standard_errors_of_their_sizes() -> None:
    events, sizes = binomial(40, 0.1, 100), [100.0, 400.0] * 20
    found = looked(counts(events, sizes), "ewma").points
    assert found["value"].to_numpy() == pytest.approx(ewma_of(p(events, sizes), weight=0.2).points["value"].to_numpy())
    assert found["lower"].min() >= 0


def test_what_is_not_judged_is_passed_over() -> None:
    values = [*noise(20), 90.0, *noise(10, seed=8)]
    series = single(values)
    found = looked(series, "ewma", [decision(series, "exclude", 20)]).points
    assert np.isnan(found["value"][20])
    assert found["value"][21] < 60
    assert looked(single([*noise(20), None, *noise(10, seed=8)]), "cusum").points["value"].isna().sum() == 1


def test_weekdays_that_are_adjusted_are_taken_off() -> None:
    draw = np.random.default_rng(9)
    values = [50.0 + (8.0 if day % 7 >= 5 else 0.0) + draw.normal() for day in range(120)]
    series = single(values)
    plain, adjusted = looked(series, "ewma"), looked(series, "ewma", [decision(series, "weekday", 0)])
    assert adjusted.points["value"].std() < 0.4 * plain.points["value"].std()
    assert adjusted.points["centre"].nunique() == 1


def test_neighbours_that_are_alike_are_told() -> None:
    draw, values = np.random.default_rng(10), [50.0]
    for _ in range(150):
        values.append(50 + 0.8 * (values[-1] - 50) + draw.normal())
    assert "Neighbouring days are alike, so it goes outside too often here." in looked(single(values), "ewma").says


def test_charts_without_limits_have_none() -> None:
    for series in (totals([0.0] * 30), single([5.0] * 30), single([5.0]), single([]), counts([None] * 5)):
        found = work_out(series, ())
        assert not can_be_looked_through(found)
        assert [second_look(found, kind) for kind in LOOKS] == [None] * 3
    run = work_out(counts(binomial(40, 0.2, 100), kpi=replace(LATE, chart="run")), ())
    assert second_look(run, "ewma") is None
    np_chart = looked(counts(binomial(40, 0.2, 100), kpi=replace(LATE, chart="np")), "ewma").points
    assert 0.15 < np_chart["centre"].iloc[0] < 0.25
