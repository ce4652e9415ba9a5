"""Where running stretches of a KPI land: what counts, by which grain, against which target, when nothing is told."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from opsmetrics.catalog import Calendar, Decision, Kpi, Shift, Target
from opsmetrics.desk.landing import Landing, landed_already, landing, landings, rounded
from opsmetrics.desk.landing_sentences import as_dict, news, rows, sentence
from opsmetrics.review import KpiReview, review
from opsmetrics.series import KpiSeries
from tests.verdict.made import (
    DEFECTS,
    FALLS,
    HARM,
    LATE,
    OEE,
    SPEED,
    WAIT,
    WEIGHT,
    YIELD,
    counts,
    readings,
    totals,
    with_target,
)

Numbers = list[float]


def reviewed(series: KpiSeries, *decisions: Decision) -> KpiReview:
    return review(series, decisions)


def monthly(kpi: Kpi, level: float, n: int = 46, seed: int = 3, spread: float = 0.01) -> KpiReview:
    """Months from November 2022 on; 46 of them end with August 2026."""
    draw = np.random.default_rng(seed)
    sizes = draw.integers(800, 1200, n).astype(float)
    shares = np.clip(draw.normal(level, spread, n), 0, 1)
    events = [float(round(size * share)) for size, share in zip(sizes, shares, strict=True)]
    return reviewed(counts(events, list(sizes), kpi=kpi, grain="month", start="2022-11-01"))


def daily(kpi: Kpi = LATE, n: int = 200, level: float = 0.1, size: float = 500.0, **more: Any) -> KpiSeries:
    """Days from 5 January 2026 on; 200 of them end with 23 July."""
    draw = np.random.default_rng(n)
    return counts([float(x) for x in draw.binomial(int(size), level, n)], size, kpi=kpi, **more)


def year(found: KpiReview) -> Landing:
    return landing(found, "year")


def month(found: KpiReview) -> Landing:
    return landing(found, "month")


def values(*numbers: float | None) -> Numbers:
    """Numbers that are there."""
    assert None not in numbers
    return [number for number in numbers if number is not None]


# Reach


def test_a_target_far_away_is_out_of_reach_and_one_nearby_is_safe() -> None:
    far, near = (year(monthly(with_target(LATE, target), 0.10)) for target in (5.0, 15.0))
    assert (far.probability, near.probability) == (0.05, 0.95)
    assert (far.label, far.ends) == ("2026", dt.date(2026, 12, 31))
    assert far.left == 4, "September to December"
    assert far.likely == pytest.approx(0.10, abs=0.01)


def test_a_higher_target_works_the_other_way_round() -> None:
    assert year(monthly(with_target(YIELD, 95.0), 0.90)).probability == 0.05
    assert year(monthly(with_target(YIELD, 85.0), 0.90)).probability == 0.95


def test_a_range_is_missed_on_either_side() -> None:
    def chance(low: float, high: float) -> float | None:
        series = readings([70.0 + x for x in np.random.default_rng(2).normal(0, 1, 200)],
                          kpi=with_target(WEIGHT, low=low, high=high))  # fmt: skip
        return month(reviewed(series)).probability

    assert (chance(69.0, 71.0), chance(60.0, 65.0), chance(75.0, 80.0)) == (0.95, 0.05, 0.05)


def test_the_landing_lies_between_its_parts() -> None:
    """What is counted already cannot change: eight months of ten per cent and at worst all of the rest."""
    found = year(monthly(with_target(LATE, 10.0), 0.10))
    low, likely, high = values(found.low, found.likely, found.high)
    assert low <= likely <= high
    assert high - low < 0.02, "two thirds of the year are over"


@pytest.mark.parametrize("sizes", [(1000.0,), (999.0, 1001.0)], ids=["equal", "nearly equal"])
def test_what_is_to_come_counts_with_its_size(sizes: tuple[float, ...]) -> None:
    """Two months at 20 %, ten to come. The landing is 1/6 of 20 % and 5/6 of a level that lies between the 10 % of all
    months before and the 20 % of the last two; so it lies between 11.7 and 20 %, and well below what is counted."""
    draw = np.random.default_rng(3)
    size = draw.choice(sizes, 40)
    share = np.append(draw.normal(0.10, 0.005, 38), [0.20, 0.20])
    series = counts(list(np.round(size * share)), list(size), kpi=with_target(LATE, 15.0), grain="month",
                    start="2022-11-01")  # fmt: skip
    found = year(reviewed(series))
    assert found.left == 10
    assert found.so_far == pytest.approx(0.20, abs=0.001)
    assert found.likely is not None
    assert 0.117 < found.likely < 0.18


# What is counted so far


def test_the_running_period_counts_with_what_it_shows() -> None:
    """The last day of July, at noon: 300 of its cases are there, all of them late. They cannot be taken back."""
    n = 208  # 5 January to 31 July
    events = [float(x) for x in np.random.default_rng(1).binomial(500, 0.1, n - 1)]
    kpi = with_target(LATE, 10.0)
    known = reviewed(counts([*events, 300.0], [500.0] * (n - 1) + [300.0], kpi=kpi, running=True))
    plain = reviewed(counts([*events, 30.0], [500.0] * (n - 1) + [300.0], kpi=kpi, running=True))
    late, usual = month(known), month(plain)
    before = sum(events[-30:])
    assert (late.above, late.below) == (before + 300, 30 * 500 + 300)
    least = (before + 300) / (31 * 500)
    low, likely = values(late.low, late.likely)
    assert low >= least - 1e-9
    assert likely - values(usual.likely)[0] == pytest.approx(270 / 15_500, rel=1e-6)
    assert late.label == "Jul 2026"
    assert late.left == 1


def test_excluded_days_and_those_of_an_earlier_phase_count() -> None:
    """They are no guide to what comes, but the month holds them: July has 23 days, its 10th excluded."""
    series = daily()
    day = pd.Timestamp("2026-07-10").to_pydatetime()
    start = pd.Timestamp("2026-07-15").to_pydatetime()
    whole = month(reviewed(series))
    cut = month(reviewed(series, Decision("late", "exclude", start=day, end=day, why="flood"),
                         Decision("late", "phase", start=start, why="new press")))  # fmt: skip
    july = series.points[series.points["period"] >= "2026-07-01"]
    assert cut.above == whole.above == july["numerator"].sum()
    assert cut.below == 23 * 500


def test_a_month_that_is_over_says_where_it_stands() -> None:
    """Seen at noon on the last day, when the file of that day has come already."""
    series = daily(n=208, as_of="2026-07-31 22:30")  # the day is over in Berlin at 22:00 UTC
    found = month(reviewed(replace(series, as_of=pd.Timestamp("2026-07-31 12:00"))))
    assert (found.reason, found.left) == ("over", 0)
    assert found.so_far == pytest.approx(series.points["numerator"].iloc[-31:].sum() / (31 * 500))
    assert "nothing left to come" in sentence(LATE, found)


# Grains


@pytest.mark.parametrize(
    ("grain", "paths"),
    [
        ("day", {"month": "day", "quarter": "week", "year": "week"}),
        ("week", {"month": "week", "quarter": "week", "year": "week"}),
        ("month", {"month": "month", "quarter": "month", "year": "month"}),
        ("quarter", {"quarter": "quarter", "year": "quarter"}),
    ],
)
def test_paths_are_never_finer_than_the_review(grain: Any, paths: dict[str, str]) -> None:
    series = readings([70.0 + x for x in np.random.default_rng(1).normal(0, 1, 60)], kpi=with_target(SPEED, 60.0),
                      grain=grain)  # fmt: skip
    assert {span: found.grain for span, found in landings(reviewed(series)).items()} == paths


def test_shifts_add_up_to_days() -> None:
    """Three shifts a day, 90 days: with the same numbers by day the month lands on the same figures."""
    shifts = tuple(Shift(name, dt.time(hour)) for name, hour in (("Early", 6), ("Late", 14), ("Night", 22)))
    kpi = with_target(replace(LATE, operate="shift", calendar=Calendar(time_zone="UTC", shifts=shifts)), 12.0)
    events = [float(x) for x in np.random.default_rng(4).binomial(100, 0.1, 270)]
    by_shift = month(reviewed(counts(events, 100.0, kpi=kpi, start="2026-01-05 06:00")))
    days = [sum(events[place : place + 3]) for place in range(0, 270, 3)]
    plain = replace(kpi, operate="day")
    by_day = month(reviewed(counts(days, 300.0, kpi=plain, start="2026-01-05")))
    assert by_shift.grain == "day"
    assert (by_shift.above, by_shift.below) == (by_day.above, by_day.below)
    assert values(by_shift.low, by_shift.likely, by_shift.high) == pytest.approx(
        values(by_day.low, by_day.likely, by_day.high), rel=1e-9
    )


def test_weeks_that_reach_over_the_end_count_in_part() -> None:
    """30 June 2026 is a Tuesday: of the last week of the quarter two days of seven count. All days alike, so the total
    is 91 days of 40."""
    kpi = replace(DEFECTS, calendar=Calendar(time_zone="UTC"))
    series = totals([40.0] * 150, kpi=kpi, start="2026-01-05")  # to 3 June
    found = landing(reviewed(series), "quarter")
    assert found.grain == "week"
    assert found.left == 27
    assert found.so_far == 64 * 40
    assert found.likely == pytest.approx(91 * 40)


def test_closed_days_bring_nothing() -> None:
    """Saturdays, Sundays and a holiday on 20 July: of the last ten days of July 2026 seven are worked."""
    closed = Calendar(
        time_zone="UTC", closed_weekdays=frozenset({5, 6}), closed_dates=frozenset({dt.date(2026, 7, 29)})
    )
    kpi = replace(DEFECTS, calendar=closed)
    series = totals([40.0] * 200, kpi=kpi, start="2026-01-05")
    kept = series.points[series.points["period"].dt.day_of_week < 5]
    kept = kept[kept["period"] <= "2026-07-21"].reset_index(drop=True)
    found = month(reviewed(replace(series, points=kept, as_of=pd.Timestamp("2026-07-22 12:00"))))
    assert found.left == 7, "22, 23, 24, 27, 28, 30 and 31 July"
    assert found.likely == pytest.approx((15 + 7) * 40)


# Targets


def test_a_counts_limit_is_that_of_its_periods_added_up() -> None:
    """At most 50 a day until 15 July, 40 from then on: 14 days of 50 and 17 of 40 are 1,380."""
    kpi = replace(DEFECTS, targets=(Target(None, value=50.0), Target(dt.date(2026, 7, 15), value=40.0)))
    found = month(reviewed(totals([30.0 + x % 5 for x in range(200)], kpi=kpi)))
    assert (found.target_low, found.target_high) == (None, 14 * 50 + 17 * 40)
    assert found.probability == 0.95
    assert found.total


def test_rare_events_keep_the_target_of_their_lead_period() -> None:
    """12 a month: as much for the month, three times as much for the quarter; the month's chart compares alike."""
    harm = with_target(HARM, 12.0)
    found = landings(reviewed(totals([float(x % 29 == 0) for x in range(200)], kpi=harm)))
    assert (found["month"].target_high, found["quarter"].target_high, found["year"].target_high) == (12, 36, 144)
    whole = landings(reviewed(totals([float(x % 29 == 0) for x in range(200)], kpi=replace(harm, lead="quarter"))))
    assert (whole["month"].target_high, whole["quarter"].target_high) == (None, 12)


