"""A store with a few hundred seeded facts, and the same facts as pandas frames for the oracles."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest

from opsmetrics.catalog import Catalog, Dimension, Kpi, Stream
from opsmetrics.store import Store
from tests.event_stores import put
from tests.store.builders import batch, count, reading

LATE = Kpi("late", "Late", "proportion", "lower", dimensions=("site", "line"), multiplier=100.0)
WAIT = Kpi("wait", "Wait", "measured", "lower", dimensions=("site",))
PLAIN = Kpi("plain", "Plain", "proportion", "lower")
STOPS = Stream("stops", "Stops", dimensions=("site", "line"))
ODD = 'O\'Brien \\ "Söhne"; DROP TABLE counts; -- %s {x} $1'
SITES = ("North", "South", "Secret", ODD, None)
LINES = ("A", "B", None)


@dataclass(frozen=True)
class World:
    """The store and everything that is in it."""

    store: Store
    counts: pd.DataFrame
    readings: pd.DataFrame
    events: pd.DataFrame

    def of(self, kpi: Kpi) -> pd.DataFrame:
        """The stored rows of a KPI."""
        frame = self.counts if kpi.counts else self.readings
        return frame[frame["kpi"] == kpi.key]


@pytest.fixture(scope="package")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Facts on both sides of 1970 and of both clock changes, in three batches of different people."""
    chance = random.Random(11)
    starts = [dt.datetime(1969, 12, 31, 20), dt.datetime(2024, 3, 31), dt.datetime(2024, 10, 27)]
    counts, readings = {}, {}
    for _ in range(600):
        at = chance.choice(starts) + dt.timedelta(microseconds=chance.randrange(6 * 3600 * 10**6))
        site, line = chance.choice(SITES), chance.choice(LINES)
        counts[at, site, line] = count(at, chance.randint(0, 9), chance.randint(10, 99), site=site, line=line)
        bin_of = at.replace(minute=at.minute // 30 * 30, second=0, microsecond=0)
        number = chance.randint(1, 40)
        readings[bin_of, site, number] = reading(bin_of, 1e8 + chance.gauss(0, 1), number, site=site)
    plain = [count(starts[1] + dt.timedelta(hours=n), n, 50, kpi="plain") for n in range(5)]
    path: Path = tmp_path_factory.mktemp("facts") / "s.duckdb"
    with Store.open(path) as store:
        named = (Dimension("site", "Site"), Dimension("line", "Line"))
        store.apply_catalog(Catalog((LATE, WAIT, PLAIN), named, version="v1"), by="Ada")
        rows = list(counts.values())
        store.commit(batch(*rows[:300], source="first.csv"), by="Ada")
        store.commit(batch(*rows[300:], *plain, source="second.csv"), by="Bo")
        store.commit(batch(*readings.values(), source="third.csv"), by="Cy")
        events = event_rows(chance, starts[1])
        put(store, "stops", events, source="fourth.csv", by="Di")
        frames = [
            pd.DataFrame([{"site": None, "line": None, **row} for row in given])
            for given in ([*rows, *plain], readings.values())
        ]
        yield World(store, *frames, events)


def event_rows(chance: random.Random, start: dt.datetime) -> pd.DataFrame:
    """300 events within six days; where a count, an amount or a class is missing it is None."""
    return pd.DataFrame(
        {
            "observed_at": start + dt.timedelta(seconds=chance.randrange(6 * 86400)),
            "site": chance.choice(SITES),
            "line": chance.choice(LINES),
            "category": chance.choice(("Jam", "Guard", ODD, "", None)),
            "subcategory": chance.choice(("left", "right", None)),
            "count": chance.choice((None, None, 1.0, 3.0)),
            "minutes": chance.choice((None, 2.5, 10.0, 31.0)),
            "cost": chance.choice((None, None, 12.0, 400.0)),
            "reference": f"R{number}",
        }
        for number in range(300)
    )
