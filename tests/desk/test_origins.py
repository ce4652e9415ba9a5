"""What is behind a figure of any kind, what follows from a batch, who sees what, and definitions only thought of.

Authority: figures worked by hand from the rows that are loaded here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from opsmetrics.access import OPEN, Viewer
from opsmetrics.catalog import Decision, read_catalog
from opsmetrics.desk import Desk
from opsmetrics.desk.arranging import Arranging
from tests.desk import plant
from tests.desk.plant import AS_OF, KPIS, at, good, loaded, review, stops, values
from tests.store.builders import event


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    plant.defined(tmp_path / "kinds.duckdb")
    with Desk.open(tmp_path / "kinds.duckdb", role="tests") as opened:
        yield opened


def test_the_events_behind_a_day_are_those_that_lasted_into_it(desk: Desk) -> None:
    loaded(desk, good(), stops(event(at(4, 23), "Jam", line="A", minutes=120.0, reference="7")))
    uptime = review(desk, "uptime")
    assert desk.rows_behind(uptime, 5)["reference"].tolist() == ["7"]
    assert desk.rows_behind(uptime, 5)["source"].tolist() == ["stops.csv"]
    assert desk.rows_behind(review(desk, "stops"), 5).empty
    assert desk.rows_behind(review(desk, "stops", "A"), 2)["minutes"].tolist() == [144]


def test_behind_a_rate_stand_its_events_and_its_denominators(desk: Desk) -> None:
    loaded(desk, good(), stops())
    behind = desk.rows_behind(review(desk, "jams"), 2)
    assert behind["source"].tolist() == ["good.csv", "good.csv", "stops.csv"]
    assert behind["denominator"].tolist()[:2] == [1000, 1000]
    assert "numerator" not in behind.columns


def test_behind_a_derived_figure_stand_the_rows_of_its_components(desk: Desk) -> None:
    loaded(desk, good(), stops())
    behind = desk.rows_behind(review(desk, "loss", "A"), 2)
    assert behind.columns[0] == "kpi"
    assert behind["kpi"].tolist() == ["good", "uptime"]
    assert behind["denominator"].tolist()[0] == 1000
    assert behind["minutes"].tolist()[1] == 144


def test_slices_are_found_in_events_reports_and_components(desk: Desk) -> None:
    loaded(desk, stops())
    for key in ("uptime", "oee", "loss"):
        assert desk.slices(desk.catalog[key], by=["line"]) == [(("line", "A"),), (("line", "B"),)], key
    assert desk.slices(desk.catalog["good"], by=["line"]) == []
    assert [item.series.slice for item in desk.watched(as_of=AS_OF, keys=["uptime"])] == [
        (),
        (("line", "A"),),
        (("line", "B"),),
    ]


def test_sources_know_streams_and_what_follows_from_them(desk: Desk) -> None:
    loaded(desk, good(), stops())
    found = desk.sources().set_index("kpi")
    assert sorted(found.index) == ["events:stops", "good", "jams", "loss", "oee", "stops", "uptime"]
    assert found.loc["events:stops", "last_observed_at"] == at(3, 10)
    assert found["rows"].to_dict() == {
        "events:stops": 2, "good": 24, "jams": 25, "loss": 25, "oee": 25, "stops": 2, "uptime": 1,
    }  # fmt: skip
    assert found.loc["oee", "last_observed_at"] == at(2, 10), "as fresh as the stalest component"


def test_a_batch_of_events_publishes_what_follows_from_it(desk: Desk) -> None:
    loaded(desk, good(), publish=True)
    before = {key: len(desk.store.shown(key, (), "day")) for key in ("uptime", "stops", "jams", "oee", "loss", "good")}
    loaded(desk, stops(), publish=True)
    after = {key: len(desk.store.shown(key, (), "day")) for key in before}
    changed = {key for key in before if after[key] > before[key]}
    assert changed == {"uptime", "stops", "jams", "oee", "loss"}
    receipt = desk.commit(stops(event(at(6, 1), "Jam", line="B", minutes=5.0, reference="8"), source="x.csv"), by="t")
    assert receipt.batch is not None
    assert values(review(desk, "stops"))[6] == 1
    desk.undo(receipt.batch, by="t")
    assert values(review(desk, "stops"))[6] == 0
    assert len(desk.store.shown("loss", (), "day")) > after["loss"]


def test_a_viewer_sees_uptime_of_the_own_line_only(desk: Desk) -> None:
    loaded(desk, good(), stops())
    of_b = Viewer("b", {"line": frozenset({"B"})})
    found = review(desk, "uptime", viewer=of_b)
    assert values(found)[2] == 1
    assert found.points["denominator"].iloc[2] == 1440
    assert found.series.presence is not None and found.series.presence.columns.tolist() == ["B"]
    assert desk.rows_behind(found, 2, viewer=of_b).empty
    assert values(review(desk, "oee", viewer=of_b))[2] == 0.95
    assert desk.slices(desk.catalog["uptime"], by=["line"], viewer=of_b) == []
    assert "A" not in repr(desk.slices(desk.catalog["good"], by=["line"], viewer=of_b))
    nobody = Viewer("n", {"site": frozenset({"North"})})
    assert review(desk, "stops", viewer=nobody).points.empty, "nobody is told that there were none"
    assert review(desk, "stops", "A", viewer=of_b).points.empty
    assert review(desk, "stops", "B", viewer=of_b).points["value"].iloc[0] == 0


# Definitions that are only thought of -------------------------------------------------------------------------------


def test_a_drafted_definition_is_reviewed_without_being_applied(desk: Desk) -> None:
    loaded(desk, good(), stops())
    text = KPIS.replace('formula = "uptime * good"', 'formula = "min(uptime, good)"')
    drafted = read_catalog(
        text + '\n[kpis.new]\nname = "New"\nkind = "count"\nbetter = "lower"\nevents = {stream = "stops"}\n'
    )
    version = desk.store.data_version
    assert values(review(desk, "oee", catalog=drafted))[2] == 0.925
    assert values(review(desk, "new", catalog=drafted))[2] == 1
    instant = pd.Timestamp(AS_OF)
    kpi = replace(drafted["new"], dimensions=("shift",), reported_by="shift")
    early = Arranging(desk.snapshot(catalog=drafted), (("shift", "Early"),), "day", instant)
    assert early.series(kpi).points["value"].fillna(0).sum() == 0
    assert "new" not in desk.catalog and desk.store.data_version == version


def test_decisions_may_be_thought_of_without_being_made(desk: Desk) -> None:
    loaded(desk, good(), stops())
    out = Decision("stops", "exclude", start=dt.datetime(2026, 11, 11), end=dt.datetime(2026, 11, 11), value=True)
    found = review(desk, "stops", extra=[out])
    assert found.points["state"].tolist()[2] == "excluded"
    assert review(desk, "stops").points["state"].tolist()[2] == "judged"


def test_figures_to_date_are_series_by_fiscal_year(desk: Desk) -> None:
    loaded(desk, good(), stops())
    year = Arranging(desk.snapshot(), (), "year", pd.Timestamp(AS_OF)).series(desk.catalog["stops"])
    assert year.points["label"].tolist() == ["2026"]
    assert year.points["value"].tolist() == [2]


def test_what_all_were_shown_is_not_held_against_a_part(desk: Desk) -> None:
    """A viewer of one line has another figure for the whole than was shown to all: it was not restated."""
    loaded(desk, good(), stops())
    told = review(desk, "good").verdict
    assert told is not None and told.value is not None
    row = {
        "kpi": "good",
        "slice": (),
        "grain": "day",
        "as_of": told.identity.as_of,
        "data_version": 1,
        "decisions_version": 0,
        "definitions_version": "",
        "as_of_period": told.as_of_period,
        "value": told.value - 0.1,
        "verdict": "{}",
        "episodes": "[]",
        "channel": "store",
    }
    desk.store.keep_shown([row])
    found = [review(desk, "good", viewer=viewer).verdict for viewer in (OPEN, Viewer("b", {"line": frozenset("B")}))]
    assert [verdict and verdict.data for verdict in found] == ["suspect", "fresh"]
