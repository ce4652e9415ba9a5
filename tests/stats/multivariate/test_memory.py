"""MEWMA and MCUSUM against their recursions written out."""

from __future__ import annotations

import numpy as np
import pytest

from opsmetrics.stats.multivariate import hotelling_t2, mcusum, mewma
from opsmetrics.stats.run_length import mcusum_arl, mewma_arl
from tests.cases import cases


def correlated(rows: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).multivariate_normal([5, -3], [[2, 1.2], [1.2, 1]], rows)


def test_mewma_as_its_covariance_summed_term_by_term() -> None:
    x, weight = correlated(30, 1), 0.2
    matrix, offset = np.cov(x.T), x - x.mean(axis=0)
    for spread in ("time_varying", "asymptotic"):
        chart = mewma(x, weight=weight, upper=9.0, spread=spread)  # type: ignore[arg-type]
        for i in (0, 4, 29):
            shares = np.array([weight * (1 - weight) ** (i - j) for j in range(i + 1)])
            z = shares @ offset[: i + 1]
            grown = (shares**2).sum() if spread == "time_varying" else weight / (2 - weight)
            assert chart.points["value"][i] == pytest.approx(z @ np.linalg.solve(grown * matrix, z))


def test_mewma_of_weight_one_is_t2() -> None:
    x = correlated(30, 2)
    assert mewma(x, weight=1.0, upper=9.0).points["value"].tolist() == pytest.approx(
        hotelling_t2(x).points["value"].tolist()
    )


def test_crosier_and_mc1_written_out() -> None:
    x, k = correlated(40, 3), 0.4
    inverse, offset = np.linalg.inv(np.cov(x.T)), x - x.mean(axis=0)
    s, rows, total, before, y, mc1 = np.zeros(2), 0, np.zeros(2), 0.0, [], []
    for step in offset:
        c = np.sqrt((s + step) @ inverse @ (s + step))
        s = np.zeros(2) if c <= k else (s + step) * (1 - k / c)
        y.append(np.sqrt(s @ inverse @ s))
        rows, total = (rows + 1, total + step) if before > 0 else (1, step)
        before = max(0.0, np.sqrt(total @ inverse @ total) - k * rows)
        mc1.append(before)
    assert mcusum(x, k=k, h=5.0).points["value"].tolist() == pytest.approx(y, abs=1e-12)
    runger = mcusum(x, k=k, h=5.0, method="pignatiello_runger")
    assert runger.points["value"].tolist() == pytest.approx(mc1, abs=1e-12)


def test_phases_start_anew_and_gaps_leave_the_state() -> None:
    x = correlated(40, 4)
    whole = mewma(x, upper=9.0, phase=["a"] * 20 + ["b"] * 20)
    assert whole.points["value"][20:].tolist() == pytest.approx(mewma(x[20:], upper=9.0).points["value"].tolist())
    holed = np.insert(x, 7, np.nan, axis=0)
    for made in (mewma(holed, upper=9.0), mcusum(holed, h=5.0)):
        plain = (mewma(x, upper=9.0) if made.kind == "mewma" else mcusum(x, h=5.0)).points["value"]
        assert np.isnan(made.points["value"][7])
        assert made.points["value"].dropna().tolist() == pytest.approx(plain.tolist())


def test_subgroup_means_spread_less() -> None:
    cube = np.random.default_rng(6).standard_normal((25, 4, 2))
    chart = mewma(cube, weight=1.0, upper=12.0)
    assert chart.points["value"].tolist() == pytest.approx(hotelling_t2(cube).points["value"].tolist())


def test_limits_that_are_not_given_have_the_wished_run_length() -> None:
    x = correlated(60, 7)
    chart = mewma(x, weight=0.1, arl=370.0)
    assert mewma_arl(2, 0.1, chart.points["upper"][0]) == pytest.approx(370)
    assert chart.methods["upper"] == "average run length 370"
    assert mcusum_arl(2, 0.5, mcusum(x).points["upper"][0]) == pytest.approx(200)


def test_a_small_lasting_shift_is_noticed_where_t2_passes_over_it() -> None:
    runs, seen = cases(20, 200), np.zeros(3)
    for seed in range(runs):
        x = np.random.default_rng(100 + seed).standard_normal((40, 2)) + 0.7
        known = {"mean": [0, 0], "covariance": [[1, 0], [0, 1]]}
        seen += [
            len(chart.signals) > 0
            for chart in (
                hotelling_t2(x, alpha=1 / 200, **known),  # type: ignore[arg-type]
                mewma(x, **known),  # type: ignore[arg-type]
                mcusum(x, **known),  # type: ignore[arg-type]
            )
        ]
    assert seen[1] >= 0.95 * runs
    assert seen[2] >= 0.95 * runs
    assert seen[0] < 0.85 * runs


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda x: mewma(x, weight=0), "weight: found 0"),
        (lambda x: mewma(x, upper=0), "upper: found 0"),
        (lambda x: mewma(x, spread="none"), "spread: found 'none'"),
        (lambda x: mcusum(x, k=-1), "k: found -1"),
        (lambda x: mcusum(x, h=-1), "h: found -1"),
        (lambda x: mcusum(x, method="other"), "method: found 'other'"),
        (lambda x: mcusum(x, method="pignatiello_runger"), "h: found none"),
    ],
)
def test_what_is_out_of_range_is_said(call: object, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        call(correlated(10, 8))  # type: ignore[operator]
