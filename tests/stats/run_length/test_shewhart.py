"""Operating characteristics and run lengths of charts whose points stand for themselves."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats as law

from opsmetrics.stats import p
from opsmetrics.stats.run_length import (
    arl_of,
    count_beta,
    proportion_beta,
    r_beta,
    rules_arl,
    rules_survival,
    s_beta,
    shewhart_arl,
    shewhart_beta,
    shewhart_width,
)
from opsmetrics.stats.run_rules import run_rules
from tests.cases import cases


def test_operating_characteristic_of_means() -> None:
    """Montgomery, Introduction to Statistical Quality Control, chapter 6: n 5, 2σ: 0.0708 (z of 2 digits)."""
    assert shewhart_beta(2, 5)[()] == pytest.approx(0.0708, abs=4e-4)
    assert shewhart_beta([1, 2], 5) == pytest.approx([law.norm.cdf(3 - s * 5**0.5) for s in (1, 2)], rel=1e-6)
    assert shewhart_arl([0, 1]) == pytest.approx([370.398, 43.895], abs=1e-3)


def test_tails_keep_their_digits() -> None:
    assert shewhart_beta(3, 25)[()] == pytest.approx(law.norm.sf(12), rel=1e-9)
    assert shewhart_beta(-3, 25)[()] == pytest.approx(law.norm.sf(12), rel=1e-9)
    assert shewhart_arl(0, width=7)[()] == pytest.approx(1 / (2 * law.norm.sf(7)), rel=1e-9)


def test_one_side_and_the_limits_for_a_wished_run_length() -> None:
    assert shewhart_arl(0, sided="upper")[()] == pytest.approx(740.797, abs=1e-2)
    assert shewhart_arl(1, sided="lower")[()] == pytest.approx(shewhart_arl(-1, sided="upper")[()])
    for sided in ("two", "upper"):
        assert shewhart_arl(0, width=shewhart_width(500, sided=sided), sided=sided)[()] == pytest.approx(500)


def test_share_of_trials_against_every_count_asked() -> None:
    """Which counts the p chart's own limits call, summed one by one; Montgomery's n 50, 0.0303 to 0.3697, p 0.1."""
    n, lower, upper, true = 50, 0.0303, 0.3697, 0.1
    within = sum(law.binom.pmf(x, n, true) for x in range(n + 1) if lower <= x / n <= upper)
    assert proportion_beta(true, n, lower, upper)[()] == pytest.approx(within, rel=1e-12)
    chart = p([*range(n + 1)], [n] * (n + 1), baseline=[19, 21])
    limits = chart.points.iloc[0][["lower", "upper"]]
    called = set(run_rules(chart, rules="rule_1")["position"])
    kept = sum(law.binom.pmf(x, n, true) for x in range(n + 1) if x not in called)
    assert proportion_beta(true, n, limits["lower"], limits["upper"])[()] == pytest.approx(kept, rel=1e-12)


def test_a_count_on_a_limit_is_within() -> None:
    assert count_beta(4.0, 0.0, 10.0)[()] == pytest.approx(law.poisson.cdf(10, 4))
    assert count_beta(4.0, 2.0, 10.0)[()] == pytest.approx(law.poisson.cdf(10, 4) - law.poisson.cdf(1, 4))
    assert proportion_beta([0.0, 1.0], 20, 0.0, 1.0).tolist() == [1.0, 1.0]
    assert count_beta(4.0, 2.0, np.inf)[()] == pytest.approx(law.poisson.sf(1, 4))
    assert arl_of(proportion_beta(0.0, 20, 0.0, 0.3))[()] == np.inf


def test_spread_charts() -> None:
    """As qcc's oc.curves.S and oc.curves.R ask: chi-square, and the range's law."""
    upper = 0.9399856 + 3 * np.sqrt(1 - 0.9399856**2)
    assert s_beta([1.0, 2.0], 5) == pytest.approx(law.chi2.cdf(4 * (upper / np.array([1, 2])) ** 2, 4), rel=1e-6)
    limit = 2.3259289 + 3 * 0.8640819
    expected = [law.studentized_range.cdf(limit / ratio, 5, np.inf) for ratio in (1, 1.5)]
    assert r_beta([1.0, 1.5], 5) == pytest.approx(expected, rel=1e-6)


#: Champ & Woodall, Technometrics 29 (1987), table 1: rule 1; rule 1 and run of 8; all four Western Electric rules.
CHAMP_WOODALL = {
    "rule_1": (370.40, 308.43, 200.08, 43.89),
    "daily": (152.73, 110.52, 59.76, 14.58),
    "western_electric": (91.75, 66.80, 36.61, 9.22),
}


@pytest.mark.parametrize("rules", CHAMP_WOODALL)
def test_run_rules_as_tabulated(rules: str) -> None:
    found = [rules_arl(shift, rules=rules) for shift in (0, 0.2, 0.4, 1)]
    assert found == pytest.approx(CHAMP_WOODALL[rules], abs=0.005)


@pytest.mark.parametrize(
    ("rules", "shift"),
    [("western_electric", 0.0), (("hugging_15", "outside_8"), 0.0), (("beyond_limits", "3_of_4_beyond_1.5"), 0.5)],
)
def test_run_rules_against_charts_that_are_judged(rules: str, shift: float) -> None:
    charts, length = cases((400, 600), (4000, 4000))
    z = np.random.default_rng(71).standard_normal(charts * length) + shift
    hits = run_rules(z, rules=rules, phase=np.repeat(np.arange(charts), length))
    first = (hits["position"] % length + 1).groupby(hits["position"] // length).min()
    survived = rules_survival(shift, length, rules=rules, windows="full")
    error = np.sqrt(survived * (1 - survived) / charts)
    for t in (10, 40, 150):
        share = 1 - (first <= t).sum() / charts
        assert abs(share - survived[t]) < 4 * error[t]


def test_survival_adds_up_to_the_average() -> None:
    assert rules_survival(0.7, 2000, rules="western_electric").sum() == pytest.approx(
        rules_arl(0.7, rules="western_electric"), rel=1e-9
    )


def test_numbers_out_of_range_are_said() -> None:
    for call in (
        lambda: proportion_beta(0.1, 50, np.nan, 0.4),
        lambda: proportion_beta(1.1, 50, 0.0, 0.4),
        lambda: count_beta(-1.0, 0.0, 9.0),
        lambda: s_beta(0.0, 5),
        lambda: shewhart_beta(1.0, 0),
        lambda: shewhart_beta(1.0, width=0.0),
        lambda: shewhart_width(1.0),
    ):
        with pytest.raises(ValueError, match="found"):
            call()


@pytest.mark.parametrize("rules", ["nelson", "ihi", "nhs", "anhoej", ("outside_8_both_sides",), ()])
def test_rules_without_a_chain_are_refused(rules: str) -> None:
    with pytest.raises(ValueError, match="rules: found"):
        rules_arl(0.0, rules=rules)
