"""Run rules against naive loops, invariants, and the conventions on ties, lines, gaps, phases and clamped limits."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsmetrics.stats import (
    ANHOEJ,
    NELSON,
    RULE_SETS,
    RULES,
    Rule,
    hits,
    mr_chart,
    p,
    rule,
    run_rules,
    signals,
    xmr,
)
from opsmetrics.stats import layout as layouts
from opsmetrics.stats.hits import SIDES
from tests.stats import naive_rules as naive

NAIVE: dict[str, Callable[[naive.Z, list[int]], naive.Hits]] = {
    "beyond_limits": lambda z, phase: naive.beyond(z, phase, 1, 1, 3.0),
    "two_of_three": lambda z, phase: naive.beyond(z, phase, 2, 3, 2.0),
    "two_of_three_one_side": lambda z, phase: naive.one_side(z, phase, 2, 3, 2.0, np.inf),
    "two_of_three_within_limits": lambda z, phase: naive.one_side(z, phase, 2, 3, 2.0, 3.0),
    "four_of_five": lambda z, phase: naive.beyond(z, phase, 4, 5, 1.0),
    "run_of_6": lambda z, phase: naive.run(z, phase, 6),
    "run_of_7": lambda z, phase: naive.run(z, phase, 7),
    "run_of_8": lambda z, phase: naive.run(z, phase, 8),
    "run_of_9": lambda z, phase: naive.run(z, phase, 9),
    "trend_of_5": lambda z, phase: naive.trend(z, phase, 5),
    "trend_of_6": lambda z, phase: naive.trend(z, phase, 6),
    "trend_of_7": lambda z, phase: naive.trend(z, phase, 7),
    "alternating_14": lambda z, phase: naive.alternating(z, phase, 14),
    "hugging_15": lambda z, phase: naive.hugging(z, phase, 15),
    "outside_8": lambda z, phase: naive.outside(z, phase, 8),
}


def told(frame: pd.DataFrame) -> set[tuple[int, str]]:
    return set(zip(frame["position"].tolist(), frame["side"].tolist(), strict=True))


def series(kind: int) -> tuple[list[float | None], list[int]]:
    """500 values on a grid of quarters, so that many lie on lines and tie; few gaps, four phases; four temperaments."""
    generator = np.random.default_rng([20, kind])
    smooth = np.convolve(generator.standard_normal(520), np.ones(6), "valid")[:500] * 0.6
    sawtooth = np.where(np.arange(500) % 2, 1.0, -1.0) * np.abs(generator.normal(0.8, 0.5, 500))
    quiet, wild = generator.normal(0, 0.45, 500), generator.normal(0, 2.2, 500)
    z = np.round([smooth, sawtooth, quiet, wild][kind] * 4) / 4
    values: list[float | None] = z.tolist()
    for position in generator.integers(0, 500, 6):
        values[position] = None
    return values, np.repeat([1, 2, 3, 4], [100, 11, 240, 149]).tolist()


#: Rules with lengths of one's own, and options.
OWN: dict[str, Callable[[naive.Z, list[int]], naive.Hits]] = {
    "run_of_4": lambda z, phase: naive.run(z, phase, 4),
    "run_of_12": lambda z, phase: naive.run(z, phase, 12),
    "trend_of_3": lambda z, phase: naive.trend(z, phase, 3),
    "trend_of_5_ties_skipped": lambda z, phase: naive.trend_over_ties(z, phase, 5),
    "trend_of_3_ties_skipped": lambda z, phase: naive.trend_over_ties(z, phase, 3),
    "alternating_5": lambda z, phase: naive.alternating(z, phase, 5),
    "hugging_7": lambda z, phase: naive.hugging(z, phase, 7),
    "outside_4": lambda z, phase: naive.outside(z, phase, 4),
    "outside_4_both_sides": lambda z, phase: naive.outside(z, phase, 4, both_sides=True),
    "3_of_4_beyond_1.5": lambda z, phase: naive.beyond(z, phase, 3, 4, 1.5),
    "1_of_1_beyond_2": lambda z, phase: naive.beyond(z, phase, 1, 1, 2.0),
    "3_of_5_beyond_1_one_side": lambda z, phase: naive.one_side(z, phase, 3, 5, 1.0, np.inf),
    "2_of_4_beyond_1_one_side_within_limits": lambda z, phase: naive.one_side(z, phase, 2, 4, 1.0, 3.0),
}


def test_every_rule_has_a_naive_oracle() -> None:
    assert set(NAIVE) == set(RULES)


@pytest.mark.parametrize("rule", [*NAIVE, *OWN])
def test_rule_against_its_naive_loop(rule: str) -> None:
    total = 0
    for kind in range(4):
        z, phase = series(kind)
        expected = (NAIVE | OWN)[rule](z, phase)
        assert told(run_rules(z, rules=[rule], phase=phase)) == expected
        total += len(expected)
    assert total > 0


def test_members_and_lengths_name_the_pattern() -> None:
    found = run_rules([0.5, 2.25, 0, 2.5, 1.25, 1.5, 0.5, 0.5, 0.25, 3.5], rules="western_electric")
    rows = found[["position", "rule", "side", "members", "length"]].to_numpy().tolist()
    assert rows == [
        [3, "two_of_three", "high", (1, 3), 2],
        [5, "four_of_five", "high", (1, 3, 4, 5), 4],
        [9, "beyond_limits", "high", (9,), 1],
    ]
    run = run_rules([1.0] * 11, rules=["run_of_9"])
    assert run["members"].tolist()[-1] == tuple(range(2, 11))
    assert run["length"].tolist() == [9, 10, 11]


def test_several_rules_on_one_point_are_all_kept_in_the_order_asked() -> None:
    found = run_rules([2.5, 2.5, 3.5], rules=["two_of_three", "beyond_limits"])
    assert found["rule"].tolist() == ["two_of_three", "beyond_limits"]
    assert found["position"].tolist() == [2, 2]


def test_a_value_on_a_line_is_not_beyond_it() -> None:
    """Case rules_boundary_3sigma: 3 and 3 + 1e-10 are on the limit."""
    assert run_rules([3, -3, 3 + 1e-10, 3 - 1e-10], rules="rule_1").empty
    assert run_rules([3 + 1e-8], rules="rule_1")["position"].tolist() == [0]
    assert run_rules([1.0] * 15, rules=["hugging_15", "outside_8"])["rule"].tolist() == ["hugging_15"]


def test_each_point_is_measured_by_its_own_standard_error() -> None:
    """0.30 of 400 is beyond 2 of its own errors, 0.30 of 50 is not: judging the window by its last point differs."""
    sizes = [400] * 10 + [50, 400, 50]
    counts = [80] * 10 + [15, 80, 15]
    chart = p(counts, sizes, baseline=range(10))
    z = ((chart.points["value"] - chart.points["centre"]) / chart.points["standard_error"]).to_numpy()
    assert z[[10, 12]] == pytest.approx([0.1 / np.sqrt(0.16 / 50)] * 2)
    assert signals(chart, ["two_of_three"]).empty
    large = p([80] * 10 + [120, 80, 120], [400] * 13, baseline=range(10))
    assert signals(large, ["two_of_three"])["position"].tolist() == [12]


def test_zones_use_the_unclamped_error() -> None:
    """p̄ = 0.1 of 9: the lower limit is clamped at 0, one standard error is still 0.1."""
    chart = p([1, 1, 0, 2, 1, 0, 2, 1, 1] * 2, [9] * 18)
    error = chart.points["standard_error"][0]
    assert error == pytest.approx(np.sqrt((1 / 9) * (8 / 9) / 9))
    assert signals(chart, ["two_of_three", "outside_8"]).empty


def test_rounding_noise_is_no_pattern() -> None:
    """0.3 and 0.1 + 0.2 differ in the last bit: no alternation, no trend, no run."""
    assert signals(xmr([0.3, 0.1 + 0.2] * 15), "nelson").empty


def test_moving_ranges_are_judged_by_rule_1_unless_asked_otherwise() -> None:
    chart = mr_chart([0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50])
    assert set(signals(chart, "nelson")["rule"]) <= {"beyond_limits"}
    assert "run_of_9" in run_rules(chart, rules="nelson")["rule"].tolist()


def test_excluded_points_stay_in_the_patterns() -> None:
    values = [0.0, 1, -1, 1, -1, 0, 1, -1] + [2.0] * 8
    chart = xmr(values, exclude=[10])
    assert signals(chart, ["run_of_8"])["position"].tolist() == [15]


def test_rule_sets() -> None:
    assert RULE_SETS["daily"] == ("beyond_limits", "run_of_8")
    assert RULE_SETS["western_electric"] == ("beyond_limits", "two_of_three", "four_of_five", "run_of_8")
    assert len(RULE_SETS["nelson"]) == 8
    for names in RULE_SETS.values():
        assert set(names) <= {*RULES, *ANHOEJ}


def test_unknown_rules_and_double_phases_are_refused() -> None:
    with pytest.raises(ValueError, match="rules: found the set 'westgard'; wanted one of rule_1"):
        run_rules([0.0], rules="westgard")
    with pytest.raises(ValueError, match=r"rules: found 'run_of_ten'; wanted ids among .*, or run_of_N"):
        run_rules([0.0], rules=["run_of_ten"])
    with pytest.raises(ValueError, match="a chart brings its own phases"):
        run_rules(xmr([1.0, 2.0]), phase=["a", "a"])


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("run_of_1", "found 1 points; wanted 2 to 100 for this pattern (in 'run_of_1')"),
        ("trend_of_2", "found 2 points; wanted 3 to 100"),
        ("hugging_101", "found 101 points; wanted 2 to 100"),
        ("4_of_3_beyond_2", "found 4 of 3 points; wanted no more than the window"),
        ("2_of_3_beyond_6.5", "found 6.5 standard errors; wanted 0 to 6"),
        ("2_of_3_beyond_2.0", "found '2_of_3_beyond_2.0'; wanted ids among"),
    ],
)
def test_lengths_that_nothing_could_complete_are_refused(name: str, sentence: str) -> None:
    with pytest.raises(ValueError, match=re.escape(sentence)):
        run_rules([0.0], rules=[name])
    with pytest.raises(ValueError, match="found 2 of 3 points; wanted all of them for this pattern"):
        Rule("run", 3, 2)


@pytest.mark.parametrize("name", [*RULES, *OWN])
def test_a_rule_is_found_by_its_name_and_told_by_it(name: str) -> None:
    assert rule(name).name == name
    assert run_rules([9.0] * 15, rules=[rule(name)]).equals(run_rules([9.0] * 15, rules=[name]))


def test_a_usual_rule_spelled_by_its_lengths_is_told_by_its_usual_name() -> None:
    found = run_rules([2.5] * 3, rules=["2_of_3_beyond_2", "two_of_three"])
    assert found["rule"].tolist() == ["two_of_three"]


def test_ties_break_a_trend_or_are_passed_over() -> None:
    """Case rules_trend_ties; NHS guidance: equal neighbours neither help nor cancel."""
    z = [0.0, 0.1, 0.2, 0.2, 0.3, 0.3, 0.4, 0.5]
    assert run_rules(z, rules=["trend_of_5"]).empty
    found = run_rules(z, rules=["trend_of_5_ties_skipped"])
    assert found["position"].tolist() == [6, 7] and found["length"].tolist() == [5, 6]
    assert found["members"].tolist() == [(0, 1, 2, 4, 6), (1, 2, 4, 6, 7)]


def test_the_two_of_three_of_the_nhs() -> None:
    """Beyond the limits counts as announced, not as its tools judge; a point across the centre spoils the window."""
    z = [2.5, 0.5, 3.5, 0.1, 2.5, 2.6, 0.4, -0.2, 2.5, 2.5]
    usual, announced = (run_rules(z, rules=[name]) for name in ("two_of_three_within_limits", "two_of_three_one_side"))
    assert usual["position"].tolist() == [5, 6] and usual["members"].tolist() == [(4, 5), (4, 5)]
    assert announced["position"].tolist() == [2, 4, 5, 6]
    assert announced["members"].tolist()[:2] == [(0, 2), (2, 4)]


def test_anhoej_s_tests_are_judged_about_any_centre_line() -> None:
    chart = xmr([1.0] * 12 + [3.0] * 12)
    found = signals(chart, "anhoej")
    assert set(found["rule"]) == set(ANHOEJ) and found["position"].iloc[-1] == 23
    both = signals(chart, [*ANHOEJ, "run_of_12"])
    at_11 = both[both["position"] == 11]
    assert at_11["rule"].tolist() == ["long_run", "run_of_12"], "in the order asked"
    with pytest.raises(ValueError, match="a test of run charts for plain values"):
        run_rules([1.0], rules="anhoej")


@pytest.mark.parametrize("kind", range(4))
def test_columns_of_hits_say_what_the_table_says(kind: int) -> None:
    z, phase = series(kind)
    rules = [rule(name) for name in (*RULES, *OWN)]
    found, table = hits(z, rules, phase), run_rules(z, rules=rules, phase=phase)
    names = list(found.rules)
    assert [names[place] for place in found.rule] == table["rule"].tolist()
    assert [SIDES[side] for side in found.side.tolist()] == table["side"].tolist()
    assert found.position.tolist() == table["position"].tolist() and found.length.tolist() == table["length"].tolist()
    assert found.start.tolist() == [min(members) for members in table["members"]]
    assert found.end.tolist() == [max(members) for members in table["members"]]


def test_a_long_series_is_judged_like_its_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks overlap: where they are cut makes no difference, with patterns, gaps and phases across the cuts."""
    z = [value for kind in range(4) for value in series(kind)[0]]
    phase = np.repeat([1, 2, 3], [777, 3, 1220])
    rules = [rule(name) for name in (*RULES, *OWN)]
    whole = hits(z, rules, phase).table()
    for size in (16, 50, 333):
        monkeypatch.setattr(layouts, "BLOCK", size)
        pd.testing.assert_frame_equal(hits(z, rules, phase).table(), whole)


