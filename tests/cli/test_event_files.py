"""Files of events from the command line: load, compare, replace, list, take back; and the KPIs that they feed.

Authority of the figures of real files: truths.json, computed apart from this program.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import PART_NAMES, Run
from tests.paths import ROOT, SHARED, needs_shared
from tests.truths import truth

CATALOG = """
[dimensions]
line = "Line"

[calendars.default]
time_zone = "Europe/Berlin"

[streams.stops]
name = "Line stops"
dimensions = ["line"]
category = "Reason"
unit = "stops"

[kpis.stops]
name = "Stops"
kind = "count"
better = "lower"
dimensions = ["line"]
events = {stream = "stops"}
"""
TEMPLATE = """
name = "stops"
header = ["When", "Line", "Reason", "Minutes"]
covers = "day"

[columns]
When = "ts"
Line = "line"
Reason = "category"
Minutes = "minutes"

[events]
stream = "stops"
"""
HEAD = "When,Line,Reason,Minutes\n"
FIRST = HEAD + "2026-03-02 08:00,A,None,5\n2026-03-02 09:00,B,Jam,7.5\n2026-03-03 23:30,A,,\n"
SECOND = HEAD + "2026-03-02 08:00,A,None,5\n2026-03-02 09:00,B,Power,7.5\n2026-03-03 10:00,A,Jam,1\n"


@pytest.fixture
def plant(tmp_path: Path, run: Run) -> Path:
    """A store with the stream, the template beside it and two files."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "stops.toml").write_text(TEMPLATE, encoding="utf-8")
    (tmp_path / "kpis.toml").write_text(CATALOG, encoding="utf-8")
    (tmp_path / "first.csv").write_text(FIRST, encoding="utf-8")
    (tmp_path / "second.csv").write_text(SECOND, encoding="utf-8")
    assert run("init", "--store", tmp_path / "kpis.duckdb", "--by", "Ann").code == 0
    return tmp_path


def events(run: Run, folder: Path, *words: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = run("events", "stops", *words, "--store", folder / "kpis.duckdb", "--json").json
    return found


def test_load_replace_and_take_back(plant: Path, run: Run) -> None:
    store = ("--store", plant / "kpis.duckdb")
    first = run("ingest", plant / "first.csv", *store, "--json").json
    assert (first["new"], first["removed"], first["spans"][0]["kpi"]) == (3, 0, "events:stops")
    assert sum(first[name] for name in PART_NAMES) == first["records"] == 3
    listed = events(run, plant)
    assert [row["category"] for row in listed] == ["None", "Jam", ""]
    assert [row["minutes"] for row in listed] == [5, 7.5, None]
    assert listed[0]["observed_at"].startswith("2026-03-02T08:00"), "on the stream's own clock"

    dry = run("ingest", plant / "second.csv", *store, "--dry-run", "--json").json
    assert (dry["new"], dry["unchanged"], dry["removed"]) == (2, 1, 2)
    assert [(change["change"], change["old_category"]) for change in dry["event_changes"]] == [
        ("removed", "Jam"),
        ("removed", ""),
    ]
    assert events(run, plant) == listed, "a dry run changes nothing"

    said = run("ingest", plant / "second.csv", *store)
    assert "removed" in said.out.splitlines()[0]
    assert [row["category"] for row in events(run, plant)] == ["None", "Power", "Jam"]
    assert run("ingest", plant / "second.csv", *store, "--json").json["batch"] is None
    undone = run("undo", 2, *store, "--json").json
    assert (undone["removed"], undone["restored"]) == (2, 2)
    assert [row["category"] for row in events(run, plant)] == ["None", "Jam", ""]


def test_what_is_listed(plant: Path, run: Run) -> None:
    store = ("--store", plant / "kpis.duckdb")
    assert "no events" in run("events", "stops", *store).out
    run("ingest", plant / "first.csv", *store)
    text = run("events", "stops", *store).out
    assert "Reason" in text and "(none given)" in text and "2026-03-03 23:30" in text
    assert [row["line"] for row in events(run, plant, "--to", "2026-03-02")] == ["A", "B"]
    assert len(events(run, plant, "--from", "2026-03-03")) == 1
    assert [row["minutes"] for row in events(run, plant, "--slice", "category=Jam")] == [7.5]
    cut = run("events", "stops", *store, "--limit", 2, "--json")
    assert len(cut.json) == 2 and "Only the first 2" in cut.err
    unknown = run("events", "stop", *store)
    assert unknown.code == 1 and "stops" in unknown.err
    assert run("events", "stops", *store, "--slice", "site=A").code == 1
    assert run("events", "stops", *store, "--from", "2026-03-03", "--to", "2026-03-02").code == 2


def test_the_kpi_that_the_events_feed_follows_each_load(plant: Path, run: Run) -> None:
    store = ("--store", plant / "kpis.duckdb")
    run("ingest", plant / "first.csv", *store)
    points = run("review", "stops", *store, "--as-of", "2026-03-05", "--json").json["points"]
    assert [point["numerator"] for point in points][:2] == [2, 1]
    run("undo", 1, *store)
    assert not run("review", "stops", *store, "--as-of", "2026-03-05", "--json").json["points"]


@needs_shared
def test_delay_causes_are_ranked_by_minutes(tmp_path: Path, run: Run) -> None:
    known = truth("2_waits/bts_delay_cause_ORD_2003_2022.csv")
    store, home = ("--store", tmp_path / "kpis.duckdb"), ROOT / "examples" / "airline_delays"
    assert run("init", *store, "--catalog", home / "kpis.toml").code == 0
    file = SHARED / "data" / "2_waits" / "bts_delay_cause_ORD_2003_2022.csv"
    receipt = run("ingest", file, *store, "--template", home / "template.toml", "--json").json
    assert (receipt["records"], receipt["rows_missing"]) == (known["rows"], known["missing_arr_flights"])
    for measure, name in (("minutes", "pareto_minutes"), ("count", "pareto_count")):
        ranked = run("pareto", "delays", "--measure", measure, *store, "--json").json["rows"]
        assert [row["amount"] for row in ranked] == pytest.approx([amount for _, amount in known[name]])
