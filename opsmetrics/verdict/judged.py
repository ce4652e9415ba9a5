"""Which periods are judged (verdict.md 3–4): ended, arrived, defined, not excluded. All others are drawn only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.catalog import Decision, Grain, Kpi
from opsmetrics.series import KpiSeries
from opsmetrics.verdict.moments import Mask, marked

#: A reporter is one that reported in at least REGULAR of the last WINDOW like periods.
WINDOW = 8
REGULAR = 6

#: A median, a share or a 90th percentile of fewer readings than this is not judged (verdict.md 8).
FEWEST_READINGS = {"median": 30, "share_within": 30, "p90": 50}

Names = tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Judged:
    """The state of every row of a series' points, in their order.

    state: "judged", "running", "partial", "excluded", "gap", "undefined" or "uncovered".
    outstanding: reporters that are still expected; absent: reporters without whom the row is judged all the same.
    complete: a person marked the period complete.
    """

    state: npt.NDArray[np.str_]
    outstanding: tuple[Names, ...]
    absent: tuple[Names, ...]
    complete: Mask

    @property
    def judged(self) -> Mask:
        """Rows that count for the verdict."""
        return np.asarray(self.state == "judged", dtype=bool)

    @property
    def drawn(self) -> Mask:
        """Rows that stand on the chart as full points: the judged and the excluded ones."""
        return np.isin(self.state, ("judged", "excluded"))


@dataclass(frozen=True, eq=False)
class _Arrival:
    arrived: Mask
    outstanding: tuple[Names, ...]
    absent: tuple[Names, ...]


def fewest_readings(kpi: Kpi) -> int:
    """How many readings a period needs to be judged; 0 where any number will do."""
    return FEWEST_READINGS.get(kpi.statistic, 0) if kpi.kind == "measured" else 0


def judge_periods(series: KpiSeries, decisions: Iterable[Decision]) -> Judged:
    """The state of each period. Samples have no calendar: they are complete as soon as they are there."""
    decisions = tuple(decisions)
    points = series.points
    complete = marked(series, decisions, "complete")
    arrival = _arrival(series, complete)
    if series.finer is not None:
        inside = _arrival(series.finer, marked(series.finer, decisions, "complete"))
        arrival = _with_inside(series, arrival, series.finer, inside, complete)
    value, size = points["value"].to_numpy(dtype=float), points["size"].to_numpy(dtype=float)
    empty = (points["rows"].to_numpy() == 0) & np.isnan(value)
    conditions = [
        ~points["ended"].to_numpy(dtype=bool),
        empty,
        np.isnan(value) | ~(size > 0) | (size < fewest_readings(series.kpi)),
        marked(series, decisions, "exclude"),
        _uncovered(series, empty) & ~complete,
        ~arrival.arrived,
    ]
    names = ["running", "gap", "undefined", "excluded", "uncovered", "partial"]
    state = np.select(conditions, names, default="judged")
    return Judged(state, arrival.outstanding, arrival.absent, complete)


def _uncovered(series: KpiSeries, empty: Mask) -> Mask:
    """The KPI's first period with facts, unless a batch covers it from its start."""
    rows = np.zeros(len(empty), dtype=bool)
    first = np.flatnonzero(~empty)[:1]
    if series.grain != "sample" and len(first):
        rows[first] = ~series.points["from_start"].to_numpy(dtype=bool)[first]
    return rows


def _arrival(series: KpiSeries, complete: Mask) -> _Arrival:
    n = len(series.points)
    nobody: tuple[Names, ...] = ((),) * n
    if series.grain == "sample":
        return _Arrival(np.ones(n, dtype=bool), nobody, nobody)
    reached = series.points["reaches_end"].to_numpy(dtype=bool) | complete
    if series.presence is None or series.presence.shape[1] == 0:
        return _Arrival(reached, nobody, nobody)
    return _reporters_arrived(series, series.presence, reached, complete)


def _told(series: KpiSeries) -> Mask:
    """Rows in which anybody reported; a silent one is a gap, nobody's absence."""
    seen = pd.DataFrame(index=series.points.index) if series.presence is None else series.presence
    some: Mask = np.logical_or.reduce(seen.to_numpy(dtype=bool), axis=1)
    return some if series.others is None else some | series.others


