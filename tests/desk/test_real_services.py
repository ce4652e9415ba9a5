"""Services from file to review: flights, trains, sensors, websites, tickets, strikes. Authority: truths.json, computed
with numpy and pandas; its limits use 1.128 where ours computes d2(2)."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from opsmetrics.catalog import read_catalog
from opsmetrics.desk import Desk
from opsmetrics.ingest import Template
from opsmetrics.review import KpiReview
from tests.paths import ROOT, needs_shared
from tests.real_stores import DATA, EXACT_TO_TABLE, FILES, beyond, judged, loaded, pareto, ranking, series, truth

pytestmark = needs_shared
MONTH, DAY = "%Y-%m", "%Y-%m-%d"


@pytest.fixture(scope="module")
def flights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield from series(tmp_path_factory, "airline_delays")


@pytest.fixture(scope="module")
def trains(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield from series(tmp_path_factory, "tgv")


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield from series(tmp_path_factory, "upptime")


@pytest.fixture(scope="module")
def checks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield from series(tmp_path_factory, "upptime_checks")


@pytest.fixture(scope="module")
def tickets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield from series(tmp_path_factory, "incidents")


@pytest.fixture(scope="module")
def strikes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield from series(tmp_path_factory, "bird_strikes")


def is_i_chart(found: KpiReview, known: Mapping[str, Any], per: float, form: str) -> None:
    """The chart of individuals as known: mean, limits (not cut at the KPI's bounds), points beyond them."""
    assert found.chart is not None and found.chart.kind == "xmr"
    centre = found.chart.points["centre"].dropna().iloc[0] * per
    sigma = found.chart.sigma[0]
    assert sigma is not None
    assert centre == pytest.approx(known["mean"], rel=1e-6)
    assert sigma * per * EXACT_TO_TABLE == pytest.approx(known["sigma"], rel=1e-5)
    assert centre + 3 * sigma * per * EXACT_TO_TABLE == pytest.approx(known["ucl"], rel=1e-5)
    assert centre - 3 * sigma * per * EXACT_TO_TABLE == pytest.approx(known["lcl"], rel=1e-5)
    assert beyond(found, "high", form) == known["above"]
    assert beyond(found, "low", form) == known["below"]


# Flights


def test_flights_add_up_and_missing_cells_are_counted(tmp_path: Path) -> None:
    known = truth("airline_delays")
    with loaded(tmp_path, "airline_delays") as (desk, receipt):
        tally = receipt.tally
        assert (tally.records, tally.missing, tally.rejected) == (known["rows"], known["missing_arr_flights"], 0)
        sums = {
            kpi: desk.review(kpi).points[["numerator", "denominator"]].sum()
            for kpi in ("late_arrivals", "cancelled", "diverted", "delay")
        }
        assert sums["late_arrivals"]["numerator"] == known["arr_del15"]
        assert sums["cancelled"]["denominator"] == known["arr_flights"]
        assert sums["cancelled"]["numerator"] == known["cancelled"]
        assert sums["diverted"]["numerator"] == known["diverted"]
        assert sums["delay"]["numerator"] == known["arr_delay_minutes"]
        late = desk.store.read("SELECT carrier FROM counts WHERE kpi = 'late_arrivals'")["carrier"]
        assert (known["rows"] - len(late), late.nunique()) == (known["missing_arr_del15"], known["carriers"])


def test_late_arrivals_by_month_on_a_chart_chosen_by_itself(flights: Desk) -> None:
    known = truth("airline_delays")
    found = flights.review("late_arrivals")
    months = judged(found)
    assert len(months) == known["months"]
    assert [months["period"].iloc[0].strftime(MONTH), months["period"].iloc[-1].strftime(MONTH)] == [
        known["min"],
        known["max"],
    ]
    assert found.chart is not None and found.chart.kind == "p_prime"
    laney = known["laney_late_rate"]
    # One row without late arrivals is no record of the rate here, and is in the flights of truths.json.
    assert found.chart.sigma_z[0] == pytest.approx(laney["sigma_z"] / EXACT_TO_TABLE, rel=1e-4)
    assert beyond(found, "high", MONTH) == laney["above"]
    assert beyond(found, "low", MONTH) == laney["below"]
    assert months["numerator"].sum() / months["denominator"].sum() == pytest.approx(known["late_rate"], abs=2e-6)


def test_cancellations_of_the_pandemic_and_of_winters(flights: Desk) -> None:
    known = truth("airline_delays")
    found = flights.review("cancelled")
    is_i_chart(found, known["i_chart_cancel_pct"], 100, MONTH)
    by_month = judged(found).set_index(judged(found)["period"].dt.strftime(MONTH))
    for month, flown in known["flights_2020"]:
        assert by_month.loc[month, "denominator"] == flown
    for month, cancelled in known["cancelled_2020"]:
        assert by_month.loc[month, "numerator"] == cancelled


def test_flights_of_the_five_largest_carriers(flights: Desk) -> None:
    for carrier, flown in truth("airline_delays")["top5_carrier_flights"]:
        mine = flights.review("cancelled", (("carrier", carrier),)).points
        assert mine["denominator"].sum() == flown


# Trains


def test_trains_add_up(trains: Desk) -> None:
    known = truth("tgv")
    assert trains.batches().iloc[0]["rows"] == known["rows"]
    months = judged(trains.review("cancelled"))
    assert (len(months), months["denominator"].sum()) == (known["months"], known["planned"])
    assert months["numerator"].sum() == known["cancelled"]
    assert months["numerator"].sum() / months["denominator"].sum() == pytest.approx(known["cancel_rate"], abs=1e-6)
    assert trains.review("late").points["numerator"].sum() == known["late_on_arrival"]
    named = months.set_index(months["period"].dt.strftime(MONTH))
    assert (named.index[0], named.index[-1]) == (known["min"], known["max"])
    over = named[named["value"] > 0.1]["value"] * 100
    assert [[month, round(value, 3)] for month, value in over.items()] == known["months_with_cancel_pct_over_10"]
    lowest = named["denominator"].nsmallest(3)
    assert [[month, planned] for month, planned in lowest.items()] == known["lowest_planned_months"]


def test_strikes_and_lockdowns_stand_above_the_limits(trains: Desk) -> None:
    is_i_chart(trains.review("cancelled"), truth("tgv")["i_chart_cancel_pct"], 100, MONTH)


def test_causes_of_late_trains(trains: Desk) -> None:
    """Shares of a route's delays, weighted by its late trains."""
    names = {
        "prct_cause_externe": "cause_external",
        "prct_cause_infra": "cause_infrastructure",
        "prct_cause_gestion_trafic": "cause_traffic",
        "prct_cause_materiel_roulant": "cause_rolling_stock",
        "prct_cause_prise_en_charge_voyageurs": "cause_passengers",
        "prct_cause_gestion_gare": "cause_station",
    }
    found = trains.store.read(
        "SELECT r.kpi, sum(r.value * c.numerator) / sum(c.numerator) AS share FROM readings r "
        "JOIN counts c USING (observed_at, service, origin, destination) WHERE c.kpi = 'late' GROUP BY r.kpi"
    ).set_index("kpi")["share"]
    for column, share in truth("tgv")["mean_cause_pct_weighted_by_late_trains"]:
        assert found[names[column]] == pytest.approx(share, abs=1e-4)


# Sensors


@pytest.mark.parametrize(
    ("example", "kpi"),
    [("request_latency", "request_latency"), ("taxi_rides", "taxi_passengers"), ("machine_temperature",) * 2],
)
def test_readings_of_sensors(example: str, kpi: str, tmp_path: Path) -> None:
    known = truth(example)
    with loaded(tmp_path, example) as (desk, receipt):
        assert receipt.tally.rows == receipt.new == known["rows"]
        stored = desk.store.read("SELECT observed_at, sample, value FROM readings")
        assert (stored["sample"] > 0).sum() >= known["duplicate_timestamps"], "repeated stamps are kept"
        assert stored["value"].mean() == pytest.approx(known["mean"], abs=1e-5)
        assert (stored["value"].min(), stored["value"].max()) == pytest.approx((known["vmin"], known["vmax"]))
        found = desk.review(kpi)
        assert found.chart is not None and found.chart.kind == "xmr"
        assert beyond(found, "high", DAY) == known["daily_mean_i_chart"]["above"]
        assert beyond(found, "low", DAY) == known["daily_mean_i_chart"]["below"]
        days = found.points[found.points["rows"] > 0]
        assert days["value"].mean() == pytest.approx(known["daily_mean_i_chart"]["mean"], rel=2e-4)


def test_taxi_passengers_by_day(tmp_path: Path) -> None:
    """Holidays, a marathon and a snowstorm: the limits of all 215 whole days."""
    known = truth("taxi_rides")
    with loaded(tmp_path, "taxi_rides") as (desk, _):
        found = desk.review("taxi_passengers")
        is_i_chart(found, known["daily_mean_i_chart"], 1, DAY)
        days = judged(found)
        assert days["period"].iloc[0].strftime("%Y-%m-%d %H:%M:%S") == known["min"]
        assert (len(days), days["size"].sum()) == (known["rows"] / 48, known["rows"])


def test_latency_needs_more_than_daily_means(tmp_path: Path) -> None:
    """None of three labelled windows moves a daily mean beyond its limits; incomplete first and last days are not
    judged, and with them the limits are those of truths.json."""
    known = truth("request_latency")["daily_mean_i_chart"]
    with loaded(tmp_path, "request_latency") as (desk, _):
        points = desk.review("request_latency").points
        days = points[points["rows"] > 0]
        assert (days["state"].iloc[0], days["state"].iloc[-1]) == ("uncovered", "partial")
        assert days["value"].mean() == pytest.approx(known["mean"], abs=1e-6)
        assert days["value"].diff().abs().mean() == pytest.approx(known["mr_bar"], abs=1e-6)


# Websites


def test_minutes_down_by_site(sites: Desk) -> None:
    known = truth("upptime")
    answer = pareto(sites, "outages", by="site", measure="minutes", top=None)
    found = dict(zip(answer.result.ranking["name"], answer.result.ranking["amount"], strict=True))
    assert answer.result.total == pytest.approx(known["outage_minutes_total"], abs=5e-3)
    for site, minutes in known["outage_minutes_by_site"]:
        assert found[site] == pytest.approx(minutes, abs=5e-3)
    assert max(found, key=found.__getitem__) == "Simple Syllabus"
    assert any("4 of 98" in text for text in answer.warnings), "outages that never closed are told"


def test_the_outage_of_57_days(sites: Desk) -> None:
    """1 June 2026, 19:12 to 28 July, 17:53 UTC: 82,001 minutes in one outage."""
    longest = sites.store.read("SELECT site, observed_at, minutes FROM events ORDER BY minutes DESC NULLS LAST").iloc[0]
    assert (longest["site"], str(longest["observed_at"])[:16]) == ("Simple Syllabus", "2026-06-01 19:12")
    assert longest["minutes"] == pytest.approx(82_001, abs=1)
    days = sites.review("uptime", (("site", "Simple Syllabus"),), as_of=dt.date(2026, 8, 1)).points.set_index("label")
    assert set(days.loc["2 Jun 2026":"27 Jul 2026", "value"]) == {0.0}
    assert days.loc["30 May 2026", "value"] == 1.0


def test_outages_that_never_closed_are_down_to_this_day_and_named(sites: Desk, tmp_path: Path) -> None:
    known = truth("upptime")
    still = sites.store.read("SELECT site, minutes FROM events WHERE minutes IS NULL")["site"].tolist()
    assert len(still) == known["outages_open_at_end"]
    for site in still:
        found = judged(sites.review("uptime", (("site", site),)))
        assert (found["value"] == 0).all() and len(found) > 200
    with loaded(tmp_path, "upptime") as (_, receipt):
        (said,) = [notice.text for notice in receipt.warnings if notice.code == "open_events"]
        assert all(site in said for site in still)


def test_being_up_as_usual_improves_nothing(sites: Desk) -> None:
    """Uptime is judged by its departures: a site that was always up (or down) is constant, and only a stretch without
    departures that chance does not give (or too many of them) decides, never a run."""
    kpi = sites.catalog["uptime"]
    slices = sites.slices(kpi, by=["site"])
    assert len({found for found in slices if found}) == truth("upptime")["sites"]
    for as_of in (dt.date(2026, 2, 1), dt.date(2026, 5, 1), dt.date(2026, 8, 15)):
        for found in (sites.review("uptime", slice_, as_of=as_of) for slice_ in [(), *slices]):
            assert found.verdict is not None and found.chart is not None
            values = judged(found)["value"]
            if values.nunique() == 1:
                assert (found.verdict.variation, len(found.signals)) == ("constant", 0)
            assert set(found.signals["rule"]) <= {"gap", "departures"}
            if found.verdict.variation == "improving":
                assert set(found.signals.loc[found.signals["decides"], "rule"]) == {"gap"}
                assert values.iloc[-12:].nunique() == 1, "no departure for long"


def test_pairing_agrees_with_the_monitors_own_minutes(sites: Desk) -> None:
    """Three of the four sites with most minutes: within 2 %; for 'You' the monitor itself says half of its log."""
    told = json.loads((DATA / "3_uptime" / "upptime_saints_status_summary.json").read_text(encoding="utf-8"))
    minutes = {site["name"]: sum(site["dailyMinutesDown"].values()) for site in told}
    found = dict(map(tuple, ranking(sites, "outages", by="site", measure="minutes", top=None)))
    for site, down in truth("upptime")["summary_json_minutes_down"]:
        assert minutes[site] == down
    for site in ("Simple Syllabus", "Canvas LMS", "Okta"):
        assert found[site] == pytest.approx(minutes[site], rel=0.02)
    assert found["You"] > 2 * minutes["You"]


def test_checks_by_answer_code_and_site(checks: Desk) -> None:
    known = truth("upptime_checks")
    down = (("answer", "down"),)
    assert ranking(checks, "checks", by="answer") == [list(pair) for pair in known["status"]]
    found = ranking(checks, "checks", by="category", slice=down)
    assert found[: len(known["http_code_pareto_down"])] == known["http_code_pareto_down"]
    assert ranking(checks, "checks", by="site", slice=down)[:5] == known["down_events_by_site"]
    failed = checks.review("failed_checks").points
    assert [failed["denominator"].sum(), failed["numerator"].sum()] == [known["rows"], dict(known["status"])["down"]]
    up = checks.review("response_time", (("answer", "up"),)).points.query("rows > 0")
    mean = (up["value"] * up["size"]).sum() / up["size"].sum()
    assert mean == pytest.approx(known["mean_response_ms_up"], abs=0.005)


# Tickets


def test_tickets_kept_reopened_and_closed(tickets: Desk) -> None:
    known = truth("incidents")
    for kpi, kept in (("sla_met", dict(known["made_sla_last"])["true"]), ("reopened", known["reopened_incidents"])):
        points = tickets.review(kpi).points
        assert (points["numerator"].sum(), points["denominator"].sum()) == (kept, known["incidents"])
    hours = tickets.store.read("SELECT value FROM readings WHERE kpi = 'hours_to_close'")["value"] / 60
    assert len(hours) == known["incidents"] and (hours < 0).sum() == known["negative_close"]
    assert hours.mean() == pytest.approx(known["close_hours_mean"], abs=5e-4)
    assert hours.median() == pytest.approx(known["close_hours_median"], abs=5e-4)
    days = tickets.review("hours_to_close").points.query("rows > 0")
    assert (days["value"] * days["size"]).sum() / days["size"].sum() / 60 == pytest.approx(hours.mean(), rel=1e-12)


def test_tickets_by_group_category_and_priority(tickets: Desk) -> None:
    known = truth("incidents")
    for by, name in (("team", "top5_assignment_group"), ("category", "top5_category"), ("priority", "priority_last")):
        named = [pair for pair in ranking(tickets, "incidents", by=by, top=None) if pair[0] not in ("", "(none given)")]
        assert [pair for pair in named if pair[0] != "?"][: len(known[name])] == known[name]


def test_a_question_mark_is_a_missing_stamp(tmp_path: Path) -> None:
    """29 incidents were closed without a stamp of their resolution: read as the end, they are open."""
    home = ROOT / "examples" / "incidents"
    lines = (home / "template.toml").read_text(encoding="utf-8").replace('closed_at = "end"', 'resolved_at = "end"')
    with Desk.open(tmp_path / "resolved.duckdb") as desk:
        desk.store.apply_catalog(read_catalog(home / "kpis.toml"), by="tester")
        batch = desk.prepare(DATA / FILES["incidents"], template=Template.load(lines))
        assert (batch.tally.rows, batch.tally.rejected) == (truth("incidents")["incidents"], 0)
        minutes = batch.events.reader().read_all().to_pandas()["minutes"]
        assert minutes.isna().sum() == truth("incidents")["resolved_at_question_mark"]
        readings = batch.readings.reader().read_all().to_pandas()
        assert (readings["kpi"] == "hours_to_close").sum() == minutes.notna().sum()


# Bird strikes


def test_strikes_by_damage_and_their_cost(strikes: Desk) -> None:
    known = truth("bird_strikes")
    damage = dict(known["damage"])
    assert strikes.review("strikes").points["numerator"].sum() == known["rows"]
    assert strikes.review("damaging_strikes").points["numerator"].sum() == known["rows"] - damage["None"]
    assert strikes.review("strike_cost").points["numerator"].sum() == known["total_cost"]
    found = ranking(strikes, "strikes", by="category", top=None)
    assert found == [*known["damage"], ["B", known["rows"] - sum(damage.values())]]
    by_cost = pareto(strikes, "strikes", by="subcategory", measure="cost")
    (by_count, _), *_ = ranking(strikes, "strikes", by="subcategory")
    assert by_cost.result.ranking["name"].iloc[0] == "Canada goose" != by_count


def test_strikes_by_year(strikes: Desk) -> None:
    """The last year has strikes to 25 July only."""
    points = strikes.review("strikes").points
    years = points.groupby(points["period"].dt.year)["numerator"].sum()
    assert [[year, count] for year, count in years[years > 0].items()] == truth("bird_strikes")["by_year"]
    assert points.set_index("label").loc["Jul 2002", "state"] == "partial"
