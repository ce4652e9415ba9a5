"""Which chart (verdict.md 6–10). σ_z by the definition, on plain lists; U(n) = 1 + 1.9/√(n−1) as written there."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest

from opsmetrics.review import review
from opsmetrics.verdict.chart_choice import choose
from opsmetrics.verdict.judged import judge_periods
from opsmetrics.verdict.measures import measure
from tests.verdict.made import HARM, LATE, SPEED, WEIGHT, binomial, counts, decision, noise, readings, totals


def choice(series, kpi=None):
    """The choice on all points of a series."""
    measures = measure(series, judge_periods(series, ()))
    return choose(kpi or series.kpi, series.grain, measures)


def naive_sigma_z(events: list[float], size: float) -> float:
    rate = sum(events) / (size * len(events))
    z = [(e / size - rate) / math.sqrt(rate * (1 - rate) / size) for e in events]
    return sum(abs(b - a) for a, b in itertools.pairwise(z)) / (len(z) - 1) / (2 / math.sqrt(math.pi))


# 6


def test_6_all_judged_values_equal_is_constant() -> None:
    assert choice(counts([5] * 20)).kind == "constant"
    assert choice(counts([0] * 20)).kind == "constant"
    assert choice(readings([7.25] * 20)).kind == "constant"


def test_6_rounding_is_no_variation() -> None:
    """0.1 summed ten ways: the values differ in the last digits only (spc.md, defects of the peers)."""
    wobbly = [sum([0.1] * 10) / 10, 0.1, 1 - 0.9] * 6
    assert len(set(wobbly)) > 1
    assert choice(readings(wobbly)).kind == "constant"


@pytest.mark.parametrize(("usual", "kind"), [(10, "rare"), (9, "xmr")])
def test_6_half_of_the_values_equal_is_rare(usual: int, kind: str) -> None:
    found = choice(readings([100.0] * usual + noise(20 - usual)))
    assert found.kind == kind
    if kind == "rare":
        assert found.code == "mostly_equal"
        assert found.values["share"] == 0.5 and found.values["usual"] == 100.0 and found.values["n"] == 20
        assert found.values["rejected"] == "xmr"


def test_6_one_of_two_values_is_not_mostly_equal() -> None:
    """Half of two, two of three: a value has to come three times before it is the usual one."""
    assert choice(readings([7.0, 8.0])).kind == "xmr"
    assert choice(readings([7.0, 8.0, 7.0])).kind == "xmr"
    assert choice(readings([7.0, 8.0, 7.0, 7.0])).kind == "rare"


@pytest.mark.parametrize("kpi", [LATE, HARM])
def test_6_a_baseline_without_an_event_is_not_blind_to_later_ones(kpi) -> None:
    """40 days without an event are locked; then come six in a week, day after day."""
    events = [0.0] * 40 + [0.0, 1.0] + [1.0] * 6
    series = counts(events, 20.0) if kpi is LATE else totals(events, kpi=kpi)
    found = review(series, (decision(series, "lock", 0, 39),))
    assert found.chart is not None and found.chart.kind == "rare"
    assert found.verdict is not None and found.verdict.variation == "concerning"
    assert found.verdict.reasons[0].rule == "departures"


def test_6_a_constant_baseline_keeps_its_line() -> None:
    """Readings that stood still while they were locked: most have moved since, and each that has is beyond."""
    series = readings([7.0] * 20 + [7.0 + 0.1 * step for step in range(1, 31)], kpi=SPEED)
    found = review(series, (decision(series, "lock", 0, 19),))
    assert found.chart is not None and found.chart.kind == "xmr"
    assert found.verdict is not None and (found.verdict.centre, found.verdict.upper) == (7.0, 7.0)
    assert found.verdict.variation == "improving" and found.verdict.episode is not None
    assert found.verdict.episode.start == 20


def test_7_shares_of_amounts_are_no_counts() -> None:
    """Tonnes of tonnes: in kilograms the same figures would be a thousand times as many trials."""
    share = noise(40, centre=0.05, sd=0.005)
    tonnes = [1.1 + 0.01 * (day % 5) for day in range(40)]
    scrap = [part * whole for part, whole in zip(share, tonnes, strict=True)]
    by_tonne = review(counts(scrap, tonnes), ())
    by_kilo = review(counts([1000 * t for t in scrap], [1000 * t for t in tonnes]), ())
    assert by_tonne.chart is not None and by_kilo.chart is not None
    assert by_tonne.chart.kind == by_kilo.chart.kind == "xmr"
    assert by_tonne.points["upper"].to_numpy() == pytest.approx(by_kilo.points["upper"].to_numpy())
    whole = review(counts([round(1000 * t) for t in scrap], [1000.0] * 40), ())
    assert whole.chart is not None and whole.chart.kind.startswith("p")


def test_6_a_rare_chart_has_no_limits_and_no_rules() -> None:
    series = readings([100.0] * 30 + noise(12, centre=90.0))
    found = review(series, ())
    assert found.chart is not None and found.chart.kind == "rare"
    assert found.points[["lower", "upper", "standard_error"]].isna().all(axis=None)
    assert set(found.signals["rule"]) <= {"departures", "gap", "first_event"}


# 7


def test_7_counting_noise_alone_takes_the_p_chart() -> None:
    events = binomial(60, 0.1, 500)
    found = choice(counts(events, 500))
    assert found.values["sigma_z"] == pytest.approx(naive_sigma_z(events, 500), rel=1e-9)
    assert found.values["limit"] == pytest.approx(1 + 1.9 / math.sqrt(59))
    assert found.values["sigma_z"] <= found.values["limit"]
    assert (found.kind, found.code, found.values["rejected"]) == ("p", "counting_noise", "p_prime")


def test_7_more_than_counting_noise_takes_p_prime() -> None:
    rates = np.random.default_rng(3).normal(0.1, 0.01, 60)
    events = [float(round(50_000 * rate)) for rate in rates]
    found = choice(counts(events, 50_000))
    assert found.values["sigma_z"] == pytest.approx(naive_sigma_z(events, 50_000), rel=1e-9)
    assert found.values["sigma_z"] > found.values["limit"]
    assert (found.kind, found.code, found.values["rejected"]) == ("p_prime", "overdispersed", "p")


def test_7_less_than_counting_noise_never_narrows_the_limits() -> None:
    found = choice(counts([49.0, 50.0, 51.0] * 14, 500))
    assert found.values["sigma_z"] < 1 and found.kind == "p"


@pytest.mark.parametrize(
    ("events", "size", "code", "small"),
    [
        ([0, 1, 2, 0, 1, 2, 0, 1, 2, 0], 9, "small_counts", False),  # 0.9 expected
        ([0, 1, 3, 0, 1, 2, 0, 1, 3, 1], 12, "counting_noise", True),  # 1.2 expected
        ([4, 6, 5, 7, 6, 8, 5, 6, 7, 6], 60, "counting_noise", False),  # 6 expected
    ],
)
def test_7_typical_expected_counts_below_1_and_below_5(events: list[float], size: int, code: str, small: bool) -> None:
    found = choice(counts(events, size))
    assert (found.code, found.small_numbers) == (code, small)
    if code == "small_counts":
        assert found.kind == "rare" and found.values["expected"] == pytest.approx(0.9)


def test_7_below_one_expected_is_rare_and_a_coarser_grain_is_proposed() -> None:
    series = counts([0, 1, 0, 1, 2, 0, 1, 1, 0, 2, 0, 1, 0, 1, 1, 0], [8, 9, 10, 11] * 4, kpi=replace(LATE, lead=None))
    found = review(series, ())
    assert found.chart is not None and found.chart.kind == "rare"
    assert any("week" in text for text in found.proposals)


def test_7_small_numbers_leave_rule_1_and_the_run_of_8() -> None:
    """A monthly chart would use Western Electric; with 2 expected per month its zones are silent."""
    series = counts([2, 1, 3, 2, 2, 1, 3, 2, 1, 2, 3, 2, 2, 7, 7], 50, kpi=replace(LATE, operate="month"))
    found = review(series, ())
    assert found.verdict is not None and "small_numbers" in found.verdict.caveats
    zones = found.signals[found.signals["rule"].isin(["two_of_three", "four_of_five"])]
    assert len(zones) and not zones["decides"].any()


@pytest.mark.parametrize(("rules", "decide"), [("ihi", {"beyond_limits", "run_of_8"}), ("aiag", {"beyond_limits"})])
def test_7_small_numbers_leave_something_of_every_set(rules: str, decide: set[str]) -> None:
    """IHI's run of 6 and trend of 5 are silent, and nothing would be left: the two rules of the line decide. AIAG keeps
    its own run, of 7."""
    series = counts([2, 1, 3, 2, 2, 1, 3, 2, 1, 2, 3, 2, 3, 4, 3, 4, 5, 4, 3, 9], 50, kpi=replace(LATE, rules=(rules,)))
    found = review(series, ())
    assert found.verdict is not None and "small_numbers" in found.verdict.caveats
    assert found.verdict.variation == "concerning"
    decided = set(found.signals[found.signals["decides"]]["rule"])
    assert decided - {"run_of_7"} == decide and ("run_of_7" in decided) == (rules == "aiag")


# 8


def test_8_readings_that_explain_their_means_take_xbar_s() -> None:
    """Means of 25 normal readings with s = 5 vary by 1: the definition's own case."""
    found = choice(readings(noise(60, sd=1.0), 25, 5.0))
    assert (found.kind, found.code, found.values["rejected"]) == ("xbar_s", "within_explains", "xmr")


