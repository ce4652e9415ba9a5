"""Flights that arrived at Chicago O'Hare, from file to review. Authority: truths.json; its limits use 1.128 where ours
computes d2(2)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from opsmetrics.desk import Desk
from tests.paths import needs_shared
from tests.real_stores import EXACT_TO_TABLE, beyond, is_i_chart, judged, loaded, pareto, series, truth

pytestmark = needs_shared
MONTH = "%Y-%m"
#: What the columns of the file are called in the example.
CAUSES = {
    "nas": "Air traffic control",
    "late_aircraft": "Late aircraft",
    "carrier": "Carrier",
    "weather": "Weather",
    "security": "Security",
}


@pytest.fixture(scope="module")
def flights(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield from series(tmp_path_factory, "airline_delays")


def test_flights_add_up_and_missing_cells_are_counted(tmp_path: Path) -> None:
    known = truth("airline_delays")
    with loaded(tmp_path, "airline_delays") as (desk, receipt):
        tally = receipt.tally
        assert (tally.records, tally.missing, tally.rejected) == (known["rows"], known["missing_arr_flights"], 0)
        assert tally.duplicates == known["dup_rows"]
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
        assert known["rows"] - len(late) == known["missing_arr_del15"]
        assert len(desk.slices(desk.catalog["late_arrivals"], by=["carrier"])) == known["carriers"]


def test_late_arrivals_by_month_on_a_chart_chosen_by_itself(flights: Desk) -> None:
    known = truth("airline_delays")
    found = flights.review("late_arrivals")
    months = judged(found)
    assert len(months) == known["months"]
    ends = [months["period"].iloc[0].strftime(MONTH), months["period"].iloc[-1].strftime(MONTH)]
    assert ends == [known["min"], known["max"]]
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
    kpi = flights.catalog["cancelled"]
    flown = {
        carrier: flights.review("cancelled", ((name, carrier),)).points["denominator"].sum()
        for ((name, carrier),) in flights.slices(kpi, by=["carrier"])
    }
    largest = pd.Series(flown).nlargest(5)
    assert [[carrier, number] for carrier, number in largest.items()] == truth("airline_delays")["top5_carrier_flights"]


def test_five_causes_by_count_and_by_minutes(flights: Desk) -> None:
    """The order is one, the shares are not: late aircraft cost more minutes each than air traffic control does."""
    known = truth("airline_delays")
    counted, lasted = pareto(flights, "delays"), pareto(flights, "delays", measure="minutes")
    for answer, wanted, end in ((counted, known["pareto_count"], "_ct"), (lasted, known["pareto_minutes"], "_delay")):
        table = answer.result.ranking
        assert list(table["name"]) == [CAUSES[column.removesuffix(end)] for column, _ in wanted]
        assert list(table["amount"]) == pytest.approx([amount for _, amount in wanted], abs=0.01)
    first, second = (answer.result.table.set_index("name")["share"] for answer in (counted, lasted))
    assert first["Air traffic control"] > second["Air traffic control"]
    assert first["Late aircraft"] < second["Late aircraft"]
