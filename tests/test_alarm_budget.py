"""Found and expected agree where nothing happens: charts in control, by the same functions that judge a review.

`make soak` simulates 20,000 charts for each kind and length (docs/performance.md has the figures); otherwise 500, and
the tolerance is three times the error of such a count, which the test works out itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from opsmetrics.review import KpiReview, review
from opsmetrics.stats import RULE_SETS, many_series
from opsmetrics.stats.counting import counting_parts
from opsmetrics.stats.false_alarms import PARTS, expected_episodes
from opsmetrics.stats.many import Kind, ManySeries
from opsmetrics.triage import triage
from tests.cases import cases
from tests.verdict.made import DEFECTS, FALLS, LATE, SPEED, counts, readings, totals

SETS = tuple(name for name in RULE_SETS if name != "anhoej")
CHARTS = cases(500, 20_000)
NEW = 60
CENTRE = {"p": "binomial", "u": "poisson", "c": "poisson", "xbar_s": ""}


def drawn(kind: Kind, charts: int, points: int, seed: int) -> dict[str, Any]:
    """Charts in control of a kind: p and u with sizes that vary, about 30 events a point."""
    draw, shape = np.random.default_rng([seed, points]), (charts, points)
    if kind == "p":
        sizes = draw.integers(150, 260, shape)
        return {"values": draw.binomial(sizes, 0.15), "sizes": sizes}
    if kind == "u":
        sizes = draw.uniform(200, 420, shape)
        return {"values": draw.poisson(sizes * 0.1), "sizes": sizes}
    if kind == "c":
        return {"values": draw.poisson(12, shape)}
    if kind == "xbar_s":
        sds = np.sqrt(draw.chisquare(24, shape) / 24)
        return {"values": draw.normal(0, 0.2, shape), "sds": sds, "sizes": np.full(shape, 25.0)}
    return {"values": draw.standard_normal(shape)}


def budget(kind: Kind, given: dict[str, Any], rules: str) -> tuple[np.ndarray, np.ndarray]:
    """Found and expected among the last 60 points of each chart, as triage counts them."""
    charts, points = given["values"].shape
    found, expected = np.zeros(charts), np.zeros(charts)
    for names, judged in ((rules, False), ("rule_1", True)):
        told = many_series(kind, **given, rules=names)
        alike = told.r1 > max(0.25, 2 / np.sqrt(points))
        own = alike == judged  # neighbours that are alike leave rule 1 alone in force
        new = told.episodes.series[told.episodes.detected >= points - NEW]
        found += np.where(own, np.bincount(new, minlength=charts), 0)
        r1 = np.maximum(0.0, told.r1 - 1 / np.sqrt(points))
        limits: Any = "centre" if kind in CENTRE else "own"
        parts = _parts(kind, given, told, names)
        expected += np.where(own, expected_episodes(names, points, NEW, r1=r1, limits=limits, parts=parts), 0.0)
    return found, expected


def _parts(kind: Kind, given: dict[str, Any], told: ManySeries, rules: str) -> np.ndarray:
    law: Any = CENTRE.get(kind)
    sizes = given.get("sizes", np.ones((len(told.centre), 1)))
    if not law:
        return np.ones((len(told.centre), len(PARTS)))
    rows = zip(told.centre.tolist(), sizes, strict=True)
    return np.array([counting_parts(law, centre, size, rules) for centre, size in rows])


@pytest.mark.parametrize("points", cases([60], [60, 180, 365]))
@pytest.mark.parametrize("kind", ["xmr", "p", "u", "c", "xbar_s"])
def test_what_is_found_in_control_is_what_is_expected(kind: Kind, points: int) -> None:
    given = drawn(kind, CHARTS, points, seed=5)
    for rules in cases(("daily", "western_electric"), SETS):
        found, expected = budget(kind, given, rules)
        error = 3 * found.std() / np.sqrt(CHARTS) / expected.mean()
        ratio = found.mean() / expected.mean()
        print(f"{kind:7s} {points:3d} {rules:17s} F {found.sum():6.0f} E {expected.sum():8.1f} F/E {ratio:.3f}")
        assert ratio == pytest.approx(1, abs=0.1 if CHARTS >= 20_000 else 0.1 + error), rules


def test_charts_that_move_together_change_the_spread_and_not_the_sum() -> None:
    """Verdict.md 41: one process seen through 20 charts, many times over."""
    draw, groups, points = np.random.default_rng(8), cases(120, 2000), 60
    common = draw.standard_normal((groups, 1, points))
    values = np.sqrt(0.8) * common + np.sqrt(0.2) * draw.standard_normal((groups, 20, points))
    found, expected = budget("xmr", {"values": values.reshape(-1, points)}, "daily")
    by_group = found.reshape(groups, 20).sum(axis=1)
    error = 3 * by_group.std() / np.sqrt(groups) / expected.mean() / 20
    assert by_group.mean() / 20 / expected.mean() == pytest.approx(1, abs=0.1 if groups >= 2000 else 0.1 + error)
    assert by_group.var() > 2 * by_group.mean()  # where charts are independent the two are about equal


def whole(kind: str, seed: int) -> KpiReview:
    """A chart in control through everything that a review does: choice of the chart, law, alike neighbours, silence."""
    draw, n = np.random.default_rng([seed, 9]), 120
    match kind:
        case "p":
            sizes = draw.integers(150, 260, n)
            return review(counts(draw.binomial(sizes, 0.15).tolist(), sizes.tolist(), kpi=LATE), ())
        case "u":
            sizes = draw.uniform(200, 420, n)
            return review(counts(draw.poisson(sizes * 0.1).tolist(), sizes.tolist(), kpi=FALLS), ())
        case "c":
            return review(totals(draw.poisson(12, n).tolist(), kpi=DEFECTS), ())
        case "xbar_s":
            sds = np.sqrt(draw.chisquare(24, n) / 24)
            return review(readings(draw.normal(0, 0.2, n).tolist(), 25.0, sds.tolist(), kpi=SPEED), ())
        case "skewed":
            return review(readings(draw.exponential(size=n).tolist()), ())
    return review(readings(draw.standard_normal(n).tolist()), ())


@pytest.mark.parametrize("kind", ["xmr", "p", "u", "c", "xbar_s", "skewed"])
def test_the_same_through_reviews_and_triage(kind: str) -> None:
    charts = cases(3, 1500)  # few: that the parts are joined, which the test above has proved
    found, expected = np.zeros(charts), np.zeros(charts)
    for seed in range(charts):
        one = whole(kind, seed)
        told = triage([one], one.points["ends_at"].iloc[-NEW - 1]).budget
        found[seed], expected[seed] = told.found, told.expected
    error = 3 * np.sqrt(expected.mean() * 1.5 / charts) / expected.mean()
    print(f"{kind:7s} reviews F {found.sum():5.0f} E {expected.sum():7.1f} F/E {found.mean() / expected.mean():.3f}")
    assert found.mean() / expected.mean() == pytest.approx(1, abs=0.1 + error)
