"""Many series at once against each of them alone: its chart, its table of hits and the episodes of a verdict."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from opsmetrics.stats import (
    ControlChart,
    Episodes,
    ManySeries,
    c,
    lag1_after_step,
    many_series,
    p,
    p_prime,
    run_rules,
    u,
    u_prime,
    xbar_s_summary,
    xmr,
)
from opsmetrics.stats.many import Kind
from opsmetrics.verdict.episodes import find_episodes
from tests.cases import cases

Matrix = npt.NDArray[np.float64]
SIDES = {"high": 1, "low": -1, "none": 0}
COUNT, POINTS = cases(60, 600), 130


def shapes(seed: int) -> Matrix:
    """Series of many tempers: calm, drifting, on a grid (ties), quiet with outliers, all equal, one point, no point."""
    draw = np.random.default_rng(seed)
    values = draw.normal(50, 4, (COUNT, POINTS))
    values[0::6] += np.cumsum(draw.normal(0, 1.5, values[0::6].shape), axis=1)
    values[1::6] = np.round(values[1::6] / 4) * 4
    values[2::6] += np.where(draw.random(values[2::6].shape) < 0.05, 25, 0)
    values[3::6, 70:] += 6
    values[4::6] += 1e9
    values[draw.random(values.shape) < 0.03] = np.nan
    values[5], values[6, 1:], values[7] = 0.1, np.nan, np.nan
    values[8, :11], values[8, 11:] = 5.0, np.nan
    return values


def sizes(seed: int) -> Matrix:
    draw = np.random.default_rng(seed)
    found = draw.integers(0, 90, (COUNT, POINTS)).astype(float)
    found[3], found[4] = 1.0, 0.0
    return found


def counted(kind: str, seed: int) -> tuple[Matrix, Matrix]:
    """Counts with shares that drift, p = 0 and p = 1 among them."""
    draw, size = np.random.default_rng(seed), sizes(seed + 1)
    share = np.clip(0.1 + np.cumsum(draw.normal(0, 0.01, size.shape), axis=1) * (np.arange(COUNT) % 2)[:, None], 0, 1)
    share[0], share[1] = 0.0, 1.0
    counts = draw.binomial(size.astype(int), share) if kind.startswith("p") else draw.poisson(size * share)
    found = counts.astype(float)
    found[draw.random(size.shape) < 0.02] = np.nan
    return found, size


def matrices(kind: str) -> dict[str, Matrix]:
    if kind == "xmr":
        return {"values": shapes(1)}
    if kind == "c":
        return {"values": counted("c", 2)[0]}
    if kind == "xbar_s":
        draw = np.random.default_rng(3)
        spread = np.abs(draw.normal(4, 1, (COUNT, POINTS)))
        return {"values": shapes(4), "sds": spread, "sizes": np.floor(sizes(5) / 15)}
    values, size = counted(kind, 6)
    return {"values": values, "sizes": size}


ALONE: dict[str, Callable[..., ControlChart]] = {
    "xmr": lambda m: xmr(m["values"]),
    "p": lambda m: p(m["values"], m["sizes"]),
    "p_prime": lambda m: p_prime(m["values"], m["sizes"]),
    "u": lambda m: u(m["values"], m["sizes"]),
    "u_prime": lambda m: u_prime(m["values"], m["sizes"]),
    "c": lambda m: c(m["values"]),
    "xbar_s": lambda m: xbar_s_summary(m["values"], m["sds"], m["sizes"]),
}
SETS: list[Any] = [
    "daily",
    "western_electric",
    "nelson",
    "nhs_announced",
    ["2_of_4_beyond_1", "trend_of_4_ties_skipped"],
]


def told(found: ManySeries, number: int) -> list[tuple[object, ...]]:
    """The episodes of one series as plain values."""
    own, names = found.episodes, [rule.name for rule in found.rules]
    return [
        (
            *(int(column[row]) for column in (own.side, own.start, own.detected, own.last)),
            bool(own.open[row]),
            {name for bit, name in enumerate(names) if int(own.rules[row]) >> bit & 1},
        )
        for row in np.flatnonzero(own.series == number)
    ]


def alone(chart: ControlChart, rules: Any, enough: int = 12) -> tuple[list[tuple[object, ...]], list[float]]:
    """The same by a verdict's own path, and each excess."""
    points = chart.points
    judged = points["value"].notna().to_numpy()
    table = run_rules(chart, rules=rules).assign(decides=judged.sum() >= enough)
    nothing = np.zeros(len(points), dtype=bool)
    found = find_episodes(table, np.zeros(len(points), dtype=np.int64), judged, nothing, [""] * len(points))
    size = points["size"].fillna(1.0)
    excess = [float(((points["value"] - points["centre"]) * size).iloc[list(e.members)].sum()) for e in found]
    return [(SIDES[e.side], e.start, e.detected, e.last, e.open, set(e.rules)) for e in found], excess


