"""Chances of landing against what came, on the product's own path: from a review to what its sentence says.

The processes are those of `tests/stats/landing/test_reliable.py`; here they are working days of a plant's calendar,
judged, cut in the middle of a month, and landed as every page does it.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from opsmetrics.catalog import Calendar
from opsmetrics.desk.landing import landing
from opsmetrics.review import review
from opsmetrics.series import KpiSeries
from tests.cases import cases, in_soak
from tests.stats.landing.test_reliable import KINDS, PROCESSES, drawn, gain
from tests.verdict.made import DEFECTS, LATE, SPEED, counts, readings, totals, with_target

#: Monday to Friday; the days are known until one of those of November 2026, of which 21 are worked.
PLANT = Calendar(time_zone="UTC", closed_weekdays=frozenset({5, 6}))
FIRST, LAST = dt.date(2025, 11, 3), dt.date(2026, 11, 30)
DAYS = pd.bdate_range(FIRST, LAST).as_unit("us")
MONTH = 21


def made(kind: str, values: np.ndarray, sizes: np.ndarray, aim: float, known: int) -> KpiSeries:
    """The first days of a series as they were known at noon of the day after."""
    kpi = {"share": LATE, "sum": DEFECTS, "average": replace(SPEED, better="lower")}[kind]
    kpi = replace(with_target(kpi, aim * kpi.multiplier), calendar=PLANT)
    shown, weights = list(values[:known]), list(sizes[:known])
    if kind == "share":
        found = counts([value * size for value, size in zip(shown, weights, strict=True)], weights, kpi=kpi)
    elif kind == "sum":
        found = totals(shown, kpi=kpi)
    else:
        found = readings(shown, weights[0], kpi=kpi)
    points = found.points.assign(period=DAYS[:known], ends_at=DAYS[:known] + pd.Timedelta(days=1))
    return replace(found, points=points, as_of=DAYS[known] + pd.Timedelta(hours=12))


def case(kind: str, process: str, seed: int) -> tuple[float | None, bool, bool]:
    """The chance told (None: none is), whether the month met its target, whether the 80 % range held."""
    draw = np.random.default_rng([KINDS.index(kind), PROCESSES.index(process), seed, 7])
    values, sizes = drawn(kind, process, len(DAYS), draw)
    known = len(DAYS) - int(draw.integers(3, MONTH))

    def landed(end: int) -> float:
        part = slice(end - MONTH, end)
        return float(values[part] @ sizes[part] / sizes[part].sum())

    before = [landed(known - 7 * back) for back in range(9)]
    aim = float(np.mean(before[:3]) + draw.normal(0, 1) * np.std(before))
    found = landing(review(made(kind, values, sizes, aim, known), ()), "month")
    scale = MONTH if kind == "sum" else 1
    came = landed(len(DAYS)) * scale
    assert found.low is not None
    assert found.high is not None
    return found.probability, came <= aim * scale + 1e-9, found.low <= came <= found.high


#: Kind, chance told (None: none is), whether the month met its target, whether the 80 % range held.
Every = list[tuple[str, float | None, bool, bool]]


@pytest.fixture(scope="module")
def every() -> Every:
    count = cases(2, 255)
    return [(kind, *case(kind, process, seed)) for kind in KINDS for process in PROCESSES for seed in range(count)]


def told(found: Every) -> tuple[np.ndarray, np.ndarray]:
    """Chances told, and what came of them."""
    pairs = [(chance, met) for _, chance, met, _ in found if chance is not None]
    chances, came = (np.array([pair[place] for pair in pairs], dtype=float) for place in (0, 1))
    return chances, came


def test_what_is_told_has_skill(every: Every) -> None:
    """Brier skill against the base rate of the same cases; in the ordinary run few, of all kinds together."""
    for kinds in cases((KINDS,), tuple((kind,) for kind in KINDS)):
        found = [one for one in every if one[0] in kinds]
        assert gain(*told(found)) > cases(0.0, 0.2), kinds
        assert np.mean([held for *_, held in found]) == pytest.approx(0.80, abs=cases(0.2, 0.05)), kinds


@in_soak
def test_what_is_told_is_reliable(every: Every) -> None:
    """Seven points in each of five bins with a hundred cases or more."""
    chances, came = told(every)
    bins = np.minimum((chances * 5).astype(int), 4)
    for place in range(5):
        inside = bins == place
        assert inside.sum() >= 100
        assert float(chances[inside].mean()) == pytest.approx(float(came[inside].mean()), abs=0.07), place
