"""The state of the data (verdict.md 34): first match of missing, late, partial, suspect, fresh."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from opsmetrics.series import KpiSeries
from opsmetrics.verdict.judged import Judged, Names
from opsmetrics.verdict.measures import Positions
from opsmetrics.verdict.model import DataState

#: That many expected periods in a row without any facts: the KPI is missing.
MISSING = 3

#: Two readings of one figure are the same up to the noise of a division.
SAME = 1e-9

#: A slip of the unit multiplies by one of these, to within SLACK; it takes a few points to know the usual size.
FACTORS = (100.0, 1000.0)
SLACK = 0.05
USUAL_OF = 3

#: Sizes that no more than this part of the points had, at either end, count as never seen.
SELDOM = 0.05


@dataclass(frozen=True)
class DataReport:
    """The state, who is behind it, and whether something is past its deadline.

    reporters: each name with the position of the last period it reported in (None: never). suspect: as
    `sentences.compose` takes it, {"code", "position"} and for a jump "factor"; None where nothing is suspect.
    """

    state: DataState
    names: Names = ()
    past_deadline: bool = False
    reporters: dict[str, int | None] = field(default_factory=dict)
    suspect: dict[str, Any] | None = None


def report_data(series: KpiSeries, judged: Judged, shown: pd.DataFrame | None, without: Names = ()) -> DataReport:
    """The state of a series' data. Samples have no calendar and are always fresh.

    without: whom an improvement waits for, named beside those who are absent from the last judged period.

    A period is expected once it has ended and, where the KPI says how long after that data come, once that has passed.
    Late means that nothing of an expected period has arrived; where something has, or others have reported what a
    slice of one reporter lacks, it is partial, and its deadline may have passed all the same.
    """
    if series.grain == "sample":
        return DataReport("fresh")
    expected = _expected(series)
    tail = _after_last_arrival(judged)
    if _missing(judged, expected):
        return DataReport("missing", past_deadline=True)
    if series.expected_after is not None and (judged.state[tail] == "gap")[expected[tail]].any():
        return DataReport("late", past_deadline=True)
    waited_for = np.array([judged.state[row] == "gap" and bool(judged.outstanding[row]) for row in tail], dtype=bool)
    partial = tail[(judged.state[tail] == "partial") | waited_for]
    if len(partial):
        names = tuple(dict.fromkeys(name for row in partial for name in judged.outstanding[row]))
        overdue = series.expected_after is not None and bool(expected[partial].any())
        return DataReport("partial", names, overdue, _last_reports(series, names))
    found = _suspect(series, judged, shown)
    names = tuple(dict.fromkeys((*_absent(judged), *without)))
    state: DataState = "fresh" if found is None else "suspect"
    return DataReport(state, names, False, _last_reports(series, names), found)


def _expected(series: KpiSeries) -> np.ndarray:
    ended = series.points["ended"].to_numpy(dtype=bool)
    after = series.expected_after
    if after is None:
        return ended
    return ended & (series.points["ends_at"] + after < series.as_of).to_numpy(dtype=bool)


def _missing(judged: Judged, expected: np.ndarray) -> bool:
    """The last expected periods are all empty, or there never was anything."""
    absent = judged.state[expected] == "gap"
    return bool((judged.state == "gap").all() or (len(absent) >= MISSING and absent[-MISSING:].all()))


def _after_last_arrival(judged: Judged) -> Positions:
    """Rows after the last one that has arrived: an old gap is a fact about then, not about now."""
    arrived = np.flatnonzero(~np.isin(judged.state, ("gap", "partial", "running")))
    return np.arange(arrived[-1] + 1 if len(arrived) else 0, len(judged.state))


def _absent(judged: Judged) -> Names:
    """Reporters without whom the last judged period was judged."""
    rows = np.flatnonzero(judged.judged)
    return judged.absent[rows[-1]] if len(rows) else ()


def _last_reports(series: KpiSeries, names: Names) -> dict[str, int | None]:
    if series.presence is None:
        return {}
    reported = {name: np.flatnonzero(series.presence[name].to_numpy(dtype=bool)) for name in names}
    return {name: int(rows[-1]) if len(rows) else None for name, rows in reported.items()}


def _suspect(series: KpiSeries, judged: Judged, shown: pd.DataFrame | None) -> dict[str, Any] | None:
    rows = np.flatnonzero(judged.judged)
    if len(rows) == 0 or judged.complete[rows[-1]]:
        return None
    last = int(rows[-1])
    if _restated(series, last, shown):
        return {"code": "restated", "position": last}
    factor = _jump(series.points["value"].to_numpy(dtype=float)[rows])
    return None if factor is None else {"code": "jump", "position": last, "factor": factor}


def _restated(series: KpiSeries, last: int, shown: pd.DataFrame | None) -> bool:
    """The last judged period was shown with another value, at this or an earlier `as_of`."""
    if shown is None or shown.empty:
        return False
    same_period = (shown["as_of_period"] == series.points["label"].iloc[last]) & (
        pd.to_datetime(shown["as_of"]) <= series.as_of
    )
    told = shown.loc[same_period.to_numpy(dtype=bool), "value"].to_numpy(dtype=float)
    value = float(series.points["value"].iloc[last])
    return bool((np.abs(told - value) > SAME * np.maximum(np.abs(told), abs(value))).any())


def _jump(values: np.ndarray) -> float | None:
    """100 or 1000 where the last value is about that many times the median of those before it; 0.01 or 0.001 the
    other way; else None. A size that was seen now and then before is no slip: differences about 0 have a median that
    anything is a hundred times of.
    """
    if len(values) <= USUAL_OF:
        return None
    last, before = abs(float(values[-1])), np.abs(values[:-1])
    usual = abs(float(np.median(values[:-1])))
    if not usual or float(np.quantile(before, SELDOM)) <= last <= float(np.quantile(before, 1 - SELDOM)):
        return None
    candidates = (*FACTORS, *(1 / factor for factor in FACTORS))
    return next((factor for factor in candidates if abs(last / usual / factor - 1) <= SLACK), None)
