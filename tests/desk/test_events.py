"""The Pareto of real files against the exact figures counted from them, and periods on the stream's own calendar."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from opsmetrics import facts
from opsmetrics.access import Viewer
from opsmetrics.catalog import read_catalog
from opsmetrics.desk import Desk
from opsmetrics.desk.events import (
    EventPareto,
    ParetoQuestion,
    dimension_name,
    event_pareto,
    event_reach_days,
    events_behind,
)
from opsmetrics.ingest import Template
from opsmetrics.series import to_local
from opsmetrics.settings import Settings
from opsmetrics.store import Store
from tests.event_stores import put
from tests.paths import ROOT, SHARED, needs_shared
from tests.truths import truth

DATA = SHARED / "data"
CAUSES = {"nas": "Air traffic control", "late_aircraft": "Late aircraft", "carrier": "Carrier", "weather": "Weather",
          "security": "Security"}  # fmt: skip


def loaded(folder: Path, example: str, file: str) -> Iterator[Desk]:
    """A desk on a store that holds the file, read with the example's own definitions and template."""
    given = ROOT / "examples" / example
    with Desk.open(folder / "events.duckdb") as desk:
        desk.store.apply_catalog(read_catalog(given / "kpis.toml"), by="tester")
        batch = desk.prepare(DATA / file, template=Template.load(given / "template.toml"))
        desk.commit(batch, by="tester", publish=False)
        yield desk


@pytest.fixture(scope="module")
def strikes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield from loaded(tmp_path_factory.mktemp("strikes"), "bird_strikes", "4_events/faa_birdstrikes.csv")


