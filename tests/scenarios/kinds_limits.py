"""Limits of the stories in `kinds`, by the textbook formulas in plain Python, from the rows of their files."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from itertools import pairwise
from statistics import mean, median

Rows = list[list[str]]
Limits = tuple[float, float, float]

D2 = 2 / math.sqrt(math.pi)  # mean range of two normal values, in sigmas


def u_limits(rows: Rows) -> Limits:
    """ū ± 3·√(ū/n), ū from the sums."""
    events, sizes = ([int(row[column]) for row in rows] for column in (1, 2))
    centre = sum(events) / sum(sizes)
    reach = 3 * math.sqrt(centre / sizes[-1])
    return max(centre - reach, 0.0), centre, centre + reach


def c_limits(rows: Rows) -> Limits:
    """c̄ ± 3·√c̄ over all days from the first to the last: a day without a row had none."""
    return _c([(row[0], int(row[1])) for row in rows])


def c_of_events(rows: Rows) -> Limits:
    """The same, one for each event."""
    return _c([(row[0][:10], 1) for row in rows])


def _c(counted: list[tuple[str, int]]) -> Limits:
    first, last = (dt.date.fromisoformat(pick(day for day, _ in counted)) for pick in (min, max))
    centre = sum(count for _, count in counted) / ((last - first).days + 1)
    reach = 3 * math.sqrt(centre)
    return max(centre - reach, 0.0), centre, centre + reach


def i_prime_limits(rows: Rows) -> Limits:
    """Σ numerators / Σ denominators ± 3σ/√n, σ = mean of √(π/2)·|Δ|/√(1/n + 1/n′) (Taylor 2017)."""
    tops, sizes = ([float(row[column]) for row in rows] for column in (1, 2))
    values = list(zip((top / size for top, size in zip(tops, sizes, strict=True)), sizes, strict=True))
    sigma = mean(math.sqrt(math.pi / 2) * abs(a - b) / math.sqrt(1 / n + 1 / m) for (a, n), (b, m) in pairwise(values))
    centre, reach = sum(tops) / sum(sizes), 3 * sigma / math.sqrt(sizes[-1])
    return max(centre - reach, 0.0), centre, centre + reach


def yield_limits(rows: Rows) -> Limits:
    """The product of both shares of each day."""
    return _xmr([int(row[1]) * int(row[2]) / int(row[3]) ** 2 for row in rows])


def uptime_limits(rows: Rows) -> Limits:
    """1 less the minutes down of each day over 1,440; what runs past midnight belongs to the day after."""
    down: dict[dt.date, float] = {}
    for start, _, minutes in rows:
        at = dt.datetime.fromisoformat(start)
        left = (dt.datetime.combine(at.date(), dt.time()) + dt.timedelta(days=1) - at) / dt.timedelta(minutes=1)
        down[at.date()] = down.get(at.date(), 0.0) + min(float(minutes), left)
    return _xmr([1 - minutes / 1440 for minutes in down.values()], highest=1.0)


def of_statistic(
    statistic: Callable[[list[float]], float], needed: int, highest: float = math.inf
) -> Callable[[Rows], Limits]:
    """XmR of one figure for each day that has readings enough."""

    def limits(rows: Rows) -> Limits:
        days: dict[str, list[float]] = {}
        for stamp, value in rows:
            days.setdefault(stamp[:10], []).append(float(value))
        return _xmr([statistic(values) for values in days.values() if len(values) >= needed], highest=highest)

    return limits


def p90(values: list[float]) -> float:
    """The 90th percentile, linear between the two readings about place 0.9·(n − 1) (Hyndman & Fan, type 7)."""
    ordered, place = sorted(values), 0.9 * (len(values) - 1)
    low = math.floor(place)
    return ordered[low] + (place - low) * (ordered[low + 1] - ordered[low])


def _xmr(values: Sequence[float], highest: float = math.inf) -> Limits:
    reach = 3 * mean(abs(a - b) for a, b in pairwise(values)) / D2
    return mean(values) - reach, mean(values), min(mean(values) + reach, highest)


LIMITS: dict[str, Callable[[Rows], Limits]] = {
    "u": u_limits,
    "c": c_limits,
    "c_of_events": c_of_events,
    "i_prime": i_prime_limits,
    "yield": yield_limits,
    "uptime": uptime_limits,
    "median": of_statistic(median, 30),
    "p90": of_statistic(p90, 50),
    "within_25": of_statistic(lambda values: sum(value <= 25 for value in values) / len(values), 30, 1.0),
}
