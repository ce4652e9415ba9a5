"""An excluded point is not judged (verdict.md 3, 4): whatever its value, nothing that is judged follows from it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from opsmetrics.review import KpiReview, review
from opsmetrics.series import KpiSeries
from opsmetrics.verdict.sentences import render
from tests.cases import cases
from tests.verdict.kinds import KPIS, charted, of_kind
from tests.verdict.made import LATE, counts, decision, totals, with_target

UPTIME = replace(LATE, key="uptime", name="Uptime", better="higher")
CASES = charted(*KPIS, UPTIME)

Rows = dict[int, tuple[float, float]]


@st.composite
def pairs(draw: Any) -> tuple[KpiSeries, KpiSeries, list[Any], np.ndarray]:
    """Two series that differ in what excluded periods hold and in nothing else, and the decisions about them."""
    kpi, chart = draw(st.sampled_from(CASES))
    grain = draw(st.sampled_from(["day", "week", "sample"]))
    kpi = replace(with_target(kpi, 3.0), chart=chart, operate=grain)
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    n = draw(st.integers(14, 90))
    mean = draw(st.sampled_from([0.05, 0.6, 4.0, 30.0]))
    level = mean * np.where(np.arange(n) < n * draw(st.sampled_from([0.5, 2.0])), 1.0, 1.6)
    if draw(st.booleans()):
        level = level * (1 + 0.5 * (np.arange(n) % 7 == 2))
    values, sizes, spread = rng.poisson(level).astype(float), rng.choice([60.0, 61.0, 90.0], n), np.full(n, 1.5)
    rows = draw(st.sets(st.integers(0, n - 1), min_size=1, max_size=6))
    odd = draw(st.lists(st.sampled_from([0.0, 0.5, 1.0, 37.0, 59.0, 4e5]), min_size=len(rows), max_size=len(rows)))
    big = draw(st.lists(st.sampled_from([60.0, 60.5, 7e5]), min_size=len(rows), max_size=len(rows)))
    other, wide, apart = values.copy(), sizes.copy(), spread.copy()
    for row, value, size in zip(rows, odd, big, strict=True):
        other[row], wide[row], apart[row] = value, size, 80.0
    series = of_kind(kpi, values, sizes, np.floor(sizes), spread)
    changed = of_kind(kpi, other, wide, np.floor(wide), apart)
    decisions = [decision(series, "exclude", row) for row in sorted(rows)]
    spots = {"phase": (n // 3, None), "lock": (0, n // 2), "weekday": (0, None)}
    for kind in draw(st.sets(st.sampled_from(sorted(spots)))):
        decisions.append(decision(series, kind, *spots[kind]))
    return series, changed, decisions, np.isin(np.arange(n), list(rows))


def judged_part(found: KpiReview, excluded: np.ndarray) -> dict[str, Any]:
    """All of a review that rests on points which are not excluded."""
    assert found.verdict is not None
    between = found.between
    return {
        "verdict": repr(found.verdict),
        "text": render(found.verdict.sentence),
        "episodes": found.episodes,
        "choice": found.choice,
        "proposals": found.proposals,
        "sigma": None if found.chart is None else found.chart.sigma,
        "points": found.points[~excluded].to_csv(),
        "signals": found.signals[~excluded[found.signals["position"].to_numpy(dtype=int)]].to_csv(index=False),
        "between": between and (between.kind, between.measure, between.since_last, between.points.to_csv()),
    }


@given(pairs())
@settings(max_examples=cases(60, 2000), deadline=None)
def test_the_value_of_an_excluded_period_decides_nothing(
    two: tuple[KpiSeries, KpiSeries, list[Any], np.ndarray],
) -> None:
    series, changed, decisions, excluded = two
    first, second = (judged_part(review(each, decisions), excluded) for each in (series, changed))
    assert first == second


@pytest.mark.parametrize("odd", [12.5, 0.0, 100.0])
def test_a_count_with_a_fraction_that_is_excluded_leaves_the_chart_of_counts(odd: float) -> None:
    """12.5 of 100 is no count; but it is excluded, and all others are."""
    values: list[float | None] = [8.0, 11.0, 9.0, 10.0, 12.0] * 12
    values[30] = odd
    series = counts(values, kpi=LATE)
    assert review(series, [decision(series, "exclude", 30)]).chart.kind == "p"  # type: ignore[union-attr]


def test_an_excluded_monday_of_three_does_not_keep_the_limits_from_following_the_week() -> None:
    """Mondays hold 20 more: taken off an excluded Monday of 3, that would leave a count below 0."""
    values: list[float | None] = [40.0 + (day * 7) % 5 + 20 * (day % 7 == 0) for day in range(84)]
    values[35] = 3.0
    series = totals(values, grain="day")
    decisions = [decision(series, "weekday", 0), decision(series, "exclude", 35)]
    found = review(series, decisions)
    assert found.verdict is not None and "weekday_adjusted" in found.verdict.caveats
    assert found.points["centre"].iloc[28] > found.points["centre"].iloc[35]
    assert review(series, decisions[:1]).verdict.caveats[-1:] == ("weekday_not_adjusted",)  # type: ignore[union-attr]
