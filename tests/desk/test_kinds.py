"""Every kind of KPI from its loaded rows to its review, through a real store.

Authority: figures worked by hand from the rows that are loaded here; each test says which.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from opsmetrics.desk import Desk
from opsmetrics.measurements import Span
from tests.desk import plant
from tests.desk.plant import DIMENSIONS, at, good, loaded, review, stops, values
from tests.store.builders import batch, count, event, reading


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    plant.defined(tmp_path / "kinds.duckdb")
    with Desk.open(tmp_path / "kinds.duckdb", role="tests") as opened:
        yield opened


def test_uptime_counts_all_lines_that_report(desk: Desk) -> None:
    found = review(loaded(desk, stops()), "uptime")
    assert values(found) == [1, 1, 1 - 144 / 2880, *[1] * 9, None]
    assert found.points["denominator"].tolist()[:12] == [2880] * 12
    assert found.points["state"].tolist() == ["judged"] * 12 + ["running"]
    assert values(review(desk, "uptime", "A"))[2] == 0.9
    assert values(review(desk, "uptime", "B"))[2] == 1


def test_a_count_of_events_is_zero_on_quiet_days_and_unknown_after_the_last_file(desk: Desk) -> None:
    found = review(loaded(desk, stops(until=10)), "stops")
    assert values(found) == [0, 0, 1, 1, *[0] * 6, None, None, None]
    assert found.points["state"].tolist()[-4:] == ["judged", "gap", "gap", "running"]
    assert values(review(desk, "stops", "B"))[:4] == [0, 0, 0, 0]


def test_a_rate_takes_events_over_rows_of_its_own(desk: Desk) -> None:
    loaded(desk, good(), stops(event(at(2, 12), "Jam", line="B", minutes=1.0, count=3.0, reference="9")))
    found = review(desk, "jams")
    assert values(found)[:4] == [0, 0, 4 / 2000, 0]
    assert found.points["state"].tolist()[:12] == ["judged"] * 12
    assert values(review(desk, "jams", "A"))[2] == 1 / 1000


def test_a_rate_is_not_judged_where_its_events_are_not_known(desk: Desk) -> None:
    found = review(loaded(desk, good(), stops(until=10)), "jams")
    assert values(found)[9:12] == [0, None, None]
    assert "judged" not in found.points["state"].tolist()[10:]


def test_a_derived_kpi_multiplies_what_its_components_are_worth(desk: Desk) -> None:
    loaded(desk, good(), stops())
    oee = review(desk, "oee")
    assert values(oee)[:4] == [0.925, 0.925, round(0.95 * 0.925, 9), 0.925]
    assert values(review(desk, "oee", "A"))[2] == 0.81
    assert values(review(desk, "loss", "A"))[2] == 0.19
    assert oee.points["state"].tolist() == ["judged"] * 12 + ["running"]
    month = review(desk, "oee", grain="month")
    minutes = 12 * 2880 - 144  # sums first: both parts of the month, then the formula
    assert values(month) == [round(minutes / (12 * 2880) * 0.925, 9)]


def test_a_derived_kpi_waits_for_the_slowest_component(desk: Desk) -> None:
    loaded(desk, good(), stops(until=10))
    found = review(desk, "oee")
    assert found.points["state"].tolist()[9:] == ["judged", "gap", "gap", "running"]
    later = stops(event(at(10, 1), "Jam", line="A", minutes=10.0, reference="3"), source="more.csv")
    loaded(desk, later)
    assert review(desk, "oee").points["state"].tolist()[9:] == ["judged"] * 3 + ["running"]


def test_statistics_of_readings(desk: Desk) -> None:
    """Authority: numpy's quantile of 1 … 20 is 18.1 at 90 %; 15 of the 20 lie at 15 or below."""
    rows = [reading(at(0, 8), float(minute), minute, kpi=key) for minute in range(1, 21) for key in ("wait", "seen")]
    spans = tuple(Span(key, at(0), at(1)) for key in ("wait", "seen"))
    loaded(desk, batch(*rows, dimensions=DIMENSIONS, spans=spans))
    assert values(review(desk, "wait"))[0] == pytest.approx(np.quantile(range(1, 21), 0.9))
    seen = review(desk, "seen").points.iloc[0]
    assert (seen["value"], seen["numerator"], seen["size"]) == (0.75, 15, 20)


def test_counts_of_rows_are_zero_where_a_file_has_none(desk: Desk) -> None:
    rows = [count(at(2, 8), 2, None, kpi="incidents")]  # type: ignore[arg-type]
    loaded(desk, batch(*rows, dimensions=DIMENSIONS, spans=(Span("incidents", at(0), at(5)),)))
    assert values(review(desk, "incidents"))[:6] == [0, 0, 2, 0, 0, None]


# Back in time -------------------------------------------------------------------------------------------------------


def test_an_outage_that_is_not_closed_lasts_until_the_moment_of_asking(desk: Desk) -> None:
    loaded(desk, stops(event(at(11, 12), "Breakdown", line="B", reference="5")))
    found = review(desk, "uptime", "B")
    assert values(found)[11] == 0.5
    then = desk.review("uptime", (("line", "B"),), as_of=at(11, 18).replace(tzinfo=dt.UTC))
    assert then.points["state"].iloc[-1] == "running"
    assert then.points["value"].iloc[-1] == pytest.approx(12 / 18)


def test_an_outage_that_closed_later_was_open_then(desk: Desk) -> None:
    loaded(desk, stops(event(at(5, 12), "Breakdown", line="B", minutes=60 * 24.0, reference="5")))
    then = desk.review("uptime", (("line", "B"),), as_of=at(5, 18).replace(tzinfo=dt.UTC))
    assert then.points["value"].iloc[-1] == pytest.approx(12 / 18)
    before = desk.review("uptime", (("line", "B"),), as_of=at(5, 6).replace(tzinfo=dt.UTC))
    assert before.points["value"].iloc[-1] == 1
    assert values(review(desk, "uptime", "B"))[5:7] == [0.5, 0.5]
