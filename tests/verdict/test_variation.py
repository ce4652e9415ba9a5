"""Variation (verdict.md 13–23): one test for each row of the table, named after it, and more where a row has parts."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from opsmetrics.review import KpiReview, review
from opsmetrics.verdict.model import Verdict
from opsmetrics.verdict.rendering import render
from tests.verdict.made import (
    DEFECTS,
    LATE,
    SPEED,
    WEIGHT,
    YIELD,
    counts,
    decision,
    noise,
    readings,
    totals,
    with_target,
)

#: Up and down about 50 by turns; σ = mean moving range / d2(2) = 1.75, limits 44.7 and 55.3.
BASE = [48.8, 50.8, 49.2, 51.2] * 7 + [49.0, 51.0]
LOWER_IS_BETTER = replace(SPEED, better="lower")


def of(found: KpiReview) -> Verdict:
    assert found.verdict is not None
    return found.verdict


def locked(values: list[float | None], kpi=SPEED, **more: Any) -> Verdict:
    """The verdict of the values that follow the baseline, on its limits."""
    series = readings([*BASE, *values], kpi=kpi, **more)
    return of(review(series, [decision(series, "lock", 0, 29)]))


def said(verdict: Verdict) -> tuple[str, str]:
    return verdict.variation, verdict.side


# 13


def test_13_no_judged_point_is_none() -> None:
    found = of(review(counts([]), ()))
    assert (said(found), found.n, found.as_of_period, found.value) == (("none", "none"), 0, None, None)


def test_13_points_that_are_not_judged_are_none_too() -> None:
    assert said(of(review(counts([5, 6], reaches_end=False), ()))) == ("none", "none")


# 14


@pytest.mark.parametrize(("n", "variation"), [(1, "too_few"), (11, "too_few"), (12, "common_cause")])
def test_14_fewer_than_twelve_judged_points_are_too_few(n: int, variation: str) -> None:
    found = of(review(readings(noise(n), kpi=SPEED), ()))
    assert (found.variation, found.n, found.early_warning) == (variation, n, False)


def test_14_also_after_a_restart() -> None:
    series = readings(noise(40), kpi=SPEED)
    found = of(review(series, [decision(series, "phase", 35)]))
    assert (found.variation, found.n) == ("too_few", 5)


def test_14_a_restart_with_the_running_period_has_no_point_yet_and_is_not_without_data() -> None:
    series = readings(noise(40), kpi=SPEED, running=True)
    found = of(review(series, [decision(series, "phase", 39)]))
    assert (found.variation, found.n, found.as_of_period) == ("too_few", 0, series.points["label"].iloc[38])


def student_4(t: float) -> float:
    """Distribution of Student's t with 4 degrees of freedom, in its closed form."""
    share = t * t / (1 + t * t / 4)
    return 0.5 + 3 / 8 * t / math.sqrt(1 + t * t / 4) * (1 - share / 12)


@pytest.mark.parametrize(("past", "warned"), [(0.99, False), (1.01, True)])
@pytest.mark.parametrize("sign", [1, -1])
def test_14_a_last_point_beyond_the_prediction_interval_is_an_early_warning(
    past: float, sign: int, warned: bool
) -> None:
    """|x − x̄| > t(0.99865; 4)·s·√(1 + 1/5) for five other points."""
    quantile = 6.62007
    assert student_4(quantile) == pytest.approx(0.99865, abs=1e-7)
    others = [9.0, 10.0, 11.0, 10.0, 10.0]
    reach = quantile * float(np.std(others, ddof=1)) * math.sqrt(1 + 1 / 5)
    series = readings([*others, 10 + sign * past * reach], kpi=SPEED)
    assert of(review(series, ())).early_warning is warned


def test_14_two_other_points_give_no_early_warning() -> None:
    assert not of(review(readings([10.0, 10.1, 99.0], kpi=SPEED), ())).early_warning


