"""Rankings against naive sums, leaders against scipy 1.17.1, and invariants that hold for any amounts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from opsmetrics.stats.pareto import (
    OTHER,
    binomial_two_sided,
    dispersion,
    effective_events,
    leaders_differ,
    no_leader,
    pareto,
)

NAMES = ["Short shot", "Flash", "Sink mark", "Burn mark", "Warp", "Weld line", "Colour", "Scratch", "Splay", "A", "B"]
COUNTS = [452, 281, 179, 112, 84, 61, 44, 33, 22, 9, 7]

named_amounts = st.lists(
    st.tuples(st.text(max_size=4), st.integers(0, 5000).map(float) | st.floats(0, 1e6)), min_size=1, max_size=30
)


def naive(pairs: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """The oracle: add up by name, sort by size and name, leave out zeros."""
    summed: dict[str, float] = {}
    for name, amount in pairs:
        summed[name] = summed.get(name, 0.0) + amount
    return sorted(((n, a) for n, a in summed.items() if a > 0), key=lambda pair: (-pair[1], pair[0]))


def test_shares_and_the_vital_few_by_hand() -> None:
    """Total 1284: running 452, 733, 912, 1024 (79.75 %), 1108 (86.3 %): the fifth crosses the line and is included."""
    found = pareto(NAMES, COUNTS, keep=9)
    assert (found.total, found.categories, found.vital) == (1284, 11, 5)
    assert found.vital_share == pytest.approx(1108 / 1284)
    assert list(found.table["name"]) == [*NAMES[:9], OTHER]
    assert list(found.table["vital"]) == [True] * 5 + [False] * 5
    assert found.table["amount"].iloc[-1] == 16
    assert list(found.members["name"]) == ["A", "B"]
    np.testing.assert_allclose(found.table["running"].iloc[:9], np.cumsum(COUNTS[:9]) / 1284)


def test_a_category_that_reaches_the_line_exactly_ends_the_few() -> None:
    assert pareto(["a", "b", "c"], [6, 2, 2]).vital == 2
    assert pareto(["a", "b", "c"], [1, 1, 8], line=0.8).vital == 1


@given(named_amounts, st.integers(1, 12))
def test_the_ranking_is_the_naive_one_and_shares_add_up(pairs: list[tuple[str, float]], keep: int) -> None:
    wanted = naive(pairs)
    found = pareto([name for name, _ in pairs], [amount for _, amount in pairs], keep=keep)
    whole = found.ranking
    assert len(whole) == len(wanted)
    assert dict(zip(whole["name"], whole["amount"], strict=True)) == pytest.approx(dict(wanted))
    assert whole["amount"].is_monotonic_decreasing
    assert found.total == pytest.approx(sum(amount for _, amount in wanted))
    if wanted:
        assert found.table["share"].sum() == pytest.approx(1)
        assert found.table["running"].is_monotonic_increasing
        assert found.table["running"].iloc[-1] == 1
        assert found.table["amount"].sum() == pytest.approx(found.total), "collapsing keeps the total"


@given(named_amounts, st.randoms())
def test_the_order_of_the_rows_is_ignored(pairs: list[tuple[str, float]], chance: object) -> None:
    shuffled = list(pairs)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    one, two = (
        pareto([name for name, _ in rows], [amount for _, amount in rows], keep=5) for rows in (pairs, shuffled)
    )
    pd.testing.assert_frame_equal(one.table, two.table)
    pd.testing.assert_frame_equal(one.members, two.members)


@given(named_amounts, st.integers(1, 12))
def test_collapsing_changes_no_verdict(pairs: list[tuple[str, float]], keep: int) -> None:
    names, amounts = [name for name, _ in pairs], [amount for _, amount in pairs]
    whole, collapsed = pareto(names, amounts), pareto(names, amounts, keep=keep)
    assert (whole.vital, whole.vital_share, whole.categories) == (
        collapsed.vital, collapsed.vital_share, collapsed.categories,
    )  # fmt: skip
    pd.testing.assert_frame_equal(whole.table, collapsed.ranking)


@given(named_amounts)
def test_the_vital_few_are_as_few_as_can_reach_the_line(pairs: list[tuple[str, float]]) -> None:
    found = pareto([name for name, _ in pairs], [amount for _, amount in pairs])
    if found.vital:
        assert found.vital_share >= 0.8 - 1e-9
        assert found.vital == 1 or found.table["running"].iloc[found.vital - 2] < 0.8


def test_one_more_than_kept_is_shown_itself() -> None:
    assert not pareto(["a", "b", "c"], [3, 2, 1], keep=2).table["other"].any()
    assert pareto(["a", "b", "c", "d"], [4, 3, 2, 1], keep=2).table["other"].sum() == 1


def test_what_holds_nothing_is_left_out_with_a_word() -> None:
    found = pareto(["a", "b", "credit"], [5, 0, -3])
    assert list(found.table["name"]) == ["a"]
    assert found.warnings == (
        "1 of 3 categories hold nothing and are left out.",
        "'credit' is below zero (-3) and is left out of the shares.",
    )
    nothing = pareto([], [])
    assert (nothing.total, nothing.categories, nothing.vital, len(nothing.table)) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((["a"], [1, 2]), "found 1 names and 2 amounts"),
        ((["a"], [None]), "none for 'a'"),
        ((["a"], [float("inf")]), "infinite"),
    ],
)
def test_what_cannot_be_ranked(arguments: tuple[list[str], list[float]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        pareto(*arguments)
    with pytest.raises(ValueError, match="line: found 0"):
        pareto(["a"], [1], line=0)
    with pytest.raises(ValueError, match="keep: found 0"):
        pareto(["a"], [1], keep=0)


# Do the leaders differ?


@given(st.integers(0, 3000), st.integers(1, 3000))
def test_the_leader_against_the_exact_test_of_scipy(a: int, b: int) -> None:
    """At ½ the binomial is symmetric: scipy's exact two-sided test and the doubled tail agree."""
    found = leaders_differ(["a", "b"], [max(a, 1), b])
    wanted = scipy_stats.binomtest(max(a, 1), max(a, 1) + b, 0.5).pvalue
    assert found.leader_p == pytest.approx(wanted, rel=1e-9, abs=1e-280)  # scipy's own sums end as 0 there
    assert found.method == "exact"


