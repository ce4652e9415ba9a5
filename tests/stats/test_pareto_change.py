"""Two periods side by side: against scipy 1.17.1 (binomtest, its exact interval), naive Holm, and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from opsmetrics.stats.pareto_change import changes, clopper_pearson, garwood, holm
from tests.cases import cases

counts = st.integers(0, 2000)


@given(counts, counts, st.floats(1, 400), st.floats(1, 400))
def test_the_ratio_against_the_exact_binomial_interval_of_scipy(b: int, a: int, before: float, after: float) -> None:
    """λ2/λ1 = π/(1 − π) · t1/t2 with π in the Clopper-Pearson interval of a out of a + b."""
    table = changes(["x"], [b], [a], days_before=before, days_after=after).table
    if a + b == 0:
        assert table.empty
        return
    row = table.iloc[0]
    low, high = scipy_stats.binomtest(a, a + b).proportion_ci(method="exact")
    assert row["ratio_low"] == pytest.approx(low / (1 - low) * before / after, rel=1e-6)
    wanted = math.inf if high == 1 else high / (1 - high) * before / after
    assert row["ratio_high"] == pytest.approx(wanted, rel=1e-5)


@given(counts, counts, st.floats(1, 400), st.floats(1, 400))
def test_p_agrees_with_its_interval_and_with_both_tails(b: int, a: int, before: float, after: float) -> None:
    table = changes(["x"], [b], [a], days_before=before, days_after=after).table
    if table.empty or table["verdict"].iloc[0] == "too_few":
        return
    row, chance = table.iloc[0], after / (before + after)
    tails = [scipy_stats.binomtest(a, a + b, chance, alternative=side).pvalue for side in ("less", "greater")]
    assert row["p"] == pytest.approx(min(1, 2 * min(tails)), rel=1e-6, abs=1e-12)
    outside = not row["ratio_low"] <= 1 <= row["ratio_high"]
    if abs(row["p"] - 0.05) > 1e-6:
        assert outside == (row["p"] < 0.05)
    assert row["low"] <= row["change"] <= row["high"]


def test_the_example_of_the_page() -> None:
    """331 and 452 in equal periods. Garwood's limits: 331 in 296.3 … 368.6, 452 in 411.3 … 495.7 (χ² quantiles, scipy
    1.17.1); 121 − √(40.7² + 37.6²) = 65.5 and 121 + √(43.7² + 34.7²) = 176.8."""
    for count in (331, 452):
        low, high = scipy_stats.chi2.ppf(0.025, 2 * count) / 2, scipy_stats.chi2.ppf(0.975, 2 * count + 2) / 2
        assert garwood(count) == pytest.approx((low, high))
    row = changes(["x"], [331], [452], days_before=28, days_after=28).table.iloc[0]
    assert (row["change"], row["verdict"]) == (121, "rose")
    assert (row["low"], row["high"]) == pytest.approx((65.5, 176.8), abs=0.1)
    assert garwood(0) == pytest.approx((0, -math.log(0.025)))


@given(st.lists(st.tuples(counts, counts), min_size=1, max_size=12, unique=True), st.floats(0.2, 5))
def test_swapping_the_periods_turns_every_verdict_round(pairs: list[tuple[int, int]], ratio: float) -> None:
    names = [f"n{i}" for i in range(len(pairs))]
    before, after = [b for b, _ in pairs], [a for _, a in pairs]
    one = changes(names, before, after, days_before=10, days_after=10 * ratio).table.set_index("name")
    two = changes(names, after, before, days_before=10 * ratio, days_after=10).table.set_index("name")
    turned = {"rose": "fell", "fell": "rose"}
    assert {n: turned.get(v, v) for n, v in one["verdict"].items()} == dict(two["verdict"])
    np.testing.assert_allclose(one["p"].to_numpy(), two.loc[one.index, "p"].to_numpy(), rtol=1e-9, equal_nan=True)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=20))
def test_holm_against_its_definition(values: list[float]) -> None:
    """Reject the smallest p while p(i) ≤ α/(m − i + 1): for each α the same are rejected as by adjusted p ≤ α."""
    p, m = np.array(values), len(values)
    adjusted = holm(p)
    for alpha in (0.01, 0.05, 0.2):
        rejected = set()
        for rank, i in enumerate(np.argsort(p, kind="stable")):
            if p[i] * (m - rank) > alpha:
                break
            rejected.add(int(i))
        assert {int(i) for i in np.flatnonzero(adjusted <= alpha)} == rejected
    assert (adjusted >= p).all() and (adjusted <= 1).all()


def test_the_longer_period_is_no_rise() -> None:
    row = changes(["x"], [100], [200], days_before=28, days_after=56).table.iloc[0]
    assert (row["expected"], row["change"], row["ratio"], row["verdict"]) == (200, 0, 1, "no_change")


def test_what_no_outcome_could_show_is_too_few_and_costs_the_others_nothing() -> None:
    """Five events in equal periods: 2 · ½⁵ = 0.0625; six: 0.03125."""
    found = changes(["five", "six", "big"], [0, 0, 200], [5, 6, 300], days_before=7, days_after=7)
    by_name = found.table.set_index("name")
    assert by_name.loc["five", "verdict"] == "too_few"
    assert math.isnan(by_name.loc["five", "p_adjusted"])
    assert by_name.loc["six", "p"] == pytest.approx(2 * 0.5**6)
    assert found.tested == 2
    assert by_name.loc["six", "p_adjusted"] == pytest.approx(2 * 0.5**6)


def test_alone_it_would_count_but_not_among_many() -> None:
    names = ["one", *(f"calm{i}" for i in range(9))]
    found = changes(names, [50, *[60] * 9], [74, *[60] * 9], days_before=7, days_after=7).table.set_index("name")
    assert 0.005 < found.loc["one", "p"] < 0.05
    assert (found.loc["one", "verdict"], bool(found.loc["one", "alone"])) == ("no_change", True)


def test_false_alarms_of_all_verdicts_together() -> None:
    """Simulation, 200 comparisons (600 in a long run) of ten unchanged Poisson categories, 28 days against 14: at least
    one false "rose" or "fell" in fewer than 5 % (exact tests stay below their level)."""
    draw = np.random.default_rng(12)
    means = np.array([80, 40, 25, 12, 8, 5, 3, 2, 1, 1.0])
    names = [str(i) for i in range(10)]
    wrong = 0
    runs = cases(200, 600)
    for _ in range(runs):
        found = changes(names, draw.poisson(means * 2), draw.poisson(means), days_before=28, days_after=14)
        wrong += found.table["verdict"].isin(["rose", "fell"]).any()
    assert wrong / runs < 0.05


def test_the_interval_of_the_change_covers() -> None:
    """Simulation, 20,000 pairs each, three standard errors: the true change lies inside in 95 % or more, also of small,
    one-sided counts. An interval does not depend on the categories beside it."""
    draw, pairs = np.random.default_rng(13), 20_000
    names = [str(i) for i in range(pairs)]
    for mean_before, mean_after in ((30, 45), (3, 9), (0.5, 6), (200, 180)):
        before, after = draw.poisson(mean_before, pairs), draw.poisson(mean_after, pairs)
        found = changes(names, before, after, days_before=1, days_after=1).table.set_index("name")
        inside = (found["low"] <= mean_after - mean_before) & (mean_after - mean_before <= found["high"])
        assert inside[(before + after > 0)[found.index.astype(int)]].mean() > 0.95 - 3 * np.sqrt(0.05 * 0.95 / pairs)


def test_amounts_keep_their_promise() -> None:
    """Simulation, 300 unchanged pairs (800 in a long run): lognormal minutes of Poisson(20) events, judged alone, wrong
    in about 5 %."""
    draw = np.random.default_rng(14)
    found = []
    pairs = cases(300, 800)
    for _ in range(pairs):
        b, a = (draw.lognormal(2, 1, draw.poisson(20)) for _ in range(2))
        squares = {"squares_before": [(b**2).sum()], "squares_after": [(a**2).sum()]}
        table = changes(["x"], [b.sum()], [a.sum()], days_before=1, days_after=1, **squares).table
        found += list(table.loc[table["verdict"] != "too_few", "verdict"])
    assert len(found) > 0.875 * pairs
    assert np.mean([word != "no_change" for word in found]) < 0.07


def test_amounts_against_the_plain_formula() -> None:
    found = changes(
        ["x"], [600.0], [900.0], days_before=10, days_after=5, squares_before=[9000.0], squares_after=[12000.0]
    )
    row, spread = found.table.iloc[0], math.sqrt(12000 + 0.25 * 9000)
    assert (row["expected"], row["change"]) == (300, 600)
    assert row["high"] - row["change"] == pytest.approx(1.959964 * spread, rel=1e-6)
    assert row["p"] == pytest.approx(2 * scipy_stats.norm.sf(600 / spread), rel=1e-9, abs=1e-300)
    log_spread = 1.959964 * math.sqrt(12000 / 900**2 + 9000 / 600**2)
    assert row["ratio_low"] == pytest.approx(3 * math.exp(-log_spread), rel=1e-6)
    assert found.method == "amounts"


def test_clopper_pearson_at_its_ends() -> None:
    assert clopper_pearson(0, 10)[0] == 0
    assert clopper_pearson(10, 10)[1] == 1
    assert clopper_pearson(0, 0) == (0, 1)


@pytest.mark.parametrize(
    ("names", "before", "after", "days", "message"),
    [
        (["a", "a"], [1, 2], [1, 2], 7, "found a name twice"),
        (["a"], [1, 2], [1, 2], 7, "found 1 names and 2 amounts"),
        (["a"], [-1], [2], 7, "before: found -1"),
        (["a"], [1], [None], 7, "after: found no amount for 'a'"),
        (["a"], [1], [2], 0, "wanted more than none in both periods"),
    ],
)
def test_what_cannot_be_compared(names: list[str], before: list, after: list, days: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        changes(names, before, after, days_before=days, days_after=7)
