"""The chart of the chosen kind over all rows of a series: phases, locked baselines, exclusions, gaps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from opsmetrics import stats
from opsmetrics.catalog import Kpi
from opsmetrics.stats import ControlChart
from opsmetrics.verdict.measures import Measures, Numbers
from opsmetrics.verdict.moments import Mask
from opsmetrics.verdict.phases import Phases

#: Kinds that have a centre line but no limits.
WITHOUT_LIMITS = ("constant", "rare")


def draw(kpi: Kpi, kind: str, measures: Measures, phases: Phases, excluded: Mask) -> ControlChart | None:
    """The chart, one slot per row; None where no row is drawn. `measures` are free of the weekday, the chart is not."""
    if np.isnan(measures.value).all():
        return None
    options: dict[str, Any] = {"phase": phases.label, "exclude": excluded, "baseline": phases.baseline}
    if kind in WITHOUT_LIMITS:
        return _without_limits(kind, measures, phases, excluded)
    if kind in _OF_COUNTS and measures.counts is not None:
        chart = _OF_COUNTS[kind](measures.counts, measures.size, **options)
    elif kind == "c" and measures.counts is not None:
        chart = stats.c(measures.counts, **options)
    elif kind == "xbar_s" and measures.counts is None:
        chart = stats.xbar_s_summary(measures.value, measures.spread, _sizes(measures), **options)
    elif kind == "xmr":
        chart = _individuals(kpi, measures, phases, options)
    elif kind == "run":
        chart = stats.run_chart(measures.value, **options)
    else:
        wanted = [*_OF_COUNTS, "c"] if measures.counts is not None else ["xbar_s"]
        raise ValueError(f"chart of {kpi.key}: found {kind!r}; wanted {', '.join(wanted)}, xmr, run or rare")
    return _in_bounds(kpi, chart, measures.offset)


_OF_COUNTS: dict[str, Callable[..., ControlChart]] = {
    "p": stats.p,
    "p_prime": stats.p_prime,
    "np": stats.np_chart,
    "u": stats.u,
    "u_prime": stats.u_prime,
    "i_prime": stats.i_prime,
}


def levels(chart: ControlChart) -> pd.DataFrame:
    """Centre, limits and standard error in the unit of the KPI: an np chart counts, its KPI is a share."""
    found = chart.points[["centre", "lower", "upper", "standard_error"]]
    return found.div(chart.points["size"], axis=0) if chart.kind == "np" else found


def _individuals(kpi: Kpi, measures: Measures, phases: Phases, options: dict[str, Any]) -> ControlChart:
    """XmR of the values; of means, the spread of their readings stands beneath and not the moving range."""
    chart = stats.xmr(measures.value, **options)
    size = measures.size[phases.judged]
    if kpi.kind != "measured" or kpi.statistic != "mean" or len(size) == 0 or np.median(size) < 2:
        return chart
    return replace(chart, spread=stats.s_summary(measures.spread, _sizes(measures), **options))


def _sizes(measures: Measures) -> Numbers:
    return np.where(np.isnan(measures.size), 0.0, measures.size)


def _without_limits(kind: str, measures: Measures, phases: Phases, excluded: Mask) -> ControlChart:
    """Values about their overall level: sums first, so that a centre is not a mean of ratios."""
    n = len(measures.value)
    centre = np.full(n, np.nan)
    for phase in range(phases.current + 1):
        centre[phases.label == phase] = _level(measures.at(phases.basis(phase)))
    points = pd.DataFrame(
        {
            "position": np.arange(n),
            "value": measures.value,
            "size": measures.size,
            "centre": centre,
            "lower": np.nan,
            "upper": np.nan,
            "standard_error": np.nan,
            "phase": phases.label,
            "excluded": excluded,
            "baseline": phases.baseline,
        }
    )
    return ControlChart(kind=kind, points=points, sigma=(None,) * (phases.current + 1), methods={"centre": "mean"})


def _level(basis: Measures) -> float:
    if len(basis.value) == 0:
        return float("nan")
    if basis.counts is not None:
        return float(basis.counts.sum() / basis.size.sum())
    first = float(basis.value[0])  # differences keep equal values exactly on their level
    return first + float(np.average(basis.value - first, weights=basis.size))


def _in_bounds(kpi: Kpi, chart: ControlChart, offset: Numbers) -> ControlChart:
    """What was taken off each point for its weekday comes back to its value, centre line and limits, and no limit lies
    where no value can."""
    lowest: float | Numbers | None
    highest: float | Numbers | None
    lowest, highest = kpi.bounds
    points = chart.points
    if not offset.any():
        if chart.kind == "np":
            return chart
        lower, upper = (points[name].to_numpy(dtype=float) for name in ("lower", "upper"))
        lower = lower if lowest is None else np.maximum(lower, lowest)
        upper = upper if highest is None else np.minimum(upper, highest)
        return replace(chart, points=points.assign(lower=lower, upper=upper))
    if chart.kind == "np":
        offset, highest = offset * points["size"].to_numpy(dtype=float), points["size"].to_numpy(dtype=float)
    centre = points["centre"] + offset
    reach = 3 * points["standard_error"]
    moved = points.assign(
        value=points["value"] + offset,
        centre=centre,
        lower=(centre - reach).clip(lower=lowest),
        upper=(centre + reach).clip(upper=highest),
    )
    return replace(chart, points=moved, methods={**chart.methods, "weekday": "median"})
