"""Facts and a KPI become a series on the site's calendar: sums first, then one division."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from opsmetrics.catalog import Grain, Kpi, Slice


@dataclass(frozen=True, eq=False)
class KpiSeries:
    """One KPI, one slice, one grain, on the site's calendar up to `as_of`.

    points: one row per period in order, index 0 … n−1, with the columns
        period (naive local start, datetime64[us]; grain sample: int64), ends_at (naive UTC end, NaT for samples),
        label (words: "16 Nov 2026", "Mar 2019", "week of 16 Nov 2026", "sample 15"),
        value, size, numerator, denominator (NaN where the kind has none), spread (standard deviation of the
        readings, measured only), rows (int, facts in the period; 0 = gap), ended (bool), from_start (bool, the
        covered span holds the period's start), reaches_end (bool, … its end).
        Closed days without facts have no row. The running period is the last row, with ended False.
    presence: periods × reporters, True where the reporter has facts in the period; None without reported_by.
    as_of: naive UTC.
    """

    kpi: Kpi
    slice: Slice
    grain: Grain
    as_of: pd.Timestamp
    points: pd.DataFrame
    presence: pd.DataFrame | None = None
