"""Facts and a KPI become a series on the site's calendar: sums first, then one division."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics.catalog import Grain, Kpi, Slice, Stream

#: A grain, or the site's fiscal year: a stretch over which a series can be summed, but not judged.
Stretch = Grain | Literal["year"]

Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class KpiSeries:
    """One KPI, one slice, one grain, on the site's calendar up to `as_of`.

    points: one row per period in order, index 0 … n−1, with the columns
        period (naive local start, datetime64[us]; grain sample: int64), ends_at (naive UTC end, NaT for samples),
        label (words: "16 Nov 2026", "Mar 2019", "week of 16 Nov 2026", "sample 15"),
        value, size, numerator, denominator, spread (by kind, see below; NaN in a gap), rows (int, facts in the period),
        ended (bool), from_start (bool, the covered span holds the period's start), reaches_end (bool, … its end).
        Closed days without facts have no row. The running period is the last row, with ended False.
    grain: a fiscal year is none, though a series may be summed over years ("year" stands here then): it is not judged.
    presence: periods × reporters, True where the reporter has facts in the period (or is known to have had none to
        report); None without reporters.
    others: of the slice of one reporter, one flag per period: others have reported it to its end; None elsewhere.
    finer: the same at the grain at which it is recorded, where somebody reports and this grain is coarser; else None.
    inherited_after: of a derived KPI, the longest time that one of its components is given to come; else None.
    as_of: naive UTC.

    A period with rows 0 and value NaN is a gap: nothing is known of it. One with rows 0 and a value is known without a
    row: a count of 0 where the covered spans hold the whole of an ended period, or an uptime without an outage. One
    with rows and value NaN is undefined: its denominator is 0 or not known, or a formula divides by 0.

    | kind | numerator | denominator | size | value | spread |
    |---|---|---|---|---|---|
    | proportion, rate, ratio | Σ | Σ | denominator | N/D | NaN |
    | count | Σ | NaN | 1 | N | NaN |
    | rare | Σ events | Σ opportunities, or NaN where none are recorded | denominator, or 1 | N/D, or N | NaN |
    | measured mean | NaN | NaN | readings | mean | sd of the readings |
    | measured median, p90 | NaN | NaN | readings | quantile (Hyndman & Fan type 7) | sd of the readings |
    | measured share_within | readings ≤ within | readings | denominator | N/D | NaN |
    | ratio, role downtime | scheduled − down minutes | scheduled minutes | denominator | N/D | NaN |
    | derived | NaN | NaN | 1 | formula of the components' values | NaN |
    """

    kpi: Kpi
    slice: Slice
    grain: Grain
    as_of: pd.Timestamp
    points: pd.DataFrame
    presence: pd.DataFrame | None = None
    others: Flags | None = None
    finer: KpiSeries | None = None
    inherited_after: dt.timedelta | None = None

    @property
    def expected_after(self) -> dt.timedelta | None:
        """How long after a period's end its data come: as defined, else that of the slowest component."""
        return self.kpi.expected_after if self.kpi.expected_after is not None else self.inherited_after


@dataclass(frozen=True, eq=False)
class EventFacts:
    """What the events of its stream bring to a KPI.

    spans: what the live batches of the stream cover: starts_at, ends_at, reporters (values of the stream's
    `reported_by`). sums: the numerators by quarter-hour: bin, the reporting dimension where the KPI has one, numerator,
    rows. outages (role downtime, in place of sums): starts_at (naive UTC), minutes (NaN: not closed yet), and the
    dimensions `units_of(kpi, stream)` by which units are told apart.
    """

    stream: Stream
    spans: pd.DataFrame
    sums: pd.DataFrame = field(default_factory=pd.DataFrame)
    outages: pd.DataFrame = field(default_factory=pd.DataFrame)


def units_of(kpi: Kpi, stream: Stream) -> tuple[str, ...]:
    """The dimensions whose values are the units of an uptime: who reports, else what the KPI is told apart by."""
    reporter = kpi.reported_by or stream.reported_by
    return kpi.dimensions if reporter is None else (reporter,)
