"""The reads over events against a pandas oracle over the same rows, and what a limited viewer sees of them."""

from __future__ import annotations

import itertools

import pandas as pd
import pytest

from opsmetrics import facts
from opsmetrics.access import OPEN, Viewer
from opsmetrics.catalog import Slice, Stream
from tests.facts.conftest import LINES, ODD, SITES, STOPS, World


def oracle(world: World, viewer: Viewer = OPEN) -> pd.DataFrame:
    """The rows as the reads promise them: "" for no text, 1 for no count, and only what the viewer may see."""
    rows = world.events
    keep = [all(viewer.may_see(name, row[name]) for name in viewer.scope) for row in rows.to_dict("records")]
    rows = rows[keep].copy()
    rows["count"] = rows["count"].fillna(1.0)
    for name in ("site", "line", "category", "subcategory"):
        rows[name] = rows[name].astype(object).where(rows[name].notna(), "")
    return rows


@pytest.mark.parametrize("by", [("category",), ("subcategory",), ("site",), ("category", "line"), ()])
def test_totals_against_pandas(world: World, by: tuple[str, ...]) -> None:
    rows = oracle(world)
    found = facts.event_totals(world.store, STOPS, viewer=OPEN, by=by)
    groups = rows.groupby(list(by)) if by else [((), rows)]
    wanted = dict(iter(groups))
    assert len(found) == len(wanted)
    for row in found.to_dict("records"):
        part = wanted[tuple(row[name] for name in by)]
        assert row["rows"] == len(part)
        for name in ("count", "minutes", "cost"):
            assert row[name] == pytest.approx(part[name].sum())
            assert row[f"{name}_squares"] == pytest.approx((part[name] ** 2).sum())
        assert row["with_minutes"] == part["minutes"].notna().sum()
        assert row["with_cost"] == part["cost"].notna().sum()


def test_a_period_is_half_open(world: World) -> None:
    rows = oracle(world)
    stamps = sorted(rows["observed_at"])
    start, end = pd.Timestamp(stamps[40]), pd.Timestamp(stamps[200])
    inside = rows[(rows["observed_at"] >= start) & (rows["observed_at"] < end)]
    found = facts.event_totals(world.store, STOPS, viewer=OPEN, start=start, end=end)
    assert found["rows"].sum() == len(inside) < len(rows)
    assert len(facts.event_rows(world.store, STOPS, viewer=OPEN, start=start, end=end)) == len(inside)
    with pytest.raises(ValueError, match="carries a time zone"):
        facts.event_totals(world.store, STOPS, viewer=OPEN, start=pd.Timestamp("2024-04-01", tz="UTC"))


@pytest.mark.parametrize(
    "part", [(("category", "Jam"),), (("category", ""),), (("category", ODD), ("line", "A")), (("site", ""),)]
)
def test_a_slice_may_fix_classes_and_what_has_none(world: World, part: Slice) -> None:
    rows = oracle(world)
    for name, value in part:
        rows = rows[rows[name] == value]
    assert len(rows) > 0
    found = facts.event_rows(world.store, STOPS, part, viewer=OPEN)
    assert list(found["reference"]) == list(rows.sort_values(["observed_at", "category", "reference"])["reference"])
    assert facts.event_totals(world.store, STOPS, part, viewer=OPEN)["count"].sum() == rows["count"].sum()
    assert facts.event_days(world.store, STOPS, part, viewer=OPEN)["count"].sum() == rows["count"].sum()


def test_rows_carry_their_file_and_who_loaded_it(world: World) -> None:
    found = facts.event_rows(world.store, STOPS, viewer=OPEN, limit=7)
    assert len(found) == 7
    assert list(found["observed_at"]) == sorted(world.events["observed_at"])[:7]
    assert set(found["source"]) == {"fourth.csv"}
    assert set(found["loaded_by"]) == {"Di"}


def test_days_against_pandas(world: World) -> None:
    rows = oracle(world)
    wanted = rows.groupby(rows["observed_at"].dt.floor("D"))["count"].sum()
    found = facts.event_days(world.store, STOPS, viewer=OPEN)
    assert dict(zip(found["day"], found["count"], strict=True)) == dict(wanted)
    start = pd.Timestamp("2024-04-01 22:00")  # a day of the site that begins at 22:00 UTC
    later = rows[rows["observed_at"] >= start]
    shifted = later.groupby((later["observed_at"] - start).dt.days)["count"].sum()
    found = facts.event_days(world.store, STOPS, viewer=OPEN, start=start)
    assert list(found["count"]) == list(shifted)


def test_values_and_reach(world: World) -> None:
    rows = oracle(world)
    for name in ("site", "line", "category", "subcategory"):
        assert facts.event_values(world.store, STOPS, name, viewer=OPEN) == sorted(set(rows[name]))
    assert facts.event_reach(world.store, STOPS, viewer=OPEN) == (rows["observed_at"].min(), rows["observed_at"].max())
    empty = Stream("none", "None")
    assert facts.event_reach(world.store, empty, viewer=OPEN) is None
    assert facts.event_totals(world.store, empty, viewer=OPEN).empty
    assert facts.event_rows(world.store, empty, viewer=OPEN).empty


def test_a_limited_viewer_sees_what_lies_in_the_scope(world: World) -> None:
    sites = [frozenset(chosen) for size in (0, 1, 2) for chosen in itertools.combinations(filter(None, SITES), size)]
    scopes = [{"site": allowed} for allowed in sites]
    scopes += [{"site": frozenset({"North"}), "line": frozenset(filter(None, LINES))}, {"region": frozenset({"x"})}]
    for scope in scopes:
        viewer = Viewer("limited", scope)
        rows = oracle(world, viewer) if "region" not in scope else oracle(world).head(0)
        found = facts.event_rows(world.store, STOPS, viewer=viewer, limit=10_000)
        assert sorted(found["reference"]) == sorted(rows["reference"])
        assert facts.event_totals(world.store, STOPS, viewer=viewer)["rows"].sum() == len(rows)
        assert facts.event_days(world.store, STOPS, viewer=viewer)["count"].sum() == rows["count"].sum()
        assert facts.event_values(world.store, STOPS, "site", viewer=viewer) == sorted(set(rows["site"]))
        assert (facts.event_reach(world.store, STOPS, viewer=viewer) is None) == rows.empty


def test_one_viewers_query_is_not_kept_for_another(world: World) -> None:
    for site in ("North", "South", "North"):
        found = facts.event_rows(world.store, STOPS, viewer=Viewer("x", {"site": frozenset({site})}))
        assert set(found["site"]) == {site}


@pytest.mark.parametrize("name", ["region", "kpi", "observed_at", "stream; DROP TABLE events"])
def test_unknown_dimensions_are_refused_by_name(world: World, name: str) -> None:
    with pytest.raises(facts.UnknownDimension, match="choose one of: category, subcategory, site, line"):
        facts.event_totals(world.store, STOPS, viewer=OPEN, by=(name,))
    with pytest.raises(facts.UnknownDimension):
        facts.event_rows(world.store, STOPS, ((name, "x"),), viewer=OPEN)
    with pytest.raises(facts.UnknownDimension):
        facts.event_values(world.store, STOPS, name, viewer=OPEN)
