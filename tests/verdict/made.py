"""Series made by hand, row by row, for tests of the verdict's parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from opsmetrics.catalog import Decision, Grain, Kpi, Target
from opsmetrics.series import KpiSeries, period_label, to_utc

LATE = Kpi(key="late", name="Late share", kind="proportion", better="lower", unit="%", multiplier=100.0, lead="month")
YIELD = replace(LATE, key="yield", name="Yield", better="higher")
WEIGHT = Kpi(key="weight", name="Weight", kind="measured", better="neither", unit="g")
FALLS = Kpi(
    key="falls", name="Falls", kind="rate", better="lower", unit="per 1,000", multiplier=1000.0, numerator="falls",
    denominator="bed days",
)  # fmt: skip
DEFECTS = Kpi(key="defects", name="Defects", kind="count", better="lower", numerator="defects")
ENERGY = Kpi(
    key="energy", name="Energy per unit", kind="ratio", better="lower", unit="kWh", numerator="kWh", denominator="units"
)  # fmt: skip
HARM = Kpi(key="harm", name="Harm", kind="rare", better="lower", numerator="harms")
OEE = Kpi(key="oee", name="OEE", kind="derived", better="higher", unit="%", multiplier=100.0, formula="a * b")
WAIT = Kpi(key="wait", name="Median wait", kind="measured", statistic="median", better="lower", unit="min")
IN_TIME = replace(WAIT, key="in_time", name="Seen in time", statistic="share_within", better="higher", unit="%",
                  multiplier=100.0, within=15.0)  # fmt: skip
SPEED = replace(WEIGHT, key="speed", name="Speed", better="higher")

_STEP: dict[Grain, str] = {"shift": "8h", "day": "D", "week": "7D", "month": "MS", "quarter": "QS"}

Numbers = Sequence[float | None]


def counts(events: Numbers, sizes: float | Sequence[float] = 100.0, *, kpi: Kpi = LATE, **more: Any) -> KpiSeries:
    """A proportion: events of sizes, None for a period without facts. `more` as for `_series`."""
    numerator = np.array([np.nan if e is None else e for e in events], dtype=float)
    denominator = np.where(np.isnan(numerator), np.nan, np.broadcast_to(np.asarray(sizes, dtype=float), len(events)))
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.where(denominator > 0, numerator / denominator, np.nan)
    return _series(kpi, {"value": value, "size": denominator, "numerator": numerator, "denominator": denominator}, more)


def totals(events: Numbers, *, kpi: Kpi = DEFECTS, **more: Any) -> KpiSeries:
    """Counts without denominators, None for a period without facts. `more` as for `_series`."""
    numerator = np.array([np.nan if e is None else e for e in events], dtype=float)
    return _series(kpi, {"value": numerator, "size": np.where(np.isnan(numerator), np.nan, 1.0),
                         "numerator": numerator}, more)  # fmt: skip


def shares_within(
    within: Numbers, sizes: float | Sequence[float] = 100.0, *, kpi: Kpi = IN_TIME, **more: Any
) -> KpiSeries:
    """Readings within a limit, of how many. `more` as for `_series`."""
    return counts(within, sizes, kpi=kpi, **more)


def readings(
    means: Numbers, sizes: float = 1.0, spreads: float | Sequence[float] = np.nan, *, kpi: Kpi = WEIGHT, **more: Any
) -> KpiSeries:
    """Readings: their means, number and standard deviation in each period. `more` as for `_series`."""
    value = np.array([np.nan if m is None else m for m in means], dtype=float)
    size = np.where(np.isnan(value), np.nan, sizes)
    return _series(kpi, {"value": value, "size": size, "spread": spreads}, more)


def _series(kpi: Kpi, measures: dict[str, Any], more: dict[str, Any]) -> KpiSeries:
    """grain, start; running: the last row still runs; from_start, reaches_end: flags of all rows, or one each;
    presence: reporter -> one flag per row; as_of: default 12 hours into the period after the last."""
    grain: Grain = more.pop("grain", kpi.operate)
    n = len(measures["value"])
    points = _slots(kpi, grain, more.pop("start", "2026-01-05"), n)
    for name in ("value", "size", "numerator", "denominator", "spread"):
        points[name] = measures.get(name, np.nan)
    points["rows"] = (~np.isnan(points["size"])).astype("int64")
    points["ended"] = np.arange(n) < n - bool(more.pop("running", False))
    for flag in ("from_start", "reaches_end"):
        points[flag] = more.pop(flag, True)
    points["label"] = [period_label(period, grain, kpi.calendar) for period in points["period"]]
    presence = more.pop("presence", None)
    seen = None if presence is None else pd.DataFrame({name: list(flags) for name, flags in presence.items()})
    ends = points["ends_at"].iloc[-1] if n and grain != "sample" else pd.Timestamp("2026-01-01")
    as_of = more.pop("as_of", ends + pd.Timedelta(hours=12 if points["ended"].iloc[-1:].all() else -1))
    assert not more, f"unknown: {sorted(more)}"
    return KpiSeries(kpi, (), grain, pd.Timestamp(as_of), points, seen)


def _slots(kpi: Kpi, grain: Grain, start: str, n: int) -> pd.DataFrame:
    if grain == "sample":
        return pd.DataFrame({"period": np.arange(1, n + 1, dtype=np.int64), "ends_at": pd.NaT}, index=range(n))
    starts = pd.date_range(start, periods=n + 1, freq=_STEP[grain], unit="us")
    ends = to_utc(starts[1:], kpi.calendar.time_zone)
    return pd.DataFrame({"period": starts[:-1], "ends_at": ends}, index=range(n))


def decision(series: KpiSeries, kind: str, row: int, to: int | None = None, **more: Any) -> Decision:
    """A decision about a row's period (or rows `row` to `to`)."""
    periods = series.points["period"]
    start, end = (None if r is None else _moment(periods.iloc[r]) for r in (row, to))
    return Decision(series.kpi.key, kind, start=start, end=end, by="Anna", why="told so", **more)  # type: ignore[arg-type]


def _moment(period: Any) -> Any:
    return int(period) if isinstance(period, int | np.integer) else pd.Timestamp(period).to_pydatetime()


def with_target(kpi: Kpi, value: float | None = None, low: float | None = None, high: float | None = None) -> Kpi:
    """The KPI with one target that was always in force, in the shown unit."""
    return replace(kpi, targets=(Target(None, value, low, high),))


def noise(n: int, seed: int = 7, centre: float = 50.0, sd: float = 1.0) -> list[float]:
    """Independent normal values."""
    return [float(x) for x in np.random.default_rng(seed).normal(centre, sd, n)]


def binomial(n: int, p: float, size: int, seed: int = 7) -> list[float]:
    """Independent binomial counts."""
    return [float(x) for x in np.random.default_rng(seed).binomial(size, p, n)]