def test_14_an_early_warning_asks_for_the_cause() -> None:
    assert of(review(readings([9.0, 10.0, 11.0, 10.0, 10.0, 99.0], kpi=SPEED), ())).stance == "find_cause"


# 15


def test_15_all_values_equal_is_constant() -> None:
    assert said(of(review(counts([0] * 20), ()))) == ("constant", "none")
    assert said(of(review(readings([7.5] * 12, kpi=SPEED), ()))) == ("constant", "none")


def test_15_a_difference_of_a_millionth_is_not_equal() -> None:
    assert of(review(readings([7.5] * 11 + [7.5000075], kpi=SPEED), ())).variation != "constant"


# 16


def beta_binomial_upper(x: int, n: int, trials: float) -> float:
    """P(X ≥ x) of a beta-binomial with a = 1/2, b = trials + 1/2, summed from its mass (definition)."""

    def log_beta(a: float, b: float) -> float:
        return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)

    a, b = 0.5, trials + 0.5
    return sum(math.comb(n, k) * math.exp(log_beta(k + a, n - k + b) - log_beta(a, b)) for k in range(x, n + 1))


@pytest.mark.parametrize(
    ("kpi", "variation"),
    [(LATE, "concerning"), (YIELD, "improving"), (replace(LATE, better="neither"), "changed")],
)
def test_16_a_first_event_that_is_more_than_chance_takes_its_side(kpi, variation: str) -> None:
    """29 periods of 20 without an event, then 4 of 20."""
    assert beta_binomial_upper(4, 20, 29 * 20) < 0.00135
    found = of(review(counts([0] * 29 + [4], 20, kpi=kpi), ()))
    assert said(found) == (variation, "high")
    assert [reason.rule for reason in found.reasons] == ["first_event"]
    assert found.episode is not None and found.episode.open


def test_16_a_first_event_that_chance_explains_is_common_cause_with_a_caveat() -> None:
    assert beta_binomial_upper(1, 20, 29 * 20) > 0.00135
    found = of(review(counts([0] * 29 + [1], 20), ()))
    assert said(found) == ("common_cause", "none") and "first_event" in found.caveats and not found.reasons


def test_16_the_first_failure_after_none_is_the_mirror_image() -> None:
    found = of(review(counts([20] * 29 + [16], 20, kpi=YIELD), ()))
    assert said(found) == ("concerning", "low")
    assert said(of(review(counts([20] * 29 + [19], 20, kpi=YIELD), ()))) == ("common_cause", "none")


def test_16_holds_on_every_chart() -> None:
    """On a pinned p chart 1 of 20 lies beyond the limits (centre 1/600); row 16 stands before row 18."""
    series = counts([0] * 29 + [1], 20, kpi=replace(LATE, chart="p"))
    found = review(series, ())
    assert "beyond_limits" in set(found.signals["rule"])
    assert said(of(found)) == ("common_cause", "none") and found.episodes == ()


def test_16_a_first_event_that_came_too_early_to_be_judged_silences_no_other_rule() -> None:
    """The first day had none and the second some, as all others: the first one lies below the limits of all."""
    series = counts([0, 28, 30, 31, 27, 30, 29, 30, 32, 28, 30, 29, 31, 30], 300)
    assert [(e.side, e.start) for e in review(series, ()).episodes] == [("low", 0), ("high", 5)]


def test_16_comes_after_row_14() -> None:
    found = of(review(counts([0] * 10 + [4], 20), ()))
    assert said(found) == ("too_few", "high") and found.early_warning


# 17


def binomial_upper(x: int, n: int, p: float) -> float:
    return sum(math.comb(n, k) * p**k * (1 - p) ** (n - k) for k in range(x, n + 1))


def uptime(down: list[int], n: int, kpi=YIELD):
    """A share that is full on all days but those."""
    return counts([90.0 if day in down else 100.0 for day in range(n)], kpi=kpi)


