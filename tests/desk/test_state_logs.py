"""Uptime from logs of states in many files, from the records to the review.

Authority: an oracle that asks of every quarter of an hour and unit whether its state is known and what it was, straight
from the wording of the rule in docs/conventions.md; for real logs the same log as one file.
"""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd
import pytest

from opsmetrics.catalog import read_catalog
from opsmetrics.desk import Desk
from opsmetrics.ingest import Template
from tests.built import once
from tests.cases import cases, in_soak
from tests.paths import ROOT, SHARED, needs_shared

BERLIN = ZoneInfo("Europe/Berlin")
QUARTER = dt.timedelta(minutes=15)
DAY = dt.timedelta(days=1)

KPIS = """
[dimensions]
site = "Site"

[calendars.default]
time_zone = "Europe/Berlin"
closed_weekdays = ["sunday"]

[streams.outages]
name = "Outages"
dimensions = ["site"]
reported_by = "site"

[kpis.uptime]
name = "Uptime"
kind = "ratio"
better = "higher"
unit = "%"
dimensions = ["site"]
reported_by = "site"
events = {stream = "outages", measure = "minutes", role = "downtime"}

[kpis.outages]
name = "Outages"
kind = "count"
better = "lower"
dimensions = ["site"]
reported_by = "site"
events = {stream = "outages"}
"""
LOG = Template.load("""
    name = "log"
    header = ["when", "site", "state"]
    [columns]
    when = "ts"
    site = "site"
    [events]
    stream = "outages"
    shape = "states"
    state = "state"
    down = ["down"]
""")

Record = tuple[dt.datetime, str, str]


@once
def defined(path: Path) -> None:
    with Desk.open(path, role="tests") as opened:
        opened.apply(KPIS, by="tester")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    defined(tmp_path / "logs.duckdb")
    with Desk.open(tmp_path / "logs.duckdb", role="tests") as opened:
        yield opened


def load(desk: Desk, records: Iterable[Record], name: str = "log", **options: Any) -> int:
    path = desk.settings.store.parent / f"{name}.csv"
    lines = [f"{at:%Y-%m-%dT%H:%M:%S}Z,{site},{state}" for at, site, state in records]
    path.write_text("\n".join(["when,site,state", *lines]) + "\n", encoding="utf-8")
    receipt = desk.commit(desk.prepare(path, template=LOG, **options), by="tester", publish=False)
    assert receipt.batch is not None
    return receipt.batch


# Oracle


@dataclass(frozen=True)
class Oracle:
    """What the records tell, by quarter of an hour."""

    records: list[Record]

    def states(self, site: str) -> Iterator[tuple[dt.datetime, bool]]:
        """Each quarter of an hour in which the state of a site is known, and whether it was down."""
        own = sorted(one for one in self.records if one[1] == site)
        end = max(at for at, _, _ in self.records)
        steps = list(pairwise(own))
        repeats = sum(before[2] == after[2] for before, after in steps)
        regular = len(steps) >= 8 and repeats >= 0.75 * len(steps)
        usual = (own[-1][0] - own[0][0]) / max(len(steps), 1)
        for (at, _, state), (until, _, _) in [*steps, (own[-1], (end, site, ""))]:
            lost = regular and state != "down" and until - at > 1.5 * usual and holds_working_day(at, until)
            while at < until and not lost:
                yield at, state == "down"
                at += QUARTER

    def days(self, *sites: str) -> dict[str, tuple[float, float]]:
        """Minutes scheduled and minutes up by local day; Sundays are closed."""
        found: dict[str, tuple[float, float]] = {}
        for site in sites:
            for at, down in self.states(site):
                local = at.replace(tzinfo=dt.UTC).astimezone(BERLIN)
                if local.weekday() != 6:
                    scheduled, up = found.get(f"{local:%Y-%m-%d}", (0.0, 0.0))
                    found[f"{local:%Y-%m-%d}"] = (scheduled + 15, up + 15 * (not down))
        return found


def holds_working_day(begin: dt.datetime, end: dt.datetime) -> bool:
    day = begin.replace(tzinfo=dt.UTC).astimezone(BERLIN).date()
    while True:
        first, after = (midnight(day), midnight(day + DAY))
        if after > end:
            return False
        if first >= begin and day.weekday() != 6:
            return True
        day += DAY


def midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), BERLIN).astimezone(dt.UTC).replace(tzinfo=None)


def days_of(desk: Desk, *site: str) -> dict[str, tuple[float, float]]:
    points = desk.review("uptime", tuple(("site", name) for name in site)).points.dropna(subset=["value"])
    return {
        f"{row.period:%Y-%m-%d}": (round(row.denominator, 6), round(row.numerator, 6)) for row in points.itertuples()
    }


