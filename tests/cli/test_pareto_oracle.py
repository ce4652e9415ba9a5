"""The ranking of random events, loaded and asked through the command line. Oracle: pandas on the same rows."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from opsmetrics.cli import main
from tests.cli.conftest import Run

CATALOG = """
[dimensions]
line = "Line"

[calendars.default]
time_zone = "Europe/Berlin"

[streams.stops]
name = "Stops"
dimensions = ["line"]
category = "Reason"
subcategory = "Detail"
unit = "stops"
weights = {Jam = 3, Power = 0.5}
"""
TEMPLATE = """
name = "stops"
header = ["When", "Line", "Reason", "Detail", "Number", "Minutes", "Cost"]
covers = "day"

[columns]
When = "ts"
Line = "line"
Reason = "category"
Detail = "subcategory"
Number = "count"
Minutes = "minutes"
Cost = "cost"

[events]
stream = "stops"
"""
WEIGHTS = {"Jam": 3.0, "Power": 0.5}


def drawn() -> pd.DataFrame:
    """400 events of 40 days; of some neither minutes nor cost are known, and some stand for several."""
    rng = np.random.default_rng(11)
    when = pd.Timestamp("2026-03-01") + pd.to_timedelta(np.sort(rng.integers(0, 40 * 24 * 60, 400)), unit="min")
    frame = pd.DataFrame(
        {
            "When": when[~((when >= "2026-03-29 02:00") & (when < "2026-03-29 03:00"))][:390],  # the skipped hour
        }
    )
    size = len(frame)
    frame["Line"] = rng.choice(["A", "B", "C"], size, p=[0.5, 0.3, 0.2])
    frame["Reason"] = rng.choice(["Jam", "Power", "None", "Tool, worn", "Ärger"], size, p=[0.4, 0.3, 0.15, 0.1, 0.05])
    frame["Detail"] = rng.choice(["in", "out", ""], size)
    frame["Number"] = rng.integers(1, 4, size)
    frame["Minutes"] = np.where(rng.random(size) < 0.1, np.nan, rng.integers(1, 1000, size) / 8)
    frame["Cost"] = np.where(rng.random(size) < 0.2, np.nan, rng.integers(1, 5000, size) / 4)
    return frame


EVENTS = drawn()


@pytest.fixture(scope="module")
def stops(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with these events."""
    folder = tmp_path_factory.mktemp("stops")
    (folder / "templates").mkdir()
    (folder / "templates" / "stops.toml").write_text(TEMPLATE, encoding="utf-8")
    (folder / "kpis.toml").write_text(CATALOG, encoding="utf-8")
    store = folder / "kpis.duckdb"
    EVENTS.to_csv(folder / "stops.csv", index=False, date_format="%Y-%m-%d %H:%M")
    assert main(["init", "--store", str(store)]) == 0
    assert main(["ingest", str(folder / "stops.csv"), "--store", str(store)]) == 0
    return store


def ranked(rows: pd.DataFrame, by: str, measure: str) -> pd.Series:
    """The amounts by category, the largest first, without those that hold nothing."""
    column = {"category": "Reason", "subcategory": "Detail", "line": "Line"}[by]
    amount = {
        "count": rows["Number"],
        "minutes": rows["Minutes"],
        "cost": rows["Cost"],
        "weight": rows["Number"] * rows["Reason"].map(WEIGHTS).fillna(1.0),
    }[measure]
    sums = amount.groupby(rows[column]).sum()
    return sums[sums > 0].sort_values(ascending=False)


@pytest.mark.parametrize("measure", ["count", "minutes", "cost", "weight"])
@pytest.mark.parametrize("by", ["category", "subcategory", "line"])
@pytest.mark.parametrize("part", [None, ("line", "B"), ("category", "Jam")])
def test_every_amount_is_that_of_pandas(
    run: Run, stops: Path, measure: str, by: str, part: tuple[str, str] | None
) -> None:
    rows = EVENTS
    words: list[object] = ["pareto", "stops", "--measure", measure, "--by", by, "--store", stops, "--json"]
    if part is not None:
        words += ["--slice", "=".join(part)]
        rows = EVENTS[EVENTS[{"line": "Line", "category": "Reason"}[part[0]]] == part[1]]
    found = run(*words).json
    wanted = ranked(rows, by, measure)
    assert {row["name"]: row["amount"] for row in found["rows"]} == pytest.approx(wanted.to_dict(), rel=1e-12)
    assert [row["amount"] for row in found["rows"]] == sorted(wanted, reverse=True)
    assert found["total"] == pytest.approx(wanted.sum(), rel=1e-12)
    running = (wanted.cumsum() / wanted.sum()).tolist()
    assert [row["running"] for row in found["rows"]] == pytest.approx(running, rel=1e-9)
    assert found["vital"] == sum(share < 0.8 for share in running[:-1]) + 1, "as few as reach 80 %"


@pytest.mark.parametrize("measure", ["count", "cost"])
def test_days_are_those_of_the_site_and_both_included(run: Run, stops: Path, measure: str) -> None:
    """The clocks go forward on 29 March: the days before and after it are other stretches of UTC."""
    days = ("--from", "2026-03-28", "--to", "2026-03-30")
    found = run("pareto", "stops", "--measure", measure, *days, "--store", stops, "--json").json
    inside = EVENTS[EVENTS["When"].between("2026-03-28", "2026-03-30 23:59:59")]
    assert {row["name"]: row["amount"] for row in found["rows"]} == pytest.approx(
        ranked(inside, "category", measure).to_dict()
    )
