"""Hotelling's T²: limits, estimates, gaps and phases."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from opsmetrics.stats.multivariate import hotelling_t2, t2_limit, usual_alpha
from tests.cases import cases


def normal(rows: int, p: int, seed: int) -> np.ndarray:
    mix = np.random.default_rng(seed + 1000).standard_normal((p, p)) + 2 * np.eye(p)
    return np.random.default_rng(seed).standard_normal((rows, p)) @ mix


def test_one_variable_is_the_square_of_its_distance() -> None:
    x = normal(30, 1, 1)
    chart = hotelling_t2(x)
    assert chart.points["value"].tolist() == pytest.approx((((x - x.mean()) / x.std(ddof=1)) ** 2).ravel().tolist())
    assert usual_alpha(1) == pytest.approx(0.0027)
    assert usual_alpha(2) == pytest.approx(1 - (1 - 0.0027) ** 2)


def test_limits_as_montgomery_writes_them() -> None:
    """Introduction to Statistical Quality Control, chapter 11: p 2, m 20, n 10, α 0.001 has UCL 13.72."""
    assert t2_limit(2, 20, size=10, alpha=0.001) == pytest.approx(13.72, abs=0.005)
    assert t2_limit(2, 20, size=10, alpha=0.001, stage="phase2") == pytest.approx(13.72 * 21 / 19, abs=0.005)
    assert t2_limit(2, 20, alpha=0.001, stage="chi2") == pytest.approx(13.816, abs=0.001)
    assert t2_limit(3, 4000, alpha=0.01) == pytest.approx(t2_limit(3, 4000, alpha=0.01, stage="chi2"), rel=0.003)


def test_sum_over_the_baseline_is_fixed() -> None:
    """Σ T² = p·(m − 1) for the sample covariance, whatever the data."""
    for p in (1, 3, 5):
        assert hotelling_t2(normal(40, p, p)).points["value"].sum() == pytest.approx(p * 39)


@settings(max_examples=cases(15, 200), deadline=None)
@given(
    seed=some.integers(0, 10_000),
    scale=some.lists(some.floats(1e-6, 1e6), min_size=3, max_size=3),
    offset=some.floats(-1e9, 1e9),
)
def test_units_and_offsets_change_nothing(seed: int, scale: list[float], offset: float) -> None:
    x = normal(25, 3, seed)
    plain, moved = hotelling_t2(x), hotelling_t2(x * scale + offset * np.array(scale))
    assert moved.points["value"].to_numpy() == pytest.approx(plain.points["value"].to_numpy(), rel=1e-4)


def test_subgroups_by_name_and_as_an_array_agree_and_keep_their_sizes() -> None:
    draw = np.random.default_rng(5)
    cube = draw.standard_normal((12, 4, 2))
    by_name = {"width": cube[:, :, 0].tolist(), "depth": cube[:, :, 1].tolist()}
    chart = hotelling_t2(by_name)
    assert chart.names == ("width", "depth")
    assert hotelling_t2(cube).points["value"].tolist() == pytest.approx(chart.points["value"].tolist())
    means = np.mean([np.cov(group.T) for group in cube], axis=0)
    assert chart.covariance[0] == pytest.approx(means)
    by_name["depth"][3][1] = None  # an observation with anything missing is left out
    uneven = hotelling_t2(by_name)
    assert uneven.points["size"].tolist() == [4, 4, 4, 3] + [4] * 8
    assert uneven.points["upper"].nunique() == 2
    assert uneven.degrees == (12 * 3 - 1,)


def test_phases_gaps_and_exclusions() -> None:
    x = normal(60, 2, 7)
    x[30:] += 40
    x[10] = np.nan
    x[20] = 1000
    rows = pd.DataFrame(x, columns=["load", "speed"])
    chart = hotelling_t2(rows, phase=[1] * 30 + [2] * 30, exclude=[20])
    assert np.isnan(chart.points["value"][10])
    assert np.isnan(chart.points["upper"][10])
    assert chart.signals == (20,)
    assert chart.points["upper"][20] == pytest.approx(t2_limit(2, 28, stage="phase2"))
    alone = hotelling_t2(rows.iloc[30:])
    assert chart.points["value"][30:].tolist() == pytest.approx(alone.points["value"].tolist())
    assert (chart.mean[1] - chart.mean[0]).tolist() == pytest.approx([40, 40], abs=5)


def test_successive_differences_see_a_step_that_inflates_the_sample_covariance() -> None:
    x = np.random.default_rng(8).standard_normal((60, 2))
    x[30:] += [3.0, -3.0]
    plain, successive = hotelling_t2(x), hotelling_t2(x, covariance="successive")
    steps = np.diff(x, axis=0)
    assert successive.covariance[0] == pytest.approx(steps.T @ steps / 2 / 59)
    assert successive.degrees[0] == pytest.approx(2 * 59**2 / (3 * 60 - 4))
    assert len(successive.signals) > len(plain.signals)


def test_known_parameters_take_chi_square_or_the_samples_behind_them() -> None:
    x = normal(30, 2, 9)
    mean, matrix = x.mean(axis=0), np.cov(x.T)
    known = hotelling_t2(x, mean=mean, covariance=matrix, alpha=0.01)
    assert known.points["upper"].unique() == pytest.approx(9.2103, abs=1e-4)
    counted = hotelling_t2(x, mean=mean, covariance=matrix, alpha=0.01, samples=30)
    assert counted.points["upper"].unique() == pytest.approx(t2_limit(2, 30, alpha=0.01, stage="phase2"))
    assert known.degrees == (None,)


@pytest.mark.parametrize(("size", "covariance"), [(1, "sample"), (1, "successive"), (4, "within")])
def test_false_alarms_are_as_many_as_asked(size: int, covariance: str) -> None:
    """In the baseline and after it; the covariance of successive differences approximately (see the module)."""
    charts, m, later, alpha = cases(150, 4000), 30, 30, 0.02
    draw, inside, outside = np.random.default_rng(10), 0, 0
    for _ in range(charts):
        rows = draw.standard_normal((m + later, size, 3))
        signals = np.array(
            hotelling_t2(rows, covariance=covariance, alpha=alpha, baseline=range(m)).signals  # type: ignore[arg-type]
        )
        inside, outside = inside + (signals < m).sum(), outside + (signals >= m).sum()
    slack = 0.3 if covariance == "successive" else 0.05
    for found in (inside, outside):
        assert abs(found / charts / m - alpha) < slack * alpha + 5 * (alpha / charts / m) ** 0.5


@pytest.mark.parametrize(
    ("rows", "options", "words"),
    [
        ([[1, 2, 3], [2, 4, 5], [3, 6, 1], [4, 8, 2], [5, 10, 9]], {}, "X1 and X2 follow from each other"),
        ([[1, 2], [1, 3], [1, 5], [1, 4]], {}, "X1 does not vary"),
        ([[1, 2], [3]], {}, "found 1 numbers in row 1 and 2 in row 0"),
        ([["a", 2]], {}, "wanted a number"),
        ([[1, 2], [2, 1], [3, 5]], {"alpha": 2}, "alpha: found 2"),
        ([[1, 2], [2, 1], [3, 5]], {"covariance": "robust"}, "covariance: found 'robust'"),
        ([[1, 2], [2, 1], [3, 5]], {"covariance": "within"}, "for single rows"),
        ([[1, 2], [2, 1], [3, 5]], {"covariance": [[1, 0.5], [0, 1]]}, "not symmetric"),
        ([[1, 2], [2, 1], [3, 5]], {"covariance": [[1, 2], [2, 1]]}, "vary less than 0"),
        ([[1, 2], [2, 1], [3, 5]], {"covariance": [[1]]}, "found 1 × 1"),
        ([[1, 2], [2, 1], [3, 5]], {"mean": [1]}, "mean: found"),
        ([[1, 2], [2, 1], [3, 5]], {"limits": "three"}, "limits: found 'three'"),
        ([[1, 2], [2, 1], [3, 5]], {"names": ["a", "a"]}, "2 different names"),
        ({"a": [[1, 2]], "b": [[1]]}, {}, "wanted the same of each variable"),
        ([[], []], {}, "found no variable"),
    ],
)
def test_what_is_wrong_is_said(rows: object, options: dict[str, object], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        hotelling_t2(rows, **options)  # type: ignore[arg-type]


def test_too_few_rows_have_no_limits_and_say_so() -> None:
    assert hotelling_t2(np.zeros((0, 2))).signals == ()
    for rows in ([[1.0, 2.0]], [[None, 2.0], [None, 3.0]]):
        chart = hotelling_t2(rows)
        assert chart.points["upper"].isna().all()
        assert chart.signals == ()
    short = hotelling_t2(normal(24, 4, 11), phase=[1] * 20 + [2] * 4)
    assert short.points["upper"].isna().tolist() == [False] * 20 + [True] * 4
    assert short.warnings == ("phase 2: no limits: too few rows for 4 variables (4 in the baseline)",)
    assert "too few rows for 2 variables (1 in the baseline)" in hotelling_t2([[1.0, 2.0]]).warnings[0]