def simulated(chance: random.Random, start: dt.datetime, days: int) -> list[Record]:
    """Three sites: one is checked every two hours, one tells its changes, one is both and silent for some days."""
    told: list[Record] = []
    end = start + days * DAY
    silent = start + chance.randint(2, days - 4) * DAY
    for site, step in (("checked", 2.0), ("changes", 30.0), ("silent", 3.0)):
        at, state = start + chance.randint(0, 40) * QUARTER, "up"
        while at < end:
            if not (site == "silent" and silent <= at < silent + chance.choice([1, 3]) * DAY):
                told.append((at, site, state))
            other = "down" if state == "up" else "up"
            if site == "changes":
                at, state = at + max(QUARTER, chance.randint(1, int(step * 8)) * QUARTER), other
            else:
                at += step * 4 * QUARTER
                state = other if chance.random() < (0.05 if state == "up" else 0.5) else state
    return sorted(told)


@pytest.mark.parametrize("seed", range(cases(1, 6)))
@pytest.mark.parametrize("start", [dt.datetime(2026, 3, 22, 12), dt.datetime(2026, 10, 20, 1)])
def test_daily_logs_in_any_order_give_what_the_records_tell(desk: Desk, seed: int, start: dt.datetime) -> None:
    """Over both changes of the clock, with a Sunday in between, a file undone, and the file sent again."""
    chance = random.Random(seed)
    told = simulated(chance, start, 12)
    sites = ("checked", "changes", "silent")
    by_day: dict[str, list[Record]] = {}
    for one in told:
        by_day.setdefault(f"{one[0]:%Y-%m-%d}", []).append(one)
    names = list(by_day)
    chance.shuffle(names)
    batches = {name: load(desk, by_day[name], name) for name in names}
    gone = names[0]
    for records in (told, [one for one in told if one not in by_day[gone]], told):
        oracle = Oracle(records)
        for site in sites:
            assert days_of(desk, site) == oracle.days(site)
        assert days_of(desk) == oracle.days(*sites)
        if len(records) == len(told):
            desk.undo(batches[gone], by="tester", publish=False)
            back = gone
        else:
            batches[gone] = load(desk, by_day[back], back)


# Stories


def checked(first: str, last: str, *, site: str = "A", every: int = 1, down: tuple[str, ...] = ()) -> list[Record]:
    """A check every few hours from the first to the last of these local hours, both included."""
    at, end = (dt.datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(dt.UTC) for text in (first, last))
    told = []
    while at <= end:
        told.append((at.replace(tzinfo=None), site, "down" if f"{at.astimezone(BERLIN):%d %H}" in down else "up"))
        at += dt.timedelta(hours=every)
    return told


def states(desk: Desk, *site: str, kpi: str = "uptime", as_of: dt.date = dt.date(2026, 11, 20)) -> dict[str, str]:
    points = desk.review(kpi, tuple(("site", name) for name in site), as_of=as_of).points
    return dict(zip(points["label"], points["state"], strict=True))


def test_an_outage_from_one_log_into_the_next_takes_its_time(desk: Desk) -> None:
    """Down from 19:40 to 00:00 of the next day by the hours between two logs: 82 % of the day, not 100 %."""
    first = [*checked("2026-11-09 00:00", "2026-11-10 19:00"), (dt.datetime(2026, 11, 10, 18, 40), "A", "down")]
    load(desk, first, "first")
    load(desk, checked("2026-11-11 00:00", "2026-11-12 06:00"), "second")
    points = desk.review("uptime", (("site", "A"),)).points.set_index("label")
    assert points.loc["10 Nov 2026", ["denominator", "numerator"]].tolist() == [1440, 1180]
    assert points.loc["10 Nov 2026", "state"] == "judged"


def test_a_lost_file_is_time_of_which_nothing_is_known(desk: Desk) -> None:
    load(desk, checked("2026-11-09 00:00", "2026-11-09 23:00"), "monday")
    load(desk, checked("2026-11-11 00:00", "2026-11-12 00:00"), "wednesday")
    found = days_of(desk, "A")
    assert "2026-11-10" not in found
    assert states(desk, "A")["10 Nov 2026"] == "gap"
    load(desk, checked("2026-11-10 00:00", "2026-11-10 23:00"), "tuesday")
    assert states(desk, "A")["10 Nov 2026"] == "judged"


def test_a_night_without_checks_is_no_lost_file(desk: Desk) -> None:
    """A monitor that runs from 8 to 18 on working days; on Sunday the plant is closed."""
    for day in ("13", "14", "16", "17"):
        load(desk, checked(f"2026-11-{day} 08:00", f"2026-11-{day} 18:00"), day)
    assert states(desk, "A") == {
        "13 Nov 2026": "uncovered", "14 Nov 2026": "judged", "16 Nov 2026": "judged", "17 Nov 2026": "partial",
        "18 Nov 2026": "gap", "19 Nov 2026": "gap", "20 Nov 2026": "running",
    }  # fmt: skip


