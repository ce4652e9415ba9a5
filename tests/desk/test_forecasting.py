"""The forecast of a KPI from its review: what counts, which periods come, bounds, targets, chances."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from opsmetrics.catalog import Calendar, Decision, Kpi, Shift, Target
from opsmetrics.desk.forecasting import HORIZONS, KpiForecast, forecast_review, seasons_of, with_rival
from opsmetrics.desk.landing import chance_to_meet, rounded
from opsmetrics.review import KpiReview, review
from opsmetrics.series import KpiSeries
from tests.verdict.made import LATE, WEIGHT, YIELD, counts, readings

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


# The year


def monthly(kpi: Kpi, level: float, n: int = 46, seed: int = 3, spread: float = 0.01) -> KpiReview:
    draw = np.random.default_rng(seed)
    sizes = draw.integers(800, 1200, n).astype(float)
    shares = np.clip(draw.normal(level, spread, n), 0, 1)
    events = [float(round(size * share)) for size, share in zip(sizes, shares, strict=True)]
    return reviewed(counts(events, list(sizes), kpi=kpi, grain="month", start="2022-11-01"))


def test_a_target_far_away_is_out_of_reach_and_one_nearby_is_safe() -> None:
    far = chance_to_meet(monthly(replace(LATE, targets=(Target(None, value=5.0),)), 0.10))
    near = chance_to_meet(monthly(replace(LATE, targets=(Target(None, value=15.0),)), 0.10))
    assert (far.probability, near.probability) == (0.05, 0.95)
    assert far.label == "2026"
    assert far.left == 4, "September to December"
    assert far.so_far is not None
    assert far.likely == pytest.approx(0.10, abs=0.01)


def test_a_higher_target_works_the_other_way_round() -> None:
    assert chance_to_meet(monthly(replace(YIELD, targets=(Target(None, value=95.0),)), 0.90)).probability == 0.05
    assert chance_to_meet(monthly(replace(YIELD, targets=(Target(None, value=85.0),)), 0.90)).probability == 0.95


def test_the_landing_lies_between_its_parts() -> None:
    """What is counted already cannot change: eight months of ten per cent and at worst all of the rest."""
    found = chance_to_meet(monthly(replace(LATE, targets=(Target(None, value=10.0),)), 0.10))
    assert found.so_far is not None
    assert found.low is not None
    assert found.high is not None
    assert found.likely is not None
    assert found.low <= found.likely <= found.high
    assert found.high - found.low < 0.02, "two thirds of the year are over"


@pytest.mark.parametrize("sizes", [(1000.0,), (999.0, 1001.0)], ids=["equal", "nearly equal"])
def test_what_is_to_come_counts_with_its_size(sizes: tuple[float, ...]) -> None:
    """Two months at 20 %, ten to come. The landing is 1/6 of 20 % and 5/6 of a level that lies between the 10 % of all
    months before and the 20 % of the last two; so it lies between 11.7 and 20 %, and well below what is counted."""
    draw = np.random.default_rng(3)
    size = draw.choice(sizes, 40)
    share = np.append(draw.normal(0.10, 0.005, 38), [0.20, 0.20])
    kpi = replace(LATE, targets=(Target(None, value=15.0),))
    found = chance_to_meet(reviewed(counts(list(np.round(size * share)), list(size), kpi=kpi, grain="month",
                                           start="2022-11-01")))  # fmt: skip
    assert found.left == 10
    assert found.so_far == pytest.approx(0.20, abs=0.001)
    assert found.likely is not None
    assert 0.117 < found.likely < 0.18


def test_landings_hold_as_often_as_they_say() -> None:
    """Seeded simulation: years of independent months, forecast from August on. Tolerance: 40 years, ± 2.5 standard
    errors of 0.063."""
    inside = []
    for seed in range(40):
        whole = monthly(LATE, 0.10, n=50, seed=seed, spread=0.02).series
        cut = replace(
            whole, points=whole.points.iloc[:46], as_of=whole.points["ends_at"].iloc[45] + pd.Timedelta(hours=1)
        )
        found = chance_to_meet(reviewed(cut))
        year = whole.points.iloc[38:50]
        landed = year["numerator"].sum() / year["denominator"].sum()
        assert found.low is not None
        assert found.high is not None
        inside.append(found.low <= landed <= found.high)
    assert np.mean(inside) == pytest.approx(0.80, abs=0.16)


@pytest.mark.parametrize(
    ("kpi", "reason"),
    [
        (replace(LATE), "no_target"),
        (replace(LATE, kind="count", targets=(Target(None, value=5.0),)), "kind"),
        (replace(LATE, kind="measured", statistic="median", targets=(Target(None, value=5.0),)), "kind"),
    ],
)
def test_what_has_no_chance_says_why(kpi: Kpi, reason: str) -> None:
    found = chance_to_meet(monthly(kpi, 0.1))
    assert (found.probability, found.reason) == (None, reason)


def test_days_are_too_fine_for_a_year() -> None:
    assert chance_to_meet(reviewed(late(90))).reason == "grain"


def test_few_months_are_too_early() -> None:
    found = chance_to_meet(monthly(replace(LATE, targets=(Target(None, value=10.0),)), 0.10, n=8))
    assert (found.probability, found.reason) == (None, "few_origins")


def test_chances_come_in_steps_and_are_never_certain() -> None:
    assert [rounded(p) for p in (0.0, 0.01, 0.12, 0.13, 0.5, 0.99, 1.0)] == pytest.approx(
        [0.05, 0.05, 0.1, 0.15, 0.5, 0.95, 0.95]
    )
