"""Every kind of KPI through verdict.md 14 to 32 and its words. Figures by hand, or by the textbook formulas beside each
test."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import median

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsmetrics.catalog import EventSource
from opsmetrics.cli.reviewing import full, listing
from opsmetrics.review import review
from opsmetrics.verdict import wording
from opsmetrics.verdict.as_dict import review_as_dict
from opsmetrics.verdict.assurance import SIZED_CHARTS, limits_at_typical_size
from opsmetrics.verdict.sentences import kpi_headline
from tests.verdict.kinds import BEDS, ORDINARY, kind, poisson, said, text
from tests.verdict.made import (
    DEFECTS,
    ENERGY,
    FALLS,
    HARM,
    IN_TIME,
    LATE,
    OEE,
    WAIT,
    counts,
    readings,
    shares_within,
    totals,
    with_target,
)

# 14 to 22


def test_14_an_early_warning_has_its_word_and_its_side() -> None:
    found = review(totals([5, 6, 7, 5, 6, 30]), ())
    assert found.verdict is not None and found.verdict.early_warning
    assert review_as_dict(found)["words"]["variation"] == "Early warning, high"
    assert (found.points["tone"] == "").all(), "it has no colour"
    low = review(totals([25, 26, 27, 25, 26, 3]), ())
    assert review_as_dict(low)["words"]["variation"] == "Early warning, low"
    assert wording.variation("too_few") == "Too few points"


@pytest.mark.parametrize("name", ["rate", "count", "ratio", "median", "p90", "share_within", "derived"])
def test_18_a_point_far_out_is_its_side_in_every_kind(name: str) -> None:
    series = ORDINARY[name]
    points = series.points.copy()
    down = series.kpi.better == "higher"
    factor = 0.3 if down else 3.0
    columns = ["value"] if points["numerator"].isna().all() else ["value", "numerator"]
    points.loc[59, columns] = np.round(points.loc[59, columns].to_numpy(dtype=float) * factor, 9)
    if series.kpi.kind in ("rate", "count"):
        points.loc[59, "numerator"] = 40.0
        points.loc[59, "value"] = points.loc[59, "numerator"] / points.loc[59, "size"]
    found = review(replace(series, points=points), ())
    assert said(found) == ("concerning", "low" if down else "high")
    assert found.verdict is not None and found.verdict.reasons[0].rule == "beyond_limits"
    assert ("below" if down else "above") + " its limits" in text(found)


@pytest.mark.parametrize("name", list(ORDINARY))
def test_22_an_ordinary_series_is_stable_in_every_kind(name: str) -> None:
    assert said(review(ORDINARY[name], ())) == ("common_cause", "none")


def test_16_a_first_event_over_an_exposure() -> None:
    """None in 1,200 bed days, then 1 in 30: P = 0.01 (negative binomial, see tests/stats/test_rare.py); 3: 0.000005."""
    one = review(counts([0.0] * 40 + [1.0], 30.0, kpi=FALLS), ())
    assert said(one) == ("common_cause", "none") and "first_event" in one.verdict.caveats  # type: ignore[union-attr]
    assert "without falls: no more than chance gives" in text(one)
    three = review(counts([0.0] * 40 + [3.0], 30.0, kpi=FALLS), ())
    assert said(three) == ("concerning", "high") and "more than chance gives" in text(three)
    assert three.verdict is not None and three.verdict.reasons[0].rule == "first_event"


def test_16_a_first_event_of_a_count_without_denominators() -> None:
    assert said(review(totals([0.0] * 30 + [1.0]), ())) == ("common_cause", "none")
    assert said(review(totals([0.0] * 30 + [6.0]), ())) == ("concerning", "high")


def test_16_amounts_have_no_first_event() -> None:
    costs = replace(DEFECTS, events=EventSource("stops", measure="cost"))
    found = review(totals([0.0] * 30 + [900.0], kpi=costs), ())
    assert "first_event" not in set(found.signals["rule"])


def test_17_rare_events_too_many_lately_and_none_for_long() -> None:
    often = review(totals([1.0 if day == 20 else 0.0 for day in range(113)] + [1.0] * 5, kpi=HARM), ())
    assert said(often) == ("concerning", "high")
    assert text(often).startswith("Harm 1.0: harms in 5 of the last 7 days, against 1 of 111 before.")
    seldom = review(totals([0.0, 0.0, 1.0] * 20 + [0.0] * 40, kpi=HARM), ())
    assert said(seldom) == ("improving", "low")
    assert text(seldom).startswith("Harm: no harms for 40 days; before that in 20 of 60.")


UPTIME = replace(LATE, name="Uptime", better="higher", numerator="minutes up", denominator="minutes")
OUTAGE = [1440.0] * 60 + [1430.5] + [1440.0] * 60 + [331.2]


@pytest.mark.parametrize(
    ("minutes", "better", "told"),
    [
        (OUTAGE, "higher", True),
        ([*OUTAGE, 1440.0], "higher", False),
        ([*OUTAGE, 1440.0, 331.2], "higher", False),
        ([*OUTAGE, 1440.0, 0.5], "higher", True),
        ([1440.0] * 40 + [1439.5], "higher", True),
        (OUTAGE, "lower", False),
        (OUTAGE, "neither", True),
        ([1440.0] * 11 + [331.2], "higher", True),
        ([1440.0] * 10 + [331.2], "higher", False),
    ],
)
def test_17_one_deep_departure_is_common_cause_and_told(minutes: list[float], better: str, told: bool) -> None:
    """Departures are counted: one of 77 % is no more than one of 99 %. But the reader hears that it was the lowest."""
    found = review(counts(minutes, 1440.0, kpi=replace(UPTIME, better=better)), ())  # type: ignore[arg-type]
    assert found.verdict is not None
    few = len(minutes) < 12
    assert (found.verdict.variation, found.verdict.stance) == (
        ("too_few", "find_cause") if few else ("common_cause", "leave_alone")
    )
    assert ("furthest_departure" in found.verdict.caveats) == told
    assert ("is the lowest of" in text(found)) == text(found).endswith("; leave the process alone.") == told


def test_17_an_outage_in_every_channel_that_says_leave_it_alone() -> None:
    found = review(counts(OUTAGE, 1440.0, kpi=UPTIME), ())
    assert found.verdict is not None
    assert text(found) == (
        "Uptime 23.0 % is the lowest of 122 days; it left 100.0 % in 1 of the last 28, no more often than chance "
        "gives. Look at that day; leave the process alone."
    )
    assert kpi_headline(found.kpi, found.verdict) == "Uptime: look at the last day, leave the process alone."
    said_in_terminal = listing([found]).replace("\n", " ")
    assert "Look at that day" in said_in_terminal and "noise" not in full(found)
    calm = review(counts([*OUTAGE, 1440.0], 1440.0, kpi=UPTIME), ())
    assert calm.verdict is not None and kpi_headline(calm.kpi, calm.verdict) == "Uptime: leave it alone."


def test_16_the_size_of_a_first_count_is_judged_not_told_as_the_largest() -> None:
    """One of 1,000 after none in 60 days: no more than chance gives, by its size."""
    found = review(counts([0.0] * 60 + [1.0], 1000.0), ())
    assert found.verdict is not None and found.verdict.caveats == ("first_event",)
    several = review(totals([0.0] * 30 + [1.0] + [0.0] * 28 + [2.0], kpi=HARM), ())
    assert text(several).startswith("Harm 2.0 is the highest of 60 days; harms came in 1 of the last 28, no more often")


def test_17_a_rare_kind_departs_from_none_of_its_events_however_often_they_come() -> None:
    """Events on two days of three: the most frequent value is 1, the usual one is still 0."""
    found = review(totals([1.0, 1.0, 0.0] * 20, kpi=HARM), ())
    assert kind(found) == "rare" and said(found) == ("common_cause", "none")
    assert text(found).startswith("Harm: no harms in 20 of 60 days.")


# 25 to 32


def test_25_limits_at_the_typical_size_follow_every_sized_chart() -> None:
    assert {"p", "p_prime", "np", "u", "u_prime", "i_prime", "xbar_s"} == SIZED_CHARTS
    found = review(counts([*poisson(59, 8), 1.0], [*BEDS[:59], 30.0], kpi=FALLS), ())
    points = found.points
    low, high, size = limits_at_typical_size(FALLS, points, "u")  # type: ignore[misc]
    centre = points["numerator"].sum() / points["denominator"].sum()
    assert size == median(points["denominator"].tolist()[-12:])
    assert (low, high) == pytest.approx((0.0, centre + 3 * math.sqrt(centre / size)))


def test_29_nothing_over_an_exposure_is_below_3_over_it() -> None:
    """−ln(0.05)/1200 = 2.496 in 1,000; a target of 2 takes −ln(0.05)/0.002 = 1,497.9 bed days."""
    found = review(counts([0.0] * 40, 30.0, kpi=with_target(FALLS, 2.0)), ())
    assert found.verdict is not None and found.verdict.assurance == "too_early"
    assert text(found) == (
        "No falls in 1,200 bed days: the true rate is below 2.5 per 1,000 (95 %). "
        "Showing the target ≤ 2.0 per 1,000 takes 1,498 such bed days."
    )
    reached = review(counts([0.0] * 40, 50.0, kpi=with_target(FALLS, 2.0)), ())
    assert reached.verdict is not None and reached.verdict.assurance == "meets"


def test_29_nothing_counted_in_so_many_periods() -> None:
    """Without denominators the exposure is the number of periods: −ln(0.05)/40 = 0.0749 a day."""
    found = review(totals([0.0] * 40, kpi=with_target(DEFECTS, 0.0)), ())
    assert found.verdict is not None and found.verdict.assurance == "meets"
    assert text(found).startswith("No defects in 40 days: the true rate is below 0.075 (95 %).")
    strict = review(totals([0.0] * 40, kpi=with_target(DEFECTS, 0.05)), ())
    assert strict.verdict is not None and strict.verdict.assurance == "too_early"
    assert "takes 60 such days" in text(strict)


def test_29_all_readings_within_the_limit() -> None:
    """1 − 0.05^(1/4000) = 0.00075 may be outside at most."""
    found = review(shares_within([100.0] * 40, kpi=with_target(IN_TIME, 99.0)), ())
    assert found.verdict is not None and found.verdict.assurance == "meets"
    assert "in all 4,000 readings: the true rate is above 99.925 % (95 %)" in text(found)


def test_28_a_constant_amount_is_compared_with_its_target() -> None:
    found = review(counts([0.0] * 20, 100.0, kpi=with_target(ENERGY, 1.0)), ())
    assert found.verdict is not None and found.verdict.assurance == "meets"
    assert text(found).startswith("Energy per unit has been 0.0 kWh for 20 days.")


@pytest.mark.parametrize(("target", "expected"), [(31.0, "meets"), (30.0, "hit_or_miss"), (29.0, "fails")])
def test_29a_counts_are_added_up_over_the_lead_period(target: float, expected: str) -> None:
    """One harm a day from 2025-01 on: 28 to 31 in a month; 12 closed months with 31, 30 and 28."""
    rare = replace(with_target(HARM, target), lead="month", chart="rare")
    events = [1.0] * 396
    events[5] = 2.0
    found = review(totals(events, kpi=rare, start="2025-01-01"), ())
    assert found.verdict is not None
    months = found.points.groupby(found.points["period"].dt.to_period("M"))["numerator"].sum().tolist()[1:13]
    met = sum(total <= target for total in months)
    assert found.verdict.assurance == ("meets" if met == 12 else "fails" if met == 0 else "hit_or_miss")
    assert (target == 29.0 and met == 1) or found.verdict.assurance == expected


def test_29a_medians_are_compared_period_by_period_and_it_is_said() -> None:
    kpi = with_target(WAIT, 22.0)
    found = review(readings([20.0] * 30 + [21.0, 25.0] + [20.0] * 8, 40, 5.0, kpi=kpi), ())
    assert found.verdict is not None and found.verdict.assurance == "hit_or_miss"
    assert "not_pooled" in found.verdict.caveats and wording.caveat("not_pooled").startswith("each period")
    assert "in 11 of the last 12 days" in text(found)


# Words


@pytest.mark.parametrize(
    ("kpi", "row", "words"),
    [
        (LATE, {"numerator": 38, "denominator": 412}, "38 of 412"),
        (FALLS, {"numerator": 7, "denominator": 1204}, "7 falls in 1,204 bed days"),
        (ENERGY, {"numerator": 5210.5, "denominator": 412}, "5,210.5 kWh in 412 units"),
        (DEFECTS, {"numerator": 7, "denominator": math.nan}, ""),
        (replace(HARM, denominator="operations"), {"numerator": 1, "denominator": 40}, "1 harm in 40 operations"),
        (WAIT, {"size": 312}, "median of 312 readings"),
        (replace(WAIT, statistic="p90"), {"size": 312}, "p90 of 312 readings"),
        (IN_TIME, {"size": 312, "numerator": 290, "denominator": 312}, "290 of 312 readings"),
        (OEE, {"size": 1}, ""),
    ],
)
def test_what_stands_behind_a_value(kpi, row, words) -> None:
    assert wording.behind(kpi, row) == words


# Invariants


@given(st.integers(2, 40), st.integers(0, 1000))
def test_twice_the_exposure_and_twice_the_falls_is_the_same_rate(days: int, seed: int) -> None:
    """Values and centre stay; limits are those of the larger exposure, never wider."""
    events = poisson(days, 8, seed)
    plain = replace(FALLS, chart="u")
    here = review(counts(events, 400.0, kpi=plain), ()).points
    there = review(counts([2 * e for e in events], 800.0, kpi=plain), ()).points
    np.testing.assert_allclose(there["value"], here["value"])
    np.testing.assert_allclose(there["centre"], here["centre"])
    np.testing.assert_allclose(there["standard_error"] * math.sqrt(2), here["standard_error"])


@given(st.lists(st.integers(0, 30), min_size=12, max_size=40))
def test_a_count_and_a_rate_over_one_each_agree(events: list[int]) -> None:
    """c is u with exposures of 1: the same limits, the same variation."""
    same = [float(e) for e in events]
    count = review(totals(same, kpi=replace(DEFECTS, chart="c")), ())
    rate = review(counts(same, 1.0, kpi=replace(FALLS, multiplier=1.0, chart="u")), ())
    assert said(count) == said(rate)
    np.testing.assert_allclose(count.points["upper"], rate.points["upper"])
    np.testing.assert_allclose(count.points["lower"], rate.points["lower"])