def test_a_site_that_stops_being_checked_is_not_up(desk: Desk) -> None:
    """B's checks end on the 11th while A's go on: B is late, then retired from there; it never counts as up."""
    start = "2026-11-02 00:00"
    told = checked(start, "2026-11-20 00:00") + checked(start, "2026-11-11 00:00", site="B")
    load(desk, sorted(told))
    points = desk.review("uptime", as_of=dt.date(2026, 11, 20)).points.set_index("label")
    assert points.loc["10 Nov 2026", "denominator"] == 2880
    assert points.loc["12 Nov 2026", "denominator"] == 1440
    assert max(days_of(desk, "B")) == "2026-11-10"


def test_a_site_that_is_named_later_counts_from_its_first_record(desk: Desk) -> None:
    load(desk, checked("2026-11-09 00:00", "2026-11-10 23:00"), "before")
    load(
        desk,
        sorted(
            checked("2026-11-11 00:00", "2026-11-13 00:00") + checked("2026-11-12 12:00", "2026-11-13 00:00", site="B")
        ),
    )
    found = days_of(desk)
    assert [found[f"2026-11-{day}"][0] for day in ("09", "11", "12")] == [1440, 1440, 2160]


def test_a_log_that_ends_at_midnight_tells_nothing_of_the_next_day(desk: Desk) -> None:
    load(desk, checked("2026-11-09 00:00", "2026-11-13 00:00"))
    for kpi in ("uptime", "outages"):
        points = desk.review(kpi, as_of=dt.date(2026, 11, 14)).points.set_index("label")
        assert pd.isna(points.loc["13 Nov 2026", "value"])
        assert points.loc["13 Nov 2026", "state"] == "gap"
        assert points.loc["12 Nov 2026", "state"] == "judged"


# Real logs


@pytest.fixture(scope="module")
def upptime() -> pd.DataFrame:
    return pd.read_csv(SHARED / "data/3_uptime/upptime_saints_status_events.csv", dtype=str)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory, upptime: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """What the log tells as one file."""
    return told_by(tmp_path_factory.mktemp("whole"), "whole", [upptime])


def told_by(folder: Path, name: str, parts: Iterable[pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """The points of uptime and outages by site after loading these files."""
    home = ROOT / "examples" / "upptime"
    with Desk.open(folder / f"{name}.duckdb", role="tests") as desk:
        desk.store.apply_catalog(read_catalog(home / "kpis.toml"), by="tester")
        template = Template.load(home / "template.toml")
        for number, part in enumerate(parts):
            path = folder / f"{name}{number}.csv"
            part.to_csv(path, index=False)
            desk.commit(desk.prepare(path, template=template), by="tester", publish=False)
        found = {"events": desk.store.read("SELECT reference, minutes, category FROM events ORDER BY reference")}
        for site in ("", "Simple Syllabus", "You", "Colleague", "Zoom"):
            part_of = (("site", site),) if site else ()
            for kpi in ("uptime", "outages"):
                points = desk.review(kpi, part_of, as_of=dt.date(2026, 8, 28)).points
                found[f"{kpi} {site}"] = points[["label", "value", "numerator", "denominator", "state"]]
    return found


@needs_shared
def test_a_real_log_by_month_in_any_order_is_the_log_in_one_file(
    tmp_path: Path, upptime: pd.DataFrame, whole: dict[str, pd.DataFrame]
) -> None:
    months = [part for _, part in upptime.groupby(upptime["checked_at"].str[:7])]
    random.Random(3).shuffle(months)
    parts = told_by(tmp_path, "parts", months)
    for key, table in whole.items():
        pd.testing.assert_frame_equal(parts[key], table)


@in_soak
@needs_shared
def test_a_real_log_by_day_is_the_log_in_one_file(
    tmp_path: Path, upptime: pd.DataFrame, whole: dict[str, pd.DataFrame]
) -> None:
    """Days around 8 March 2026, when the clocks of Chicago go forward, by day of UTC; then the rest."""
    day, (first, last) = (
        upptime["checked_at"].str[:10],
        cases(("2026-03-06", "2026-03-10"), ("2026-03-01", "2026-03-14")),
    )
    near = (day >= first) & (day <= last)
    parts = [*(part for _, part in upptime[near].groupby(day[near])), upptime[day > last], upptime[day < first]]
    split = told_by(tmp_path, "split", parts)
    for key, table in whole.items():
        pd.testing.assert_frame_equal(split[key], table)
