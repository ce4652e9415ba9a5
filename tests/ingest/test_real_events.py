"""The real event files of the shared material, read with the templates of the examples.

Authority: truths.json, computed from the same files with pandas, apart from this program.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from opsmetrics import ingest
from opsmetrics.catalog import Catalog, read_catalog
from opsmetrics.ingest import Template
from opsmetrics.measurements import Batch
from opsmetrics.store import Store
from tests import truths
from tests.ingest.builders import counts, warnings
from tests.paths import ROOT, SHARED, needs_shared

pytestmark = needs_shared
FILES = {
    "bird_strikes": "4_events/faa_birdstrikes.csv",
    "incidents": "4_events/incident_event_log_first5998.csv",
    "upptime": "3_uptime/upptime_saints_status_events.csv",
    "airline_delays": "2_waits/bts_delay_cause_ORD_2003_2022.csv",
}


def truth(example: str) -> truths.Known:
    return truths.truth(FILES[example])


def definitions(example: str) -> Catalog:
    return read_catalog(ROOT / "examples" / example / "kpis.toml")


def read(example: str) -> tuple[Batch, pd.DataFrame]:
    template = Template.load(ROOT / "examples" / example / "template.toml")
    path = SHARED / "data" / FILES[example]
    assert ingest.choose_template(ingest.read_file(path), [template]) is template
    batch = ingest.prepare(ingest.read_file(path, template=template), template, definitions(example))
    assert batch.tally.adds_up() and batch.rejects.empty
    frame = batch.events.reader().read_all().to_pandas()
    assert len(frame) == batch.events.rows
    return batch, frame


@pytest.mark.parametrize("example", sorted(FILES))
def test_the_examples_are_sound(example: str) -> None:
    template = Template.load(ROOT / "examples" / example / "template.toml")
    assert template.name == example
    assert Template.load(template.dump()) == template
    assert definitions(example).streams


def test_bird_strikes() -> None:
    known = truth("bird_strikes")
    batch, frame = read("bird_strikes")
    assert (len(frame), batch.tally.rows) == (known["rows"], known["rows"])
    for value, times in known["damage"]:
        assert (frame["category"] == value).sum() == times, "None is a category"
    for value, times in known["species"]:
        assert (frame["subcategory"] == value).sum() == times
    for value, times in known["phase"]:
        assert (frame["phase"] == value).sum() == times
    assert frame["cost"].sum() == known["total_cost"]
    by_species = frame.groupby("subcategory")["cost"].sum().nlargest(5)
    assert [[name, cost] for name, cost in by_species.items()] == known["cost_by_species"]
    (notice,) = batch.warnings
    assert (notice.code, notice.text.split()[0]) == ("possible_duplicates", str(known["dup_rows"]))
    assert [str(frame["observed_at"].min().date()), str(frame["observed_at"].max().date())] == [
        known["min"],
        known["max"],
    ]


def test_an_incident_log_is_one_event_for_each_incident() -> None:
    known = truth("incidents")
    batch, frame = read("incidents")
    assert (batch.tally.records, batch.tally.rows) == (known["event_rows"], known["incidents"])
    assert batch.tally.skipped == known["event_rows"] - known["incidents"]
    assert "superseded_skipped" in warnings(batch)
    assert frame["reference"].nunique() == known["incidents"]
    for column, name in (
        ("priority", "priority_last"),
        ("team", "top5_assignment_group"),
        ("category", "top5_category"),
    ):
        for value, times in known[name]:
            assert (frame[column] == value).sum() == times
    assert [str(frame["observed_at"].min()), str(frame["observed_at"].max())] == [
        known["opened_min"],
        known["opened_max"],
    ]
    hours = frame["minutes"] / 60
    assert hours.mean() == pytest.approx(known["close_hours_mean"], abs=5e-4)
    assert hours.median() == pytest.approx(known["close_hours_median"], abs=5e-4)
    kept = counts(batch)
    kept = kept[kept["kpi"] == "sla_met"]
    assert kept["numerator"].sum() == dict(known["made_sla_last"])["true"]
    assert kept["denominator"].sum() == known["incidents"]
    assert not kept.duplicated(["observed_at", "priority"]).any(), "incidents of one minute were added up"


def test_a_status_log_is_one_event_for_each_outage(tmp_path: Path) -> None:
    known = truth("upptime")
    batch, events = read("upptime")
    assert (batch.tally.rows, batch.states.rows, len(events)) == (known["rows"], known["rows"], 0)
    with Store.open(tmp_path / "upptime.duckdb", role="test") as store:
        store.apply_catalog(definitions("upptime"), by="Ada")
        assert store.commit(batch, by="Ada").new == known["outages_closed"] + known["outages_open_at_end"]
        frame = store.read("SELECT site, minutes, reference FROM events")
    assert frame["minutes"].notna().sum() == known["outages_closed"]
    assert frame["minutes"].isna().sum() == known["outages_open_at_end"]
    assert frame["minutes"].sum() == pytest.approx(known["outage_minutes_total"], abs=5e-3)
    assert frame["minutes"].median() == pytest.approx(known["outage_minutes_median"], abs=5e-3)
    by_site = frame.groupby("site")["minutes"].sum()
    for site, minutes in known["outage_minutes_by_site"]:
        assert by_site[site] == pytest.approx(minutes, abs=5e-3)
    (span,) = batch.spans
    assert len(span.reporters) == known["sites"]
    assert span.starts_at == pd.Timestamp(known["min"]).tz_localize(None)
    assert {"states", "open_events", "began_before"} <= warnings(batch)
    assert frame["reference"].is_unique


def test_delay_causes_by_count_and_minutes_beside_the_kpis_of_the_same_rows() -> None:
    known = truth("airline_delays")
    batch, frame = read("airline_delays")
    assert (batch.tally.records, batch.tally.missing) == (known["rows"], known["missing_arr_flights"])
    names = {"Carrier": "carrier", "Weather": "weather", "Air traffic control": "nas", "Security": "security"}
    names["Late aircraft"] = "late_aircraft"
    sums = frame.groupby("category")[["count", "minutes"]].sum()
    for category, column in names.items():
        assert sums["count"][category] == pytest.approx(dict(known["pareto_count"])[f"{column}_ct"], abs=1e-6)
        assert sums["minutes"][category] == dict(known["pareto_minutes"])[f"{column}_delay"]
    facts = counts(batch)
    late, cancelled = facts[facts["kpi"] == "late_arrivals"], facts[facts["kpi"] == "cancelled"]
    assert late["numerator"].sum() == known["arr_del15"]
    assert cancelled["denominator"].sum() == known["arr_flights"]
    assert cancelled["numerator"].sum() == known["cancelled"]
    span = batch.spans[-1]
    assert (span.kpi, span.replaces, len(span.reporters)) == ("events:delays", True, known["carriers"])
    assert len(frame["observed_at"].unique()) == known["months"]
