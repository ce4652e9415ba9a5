"""Every kind of KPI through verdict.md 6 to 10: the chart it takes, and what of it is judged. Figures by hand, or by
the textbook formulas in plain Python beside each test."""

from __future__ import annotations

import datetime as dt
import json
import math
from dataclasses import replace
from itertools import pairwise
from statistics import mean

import numpy as np
import pytest

from opsmetrics.catalog import Decision, EventSource, Kpi
from opsmetrics.review import review
from opsmetrics.verdict import wording
from opsmetrics.verdict.as_dict import review_as_dict
from tests.verdict.kinds import BEDS, D2, ORDINARY, kind, poisson, said, text
from tests.verdict.made import (
    DEFECTS,
    ENERGY,
    FALLS,
    IN_TIME,
    LATE,
    WAIT,
    counts,
    decision,
    noise,
    readings,
    totals,
)

# 6 to 8: the chart


@pytest.mark.parametrize(
    ("name", "chart", "code"),
    [
        ("rate", "u", "Chance in counting explains the spread"),
        ("count", "c", "Chance in counting explains the spread"),
        ("ratio", "xmr", "Amounts whose denominators all lie within 25 % of their average."),
        ("median", "xmr", "One figure from the readings of each day"),
        ("p90", "xmr", "One figure from the readings of each day"),
        ("share_within", "xmr", "One figure from the readings of each day"),
        ("rare", "rare", "Defined as rare events"),
        ("derived", "xmr", "Computed from other KPIs"),
    ],
)
def test_6_to_8_the_chart_of_each_kind_and_why(name: str, chart: str, code: str) -> None:
    found = review(ORDINARY[name], ())
    assert kind(found) == chart
    assert found.choice["why"].replace("\u00a0", " ").startswith(code)
    assert wording.chart(chart) == found.choice["kind"]
    json.dumps(review_as_dict(found), allow_nan=False)


@pytest.mark.parametrize("name", ["rate", "count", "ratio", "median", "share_within", "derived"])
def test_6_one_value_throughout_is_constant_whatever_the_kind(name: str) -> None:
    own = ORDINARY[name].kpi
    flat = {"count": totals([4.0] * 20, kpi=own)}.get(name) or (
        counts([20.0] * 20, 100.0, kpi=own)
        if own.counts or name == "share_within"
        else readings([7.0] * 20, 60, 2.0, kpi=own)
    )
    found = review(flat, ())
    assert kind(found) == "constant" and said(found) == ("constant", "none")


def test_7_rates_that_vary_more_than_counting_take_u_prime() -> None:
    """σ_z by the definition with the u standard error √(ū/n)."""
    sizes = [size * 200 for size in BEDS]
    rates = np.random.default_rng(3).normal(0.02, 0.003, 60)
    events = [float(round(rate * size)) for rate, size in zip(rates, sizes, strict=True)]
    found = review(counts(events, sizes, kpi=FALLS), ())
    centre = sum(events) / sum(sizes)
    z = [(e / n - centre) / math.sqrt(centre / n) for e, n in zip(events, sizes, strict=True)]
    sigma_z = mean(abs(a - b) for a, b in pairwise(z)) / D2
    assert kind(found) == "u_prime" and sigma_z > 1 + 1.9 / math.sqrt(59)
    error = math.sqrt(centre / sizes[-1]) * sigma_z
    assert found.points["standard_error"].iloc[-1] == pytest.approx(error, rel=1e-9)


def test_7_counts_that_vary_more_than_counting_take_xmr() -> None:
    values = [float(round(x)) for x in np.random.default_rng(4).uniform(2, 30, 60)]
    found = review(totals(values), ())
    assert kind(found) == "xmr" and "c chart" in found.choice["rejected"]
    reach = 3 * mean(abs(a - b) for a, b in pairwise(values)) / D2
    assert found.points["upper"].iloc[-1] == pytest.approx(mean(values) + reach)
    assert found.points["lower"].iloc[-1] == 0, "no count lies below 0"


@pytest.mark.parametrize(("level", "expected"), [(0.8, "rare"), (2.0, "small"), (8.0, "plain")])
@pytest.mark.parametrize("of", ["count", "rate"])
def test_7_expected_counts_below_1_and_below_5(of: str, level: float, expected: str) -> None:
    """Median of the expected count: below 1 rare, below 5 small numbers. The spread is that of Poisson counts."""
    events = poisson(60, level, seed=11)
    series = totals(events) if of == "count" else counts(events, BEDS, kpi=FALLS)
    found = review(series, ())
    assert found.verdict is not None
    small = "small_numbers" in found.verdict.caveats
    assert (kind(found) == "rare", small) == {"rare": (True, False), "small": (False, True), "plain": (False, False)}[
        expected
    ]
    if expected == "rare":
        assert any("week" in proposal for proposal in found.proposals)