def test_sums_by_blocks_are_those_of_a_short_series() -> None:
    """A chart of 5,000 points takes its limits from sums by blocks; with a phase label for each point it does not."""
    values = np.random.default_rng(7).normal(1e6, 3, 5000)
    fast, slow = xmr(values), xmr(np.append(values, values[-1]), phase=[0] * 5000 + [1])
    for column in ("centre", "lower", "upper"):
        assert fast.points[column][0] == pytest.approx(slow.points[column][0], rel=1e-14)
    found = hits(fast, [rule(name) for name in NELSON])
    pd.testing.assert_frame_equal(found.table(), signals(slow, "nelson"))


def test_an_empty_answer_has_the_columns_and_types_of_a_full_one() -> None:
    empty, full = run_rules([], rules="nelson"), run_rules([9.0], rules="nelson")
    assert empty.dtypes.tolist() == full.dtypes.tolist()
    assert list(empty) == list(full) == ["position", "rule", "side", "members", "length"]


eighths = st.lists(st.integers(-80, 80).map(lambda number: number / 8), min_size=2, max_size=40)


@settings(max_examples=80, deadline=None)
@given(eighths, st.sampled_from([0.5, -37.0, 4096.0, 1e9, -1e9]))
def test_adding_a_constant_moves_the_limits_and_leaves_the_signals(values: list[float], constant: float) -> None:
    near, far = xmr(values), xmr([value + constant for value in values])
    for column in ("centre", "lower", "upper"):
        assert far.points[column].to_numpy() - constant == pytest.approx(near.points[column].to_numpy(), abs=2e-6)
    pd.testing.assert_frame_equal(signals(far, "nelson"), signals(near, "nelson"))


