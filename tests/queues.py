"""A store of queues: three servers and seeded arrivals whose waits follow from them, for the desk and the page."""

from __future__ import annotations

import datetime as dt
import heapq
from pathlib import Path
from typing import Any

import numpy as np

from opsmetrics.desk import Desk
from opsmetrics.desk.queue import DAYS
from opsmetrics.settings import Settings
from opsmetrics.store import Store
from tests.built import once
from tests.store.builders import batch, count, reading

FIRST = dt.datetime(2026, 3, 2)
END = FIRST + dt.timedelta(days=DAYS)

KPIS = """
[kpis.wait]
name = "Wait"
kind = "measured"
better = "lower"
unit = "min"
target = 4

[kpis.talk]
name = "Talk"
kind = "measured"
better = "neither"
unit = "min"

[kpis.even_wait]
name = "Wait at the machine"
kind = "measured"
better = "lower"
unit = "min"

[kpis.even]
name = "Machine time"
kind = "measured"
better = "neither"
unit = "h"

[kpis.daily]
name = "Daily talk"
kind = "measured"
better = "neither"
unit = "min"

[kpis.coarse]
name = "Talk by four hours"
kind = "measured"
better = "neither"
unit = "min"

[kpis.came]
name = "Came"
kind = "count"
better = "neither"

[kpis.left_early]
name = "Left by the hour"
kind = "proportion"
better = "lower"
unit = "%"

[kpis.left]
name = "Left"
kind = "proportion"
better = "lower"
unit = "%"
"""


def served(draw: np.random.Generator, service: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Arrivals (minutes from FIRST), waits and services of three servers: two an hour, 60 minutes each."""
    at = np.cumsum(draw.exponential(30.0, 5000))
    at = at[at < DAYS * 1440 - 1]
    length = service(len(at))
    free, waits = [0.0] * 3, []
    for moment, span in zip(at, length, strict=True):
        start = max(moment, heapq.heappop(free))
        waits.append(start - moment)
        heapq.heappush(free, start + span)
    return at, np.array(waits), length


@once
def queues(path: Path) -> None:
    """Waits and services that Erlang C fits, others that are even, and figures that break one condition each."""
    draw, rows = np.random.default_rng(12), []
    kinds = (
        ("wait", "talk", lambda n: draw.exponential(60.0, n)),
        ("even_wait", "even", lambda n: draw.gamma(9, 60 / 9, n)),
    )
    for wait, service, length in kinds:
        for moment, waited, lasted in zip(*served(draw, length), strict=True):
            stamp = FIRST + dt.timedelta(microseconds=int(moment * 6e7))
            rows.append(reading(stamp, float(waited), kpi=wait))
            rows.append(reading(stamp, float(lasted / (60 if service == "even" else 1)), kpi=service))
    for day in range(DAYS):
        stamp = FIRST + dt.timedelta(days=day)
        rows += [reading(stamp, 60.0 + sample, sample, kpi="daily") for sample in range(1, 6)]
        rows.append(count(stamp, 5.0, 100.0, kpi="left"))
        for hour in range(24):
            at = stamp + dt.timedelta(hours=hour)
            rows.append(count(at, 9.0 * (hour < 8), 100.0, kpi="left_early"))
            if hour % 4 == 0:
                rows.append(reading(at, 55.0 + hour, kpi="coarse"))
            if hour % 8 == 6:
                rows.append(count(at, 16.0, 1.0, kpi="came"))
    with Store.open(path) as store:
        desk = Desk(store, Settings.from_environment().for_store(path))
        desk.apply(KPIS, by="tester")
        desk.commit(batch(*rows, source="queue.csv", dimensions=()), by="tester", publish=False)