def test_7_small_rates_leave_rule_1_and_the_run_of_8_alone() -> None:
    events = [*poisson(28, 2.0, seed=3), 5.0, 5.0, 5.0]
    series = totals(events, kpi=replace(DEFECTS, operate="month"))
    found = review(series, ())
    zones = found.signals[found.signals["rule"].isin(["two_of_three", "four_of_five"])]
    assert not zones["decides"].any()


@pytest.mark.parametrize(("sizes", "chart"), [((95.0, 105.0), "xmr"), ((50.0, 150.0), "i_prime")])
def test_ratios_follow_denominators_that_differ_by_more_than_a_quarter(sizes: tuple[float, float], chart: str) -> None:
    bottoms = [sizes[day % 2] for day in range(40)]
    found = review(counts(noise(40, centre=200, sd=9), bottoms, kpi=ENERGY), ())
    assert kind(found) == chart and len(found.choice["rejected"])


def test_amounts_are_no_counts() -> None:
    """Minutes and money follow no counting law, nor do fractions."""
    costs = replace(FALLS, events=EventSource("stops", measure="minutes"))
    assert kind(review(counts([90.0 + 7 * (day % 5) for day in range(40)], 400.0, kpi=costs), ())) == "xmr"
    tonnes = [9.5 + 0.25 * (day % 7) for day in range(40)]
    found = review(totals(tonnes), ())
    assert kind(found) == "xmr" and found.choice["why"].startswith("Amounts, not counts")
    varied = counts([x + 0.5 for x in poisson(60, 8)], [n * (1 + day % 2) for day, n in enumerate(BEDS)], kpi=FALLS)
    assert kind(review(varied, ())) == "i_prime"


@pytest.mark.parametrize("kpi", [LATE, FALLS, DEFECTS], ids=lambda kpi: str(kpi.kind))
@pytest.mark.parametrize("excluded", [False, True])
def test_what_no_count_can_be_is_an_amount(kpi: Kpi, excluded: bool) -> None:
    """An older store may hold a ratio that was called a count later: below 0, or more than all."""
    odd = 700.0 if kpi is LATE else -3.0
    numbers = [9.0 + day % 5 for day in range(39)] + [odd]
    series = totals(numbers) if kpi is DEFECTS else counts(numbers, 400.0, kpi=kpi)
    first = series.points["period"].iloc[-1].to_pydatetime()
    given = (Decision(kpi.key, "exclude", start=first, end=first + dt.timedelta(days=1), why="odd"),)
    found = review(series, given if excluded else ())
    assert kind(found) == "xmr" and found.choice["why"].startswith("Amounts, not counts")
    assert found.verdict is not None


# 8: readings too few to be judged


@pytest.mark.parametrize(("statistic", "needed"), [("median", 30), ("p90", 50), ("share_within", 30)])
def test_8_a_statistic_of_too_few_readings_is_drawn_and_not_judged(statistic: str, needed: int) -> None:
    kpi = replace(IN_TIME if statistic == "share_within" else WAIT, statistic=statistic)
    sizes = [float(needed)] * 20 + [needed - 1.0]
    series = readings(noise(21, centre=0.9 if statistic == "share_within" else 20.0, sd=0.01), 1.0, 5.0, kpi=kpi)
    points = series.points.assign(size=sizes)
    found = review(replace(series, points=points), ())
    assert found.points["state"].tolist() == ["judged"] * 20 + ["undefined"]
    assert wording.point_state(found.points.iloc[20]) == "too few readings: drawn, not judged"
    assert found.verdict is not None and found.verdict.n == 20 and not found.points["baseline"].iloc[20]


def test_8_a_mean_is_judged_whatever_its_readings() -> None:
    found = review(readings(noise(20), 2, 1.0), ())
    assert (found.points["state"] == "judged").all()


def test_8_when_no_period_has_readings_enough_the_reason_is_said() -> None:
    assert text(review(readings(noise(20), 12, 1.0, kpi=WAIT), ())).startswith(
        "Median wait has no day of 30 readings or more"
    )


def test_a_pinned_xbar_chart_of_medians_becomes_xmr_with_its_reason() -> None:
    found = review(readings(noise(40), 40, 5.0, kpi=replace(WAIT, chart="xbar_s")), ())
    assert kind(found) == "xmr" and "needs averages" in found.choice["why"]


# 10


def test_10_a_weekday_adjustment_that_would_make_counts_negative_is_refused() -> None:
    busy = [float(20 + 3 * (day % 3) if day % 7 > 4 else 4 + day % 3) for day in range(70)]
    calm = totals(busy)
    accepted = review(calm, [decision(calm, "weekday", 0)])
    assert accepted.verdict is not None and "weekday_adjusted" in accepted.verdict.caveats
    busy[40] = 1.0  # a Saturday, far less than Saturdays have more than other days
    thin = totals(busy)
    refused = review(thin, [decision(thin, "weekday", 0)])
    assert refused.verdict is not None and "weekday_not_adjusted" in refused.verdict.caveats
    assert refused.points["centre"].nunique() == 1