def test_17_too_many_departures_in_seven_periods_are_the_bad_side() -> None:
    """2 departures in the 53 days before, 4 in the last 7; the rate before is (2 + ½)/(53 + 1)."""
    assert binomial_upper(4, 7, 2.5 / 54) < 0.00135 < binomial_upper(3, 7, 2.5 / 54)
    found = review(uptime([10, 30, 54, 55, 57, 58], 60), ())
    assert said(of(found)) == ("concerning", "low")
    assert [r.rule for r in of(found).reasons] == ["departures"] and of(found).reasons[0].members == (54, 55, 57, 58)
    assert said(of(review(uptime([10, 30, 54, 55, 57], 60), ()))) == ("common_cause", "none")


def test_17_too_many_departures_in_twenty_eight_periods() -> None:
    """10 in 28 after 4 in 72, never more than 3 in 7."""
    down = [5, 20, 40, 60, *range(72, 100, 3)]
    assert binomial_upper(10, 28, 4.5 / 73) < 0.00135 < binomial_upper(3, 7, (4 + 7 + 0.5) / 94)
    found = of(review(uptime(down, 100), ()))
    assert said(found) == ("concerning", "low") and len(found.reasons[0].members) == 10


def test_17_too_many_events_after_mostly_none() -> None:
    events = [2.0 if day in (10, 30, 54, 55, 57, 58) else 0.0 for day in range(60)]
    assert said(of(review(counts(events), ()))) == ("concerning", "high")


def test_17_a_gap_longer_than_chance_gives_is_the_good_side() -> None:
    """Down on 25 of the first 60 days, then never. The 0.99865 quantile of a geometric gap is the
    least g with (1 − p)^(g+1) ≤ 0.00135, p = (25 + ½)/(n + 1); a longer gap is the good side."""
    down = sorted(np.random.default_rng(4).choice(60, 25, replace=False).tolist())
    first = next(n for n in range(max(down) + 2, 200) if (1 - 25.5 / (n + 1)) ** (n - 1 - max(down)) < 0.00135)
    before, then = (of(review(uptime(down, n), ())) for n in (first - 1, first))
    assert said(before) == ("common_cause", "none")
    assert said(then) == ("improving", "high") and then.reasons[0].rule == "gap"
    assert then.reasons[0].members == tuple(range(max(down) + 1, first))


def test_17_neither_is_common_cause() -> None:
    found = of(review(uptime([10, 20, 30, 40, 50], 60), ()))
    assert said(found) == ("common_cause", "none") and not found.reasons


def test_17_departures_that_are_good_are_an_improvement() -> None:
    """Ideas are mostly none a day and better = higher: many of them of late are good news."""
    ideas = [2.0 if day in (10, 30, 54, 55, 57, 58) else 0.0 for day in range(60)]
    assert said(of(review(counts(ideas, kpi=YIELD), ()))) == ("improving", "high")


# 18


@pytest.mark.parametrize(
    ("last", "kpi", "expected"),
    [
        (56.0, SPEED, ("improving", "high")),
        (44.0, SPEED, ("concerning", "low")),
        (56.0, LOWER_IS_BETTER, ("concerning", "high")),
        (44.0, LOWER_IS_BETTER, ("improving", "low")),
        (56.0, WEIGHT, ("changed", "high")),
        (44.0, WEIGHT, ("changed", "low")),
    ],
)
def test_18_rule_1_at_the_last_judged_point_takes_its_side(last: float, kpi, expected: tuple[str, str]) -> None:
    assert said(locked([50.0, last], kpi)) == expected


def test_18_rule_1_wins_over_a_pattern_on_the_other_side() -> None:
    """Six falling points that end beyond the upper limit all the same."""
    kpi = replace(SPEED, rules=("beyond_limits", "trend_of_6"))
    found = locked([62.0, 61.0, 60.0, 59.0, 58.0, 57.0], kpi)
    assert said(found) == ("improving", "high")
    assert [(r.rule, r.side) for r in found.reasons] == [("beyond_limits", "high"), ("trend_of_6", "low")]


