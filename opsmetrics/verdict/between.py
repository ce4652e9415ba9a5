"""What lies between rare events: one point for each event, on a g chart (counted) or a t chart (measured).

Which of the two: where trials or opportunities are recorded, a g chart of those without an event (Benneyan, Health Care
Management Science 4, 2001); where an exposure is recorded, or time alone, a t chart of it (Nelson, Journal of Quality
Technology 26, 1994); samples have no time, so they are counted. The catalogue may pin "g" or "t". Its hits are listed;
the verdict does not follow from them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pandas as pd

from opsmetrics.series import to_utc
from opsmetrics.stats import RULE_1, ControlChart, g_chart, signals, t_chart
from opsmetrics.verdict.chart_choice import EQUAL, usual_value
from opsmetrics.verdict.explanations import explain_between
from opsmetrics.verdict.measures import Numbers
from opsmetrics.verdict.model import Sentence
from opsmetrics.verdict.moments import Mask
from opsmetrics.verdict.rendering import render
from opsmetrics.verdict.workings import Workings

#: More events than this are not rare, however few periods hold them: a point for each says nothing to anybody.
MOST = 5_000

Measure = Literal["opportunities", "exposure", "days", "periods", "samples"]


@dataclass(frozen=True, eq=False)
class Between:
    """The distances between the events of a rare series.

    points: one row for each event that has one before it: position (row of the review's points in which the event
        lies), label (its period), value (the distance), centre, lower, upper, phase, baseline, side ("high": farther
        apart than chance gives, "low": closer together, "none").
    chart: over the same rows. signals: as those of `opsmetrics.stats`; positions are rows of `points`.
    measure: what the distance counts; unit and title: in words. why: the reason, as text. since_last: the distance
        since the last event, None where a period that is not judged lies between.
    """

    kind: Literal["g", "t"]
    measure: Measure
    unit: str
    title: str
    why: str
    points: pd.DataFrame
    chart: ControlChart
    signals: pd.DataFrame
    since_last: float | None


def between_events(found: Workings) -> Between | None:
    """The g or t chart of a series taken as rare; None for any other, before a second event, and for thousands."""
    if found.choice.kind != "rare":
        return None
    kind, measure = _kind(found)
    events = _events(found)
    if np.nansum(events) > MOST:
        return None
    points, since_last = _distances(found, events, _extents(found, measure), counted=kind == "g")
    if points.empty:
        return None
    phase, baseline = points["phase"].to_numpy(), points["baseline"].to_numpy()
    chart = (g_chart if kind == "g" else t_chart)(points["value"], phase=phase, baseline=baseline)
    hits = signals(chart, RULE_1)
    side = np.full(len(points), "none", dtype=object)
    side[hits["position"].to_numpy(dtype=int)] = hits["side"]
    levels = {name: chart.points[name].to_numpy(dtype=float) for name in ("centre", "lower", "upper")}
    words = _words(found, measure)
    points = points.assign(**levels, side=pd.Series(side, index=points.index, dtype="str"))
    return Between(kind, measure, *words, points, chart, hits, since_last)


def _kind(found: Workings) -> tuple[Literal["g", "t"], Measure]:
    """The chart and what it measures: as pinned, else by what is recorded."""
    pinned, samples = found.kpi.chart, found.series.grain == "sample"
    recorded = bool(found.series.points["denominator"].notna().any())
    trials = recorded and (found.measures.law == "binomial" or found.kpi.kind == "rare")
    if pinned == "t" or (pinned != "g" and not trials):
        exposed = recorded and found.kpi.kind == "rate" and found.measures.law is not None
        if samples and pinned != "t" and not exposed:
            return "g", "samples"
        return "t", "exposure" if exposed else "samples" if samples else "days"
    return "g", "opportunities" if trials else "samples" if samples else "periods"


def _words(found: Workings, measure: Measure) -> tuple[str, str, str]:
    """Unit, title and reason in words."""
    of_exposure: Mapping[str, Any] = {"term": "opportunities" if measure == "opportunities" else "units"}
    units: dict[Measure, Any] = {
        "days": {"periods": "day", "n": 2},
        "samples": {"periods": "sample", "n": 2},
        "periods": {"periods": found.series.grain, "n": 2},
    }
    unit = units.get(measure, found.kpi.denominator or of_exposure)
    counted = found.kpi.kind in ("rare", "count", "rate")
    event = (found.kpi.numerator if counted else None) or {"term": "events" if counted else "departures"}
    reason = "pinned" if found.kpi.chart in ("g", "t") else measure
    return (render((Sentence("text", {"text": unit}),)), *explain_between(reason, unit, event))


def _events(found: Workings) -> Numbers:
    """Events in each judged row: what is counted, or its complement where it is the rarer; else one for a departure."""
    measures, judged = found.measures, found.judged.judged
    value = np.where(judged, measures.value, np.nan)
    counts, present = None if measures.counts is None else np.where(judged, measures.counts, np.nan), value[judged]
    usual = usual_value(found.kpi, present) if len(present) else 0.0
    if counts is not None and not (np.nan_to_num(counts) % 1 != 0).any():
        if measures.law is not None and usual == 0:
            return counts
        if measures.law == "binomial" and usual == 1:
            return measures.size - counts
    apart = np.abs(value - usual) > EQUAL * np.max(np.abs(present), initial=0.0)
    return np.where(np.isnan(value), np.nan, apart.astype(float))


def _extents(found: Workings, measure: Measure) -> Numbers:
    """How much each row adds to the distance: its opportunities or exposure, its days, or 1."""
    points = found.series.points
    if measure in ("opportunities", "exposure"):
        return found.measures.size
    if measure != "days":
        return np.ones(len(points))
    begins = to_utc(points["period"], found.kpi.calendar.time_zone)
    length = pd.DatetimeIndex(points["ends_at"]) - pd.DatetimeIndex(begins)
    days = np.asarray(length / pd.Timedelta(days=1), dtype=np.float64)
    return days if found.series.grain == "shift" else np.round(days)  # a clock change makes no day longer


def _distances(
    found: Workings, events: Numbers, extents: Numbers, *, counted: bool
) -> tuple[pd.DataFrame, float | None]:
    """The distance of each event to the one before it, and that from the last one to the end.

    Where in its period an event lies is not known: several are spread evenly over it, and one stands in its middle. A
    period that is not judged, or the start of a phase, hides how far apart its neighbours are: no distance.
    """
    judged: Mask = found.judged.judged
    rows: list[tuple[int, float]] = []
    place, last = 0.0, float("nan")
    phase = found.phases.label
    for row in range(len(events)):
        if not judged[row]:
            ran_out = found.judged.state[row] == "running"
            place, last = (place, last) if ran_out else (0.0, float("nan"))
            continue
        if row and phase[row] != phase[row - 1]:
            last = float("nan")
        for at in _spread(int(events[row]), float(extents[row]), counted):
            rows.append((row, round(_apart(last, place + at, counted), 9)))
            last = place + at
        place += float(extents[row])
    known = [(row, distance) for row, distance in rows if not np.isnan(distance)]
    position = np.array([row for row, _ in known], dtype=np.int64)
    points = pd.DataFrame(
        {
            "position": position,
            "label": found.series.points["label"].to_numpy()[position],
            "value": np.array([distance for _, distance in known], dtype=float),
            "phase": phase[position],
            "baseline": found.phases.baseline[position],
        }
    )
    return points, None if np.isnan(last) else place - last


def _spread(count: int, extent: float, counted: bool) -> Numbers:
    """Where in a row of this extent its events lie; what is counted is whole."""
    at = (np.arange(count) + 0.5) * extent / max(count, 1)
    return np.ceil(at) if counted else at


def _apart(last: float, here: float, counted: bool) -> float:
    """Time or exposure between two events, or how many lie between them without one."""
    return max(here - last - 1.0, 0.0) if counted else here - last
