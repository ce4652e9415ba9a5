"""truth.csv: it tells every watched slice and every kind of event, and each event lies where it says.

Authority: sums over the simulator's own rows, without any control chart.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter

import pandas as pd
import pytest

from opsmetrics import sample
from opsmetrics.catalog import Catalog, read_catalog
from opsmetrics.sample import known, truth
from opsmetrics.verdict.model import STANCES

TODAY = dt.date(2026, 11, 24)
CLOCK = sample.clock(TODAY)
FILES = {file.name: file for file in sample.simulate(CLOCK)}


def table(name: str) -> pd.DataFrame:
    """The rows of a file by day."""
    frame = pd.DataFrame(FILES[name].rows, columns=list(FILES[name].headers))
    return frame.rename(columns={frame.columns[0]: "day"}).assign(day=lambda f: pd.to_datetime(f["day"]).dt.date)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return read_catalog(sample.KPIS)


@pytest.fixture(scope="module")
def told() -> pd.DataFrame:
    return pd.DataFrame(truth.rows(CLOCK), columns=list(truth.HEADERS))


def test_the_last_morning_tells_every_watched_slice_once(catalog: Catalog, told: pd.DataFrame) -> None:
    values = {
        "scrap_rate": ("line", known.LINES), "four_hour_breaches": ("site", (known.EAST, known.WEST)),
        "sla_met": ("team", known.TEAMS), "uptime": ("service", known.SERVICES),
    }  # fmt: skip
    watched = {(kpi.key, "".join(f"{d}={v}" for d, v in part)) for kpi in catalog.kpis for part in kpi.watch}
    watched |= {(key, f"{dimension}={value}") for key, (dimension, all_) in values.items() for value in all_}
    last = told[told["morning"] == TODAY.isoformat()]
    assert sorted(zip(last["kpi"], last["slice"], strict=True)) == sorted(watched)
    assert {kpi.key for kpi in catalog.kpis if kpi.watch_by} == set(values)


def test_the_last_morning_shows_every_stance_and_is_no_wall_of_alarms(told: pd.DataFrame) -> None:
    counts = Counter(told.loc[told["morning"] == TODAY.isoformat(), "stance"])
    assert set(counts) == set(STANCES)
    assert 2 <= counts["find_cause"] <= 4
    assert 1 <= counts["get_data"] <= 2
    assert 1 <= counts["change_process"] <= 3
    assert 1 <= counts["learn_keep"] <= 2
    assert counts["wait"] == 1
    assert counts["leave_alone"] > sum(counts.values()) / 2


def test_every_event_has_its_days_and_a_morning_that_follows(told: pd.DataFrame) -> None:
    listed = {event.words for event in vars(known).values() if isinstance(event, known.Event)}
    events = told[told["event"] != ""]
    assert set(events["event"]) == listed
    assert (events["from"] <= events["to"]).all()
    assert (events["from"] <= events["morning"]).all()
    assert (told["morning"] <= TODAY.isoformat()).all()
    assert not told.duplicated(["kpi", "slice", "morning"]).any()


def test_a_decision_stands_behind_each_restart_and_each_new_target() -> None:
    made = {(decision.kpi, decision.kind): decision for decision in sample.decisions(TODAY)}
    restart, target = made["fill_weight", "phase"], made["on_time_in_full", "target"]
    assert restart.start == dt.datetime.combine(CLOCK.date("plant", known.NOZZLES_SWAPPED.first), dt.time())
    assert (restart.why, target.value) == ("new nozzles on all heads of the filler", {"value": 93.0})
    assert all(d.at is not None and d.at < dt.datetime.combine(TODAY, dt.time(12)) for d in made.values())


RATIOS = [
    (known.SCRAP_STEP, "sample_press", "Scrapped", "Pieces", "Line", "Line 3", 2.0, 3.5),
    (known.FLU_DAY, "attendances", "Over 4 h", "Attendances", "Site", known.EAST, 2.5, 6.0),
    (known.TOOL_OUTAGE, "sample_solved", "Within SLA", "Solved", "Team", "Network", 0.4, 0.65),
    (known.KNOWLEDGE_BASE, "sample_solved", "At first contact", "Solved", None, "", 1.15, 1.3),
    (known.GEL_AT_BEDS, "sample_hygiene", "Hands cleaned", "Moments seen", None, "", 1.05, 1.2),
    (known.PRESS_BREAKDOWN, "sample_machines", "Run min", "Planned min", "Site", known.NORTH, 0.4, 0.6),
]


@pytest.mark.parametrize(("event", "name", "top", "size", "by", "value", "low", "high"), RATIOS)
def test_a_changed_share_lies_where_its_event_does(
    event: known.Event, name: str, top: str, size: str, by: str | None, value: str, low: float, high: float
) -> None:
    parts = [table(file) for file in FILES if file == name or (name in file and "attendances" in file)]
    frame = pd.concat(parts)
    frame = frame if by is None else frame[frame[by] == value]
    begin, end = (dt.date.fromisoformat(day) for day in event.days(CLOCK))
    during = frame["day"].between(begin, end)
    now, else_ = (part[top].sum() / part[size].sum() for part in (frame[during], frame[~during]))
    assert low < now / else_ < high


def test_events_come_more_often_where_truth_says_so() -> None:
    stops = table("sample_stops")
    begin, end = (dt.date.fromisoformat(day) for day in known.FEEDER_JAMS.days(CLOCK))
    during = stops["day"].between(begin, end)
    assert during.sum() / 5 / ((~during).sum() / (len(CLOCK.plant) - 5)) > 1.6
    assert stops.loc[during, "Reason"].value_counts().index[0] == "Feeder jam"
    wrong = table("sample_incidents").query("Category == 'Medication error'")["day"]
    begin, end = (dt.date.fromisoformat(day) for day in known.WRONG_DOSES.days(CLOCK))
    assert wrong.between(begin, end).sum() == 5
    assert len(wrong) < len(CLOCK.days) / 8
    accidents = table("sample_safety").query("Accidents > 0")["day"]
    begin, end = (dt.date.fromisoformat(day) for day in known.ACCIDENTS.days(CLOCK))
    assert accidents.between(begin, end).sum() == 3


def test_board_defects_creep_up() -> None:
    joined = (
        table("sample_board_defects").groupby("day")["Defects"].sum()
        / table("sample_boards").set_index("day")["Boards"]
    )
    drifting = known.BOARD_DRIFT.first + 1
    assert joined[-10:].mean() / joined[:-drifting].mean() > 1.25
    assert joined[-drifting : -drifting + 10].mean() / joined[:-drifting].mean() < 1.15


def test_what_is_silent_lost_open_or_corrected() -> None:
    docks = table("sample_warehouse")
    silent = dt.date.fromisoformat(known.DOCK_SILENT.days(CLOCK)[0])
    assert set(docks.loc[docks["day"] >= silent, "Dock"]) == {"Dock A", "Dock C"}
    assert set(docks[docks["day"] < silent].groupby("day")["Dock"].nunique()) == {3}
    begin, end = (dt.date.fromisoformat(day) for day in known.ENERGY_WEEK_LOST.days(CLOCK))
    assert not table("sample_energie")["day"].between(begin, end).any()
    outages = table("sample_outages")
    assert outages.loc[outages["Minutes"] == "", ["Service", "day"]].to_numpy().tolist() == [
        ["Payments", CLOCK.days[-1]]
    ]
    shown, corrected = table("sample_appointments"), table("sample_appointments_corrected")
    both = shown.merge(corrected, on="day")
    assert len(both) == 5
    assert (both["Nobody came_x"] - both["Nobody came_y"] == 2).all()


def test_some_are_rare_and_one_is_whole() -> None:
    safety = table("sample_safety")
    assert 0.9 < (safety["Accidents"] == 0).mean() < 1
    assert (safety["Briefings held"] == safety["Briefings due"]).all()
