"""High-speed trains in France, from file to review. Authority: truths.json."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from opsmetrics.desk import Desk
from opsmetrics.ingest import Template, read_file
from tests.paths import needs_shared
from tests.real_stores import DATA, EXAMPLES, FILES, is_i_chart, judged, loaded, series, truth

pytestmark = needs_shared
MONTH = "%Y-%m"


@pytest.fixture(scope="module")
def trains(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield from series(tmp_path_factory, "tgv")


def test_a_file_of_many_traps_is_read_whole(tmp_path: Path) -> None:
    """Windows-1252, American dates, comments over several lines."""
    known, template = truth("tgv"), Template.load(EXAMPLES / "tgv" / "template.toml")
    sheet = read_file(DATA / FILES["tgv"], template=template)
    assert (len(sheet.headers), sheet.lines) == (known["cols"], known["bytes_physical_lines"])
    with loaded(tmp_path, "tgv") as (_, receipt):
        tally = receipt.tally
        assert (tally.rows, tally.rejected, tally.duplicates) == (known["rows"], 0, known["dup_rows"])
        assert {notice.code for notice in receipt.warnings} == {"encoding"}


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
    """Shares of a route's delays, weighted by its late trains: over the stored figures of both."""
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


def test_a_month_without_late_trains_has_no_causes(trains: Desk) -> None:
    """April 2020: 63 of 123 routes had no late train and count as 0, as the description of the causes says."""
    april = trains.store.read(
        "SELECT count(DISTINCT (service, origin, destination)) AS routes, sum(value) AS shares FROM readings "
        "WHERE kpi LIKE 'cause_%' AND observed_at = TIMESTAMP '2020-03-31 22:00'"
    ).iloc[0]
    assert (april["routes"], round(april["shares"] / 100)) == (123, 60)
    assert all("0 where no train was late" in kpi.description for kpi in trains.catalog.kpis if "cause" in kpi.key)