def test_8_means_that_vary_more_take_xmr_with_the_s_chart_beneath() -> None:
    series = readings(noise(60, sd=4.0), 25, list(np.random.default_rng(2).uniform(4, 6, 60)))
    found = review(series, ())
    assert found.chart is not None and found.chart.kind == "xmr"
    assert found.chart.spread is not None and found.chart.spread.kind == "s"
    assert choice(series).values["sigma_z"] == pytest.approx(4.0, rel=0.25)


def test_8_single_readings_take_xmr_with_the_moving_range_beneath() -> None:
    found = review(readings(noise(30)), ())
    assert found.chart is not None and found.chart.kind == "xmr"
    assert found.chart.spread is not None and found.chart.spread.kind == "mr"
    assert choice(readings(noise(30))).code == "single_readings"


def test_8_readings_that_never_differ_within_a_period_explain_nothing() -> None:
    found = choice(readings(noise(30), 5, 0.0))
    assert (found.kind, found.code) == ("xmr", "between")


# Fewest points, a pinned chart, phases


def test_one_point_is_too_few_for_a_choice() -> None:
    assert (choice(counts([5])).kind, choice(counts([5])).code) == ("p", "too_few")
    assert choice(readings([5.0])).kind == "xmr"


def test_a_chart_pinned_in_the_catalogue_wins_and_names_the_automatic_one() -> None:
    events = [float(round(50_000 * rate)) for rate in np.random.default_rng(3).normal(0.1, 0.01, 60)]
    series = counts(events, 50_000, kpi=replace(LATE, chart="p"))
    found = review(series, ())
    assert found.chart is not None and found.chart.kind == "p"
    assert found.choice["why"] == "Chosen in the catalogue."
    assert "p′ chart" in found.choice["rejected"]


