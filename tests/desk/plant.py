"""A small plant for the tests of this folder: two lines, their stops, good cans, and what follows from them."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np

from opsmetrics.desk import Desk
from opsmetrics.measurements import Batch, Span
from opsmetrics.review import KpiReview
from tests.built import once
from tests.store.builders import batch, count, event

KPIS = """
[dimensions]
line = "Line"
site = "Site"

[calendars.default]
time_zone = "Europe/Berlin"

[streams.stops]
name = "Line stops"
dimensions = ["line"]
reported_by = "line"

[kpis.uptime]
name = "Uptime"
kind = "ratio"
better = "higher"
unit = "%"
dimensions = ["line"]
reported_by = "line"
watch_by = ["line"]
events = {stream = "stops", measure = "minutes", categories = ["Jam", "Breakdown"], role = "downtime"}

[kpis.stops]
name = "Stops"
kind = "count"
better = "lower"
dimensions = ["line"]
events = {stream = "stops"}

[kpis.jams]
name = "Jams per thousand cans"
kind = "rate"
better = "lower"
multiplier = 1000
dimensions = ["line"]
reported_by = "line"
events = {stream = "stops", categories = ["Jam"]}

[kpis.good]
name = "Good cans"
kind = "proportion"
better = "higher"
unit = "%"
dimensions = ["line"]
reported_by = "line"

[kpis.oee]
name = "Effectiveness"
kind = "derived"
better = "higher"
unit = "%"
dimensions = ["line"]
formula = "uptime * good"

[kpis.loss]
name = "Loss"
kind = "derived"
better = "lower"
unit = "%"
dimensions = ["line"]
formula = "1 - oee"

[kpis.wait]
name = "Ninetieth percentile of waits"
kind = "measured"
statistic = "p90"
better = "lower"
unit = "min"

[kpis.seen]
name = "Seen within the limit"
kind = "measured"
statistic = "share_within"
within = 15
better = "higher"
unit = "%"

[kpis.incidents]
name = "Incidents"
kind = "count"
better = "lower"
"""

#: 9 to 20 November 2026; midnight in Berlin is 23:00 UTC of the day before.
FIRST = dt.datetime(2026, 11, 8, 23)
DAYS = 12
AS_OF = dt.datetime(2026, 11, 21, 11)
DIMENSIONS = ("line", "site")


def at(day: int, hours: float = 0) -> dt.datetime:
    """Hours into the n-th day, local time, as an instant in UTC."""
    return FIRST + dt.timedelta(days=day, hours=hours)


def good() -> Batch:
    """900 good cans of 1,000 on line A, 950 on line B, each day."""
    rows = [count(at(d), n, 1000, kpi="good", line=line) for d in range(DAYS) for line, n in (("A", 900), ("B", 950))]
    rows += [count(at(d), 0, 1000, kpi="jams", line=line) for d in range(DAYS) for line in "AB"]
    spans = tuple(Span(key, at(0), at(DAYS), ("A", "B")) for key in ("good", "jams"))
    return batch(*rows, dimensions=DIMENSIONS, spans=spans, source="good.csv")


def stops(*more: dict[str, Any], until: int = DAYS, source: str = "stops.csv") -> Batch:
    """A jam of 144 minutes on line A on the third day, a cleaning (no downtime), and what else is given."""
    rows = [
        event(at(2, 10), "Jam", line="A", minutes=144.0, reference="1"),
        event(at(3, 10), "Cleaning", line="A", minutes=600.0, reference="2"),
        *more,
    ]
    spans = (Span("events:stops", at(0), at(until), ("A", "B")),)
    return batch(*rows, dimensions=DIMENSIONS, spans=spans, source=source)


@once
def defined(path: Path) -> None:
    """A store that knows these KPIs and holds nothing yet."""
    with Desk.open(path, role="tests") as opened:
        opened.apply(KPIS, by="tester")


def loaded(desk: Desk, *batches: Batch, publish: bool = False) -> Desk:
    """publish: what the last of them leads to is kept as said to all."""
    for each in batches:
        desk.commit(each, by="tester", publish=publish and each is batches[-1])
    return desk


def values(review: KpiReview) -> list[float | None]:
    return [None if np.isnan(value) else round(value, 9) for value in review.points["value"]]


def review(desk: Desk, key: str, line: str | None = None, **more: Any) -> KpiReview:
    return desk.review(key, () if line is None else (("line", line),), as_of=AS_OF, **more)