# 19


def test_19_other_rules_on_one_side_take_that_side() -> None:
    found = locked([48.0] + [52.0] * 8)
    assert said(found) == ("improving", "high") and [r.rule for r in found.reasons] == ["run_of_8"]


def test_19_a_pattern_without_a_side_says_nothing_against_it() -> None:
    kpi = replace(SPEED, rules=("run_of_8", "hugging_15"))
    found = locked([48.0] + [50.2, 50.3] * 8, kpi)
    assert said(found) == ("improving", "high")
    assert {r.rule for r in found.reasons} == {"run_of_8", "hugging_15"}


# 20


def falling_above() -> list[float]:
    """Eight points above the centre line, the last six falling."""
    return [48.0, 53.0, 53.5, 53.4, 53.0, 52.6, 52.2, 51.8, 51.4]


CONFLICT = ("beyond_limits", "run_of_8", "trend_of_6")


def test_20_hits_on_both_sides_are_the_bad_side() -> None:
    for better, expected in (("lower", ("concerning", "high")), ("higher", ("concerning", "low"))):
        found = locked(falling_above(), replace(SPEED, better=better, rules=CONFLICT))
        assert said(found) == expected
        assert [(r.rule, r.side) for r in found.reasons] == [("run_of_8", "high"), ("trend_of_6", "low")]


def test_20_without_a_better_side_the_first_reason_gives_the_side() -> None:
    assert said(locked(falling_above(), replace(WEIGHT, rules=CONFLICT))) == ("changed", "high")


# 21


def test_21_only_patterns_without_a_side_are_changed() -> None:
    kpi = replace(SPEED, rules=("beyond_limits", "alternating_14"))
    found = of(review(readings(BASE, kpi=kpi), ()))
    assert said(found) == ("changed", "none")
    assert {r.rule for r in found.reasons} == {"alternating_14"}
    assert found.episode is not None and found.episode.side == "none"


# 22


def test_22_otherwise_common_cause() -> None:
    assert said(locked([50.0, 51.0])) == ("common_cause", "none")


def test_22_an_ended_episode_is_not_the_state() -> None:
    found = review(readings([*BASE, 70.0, 50.0, 51.0], kpi=SPEED), ())
    assert said(of(found)) == ("common_cause", "none") and of(found).episode is None
    assert [episode.open for episode in found.episodes] == [False]


def test_22_rules_that_do_not_decide_give_no_reason() -> None:
    found = locked([53.4, 50.0, 53.6])  # 2 of 3, by day
    assert said(found) == ("common_cause", "none") and found.reasons == ()


# 23


@pytest.mark.parametrize(("last", "expected"), [(56.0, ("concerning", "high")), (44.5, ("improving", "low"))])
def test_23_a_range_is_worse_away_from_its_middle(last: float, expected: tuple[str, str]) -> None:
    """The centre line lies at 50. From a middle of 48, 56 is farther away; from one of 45, 44.5 is nearer."""
    kpi = with_target(WEIGHT, low=46.0, high=50.0) if last > 50 else with_target(WEIGHT, low=40.0, high=50.0)
    assert said(locked([last], kpi)) == expected


def test_23_a_range_in_force_at_the_last_judged_period_counts() -> None:
    series = readings([*BASE, 56.0], kpi=WEIGHT)
    lock = decision(series, "lock", 0, 29)
    early = replace(decision(series, "target", 0), value={"low": 46.0, "high": 50.0})
    late = replace(decision(series, "target", 30), value={"low": 54.0, "high": 58.0})
    tomorrow = replace(late, start=late.start + dt.timedelta(days=1))
    assert said(of(review(series, [lock, early, tomorrow]))) == ("concerning", "high")
    assert said(of(review(series, [lock, early, late]))) == ("improving", "high")


