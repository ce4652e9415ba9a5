"""One ordinary series of each kind, and what its review says, for the tests of all kinds."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from opsmetrics.catalog import CHARTS, Kpi
from opsmetrics.review import KpiReview
from opsmetrics.series import KpiSeries
from opsmetrics.verdict.as_dict import review_as_dict
from tests.verdict.made import (
    DEFECTS,
    ENERGY,
    FALLS,
    HARM,
    IN_TIME,
    LATE,
    OEE,
    WAIT,
    WEIGHT,
    Numbers,
    counts,
    noise,
    readings,
    shares_within,
    totals,
)

D2 = 2 / math.sqrt(math.pi)


def poisson(n: int, rate: float, seed: int = 7) -> list[float]:
    return [float(x) for x in np.random.default_rng(seed).poisson(rate, n)]


def kind(found: KpiReview) -> str:
    assert found.chart is not None
    return found.chart.kind


def text(found: KpiReview) -> str:
    told: str = review_as_dict(found)["sentence"]["text"]
    return told.replace("\u00a0", " ")


def said(found: KpiReview) -> tuple[str, str]:
    assert found.verdict is not None
    return found.verdict.variation, found.verdict.side


BEDS = [300.0 + 20 * (day % 7) for day in range(60)]

#: One ordinary series of each kind.
ORDINARY: dict[str, KpiSeries] = {
    "rate": counts(poisson(60, 8), BEDS, kpi=FALLS),
    "count": totals(poisson(60, 9)),
    "ratio": counts(noise(60, centre=800, sd=20), [380.0 + day % 40 for day in range(60)], kpi=ENERGY),
    "median": readings(noise(60, centre=20), 40, 5.0, kpi=WAIT),
    "p90": readings(noise(60, centre=45), 60, 9.0, kpi=replace(WAIT, statistic="p90")),
    "share_within": shares_within([90.0 + day % 5 for day in range(60)]),
    "rare": totals([1.0 if day % 13 == 5 else 0.0 for day in range(120)], kpi=HARM),
    "derived": readings(noise(60, centre=0.7, sd=0.02), kpi=OEE),
}

#: A KPI of each kind, and each with every chart that its definition may pin.
KPIS = (LATE, FALLS, DEFECTS, ENERGY, HARM, replace(HARM, denominator="operations"), WEIGHT, WAIT, IN_TIME, OEE)


def charted(*kpis: Kpi) -> list[tuple[Kpi, str | None]]:
    return [(kpi, chart) for kpi in kpis for chart in (None, *CHARTS[kpi.kind])]


def of_kind(kpi: Kpi, values: Numbers, sizes: Sequence[float], read: Any, spread: Any, **more: Any) -> KpiSeries:
    """A series of any KPI: counts of sizes (shares never more than these), or readings of so many with a spread."""
    if kpi.kind in ("count", "rare") and kpi.denominator is None:
        return totals(values, kpi=kpi, **more)
    if kpi.counts or kpi.statistic == "share_within":
        share = kpi.kind == "proportion" or kpi.statistic == "share_within"
        kept = [n if share and v is not None and v > n else v for v, n in zip(values, sizes, strict=True)]
        return counts(kept, sizes, kpi=kpi, **more)
    return readings(values, read, spread, kpi=kpi, **more)
