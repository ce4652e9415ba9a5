"""The same judged points through a chart that sees small lasting shifts sooner: EWMA, CUSUM or moving average.

A way of looking: nothing of it enters the verdict. Levels, standard errors and phases are those of the chart of the
verdict, free of the weekday where it is; what is not judged is passed over.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from opsmetrics.stats import RULE_1, ControlChart, Cusum, cusum_of, ewma_of, moving_average_of, signals
from opsmetrics.verdict import precision, wording
from opsmetrics.verdict.limits import levels
from opsmetrics.verdict.measures import Numbers, Positions
from opsmetrics.verdict.model import Sentence
from opsmetrics.verdict.rendering import render
from opsmetrics.verdict.workings import Workings

Look = Literal["ewma", "cusum", "moving_average"]
LOOKS: tuple[Look, ...] = ("ewma", "cusum", "moving_average")

#: Weight of the newest point of an EWMA, and how many points a moving average holds.
WEIGHT, SPAN = 0.2, 5


@dataclass(frozen=True, eq=False)
class SecondLook:
    """What such a chart shows.

    points: one row for each row of the review's points: value, centre, lower, upper in stored units (NaN where nothing
        is drawn), side ("high", "low", "none": on which side it lies outside). Of a CUSUM in standard errors: value is
        the upper arm, opposite the lower one, below 0; of the others opposite is NaN.
    says: what it is and what it finds, as text.
    """

    kind: Look
    points: pd.DataFrame
    says: str

    @property
    def title(self) -> str:
        """Its name."""
        return title(self.kind)

    @property
    def own_scale(self) -> bool:
        """Whether values are standard errors, and not in the unit of the KPI."""
        return self.kind == "cusum"


def title(kind: Look) -> str:
    """The name of a second look, as it begins a line."""
    name = wording.chart(kind)
    return name[:1].upper() + name[1:]


def without_limits() -> str:
    """What is said in place of a second look at a chart that has none."""
    return render((Sentence("look_without_limits", {}),))


def can_be_looked_through(found: Workings) -> bool:
    """Whether the chart has what a second look needs: a standard error of each point, above 0."""
    return found.chart is not None and bool((found.chart.points["standard_error"] > 0).any())


def second_look(found: Workings, kind: Look) -> SecondLook | None:
    """The second look at a series; None where its chart has no limits, or nothing varies."""
    if not can_be_looked_through(found):
        return None
    base = _base(found)
    if kind == "cusum":
        sums = cusum_of(base, excluded="passed")
        points, finding = _arms(sums), tuple(_changed(found, sums))
    else:
        of = {
            "ewma": lambda: ewma_of(base, weight=WEIGHT),
            "moving_average": lambda: moving_average_of(base, span=SPAN),
        }
        chart = of[kind]()
        hits = signals(chart, RULE_1)
        points = _within(found, chart, hits)
        finding = tuple(_outside(found, hits["position"].to_numpy(dtype=int)))
    n = {"grain": found.series.grain, "n": 2}
    weight = {"number": 100 * WEIGHT, "unit": "%", "decimals": 0}
    alike = (Sentence("look_neighbours", n),) if found.chosen.neighbours_alike else ()
    what = Sentence(f"look_{kind}", n | {"weight": weight, "span": SPAN})
    return SecondLook(kind, points, render((what, *finding, *alike, Sentence("look_only", {}))))


def _base(found: Workings) -> ControlChart:
    """The judged points about their own centre line, free of the weekday, in the unit of the KPI."""
    assert found.chart is not None
    chart, off = found.chart, found.charted.offset
    level = levels(chart)
    points = chart.points.assign(
        value=np.where(found.judged.judged, found.charted.value, np.nan),
        centre=level["centre"] - off,
        standard_error=level["standard_error"],
    )
    return ControlChart(chart.kind, points, chart.sigma, methods=chart.methods)


def _within(found: Workings, chart: ControlChart, hits: pd.DataFrame) -> pd.DataFrame:
    """Values and limits, these not beyond what the KPI can be."""
    lowest, highest = found.kpi.bounds
    side = np.full(len(chart.points), "none", dtype=object)
    side[hits["position"].to_numpy(dtype=int)] = hits["side"]
    return _frame(
        chart.points["value"].to_numpy(dtype=float),
        np.full(len(side), np.nan),
        chart.points["centre"].to_numpy(dtype=float),
        chart.points["lower"].clip(lower=lowest).to_numpy(dtype=float),
        chart.points["upper"].clip(upper=highest).to_numpy(dtype=float),
        side,
    )


def _arms(sums: Cusum) -> pd.DataFrame:
    """Both arms, the lower one below 0, between the two lines of h."""
    n = len(sums.points)
    side = np.full(n, "none", dtype=object)
    side[list(sums.signals_neg)] = "low"
    side[list(sums.signals_pos)] = "high"
    drawn = np.where(sums.points["standard_error"] > 0, 1.0, np.nan)
    high, low = (sums.points[name].to_numpy(dtype=float) for name in ("high", "low"))
    return _frame(high, -low, 0 * drawn, -sums.h * drawn, sums.h * drawn, side)


def _frame(
    value: Numbers, opposite: Numbers, centre: Numbers, lower: Numbers, upper: Numbers, side: Any
) -> pd.DataFrame:
    levels = {"value": value, "opposite": opposite, "centre": centre, "lower": lower, "upper": upper}
    return pd.DataFrame(levels | {"side": pd.Series(side, dtype="str")})


def _outside(found: Workings, hits: Positions) -> Iterator[Sentence]:
    """The last stretch of judged points outside: since when it lasts, or when it was."""
    if len(hits) == 0:
        yield Sentence("look_inside", {})
        return
    judged = np.flatnonzero(found.judged.judged)
    places = np.searchsorted(judged, hits)
    breaks = np.flatnonzero(np.diff(places) > 1)
    first = hits[breaks[-1] + 1] if len(breaks) else hits[0]
    lasts = places[-1] == len(judged) - 1
    yield Sentence(
        "look_outside_since" if lasts else "look_outside", {"at": found.period(int(first if lasts else hits[-1]))}
    )


def _changed(found: Workings, sums: Cusum) -> Iterator[Sentence]:
    """The latest change of level that a CUSUM tells of."""
    yield from _outside(found, np.union1d(sums.signals_pos, sums.signals_neg).astype(int))
    if sums.shifts:
        last = sums.shifts[-1]
        extra = precision.apart(found.kpi, (last.level, float(sums.points["centre"].iloc[last.start])))
        level = wording.quantity(found.kpi, last.level, extra=extra)
        yield Sentence("look_changed", {"at": found.period(last.start), "level": level})