def test_all_leaders_against_the_chi_square_of_scipy() -> None:
    found = leaders_differ(NAMES, COUNTS, k=5)
    assert found.names == tuple(NAMES[:5])
    assert found.all_p == pytest.approx(scipy_stats.chisquare(COUNTS[:5]).pvalue, rel=1e-9)
    assert found.leads and found.differ


def test_doubled_tails_at_other_probabilities() -> None:
    for count, trials, probability in ((3, 20, 0.3), (0, 9, 0.2), (9, 9, 0.7), (600, 1000, 0.55)):
        below = scipy_stats.binom.cdf(count, trials, probability)
        above = scipy_stats.binom.sf(count - 1, trials, probability)
        assert binomial_two_sided(count, trials, probability) == pytest.approx(min(1, 2 * min(below, above)))
    assert binomial_two_sided(0, 0, 0.5) == 1


def test_a_leader_among_equals_is_named_in_at_most_five_per_cent() -> None:
    """Simulation, 4,000 rankings of eight equal Poisson counts of mean 50: the winner against the runner-up is called
    ahead seldom although both were picked for their size (Hung & Fithian 2019), and so is the whole."""
    draws = np.random.default_rng(8).poisson(50, (4000, 8))
    names = list("abcdefgh")
    found = [leaders_differ(names, row, k=8) for row in draws]
    assert np.mean([one.leads for one in found]) < 0.05
    assert 0.03 < np.mean([one.differ for one in found]) < 0.07


def test_amounts_against_a_bootstrap_over_the_events() -> None:
    """2,000 Poisson resamples of the events themselves (each taken Poisson(1) times): spread of the difference."""
    draw = np.random.default_rng(5)
    a, b = draw.lognormal(2, 0.8, 260), draw.lognormal(2, 0.8, 220)
    differences = [
        (draw.poisson(1, len(a)) * a).sum() - (draw.poisson(1, len(b)) * b).sum() for _ in range(2000)
    ]  # fmt: skip
    squares = [(a**2).sum(), (b**2).sum()]
    assert np.sqrt(sum(squares)) == pytest.approx(np.std(differences), rel=0.05)
    found = leaders_differ(["a", "b"], [a.sum(), b.sum()], squares)
    z = (a.sum() - b.sum()) / np.sqrt(sum(squares))
    assert found.leader_p == pytest.approx(2 * scipy_stats.norm.sf(abs(z)))
    assert found.method == "amounts"


def test_amounts_of_equal_events_give_the_answer_of_counts() -> None:
    """Ten minutes each: the tests see the counts behind the amounts."""
    counts = np.array([130.0, 90.0, 80.0])
    found = leaders_differ(["a", "b", "c"], counts * 10, counts * 100, k=3)
    exact = leaders_differ(["a", "b", "c"], counts, k=3)
    assert found.leader_p == pytest.approx(exact.leader_p, abs=0.002)
    assert found.all_p == pytest.approx(exact.all_p, abs=0.002)


def test_a_handful_of_large_events_says_nothing() -> None:
    assert effective_events(100, 100**2) == 1
    found = leaders_differ(["a", "b"], [1000.0, 40.0], [1000.0**2, 800.0])
    assert (found.leader_p, found.all_p, found.method) == (None, None, "too_few")
    assert not found.leads


def test_a_single_category_has_no_rival() -> None:
    assert leaders_differ(["a"], [5]).method == "one_category"
    assert leaders_differ(["a", "b"], [5, 0]).method == "one_category"
    assert leaders_differ([], []).names == ()


def test_no_leader_among_equals() -> None:
    assert no_leader(pareto(list("abcd"), [52, 50, 49, 47])) is True
    assert no_leader(pareto(list("abcd"), [90, 50, 49, 47])) is False
    assert no_leader(pareto(list("abcd"), [3, 2, 1, 1])) is None


def test_dispersion_tells_clusters_from_chance() -> None:
    draw = np.random.default_rng(2)
    assert dispersion(draw.poisson(4, 200)) is None
    clustered = draw.poisson(2, 200) * 4.0
    assert dispersion(clustered) == pytest.approx(clustered.var(ddof=1) / clustered.mean())
    assert dispersion([9.0, 0, 0]) is None, "too few periods"
    assert dispersion([0.0] * 30) is None