def test_23_reasons_stand_in_order() -> None:
    kpi = replace(SPEED, rules=("nelson", "western_electric"))
    found = locked([48.0, 54.0, 54.0, 54.1, 54.2, 54.3, 54.4, 54.5, 54.6, 55.4], kpi)
    assert [r.rule for r in found.reasons] == [
        "beyond_limits",
        "two_of_three",
        "four_of_five",
        "run_of_8",
        "run_of_9",
        "trend_of_6",
        "outside_8",
    ]


def test_23_the_reasons_name_their_members() -> None:
    assert locked([50.0, 56.0]).reasons[0].members == (31,)


# 3: improving is withheld while somebody is absent


def absent_at_the_end(better: str, last: float):
    """A monthly series whose third reporter is retired at the last two months, the last beyond its limits."""
    n = len(BASE) + 2
    presence = {name: [name != "C" or row < n - 2 for row in range(n)] for name in "ABC"}
    kpi = replace(SPEED, better=better, operate="month", dimensions=("line",), reported_by="line")
    return readings([*BASE, 50.0, last], kpi=kpi, presence=presence)


def test_3_an_improvement_without_a_reporter_is_only_a_change() -> None:
    series = absent_at_the_end("higher", 70.0)
    found = review(series, [decision(series, "lock", 0, 29)])
    verdict = of(found)
    assert said(verdict) == ("changed", "high") and verdict.data_names == ("C",)
    assert {"improvement_unconfirmed", "absent_reporters"} <= set(verdict.caveats)
    assert verdict.stance == "find_cause"
    assert found.points["tone"].iloc[-1] == "changed"


def test_3_a_person_confirms_the_improvement() -> None:
    series = absent_at_the_end("higher", 70.0)
    lock, complete = decision(series, "lock", 0, 29), decision(series, "complete", 31)
    verdict = of(review(series, [lock, complete]))
    assert said(verdict) == ("improving", "high")
    assert not {"improvement_unconfirmed", "absent_reporters"} & set(verdict.caveats) and verdict.data_names == ()


def test_3_a_concern_is_not_withheld() -> None:
    series = absent_at_the_end("lower", 70.0)
    verdict = of(review(series, [decision(series, "lock", 0, 29)]))
    assert said(verdict) == ("concerning", "high") and "absent_reporters" in verdict.caveats


def retired_line(n: int, back: int | None = None):
    """Counts by day around 12 for 40 days, then around 8 because C is silent; C may report again from row `back` on."""
    value = [13, 11, 14, 10] * 10 + [8, 7, 9] * n
    away = range(40, back or len(value))
    presence = {name: [name != "C" or row not in away for row in range(len(value))] for name in "ABC"}
    kpi = replace(DEFECTS, dimensions=("line",), reported_by="line")
    return totals(value, kpi=kpi, presence=presence)


@pytest.mark.parametrize("thirds", [3, 4, 6, 9])
def test_3_an_improvement_stays_withheld_when_nobody_waits_for_the_silent_line_any_longer(thirds: int) -> None:
    """With 8 periods behind it a retired reporter is none; what its silence did to the figure is no improvement yet."""
    verdict = of(review(retired_line(thirds), []))
    assert said(verdict) == ("changed", "low") and verdict.data_names == ("C",)
    assert {"improvement_unconfirmed", "absent_reporters"} <= set(verdict.caveats)
    assert "C has not reported since" in render(verdict.sentence)


def test_3_one_mark_confirms_a_long_improvement() -> None:
    series = retired_line(9)
    verdict = of(review(series, [decision(series, "complete", 60)]))
    assert said(verdict) == ("improving", "low") and verdict.data_names == ()


def test_3_a_line_that_is_back_withholds_nothing() -> None:
    assert said(of(review(retired_line(9, back=60), []))) == ("improving", "low")
