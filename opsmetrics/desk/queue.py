"""How many servers a wait takes: a queue's conditions checked on what is stored, its prediction beside what was seen.

Waits and service times are readings of measured KPIs with a time of day; arrivals are a counted KPI, or one for each
wait. All is looked at by hour of the week over the last eight weeks. An answer is given only where every condition
holds that the formula rests on; else the ones that do not are named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from opsmetrics import facts
from opsmetrics.access import OPEN, Viewer
from opsmetrics.catalog import Kpi, Slice
from opsmetrics.desk.desk import AsOf, Desk
from opsmetrics.facts import Asked
from opsmetrics.series import to_local
from opsmetrics.series.calendar import open_days
from opsmetrics.stats import queue as stats

Floats = npt.NDArray[np.float64]

#: Days looked at, and arrivals and services wanted among them.
DAYS, ARRIVALS, SERVICES = 56, 200, 50

#: Minutes between two times of day that stamps may have at most; wider rasters that are looked for; the share of stamps
#: that lies on one where it is theirs (a few are typed by hand); fewer times of day than this are those of shifts.
HOUR, _RASTERS, _ON, _TIMES = 60, (1440, 720, 480, 360, 240, 180, 120), 0.95, 4

#: Bounds of the conditions: load of an hour, dispersion of hourly counts, share that leaves, prediction over what was.
LOAD, CALM, LEAVE, NEAR = 0.95, (0.8, 1.3), 0.03, 0.25

#: Minutes in a unit of time.
MINUTES = {
    "s": 1 / 60,
    "sec": 1 / 60,
    "min": 1.0,
    "minutes": 1.0,
    "h": 60.0,
    "hours": 60.0,
    "d": 1440.0,
    "days": 1440.0,
}

_DAY = np.timedelta64(1, "D")


@dataclass(frozen=True)
class Asks:
    """What is asked. staff: servers on duty in each of the hours first … last (local, half open); target: mean wait in
    minutes; arrivals None: each wait is one; abandoned: the share who leave; None: nobody does where `nobody_leaves`,
    else it is not known."""

    waits: Kpi
    service: Kpi
    staff: int
    target: float
    arrivals: Kpi | None = None
    abandoned: Kpi | None = None
    nobody_leaves: bool = True
    slice: Slice = ()
    first: int = 0
    last: int = 24


@dataclass(frozen=True)
class Condition:
    """One condition: its code, what was found (NaN: not known), and whether it holds."""

    code: str
    found: float
    holds: bool


@dataclass(frozen=True, eq=False)
class Queue:
    """What is known of a queue. Times in minutes.

    conditions: all that were looked at; the correction stands in for those of dispersion and prediction. offered:
        "erlang_c", "corrected" or "" (`failed` says why). variation: the factor (C_a² + C_s²) / 2 in it.
    plain, corrected: predicted mean waits with those on duty; observed: the mean wait that was seen.
    needed: servers for the target, None where it is not offered or no number is enough.
    hours: one row for each hour of the day: hour, arrivals (an hour), load (erlangs), wait, needed.
    """

    asks: Asks
    conditions: tuple[Condition, ...]
    offered: str = ""
    variation: float = 1.0
    service: float = float("nan")
    arrivals: int = 0
    observed: float = float("nan")
    plain: float = float("nan")
    corrected: float = float("nan")
    needed: int | None = None
    hours: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["hour", "arrivals", "load", "wait", "needed"])
    )

    @property
    def failed(self) -> tuple[Condition, ...]:
        """The conditions that do not hold."""
        return tuple(condition for condition in self.conditions if not condition.holds)

    @property
    def predicted(self) -> float:
        """The predicted mean wait of what is offered, else of Erlang C."""
        return self.corrected if self.offered == "corrected" else self.plain


def queue_of(desk: Desk, asks: Asks, *, as_of: AsOf = None, viewer: Viewer = OPEN) -> Queue:
    """The queue behind a KPI of waits; never raises for what the data hold."""
    until = desk.instant(asks.waits, as_of)
    waits = _readings(desk, asks.waits, asks, until, viewer)
    service = _readings(desk, asks.service, asks, until, viewer)
    arrivals = waits.assign(value=1.0) if asks.arrivals is None else _counts(desk, asks.arrivals, asks, until, viewer)
    timed = [_timed(arrivals, service)] if len(arrivals) and len(service) else []
    waits, service, arrivals = (_between(frame, asks) for frame in (waits, service, arrivals))
    first = [*timed, _enough(arrivals, service)]
    if not all(condition.holds for condition in first):
        return Queue(asks, tuple(first), arrivals=int(arrivals["value"].sum()))
    return _judged(asks, first, waits, service, arrivals, _leaving(desk, asks, until, viewer))


def _judged(
    asks: Asks, first: Sequence[Condition], waits: pd.DataFrame, service: pd.DataFrame, arrivals: pd.DataFrame,
    leaving: Condition,
) -> Queue:  # fmt: skip
    hours = _hourly(arrivals, asks)
    mean, spread = float(service["value"].mean()), float(service["value"].std(ddof=1))
    counts, groups = hours["count"].to_numpy(dtype=np.float64), hours["group"].to_numpy()
    loads = stats.smoothed_rates(counts, groups) * mean / 60
    index = stats.dispersion(counts, groups)
    variation = (index + (spread / mean) ** 2) / 2
    observed = float(waits["value"].mean())
    plain, corrected = (stats.overall_wait(loads, asks.staff, mean, factor) for factor in (1.0, variation))
    load = Condition("load", float(loads.max()) / asks.staff, float(loads.max()) / asks.staff < LOAD)
    calm = Condition("dispersion", index, CALM[0] <= index <= CALM[1])
    near = Condition("predicted", plain / observed if observed > 0 else np.nan, _near(plain, observed))
    required = [*first, load, leaving]
    offered = ""
    if all(condition.holds for condition in required):
        offered = "erlang_c" if calm.holds and near.holds else "corrected" if _near(corrected, observed) else ""
    factor = variation if offered == "corrected" else 1.0
    needed = stats.needed(loads, mean, asks.target, factor) if offered else None
    table = _table(hours, mean, asks, factor)
    return Queue(
        asks, (*required, calm, near), offered, factor if offered else variation, mean, int(arrivals["value"].sum()),
        observed, plain, corrected, needed, table,
    )  # fmt: skip


def minutes_of(kpi: Kpi) -> float | None:
    """Minutes in the shown unit of a KPI; None where that is no time."""
    return MINUTES.get(kpi.unit.casefold())


# Reading


def _readings(desk: Desk, kpi: Kpi, asks: Asks, until: pd.Timestamp, viewer: Viewer) -> pd.DataFrame:
    """The readings of the last DAYS, with local time of the quarter-hour, in minutes."""
    (found,) = facts.readings(desk.store, [Asked(kpi, _own(kpi, asks.slice), until=until)], viewer=viewer)
    scale = kpi.multiplier * (minutes_of(kpi) or 1.0)
    return _recent(found.assign(value=found["value"].astype(float) * scale), asks, until)


def _counts(desk: Desk, kpi: Kpi, asks: Asks, until: pd.Timestamp, viewer: Viewer) -> pd.DataFrame:
    (found,) = facts.binned(desk.store, [Asked(kpi, _own(kpi, asks.slice), until=until)], viewer=viewer)
    return _recent(found.assign(value=found["numerator"].astype(float)), asks, until)


def _own(kpi: Kpi, part: Slice) -> Slice:
    return tuple(pair for pair in part if pair[0] in kpi.dimensions)


def _recent(found: pd.DataFrame, asks: Asks, until: pd.Timestamp) -> pd.DataFrame:
    """Rows of the last DAYS whole days that have a value, with their local time as `at`."""
    zone = asks.waits.calendar.time_zone
    local = to_local(pd.DatetimeIndex(found["bin"]), zone)
    end = to_local([until], zone)[0].normalize()
    recent = (local >= end - pd.Timedelta(days=DAYS)) & (local < end) & np.isfinite(found["value"].to_numpy())
    dated: pd.DataFrame = found.assign(at=local)[recent]
    return dated


def _between(frame: pd.DataFrame, asks: Asks) -> pd.DataFrame:
    """Rows within the hours that are asked for."""
    hour = frame["at"].dt.hour
    inside: pd.DataFrame = frame[(hour >= asks.first) & (hour < asks.last)]
    return inside


def _leaving(desk: Desk, asks: Asks, until: pd.Timestamp, viewer: Viewer) -> Condition:
    """Who leaves in the hours that are asked for; where that is known by the day only, on the same days."""
    if asks.abandoned is None:
        return Condition("abandoned", 0.0 if asks.nobody_leaves else float("nan"), asks.nobody_leaves)
    (found,) = facts.binned(
        desk.store, [Asked(asks.abandoned, _own(asks.abandoned, asks.slice), until=until)], viewer=viewer
    )
    recent = _recent(found.assign(value=found["denominator"].astype(float)), asks, until)
    if len(recent) and _step(recent["at"]) <= HOUR:
        recent = _between(recent, asks)
    total = float(recent["denominator"].sum())
    share = float(recent["numerator"].sum()) / total if total > 0 else float("nan")
    return Condition("abandoned", share, bool(share < LEAVE))


# Conditions


def _timed(arrivals: pd.DataFrame, service: pd.DataFrame) -> Condition:
    """Both have times of day that tell hours apart: files by the day, by shifts or by several hours do not."""
    step = max(_step(frame["at"]) for frame in (arrivals, service))
    return Condition("times", step, step <= HOUR)


def _step(at: pd.Series) -> float:
    """Minutes between the times of day of these stamps: those of the widest raster that nearly all of them lie on, HOUR
    where they lie on none, and at least those between so few times of day as shifts have."""
    minutes = (at.dt.hour * 60 + at.dt.minute).to_numpy(dtype=np.int64)
    wide = next((raster for raster in _RASTERS if np.bincount(minutes % raster).max() >= _ON * len(minutes)), HOUR)
    times = len(np.unique(minutes))
    return max(float(wide), _RASTERS[0] / times if times < _TIMES else 0.0)


def _enough(arrivals: pd.DataFrame, service: pd.DataFrame) -> Condition:
    there = float(arrivals["value"].sum())
    return Condition(
        "enough", min(there, len(service) * ARRIVALS / SERVICES), there >= ARRIVALS and len(service) >= SERVICES
    )


def _near(predicted: float, observed: float) -> bool:
    return bool(observed > 0 and abs(predicted / observed - 1) <= NEAR)


def _hourly(arrivals: pd.DataFrame, asks: Asks) -> pd.DataFrame:
    """Arrivals of every hour of each day on which somebody came: hour, group (hour of the week), count."""
    days = np.unique(arrivals["at"].to_numpy().astype("datetime64[D]"))
    days = days[open_days(asks.waits.calendar, days)] if open_days(asks.waits.calendar, days).any() else days
    starts = (days[:, None] + np.arange(asks.first, asks.last) * np.timedelta64(1, "h")).ravel()
    counted = arrivals.groupby(arrivals["at"].dt.floor("h"))["value"].sum()
    count = counted.reindex(pd.DatetimeIndex(starts)).fillna(0.0).to_numpy(dtype=np.float64)
    at = pd.DatetimeIndex(starts)
    return pd.DataFrame({"hour": at.hour, "group": at.day_of_week * 24 + at.hour, "count": count})


def _table(hours: pd.DataFrame, service: float, asks: Asks, factor: float) -> pd.DataFrame:
    rows = []
    rates = stats.smoothed_rates(hours["count"].to_numpy(dtype=np.float64), hours["hour"].to_numpy())
    for hour, rate in zip(np.unique(hours["hour"]), rates, strict=True):
        load = float(rate) * service / 60
        rows.append(
            {
                "hour": int(hour),
                "arrivals": float(rate),
                "load": load,
                "wait": stats.mean_wait(load, asks.staff, service, factor) if load > 0 else 0.0,
                "needed": stats.needed(np.array([load]), service, asks.target, factor),
            }
        )
    return pd.DataFrame(rows)
