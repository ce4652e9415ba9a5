"""What a landing is of, and how it is told: sums measured in part, a stretch that nothing has come of, too early."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from opsmetrics.desk.forecast_sentences import Told
from opsmetrics.desk.forecast_tables import likely_rows, used_rows
from opsmetrics.desk.forecasting import forecast_review
from opsmetrics.desk.landing import landing, landings
from opsmetrics.desk.landing_sentences import as_dict, rows, sentence
from opsmetrics.review import review
from opsmetrics.series import KpiSeries
from tests.verdict.made import DEFECTS, HARM, SPEED, WEIGHT, decision, readings, totals, with_target

Numbers = list[float | None]


def told(series: KpiSeries) -> Told:
    found = review(series, ())
    return Told(forecast_review(found), landings(found))


def wave(n: int) -> Numbers:
    """40 a day, one more or less in turn."""
    return [40.0 + x % 3 - 1 for x in range(n)]


def test_the_target_of_a_sum_is_that_of_the_periods_it_is_made_of() -> None:
    """Counted from 1 April 2026 on, some 40 a day and at least 35: 365 × 35 are out of reach, and nobody asked them of
    days that were never counted. April to December are 275 days."""
    kpi = with_target(replace(DEFECTS, better="higher"), 35.0)
    found = landing(review(totals(wave(250), kpi=kpi, start="2026-04-01"), ()), "year")
    assert (found.target_low, found.unmeasured) == (275 * 35, 31 + 28 + 31)
    assert found.probability == 0.95
    assert sentence(kpi, found).endswith("90 days of it are not measured, and not in its target.")
    assert as_dict(kpi, {"year": found})["year"]["unmeasured"] == 90


def test_a_day_that_was_lost_is_neither_in_the_sum_nor_in_its_target() -> None:
    events: Numbers = wave(196)
    events[185] = None  # 9 July
    kpi = with_target(DEFECTS, 50.0)
    found = landing(review(totals(events, kpi=kpi), ()), "month")
    assert (found.target_high, found.unmeasured) == (30 * 50, 1)
    assert "1 day of it is not measured, and not in its target." in sentence(kpi, found)
    whole = landing(review(totals(wave(196), kpi=kpi), ()), "month")
    assert (whole.target_high, whole.unmeasured) == (31 * 50, 0)
    assert "measured" not in sentence(kpi, whole)


def test_what_is_late_is_to_come_and_not_lost() -> None:
    """The last day has not arrived: it is forecast, and in the target."""
    kpi = with_target(DEFECTS, 50.0)
    found = landing(review(totals([*wave(195), None], kpi=kpi, reaches_end=np.arange(196) < 195), ()), "month")
    assert (found.target_high, found.unmeasured, found.left) == (31 * 50, 0, 13)


def test_months_of_rare_events_that_were_never_counted_are_not_aimed_at() -> None:
    """From 20 April 2026 on, 12 a month: nine months of the year hold days that were counted or are to come."""
    harm = with_target(HARM, 12.0)
    found = landing(review(totals([float(x % 29 == 0) for x in range(100)], kpi=harm, start="2026-04-20"), ()), "year")
    assert found.target_high == 9 * 12


def test_nothing_has_come_of_a_month_that_has_just_begun() -> None:
    """Months of a count, the last of them August: of September nothing stands there yet, which is not 0."""
    kpi = with_target(replace(DEFECTS, operate="month"), 50.0)
    found = landing(review(totals(wave(46), kpi=kpi, grain="month", start="2022-11-01"), ()), "month")
    assert (found.so_far, found.above, found.label) == (None, None, "Sep 2026")
    assert "so far" not in sentence(kpi, found)
    assert rows(kpi, {"month": found})[0][5] == "–"


def test_too_early_tells_the_target_and_how_much_past_there_is() -> None:
    kpi = with_target(SPEED, 69.0)
    few = landing(review(readings(list(np.random.default_rng(3).normal(70, 1, 196)), kpi=kpi), ()), "year")
    assert few.reason == "few_origins"
    assert 0 < few.starts < 8
    assert (
        sentence(kpi, few)
        .replace("\u00a0", " ")
        .startswith(
            f"2026: too early to tell whether it meets its target of ≥ 69.0 g. The past holds {few.starts} of the 8 "
            "earlier starts that a chance is checked at. It lands between "
        )
    )


@pytest.mark.parametrize("n", [1, 5])
def test_without_any_past_to_check_by_no_count_is_told(n: int) -> None:
    kpi = with_target(SPEED, 11.0)
    found = landing(review(readings([10.0 + x % 2 for x in range(n)], kpi=kpi), ()), "month")
    assert "The past holds too little to check a chance by." in sentence(kpi, found)


def test_the_year_does_not_hide_a_month_that_will_be_missed() -> None:
    """It rises: the year as a whole still makes it, July does not; both stand above the chart."""
    rising = [9.0 + 0.055 * x + np.sin(7.0 * x) for x in range(196)]
    found = told(readings(rising, kpi=with_target(replace(SPEED, better="lower"), 19.0)))
    assert found.landed["year"].probability is None or found.landed["year"].probability > 0.25
    assert found.landed["month"].probability == 0.05
    assert (
        found.lead()
        .replace("\u00a0", " ")
        .startswith("Jul 2026 will likely miss its target of ≤ 19.0 g: under 5 % chance to meet it.")
    )


def test_a_range_whose_ends_read_alike_is_not_told_as_one() -> None:
    found = told(readings([10.0 + 0.001 * (x % 3) for x in range(100)], kpi=with_target(WEIGHT, 11.0)))
    assert "between" not in f"{found.headline()} {found.lead()}"
    assert "most likely" in found.lead()
    month = found.landed["month"]
    assert rows(WEIGHT, {"month": month})[0][4] == rows(WEIGHT, {"month": month})[0][3]


def test_the_periods_to_come_are_shown_before_those_that_were_never_judged() -> None:
    """20 days have no value yet: the small table begins with today, the whole one holds all of them."""
    late = np.arange(120) < 100
    values: Numbers = [10.0 + x % 3 if x < 100 else None for x in range(120)]
    found = told(readings(values, kpi=WEIGHT, reaches_end=late))
    assert int(found.found.ahead["ended"].sum()) == 20
    assert likely_rows(found)[0][0] == "5 May 2026"


def test_a_phase_that_has_just_begun_is_forecast_from_what_came_since() -> None:
    """One value since limits restarted: a wide first range, no backtest, and the history is that one value."""
    series = readings([*wave(100), 55.0], kpi=with_target(SPEED, 50.0))
    found = review(series, [decision(series, "phase", 100)])
    ahead = Told(forecast_review(found), landings(found))
    assert ahead.found.forecast is not None
    assert (ahead.found.forecast.known, ahead.found.since) == (1, "15 Apr 2026")
    assert ahead.trust() == "too few days to test it"
    assert ahead.year.probability is None


def test_a_phase_without_a_judged_day_says_that_what_came_before_does_not_count() -> None:
    """Limits restarted on a day that has not arrived: a hundred days were judged, and none of them counts any more."""
    series = readings([*wave(100), None], kpi=with_target(SPEED, 50.0), reaches_end=np.arange(101) < 100)
    found = review(series, [decision(series, "phase", 100)])
    ahead = Told(forecast_review(found), landings(found))
    assert ahead.found.reason == "no_points"
    assert ahead.lead().startswith("No day has been judged since 15 Apr 2026, where the limits restarted")
    assert sentence(found.kpi, landing(found, "month")) == "Apr 2026: too little has been judged to say where it lands."


def test_a_step_that_nobody_has_decided_is_told_on_the_model_card() -> None:
    """The level changed by five and no phase was accepted: all of the history counts, and the card says why."""
    moved: Numbers = [50.0 + x % 3 - 1 for x in range(80)] + [55.0 + x % 3 - 1 for x in range(40)]
    series = readings(moved, kpi=SPEED)
    found = Told(forecast_review(review(series, ())), {})
    assert dict(used_rows(found))["Phase"] == "all of it; a change of level is proposed on its chart and not decided"
    assert found.undecided
    accepted = Told(forecast_review(review(series, [decision(series, "phase", 80)])), {})
    assert dict(used_rows(accepted))["Phase"].startswith("only since ")
    assert not accepted.undecided
