"""Many slices at once: each gets what it gets alone, whatever is asked for beside it."""

from __future__ import annotations

import itertools
import random
from dataclasses import replace

import pandas as pd
import pytest

from opsmetrics import facts
from opsmetrics.access import OPEN, Viewer
from opsmetrics.catalog import EventSource, Kpi, Slice, slice_of
from opsmetrics.facts import Asked
from tests.cases import cases
from tests.facts.conftest import LATE, LINES, ODD, PLAIN, SITES, STOPS, WAIT, World

NORTH = Viewer("north", {"site": frozenset({"North", ODD})})
MOMENTS = (
    None,
    pd.Timestamp("1970-01-01"),
    pd.Timestamp("2024-03-31 01:07:11.123457"),
    pd.Timestamp("2024-10-27 02:00"),
)
SHARE = replace(WAIT, statistic="share_within", within=1e8)
WIDER = replace(SHARE, within=1e8 + 0.7)

Answers = list[pd.DataFrame]


def slices(kpi: Kpi) -> list[Slice]:
    """The whole, each value of the dimensions and each pair; also values that do not occur."""
    sites, lines = [*filter(None, SITES), "Nowhere"], [*filter(None, LINES)]
    found: list[Slice] = [(), *(slice_of({"site": site}) for site in sites)]
    if "line" in kpi.dimensions:
        found += [slice_of({"site": site, "line": line}) for site, line in itertools.product(sites, lines)]
    return found if "site" in kpi.dimensions else [()]


def asked_of(kpis: list[Kpi], seed: int, *, stream: bool = False) -> list[Asked]:
    """Slices of the KPIs in any order, some of them twice."""
    chance = random.Random(seed)
    every = [
        Asked(kpi, part, by, until, STOPS if stream else None)
        for kpi in kpis
        for part in slices(kpi)
        for by in {(), kpi.dimensions[:1]}
        for until in MOMENTS
    ]
    return chance.choices(every, k=cases(20, 60))


@pytest.mark.parametrize("viewer", [OPEN, NORTH], ids=lambda viewer: viewer.name)
@pytest.mark.parametrize("seed", range(cases(1, 3)))
def test_each_slice_gets_what_it_gets_alone(world: World, seed: int, viewer: Viewer) -> None:
    fed = [
        Kpi(f"fed{place}", "Fed", "count", "lower", dimensions=("site", "line"), events=source)
        for place, source in enumerate((EventSource("stops"), EventSource("stops", "minutes", ("Jam", ODD))))
    ]
    for read, asked in (
        (facts.binned, asked_of([LATE, WAIT, PLAIN, SHARE, WIDER], seed)),
        (facts.readings, asked_of([WAIT], seed)),
        (facts.event_sums, asked_of(fed, seed, stream=True)),
        (facts.outages, asked_of(fed, seed, stream=True)),
    ):
        together: Answers = read(world.store, asked, viewer=viewer)
        assert sum(map(len, together)) > cases(30, 100)
        for one, found in zip(asked, together, strict=True):
            pd.testing.assert_frame_equal(found, read(world.store, [one], viewer=viewer)[0])


def test_values_of_many_dimensions_are_those_of_each(world: World) -> None:
    asked = [Asked(kpi, by=(name,)) for kpi in (LATE, WAIT) for name in kpi.dimensions]
    together = facts.values_of(world.store, asked, viewer=OPEN)
    assert together == [sorted(world.of(one.kpi)[one.by[0]].dropna().unique()) for one in asked]


def test_nothing_asked_is_nothing_read(world: World) -> None:
    assert facts.binned(world.store, [], viewer=OPEN) == []
    assert facts.values_of(world.store, [], viewer=OPEN) == []