@settings(max_examples=80, deadline=None)
@given(eighths)
def test_negating_swaps_the_sides(values: list[float]) -> None:
    up, down = signals(xmr(values), "nelson"), signals(xmr([-value for value in values]), "nelson")
    swapped = up.assign(side=up["side"].map({"high": "low", "low": "high", "none": "none"}))
    pd.testing.assert_frame_equal(swapped, down, check_dtype=False)


@settings(max_examples=60, deadline=None)
@given(eighths, st.sampled_from([0.25, 2.0, 1024.0]))
def test_scaling_leaves_the_signals(values: list[float], factor: float) -> None:
    scaled = signals(xmr([value * factor for value in values]), "nelson")
    pd.testing.assert_frame_equal(scaled, signals(xmr(values), "nelson"))


#: Patterns that read the same from both ends; the completing point of a zone of k of m must itself be beyond.
REVERSIBLE = (
    "run_of_6",
    "run_of_9",
    "trend_of_5",
    "alternating_5",
    "hugging_7",
    "outside_4",
    "trend_of_3_ties_skipped",
)


@settings(max_examples=80, deadline=None)
@given(eighths, st.sampled_from(REVERSIBLE))
def test_reading_backwards_finds_the_same_patterns(values: list[float], name: str) -> None:
    z, last = [value / 4 for value in values], len(values) - 1
    forth, back = run_rules(z, rules=[name]), run_rules(z[::-1], rules=[name])
    turned = {"high": "low", "low": "high", "none": "none"} if "trend" in name else {s: s for s in SIDES.values()}
    windows = {(len(m), z[m[0]], z[m[-1]], side) for m, side in zip(forth["members"], forth["side"], strict=True)}
    mirrored = {
        (len(m), z[last - m[-1]], z[last - m[0]], turned[s]) for m, s in zip(back["members"], back["side"], strict=True)
    }
    assert windows == mirrored and len(forth) == len(back)


@pytest.mark.parametrize("names", [*RULE_SETS, [*OWN]], ids=str)
def test_one_point_or_only_gaps_are_no_pattern(names: str) -> None:
    for values in ([], [5.0], [None] * 30):
        assert signals(xmr(values), names).empty


@settings(max_examples=40, deadline=None)
@given(st.floats(-1e12, 1e12, allow_nan=False), st.integers(1, 40))
def test_a_flat_series_never_signals(value: float, n: int) -> None:
    assert signals(xmr([value] * n), "nelson").empty


@settings(max_examples=60, deadline=None)
@given(eighths, eighths)
def test_a_second_phase_never_changes_the_first(first: list[float], second: list[float]) -> None:
    phase = [0] * len(first) + [1] * len(second)
    both, alone = signals(xmr(first + second, phase=phase), "nelson"), signals(xmr(first), "nelson")
    pd.testing.assert_frame_equal(both[both["position"] < len(first)].reset_index(drop=True), alone)
