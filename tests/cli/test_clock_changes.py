"""Files through both changes of the clock, from the command line. Oracle: pandas' time zones and its own arithmetic."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from tests.cli.conftest import Run

CATALOG = """
[dimensions]
site = "Site"

[calendars.default]
time_zone = "{zone}"

[streams.outages]
name = "Outages"
dimensions = ["site"]
category = "Cause"
unit = "outages"
reported_by = "site"

[kpis.uptime]
name = "Uptime"
kind = "ratio"
better = "higher"
unit = "%"
numerator = "minutes up"
denominator = "minutes"
dimensions = ["site"]
reported_by = "site"
operate = "day"
events = {{stream = "outages", measure = "minutes", role = "downtime"}}

[kpis.wait]
name = "Wait"
kind = "measured"
better = "lower"
unit = "min"
operate = "day"
"""
OUTAGES = """
name = "outages"
header = ["From", "Until", "Site", "Cause"]

[columns]
From = "ts"
Until = "end"
Site = "site"
Cause = "category"

[events]
stream = "outages"
"""
WAITS = """
name = "waits"
header = ["When", "Wait"]

[columns]
When = "ts"

[[kpis]]
key = "wait"
value = "Wait"
"""
#: Zone → the day on which an hour is left out, the day on which one comes twice, and the first minute of that hour.
CHANGES = {
    "Europe/Berlin": ("2026-03-29", "2025-10-26", "02:00"),
    "America/New_York": ("2026-03-08", "2025-11-02", "02:00"),
}
TWICE = {"Europe/Berlin": "02", "America/New_York": "01"}  # the hour that comes twice


@pytest.fixture(params=sorted(CHANGES))
def zone(request: pytest.FixtureRequest, tmp_path: Path, run: Run) -> str:
    """A store whose site keeps this clock, with both templates."""
    (tmp_path / "kpis.toml").write_text(CATALOG.format(zone=request.param), encoding="utf-8")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates" / "outages.toml").write_text(OUTAGES, encoding="utf-8")
    (tmp_path / "templates" / "waits.toml").write_text(WAITS, encoding="utf-8")
    assert run("init", "--store", tmp_path / "kpis.duckdb").code == 0
    return str(request.param)


def loaded(run: Run, folder: Path, content: str, *words: str) -> dict[str, Any]:
    (folder / "file.csv").write_text(content, encoding="utf-8")
    answer: dict[str, Any] = run(
        "ingest", folder / "file.csv", "--store", folder / "kpis.duckdb", "--json", *words
    ).json
    return answer


def utc(zone: str, local: str) -> pd.Timestamp:
    """The instant; of two equal ones the first."""
    return pd.Timestamp(local).tz_localize(zone, ambiguous=True).tz_convert("UTC")


def test_outages_last_as_long_as_they_do_and_uptime_is_of_the_days_own_length(
    zone: str, tmp_path: Path, run: Run
) -> None:
    spring, autumn, _ = CHANGES[zone]
    rows = [
        (f"{autumn} 00:30", f"{autumn} 03:30", "A"),  # four hours
        (f"{spring} 00:30", f"{spring} 03:30", "A"),  # two hours
        (f"{spring} 01:59", f"{spring} 03:00", "B"),  # one minute
        (f"{autumn} {TWICE[zone]}:10", f"{autumn} 05:00", "B"),  # from the first of two equal times
    ]
    content = "From,Until,Site,Cause\n" + "".join(f"{a},{b},{site},Power\n" for a, b, site in rows)
    assert loaded(run, tmp_path, content, "--covers", f"{autumn}..{spring}")["rows"] == 4
    store = ("--store", tmp_path / "kpis.duckdb", "--json")
    minutes = [(utc(zone, b) - utc(zone, a)) / pd.Timedelta("1min") for a, b, _ in rows]
    assert minutes[:3] == [240, 120, 1]
    listed = run("events", "outages", *store).json
    assert sorted(row["minutes"] for row in listed) == sorted(minutes)
    assert run("pareto", "outages", "--measure", "minutes", *store).json["total"] == sum(minutes)

    end = (pd.Timestamp(spring) + pd.Timedelta(days=1)).date()
    points = run("review", "uptime", "--slice", "site=A", "--as-of", str(end), *store).json["points"]
    found = {point["period"][:10]: (point["numerator"], point["denominator"]) for point in points}
    for day, minutes_in_it, down in ((autumn, 25 * 60, 240), (spring, 23 * 60, 120)):
        assert found[day] == (minutes_in_it - down, minutes_in_it)


def test_a_time_that_the_clock_skipped_is_rejected_at_either_end(zone: str, tmp_path: Path, run: Run) -> None:
    spring, _, hour = CHANGES[zone]
    skipped = f"{spring} {hour[:2]}:30"
    rows = [(f"{spring} 00:30", skipped), (skipped, f"{spring} 05:00"), (f"{spring} 00:10", f"{spring} 00:20")]
    content = "From,Until,Site,Cause\n" + "".join(f"{a},{b},A,Power\n" for a, b in rows)
    answer = loaded(run, tmp_path, content)
    assert (answer["rows"], answer["rows_rejected"], answer["reject_lines"]) == (1, 2, [2, 3])


def test_an_outage_within_the_hour_that_comes_twice(zone: str, tmp_path: Path, run: Run) -> None:
    """The file's order tells the second run from the first; an end never lies before its start."""
    _, autumn, _ = CHANGES[zone]
    hour = TWICE[zone]
    rows = [("10", "20"), ("50", "55"), ("05", "15"), ("30", "45")]  # minutes of the hour; the last two its second run
    content = "From,Until,Site,Cause\n" + "".join(f"{autumn} {hour}:{a},{autumn} {hour}:{b},A,Power\n" for a, b in rows)
    answer = loaded(run, tmp_path, content)
    assert (answer["rows"], answer["rows_rejected"]) == (4, 0)
    listed = run("events", "outages", "--store", tmp_path / "kpis.duckdb", "--json").json
    assert [row["minutes"] for row in listed] == [10, 5, 10, 15]


def test_quarter_hours_of_both_days_are_all_there(zone: str, tmp_path: Path, run: Run) -> None:
    """A logger writes local time: 92 and 100 readings, none lost and none doubled."""
    spring, autumn, _ = CHANGES[zone]
    written: list[pd.Timestamp] = []
    for day in (autumn, spring):
        start, end = (pd.Timestamp(day) + pd.Timedelta(days=n) for n in (0, 1))
        written.extend(pd.date_range(start, end, freq="15min", inclusive="left", tz=zone))
    content = "When,Wait\n" + "".join(f"{at:%Y-%m-%d %H:%M},{i}\n" for i, at in enumerate(written))
    answer = loaded(run, tmp_path, content)
    assert (answer["rows"], answer["rows_rejected"], len(written)) == (192, 0, 192)
    end = (pd.Timestamp(spring) + pd.Timedelta(days=1)).date()
    points = run("review", "wait", "--as-of", str(end), "--store", tmp_path / "kpis.duckdb", "--json").json["points"]
    found = {point["period"][:10]: (point["size"], point["value"]) for point in points if point["value"] is not None}
    values = pd.Series(range(192), index=[f"{at:%Y-%m-%d}" for at in written])
    by_day = values.groupby(level=0)
    assert found == {day: (len(day_values), day_values.mean()) for day, day_values in by_day}
