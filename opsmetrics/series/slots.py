"""The periods of a series before it has values: from the first thing that is known to the moment of asking."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from opsmetrics.catalog import Kpi
from opsmetrics.measurements import BIN, EPOCH
from opsmetrics.series import sums
from opsmetrics.series.calendar import periods
from opsmetrics.series.model import Stretch
from opsmetrics.series.sums import Positions

_MOMENT = pd.Timedelta(microseconds=1)


@dataclass(frozen=True, eq=False)
class Slots:
    """Periods in order, whole: period, starts_at, ends_at (naive UTC, half open), closed, ended."""

    frame: pd.DataFrame

    def __len__(self) -> int:
        return len(self.frame)

    def position(self, instants: pd.Series) -> Positions:
        """To which period each instant belongs; all lie within the periods."""
        starts = self.frame["starts_at"].to_numpy().astype("datetime64[us]")
        return np.searchsorted(starts, instants.to_numpy().astype("datetime64[us]"), side="right") - 1


def calendar_slots(kpi: Kpi, grain: Stretch, begins: Iterable[pd.Timestamp], as_of: pd.Timestamp) -> Slots:
    """The periods from the earliest of `begins` (before `as_of`) to the one in which `as_of` lies; none without one."""
    known = [begin for begin in begins if not pd.isna(begin) and begin < as_of]
    frame = periods(kpi.calendar, grain, min(known, default=as_of), as_of + _MOMENT)
    frame = frame if known else frame.iloc[:0]
    return Slots(frame.assign(ended=frame["ends_at"] <= as_of))


def sample_slots(facts: pd.DataFrame) -> tuple[Slots, Positions]:
    """One slot for each sample number that occurs, in order: numbers order the points, and no number is missing."""
    bins = facts["bin"].to_numpy().astype("datetime64[us]")
    numbers = (bins - np.datetime64(EPOCH, "us")) // np.timedelta64(BIN)
    present, position = np.unique(numbers.astype("int64"), return_inverse=True)
    ends = np.full(len(present), np.datetime64("NaT", "us"))
    return Slots(pd.DataFrame({"period": present, "ends_at": ends, "closed": False, "ended": True})), position


def used_facts(kpi: Kpi, facts: pd.DataFrame, until: pd.Timestamp | None) -> pd.DataFrame:
    """The facts before `until`; with the columns of the KPI's kind also where there are none.

    Raises ValueError where a column is missing.
    """
    needed = sums.columns(kpi) | ({kpi.reported_by} if kpi.reported_by else set())
    missing = sorted(needed - set(facts.columns))
    if facts.empty and missing:
        empty = {name: pd.Series(dtype="datetime64[us]" if name == "bin" else "float64") for name in needed}
        return pd.DataFrame(empty).assign(rows=pd.Series(dtype="int64"))
    if missing:
        read = "facts.readings" if sums.needs_readings(kpi) else "facts.binned"
        raise ValueError(f"facts of {kpi.key} lack the columns {', '.join(missing)}; read them with {read}")
    kept = facts if until is None else facts[facts["bin"] < until]
    return kept.assign(rows=1) if sums.needs_readings(kpi) else kept
