"""Capability of what is counted, against scipy."""

from __future__ import annotations

import math

import pytest
from scipy import stats as scipy_stats

from opsmetrics.stats.capability import defectives, defects


@pytest.mark.parametrize(("count", "size"), [(0, 40), (3, 100), (57, 60), (40, 40)])
def test_the_interval_is_that_of_clopper_and_pearson(count: int, size: int) -> None:
    found = defectives([count, 0], [size - 10, 10]) if count <= size - 10 else defectives([count], [size])
    exact = scipy_stats.binomtest(count, size).proportion_ci(0.95, method="exact")
    assert (found.share.low, found.share.high) == pytest.approx((exact.low, exact.high))
    assert found.ppm.value == pytest.approx(1e6 * count / size)


def test_the_process_z_turns_the_interval_over() -> None:
    found = defectives([3], [100])
    assert found.z is not None and found.z.value == pytest.approx(-scipy_stats.norm.ppf(0.03))
    assert found.z.low is not None and found.z.high is not None
    assert found.z.low < found.z.value < found.z.high
    none = defectives([0], [100]).z
    assert none is not None and math.isinf(none.value) and none.value > 0 and none.high == math.inf


def test_garwoods_interval_leaves_a_fortieth_on_either_side() -> None:
    found = defects([4, 3], [20, 30])
    assert found.share.low is not None and found.share.high is not None
    assert scipy_stats.poisson(50 * found.share.low).sf(6) == pytest.approx(0.025)
    assert scipy_stats.poisson(50 * found.share.high).cdf(7) == pytest.approx(0.025)
    assert defects([0], [50]).share.low == 0
    assert found.share_without == pytest.approx(math.exp(-7 / 50))


def test_per_million_opportunities() -> None:
    assert defects([7], [50], opportunities=20).ppm.value == pytest.approx(1e6 * 7 / 1000)


def test_gaps_are_left_out_and_nonsense_is_named() -> None:
    assert defectives([3, None], [100, 50]).size == 100
    for call, said in (
        (lambda: defectives([5], [4]), "no more defectives"),
        (lambda: defectives([], []), "at least one"),
        (lambda: defects([-1], [4]), "zero or more"),
        (lambda: defects([1], [4], opportunities=0), "opportunities"),
        (lambda: defects([1, 2], [4]), "one of each"),
    ):
        with pytest.raises(ValueError, match=said):
            call()
