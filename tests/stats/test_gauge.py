"""Gauge studies: Montgomery's and AIAG's published figures, sums of squares in plain Python, simulated coverage."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from itertools import product
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsmetrics.stats.gauge import GaugeStudy, average_range, d2_star, gauge_study
from tests.cases import cases
from tests.paths import SHARED, needs_shared

#: Montgomery, Introduction to Statistical Quality Control, table 8.7 (thermal impedance, Houf and Berman 1988): of each
#: of ten parts three readings by each of three inspectors.
IMPEDANCE = """
37 38 37 41 41 40 41 42 41
42 41 43 42 42 42 43 42 43
30 31 31 31 31 31 29 30 28
42 43 42 43 43 43 42 42 42
28 30 29 29 30 29 31 29 29
42 42 43 45 45 45 44 46 45
25 26 27 28 28 30 29 27 27
40 40 40 43 42 42 43 43 41
25 25 25 27 29 28 26 26 26
35 34 34 35 35 34 35 34 35
"""


def flat(cube: npt.NDArray[np.float64]) -> tuple[list[float], list[int], list[str]]:
    """Parts × operators × trials as three columns."""
    places = list(product(*(range(size) for size in cube.shape)))
    return [float(cube[at]) for at in places], [p for p, _, _ in places], ["ABCDEFGH"[o] for _, o, _ in places]


def impedance() -> npt.NDArray[np.float64]:
    return np.array(IMPEDANCE.split(), dtype=float).reshape(10, 3, 3)


def sums(study: GaugeStudy) -> dict[str, float]:
    return {row.name: row.ss for row in study.table}


# Published


def test_montgomerys_thermal_impedance() -> None:
    """Table 8.8 and the components below it: 0.51, 0.73, 0.56 (operators) and 48.29 (parts)."""
    study = gauge_study(*flat(impedance()))
    assert sums(study) == pytest.approx(
        {"part": 3935.96, "operator": 39.27, "interaction": 48.51, "repeatability": 30.67, "total": 4054.40}, abs=0.01
    )
    assert not study.pooled and study.p_interaction is not None and study.p_interaction < 0.001
    wanted = {"repeatability": 0.51, "interaction": 0.73, "operator": 0.56, "part": 48.29}
    for name, variance in wanted.items():
        assert study.components[name].variance == pytest.approx(variance, abs=0.006), name


@needs_shared
def test_aiags_form() -> None:
    """AIAG, Measurement Systems Analysis, section III-B: EV 0.20188, AV 0.22963, GRR 0.30575, PV 1.10456, TV 1.1461."""
    case = json.loads((SHARED / "reference/spc/grr_aiag.json").read_text())
    data, published = case["data"], case["published"]
    found = average_range(data["value"], data["part"], data["operator"])
    for name in ("ev", "av", "grr", "pv", "tv"):
        assert getattr(found, name) == pytest.approx(published[name], abs=published["abs_tol"]), name


def test_factors_round_to_aiags_table() -> None:
    """AIAG's form: K2 and K3 for 2 to 10 appraisers or parts, K1 for 2 and 3 trials."""
    table = [0.7071, 0.5231, 0.4467, 0.4030, 0.3742, 0.3534, 0.3375, 0.3249, 0.3146]
    assert [round(1 / d2_star(size, 1), 4) for size in range(2, 11)] == table
    found = average_range(*flat(impedance()))
    assert (round(found.k1, 4), round(found.k2, 4), round(found.k3, 4)) == (0.5908, 0.5231, 0.3146)


# Plain Python


def naive_crossed(cube: npt.NDArray[np.float64]) -> dict[str, float]:
    """Sums of squares, one deviation at a time."""
    grand = cube.mean()
    found = dict.fromkeys(("part", "operator", "interaction", "repeatability", "total"), 0.0)
    for p, o, t in product(*(range(size) for size in cube.shape)):
        part, operator, cell = cube[p].mean(), cube[:, o].mean(), cube[p, o].mean()
        found["part"] += (part - grand) ** 2
        found["operator"] += (operator - grand) ** 2
        found["interaction"] += (cell - part - operator + grand) ** 2
        found["repeatability"] += (cube[p, o, t] - cell) ** 2
        found["total"] += (cube[p, o, t] - grand) ** 2
    return {name: float(total) for name, total in found.items()}


shapes = st.tuples(st.integers(2, 4), st.integers(2, 3), st.integers(2, 3))


@settings(max_examples=cases(20, 300))
@given(shapes, st.integers(0, 10_000), st.booleans())
def test_sums_of_squares_and_components(shape: tuple[int, int, int], seed: int, order: bool) -> None:
    cube = np.random.default_rng(seed).integers(-20, 20, shape).astype(float)
    cube[0, 0, 0] += 0.5  # never all equal
    columns = flat(cube)
    mixed = np.random.default_rng(seed).permutation(len(columns[0])) if order else np.arange(len(columns[0]))
    study = gauge_study(*([column[at] for at in mixed] for column in columns), alpha=1)  # type: ignore[arg-type]
    assert sums(study) == pytest.approx(naive_crossed(cube), rel=1e-9, abs=1e-9)
    parts = study.components
    assert parts["total"].variance == pytest.approx(parts["grr"].variance + parts["part"].variance)
    assert sum(parts[name].contribution for name in ("grr", "part")) == pytest.approx(100)
    assert all(part.variance >= 0 for part in parts.values())


