"""Stores for the tests of the Capability page: a filler whose last phase is calm, one whose line jumps, waits that are
not normal, readings that are few or equal, and what is counted."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from opsmetrics.catalog import Decision
from opsmetrics.desk import Desk
from opsmetrics.measurements import Span
from opsmetrics.settings import Settings
from opsmetrics.store import Store
from tests.built import once
from tests.pages.stores import DAYS, start
from tests.store.builders import batch, count, reading

MEASURED = '[kpis.{key}]\nname = "{name}"\nkind = "measured"\nbetter = "neither"\nunit = "g"\ndecimals = 2\n{more}\n'
KPIS = "\n".join(
    [
        '[dimensions]\nline = "Line"\n',
        MEASURED.format(key="bag", name="Bag weight", more='spec_lower = 495\nspec_upper = 505\ndimensions = ["line"]'),
        MEASURED.format(key="jumpy", name="Jumpy weight", more="spec_lower = 495\nspec_upper = 505"),
        MEASURED.format(key="wait", name="Waiting time", more="spec_upper = 30"),
        MEASURED.format(key="few", name="Few weights", more="spec_upper = 505"),
        MEASURED.format(key="same", name="Same weights", more="spec_upper = 505"),
        MEASURED.format(key="bare", name="Weight without limits", more=""),
        MEASURED.format(key="none", name="No weights", more="spec_upper = 505"),
        '[kpis.scrap]\nname = "Scrap"\nkind = "proportion"\nbetter = "lower"\nunit = "%"\n'
        'numerator = "scrapped pieces"\ndenominator = "pieces"\n',
        '[kpis.energy]\nname = "Energy"\nkind = "ratio"\nbetter = "lower"\nnumerator = "kWh"\ndenominator = "tonnes"\n',
    ]
)


#: The last sixty days of "bag" show no signal.
SEED = 1


@once
def weights(path: Path) -> None:
    """DAYS days of five readings a day; "bag" restarts after thirty days."""
    first, draw, calm = start(), np.random.default_rng(4), np.random.default_rng(SEED)
    days = [first + dt.timedelta(days=i) for i in range(DAYS)]

    def readings(key: str, values: Callable[[int], Any], of: list[dt.datetime] = days, **dims: str) -> list[Any]:
        return [
            reading(day, round(float(x), 2), n, kpi=key, **dims)
            for place, day in enumerate(of)
            for n, x in enumerate(values(place), start=1)
        ]

    rows = readings("bag", lambda i: calm.normal(500 if i >= 30 else 497, 1, 5), line="A")
    rows += readings("jumpy", lambda i: draw.normal(503.5 if i in (40, 41) else 500, 0.6, 5))
    rows += readings("wait", lambda _: draw.lognormal(2, 0.5, 5))
    rows += readings("few", lambda _: draw.normal(500, 1, 2), days[-5:])
    rows += readings("same", lambda _: [500.0] * 3)
    rows += readings("bare", lambda _: draw.normal(500, 1, 3))
    rows += [count(day, int(draw.binomial(400, 0.002)), 400, kpi="scrap") for day in days]
    end = days[-1] + dt.timedelta(days=1)
    keys = ("bag", "jumpy", "wait", "few", "same", "bare", "scrap")
    spans = tuple(Span(key, first, end) for key in keys)
    with Store.open(path) as opened:
        desk = Desk(opened, Settings.from_environment().for_store(opened.path))
        desk.apply(KPIS, by="tester")
        desk.commit(batch(*rows, dimensions=("line",), spans=spans), by="tester", publish=False)
        desk.store.decide(Decision("bag", "phase", (), start=days[30], by="tester", why="new filler"))
