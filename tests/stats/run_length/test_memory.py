"""Run lengths of charts that remember, against published tables and simulation."""

from __future__ import annotations

import numpy as np
import pytest

from opsmetrics.stats.run_length import (
    cusum_arl,
    cusum_h,
    cusum_survival,
    ewma_arl,
    ewma_survival,
    ewma_width,
    mcusum_arl,
    mcusum_limit,
    mcusum_simulated,
    mewma_arl,
    mewma_limit,
)
from tests.cases import cases


def test_cusum_as_the_r_package_spc_has_it() -> None:
    """xcusum.arl(0.5, 5, mu, sided="two") of spc 0.6.7."""
    found = [cusum_arl(shift, 0.5, 5.0) for shift in (0, 0.5, 1, 2)]
    assert found == pytest.approx([465.443506032, 37.9961431894, 10.3759699216, 4.0088710611], rel=1e-9)


def test_head_start_as_tabulated() -> None:
    """Lucas & Crosier, Technometrics 24 (1982): k 0.5, h 5, head start h/2: 430 in control, 6.35 at one σ."""
    assert cusum_arl(0, 0.5, 5, head_start=2.5) == pytest.approx(430, abs=0.5)
    assert cusum_arl(1, 0.5, 5, head_start=2.5) == pytest.approx(6.35, abs=0.005)


def test_ewma_as_the_r_package_spc_has_it() -> None:
    """xewma.arl(0.1, 2.814, mu, sided="two") of spc 0.6.7."""
    found = [ewma_arl(shift, 0.1, 2.814) for shift in (0, 0.5, 1, 2)]
    assert found == pytest.approx([499.579550083, 31.2974351963, 10.3306651552, 4.3622534137], rel=1e-9)


def test_a_weight_of_one_is_a_shewhart_chart() -> None:
    for limits in ("fixed", "time_varying"):
        assert ewma_arl(0.0, 1.0, 3.0, limits=limits) == pytest.approx(370.398347, rel=1e-6)
    assert ewma_arl(1.0, 1.0, 3.0, sided="upper", reflect=-9) == pytest.approx(43.96, abs=0.01)


@pytest.mark.parametrize("weight", [0.02, 0.2, 0.75])
def test_more_nodes_change_nothing(weight: float, monkeypatch: pytest.MonkeyPatch) -> None:
    from opsmetrics.stats.run_length import ewma

    plain = ewma_arl(0.3, weight, 2.7)
    made = ewma._Ewma.__init__

    def finer(self: object, *given: object) -> None:
        made(self, *given)  # type: ignore[arg-type]
        self.nodes = int(self.nodes * 1.6)  # type: ignore[attr-defined]

    monkeypatch.setattr(ewma._Ewma, "__init__", finer)
    assert plain == pytest.approx(ewma_arl(0.3, weight, 2.7), rel=1e-8)


def run_lengths_ewma(shift: float, weight: float, width: float, runs: int, sided: str) -> np.ndarray:
    draw, z, lengths, going = np.random.default_rng(72), np.zeros(runs), np.zeros(runs), np.arange(runs)
    t = 0
    while going.size:
        t += 1
        z = weight * (draw.standard_normal(going.size) + shift) + (1 - weight) * z
        if sided == "upper":
            z = np.maximum(z, 0)
        limit = width * np.sqrt(weight / (2 - weight) * (1 - (1 - weight) ** (2 * t)))
        lengths[going] = t
        stays = (np.abs(z) if sided == "two" else z) <= limit
        going, z = going[stays], z[stays]
    return lengths


@pytest.mark.parametrize(("shift", "sided"), [(0.0, "two"), (0.75, "two"), (0.5, "upper")])
def test_ewma_with_limits_that_widen_against_simulation(shift: float, sided: str) -> None:
    runs = cases(2000, 60_000)
    found = run_lengths_ewma(shift, 0.15, 2.4, runs, sided)
    wanted = ewma_arl(shift, 0.15, 2.4, limits="time_varying", sided=sided)
    assert abs(found.mean() - wanted) < 4 * found.std() / np.sqrt(runs)
    survived = ewma_survival(shift, 0.15, 2.4, 60, limits="time_varying", sided=sided)
    assert [(found > t).mean() for t in (3, 20, 60)] == pytest.approx(survived[[3, 20, 60]], abs=2.2 / np.sqrt(runs))


def test_survival_adds_up_to_the_average() -> None:
    assert ewma_survival(1.0, 0.1, 2.7, 500).sum() == pytest.approx(ewma_arl(1.0, 0.1, 2.7), rel=1e-9)
    for shift, start in ((1.0, 0.0), (0.8, 2.5), (0.8, 3.0)):
        found = cusum_survival(shift, 0.5, 5.0, 800, head_start=start).sum()
        assert found == pytest.approx(cusum_arl(shift, 0.5, 5.0, head_start=start), rel=1e-9)


def test_two_sided_cusum_against_simulation() -> None:
    """Both arms on the same points, with a head start: survival by renewal holds."""
    runs, draw = cases(4000, 100_000), np.random.default_rng(73)
    high, low, first = np.full(runs, 2.0), np.full(runs, 2.0), np.full(runs, 10_000)
    for t in range(1, 41):
        x = draw.standard_normal(runs) + 0.25
        high, low = np.maximum(0, high + x - 0.5), np.maximum(0, low - x - 0.5)
        first = np.where((first > t) & ((high > 4) | (low > 4)), t, first)
    survived = cusum_survival(0.25, 0.5, 4.0, 40, head_start=2.0)
    assert [(first > t).mean() for t in (2, 10, 40)] == pytest.approx(survived[[2, 10, 40]], abs=2.2 / np.sqrt(runs))


