"""A store with three years behind it, for the tests of forecasts: seasons, targets near and far, and odd series."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np

from opsmetrics.desk import Desk
from opsmetrics.measurements import Span
from opsmetrics.settings import Settings
from opsmetrics.store import Store
from tests.built import once
from tests.store.builders import batch, count, reading

YEARS_DAYS = 3 * 365

KPIS = """
[dimensions]
line = "Line"

[kpis.otif]
name = "On time in full"
kind = "proportion"
better = "higher"
unit = "%"
numerator = "full orders"
denominator = "orders"
dimensions = ["line"]
watch_by = ["line"]
target = 95
owner = "M. Okafor"
category = "Dispatch"
lead = "month"

[kpis.wait]
name = "Waiting time"
kind = "measured"
better = "lower"
unit = "min"
target = 60
lead = "month"

[kpis.steady]
name = "Line speed"
kind = "measured"
better = "higher"
unit = "m/min"

[kpis.harm]
name = "Harm"
kind = "rate"
better = "lower"
unit = "per 1,000"
multiplier = 1000
numerator = "falls"
denominator = "bed days"

[kpis.bag]
name = "Bag weight"
kind = "measured"
better = "neither"
unit = "g"
operate = "sample"
target = [70, 72]

[kpis.young]
name = "New measure"
kind = "proportion"
better = "lower"
unit = "%"
"""


def first_day() -> dt.datetime:
    """The last of YEARS_DAYS days is yesterday."""
    today = dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    return today - dt.timedelta(days=YEARS_DAYS)


@once
def years(path: Path) -> None:
    """Three years by day of two lines, a measured KPI near its target, constant, rare, sampled and very young ones."""
    with Store.open(path) as opened:
        desk = Desk(opened, Settings.from_environment().for_store(path))
        desk.apply(KPIS, by="tester")
        begin = first_day()
        end = begin + dt.timedelta(days=YEARS_DAYS)
        days = [begin + dt.timedelta(days=number) for number in range(YEARS_DAYS)]
        rows = _rows(days)
        keys = ("otif", "wait", "steady", "harm", "young")
        spans = tuple(Span(kpi, days[-4] if kpi == "young" else begin, end) for kpi in keys)
        desk.commit(batch(*rows, source="three years.csv", dimensions=("line",), spans=spans), by="tester")
        desk.commit(batch(*_bags(), source="bags.csv", dimensions=("line",)), by="tester")


def _rows(days: list[dt.datetime]) -> list[dict[str, Any]]:
    draw = np.random.default_rng(3)
    rows: list[dict[str, Any]] = []
    for day in days:
        low = 0.02 * (day.month == 12) + 0.015 * (day.weekday() == 0)
        for line, level in (("A", 0.94), ("B", 0.92)):
            orders = int(draw.integers(300, 420))
            rows.append(count(day, int(draw.binomial(orders, level - low)), orders, kpi="otif", line=line))
        rows.append(reading(day, round(float(60 + draw.normal(0, 6)), 2), kpi="wait"))
        rows.append(reading(day, 42.0, kpi="steady"))
        rows.append(count(day, int(draw.random() < 0.08), 120, kpi="harm"))
    rows += [count(day, 3, 90, kpi="young") for day in days[-4:]]
    return rows


def _bags() -> list[dict[str, Any]]:
    from opsmetrics.measurements import sample_to_stamp

    draw = np.random.default_rng(4)
    return [
        reading(sample_to_stamp(number), round(float(draw.normal(71, 0.6)), 2), kpi="bag") for number in range(1, 61)
    ]
