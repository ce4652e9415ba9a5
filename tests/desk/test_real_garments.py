"""A garment factory from file to review: readings, a derived KPI, idle minutes; and a damaged copy of the same file.
Authority: truths.json."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from opsmetrics.desk import Desk
from opsmetrics.ingest import Template
from tests import truths
from tests.paths import needs_shared
from tests.real_stores import DATA, EXAMPLES, FILES, judged, pareto, ranking, series, truth

pytestmark = needs_shared


@pytest.fixture(scope="module")
def garments(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    yield from series(tmp_path_factory, "garments")


def test_productivity_of_all_team_days(garments: Desk) -> None:
    known = truth("garments")
    days = judged(garments.review("productivity"))
    assert (days["size"].sum(), len(days)) == (known["rows"], known["distinct_dates"])
    for kpi, mean in (("productivity", "mean_actual"), ("planned_productivity", "mean_target")):
        points = judged(garments.review(kpi))
        assert (points["value"] * points["size"]).sum() / known["rows"] == pytest.approx(known[mean], abs=1e-6)
    stamps = days["period"].dt.strftime("%Y-%m-%d")
    means = [[day, round(value, 6)] for day, value in zip(stamps, days["value"], strict=True)]
    assert means[:3] == known["daily_mean_actual_first3"]
    assert (stamps.iloc[0], stamps.iloc[-1]) == (known["min_date"], known["max_date"])


def test_productivity_by_department_and_team(garments: Desk) -> None:
    """Oracle: the means of the file's rows."""
    known = truth("garments")
    oracle = pd.read_csv(DATA / FILES["garments"])
    rows = {}
    for dimension, column in (("department", oracle["department"].str.strip()), ("team", oracle["team"].astype(str))):
        means = oracle.groupby(column)["actual_productivity"].mean()
        for part in garments.slices(garments.catalog["productivity"], by=[dimension]):
            days = judged(garments.review("productivity", part))
            name = dict(part)[dimension]
            rows[name] = days["size"].sum()
            assert (days["value"] * days["size"]).sum() / rows[name] == pytest.approx(means[name], rel=1e-12)
        assert set(means.index) <= set(rows)
    for departments in (known["departments_stripped"], known["departments_raw"]):
        assert {name: rows[name] for name, _ in departments} == dict(departments)


def test_team_days_that_met_their_aim_and_those_beyond_belief(garments: Desk) -> None:
    known = truth("garments")
    met = 0
    for part in garments.slices(garments.catalog["above_aim"], by=["department"]):
        teams = garments.slices(garments.catalog["above_aim"], by=["team"])
        points = [garments.review("above_aim", tuple(sorted(part + team))).points for team in teams]
        met += sum(int((each["value"] >= 0).sum()) for each in points)
    assert met == known["rows_meeting_target"]
    weeks = garments.review("believable").points
    assert (weeks["denominator"] - weeks["numerator"]).sum() == known["actual_gt_1"]


def test_overtime_changes_of_style_and_work_in_progress(garments: Desk) -> None:
    known = truth("garments")
    assert garments.review("overtime").points["numerator"].sum() == known["over_time_total"]
    assert garments.review("style_changes").points["numerator"].sum() == known["style_changes_total"]
    queued = garments.review("work_in_progress").points
    assert known["rows"] - queued["size"].sum() == known["wip_missing"]


def test_a_holiday_is_no_day_without_changes_of_style(garments: Desk) -> None:
    """21 February 2015 is neither a Friday nor in the file: a public holiday, not a day with nothing to count."""
    days = garments.review("style_changes").points["period"]
    assert pd.Timestamp("2015-02-21") not in set(days)
    assert len(days[days <= "2015-03-11"]) == truth("garments")["distinct_dates"]


def test_idle_minutes_by_team(garments: Desk) -> None:
    known = truth("garments")
    answer = pareto(garments, "idle", by="team", measure="minutes")
    assert (answer.events, answer.result.total) == (known["idle_rows"], known["idle_time_total"])
    found = ranking(garments, "idle", by="team", measure="minutes")
    assert found[:5] == [[str(team), minutes] for team, minutes in known["top5_team_idle_time"]]
    assert answer.now is not None and answer.now.last == dt.date(2015, 3, 11), "the days of the file, not of its stops"
    weeks = garments.review("idle_minutes").points
    assert weeks["numerator"].sum() == known["idle_time_total"]


def test_a_file_with_other_columns_is_not_taken_for_this_one() -> None:
    header = Template.load(EXAMPLES / "garments" / "template.toml").header
    assert len(header) == truth("garments")["cols"]
    assert list(header) == pd.read_csv(DATA / FILES["garments"], nrows=0).columns.tolist()


def test_the_damaged_copy_of_the_same_file(tmp_path: Path) -> None:
    """A byte order mark, a column of dates called year, a first date of 1905, departments misspelt and with blanks."""
    known = truths.truth("5_messy/garments_bom_damaged.csv")
    kpis = (EXAMPLES / "garments" / "kpis.toml").read_text(encoding="utf-8")
    lines = (EXAMPLES / "garments" / "template.toml").read_text(encoding="utf-8")
    lines = lines.replace('"date"', f'"{known["first_column"]}"', 1).replace("date = ", "year = ")
    with Desk.open(tmp_path / "damaged.duckdb") as desk:
        desk.apply(kpis, by="tester")
        batch = desk.prepare(DATA / "5_messy" / "garments_bom_damaged.csv", template=Template.load(lines))
        impossible = known["impossible_dates"]
        assert (batch.tally.records, batch.tally.rejected) == (known["rows"], len(impossible))
        refused = [[line - 2, text.split(",")[0]] for line, text in batch.rejects[["line", "text"]].to_numpy()]
        assert refused == impossible
        assert set(batch.rejects["column"]) == {known["first_column"]}
        desk.commit(batch, by="tester", publish=False)
        parts = desk.slices(desk.catalog["productivity"], by=["department"])
        spelt = {name: desk.review("productivity", part).points["size"].sum() for part in parts for _, name in part}
        raw = dict(known["department_raw"])
        assert spelt == {"sweing": raw["sweing"] - 1, "finishing": raw["finishing "] + raw["finishing"]}