def test_the_target_is_the_one_at_the_end() -> None:
    kpi = replace(LATE, targets=(Target(None, value=15.0), Target(dt.date(2026, 9, 1), value=5.0)))
    found = landings(reviewed(daily(kpi)))
    assert (found["month"].target_high, found["year"].target_high) == (0.15, 0.05)
    assert found["month"].probability == 0.95


# When it is lost


def test_a_limit_is_passed_on_its_day() -> None:
    """40 a day against 30 a day: 930 for the 31 days of July are passed by the 24th (24 × 40 = 960)."""
    kpi = with_target(DEFECTS, 30.0)
    events = [40.0 + x for x in np.tile([-1.0, 1.0], 98)]
    found = month(reviewed(totals(events, kpi=kpi)))  # to 19 July
    assert (found.probability, found.breach) == (0.05, "24 Jul 2026")
    assert "on 24 Jul 2026" in sentence(kpi, found)
    passed = month(reviewed(totals([*events, *[40.0] * 6], kpi=kpi)))  # to 25 July
    assert passed.breached
    assert "already" in sentence(kpi, passed)


def test_a_sum_that_has_to_be_reached_is_not_lost_before_its_end() -> None:
    kpi = with_target(replace(DEFECTS, better="higher"), 50.0)
    found = month(reviewed(totals([40.0 + x % 3 for x in range(196)], kpi=kpi)))
    assert (found.probability, found.breach) == (0.05, None)


