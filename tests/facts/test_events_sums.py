"""What events bring to a KPI, against pandas over the same events."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from opsmetrics import facts
from opsmetrics.access import OPEN, Viewer
from opsmetrics.catalog import EventSource, Kpi, slice_of
from opsmetrics.facts import UnknownDimension
from tests.facts import one
from tests.facts.conftest import ODD, STOPS, WAIT, World

FED = Kpi("stops", "Stops", "count", "lower", dimensions=("site", "line"), events=EventSource("stops"))


def chosen(world: World, kpi: Kpi, part: dict[str, str] | None = None) -> pd.DataFrame:
    """The oracle's rows: a missing count is one event, a missing class or dimension ''."""
    rows = world.events.copy()
    for name in ("site", "line", "category"):
        rows[name] = rows[name].fillna("")
    rows["count"] = rows["count"].astype("float64").fillna(1.0)
    assert kpi.events is not None
    if kpi.events.categories:
        rows = rows[rows["category"].isin(kpi.events.categories)]
    for name, value in (part or {}).items():
        rows = rows[rows[name] == value]
    return rows.assign(bin=rows["observed_at"].astype("datetime64[us]").dt.floor("15min"))


@pytest.mark.parametrize("measure", ["count", "minutes", "cost"])
@pytest.mark.parametrize("categories", [(), ("Jam",), ("Jam", ODD), ("nothing of the kind",)])
@pytest.mark.parametrize("part", [{}, {"site": ODD}, {"site": "North", "line": "A"}])
def test_sums_by_quarter_hour(world: World, measure: str, categories: tuple[str, ...], part: dict[str, str]) -> None:
    kpi = replace(FED, events=EventSource("stops", measure, categories))  # type: ignore[arg-type]
    found = one.event_sums(world.store, kpi, STOPS, slice_of(part), viewer=OPEN, by=("line",))
    rows = chosen(world, kpi, part).assign(amount=lambda frame: frame[measure].astype("float64").fillna(0.0))
    expected = rows.groupby(["bin", "line"]).agg(numerator=("amount", "sum"), rows=("amount", "size")).reset_index()
    pd.testing.assert_frame_equal(found, expected, check_dtype=False, check_index_type=False)


def test_outages_and_what_is_not_known_yet(world: World) -> None:
    kpi = replace(FED, kind="ratio", events=EventSource("stops", "minutes", ("Jam",), "downtime"))
    until = pd.Timestamp(world.events["observed_at"].median())
    found = one.outages(world.store, kpi, STOPS, (), viewer=OPEN, by=("line",), until=until)
    rows = chosen(world, kpi)
    rows = rows[rows["observed_at"] < until].sort_values("observed_at")
    assert found["starts_at"].tolist() == rows["observed_at"].tolist()
    assert found["minutes"].isna().sum() == rows["minutes"].isna().sum()
    assert found["minutes"].sum() == rows["minutes"].sum()
    assert sorted(found["line"]) == sorted(rows["line"])


def test_the_events_behind_a_period(world: World) -> None:
    start, end = pd.Timestamp("2024-04-01 06:00"), pd.Timestamp("2024-04-01 12:00")
    rows = chosen(world, FED)
    inside = rows[(rows["observed_at"] >= start) & (rows["observed_at"] < end)]
    found = facts.events_behind(world.store, FED, STOPS, (), start, end, viewer=OPEN)
    assert sorted(found["reference"]) == sorted(inside["reference"])
    assert set(found["source"]) == {"fourth.csv"}
    assert {"observed_at", "site", "line", "category", "minutes", "batch", "loaded_by", "loaded_at"} <= set(found)
    downtime = replace(FED, kind="ratio", events=EventSource("stops", "minutes", (), "downtime"))
    lasting = facts.events_behind(world.store, downtime, STOPS, (), start, end, viewer=OPEN)
    minutes = rows["minutes"].astype("float64").fillna(np.inf).clip(upper=1e6)
    until = rows["observed_at"] + pd.to_timedelta(minutes, unit="min")
    touching = rows[(rows["observed_at"] < end) & ((until > start) | (rows["observed_at"] >= start))]
    assert sorted(lasting["reference"]) == sorted(touching["reference"])


def test_values_freshness_and_scope(world: World) -> None:
    assert one.fed_values(world.store, FED, STOPS, "site", viewer=OPEN) == sorted({"North", "South", "Secret", ODD})
    with pytest.raises(UnknownDimension):
        one.fed_values(world.store, FED, STOPS, "shift", viewer=OPEN)
    fresh = facts.event_freshness(world.store, viewer=OPEN)
    assert fresh["rows"].sum() == len(world.events)
    assert fresh["last_observed_at"].max() == world.events["observed_at"].max()
    north = Viewer("n", {"site": frozenset({"North"})})
    assert facts.event_freshness(world.store, viewer=north)["rows"].sum() == (world.events["site"] == "North").sum()
    assert (
        one.event_sums(world.store, FED, STOPS, (), viewer=north)["rows"].sum()
        == (world.events["site"] == "North").sum()
    )


def test_a_kpi_without_events_has_none(world: World) -> None:
    with pytest.raises(ValueError, match="fed by no events"):
        one.event_sums(world.store, WAIT, STOPS, (), viewer=OPEN)


# Readings -----------------------------------------------------------------------------------------------------------


def test_single_readings_and_shares(world: World) -> None:
    stored = world.of(WAIT)
    part = slice_of({"site": "North"})
    here = stored[stored["site"] == "North"]
    found = one.readings(world.store, WAIT, part, viewer=OPEN, by=("site",))
    assert sorted(found["value"]) == sorted(here["value"])
    assert (found["bin"].dt.floor("15min") == found["bin"]).all() and found["bin"].is_monotonic_increasing
    limit = float(here["value"].median())
    share = one.binned(world.store, replace(WAIT, statistic="share_within", within=limit), part, viewer=OPEN)
    assert share["numerator"].sum() == (here["value"] <= limit).sum()
    assert share["denominator"].sum() == share["rows"].sum() == len(here)
    until = pd.Timestamp("2000-01-01")
    assert one.readings(world.store, WAIT, (), viewer=OPEN, until=until)["bin"].max() < until
