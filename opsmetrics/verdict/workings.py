"""From a series and its decisions to a chart with signals and episodes: everything a verdict is read from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from opsmetrics.catalog import Decision, Kpi, effective
from opsmetrics.series import KpiSeries
from opsmetrics.stats import ChangePoint, ControlChart, Step, change_point, proposed_step, proposed_steps
from opsmetrics.verdict import targets
from opsmetrics.verdict.chart_choice import Choice, choose
from opsmetrics.verdict.episodes import find_episodes, with_shown
from opsmetrics.verdict.hits import Deciding, deciding, find_hits
from opsmetrics.verdict.judged import Judged, judge_periods
from opsmetrics.verdict.limits import WITHOUT_LIMITS, draw, levels
from opsmetrics.verdict.measures import Measures, Numbers, Positions, Weekday, measure, weekday
from opsmetrics.verdict.model import Episode
from opsmetrics.verdict.phases import Phases, split

#: Charts on which counts vary as their law says.
_BY_LAW = ("p", "np", "u", "c")

_OF_CHART = ("centre", "lower", "upper", "standard_error")


@dataclass(frozen=True, eq=False)
class Workings:
    """What was found on the way to a verdict.

    decisions: those in force. measures: as counted; charted: free of the weekday where that was decided. points: those
    of the series with state, phase, baseline, limits, targets and met. steps: those that wait for a decision.
    """

    series: KpiSeries
    decisions: tuple[Decision, ...]
    judged: Judged
    phases: Phases
    measures: Measures
    charted: Measures
    weekday: Weekday
    choice: Choice
    chosen: Deciding
    chart: ControlChart | None
    signals: pd.DataFrame
    episodes: tuple[Episode, ...]
    steps: tuple[Step, ...]
    points: pd.DataFrame

    @property
    def kpi(self) -> Kpi:
        """The KPI of the series."""
        return self.series.kpi

    @property
    def step(self) -> Step | None:
        """The step that is proposed: the latest one, as limits after it are what the newest points are judged by."""
        return self.steps[-1] if self.steps else None

    @cached_property
    def change(self) -> ChangePoint | None:
        """The evidence behind the step, since the one before it; None where none waits for a decision.

        Counts by their own law, unless they vary by more than that explains.
        """
        if self.step is None:
            return None
        measures, rows = self.charted, self.phases.points(self.phases.current)
        rows = rows[rows >= self.steps[-2].position] if len(self.steps) > 1 else rows
        law, counts = measures.law, measures.counts
        if law is None or counts is None or self.choice.kind not in _BY_LAW or (measures.offset != 0).any():
            return change_point(_only(measures.value, rows), position=self.step.position)
        return change_point(_only(counts, rows), _only(measures.size, rows), law=law, position=self.step.position)

    def period(self, position: int) -> dict[str, Any]:
        """A row's period as sentences carry it."""
        row = self.points.iloc[position]
        samples = self.series.grain == "sample"
        start: int | str = int(row["period"]) if samples else pd.Timestamp(row["period"]).isoformat()
        return {"label": str(row["label"]), "grain": self.series.grain, "period": start}


def work_out(series: KpiSeries, decisions: Iterable[Decision], shown: pd.DataFrame | None = None) -> Workings:
    """All steps in order. `decisions` may be everything ever decided; `shown` are the kept verdicts of this series."""
    given = tuple(decisions)
    in_force = effective(given, series.kpi, series.slice, grain=series.grain)
    judged = judge_periods(series, in_force)
    phases = split(series, in_force, judged)
    measures = measure(series, judged)
    charted, by_day, choice = _choose(series, in_force, judged, phases, measures)
    excluded = np.asarray(judged.state == "excluded", dtype=bool)
    basis = charted.stretch(phases.basis_of_choice())
    chosen = deciding(series.kpi, series.grain, choice.kind, basis, small_numbers=choice.small_numbers)
    chart = draw(series.kpi, choice.kind, charted, phases, excluded)
    signals = find_hits(chart, measures, phases, excluded, chosen)
    names = [str(label) for label in series.points["label"]]
    episodes = find_episodes(signals, phases.label, judged.judged, excluded, names)
    return Workings(
        series=series,
        decisions=in_force,
        judged=judged,
        phases=phases,
        measures=measures,
        charted=charted,
        weekday=by_day,
        choice=choice,
        chosen=chosen,
        chart=chart,
        signals=signals,
        episodes=with_shown(episodes, shown, series.as_of, names),
        steps=_steps(charted, phases, choice, chosen),
        points=_points(series, given, judged, phases, chart),
    )


def _choose(
    series: KpiSeries, decisions: tuple[Decision, ...], judged: Judged, phases: Phases, measures: Measures
) -> tuple[Measures, Weekday, Choice]:
    """The chart of the values as they are, or free of the weekday where a person decided so and there are limits."""
    rows = phases.basis_of_choice()
    judged_rows = phases.judged_of_choice()
    choice = choose(series.kpi, series.grain, measures.stretch(rows), measures.value[judged_rows])
    by_day = weekday(series, decisions, judged, rows)
    if choice.kind in WITHOUT_LIMITS:
        return measures, replace(by_day, offset=np.zeros(len(by_day.offset)), state="none"), choice
    if by_day.state != "adjusted":
        return measures, by_day, choice
    adjusted = measure(series, judged, by_day.offset)
    return adjusted, by_day, choose(series.kpi, series.grain, adjusted.stretch(rows), adjusted.value[judged_rows])


def _steps(charted: Measures, phases: Phases, choice: Choice, chosen: Deciding) -> tuple[Step, ...]:
    """Changes of level inside the current phase that are more than chance: proposed, never applied by themselves.

    Where neighbours are alike a step looks surer than it is, so none is proposed. A drift has no steps: it is told by
    the best single one.
    """
    if choice.kind in WITHOUT_LIMITS or chosen.neighbours_alike:
        return ()
    values = _only(charted.value, phases.points(phases.current))
    found = proposed_steps(values)
    if len(found) > 1:
        whole, single = change_point(values), proposed_step(values)
        if whole is not None and single is not None and whole.shape == "drift":
            return (single,)
    return found


def _only(values: Numbers, rows: Positions) -> Numbers:
    """The values at these rows, gaps elsewhere."""
    kept = np.full(len(values), np.nan)
    kept[rows] = values[rows]
    return kept


def _points(
    series: KpiSeries, decisions: tuple[Decision, ...], judged: Judged, phases: Phases, chart: ControlChart | None
) -> pd.DataFrame:
    points = targets.attach(series.kpi, decisions, series.slice, series.points, series.grain)
    if chart is None:
        limits = {name: np.full(len(points), np.nan) for name in _OF_CHART}
    else:
        found = levels(chart)
        limits = {name: found[name].to_numpy(dtype=float) for name in _OF_CHART}
    return points.assign(
        state=pd.Series(judged.state, index=points.index, dtype="str"),
        **limits,
        phase=phases.label,
        baseline=phases.baseline,
    )