def test_a_miss_that_is_not_likely_has_no_day() -> None:
    found = month(reviewed(daily(with_target(LATE, 15.0))))
    assert found.breach is None
    assert rows(LATE, {"month": found})[0][-1] == "not likely"


# When nothing is told


@pytest.mark.parametrize(
    ("kpi", "reason", "said"),
    [
        (LATE, "no_target", ""),
        (with_target(OEE, 5.0), "kind", "computed from others"),
        (with_target(WAIT, 5.0), "kind", "a median does not add up"),
        (with_target(replace(WAIT, statistic="p90"), 5.0), "kind", "a 90th percentile"),
    ],
)
def test_what_has_no_chance_says_why(kpi: Kpi, reason: str, said: str) -> None:
    found = year(monthly(kpi, 0.1))
    assert (found.probability, found.reason) == (None, reason)
    assert said in sentence(kpi, found)


def test_few_months_are_too_early() -> None:
    found = year(monthly(with_target(LATE, 10.0), 0.10, n=8))
    assert (found.probability, found.reason) == (None, "few_origins")
    assert found.low is not None, "a range is shown all the same"


def test_a_coin_cannot_be_foretold() -> None:
    """The target at the middle of pure noise, with the whole month to come: nothing beats one half, and luck does not
    pass for skill."""
    told = []
    for seed in range(12):
        noise = np.random.default_rng(seed).normal(70, 1, 208)
        kpi = with_target(replace(SPEED, better="lower"), 70.0)
        told.append(month(reviewed(readings(list(noise), kpi=kpi))).reason)
    assert told.count("no_skill") >= 11