def test_a_pinned_chart_that_is_also_the_automatic_one_rejects_nothing() -> None:
    found = choice(counts(binomial(60, 0.1, 500), 500, kpi=replace(LATE, chart="p")))
    assert found.kind == "p" and "automatic" not in found.values


def test_a_chart_that_does_not_fit_the_kind_is_refused_with_what_would() -> None:
    with pytest.raises(ValueError, match="found 'p'; wanted"):
        review(readings(noise(20), kpi=replace(WEIGHT, chart="p")), ())


def test_the_kind_is_the_same_in_all_phases_and_survives_a_restart() -> None:
    rates = np.random.default_rng(3).normal(0.1, 0.01, 60)
    series = counts([float(round(50_000 * rate)) for rate in rates], 50_000)
    found = review(series, [decision(series, "phase", 57)])
    assert found.chart is not None and found.chart.kind == "p_prime"


def test_gaps_drop_both_moving_ranges_of_the_choice() -> None:
    """Authority: the chart's own moving ranges on the two parts, pooled by hand."""
    events = binomial(30, 0.1, 500)
    rate = sum(events) / 500 / 30
    z = [(e / 500 - rate) / math.sqrt(rate * (1 - rate) / 500) for e in events]
    ranges = [abs(b - a) for part in (z[:15], z[15:]) for a, b in itertools.pairwise(part)]
    found = choice(counts([*events[:15], None, *events[15:]], 500))
    assert found.values["sigma_z"] == pytest.approx(sum(ranges) / len(ranges) / (2 / math.sqrt(math.pi)), rel=1e-9)


