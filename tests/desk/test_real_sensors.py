"""Sensors and half-hourly totals, from file to review: a machine's temperature, a server's latency, taxi passengers.

Authority: truths.json; its charts hold all days, also the first and the last that have only some of their readings. A
file that is said to cover whole days is judged so too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest

from opsmetrics.catalog import read_catalog
from opsmetrics.desk import Desk
from opsmetrics.ingest import Template
from opsmetrics.measurements import Receipt
from opsmetrics.review import KpiReview
from opsmetrics.series import to_local
from tests.paths import needs_shared
from tests.real_stores import DATA, EXAMPLES, FILES, beyond, is_i_chart, judged, loaded, truth
from tests.truths import Known

pytestmark = needs_shared
DAY = "%Y-%m-%d"


@contextmanager
def whole_days(folder: Path, example: str, first: dt.date, last: dt.date) -> Iterator[tuple[Desk, Receipt]]:
    """A desk on a store whose file is said to cover whole days, and the receipt."""
    home = EXAMPLES / example
    with Desk.open(folder / "days.duckdb") as desk:
        desk.store.apply_catalog(read_catalog(home / "kpis.toml"), by="tester")
        template = Template.load(home / "template.toml")
        batch = desk.prepare(DATA / FILES[example], template=template, covers=(first, last))
        yield desk, desk.commit(batch, by="tester", publish=False)


def is_read_whole(desk: Desk, receipt: Receipt, known: Known, zone: str = "UTC") -> None:
    """Every reading is there, repeated stamps too; gaps are told."""
    assert receipt.tally.rows == receipt.new == known["rows"]
    stored = desk.store.read("SELECT observed_at, sample, value FROM readings")
    stamps = to_local(pd.DatetimeIndex(stored["observed_at"]), zone)
    assert [str(stamps.min()), str(stamps.max())] == [known["min"], known["max"]]
    assert (stored["sample"] > 0).sum() == known["duplicate_timestamps"]
    assert stored["value"].mean() == pytest.approx(known["mean"], abs=1e-5)
    assert (stored["value"].min(), stored["value"].max()) == pytest.approx((known["vmin"], known["vmax"]))
    inside = sum(int(((stamps >= start) & (stamps <= end)).sum()) for start, end in windows(known))
    assert inside == known["rows_in_windows"]
    told = [notice.text for notice in receipt.warnings if notice.code == "gaps"]
    assert [f" {known['gaps_over_modal_step']} gaps " in text for text in told] == [True] * bool(
        known["gaps_over_modal_step"]
    )


def windows(known: Known) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    """The stretches that people labelled as failures or exceptions."""
    return [(pd.Timestamp(start), pd.Timestamp(end)) for start, end in known["labelled_windows"]]


def days_in(window: tuple[pd.Timestamp, pd.Timestamp], found: KpiReview) -> list[str]:
    """The days beyond a limit that share some time with the window."""
    days = [*beyond(found, "high", DAY), *beyond(found, "low", DAY)]
    start, end = window
    return [day for day in days if pd.Timestamp(day) <= end and pd.Timestamp(day) + pd.Timedelta(days=1) > start]


def test_a_machine_and_its_four_failures(tmp_path: Path) -> None:
    known = truth("machine_temperature")
    with whole_days(tmp_path, "machine_temperature", dt.date(2013, 12, 2), dt.date(2014, 2, 19)) as (desk, receipt):
        is_read_whole(desk, receipt, known)
        found = desk.review("machine_temperature")
        is_i_chart(found, known["daily_mean_i_chart"], 1, DAY)
        hits = [days_in(window, found) for window in windows(known)]
        assert all(hits), "each failure has a day beyond the limits"
        assert {day for days in hits for day in days} == set(known["daily_mean_i_chart"]["below"]), "nothing else has"


def test_the_days_that_are_not_whole_are_not_judged(tmp_path: Path) -> None:
    """Without being told what they cover, stamps cover the time from the first to the last."""
    known = truth("machine_temperature")["daily_mean_i_chart"]
    with loaded(tmp_path, "machine_temperature") as (desk, _):
        found = desk.review("machine_temperature")
        days = found.points[found.points["rows"] > 0]
        assert (days["state"].iloc[0], days["state"].iloc[-1]) == ("uncovered", "partial")
        assert beyond(found, "low", DAY) == known["below"]
        assert days["value"].mean() == pytest.approx(known["mean"], abs=1e-6)


def test_latency_needs_more_than_daily_means(tmp_path: Path) -> None:
    """None of three labelled windows moves a daily mean beyond its limits."""
    known = truth("request_latency")
    with whole_days(tmp_path, "request_latency", dt.date(2014, 3, 7), dt.date(2014, 3, 21)) as (desk, receipt):
        is_read_whole(desk, receipt, known)
        found = desk.review("request_latency")
        is_i_chart(found, known["daily_mean_i_chart"], 1, DAY)
        assert not any(days_in(window, found) for window in windows(known))


def test_reading_by_reading_the_servers_failures_show(tmp_path: Path) -> None:
    """Each of the three windows has readings beyond the limits: 16 of the 25 among 4,032, in a twelfth of the time."""
    known, home = truth("request_latency"), EXAMPLES / "request_latency"
    with Desk.open(tmp_path / "readings.duckdb") as desk:
        desk.store.apply_catalog(read_catalog(home / "kpis.toml"), by="tester")
        file = DATA / FILES["request_latency"]
        desk.commit(desk.prepare(file, template=Template.load(home / "by_reading.toml")), by="tester", publish=False)
        found = desk.review("each_reading")
        assert len(judged(found)) == known["rows"]
        rows = [int(label.removeprefix("sample ")) - 1 for side in ("high", "low") for label in beyond(found, side)]
        stamps = pd.to_datetime(pd.read_csv(file)["timestamp"]).iloc[rows]
        inside = [int(((stamps >= start) & (stamps <= end)).sum()) for start, end in windows(known)]
        assert all(inside)
        assert (sum(inside), len(rows)) == (16, 25)


def test_taxi_passengers_by_day(tmp_path: Path) -> None:
    """Holidays, a marathon and a snowstorm: the limits of all 215 whole days. New Year's days stay within them."""
    known = truth("taxi_rides")
    with loaded(tmp_path, "taxi_rides") as (desk, receipt):
        is_read_whole(desk, receipt, known, "America/New_York")
        found = desk.review("taxi_passengers")
        is_i_chart(found, known["daily_mean_i_chart"], 1, DAY)
        days = judged(found)
        assert (len(days), days["size"].sum()) == (known["rows"] / 48, known["rows"])
        assert [bool(days_in(window, found)) for window in windows(known)] == [True, True, True, False, True]