def test_a_sum_is_tested_by_its_own_target() -> None:
    """Counts about their limit, with the whole month to come: as little foretold as a coin."""
    told = []
    for seed in range(6):
        counted = np.random.default_rng(seed).poisson(40, 208).astype(float)
        told.append(month(reviewed(totals(list(counted), kpi=with_target(DEFECTS, 40.0)))))
    assert {found.target_high for found in told} == {31 * 40.0}
    assert [found.reason for found in told].count("no_skill") >= 5


def test_what_drifts_is_foretold_and_so_is_a_month_that_is_nearly_over() -> None:
    """A level that drifts, with 12 days of the month to come and the target where the last days were: like months say
    little of it. Noise about its target, with three days to come."""
    kpi = replace(SPEED, better="lower")
    drifting, late = [], []
    for seed in range(6):
        draw = np.random.default_rng(seed)
        noise = draw.normal(70, 1, 205)
        moved = (noise + np.cumsum(draw.normal(0, 0.3, 205)))[:196]
        drifting.append(month(reviewed(readings(list(moved), kpi=with_target(kpi, float(moved[-30:].mean()))))))
        late.append(month(reviewed(readings(list(noise), kpi=with_target(kpi, 70.0)))))
    assert [found.left for found in (drifting[0], late[0])] == [12, 3]
    assert sum(found.reason == "" for found in drifting) >= 5
    assert sum(found.reason == "" for found in late) >= 5


