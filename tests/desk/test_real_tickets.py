"""Tickets of an IT service desk, from file to review: many rows for each, of which the last counts. Authority:
truths.json."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from opsmetrics.catalog import read_catalog
from opsmetrics.desk import Desk
from opsmetrics.ingest import Template
from tests.paths import needs_shared
from tests.real_stores import DATA, EXAMPLES, FILES, loaded, ranking, series, truth

pytestmark = needs_shared


@pytest.fixture(scope="module")
def tickets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield from series(tmp_path_factory, "incidents")


def test_one_event_for_each_incident(tmp_path: Path) -> None:
    known = truth("incidents")
    with loaded(tmp_path, "incidents") as (desk, receipt):
        tally = receipt.tally
        assert (tally.records, tally.rows) == (known["event_rows"], known["incidents"])
        assert (tally.duplicates, tally.rejected) == (known["exact_duplicate_rows"], 0)
        stored = desk.store.read("SELECT count(*) AS n, min(observed_at) AS a, max(observed_at) AS b FROM events").iloc[
            0
        ]
        assert stored["n"] == known["incidents"]
        assert [str(stored["a"]), str(stored["b"])] == [known["opened_min"], known["opened_max"]]
        assert desk.review("incidents").points["numerator"].sum() == known["incidents"]


def test_tickets_kept_reopened_and_closed(tickets: Desk) -> None:
    known = truth("incidents")
    kept = dict(known["made_sla_last"])
    for kpi, counted in (("sla_met", kept["true"]), ("reopened", known["reopened_incidents"])):
        points = tickets.review(kpi).points
        assert (points["numerator"].sum(), points["denominator"].sum()) == (counted, known["incidents"])
    assert kept["true"] + kept["false"] == known["incidents"]
    hours = tickets.store.read("SELECT value FROM readings WHERE kpi = 'hours_to_close'")["value"] / 60
    assert len(hours) == known["incidents"] and (hours < 0).sum() == known["negative_close"]
    days = tickets.review("hours_to_close").points.query("rows > 0")
    mean = (days["value"] * days["size"]).sum() / days["size"].sum() / 60
    assert mean == pytest.approx(known["close_hours_mean"], abs=5e-4)


def test_the_usual_time_to_close_of_all_days(tickets: Desk) -> None:
    """The median of a quarter is that of its readings, never of its days' medians."""
    quarter = tickets.review("usual_hours_to_close", grain="quarter").points.query("rows > 0")
    assert len(quarter) == 1
    assert quarter["value"].iloc[0] / 60 == pytest.approx(truth("incidents")["close_hours_median"], abs=5e-4)


def test_tickets_by_group_category_and_priority(tickets: Desk) -> None:
    known = truth("incidents")
    for by, name in (("team", "top5_assignment_group"), ("category", "top5_category"), ("priority", "priority_last")):
        named = [pair for pair in ranking(tickets, "incidents", by=by, top=None) if pair[0] not in ("", "?")]
        assert named[: len(known[name])] == known[name]


def test_a_question_mark_is_a_missing_stamp(tmp_path: Path) -> None:
    """29 incidents were closed without a stamp of their resolution: read as the end, they are open."""
    known, home = truth("incidents"), EXAMPLES / "incidents"
    lines = (home / "template.toml").read_text(encoding="utf-8").replace('closed_at = "end"', 'resolved_at = "end"')
    with Desk.open(tmp_path / "resolved.duckdb") as desk:
        desk.store.apply_catalog(read_catalog(home / "kpis.toml"), by="tester")
        batch = desk.prepare(DATA / FILES["incidents"], template=Template.load(lines))
        assert (batch.tally.rows, batch.tally.rejected) == (known["incidents"], 0)
        minutes = batch.events.reader().read_all().to_pandas()["minutes"]
        assert minutes.isna().sum() == known["resolved_at_question_mark"]
        readings = batch.readings.reader().read_all().to_pandas()
        assert (readings["kpi"] == "hours_to_close").sum() == minutes.notna().sum()
        (told,) = [notice.text for notice in batch.warnings if notice.code == "open_events"]
        assert told.startswith(f"{known['resolved_at_question_mark']} events have no end")
