"""No read shows a row, a value or a name outside the viewer's scope.

Every public function of the module is found by inspection: one that is added without a `viewer`, or without a line in
READS, fails here.
"""

from __future__ import annotations

import dis
import inspect
import itertools
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest

from opsmetrics import facts
from opsmetrics.access import OPEN, Viewer
from opsmetrics.catalog import EventSource, Kpi, slice_of
from opsmetrics.facts import Asked, asked, reading, sums
from tests.facts.conftest import LATE, PLAIN, SITES, STOPS, WAIT, World
from tests.paths import ROOT

EVER = (pd.Timestamp("1900-01-01"), pd.Timestamp("2100-01-01"))

FED = Kpi("fed", "Fed", "count", "lower", dimensions=("site", "line"), events=EventSource("stops"))
ALL_FED = Asked(FED, by=("site", "line"), stream=STOPS)

#: How each public read is asked for everything it can show of a KPI.
READS: dict[str, Callable[[World, Kpi, Viewer], object]] = {
    "binned": lambda w, k, v: facts.binned(w.store, [Asked(k, by=k.dimensions)], viewer=v)[0],
    "rows_between": lambda w, k, v: facts.rows_between(w.store, k, (), *EVER, viewer=v, limit=10_000),
    "values_of": lambda w, k, v: [
        facts.values_of(w.store, [Asked(k, by=(dimension,))], viewer=v) for dimension in k.dimensions
    ],
    "latest": lambda w, k, v: facts.latest(w.store, k, viewer=v),
    "freshness": lambda w, k, v: facts.freshness(w.store, viewer=v),
    "event_totals": lambda w, k, v: facts.event_totals(w.store, STOPS, viewer=v, by=("category", "site", "line")),
    "event_days": lambda w, k, v: facts.event_days(w.store, STOPS, viewer=v),
    "event_rows": lambda w, k, v: facts.event_rows(w.store, STOPS, viewer=v, limit=10_000),
    "event_values": lambda w, k, v: [facts.event_values(w.store, STOPS, name, viewer=v) for name in ("site", "line")],
    "readings": lambda w, k, v: facts.readings(w.store, [Asked(k, by=k.dimensions)], viewer=v)[0],
    "event_sums": lambda w, k, v: facts.event_sums(w.store, [ALL_FED], viewer=v)[0],
    "outages": lambda w, k, v: facts.outages(w.store, [ALL_FED], viewer=v)[0],
    "events_behind": lambda w, k, v: facts.events_behind(w.store, FED, STOPS, (), *EVER, viewer=v, limit=10_000),
    "fed_values": lambda w, k, v: [
        facts.fed_values(w.store, [replace(ALL_FED, by=(name,))], viewer=v) for name in ("site", "line")
    ],
    "event_freshness": lambda w, k, v: facts.event_freshness(w.store, viewer=v),
    "event_reach": lambda w, k, v: facts.event_reach(w.store, STOPS, viewer=v),
}

ALLOWED = [frozenset(chosen) for size in (0, 1, 2) for chosen in itertools.combinations(filter(None, SITES), size)]


def public_functions() -> dict[str, Callable[..., object]]:
    """The functions that the module itself defines for others."""
    found = inspect.getmembers(facts, inspect.isfunction)
    return {name: f for name, f in found if f.__module__.startswith(facts.__name__) and not name.startswith("_")}


def visible(rows: pd.DataFrame, viewer: Viewer) -> pd.DataFrame:
    """The oracle: row by row, `Viewer.may_see` for each limited dimension."""
    keep = [all(viewer.may_see(name, row[name]) for name in viewer.scope) for row in rows.to_dict("records")]
    return rows[keep]


def test_every_public_read_takes_a_viewer_by_name_and_is_tested_here() -> None:
    functions = public_functions()
    assert set(functions) == set(READS)
    for name, function in functions.items():
        parameter = inspect.signature(function).parameters.get("viewer")
        assert parameter is not None, name
        assert parameter.kind is inspect.Parameter.KEYWORD_ONLY, name
        assert parameter.default is inspect.Parameter.empty, f"{name}: nobody may forget who asks"


