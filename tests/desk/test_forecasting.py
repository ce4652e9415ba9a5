"""The forecast of a KPI from its review: what counts, which periods come, bounds, targets, chances."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from opsmetrics.catalog import Calendar, Decision, Shift, Target
from opsmetrics.desk.forecasting import HORIZONS, KpiForecast, chances, forecast_review, seasons_of, with_rival
from opsmetrics.review import KpiReview, review
from opsmetrics.series import KpiSeries
from opsmetrics.stats.forecast import forecast
from tests.verdict.made import LATE, WEIGHT, counts, readings

DRAW = np.random.default_rng(17)


def reviewed(series: KpiSeries, *decisions: Decision) -> KpiReview:
    return review(series, decisions)


def late(n: int = 90, level: float = 0.1, **more: Any) -> KpiSeries:
    draw = np.random.default_rng(n)
    return counts([float(x) for x in draw.binomial(500, level, n)], 500.0, **more)


def assert_whole(found: KpiForecast) -> None:
    points = found.points
    assert np.isfinite(points["mean"]).all()
    assert (points["lower_80"] <= points["mean"]).all()
    assert points["label"].is_unique


# Which points, which periods


def test_the_next_periods_follow_the_last_judged_one() -> None:
    found = forecast_review(reviewed(late(90)))
    assert_whole(found)
    assert len(found.ahead) == HORIZONS["day"]
    last = pd.Timestamp(found.review.points["period"].iloc[-1])
    assert list(found.ahead["period"]) == list(pd.date_range(last + pd.Timedelta(days=1), periods=28))
    assert found.ahead["label"].iloc[0] == "5 Apr 2026"


def test_a_running_period_is_forecast_and_never_used() -> None:
    values = [float(x) for x in np.random.default_rng(1).binomial(500, 0.1, 60)]
    whole, running = counts(values, 500.0), counts([*values, 1.0], [500.0] * 60 + [20.0], running=True)
    plain, found = forecast_review(reviewed(whole)), forecast_review(reviewed(running))
    assert np.allclose(plain.points["mean"], found.points["mean"])
    assert found.ahead["period"].iloc[0] == running.points["period"].iloc[-1]


def test_a_half_reported_day_is_forecast_and_never_used() -> None:
    reaches = [True] * 59 + [False]
    found = forecast_review(reviewed(late(60, reaches_end=reaches)))
    assert found.ahead["ended"].tolist()[:2] == [True, False]
    assert found.forecast is not None
    assert found.forecast.known == 59
    assert len(found.ahead) == 29, "the usual number still lies ahead of now"


def test_an_excluded_day_is_a_gap() -> None:
    series = late(60)
    day = series.points["period"].iloc[30].to_pydatetime()
    found = forecast_review(reviewed(series, Decision("late", "exclude", start=day, end=day, why="flood")))
    assert found.forecast is not None
    assert (found.forecast.known, found.forecast.gaps) == (59, 1)


def test_the_accepted_phase_bounds_the_history_and_says_so() -> None:
    values = [50.0 + x for x in DRAW.normal(0, 1, 40)] + [20.0 + x for x in DRAW.normal(0, 1, 40)]
    series = readings(values, kpi=WEIGHT)
    start = series.points["period"].iloc[40].to_pydatetime()
    found = forecast_review(reviewed(series, Decision("weight", "phase", start=start, why="new press")))
    assert found.since == series.points["label"].iloc[40]
    assert found.forecast is not None
    assert found.forecast.known == 40
    assert found.points["mean"].mean() == pytest.approx(20, abs=1)
    assert forecast_review(reviewed(series)).since == ""


def test_closed_weekdays_are_no_periods_and_a_holiday_keeps_its_slot() -> None:
    holiday = dt.date(2026, 3, 4)  # a Wednesday
    coming = dt.date(2026, 4, 3)  # a Friday that is still to come
    calendar = Calendar(closed_weekdays=frozenset({5, 6}), closed_dates=frozenset({holiday, coming}))
    kpi = replace(WEIGHT, calendar=calendar)
    series = readings([float(d.day_of_week) for d in pd.date_range("2026-01-05", periods=84)], kpi=kpi)
    kept = series.points[
        (series.points["period"].dt.day_of_week < 5) & (series.points["period"].dt.date != holiday)
    ].reset_index(drop=True)
    found = forecast_review(reviewed(replace(series, points=kept)), 10)
    assert found.forecast is not None
    assert found.forecast.season == 5
    assert found.forecast.gaps == 1
    days = pd.DatetimeIndex(found.ahead["period"])
    assert days.day_of_week.max() < 5
    assert coming not in set(days.date)
    assert np.allclose(found.points["mean"], days.day_of_week, atol=0.3), "Friday stays Friday past the holiday"


def test_points_on_closed_days_are_left_out_and_counted() -> None:
    kpi = replace(WEIGHT, calendar=Calendar(closed_weekdays=frozenset({6})))
    found = forecast_review(reviewed(readings([float(x) for x in DRAW.normal(70, 1, 56)], kpi=kpi)))
    assert found.left_out == 8
    assert found.forecast is not None
    assert found.forecast.known == 48


@pytest.mark.parametrize("grain", ["day", "week", "month", "quarter"])
def test_every_grain_has_its_horizon(grain: Any) -> None:
    found = forecast_review(reviewed(readings([float(x) for x in DRAW.normal(70, 1, 30)], grain=grain)))
    assert_whole(found)
    assert len(found.ahead) == HORIZONS[grain]


def test_shifts_go_on_by_the_clock() -> None:
    shifts = tuple(Shift(name, dt.time(hour)) for name, hour in (("Early", 6), ("Late", 14), ("Night", 22)))
    kpi = replace(WEIGHT, operate="shift", calendar=Calendar(shifts=shifts))
    series = readings([float(x) for x in DRAW.normal(70, 1, 63)], kpi=kpi, start="2026-01-05 06:00")
    found = forecast_review(reviewed(series))
    assert_whole(found)
    assert [label.split(", ")[1] for label in found.ahead["label"][:4]] == ["Early", "Late", "Night", "Early"]
    assert seasons_of(kpi, "shift") == (21, 3)


def test_samples_are_numbered_on() -> None:
    kpi = replace(WEIGHT, operate="sample")
    points = readings([float(x) for x in DRAW.normal(70, 1, 30)], kpi=kpi, grain="day").points
    numbers = np.arange(101, 131)
    labels = [f"sample {number}" for number in numbers]
    stamps = np.full(30, np.datetime64("NaT", "us"))
    points = points.assign(period=numbers, label=labels, ends_at=stamps)
    found = forecast_review(reviewed(KpiSeries(kpi, (), "sample", pd.Timestamp("2026-02-04"), points)))
    assert found.ahead["label"].tolist() == [f"sample {number}" for number in range(131, 143)]
    assert_whole(found)


# States on purpose


def test_without_a_judged_point_there_is_none() -> None:
    found = forecast_review(reviewed(counts([])))
    assert (found.forecast, found.reason) == (None, "no_points")
    assert found.points.empty


def test_one_point_is_enough() -> None:
    found = forecast_review(reviewed(counts([30.0])))
    assert found.forecast is not None
    assert found.forecast.method == "last_value"
    assert_whole(found)


def test_a_series_that_stopped_long_ago_is_not_forecast() -> None:
    series = late(40)
    old = replace(series, as_of=series.as_of + pd.Timedelta(days=400))
    more = reviewed(_empty_days(old, 400))
    assert forecast_review(more).reason == "stale"


def _empty_days(series: KpiSeries, count: int) -> KpiSeries:
    """The same series with days without facts after it, as the calendar lays them out."""
    start = series.points["period"].iloc[-1] + pd.Timedelta(days=1)
    days = pd.date_range(start, periods=count).astype("datetime64[us]")
    empty = pd.DataFrame({"period": days, "ends_at": days + pd.Timedelta(days=1), "rows": 0, "ended": True})
    empty["label"] = [f"{day:%d %b %Y}" for day in days]
    points = pd.concat([series.points, empty], ignore_index=True)
    flags = ["ended", "from_start", "reaches_end"]
    points[flags] = points[flags].fillna(False).astype(bool)
    return replace(series, points=points)


# Bounds, targets, chances


def test_a_proportion_stays_within_0_and_1() -> None:
    found = forecast_review(reviewed(late(60, level=0.99)))
    ends = found.points[["lower_95", "upper_95"]].to_numpy()
    assert ends.min() >= 0
    assert ends.max() <= 1


def test_a_bound_that_the_data_leave_is_none() -> None:
    kpi = replace(WEIGHT, upper_bound=72.0)
    values = [70.0] * 20 + [75.0] + [70.0 + x for x in DRAW.normal(0, 1, 20)]
    found = forecast_review(reviewed(readings(values, kpi=kpi)))
    assert found.forecast is not None
    assert found.forecast.upper is None


def test_a_target_to_come_holds_from_its_day_on() -> None:
    kpi = replace(LATE, targets=(Target(None, value=9.0), Target(dt.date(2026, 4, 15), value=8.0)))
    found = forecast_review(reviewed(late(90, kpi=kpi)))
    high = found.ahead.set_index("label")["target_high"]
    assert high["14 Apr 2026"] == pytest.approx(0.09)
    assert high["15 Apr 2026"] == pytest.approx(0.08)


def test_a_chance_is_that_of_the_fan() -> None:
    kpi = replace(LATE, targets=(Target(None, value=20.0),))
    found = forecast_review(reviewed(late(90, kpi=kpi)))
    assert found.distrust == ""
    assert (found.ahead["chance"] > 0.99).all()
    hopeless = forecast_review(reviewed(late(90, kpi=replace(LATE, targets=(Target(None, value=2.0),)))))
    assert (hopeless.ahead["chance"] < 0.01).all()


def test_equality_meets_a_target_on_either_side() -> None:
    """Of what has always been 5, at least 5 and at most 5 are certain. Of whole counts the chance of at least one is
    what that of none leaves."""
    limits = pd.DataFrame({"step": [1, 1, 1], "target_low": [5.0, np.nan, 5.1], "target_high": [np.nan, 5.0, np.nan]})
    assert chances(forecast([5.0] * 20, 3, lower=0.0), limits).tolist() == [1.0, 1.0, 0.0]
    counted = forecast(np.random.default_rng(7).poisson(0.4, 150).astype(float), 3, lower=0.0)
    none, some = chances(counted, pd.DataFrame({"step": [2, 2], "target_low": [np.nan, 1], "target_high": [0, np.nan]}))
    assert none + some == pytest.approx(1.0)
    assert none == pytest.approx(np.exp(-0.4), abs=0.1)


def test_a_chance_needs_a_target_and_enough_origins() -> None:
    assert forecast_review(reviewed(late(90))).distrust == "no_target"
    kpi = replace(LATE, targets=(Target(None, value=9.0),))
    few = forecast_review(reviewed(late(9, kpi=kpi)))
    assert few.distrust == "few_origins"
    assert few.ahead["chance"].isna().all()


def test_a_coin_cannot_be_foretold() -> None:
    """The target at the middle of pure noise: whatever is said is no better than one half."""
    kpi = replace(WEIGHT, better="lower", targets=(Target(None, value=70.0),))
    told = [
        forecast_review(reviewed(readings([float(x) for x in np.random.default_rng(s).normal(70, 1, 90)], kpi=kpi)))
        for s in range(10)
    ]
    assert sum(found.distrust == "no_skill" for found in told) >= 5


def test_the_rival_sees_the_same_values() -> None:
    found = with_rival(reviewed(late(60)), 7)
    assert found.forecast is not None
    assert [rival.name for rival in found.forecast.accuracy.rivals][-1] == "exponential_smoothing"