def _reporters_arrived(series: KpiSeries, presence: pd.DataFrame, reached: Mask, complete: Mask) -> _Arrival:
    """Like periods are those in which anybody reported. Who alone makes up a slice is never retired from it: nothing
    would be left to judge."""
    n = len(series.points)
    present = presence.to_numpy(dtype=bool)
    ended = series.points["ended"].to_numpy(dtype=bool)
    like = np.flatnonzero(_told(series))
    expected, absence, returned = _absences(present[like], ended[like], series.grain)
    names = np.asarray(presence.columns, dtype=object)
    arrived = reached.copy()
    outstanding: list[Names] = [()] * n
    absent: list[Names] = [()] * n
    for place, row in enumerate(like):
        if not expected[place].any():
            continue  # nobody reports regularly yet: the span decides
        missing = expected[place] & ~present[row]
        late = missing & ~returned[place] & (~absence[place] | (series.others is not None))
        if complete[row]:
            continue  # a person says that nobody is missing
        absent[row] = tuple(str(name) for name in names[missing & ~late])
        outstanding[row] = tuple(str(name) for name in names[late])
        arrived[row] = not late.any()
    return _Arrival(arrived, tuple(outstanding), tuple(absent))


def _with_inside(series: KpiSeries, arrival: _Arrival, finer: KpiSeries, inside: _Arrival, complete: Mask) -> _Arrival:
    """A week is in when its days are: not while somebody is outstanding on one of them, or all are silent to its end.
    Who stays away to its end, or came back only after it, is absent from it."""
    holds = np.searchsorted(series.points["ends_at"].to_numpy(), finer.points["ends_at"].to_numpy())
    arrived, outstanding, absent = arrival.arrived.copy(), list(arrival.outstanding), list(arrival.absent)
    told = np.flatnonzero(_told(finer))
    for row in np.flatnonzero(~complete):
        days = np.flatnonzero(holds == row)
        if not len(days):
            continue
        late = dict.fromkeys(name for day in days for name in inside.outstanding[day])
        outstanding[row] = tuple(dict.fromkeys((*outstanding[row], *late)))
        absent[row] = tuple(n for n in dict.fromkeys((*absent[row], *inside.absent[days[-1]])) if n not in late)
        silent = not len(told) or told[-1] < days[-1]
        arrived[row] &= not late and not (silent and not series.points["reaches_end"].iloc[row])
    return _Arrival(arrived, tuple(outstanding), tuple(absent))


def _absences(present: Mask, ended: Mask, grain: Grain) -> tuple[Mask, Mask, Mask]:
    """For like periods × reporters: who is expected, who is retired by the length of the absence, who came back.

    Regular is who was so when the absence began, for as many like periods as are looked back on: a line must not drop
    out of the figure unnamed because it has been silent for some days. A period that still runs can show that a
    reporter is back, not that one stays away.
    """
    before: npt.NDArray[np.int64] = np.cumsum(present, axis=0) - present
    older: npt.NDArray[np.int64] = np.zeros_like(before)
    older[WINDOW:] = before[:-WINDOW]
    regular = (before - older >= REGULAR) & (np.arange(len(present)) >= WINDOW)[:, None]
    silent = _run_lengths(~present)
    first = np.arange(len(present))[:, None] - np.maximum(silent, 1) + 1
    expected = regular | (np.take_along_axis(regular, first, axis=0) & (silent > 0) & (silent <= WINDOW))
    returned = np.cumsum(present[::-1], axis=0)[::-1] > present
    away = ~present & ended[:, None]
    length = _run_lengths(away) + _run_lengths(away[::-1])[::-1] - 1
    patience = 5 if grain in ("day", "shift") else 2
    return expected, away & (length >= patience), returned


def _run_lengths(flags: Mask) -> npt.NDArray[np.int64]:
    """For each row of a column of flags: how many in a row are set up to and including it."""
    lengths = np.zeros(flags.shape, dtype=np.int64)
    for row in range(len(flags)):
        lengths[row] = np.where(flags[row], (lengths[row - 1] if row else 0) + 1, 0)
    return lengths