@settings(max_examples=cases(15, 300))
@given(shapes, st.integers(0, 10_000))
def test_a_nested_study_against_its_definition(shape: tuple[int, int, int], seed: int) -> None:
    cube = np.random.default_rng(seed).normal(size=shape) * 5
    values, part, operator = flat(cube)
    own = [f"{name}{number}" for name, number in zip(operator, part, strict=True)]
    for labels in (part, own):  # parts may bear the same numbers with every operator, or names of their own
        study = gauge_study(values, labels, operator, design="nested")
        p, o, r = shape
        within = sum((cube[i, j, k] - cube[i, j].mean()) ** 2 for i, j, k in product(*(range(n) for n in shape)))
        between = sum(r * (cube[i, j].mean() - cube[:, j].mean()) ** 2 for i, j in product(range(p), range(o)))
        ms_error, ms_part = within / (p * o * (r - 1)), between / (o * (p - 1))
        assert sums(study)["part"] == pytest.approx(between)
        assert study.components["repeatability"].variance == pytest.approx(ms_error)
        assert study.components["part"].variance == pytest.approx(max((ms_part - ms_error) / r, 0.0))
        assert study.parts == p * o


def test_without_interaction_when_it_is_pooled_or_cannot_be_told() -> None:
    cube = np.random.default_rng(4).normal(size=(6, 3, 2)) * 0.1 + np.arange(6.0)[:, None, None]
    pooled = gauge_study(*flat(cube), alpha=0.0)
    found = naive_crossed(cube)
    error = (found["interaction"] + found["repeatability"]) / (10 + 18)
    assert pooled.pooled and pooled.components["repeatability"].variance == pytest.approx(error)
    once = gauge_study(*flat(cube[:, :, :1]))
    assert once.f_interaction is None and any("once" in said for said in once.warnings)


def test_one_operator_has_no_reproducibility() -> None:
    cube = np.random.default_rng(4).normal(size=(6, 1, 3)) + 4 * np.arange(6.0)[:, None, None]
    values, part, _ = flat(cube)
    study = gauge_study(values, part)
    assert study.operators == 1 and [row.name for row in study.table] == ["part", "repeatability", "total"]
    assert study.components["grr"].variance == pytest.approx(float(np.mean(np.var(cube, axis=2, ddof=1))))


def test_scale_and_offset_change_no_share() -> None:
    values, part, operator = flat(impedance())
    plain, moved = (gauge_study([a + b * v for v in values], part, operator) for a, b in ((0, 1), (1e9, 0.001)))
    for name, one in plain.components.items():
        assert moved.components[name].study_share == pytest.approx(one.study_share, abs=0.01)


def test_shares_of_the_tolerance_and_the_categories() -> None:
    study = gauge_study(*flat(impedance()), tolerance=60, k=5.15)
    grr, part = study.components["grr"], study.components["part"]
    assert grr.tolerance_share == pytest.approx(100 * 5.15 * grr.sigma / 60)
    assert study.ndc == int(1.41 * part.sigma / grr.sigma)


def broken() -> Iterator[tuple[Any, str]]:
    values, part, operator = flat(impedance()[:3])
    yield (values[1:], part[1:], operator[1:]), "2 readings of part 0 by A and 3 elsewhere"
    yield (values[3:], part[3:], operator[3:]), "no reading of part 0 by A"
    yield ([math.nan, *values[1:]], part, operator), "no measurement of part 0 by A"
    yield (values, [None, *part[1:]], operator), "no part in row 1"
    yield ([1.0] * 27, part, operator), "all equal"
    yield (values[:9], part[:9], operator[:9]), "a single part"
    yield ([1.0, 2.0], [1, 2], None), "measured at least twice"
    yield ([], [], None), "found no reading"


@pytest.mark.parametrize(("columns", "said"), list(broken()))
def test_bad_studies_are_named(columns: Any, said: str) -> None:
    with pytest.raises(ValueError, match=said):
        gauge_study(*columns)


def test_a_component_below_zero_is_set_to_zero_and_said() -> None:
    draw = np.random.default_rng(0)
    cube = np.arange(5.0)[:, None, None] * 9 + draw.normal(size=(5, 3, 3))
    cube -= cube.mean(axis=(0, 2), keepdims=True)  # operators agree better than chance lets them
    study = gauge_study(*flat(cube))
    assert study.components["operator"].variance == 0
    assert any("operator came out below 0" in said for said in study.warnings)


# Coverage


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Ten parts, three operators, three trials: 95 % intervals of 60 studies (4,000 in a long run). That of the
    repeatability is exact; the others are approximate and err on the wide side."""
    runs, draw = cases(60, 4_000), np.random.default_rng(8)
    truth = {"repeatability": 1.0, "part": 25.0, "grr": 1 + 4 + 0.5, "total": 30.5}
    hits = dict.fromkeys(truth, 0)
    for _ in range(runs):
        cube = draw.normal(0, 5, (10, 1, 1)) + draw.normal(0, 2, (1, 3, 1)) + draw.normal(size=(10, 3, 3))
        cube += draw.normal(0, math.sqrt(0.5), (10, 3, 1))
        study = gauge_study(*flat(cube), alpha=1)
        for name, true in truth.items():
            one = study.components[name]
            assert one.low is not None and one.high is not None
            hits[name] += one.low <= true <= one.high
    error = 4 * math.sqrt(0.95 * 0.05 / runs)
    assert hits["repeatability"] / runs == pytest.approx(0.95, abs=error)
    for name in truth:
        assert 0.95 - error - 0.01 <= hits[name] / runs <= 0.99 + error, name