def kpis_of(name: str) -> tuple[Kpi, ...]:
    """The KPIs that a read is asked for: one is enough where it reads events and takes no notice of the KPI."""
    heeded = any(step.opname.startswith("LOAD") and step.argval == "k" for step in dis.get_instructions(READS[name]))
    return (LATE, WAIT, PLAIN) if heeded else (LATE,)


@pytest.mark.parametrize(("name", "kpi"), [(name, kpi) for name in sorted(READS) for kpi in kpis_of(name)])
def test_nothing_of_another_site_is_shown_names_included(world: World, name: str, kpi: Kpi) -> None:
    for allowed in ALLOWED:
        answer = READS[name](world, kpi, Viewer("limited", {"site": allowed}))
        text = answer.to_csv() if isinstance(answer, pd.DataFrame) else repr(answer)
        for site in filter(None, SITES):
            if site not in allowed:
                assert site not in text and repr(site)[1:-1] not in text
        if isinstance(answer, pd.DataFrame) and "site" in answer.columns:
            assert set(answer["site"]) <= allowed, "and no row that belongs to no site"


def test_what_is_shown_is_what_the_viewer_may_see(world: World) -> None:
    scopes = [{"site": allowed} for allowed in ALLOWED]
    scopes += [{"site": frozenset({"North"}), "line": frozenset({"A"})}, {"line": frozenset({"A", "B"})}, {}]
    scopes += [{"region": frozenset({"North"})}]  # nobody's rows carry it: nothing is shown
    for scope in scopes:
        viewer = Viewer("limited", scope)
        for kpi in (LATE, WAIT, PLAIN):
            rows = world.of(kpi).assign(region=None)
            rows = visible(rows if "site" in kpi.dimensions else rows.assign(site=None, line=None), viewer)
            binned = facts.binned(world.store, [Asked(kpi)], viewer=viewer)[0]
            assert binned["rows"].sum() == len(rows)
            assert len(facts.rows_between(world.store, kpi, (), *EVER, viewer=viewer, limit=10_000)) == len(rows)
            combinations = rows[list(kpi.dimensions)].drop_duplicates() if kpi.dimensions else rows.head(1)
            assert len(facts.latest(world.store, kpi, viewer=viewer)) == len(combinations)
            for dimension in kpi.dimensions:
                shown = facts.values_of(world.store, [Asked(kpi, by=(dimension,))], viewer=viewer)[0]
                assert shown == sorted(set(rows[dimension].dropna()))
            fresh = facts.freshness(world.store, viewer=viewer).set_index("kpi")["rows"]
            assert fresh.get(kpi.key, 0) == len(rows)


def test_asking_for_a_slice_outside_the_scope_shows_nothing(world: World) -> None:
    viewer = Viewer("limited", {"site": frozenset({"North"})})
    secret = slice_of({"site": "Secret"})
    assert facts.binned(world.store, [Asked(LATE, secret)], viewer=viewer)[0].empty
    assert facts.rows_between(world.store, LATE, secret, *EVER, viewer=viewer).empty
    assert not facts.binned(world.store, [Asked(LATE, secret)], viewer=OPEN)[0].empty


def test_one_viewers_query_is_not_kept_for_another(world: World) -> None:
    north, south = (Viewer("x", {"site": frozenset({site})}) for site in ("North", "South"))
    for viewer, site in ((north, "North"), (south, "South"), (north, "North")):
        assert set(facts.latest(world.store, LATE, viewer=viewer)["site"]) == {site}


def test_ibis_is_not_loaded_before_the_first_query() -> None:
    program = "import sys, opsmetrics.facts; print('ibis' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


def test_no_query_casts_a_time_zone() -> None:
    """Ibis drops the zone in such a cast, on every engine alike."""
    source = "".join(inspect.getsource(module) for module in (asked, reading, sums))
    assert "timestamp(" in source and set(re.findall(r"cast\((.*?)\)", source)) == {'"int64"'}
    sql = sums._binned_sql(sums._shape(Asked(LATE, by=("site",)), OPEN))
    assert "TIMESTAMPTZ" not in sql and "TIME ZONE" not in sql