@pytest.mark.parametrize("rules", SETS, ids=str)
@pytest.mark.parametrize("kind", ALONE)
def test_each_series_gets_what_it_would_get_alone(kind: Kind, rules: Any) -> None:
    given = matrices(kind)
    found = many_series(kind, **given, rules=rules)
    total = 0
    for number in range(COUNT if rules == "nelson" else COUNT // 3):
        chart = ALONE[kind]({name: matrix[number] for name, matrix in given.items()})
        expected, excess = alone(chart, rules)
        assert told(found, number) == expected
        own = found.episodes.excess[found.episodes.series == number]
        assert own == pytest.approx(excess, rel=1e-9, abs=1e-6)
        at = chart.points["value"].last_valid_index()
        assert (-1 if at is None else at) == found.last[number]
        for name in ("centre", "lower", "upper", "standard_error") if at is not None else ():
            assert np.array_equal(chart.points[name][at], getattr(found, name)[number], equal_nan=True)
        r1 = lag1_after_step(chart.points["value"])[0]
        assert found.r1[number] == pytest.approx(r1, rel=1e-9, abs=1e-9, nan_ok=True)
        total += len(expected)
    assert total > 20 or "trend" in str(rules)


def test_the_strongest_hit_of_an_episode() -> None:
    """Base 0, σ 1 by its moving ranges; 9 points of one side, among them one at 4.3."""
    base = np.tile([0.0, 1.128379167095513], 40) - 0.5641895835477563
    values = np.array([[*base, *([0.6] * 4), 4.3, *([0.6] * 6)]])
    found = many_series("xmr", values, rules="western_electric")
    own = found.episodes
    z = (4.3 - found.centre[0]) / found.standard_error[0]
    assert own.largest[-1] == pytest.approx(z) and own.longest[-1] == 12
    assert found.watched().tolist() == [True]


def test_nothing_and_little() -> None:
    for shape in ((0, 0), (0, 5), (3, 0), (2, 1)):
        found = many_series("xmr", np.ones(shape))
        assert len(found.judged) == shape[0] and len(found.episodes) == 0
        assert not found.watched().any() and found.episodes.open.dtype == np.bool_
    assert isinstance(found.episodes, Episodes)


def test_eleven_points_open_no_episode_unless_asked() -> None:
    values = np.array([[1.0, 2, 1, 2, 1, 2, 1, 2, 1, 2, 60]])
    assert len(many_series("xmr", values).episodes) == 0
    assert many_series("xmr", values, enough=2).episodes.side.tolist() == [-1, 1]


def test_what_a_kind_does_not_take_is_refused() -> None:
    ones = np.ones((2, 3))
    with pytest.raises(ValueError, match="sizes: found none; p wants values and sizes"):
        many_series("p", ones)
    with pytest.raises(ValueError, match="sizes: found some; xmr wants values"):
        many_series("xmr", ones, sizes=ones)
    with pytest.raises(ValueError, match=r"found values \(3,\); wanted series × points"):
        many_series("xmr", ones[0])
    with pytest.raises(ValueError, match="found a test of run charts; wanted rules of charts with limits"):
        many_series("xmr", ones, rules="anhoej")
    with pytest.raises(ValueError, match="kind: found 'g'"):
        many_series("g", ones)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="wanted no more than the size"):
        many_series("p", 2 * ones, sizes=ones)
