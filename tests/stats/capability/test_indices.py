"""Indices and their intervals: a published process, definitions in plain Python, invariants, simulated coverage."""

from __future__ import annotations

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats as scipy_stats

from opsmetrics.stats.capability import METHODS, capability
from opsmetrics.stats.factors import c4, d2
from tests.cases import cases
from tests.paths import SHARED, needs_shared

READINGS = [9.8, 10.1, 10.4, 9.9, 10.0, 10.6, 9.5, 10.2, 10.3, 9.7, 10.0, 10.1]
GROUPS = [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]

#: Montgomery, Introduction to Statistical Quality Control, the piston rings: subgroups 1 to 25 by R̄ of five.
RINGS: list[list[float]] = (
    json.loads((SHARED / "reference/spc/capability_pistonrings.json").read_text())["data"]["subgroups"]
    if (SHARED / "reference/spc/capability_pistonrings.json").is_file()
    else []
)


def value(found: Any, name: str) -> float:
    assert found[name] is not None
    return float(found[name].value)


# Definitions


@needs_shared
def test_piston_rings_as_montgomery() -> None:
    """Table 6.3 and section 8.2: R̄ = 0.0232, σ̂ = R̄/d2 = 0.0099 and, for 74 ± 0.05, Ĉp = 1.68 by his rounded σ̂."""
    found = capability(RINGS, lower=73.95, upper=74.05, within="rbar")
    assert found.sigma_within == pytest.approx(0.0099, abs=2e-4)
    assert value(found, "cp") == pytest.approx(1.68, abs=0.03)
    assert value(found, "cpk") == pytest.approx(min(value(found, "cpl"), value(found, "cpu")))


def test_against_the_definitions() -> None:
    found = capability(READINGS, lower=9, upper=11, target=10.2, subgroup=GROUPS)
    n, mean, s = 12, float(np.mean(READINGS)), float(np.std(READINGS, ddof=1))
    pooled = math.sqrt(np.mean([np.var(READINGS[i : i + 3], ddof=1) for i in range(0, n, 3)])) / c4(9)
    assert (found.n, found.sigma_overall, found.sigma_within) == (n, pytest.approx(s), pytest.approx(pooled))
    assert value(found, "cp") == pytest.approx(2 / (6 * pooled))
    assert value(found, "cpl") == pytest.approx((mean - 9) / (3 * pooled))
    assert value(found, "ppu") == pytest.approx((11 - mean) / (3 * s))
    about = math.sqrt(sum((x - 10.2) ** 2 for x in READINGS) / n)
    assert value(found, "cpm_overall") == pytest.approx(2 / (6 * about))
    assert value(found, "cpm_within") == pytest.approx(value(found, "cp") / math.hypot(1, (mean - 10.2) / pooled))
    below, above = found.ppm["expected_overall"].below, found.ppm["expected_overall"].above
    assert below == pytest.approx(1e6 * scipy_stats.norm.cdf(9, mean, s))
    assert above == pytest.approx(1e6 * scipy_stats.norm.sf(11, mean, s))
    assert found.ppm["observed"].total == 0


@pytest.mark.parametrize(
    ("within", "sigma"),
    [
        ("rbar", np.mean([np.ptp(READINGS[i : i + 3]) for i in range(0, 12, 3)]) / d2(3)),
        ("sbar", np.mean([np.std(READINGS[i : i + 3], ddof=1) for i in range(0, 12, 3)]) / c4(3)),
        ("mr", np.mean(np.abs(np.diff(READINGS))) / d2(2)),
        ("median_mr", np.median(np.abs(np.diff(READINGS))) / (math.sqrt(2) * scipy_stats.norm.ppf(0.75))),
    ],
)
def test_each_spread_within(within: Any, sigma: float) -> None:
    found = capability(READINGS, upper=11, subgroup=GROUPS, within=within)
    assert found.sigma_within == pytest.approx(float(sigma))


def test_intervals_are_those_of_the_papers() -> None:
    """Kushler and Hurley (1992) for Cp and Pp; Bissell (1990) for Cpk and Ppk."""
    found = capability(READINGS, lower=9, upper=11, subgroup=GROUPS, freedom="within", confidence=0.9)
    cp, ppk = found["cp"], found["ppk"]
    assert cp is not None and ppk is not None and cp.freedom == 8
    chi = scipy_stats.chi2(8).ppf([0.05, 0.95])
    assert (cp.low, cp.high) == pytest.approx(tuple(cp.value * np.sqrt(chi / 8)))
    half = scipy_stats.norm.ppf(0.95) * math.sqrt(1 / (9 * 12) + ppk.value**2 / (2 * 11))
    assert (ppk.low, ppk.high) == pytest.approx((ppk.value - half, ppk.value + half))


