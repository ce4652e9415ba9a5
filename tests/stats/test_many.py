"""Many series at once against each of them alone: its chart, its table of hits and the episodes of a verdict."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from scipy.stats import norm

from opsmetrics.stats import (
    ControlChart,
    Episodes,
    ManySeries,
    c,
    lag1_after_step,
    many_series,
    p,
    p_prime,
    ranked,
    run_rules,
    u,
    u_prime,
    xbar_s_summary,
    xmr,
)
from opsmetrics.stats.false_alarms import expected_episodes
from opsmetrics.stats.many import Kind
from opsmetrics.verdict.episodes import find_episodes
from tests.cases import cases

Matrix = npt.NDArray[np.float64]
SIDES = {"high": 1, "low": -1, "none": 0}
COUNT, POINTS = cases(24, 600), 130


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
    assert total > 10 or "trend" in str(rules)


#: A point of 0 a day with a moving-range σ of 1, then what is said.
CALM = [*(np.tile([0.0, 1.128379167095513], 40) - 0.5641895835477563)]


def test_the_strongest_hit_of_an_episode_and_what_it_came_to() -> None:
    """12 points of one side after one more of it, among them one far out: p of 13 on one side is 2^-12."""
    values = np.array([[*CALM, *([0.6] * 4), 3.4, *([0.6] * 7)], [*CALM, *([0.6] * 4), 4.3, *([0.6] * 7)]])
    found = many_series("xmr", values, rules="western_electric")
    own, names = found.episodes, [rule.name for rule in found.rules]
    assert own.series.tolist() == [0, 1] and own.open.all()
    z = (4.3 - found.centre[1]) / found.standard_error[1]
    assert own.surprise == pytest.approx([12 * np.log10(2), -np.log10(2 * norm.sf(z))])
    assert [names[place] for place in own.strongest] == ["run_of_8", "beyond_limits"]
    members = values[:, 79:] - found.centre[:, None]
    assert own.excess == pytest.approx(members.sum(axis=1))


def test_what_is_looked_at_first() -> None:
    """On the bad side 1, on the other 0.6, where neither is bad 0.8; ended in the window 0.8; ties by surprise."""
    high, low = [*CALM, 6.0], [*CALM, -6.0]
    values = np.array([[*high, 0.0], [0.0, *high], [0.0, *low], [0.0, *high]])
    found = many_series("xmr", values, window=2)
    first = ranked(found, bad=[1, 1, 1, 0], weight=[1.0, 1000.0, 1.0, 1.0])
    own = found.episodes
    assert own.series[first.episode[0]] == 1
    told = {int(own.series[e]): (d, a) for e, d, a in zip(first.episode, first.direction, first.attention, strict=True)}
    assert told == {0: (1.0, 0.8), 1: (1.0, 1.0), 2: (0.6, 1.0), 3: (0.8, 1.0)}
    assert first.score == pytest.approx(first.direction * first.attention * (first.surprise + first.volume))
    assert (np.diff(first.score) <= 0).all()
    assert first.volume[0] == pytest.approx(np.log10(1 + 1000 * own.excess[first.episode[0]]))


def test_found_and_expected_in_a_window() -> None:
    """An episode counts where it was detected in the window; the expectation adds up the periods newly judged."""
    values = np.array([[*CALM, 6.0, 0.0, 0.0, 0.0], [*CALM, 0.0, 0.0, 6.0, np.nan], [0.1] * 84])
    found = many_series("xmr", values, window=3, rules="rule_1")
    assert found.new.tolist() == [False, True] and found.budget[0] == 1
    alike = np.maximum(found.r1[:2] - 1 / np.sqrt(found.judged[:2]), 0.0)
    given = expected_episodes("rule_1", found.judged[:2], [3, 2], r1=alike)  # the last period of one is a gap
    assert found.watched.tolist() == [True, True, False]
    assert found.expected[2] == 0 and found.expected[:2] == pytest.approx(given.tolist())
    assert found.budget[1] == pytest.approx(found.expected.sum())


@pytest.mark.parametrize("rules", ["rule_1", "daily", "western_electric"])
def test_what_is_found_in_control_is_what_chance_was_expected_to_bring(rules: str) -> None:
    """Seeded series of 60 to 120 points in control, own limits: F of the last 60 within 10 % of E."""
    draw = np.random.default_rng(77)
    count = cases(1_500, 20_000)
    late = np.arange(120) < draw.integers(0, 61, count)[:, None]
    values, sizes = draw.normal(50, 4, (count, 120)), draw.integers(150, 400, (count, 120)).astype(float)
    share = draw.uniform(0.05, 0.2, count)[:, None]
    tried: list[tuple[Kind, Matrix]] = [
        ("c", draw.poisson(300 * share, (count, 120))),
        ("xmr", values),
        ("p", draw.binomial(sizes.astype(int), share)),
        ("u", draw.poisson(sizes * share)),
    ]
    for kind, numbers in tried:
        series = np.where(late, np.nan, numbers)
        found, expected = many_series(
            kind, series, sizes=sizes if kind in "pu" else None, rules=rules, window=60
        ).budget
        assert found == pytest.approx(expected, rel=0.1 if cases(False, True) else 0.15), kind


def test_nothing_and_little() -> None:
    for shape in ((0, 0), (0, 5), (3, 0), (2, 1)):
        found = many_series("xmr", np.ones(shape))
        assert len(found.judged) == shape[0] and len(found.episodes) == 0
        assert not found.watched.any() and found.episodes.open.dtype == np.bool_ and found.budget == (0, 0.0)
        assert len(ranked(found).episode) == 0
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
