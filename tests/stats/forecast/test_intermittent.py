"""Demand that is mostly nothing: both methods against loops as their papers have them, and whole counts as ranges."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from opsmetrics.stats.forecast import forecast, intermittent
from opsmetrics.stats.forecast.intermittent import SBA, TSB
from tests.cases import cases

FEW = settings(max_examples=cases(15, 100), deadline=None)
COUNTS = arrays.arrays(np.float64, st.integers(1, 30), elements=st.sampled_from([0.0, 0.0, 0.0, 1.0, 2.0, 5.0]))


def average(values: list[float], weight: float) -> float:
    shares = [(1 - weight) ** age for age in range(len(values))][::-1]
    return sum(s * v for s, v in zip(shares, values, strict=True)) / sum(shares)


def tsb(values: list[float], size_weight: float, chance_weight: float) -> float:
    """Teunter, Syntetos and Babai 2011: the chance is updated in every period, the size where there is a demand."""
    sizes = [v for v in values if v > 0]
    return average(sizes, size_weight) * average([float(v > 0) for v in values], chance_weight) if sizes else 0.0


def sba(values: list[float], weight: float) -> float:
    """Syntetos and Boylan 2005: (1 − α/2) · size / interval, both updated where there is a demand."""
    at = [slot for slot, v in enumerate(values) if v > 0]
    if not at:
        return 0.0
    gaps = [b - a for a, b in zip([-1, *at], at, strict=False)]
    return (1 - weight / 2) * average([values[t] for t in at], weight) / average([float(g) for g in gaps], weight)


@FEW
@given(COUNTS)
def test_rates_are_those_of_the_loops(values: np.ndarray) -> None:
    found = intermittent.rates(values)
    for end in {1, (len(values) + 1) // 2, len(values)}:
        known = values[:end].tolist()
        expected = [tsb(known, a, b) for a, b in TSB] + [sba(known, a) for a in SBA]
        assert found[:, end - 1] == pytest.approx(expected)


@FEW
@given(COUNTS)
def test_an_origin_knows_nothing_of_what_came_after_it(values: np.ndarray) -> None:
    origins = np.arange(1, len(values) + 1)
    together, methods = intermittent.chosen(values, origins)
    centres = intermittent.centres(values, origins, 6)
    half = len(values) // 2 + 1
    alone, method = intermittent.chosen(values[:half], np.array([half]))
    assert (together[half - 1], methods[half - 1]) == (pytest.approx(alone[0]), method[0])
    assert centres[half - 1] == pytest.approx(intermittent.centres(values[:half], np.array([half]), 6)[0])
    assert (centres <= together + 1e-9).all()


def test_a_demand_that_died_out_is_forecast_by_the_chance_and_a_slow_one_by_the_interval() -> None:
    draw = np.random.default_rng(4)
    dead = np.concatenate([np.where(draw.random(60) < 0.5, 4.0, 0.0), np.zeros(60)])
    assert intermittent.chosen(dead, np.array([120]))[1] == ["tsb"]
    assert intermittent.rate(dead) < 0.05
    methods = [intermittent.chosen(np.tile([0.0, 0.0, 0.0, 3.0], 20), np.array([n]))[1][0] for n in range(40, 80)]
    assert "sba" in methods, "between regular demands nothing fades"


def test_the_rate_of_a_steady_demand_is_its_mean() -> None:
    assert intermittent.rate(np.tile([0.0, 0.0, 0.0, 2.0], 30)) == pytest.approx(0.5, abs=0.05)
    assert intermittent.rate(np.zeros(5)) == 0.0


def test_the_centre_is_the_median_of_the_total() -> None:
    """Wilson and Hilferty's median beside 20,000 simulated totals of the same distribution."""
    draw = np.random.default_rng(2)
    values = draw.poisson(0.4, 400).astype(float)
    expected = intermittent.rate(values)
    sizes, reached = intermittent.distribution(values, expected)
    totals = sizes[np.searchsorted(reached, draw.random((20_000, 12)))].sum(axis=1)
    assert intermittent.centres(values, np.array([400]), 12)[0] * 12 == pytest.approx(np.median(totals), abs=0.5)
    assert totals.mean() / 12 == pytest.approx(expected, rel=0.03), "sums of paths keep the rate itself"


def test_the_range_is_that_of_the_values_seen() -> None:
    draws = np.random.default_rng(0).permutation(np.array([0.0] * 90 + [5.0] * 10))
    shares = intermittent.distribution(draws, intermittent.rate(draws))
    found = intermittent.quantiles(*shares)
    assert (found[0], found[-1]) == (0.0, 5.0)


@pytest.mark.parametrize(
    ("shares", "coverage", "expected"),
    [
        ([0.6, 0.85, 1.0], 0.8, (0.0, 1.0)),
        ([0.78, 0.93, 1.0], 0.8, (0.0, 0.0)),
        ([0.78, 0.93, 1.0], 0.95, (0.0, 2.0)),
        ([0.05, 0.5, 0.88], 0.8, (1.0, 2.0)),
    ],
)
def test_a_range_of_counts_holds_what_it_says_as_nearly_as_it_can(
    shares: list[float], coverage: float, expected: tuple[float, float]
) -> None:
    """0.85 is nearer to 0.8 than 0.6; 0.78 is nearer than 0.93; at 95 % nothing less will do; in the last one 0.05 and
    0.12 may lie outside."""
    assert intermittent.ends(np.arange(len(shares), dtype=float), np.array(shares), coverage) == expected


def test_the_next_value_exceeds_all_of_a_few_as_often_as_they_are_few() -> None:
    """Of n values alike in law the next is the largest of n + 1 in one of n + 1 cases (Vovk and others 2005): of 19
    values 95 % reach as far as the largest, of very many they do not."""
    values = np.arange(20, dtype=float)
    few = np.concatenate([[0.06], 0.06 + 0.94 * np.arange(1, 20) / 19])
    assert intermittent.ends(values, few, 0.95, 19.0) == (0.0, 19.0)
    assert intermittent.ends(values, few, 0.95, 10_000.0) == (0.0, 18.0)
    assert intermittent.ends(values, few, 0.8, 19.0) == intermittent.ends(values, few, 0.8)
    assert intermittent.weighing(1) == 1.0
    assert 45 < intermittent.weighing(60) < 60


def test_ranges_of_counts_hold_on_average_what_they_say() -> None:
    """40 Poisson series of rates from 0.1 to 0.7: ± 0.05 is three standard errors of 40 × 12 values."""
    draw = np.random.default_rng(9)
    inside = {80: [], 95: []}
    for rate in np.linspace(0.1, 0.7, 40):
        values = draw.poisson(rate, 132).astype(float)
        if not intermittent.is_intermittent(values[:120]):
            continue
        found = forecast(values[:120], 12, lower=0.0)
        for coverage, hits in inside.items():
            low, high = found.interval(coverage)
            hits.append((values[120:] >= low) & (values[120:] <= high))
    assert np.mean(inside[80]) == pytest.approx(0.80, abs=0.05)
    assert np.mean(inside[95]) == pytest.approx(0.96, abs=0.03)


def test_gaps_are_no_demand_and_no_silence() -> None:
    values = np.tile([0.0, 0.0, 3.0], 30)
    holed = values.copy()
    holed[[20, 41, 42, 43, 60]] = np.nan
    plain, found = forecast(values, 6, lower=0.0), forecast(holed, 6, lower=0.0)
    assert found.method == "intermittent"
    assert found.mean[0] == pytest.approx(plain.mean[0], rel=0.15)