def test_a_series_that_stopped_long_ago_does_not_land() -> None:
    series = daily(with_target(LATE, 9.0), n=60)
    later = replace(series, as_of=series.as_of + pd.Timedelta(days=400))
    assert month(reviewed(later)).reason == "stale"


def test_without_a_judged_point_there_is_none() -> None:
    assert month(reviewed(counts([]))).reason == "no_points"


def test_nothing_to_count_is_no_landing() -> None:
    """Days on which nobody was there: zero of zero, and no day of the month to come has anybody either."""
    assert month(reviewed(counts([0.0] * 60, 0.0, kpi=with_target(LATE, 5.0)))).reason == "no_points"


def test_what_never_changed_is_taken_to_stay() -> None:
    found = month(reviewed(counts([500.0] * 200, 500.0, kpi=with_target(YIELD, 100.0))))
    assert (found.probability, found.low, found.high) == (0.95, 1.0, 1.0)
    assert month(reviewed(counts([500.0] * 9, 500.0, kpi=with_target(YIELD, 100.0)))).reason == "few_origins"


def test_samples_do_not_land() -> None:
    kpi = replace(WEIGHT, operate="sample")
    points = readings([1.0, 2.0, 3.0], kpi=kpi, grain="day").points.assign(period=[1, 2, 3], ends_at=pd.NaT)
    assert dict(landings(reviewed(KpiSeries(kpi, (), "sample", pd.Timestamp("2026-02-04"), points)))) == {}


# Told


def test_chances_come_in_steps_and_are_never_certain() -> None:
    assert [rounded(p) for p in (0.0, 0.01, 0.12, 0.13, 0.5, 0.99, 1.0)] == pytest.approx(
        [0.05, 0.05, 0.1, 0.15, 0.5, 0.95, 0.95]
    )


def test_only_a_likely_miss_is_news_for_the_morning() -> None:
    missed, met = (reviewed(daily(with_target(LATE, aim))) for aim in (9.0, 15.0))
    said = news(missed)
    assert said.startswith("Jul 2026 will likely miss its target of ≤\u00a09.0\u00a0%")
    assert sentence(missed.kpi, month(missed)).startswith(said), "the same words everywhere"
    assert news(met) == ""


def test_the_answer_in_json_is_in_the_shown_unit_and_finite() -> None:
    found = reviewed(daily(with_target(LATE, 9.0)))
    told = as_dict(found.kpi, landings(found))
    assert list(told) == ["month", "quarter", "year"]
    assert told["month"]["target_high"] == pytest.approx(9.0)
    assert told["month"]["so_far"] == pytest.approx(10, abs=1)
    assert told["month"]["so_far_counts"]["denominator"] == 23 * 500


def test_what_was_landed_once_is_kept_until_a_figure_changes() -> None:
    series = daily(with_target(FALLS, 9.0), n=77)
    assert not landed_already(reviewed(series))
    first = landings(reviewed(series))["month"]
    assert month(reviewed(series)) is first
    changed = series.points.assign(numerator=series.points["numerator"] + 1, value=series.points["value"] + 1 / 500)
    assert not landed_already(reviewed(replace(series, points=changed)))
    target = Decision("falls", "target", start=dt.datetime(2026, 3, 1), value={"value": 5.0})
    assert not landed_already(reviewed(series, target))
