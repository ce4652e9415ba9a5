"""Definitions and facts that the tests of this folder share."""

from __future__ import annotations

from typing import Any

import pandas as pd

from opsmetrics.catalog import Calendar, Kpi

BERLIN = Calendar("berlin", "Europe/Berlin")
LATE = Kpi("late", "Late deliveries", "proportion", "lower", calendar=BERLIN)
BY_LINE = Kpi("late", "Late", "proportion", "lower", calendar=BERLIN, dimensions=("line",), reported_by="line")
WAIT = Kpi("wait", "Wait", "measured", "lower", calendar=BERLIN)
NO_SPANS = pd.DataFrame({"starts_at": [], "ends_at": [], "reporters": []})
AS_OF = pd.Timestamp("2026-11-20 12:00")


def counts(*rows: tuple[Any, ...], by: tuple[str, ...] = ()) -> pd.DataFrame:
    """Facts as they are read: (bin, by …, numerator, denominator)."""
    frame = pd.DataFrame(rows, columns=["bin", *by, "numerator", "denominator"])
    return frame.assign(bin=frame["bin"].astype("datetime64[us]"), rows=1)


def spans(*rows: tuple[str, str] | tuple[str, str, list[str]]) -> pd.DataFrame:
    frame = pd.DataFrame([(*row[:2], row[2] if len(row) > 2 else []) for row in rows])
    frame.columns = pd.Index(["starts_at", "ends_at", "reporters"])
    return frame.astype({"starts_at": "datetime64[us]", "ends_at": "datetime64[us]"})
