"""Constants against printed tables, closed forms and a second integral."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate
from scipy.special import ndtr

from opsmetrics.stats import c4, constants, d2, d3, d4_median
from opsmetrics.stats.factors import by_size

#: NIST/SEMATECH e-Handbook 6.3.2 and ASTM MNL 7, n = 2 … 10.
PRINTED_D2 = (1.128, 1.693, 2.059, 2.326, 2.534, 2.704, 2.847, 2.970, 3.078)
PRINTED_D3 = (0.853, 0.888, 0.880, 0.864, 0.848, 0.833, 0.820, 0.808, 0.797)
PRINTED_C4 = (0.7979, 0.8862, 0.9213, 0.9400, 0.9515, 0.9594, 0.9650, 0.9693, 0.9727)


def test_table_constants_are_the_printed_ones() -> None:
    sizes = range(2, 11)
    assert tuple(d2(n, "table") for n in sizes) == PRINTED_D2
    assert tuple(d3(n, "table") for n in sizes) == PRINTED_D3
    assert tuple(c4(n, "table") for n in sizes) == PRINTED_C4


def test_table_factors_of_five_are_the_printed_ones() -> None:
    five = constants(5, "table")
    assert (five.A2, five.A3, five.B3, five.B4, five.D3, five.D4) == (0.577, 1.427, 0, 2.089, 0, 2.114)


def test_closed_forms() -> None:
    assert d2(2) == pytest.approx(2 / math.sqrt(math.pi), abs=1e-11)
    assert d2(3) == pytest.approx(3 / math.sqrt(math.pi), abs=1e-11)
    assert d3(2) == pytest.approx(math.sqrt(2 - 4 / math.pi), abs=1e-11)
    assert c4(2) == pytest.approx(math.sqrt(2 / math.pi), abs=1e-14)
    assert c4(3) == pytest.approx(math.sqrt(math.pi) / 2, abs=1e-14)


@pytest.mark.parametrize("n", [2, 5, 25, 300])
def test_d2_equals_another_integral(n: int) -> None:
    """E R = ∫ 1 − Φ(x)ⁿ − (1 − Φ(x))ⁿ dx (Tippett 1925), by adaptive quadrature."""
    expected, _ = integrate.quad(lambda x: 1 - ndtr(x) ** n - ndtr(-x) ** n, -12, 12, epsabs=1e-11, limit=200)
    assert d2(n) == pytest.approx(expected, abs=1e-9)


def test_range_of_five_by_simulation() -> None:
    ranges = np.ptp(np.random.default_rng(5).standard_normal((400_000, 5)), axis=1)
    assert ranges.std() == pytest.approx(d3(5), abs=0.004)


def test_c4_of_very_large_samples_does_not_overflow() -> None:
    """Series: c4(n) = 1 − 1/(4n) − 7/(32n²) − …; gamma() itself overflows near n = 344."""
    for n in (344, 5_000, 1_000_000):
        assert c4(n) == pytest.approx(1 - 1 / (4 * n) - 7 / (32 * n**2), abs=1e-8)


def test_median_range_of_two_by_simulation() -> None:
    pairs = np.random.default_rng(2).standard_normal((400_000, 2))
    assert np.median(np.abs(pairs[:, 0] - pairs[:, 1])) == pytest.approx(d4_median(), abs=0.005)
    assert d4_median("table") == 0.954


def test_sizes_below_two_and_unknown_tables_are_refused() -> None:
    for factor in (d2, d3, c4, constants):
        with pytest.raises(ValueError, match="sample size: found 1; wanted a whole number of at least 2"):
            factor(1)
    with pytest.raises(ValueError, match="constants: found 'book'"):
        constants(5, "book")  # type: ignore[arg-type]


def test_by_size_leaves_missing_and_single_readings_open() -> None:
    found = by_size(c4, np.array([5.0, np.nan, 1.0, 0.0, 5.0]))
    assert found[0] == found[4] == c4(5)
    assert np.isnan(found[1:4]).all()
