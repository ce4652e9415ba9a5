"""I′ against its definition in plain Python (Taylor, Normalized Individuals Control Chart, variation.com, 2017; the
same arithmetic is read in qicharts2 0.8.1, chart "ip")."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from opsmetrics.stats import i_prime, signals, xmr

KWH = [412.0, 388.0, 530.0, 201.0, 460.0, 377.0, 610.0, 150.0, 402.0, 395.0]
UNITS = [200.0, 190.0, 260.0, 90.0, 240.0, 180.0, 300.0, 80.0, 205.0, 195.0]


def naive(tops: list[float], sizes: list[float]) -> tuple[float, list[float]]:
    """Centre and the standard error of each point: s = √(π/2)·|Δ|/√(1/n + 1/n′), averaged, over √n."""
    values = [t / n for t, n in zip(tops, sizes, strict=True)]
    s = [
        math.sqrt(math.pi / 2) * abs(a - b) / math.sqrt(1 / n + 1 / m)
        for (a, b), (n, m) in zip(pairwise(values), pairwise(sizes), strict=True)
    ]
    return sum(tops) / sum(sizes), [sum(s) / len(s) / math.sqrt(n) for n in sizes]


def test_against_the_definition() -> None:
    chart, (centre, errors) = i_prime(KWH, UNITS), naive(KWH, UNITS)
    assert chart.points["centre"].to_numpy() == pytest.approx(centre)
    assert chart.points["standard_error"].to_numpy() == pytest.approx(errors)
    assert chart.points["upper"].to_numpy() == pytest.approx([centre + 3 * error for error in errors])
    assert chart.kind == "i_prime" and chart.sigma[0] == pytest.approx(errors[0] * math.sqrt(UNITS[0]))


def test_equal_denominators_give_the_xmr_chart() -> None:
    prime, plain = i_prime(KWH, [50.0] * 10), xmr([value / 50 for value in KWH])
    for column in ("value", "centre", "lower", "upper"):
        np.testing.assert_allclose(prime.points[column], plain.points[column], rtol=1e-12)


@given(st.floats(0.01, 1000))
def test_the_unit_of_the_denominator_does_not_matter(scale: float) -> None:
    """Limits of the ratio times the unit stay the same."""
    here, there = i_prime(KWH, UNITS), i_prime(KWH, [n * scale for n in UNITS])
    np.testing.assert_allclose(there.points["upper"] * scale, here.points["upper"], rtol=1e-9)


def test_gaps_phases_and_exclusions_are_those_of_the_xmr_chart() -> None:
    tops: list[float | None] = [*KWH[:4], None, *KWH[4:]]
    sizes = [*UNITS[:4], 0.0, *UNITS[4:]]
    chart = i_prime(tops, sizes, phase=["a"] * 6 + ["b"] * 5, exclude=[7])
    assert chart.points["value"].isna().tolist() == [place == 4 for place in range(11)]
    first = naive(KWH[:4], UNITS[:4])
    # the gap drops both of its ranges, and point 5 of phase a has no neighbour left
    assert chart.sigma[0] == pytest.approx(first[1][0] * math.sqrt(UNITS[0]))
    kept = naive([KWH[5], *KWH[7:]], [UNITS[5], *UNITS[7:]])
    assert chart.sigma[1] == pytest.approx(kept[1][0] * math.sqrt(UNITS[5]))


def test_negative_amounts_are_plotted_and_negative_denominators_refused() -> None:
    assert (i_prime([-5.0, 3.0, 4.0], [1.0, 2.0, 3.0]).points["lower"] < 0).all()
    with pytest.raises(ValueError, match="denominators: found -1 at position 1; wanted zero or more"):
        i_prime([1.0, 2.0], [1.0, -1.0])


def test_rule_1_alone_in_control() -> None:
    """60 ratios whose noise falls with their size: about 0.0027 false alarms per point, as for XmR (verdict.md 43)."""
    draw, charts = np.random.default_rng(17), 2000
    sizes = draw.uniform(20, 400, charts * 60)
    values = 5 + draw.standard_normal(charts * 60) / np.sqrt(sizes)
    chart = i_prime(values * sizes, sizes, phase=np.repeat(np.arange(charts), 60))
    assert len(signals(chart, "rule_1")) / len(values) == pytest.approx(0.0027, rel=0.2)