def test_degrees_of_freedom_of_the_spread_within() -> None:
    """Minitab's figures (potential capability, methods and formulas): 0.9·k(n − 1), f·k(n − 1), k − 1. Ours follow from
    the variance of each estimator; Minitab's f is the same rounded, its figure for moving ranges is too high."""
    flat = [float(x) for x in np.random.default_rng(3).normal(size=100)]
    groups = [i // 5 for i in range(100)]
    wanted = {"pooled": (80, 80), "rbar": (72.4, 72), "sbar": (75.9, 76), "mr": (60.3, 99)}
    for within, (own, minitab) in wanted.items():
        options: Any = {"within": within, "upper": 3, "lower": -3, "subgroup": groups}
        for freedom, expected, close in (("within", own, 0.4), ("minitab", minitab, 1e-9)):
            found = capability(flat, freedom=freedom, **options)["cp"]
            assert found is not None and found.freedom == pytest.approx(expected, abs=close), (within, freedom)


# One side, boundaries, nothing to compare with


def test_one_side() -> None:
    found = capability(READINGS, upper=11, target=10)
    assert set(found.indices) == {"cpu", "cpk", "ppu", "ppk"}
    assert value(found, "cpk") == value(found, "cpu")
    assert found.ppm["expected_overall"].below == 0


def test_a_boundary_makes_no_index_and_hides_nothing_observed() -> None:
    found = capability([-0.2, *READINGS], lower=0, upper=11, lower_bound=True)
    assert "cp" not in found.indices and "ppl" not in found.indices
    assert found.ppm["expected_overall"].below == 0
    assert found.ppm["observed"].below == pytest.approx(1e6 / 13)


def test_single_readings_in_groups_of_one_have_no_spread_within() -> None:
    found = capability(READINGS, upper=11, within="pooled")
    assert found.sigma_within is None and "cpk" not in found.indices and "expected_within" not in found.ppm
    assert any("spread within" in said for said in found.warnings)


@pytest.mark.parametrize(
    ("given_values", "options", "said"),
    [
        ([], {}, "0 readings"),
        ([1.0], {}, "1 readings"),
        ([0.1] * 20, {"upper": 1}, "all 0.1"),
        (READINGS, {"lower": 3, "upper": 3}, "below the upper"),
        (READINGS, {"method": "cauchy"}, "method"),
        (READINGS, {"within": "guess"}, "within"),
        (READINGS, {"freedom": "n"}, "freedom"),
        (READINGS, {"confidence": 95}, "confidence"),
        ([-1.0, *READINGS], {"method": "weibull"}, "above 0"),
        ([-1.0, *READINGS], {"method": "box_cox"}, "Yeo-Johnson"),
        (READINGS, {"subgroup": [1, 2]}, "labels"),
    ],
)
def test_bad_input_is_named(given_values: list[float], options: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        capability(given_values, **options)


# Invariants

numbers = st.lists(st.integers(-400, 400), min_size=8, max_size=40).filter(lambda found: len(set(found)) > 2)


@given(numbers, st.sampled_from([0.01, 1.0, 250.0]), st.sampled_from([0.0, -3e3, 1e9]))
def test_scale_and_offset_change_no_index(values: list[int], scale: float, offset: float) -> None:
    groups = [i // 3 for i in range(len(values))]
    plain = capability([float(v) for v in values], lower=-500, upper=450, target=10, subgroup=groups)
    moved = capability(
        [offset + scale * v for v in values],
        lower=offset - 500 * scale,
        upper=offset + 450 * scale,
        target=offset + 10 * scale,
        subgroup=groups,
    )
    close = 1e-4 if offset == 1e9 else 1e-7  # 1e9 + 0.01·v keeps seven decimals of v
    assert set(plain.indices) == set(moved.indices)
    for name, index in plain.indices.items():
        assert moved.indices[name].value == pytest.approx(index.value, rel=close, abs=close)


@given(numbers)
def test_a_mirror_swaps_the_sides(values: list[int]) -> None:
    one = capability([float(v) for v in values], lower=-500, upper=450)
    other = capability([-float(v) for v in values], lower=-450, upper=500)
    assert value(other, "ppl") == pytest.approx(value(one, "ppu"))
    assert value(other, "ppk") == pytest.approx(value(one, "ppk"))
    assert other.ppm["expected_overall"].above == pytest.approx(one.ppm["expected_overall"].below)


@given(numbers)
def test_nearer_side_never_passes_both_sides(values: list[int]) -> None:
    found = capability([float(v) for v in values], lower=-500, upper=450, target=0)
    assert value(found, "ppk") <= value(found, "pp") + 1e-12
    assert value(found, "cpm_overall") <= value(found, "pp") * math.sqrt(len(values) / (len(values) - 1)) + 1e-12


@pytest.mark.parametrize("method", METHODS)
def test_more_room_is_never_less_capable(method: Any) -> None:
    values = np.random.default_rng(7).lognormal(1, 0.3, 200)
    found = [capability(values, upper=upper, method=method) for upper in (5.0, 6.0, 8.0)]
    assert found[0]["ppk"].value < found[1]["ppk"].value < found[2]["ppk"].value  # type: ignore[union-attr]
    expected = [one.ppm["expected_overall"].total for one in found]
    assert expected == sorted(expected, reverse=True)


# Coverage


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Normal readings, 20 subgroups of 5, mean one sigma off the target: 95 % intervals of 150 runs (4,000 in a long
    run), within four standard errors. Cp by the pooled spread with its own degrees of freedom, Ppk by Bissell, Cpm by
    Boyles; qcc's formula for Cpm covers too much."""
    runs, draw = cases(150, 4_000), np.random.default_rng(20)
    truth = {"cp": 1.2, "pp": 1.2, "ppk": 1.2 - 1 / 3, "cpm_overall": 1.2 / math.sqrt(2)}
    hits = dict.fromkeys([*truth, "as_qcc"], 0)
    for _ in range(runs):
        rows = draw.normal(1.0, 1.0, (20, 5))
        found = capability(rows, lower=-3.6, upper=3.6, target=0, freedom="within")
        for name, true in truth.items():
            index = found[name]
            assert index is not None and index.low is not None and index.high is not None
            hits[name] += index.low <= true <= index.high
        wide = capability(rows, lower=-3.6, upper=3.6, target=0, cpm_as_qcc=True)["cpm_overall"]
        assert wide is not None and wide.low is not None and wide.high is not None
        hits["as_qcc"] += wide.low <= truth["cpm_overall"] <= wide.high
    error = 4 * math.sqrt(0.95 * 0.05 / runs)
    for name in truth:
        assert hits[name] / runs == pytest.approx(0.95, abs=error + 0.005), name
    assert hits["as_qcc"] / runs > 0.97