@pytest.fixture(scope="module")
def delays(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    file = "2_waits/bts_delay_cause_ORD_2003_2022.csv"
    yield from loaded(tmp_path_factory.mktemp("delays"), "airline_delays", file)


def ranking(answer: EventPareto) -> list[tuple[str, float]]:
    table = answer.result.ranking
    return list(zip(table["name"], table["amount"], strict=True))


# Bird strikes: one row, one event


@needs_shared
@pytest.mark.parametrize(("by", "key"), [("subcategory", "species"), ("phase", "phase"), ("category", "damage")])
def test_strikes_are_ranked_as_counted_from_the_file(strikes: Desk, by: str, key: str) -> None:
    wanted = truth("4_events/faa_birdstrikes.csv")[key]
    answer = event_pareto(strikes, ParetoQuestion("strikes", by=by))
    assert [[name, amount] for name, amount in ranking(answer)[: len(wanted)]] == wanted
    assert answer.result.total == answer.events == 10_000
    assert answer.reach == (dt.date(1990, 1, 8), dt.date(2002, 7, 25))


@needs_shared
def test_by_cost_the_order_changes(strikes: Desk) -> None:
    known = truth("4_events/faa_birdstrikes.csv")
    answer = event_pareto(strikes, ParetoQuestion("strikes", measure="cost", by="subcategory"))
    assert [[name, amount] for name, amount in ranking(answer)[:5]] == known["cost_by_species"]
    assert answer.result.total == known["total_cost"]
    assert answer.leaders.method == "too_few", "a handful of strikes carries the cost"
    assert answer.measures == ("count", "cost")


@needs_shared
def test_the_years_of_the_file(strikes: Desk) -> None:
    for year, count in truth("4_events/faa_birdstrikes.csv")["by_year"]:
        asked = ParetoQuestion("strikes", first=dt.date(year, 1, 1), last=dt.date(year, 12, 31))
        assert event_pareto(strikes, asked).events == count


@needs_shared
def test_a_slice_and_the_rows_behind_it(strikes: Desk) -> None:
    asked = ParetoQuestion("strikes", by="phase", slice=(("subcategory", "Canada goose"),))
    answer = event_pareto(strikes, asked)
    rows = events_behind(strikes, answer)
    assert len(rows) == answer.events == answer.result.total == 190
    assert set(rows["source"]) == {"faa_birdstrikes.csv"}
    one = events_behind(strikes, answer, slice_=(("phase", "Climb"), ("subcategory", "Canada goose")))
    assert len(one) == dict(ranking(answer))["Climb"]


@needs_shared
def test_years_side_by_side(strikes: Desk) -> None:
    """1,065 strikes in 2000 (366 days), 1,095 in 2001 (365 days)."""
    asked = ParetoQuestion(
        "strikes", by="phase", first=dt.date(2001, 1, 1), last=dt.date(2001, 12, 31), compare="last_year"
    )
    answer = event_pareto(strikes, asked)
    assert answer.before is not None and answer.changes is not None
    assert (answer.before.days, answer.now.days if answer.now else 0) == (366, 365)
    table = answer.changes.table
    assert (table["before"].sum(), table["after"].sum()) == (1065, 1095)
    assert table["expected"].sum() == pytest.approx(1065 * 365 / 366)
    assert set(table["verdict"]) <= {"no_change", "too_few"}


# Airline delays: one row, many events, in parts


@needs_shared
@pytest.mark.parametrize(
    ("measure", "key", "end"), [("count", "pareto_count", "_ct"), ("minutes", "pareto_minutes", "_delay")]
)
def test_delays_are_ranked_as_summed_from_the_file(delays: Desk, measure: Any, key: str, end: str) -> None:
    wanted = truth("2_waits/bts_delay_cause_ORD_2003_2022.csv")[key]
    answer = event_pareto(delays, ParetoQuestion("delays", measure=measure))
    assert [name for name, _ in ranking(answer)] == [CAUSES[cause.removesuffix(end)] for cause, _ in wanted]
    assert [amount for _, amount in ranking(answer)] == pytest.approx([amount for _, amount in wanted], abs=0.01)
    assert any("hold several events each" in text for text in answer.warnings)


@needs_shared
def test_a_year_of_delays_by_carrier(delays: Desk) -> None:
    """Naive oracle: the file read by pandas and summed for 2019."""
    frame = pd.read_csv(DATA / "2_waits" / "bts_delay_cause_ORD_2003_2022.csv")
    wanted = frame[frame["year"] == 2019].groupby("carrier")["weather_delay"].sum()
    asked = ParetoQuestion(
        "delays", measure="minutes", by="carrier", slice=(("category", "Weather"),), top=None,
        first=dt.date(2019, 1, 1), last=dt.date(2019, 12, 31), compare="previous",
    )  # fmt: skip
    answer = event_pareto(delays, asked)
    assert dict(ranking(answer)) == {name: amount for name, amount in wanted.items() if amount > 0}
    assert answer.changes is not None
    assert answer.changes.method == "amounts"


# Periods, coverage, scope: a small stream on the Berlin calendar

CATALOG = """
[dimensions]
line = "Line"
site = "Site"

[calendars.default]
time_zone = "Europe/Berlin"

[streams.stops]
name = "Stops"
dimensions = ["line"]
category = "Reason"
unit = "stops"
weights = {Guard = 5}
"""


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    """Ten jams and four guards a day on 1–20 March 2026 (Berlin), covered by two files with a gap of five days."""
    with Store.open(tmp_path / "s.duckdb") as store:
        found = Desk(store, Settings.from_environment().for_store(store.path))
        found.apply(CATALOG, by="tester")
        midnight = pd.Timestamp("2026-02-28 23:00")  # UTC of 1 March, 00:00 in Berlin
        for first, days in ((0, 8), (13, 7)):
            hours = [(day, hour, name) for day in range(first, first + days) for hour, name in PLAN]
            rows = pd.DataFrame(
                {
                    "observed_at": [midnight + pd.Timedelta(days=day, hours=hour) for day, hour, _ in hours],
                    "category": [name for _, _, name in hours],
                    "line": ["A" if day % 2 else "B" for day, _, _ in hours],
                    "minutes": [5.0 if name == "Jam" else None for _, _, name in hours],
                }
            )
            start = (midnight + pd.Timedelta(days=first)).to_pydatetime()
            put(store, "stops", rows, spans=[(start, start + dt.timedelta(days=days))])
        yield found


PLAN = [*((hour, "Jam") for hour in range(10)), *((hour, "Guard") for hour in (0, 8, 16, 23))]
FIRST, LAST = dt.date(2026, 3, 14), dt.date(2026, 3, 20)


def test_days_are_those_of_the_site(desk: Desk) -> None:
    one = ParetoQuestion("stops", first=FIRST, last=FIRST)
    answer = event_pareto(desk, one)
    assert dict(ranking(answer)) == {"Jam": 10, "Guard": 4}, "the first at 00:00, the last at 23:00 on Berlin's clock"
    stamps = to_local(pd.DatetimeIndex(events_behind(desk, answer)["observed_at"]), "Europe/Berlin")
    assert {stamp.date() for stamp in stamps} == {FIRST}
    assert (stamps.min().hour, stamps.max().hour) == (0, 23)
    assert event_reach_days(desk, desk.catalog.stream("stops")) == (dt.date(2026, 3, 1), LAST)


def test_without_days_the_whole_time_that_files_cover_is_shown(tmp_path: Path) -> None:
    """A month's row stands at its first day; days of a file without events belong to it; those to come do not."""
    with Store.open(tmp_path / "months.duckdb") as store:
        shown = Desk(store, Settings.from_environment().for_store(tmp_path / "months.duckdb"))
        shown.apply(CATALOG, by="tester")
        rows = pd.DataFrame({"observed_at": [pd.Timestamp("2026-01-31 23:00")], "category": ["Jam"], "line": ["A"]})
        february = dt.datetime(2026, 1, 31, 23), dt.datetime(2026, 2, 28, 23)
        put(store, "stops", rows.assign(count=1.0, subcategory=""), spans=[february])
        answer = event_pareto(shown, ParetoQuestion("stops"))
        assert answer.now is not None and answer.reach == (dt.date(2026, 2, 1), dt.date(2026, 2, 1))
        assert (answer.now.first, answer.now.last, answer.now.days) == (dt.date(2026, 2, 1), dt.date(2026, 2, 28), 28)
        march = rows.assign(observed_at=february[1], count=1.0, subcategory="")
        put(store, "stops", march, spans=[(february[1], dt.datetime(2999, 1, 1))])
        later = event_pareto(shown, ParetoQuestion("stops")).now
        assert later is not None and later.last == pd.Timestamp.now("Europe/Berlin").date()


def test_as_of_a_day_nothing_after_its_noon_counts(desk: Desk) -> None:
    """16 March, noon in Berlin: of that day the jams of hours 0–9 and the guards of hours 0 and 8."""
    asked = ParetoQuestion("stops", first=FIRST, last=LAST, as_of=dt.date(2026, 3, 16))
    answer = event_pareto(desk, asked)
    assert answer.now is not None
    assert (answer.now.last, answer.now.end) == (dt.date(2026, 3, 16), pd.Timestamp("2026-03-16 11:00"))
    assert dict(ranking(answer)) == {"Jam": 30, "Guard": 10}
    assert events_behind(desk, answer)["observed_at"].max() < answer.now.end
    everything = event_pareto(desk, ParetoQuestion("stops", as_of=dt.date(2026, 3, 16))).now
    assert everything is not None and (everything.first, everything.last) == (dt.date(2026, 3, 1), answer.now.last)


def test_before_the_first_event_nothing_is_known(desk: Desk) -> None:
    answer = event_pareto(desk, ParetoQuestion("stops", as_of=dt.date(2026, 2, 27)))
    assert answer.now is None
    assert answer.reach == (dt.date(2026, 3, 1), LAST)


def test_the_lost_hour_belongs_to_its_day(desk: Desk) -> None:
    """29 March 2026 has 23 hours in Berlin: 28 March 23:00 UTC to 29 March 22:00 UTC."""
    sunday = dt.date(2026, 3, 29)
    now = event_pareto(desk, ParetoQuestion("stops", first=sunday, last=sunday)).now
    assert now is not None
    assert (now.start, now.end) == (pd.Timestamp("2026-03-28 23:00"), pd.Timestamp("2026-03-29 22:00"))


def test_the_exposure_is_what_files_cover(desk: Desk) -> None:
    """7 days against 7, of which files cover two: what was before is carried to seven days."""
    answer = event_pareto(desk, ParetoQuestion("stops", first=FIRST, last=LAST, compare="previous"))
    assert answer.before is not None and answer.changes is not None
    assert (answer.before.first, answer.before.last) == (dt.date(2026, 3, 7), dt.date(2026, 3, 13))
    assert (answer.before.days, answer.before.length) == (2, 7)
    row = answer.changes.table.set_index("name").loc["Jam"]
    assert (row["before"], row["expected"], row["after"], row["verdict"]) == (20, 70, 70, "no_change")
    assert "Files cover 2 of the 7 days from 7 Mar 2026 to 13 Mar 2026." in answer.warnings


def test_without_a_file_for_the_period_before_nothing_is_compared(desk: Desk) -> None:
    answer = event_pareto(desk, ParetoQuestion("stops", first=FIRST, last=LAST, compare="last_year"))
    assert (answer.before, answer.changes) == (None, None)
    assert "No file covers 14 Mar 2025 to 20 Mar 2025: nothing to compare with." in answer.warnings


def test_weights_multiply_the_counts(desk: Desk) -> None:
    """15 days: 150 jams at 1 and 60 guards at 5."""
    for by, wanted in (("category", {"Guard": 300, "Jam": 150}), ("line", {"A": 8 * 30, "B": 7 * 30})):
        answer = event_pareto(desk, ParetoQuestion("stops", measure="weight", by=by))
        assert dict(ranking(answer)) == wanted
    assert answer.measures == ("count", "minutes", "weight")


def test_events_without_minutes_are_told(desk: Desk) -> None:
    answer = event_pareto(desk, ParetoQuestion("stops", measure="minutes"))
    said = "60 of 210 stops are not closed yet, or have no minutes recorded, and count as none: Guard."
    assert said in answer.warnings
    assert dict(ranking(answer)) == {"Jam": 750}


def test_a_limited_viewer_gets_a_pareto_of_what_he_may_see(desk: Desk) -> None:
    line_a = Viewer("a", {"line": frozenset({"A"})})
    assert event_pareto(desk, ParetoQuestion("stops"), viewer=line_a).events == 8 * 14
    blind = event_pareto(desk, ParetoQuestion("stops"), viewer=Viewer("x", {"site": frozenset({"North"})}))
    assert (blind.now, blind.events, blind.result.categories) == (None, 0, 0)


def test_what_is_not_there(desk: Desk) -> None:
    with pytest.raises(KeyError):
        event_pareto(desk, ParetoQuestion("none"))
    with pytest.raises(facts.UnknownDimension, match="no dimension 'site'"):
        event_pareto(desk, ParetoQuestion("stops", by="site"))
    stream = desk.catalog.stream("stops")
    assert dimension_name(desk.catalog, stream, "line") == "Line"
    assert dimension_name(desk.catalog, replace(stream, category="Grund"), "category") == "Grund"


def test_closed_days_make_no_clusters(tmp_path: Path) -> None:
    """Independent counts of mean 12 on working days of eight weeks; with weekends as days their variance would be some
    five times their mean. Counts that really come in fours are told all the same, against pandas."""
    working = pd.bdate_range("2026-01-05", "2026-02-27")
    draw = np.random.default_rng(4).poisson(12, len(working))
    for name, counts in (("calm", draw), ("clustered", np.random.default_rng(4).poisson(3, len(working)) * 4)):
        with Store.open(tmp_path / f"{name}.duckdb") as store:
            shown = Desk(store, Settings.from_environment().for_store(store.path))
            shown.apply(
                CATALOG.replace("[streams", 'closed_weekdays = ["saturday", "sunday"]\n\n[streams', 1), by="tester"
            )
            stamps = [
                day + pd.Timedelta(hours=9, minutes=k) for day, n in zip(working, counts, strict=True) for k in range(n)
            ]
            rows = pd.DataFrame({"observed_at": stamps, "category": "Jam", "line": "A"})
            put(store, "stops", rows, spans=[(dt.datetime(2026, 1, 4, 23), dt.datetime(2026, 3, 1, 23))])
            told = [text for text in event_pareto(shown, ParetoQuestion("stops")).warnings if "clusters" in text]
        index = pd.Series(counts).var() / pd.Series(counts).mean()
        assert (told == []) if name == "calm" else (f"vary {index:.1f} times" in told[0])
