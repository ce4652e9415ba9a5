"""The summary's running figures against a pandas oracle over the same rows: sums first, then one division."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from opsmetrics.catalog import Kpi, read_catalog
from opsmetrics.desk import Desk
from opsmetrics.desk.summary import SummaryRow, slice_or_first, summary
from opsmetrics.measurements import Span, sample_to_stamp
from opsmetrics.series import to_utc
from opsmetrics.settings import Settings
from opsmetrics.store import Store
from tests.store.builders import batch, count, event, reading

FIRST = dt.datetime(2022, 4, 1)
DAYS = 900  # to 2024-09-16
AS_OF = dt.datetime(2024, 8, 20, 12)

TEXT = """
[dimensions]
site = "Site"

[calendars.default]
time_zone = "UTC"
fiscal_year_start = "04-01"

[kpis.late]
name = "Late"
kind = "proportion"
better = "lower"
unit = "%"
dimensions = ["site"]
lead = "month"

[kpis.stops]
name = "Stops"
kind = "count"
better = "lower"
lead = "month"

[kpis.wait]
name = "Wait"
kind = "measured"
statistic = "p90"
better = "lower"
lead = "month"

[kpis.part]
name = "Part"
kind = "proportion"
better = "lower"
dimensions = ["site"]
watch = [{site = "South"}]

[kpis.jars]
name = "Jars"
kind = "proportion"
better = "lower"
operate = "sample"
"""


def draws() -> pd.DataFrame:
    """Daily numbers, seeded."""
    draw = np.random.default_rng(5)
    days = pd.date_range(FIRST, periods=DAYS)
    return pd.DataFrame(
        {
            "day": days,
            "n": draw.integers(50, 200, DAYS),
            "late": draw.integers(0, 40, DAYS),
            "stops": draw.poisson(4, DAYS),
            "wait": draw.gamma(3, 10, DAYS),
        }
    )


@pytest.fixture(scope="module")
def plant(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """A desk on 900 days of every KPI."""
    path = tmp_path_factory.mktemp("summary") / "kpis.duckdb"
    with Store.open(path) as store:
        desk = Desk(store, Settings.from_environment().for_store(path))
        desk.apply(TEXT, by="ann")
        end = FIRST + dt.timedelta(days=DAYS)
        spans = tuple(Span(kpi, FIRST, end) for kpi in ("late", "stops", "wait", "part"))
        facts = [row for line in draws().to_dict("records") for row in _facts(line)]
        facts += [count(sample_to_stamp(number), number % 3, 50, kpi="jars") for number in range(30)]
        desk.commit(batch(*facts, dimensions=("site",), spans=spans), by="ann", publish=False)
        yield desk


@pytest.fixture(scope="module")
def rows(plant: Desk) -> dict[str, SummaryRow]:
    """The summary by key."""
    return {row.review.kpi.key: row for row in summary(plant, as_of=AS_OF)}


def _facts(line: dict) -> list[dict]:  # type: ignore[type-arg]
    at = line["day"].to_pydatetime()
    return [
        count(at, float(line["late"]), float(line["n"]), kpi="late", site="North"),
        count(at, float(line["late"]), float(line["n"]), kpi="part", site="South"),
        count(at, float(line["stops"]), None, kpi="stops"),  # type: ignore[arg-type]
        reading(at, float(line["wait"]), 1, kpi="wait"),
    ]


def between(start: str, end: dt.datetime) -> pd.DataFrame:
    """The rows from a day up to an instant: a row stands at midnight of its day."""
    table = draws()
    return table[(table["day"] >= start) & (table["day"] < end)]


#: Starts of the running month, fiscal quarter (July) and fiscal year (April) at AS_OF.
STARTS = {"month": "2024-08-01", "quarter": "2024-07-01", "year": "2024-04-01"}
LAST_YEAR = ("2023-04-01", AS_OF - dt.timedelta(days=366))  # 2024 has a 29 February


@pytest.mark.parametrize("grain", STARTS)
def test_a_proportion_to_date(rows: dict[str, SummaryRow], grain: str) -> None:
    part = between(STARTS[grain], AS_OF)
    assert rows["late"].to_date[grain] == pytest.approx(part["late"].sum() / part["n"].sum(), rel=1e-12)  # type: ignore[index]


@pytest.mark.parametrize("grain", STARTS)
def test_a_count_to_date_is_a_sum(rows: dict[str, SummaryRow], grain: str) -> None:
    assert rows["stops"].to_date[grain] == between(STARTS[grain], AS_OF)["stops"].sum()  # type: ignore[index]


@pytest.mark.parametrize("grain", STARTS)
def test_a_percentile_to_date_is_of_all_readings(rows: dict[str, SummaryRow], grain: str) -> None:
    """numpy.quantile with its default method: linear, type 7 of Hyndman and Fan."""
    expected = np.quantile(between(STARTS[grain], AS_OF)["wait"], 0.9)
    assert rows["wait"].to_date[grain] == pytest.approx(expected, rel=1e-12)  # type: ignore[index]


def test_last_year_to_the_same_day(rows: dict[str, SummaryRow]) -> None:
    part = between(*LAST_YEAR)
    assert rows["late"].last_year == pytest.approx(part["late"].sum() / part["n"].sum(), rel=1e-12)
    assert rows["stops"].last_year == part["stops"].sum()


def test_each_kpi_is_reviewed_at_its_lead_grain(rows: dict[str, SummaryRow]) -> None:
    assert [row.review.series.grain for row in rows.values()] == ["month", "month", "month", "day", "sample"]
    assert all(row.review.verdict is not None for row in rows.values())


def test_samples_have_no_running_periods(rows: dict[str, SummaryRow]) -> None:
    assert rows["jars"].to_date == {}
    assert rows["jars"].last_year is None


def test_a_kpi_that_is_watched_in_parts_shows_the_first(rows: dict[str, SummaryRow]) -> None:
    assert rows["part"].review.series.slice == (("site", "South"),)


def test_a_year_that_began_before_the_data_is_not_compared(rows: dict[str, SummaryRow], tmp_path: Path) -> None:
    """As of August 2023 the year before began in April 2022 with the data; as of August 2022 there was none."""
    path = tmp_path / "kpis.duckdb"
    with Store.open(path) as store:
        desk = Desk(store, Settings.from_environment().for_store(path))
        desk.apply(TEXT, by="ann")
        start = dt.datetime(2023, 5, 1)
        facts = [count(start + dt.timedelta(days=n), 5, 100, kpi="late", site="North") for n in range(480)]
        span = Span("late", start, start + dt.timedelta(days=480))
        desk.commit(batch(*facts, dimensions=("site",), spans=(span,)), by="ann", publish=False)
        found = {row.review.kpi.key: row for row in summary(desk, as_of=AS_OF)}
    assert found["late"].to_date["year"] == pytest.approx(0.05)
    assert found["late"].last_year is None, "April 2023 is not in the data"


MONTHS = """
[calendars.default]
time_zone = "Europe/London"

