"""Laws, transformations and normality against scipy and statsmodels."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from scipy import stats as scipy_stats
from statsmodels.stats.diagnostic import normal_ad

from opsmetrics.stats.capability import capability, fit, fits, normality
from opsmetrics.stats.capability.laws import Law
from opsmetrics.stats.capability.transforms import best_power, box_cox, box_cox_back, yeo_johnson, yeo_johnson_back
from tests.cases import cases

DRAW = np.random.default_rng(5)
TIMES = DRAW.gamma(2.5, 4.0, 150)

ORACLES: dict[str, Any] = {
    "normal": lambda p: scipy_stats.norm(p["mean"], p["sigma"]),
    "lognormal": lambda p: scipy_stats.lognorm(p["sigma"], scale=math.exp(p["mu"])),
    "weibull": lambda p: scipy_stats.weibull_min(p["shape"], scale=p["scale"]),
    "gamma": lambda p: scipy_stats.gamma(p["shape"], scale=p["scale"]),
    "exponential": lambda p: scipy_stats.expon(scale=p["scale"]),
}


@pytest.mark.parametrize("name", ORACLES)
def test_laws_are_those_of_scipy(name: Any) -> None:
    law = fit(name, TIMES)
    oracle = ORACLES[name](law.parameters)
    for x in (0.5, 3.0, 10.0, 60.0, 200.0):
        assert law.below(x) == pytest.approx(oracle.cdf(x), rel=1e-9, abs=1e-300)
        assert law.above(x) == pytest.approx(oracle.sf(x), rel=1e-9, abs=1e-300)
    for share in (0.00135, 0.5, 0.99865):
        assert law.quantile(share) == pytest.approx(oracle.ppf(share), rel=1e-9)
    assert law.log_density(TIMES) == pytest.approx(oracle.logpdf(TIMES), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("name", ORACLES)
def test_no_neighbour_is_likelier_than_the_fit(name: Any) -> None:
    law = fit(name, TIMES)
    best = float(np.sum(law.log_density(TIMES)))
    for parameter, size in law.parameters.items():
        for factor in (0.999, 1.001):
            other = Law(name, {**law.parameters, parameter: size * factor})
            assert float(np.sum(other.log_density(TIMES))) <= best


@pytest.mark.parametrize(("name", "oracle"), [("gamma", scipy_stats.gamma), ("weibull", scipy_stats.weibull_min)])
def test_fits_are_those_of_scipy(name: Any, oracle: Any) -> None:
    shape, _, scale = oracle.fit(TIMES, floc=0)
    assert tuple(fit(name, TIMES).parameters.values()) == pytest.approx((shape, scale), rel=1e-3)


def test_percentile_indices_of_a_known_law() -> None:
    """ISO 22514-2: (U − P50)/(P99.865 − P50), here of an exponential law, in closed form."""
    found = capability(TIMES, upper=40, method="exponential")
    scale = float(np.mean(TIMES))
    middle, high = scale * math.log(2), -scale * math.log(0.00135)
    assert found["ppu"] is not None and found["ppu"].value == pytest.approx((40 - middle) / (high - middle))
    # By hand: Ppu = (40/s − ln 2)/c with s known to s/√n, so its standard error is 40/(s·c·√n).
    half = scipy_stats.norm.ppf(0.975) * 40 / (scale * (-math.log(0.00135) - math.log(2)) * math.sqrt(len(TIMES)))
    assert found["ppu"].low == pytest.approx(found["ppu"].value - half, rel=1e-4)
    assert found.ppm["expected_overall"].above == pytest.approx(1e6 * math.exp(-40 / scale))


def test_intervals_of_fitted_laws_hold_the_truth_as_often_as_they_say() -> None:
    """A hundred readings, 95 % intervals of Ppu by the delta method: 150 studies of each law, 2,000 in a long run."""
    runs, draw = cases(150, 2_000), np.random.default_rng(31)
    drawn: dict[str, tuple[Law, Any]] = {
        "lognormal": (Law("lognormal", {"mu": 2.0, "sigma": 0.5}), lambda: draw.lognormal(2, 0.5, 100)),
        "weibull": (Law("weibull", {"shape": 1.5, "scale": 10.0}), lambda: 10 * draw.weibull(1.5, 100)),
        "gamma": (Law("gamma", {"shape": 2.5, "scale": 4.0}), lambda: draw.gamma(2.5, 4.0, 100)),
    }
    for name, (law, sample) in drawn.items():
        upper, middle = law.quantile(0.9995), law.quantile(0.5)
        truth, hits = (upper - middle) / (law.quantile(0.99865) - middle), 0
        for _ in range(runs):
            index = capability(sample(), upper=upper, method=name)["ppu"]  # type: ignore[arg-type]
            assert index is not None and index.low is not None and index.high is not None
            hits += index.low <= truth <= index.high
        assert hits / runs == pytest.approx(0.95, abs=4 * math.sqrt(0.05 * 0.95 / runs) + 0.005), name


def test_percentiles_of_the_readings_say_when_they_are_too_few() -> None:
    few = capability(TIMES, upper=40, method="percentile")
    assert few.natural[2] == pytest.approx(TIMES.max()) and any("741" in said for said in few.warnings)
    many = capability(np.random.default_rng(1).normal(size=2_000), upper=4, method="percentile")
    assert not many.warnings and many["ppk"] is not None
    assert many["ppk"].value == pytest.approx(4 / 3, rel=0.15)


def test_the_likeliest_law_comes_first() -> None:
    draw = np.random.default_rng(2)
    for name, values in (("lognormal", draw.lognormal(0, 1, 400)), ("weibull", draw.weibull(3.0, 400) * 5)):
        assert fits(values)[0].law.name == name
    assert [found.law.name for found in fits(draw.normal(size=50))] == ["normal"]


# Transformations


def test_powers_are_those_of_scipy() -> None:
    assert best_power("box_cox", TIMES) == pytest.approx(scipy_stats.boxcox(TIMES)[1], abs=1e-4)
    shifted = TIMES - 8
    assert best_power("yeo_johnson", shifted) == pytest.approx(scipy_stats.yeojohnson(shifted)[1], abs=1e-4)
    assert yeo_johnson(shifted, 0.3) == pytest.approx(scipy_stats.yeojohnson(shifted, 0.3))
    assert box_cox(TIMES, 0.3) == pytest.approx(scipy_stats.boxcox(TIMES, 0.3))


@given(st.floats(-50, 50), st.floats(-2, 2))
@example(1.0, 5e-324)
def test_yeo_johnson_and_back(x: float, power: float) -> None:
    there = float(yeo_johnson(np.array(x), power))
    assert float(yeo_johnson_back(np.array(there), power)) == pytest.approx(x, rel=1e-6, abs=1e-6)


def test_box_cox_and_back() -> None:
    for power in (-1.0, 0.0, 0.4):
        assert box_cox_back(box_cox(TIMES, power), power) == pytest.approx(TIMES)


def test_a_transformed_study_is_the_normal_one_of_transformed_readings() -> None:
    found = capability(TIMES, lower=0.2, upper=40, method="box_cox", within="mr")
    power = float(found.methods["power"])
    same = capability(box_cox(TIMES, power), lower=(0.2**power - 1) / power, upper=(40**power - 1) / power, within="mr")
    assert {name: index.value for name, index in found.indices.items()} == pytest.approx(
        {name: index.value for name, index in same.indices.items()}
    )
    assert found.ppm["expected_overall"].above == pytest.approx(same.ppm["expected_overall"].above)
    assert found.law.above(40) * 1e6 == pytest.approx(found.ppm["expected_overall"].above)


def test_a_limit_that_cannot_be_transformed_is_a_boundary() -> None:
    found = capability(TIMES, lower=0, upper=40, method="box_cox")
    assert found.lower_bound and "ppl" not in found.indices and found.lower == 0
    assert any("No reading can lie below" in said for said in found.warnings)


# Normality


def test_anderson_darling_is_that_of_statsmodels() -> None:
    for values in (TIMES, np.log(TIMES), np.random.default_rng(9).normal(5, 2, 60), np.arange(9.0)):
        found, (statistic, p) = normality(values), normal_ad(values)
        assert found is not None
        assert (found.statistic, found.p) == pytest.approx((statistic, p), rel=1e-9)


def test_normality_needs_some_readings() -> None:
    assert normality([1.0, 2.0, 3.0]) is None
    assert normality([5.0] * 30) is None


def test_normal_readings_fail_the_test_as_often_as_it_says() -> None:
    runs, draw = cases(400, 5_000), np.random.default_rng(12)
    found = [normality(draw.normal(size=40)) for _ in range(runs)]
    failed = np.mean([one is not None and one.p < 0.05 for one in found])
    assert failed == pytest.approx(0.05, abs=4 * math.sqrt(0.05 * 0.95 / runs) + 0.002)
