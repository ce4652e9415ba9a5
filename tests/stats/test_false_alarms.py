"""How often charts in control signal, by seeded simulation, against published and stated rates."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from opsmetrics.stats import c, overdispersion_limit, run_rules, sigma_z, signals, u, xmr


def run_lengths(rules: str, charts: int, length: int, seed: int) -> pd.Series:
    """First signal (points, from 1) of each simulated chart with known limits; charts are told apart as phases."""
    z = np.random.default_rng(seed).standard_normal(charts * length)
    found = run_rules(z, rules=rules, phase=np.repeat(np.arange(charts), length))
    first = (found["position"] % length + 1).groupby(found["position"] // length).min()
    return first.reindex(range(charts), fill_value=length)


@pytest.mark.parametrize(
    ("rules", "expected", "charts", "length"),
    [("western_electric", 91.75, 2500, 900), ("daily", 152.73, 2000, 1400)],
)
def test_average_run_length_in_control(rules: str, expected: float, charts: int, length: int) -> None:
    """Champ & Woodall, Technometrics 29 (1987): 91.75 for all four rules, 152.73 for rule 1 with 8 on one side."""
    assert run_lengths(rules, charts, length, seed=61).mean() == pytest.approx(expected, rel=0.06)


def test_rule_1_with_known_limits() -> None:
    """2·Φ(−3) = 0.0027 per point (average run length 370)."""
    z = np.random.default_rng(62).standard_normal(500_000)
    assert len(run_rules(z, rules="rule_1")) / 500_000 == pytest.approx(0.0027, rel=0.08)


def test_rule_1_with_limits_from_all_60_points() -> None:
    """XmR limits from a chart's own 60 points: 0.0027 per point (Jensen et al. 2006 review estimated limits)."""
    charts = 3000
    z = np.random.default_rng(63).standard_normal(charts * 60)
    chart = xmr(z, phase=np.repeat(np.arange(charts), 60))
    assert len(signals(chart, "rule_1")) / len(z) == pytest.approx(0.0027, rel=0.12)


def test_limits_locked_on_24_points_treble_the_false_alarms() -> None:
    """24 points lock the limits, 60 more are judged: 0.0088 per judged point, three times the nominal rate."""
    charts, locked, judged = 3000, 24, 60
    z = np.random.default_rng(64).standard_normal((charts, locked + judged))
    baseline = np.tile(np.arange(locked + judged) < locked, charts)
    chart = xmr(z.ravel(), phase=np.repeat(np.arange(charts), locked + judged), baseline=baseline)
    positions = signals(chart, "rule_1")["position"]
    rate = (positions % (locked + judged) >= locked).sum() / (charts * judged)
    assert rate == pytest.approx(0.0088, rel=0.12)


def test_counting_noise_alone_rarely_asks_for_wider_limits() -> None:
    """σ_z of pure Poisson counts passes 1 + 1.9/√(n − 1) in about 2.5 of 100 charts (verdict.md 7), with u and c."""
    draw = np.random.default_rng(65)
    for n in (24, 60):
        sizes = draw.uniform(200, 600, (1200, n))
        rates = [sigma_z(draw.poisson(row * 0.03), row, "u") for row in sizes]
        totals = [sigma_z(draw.poisson(9, n), kind="c") for _ in range(1200)]
        for found in (rates, totals):
            assert 0.01 < np.mean(np.array(found) > overdispersion_limit(n)) < 0.045


def test_rule_1_on_counts_in_control() -> None:
    """60 Poisson counts a chart, own limits: with a mean of 9 skewness keeps the rate below 0.006."""
    draw, charts = np.random.default_rng(66), 1500
    phase = np.repeat(np.arange(charts), 60)
    totals = draw.poisson(9, charts * 60)
    sizes = draw.uniform(200, 600, charts * 60)
    for chart in (c(totals, phase=phase), u(draw.poisson(sizes * 0.03), sizes, phase=phase)):
        assert 0.0015 < len(signals(chart, "rule_1")) / (charts * 60) < 0.006