# 10


def weekly(weeks: int, weekend: float, sd: float = 1.0) -> list[float]:
    """Days from a Monday on; Saturdays and Sundays lie apart."""
    base = noise(7 * weeks, sd=sd)
    return [x + (weekend if day % 7 > 4 else 0.0) for day, x in enumerate(base)]


def test_10_weekday_limits_are_proposed_where_weekdays_explain_a_fifth() -> None:
    found = review(readings(weekly(10, 8.0), kpi=SPEED), ())
    assert any("day of the week" in text for text in found.proposals)
    assert not any("day of the week" in text for text in review(readings(weekly(10, 0.0), kpi=SPEED), ()).proposals)


def test_10_seven_weeks_are_not_enough() -> None:
    found = review(readings(weekly(7, 8.0), kpi=SPEED), ())
    assert not any("day of the week" in text for text in found.proposals)


def test_10_nothing_is_proposed_at_a_coarser_grain() -> None:
    found = review(readings(weekly(10, 8.0), kpi=replace(SPEED, operate="week")), ())
    assert not any("day of the week" in text for text in found.proposals)


def test_10_accepted_limits_follow_the_weekday_and_are_as_wide_as_without_it() -> None:
    """Authority: the same series before the weekend offset was added, charted without the decision. The offsets are
    medians, so they differ from the true 8.0 by sampling only."""
    plain = review(readings(weekly(30, 0.0), kpi=SPEED), ())
    series = readings(weekly(30, 8.0), kpi=SPEED)
    found = review(series, [decision(series, "weekday", 0)])
    assert found.verdict is not None and "weekday_adjusted" in found.verdict.caveats
    points, days = found.points, np.arange(210) % 7
    assert points["value"].tolist() == series.points["value"].tolist()
    gap = points["centre"][days > 4].mean() - points["centre"][days < 5].mean()
    assert gap == pytest.approx(8.0, abs=0.5)
    assert points["standard_error"].iloc[0] == pytest.approx(plain.points["standard_error"].iloc[0], rel=0.05)
    assert (points["upper"] - points["centre"] - 3 * points["standard_error"]).abs().max() < 1e-9
    unadjusted = review(series, ())
    assert unadjusted.points["standard_error"].iloc[0] > 1.5 * points["standard_error"].iloc[0]


def test_10_accepted_limits_of_a_proportion_keep_to_its_bounds_or_are_not_adjusted() -> None:
    busy = [60.0 + (60 if day % 7 > 4 else 0) + shake for day, shake in enumerate(binomial(70, 0.5, 20))]
    series = counts(busy, 500)
    found = review(series, [decision(series, "weekday", 0)])
    assert found.verdict is not None and "weekday_adjusted" in found.verdict.caveats
    assert found.points["upper"].iloc[5] > found.points["upper"].iloc[4] + 0.05
    busy[40] = 0.0  # a Saturday; less the Saturdays' offset it would be a negative count
    series = counts(busy, 500)
    found = review(series, [decision(series, "weekday", 0)])
    assert found.verdict is not None and "weekday_not_adjusted" in found.verdict.caveats
    assert found.points["upper"].nunique() == 1


def test_10_a_level_far_from_its_bounds_shifts_no_sums() -> None:
    """Invariant: adding a constant to all readings moves centre and limits by it, adjusted or not."""
    values = weekly(10, 8.0)
    series, moved = readings(values, kpi=SPEED), readings([x + 1000 for x in values], kpi=SPEED)
    here, there = (review(s, [decision(s, "weekday", 0)]).points["upper"] for s in (series, moved))
    assert (there - here).to_numpy() == pytest.approx(np.full(70, 1000.0), abs=1e-6)
