"""Local times to UTC over both clock changes. Oracle: pandas' own time zones (tz_localize), hour by hour."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from opsmetrics.catalog import Calendar, Kpi
from opsmetrics.ingest import Measured, Template, zones
from tests.ingest.builders import WAITS, catalog, codes, prepared, readings, warnings

UNBOUNDED = Kpi("wait", "Wait", "measured", "lower")
ZONES = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kolkata", "UTC"]


def in_zone(zone: str) -> Template:
    """The template for stamps of this zone."""
    return Template("waits", WAITS.columns, WAITS.kpis, time_zone=zone)


def waits(stamps: list[str]) -> str:
    """A file of waits at these stamps."""
    return "when,minutes\n" + "".join(f"{stamp},{i}\n" for i, stamp in enumerate(stamps, start=1))


@pytest.mark.parametrize("zone", ZONES)
def test_every_hour_of_two_years_agrees_with_pandas(tmp_path: Path, zone: str) -> None:
    local = pd.date_range("2017-07-01", "2019-07-01", freq="30min")
    wanted = local.tz_localize(zone, ambiguous="NaT", nonexistent="NaT").tz_convert("UTC").tz_localize(None)
    batch = prepared(tmp_path, waits([str(stamp) for stamp in local]), in_zone(zone), catalog(UNBOUNDED))
    found = dict(zip(readings(batch)["value"], readings(batch)["observed_at"], strict=True))
    wrong = [i for i, stamp in enumerate(wanted, start=1) if not pd.isna(stamp) and found.get(i) != stamp]
    assert not wrong[:5]
    missing = local[local.tz_localize(zone, ambiguous=True, nonexistent="NaT").isna()]
    assert [code for _, code in codes(batch)] == ["nonexistent_local_time"] * len(missing)
    assert batch.tally.rows + len(missing) == len(local)


def test_the_first_of_two_equal_times_unless_the_second_run_follows(tmp_path: Path) -> None:
    once = ["2025-10-26 01:30", "2025-10-26 02:30", "2025-10-26 03:30"]
    found = readings(prepared(tmp_path, waits(once), in_zone("Europe/Berlin")))
    assert list(found["observed_at"].astype(str)) == [
        "2025-10-25 23:30:00",
        "2025-10-26 00:30:00",
        "2025-10-26 02:30:00",
    ]
    twice = ["2025-10-26 02:00", "2025-10-26 02:30", "2025-10-26 02:00", "2025-10-26 02:30", "2025-10-26 03:00"]
    batch = prepared(tmp_path, waits(twice), in_zone("Europe/Berlin"))
    steps = pd.DatetimeIndex(readings(batch)["observed_at"]).to_series().diff().dropna()
    assert set(steps) == {pd.Timedelta(minutes=30)}
    assert "ambiguous_local_time" in warnings(batch)


def test_hourly_stamps_through_the_repeated_hour(tmp_path: Path) -> None:
    local = ["2025-10-26 01:00", "2025-10-26 02:00", "2025-10-26 02:00", "2025-10-26 03:00"]
    batch = prepared(tmp_path, waits(local), in_zone("Europe/Berlin"))
    steps = pd.DatetimeIndex(readings(batch)["observed_at"]).to_series().diff().dropna()
    assert list(steps) == [pd.Timedelta(hours=1)] * 3


def test_unordered_stamps_of_the_repeated_hour_are_not_told_apart(tmp_path: Path) -> None:
    local = ["2025-10-26 02:30", "2025-10-26 02:00", "2025-10-26 02:30", "2025-10-26 02:00"]
    batch = prepared(tmp_path, waits(local), in_zone("Europe/Berlin"))
    assert [code for _, code in codes(batch)] == ["conflicting_duplicate"] * 4
    assert batch.tally.adds_up()


def test_each_series_has_its_own_repeated_hour(tmp_path: Path) -> None:
    kpi = Kpi("wait", "Wait", "measured", "lower", dimensions=("site",), calendar=Calendar("b", "Europe/Berlin"))
    told = Template("waits", {"when": "ts", "site": "site"}, (Measured("wait", value="minutes"),))
    text = "when,site,minutes\n" + "".join(
        f"2025-10-26 {time},{site},{i}\n"
        for i, (time, site) in enumerate(
            [("02:15", "A"), ("02:45", "A"), ("02:15", "B"), ("02:15", "A"), ("02:45", "B"), ("02:45", "A")]
        )
    )
    found = readings(prepared(tmp_path, text, told, catalog(kpi))).set_index("value")["observed_at"]
    assert [str(found[i])[11:16] for i in range(6)] == ["00:15", "00:45", "00:15", "01:15", "00:45", "01:45"]


def test_offsets_rule_over_the_zone(tmp_path: Path) -> None:
    stamps = ["2025-10-26 02:30:00+02:00", "2025-10-26 02:30:00+01:00", "2025-03-30 02:30:00Z"]
    batch = prepared(tmp_path, waits(stamps), in_zone("Europe/Berlin"))
    found = list(readings(batch)["observed_at"].astype(str))
    assert found == ["2025-10-26 00:30:00", "2025-10-26 01:30:00", "2025-03-30 02:30:00"]
    assert not batch.warnings


def test_dates_are_days_of_the_kpis_own_calendar(tmp_path: Path) -> None:
    kpi = Kpi("wait", "Wait", "measured", "lower", calendar=Calendar("ny", "America/New_York"))
    text = waits(["2025-01-27", "2025-07-27"])
    for template in (in_zone("UTC"), WAITS):
        found = list(readings(prepared(tmp_path, text, template, catalog(kpi)))["observed_at"].astype(str))
        assert found == ["2025-01-27 05:00:00", "2025-07-27 04:00:00"]


def test_a_day_whose_midnight_does_not_exist_begins_with_its_first_instant(tmp_path: Path) -> None:
    kpi = Kpi("wait", "Wait", "measured", "lower", calendar=Calendar("sp", "America/Sao_Paulo"))
    batch = prepared(tmp_path, waits(["2017-10-15"]), WAITS, catalog(kpi))  # clocks went from 00:00 to 01:00
    assert readings(batch)["observed_at"].iloc[0] == pd.Timestamp("2017-10-15 03:00")
    assert batch.spans[0].starts_at == dt.datetime(2017, 10, 15, 3)


@pytest.mark.parametrize("zone", ZONES)
def test_to_utc_and_back(zone: str) -> None:
    for utc in pd.date_range("2018-01-01", "2019-01-01", freq="7h37min").to_pydatetime():
        local = zones.to_local(utc, zone)
        assert zones.exists(local, zone)
        assert zones.to_local(zones.to_utc(local, zone), zone) == local


def test_what_does_not_exist() -> None:
    assert not zones.exists(dt.datetime(2025, 3, 30, 2, 30), "Europe/Berlin")
    assert zones.exists(dt.datetime(2025, 3, 30, 3, 0), "Europe/Berlin")