def test_design_finds_what_gives_the_wished_run_length() -> None:
    """spc: xcusum.crit(0.5, 500, sided="two") 5.0707; xewma.crit(0.1, 500, sided="two") 2.8143."""
    assert cusum_h(0.5, 500) == pytest.approx(5.0707, abs=1e-4)
    assert ewma_width(0.1, 500) == pytest.approx(2.8143, abs=1e-4)
    width = ewma_width(0.2, 300, sided="upper", limits="time_varying")
    assert ewma_arl(0, 0.2, width, sided="upper", limits="time_varying") == pytest.approx(300)
    h = cusum_h(0.25, 400, sided="upper", head_start=2.0)
    assert cusum_arl(0, 0.25, h, sided="upper", head_start=2.0) == pytest.approx(400)


def test_mewma_limits_as_tabulated() -> None:
    """MSQC's table of limits (in-control run length 200): p 2 with λ 0.1, 0.9 and p 10 with λ 0.1."""
    found = [mewma_limit(p, weight, 200) for p, weight in ((2, 0.1), (2, 0.9), (4, 0.1), (10, 0.1))]
    assert found == pytest.approx([8.6336, 10.5932, 12.7231, 22.6565], abs=1e-4)


def test_mewma_of_a_shift_as_tabulated() -> None:
    """Prabhu & Runger, Journal of Quality Technology 29 (1997): p 2, λ 0.1, limit 8.64."""
    found = [mewma_arl(2, 0.1, 8.64, distance=shift) for shift in cases((0, 1), (0, 1, 2, 3))]
    assert found == pytest.approx([200, 10.15, 4.42, 2.93][: len(found)], rel=0.01)


def test_mewma_of_one_variable_is_the_ewma() -> None:
    assert mewma_arl(1, 0.2, 2.7**2, distance=0.5) == pytest.approx(ewma_arl(0.5, 0.2, 2.7))
    assert mewma_arl(4, 1.0, 14.0) == pytest.approx(1 / 0.0072951, rel=1e-4)  # χ²(4) beyond 14


def test_mewma_of_a_shift_against_simulation() -> None:
    runs, p, weight, upper = cases(2000, 40_000), 4, 0.3, 13.0
    draw, z, lengths, going = np.random.default_rng(74), np.zeros((runs, p)), np.zeros(runs), np.arange(runs)
    while going.size:
        lengths[going] += 1
        x = draw.standard_normal((going.size, p)) + 0.4
        z = weight * x + (1 - weight) * z
        stays = (z**2).sum(axis=1) / (weight / (2 - weight)) <= upper
        going, z = going[stays], z[stays]
    wanted = mewma_arl(p, weight, upper, distance=0.8)
    assert abs(lengths.mean() - wanted) < 4 * lengths.std() / np.sqrt(runs)


def test_mcusum_against_the_table_and_simulation() -> None:
    """Crosier, Technometrics 30 (1988): p 2, k 0.5, h 5.50, about 200."""
    assert mcusum_arl(2, 0.5, 5.5) == pytest.approx(200, rel=0.02)
    mean, error = mcusum_simulated(3, 0.5, 4.0, runs=cases(2000, 40_000))
    assert abs(mean - mcusum_arl(3, 0.5, 4.0)) < 4 * error
    assert mcusum_arl(2, 0.5, mcusum_limit(2, 0.5, 300)) == pytest.approx(300)


def test_pignatiello_and_runger_as_they_report() -> None:
    """Journal of Quality Technology 22 (1990): MC1, p 2, k 0.5, h 4.75: 203 in control, 9.28 at distance 1."""
    runs = cases(1000, 20_000)
    for distance, published in ((0.0, 203.0), (1.0, 9.28)):
        mean, error = mcusum_simulated(2, 0.5, 4.75, distance=distance, method="pignatiello_runger", runs=runs)
        assert abs(mean - published) < 4 * error + 0.02 * published


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: ewma_arl(0, 0.0, 3), "weight: found 0.0"),
        (lambda: ewma_arl(0, 0.1, -1), "width: found -1"),
        (lambda: ewma_arl(0, 0.1, 3, sided="both"), "sided: found 'both'"),  # type: ignore[arg-type]
        (lambda: ewma_arl(0, 0.1, 2, sided="upper", reflect=3), "reflect: found 3"),
        (lambda: cusum_arl(0, -1, 5), "k: found -1"),
        (lambda: cusum_arl(0, 0.5, 0), "h: found 0"),
        (lambda: cusum_arl(0, 0.5, 5, head_start=4), "head_start: found 4; wanted 0 to 3"),
        (lambda: cusum_h(0.5, 1), "arl: found 1"),
        (lambda: cusum_h(0.5, 1e30), "arl: found 1e\\+30"),
        (lambda: cusum_h(0.5, 1.0001), "gives 1.819 already"),
        (lambda: mewma_arl(0, 0.1, 5), "p: found 0"),
        (lambda: mewma_arl(2, 0.1, -5), "wanted above 0"),
        (lambda: mcusum_arl(2, 0.5, 0), "h above 0"),
    ],
)
def test_what_is_out_of_range_is_said(call: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call()  # type: ignore[operator]
