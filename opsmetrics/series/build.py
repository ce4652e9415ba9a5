"""Facts of one KPI and slice, arranged on its calendar."""

from __future__ import annotations

import numpy as np
import pandas as pd

from opsmetrics.catalog import Grain, Kpi, Slice
from opsmetrics.measurements import BIN, EPOCH
from opsmetrics.series import sums
from opsmetrics.series.calendar import period_label, periods
from opsmetrics.series.coverage import covered
from opsmetrics.series.model import KpiSeries

_PERIOD = ("period", "ends_at", "label")
_FLAGS = ("ended", "from_start", "reaches_end")
_COUNTS = {"bin", "numerator", "denominator", "rows"}
_READINGS = {"bin", "n", "mean", "m2", "rows"}
_MOMENT = pd.Timedelta(microseconds=1)


def build(
    kpi: Kpi, slice_: Slice, grain: Grain, facts: pd.DataFrame, spans: pd.DataFrame, as_of: pd.Timestamp
) -> KpiSeries:
    """The series of a KPI's slice at a grain, from its first fact to the period in which `as_of` lies.

    facts: quarter-hour sums in UTC: bin, the reporting dimension where the KPI has one, then numerator, denominator,
        rows, or n, mean, m2, rows. spans: what the live batches cover: starts_at, ends_at, reporters.
        Either may be empty. as_of: naive UTC; facts at or after it are left out.
    Raises ValueError where the facts lack a column.
    """
    used = _used(kpi, grain, facts, as_of)
    slots, position = _samples(used) if grain == "sample" else _calendar_slots(kpi, grain, used, as_of)
    points = pd.concat([slots, sums.values(kpi, used, position, len(slots))], axis=1)
    seen = sums.presence(used, kpi.reported_by, position, len(slots)) if kpi.reported_by else None
    kept = ((points["rows"] > 0) | ~points["closed"]).to_numpy()
    points = points[kept].reset_index(drop=True)
    flags = _always(len(points)) if grain == "sample" else covered(points, spans, kpi, slice_, grain)
    points = pd.concat([points, flags], axis=1)
    points["label"] = pd.Series([period_label(p, grain, kpi.calendar) for p in points["period"]], dtype="str")
    seen = None if seen is None else seen[kept].reset_index(drop=True)
    return KpiSeries(kpi, slice_, grain, as_of, points[[*_PERIOD, *sums.MEASURES, *_FLAGS]], seen)


def _used(kpi: Kpi, grain: Grain, facts: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """The facts before `as_of`; with the columns of the KPI's kind also where there are none."""
    needed = (_COUNTS if kpi.counts else _READINGS) | ({kpi.reported_by} if kpi.reported_by else set())
    missing = sorted(needed - set(facts.columns))
    if facts.empty and missing:
        return pd.DataFrame(
            {name: pd.Series(dtype="datetime64[us]" if name == "bin" else "float64") for name in needed}
        )
    if missing:
        raise ValueError(f"facts of {kpi.key} lack the columns {', '.join(missing)}; read them with facts.binned")
    return facts if grain == "sample" else facts[facts["bin"] < as_of]


def _calendar_slots(
    kpi: Kpi, grain: Grain, facts: pd.DataFrame, as_of: pd.Timestamp
) -> tuple[pd.DataFrame, sums.Positions]:
    """The periods from the first fact to the one in which `as_of` lies, and the period of each fact."""
    begin = facts["bin"].min() if len(facts) else as_of
    slots = periods(kpi.calendar, grain, begin, as_of + _MOMENT)
    slots = slots if len(facts) else slots.iloc[:0]
    slots = slots.assign(ended=slots["ends_at"] <= as_of)
    starts = slots["starts_at"].to_numpy().astype("datetime64[us]")
    bins = facts["bin"].to_numpy().astype("datetime64[us]")
    return slots, np.searchsorted(starts, bins, side="right") - 1


def _samples(facts: pd.DataFrame) -> tuple[pd.DataFrame, sums.Positions]:
    """One slot for each sample number that occurs, in order: numbers order the points, and no number is missing."""
    bins = facts["bin"].to_numpy().astype("datetime64[us]")
    numbers = (bins - np.datetime64(EPOCH, "us")) // np.timedelta64(BIN)
    present, position = np.unique(numbers.astype("int64"), return_inverse=True)
    ends = np.full(len(present), np.datetime64("NaT", "us"))
    return pd.DataFrame({"period": present, "ends_at": ends, "closed": False, "ended": True}), position


def _always(rows: int) -> pd.DataFrame:
    return pd.DataFrame({"from_start": np.ones(rows, dtype=bool), "reaches_end": np.ones(rows, dtype=bool)})
