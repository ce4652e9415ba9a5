"""A store of two KPIs whose Mondays are worse than their other days, and of one whose days are alike."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np

from opsmetrics.desk import Desk
from opsmetrics.measurements import Span
from opsmetrics.settings import Settings
from opsmetrics.store import Store
from tests.built import once
from tests.store.builders import batch, count

KEYS = ("late", "calls", "scrap")
WEEKLY = KEYS[:2]
DAYS = 84


@once
def weekly(path: Path) -> None:
    """84 days up to yesterday: 16 % of a thousand on Mondays and 10 % on other days; scrap always 10 %."""
    kpis = [
        f'[kpis.{key}]\nname = "{key.title()}"\nkind = "proportion"\nbetter = "lower"\nunit = "%"\n' for key in KEYS
    ]
    today = dt.datetime.now(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    days = [today - dt.timedelta(days=back) for back in range(DAYS, 0, -1)]
    draw = np.random.default_rng(5)
    rows = [
        count(day, int(draw.binomial(1000, 0.16 if key in WEEKLY and day.weekday() == 0 else 0.10)), 1000, kpi=key)
        for key in KEYS
        for day in days
    ]
    with Store.open(path) as opened:
        desk = Desk(opened, Settings.from_environment().for_store(path))
        desk.apply("\n".join(kpis), by="tester")
        desk.commit(batch(*rows, dimensions=(), spans=tuple(Span(key, days[0], today) for key in KEYS)), by="tester")