[streams.stops]
name = "Stops"

[kpis.late]
name = "Late"
kind = "proportion"
better = "lower"
operate = "month"

[kpis.early]
name = "Early"
kind = "derived"
better = "higher"
formula = "1 - late"
operate = "month"

[kpis.stops]
name = "Stops by month"
kind = "count"
better = "lower"
operate = "month"
events = {stream = "stops"}
"""


def test_last_year_reaches_as_far_as_this_year_is_known(tmp_path: Path) -> None:
    """On 1 May the files end with March, and events with the 20th of it: neither is compared with a year to 1 May."""
    path = tmp_path / "months.duckdb"
    months = [pd.Timestamp(2022 + n // 12, 1 + n % 12, 1) for n in range(27)]
    starts = [to_utc([month], "Europe/London")[0].to_pydatetime() for month in months]
    with Store.open(path) as store:
        desk = Desk(store, Settings.from_environment().for_store(path))
        desk.apply(MONTHS, by="ann")
        facts = [count(at, float(n), 100.0, kpi="late") for n, at in enumerate(starts)]
        facts += [event(starts[0] + dt.timedelta(days=n, hours=6)) for n in range(809)]
        until = to_utc([pd.Timestamp(2024, 4, 1)], "Europe/London")[0].to_pydatetime()
        spans = Span("late", starts[0], until), Span("events:stops", starts[0], dt.datetime(2024, 3, 20), replaces=True)
        desk.commit(batch(*facts, dimensions=(), spans=spans), by="ann", publish=False)
        found = {row.review.kpi.key: row for row in summary(desk, as_of=dt.datetime(2024, 5, 1, 12))}
        next_year = {row.review.kpi.key: row for row in summary(desk, as_of=dt.datetime(2025, 1, 20, 12))}
    assert found["late"].to_date["year"] == pytest.approx((24 + 25 + 26) / 300)
    assert found["late"].last_year == pytest.approx((12 + 13 + 14) / 300)
    assert found["early"].last_year == pytest.approx(1 - (12 + 13 + 14) / 300)
    assert (found["stops"].to_date["year"], found["stops"].last_year) == (31 + 29 + 19, 31 + 28 + 19)
    assert {row.last_year for row in next_year.values()} == {None}, "nothing of this year is known"


@pytest.mark.parametrize(
    ("chosen", "part"),
    [({}, ()), ({"site": "North"}, (("site", "North"),)), ({"line": "1"}, ())],
)
def test_a_chosen_value_cuts_the_kpis_that_have_the_dimension(chosen: dict[str, str], part: object) -> None:
    kpi: Kpi = read_catalog(TEXT)["late"]
    assert slice_or_first(kpi, chosen) == part


@pytest.mark.parametrize(
    ("chosen", "left_out"),
    [({"site": "North"}, {"part"}), ({"site": "South"}, {"late"}), ({}, set()), ({"line": "1"}, set())],
)
def test_a_kpi_of_another_site_is_not_asked_about(plant: Desk, chosen: dict[str, str], left_out: set[str]) -> None:
    shown = {row.review.kpi.key: row for row in summary(plant, as_of=AS_OF, slice_=chosen)}
    assert set(shown) == {"late", "stops", "wait", "part", "jars"} - left_out
    assert all(row.review.verdict.data != "missing" for row in shown.values() if row.review.verdict)
