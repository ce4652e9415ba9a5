"""The sample: labelled, repeatable, and holding what its truth.csv says.

Authority: naive two-line control charts over the files themselves (Shewhart's p and individuals charts; a run is eight
points on one side of the centre line), and the definitions.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from opsmetrics import ingest, sample
from opsmetrics.catalog import Catalog, check, parse_slice, read_catalog
from opsmetrics.ingest import Template
from opsmetrics.verdict.model import STANCES
from tests.paths import ROOT

TODAY = dt.date(2026, 11, 23)  # a Monday
DAYS = [TODAY + dt.timedelta(days=n) for n in range(7)] + [dt.date(2027, 1, 2), dt.date(2028, 3, 1)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample")
    sample.write(path, TODAY)
    return path


@pytest.fixture(scope="module")
def catalog(folder: Path) -> Catalog:
    return read_catalog(folder / "kpis.toml")


@pytest.fixture(scope="module")
def truth(folder: Path) -> pd.DataFrame:
    return pd.read_csv(folder / "truth.csv", dtype=str, keep_default_na=False).set_index(["kpi", "slice"])


def data(folder: Path) -> dict[str, pd.DataFrame]:
    return {path.stem: pd.read_csv(path) for path in sorted(folder.glob("sample_*.csv"))}


def template(folder: Path, name: str) -> Template:
    return Template.load(folder / "templates" / f"{name}.toml")


# The files -----------------------------------------------------------------------------------------------------------


def contents(folder: Path, today: dt.date, seed: int) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sample.write(folder, today, seed)}


def test_the_same_day_and_seed_write_the_same_bytes(tmp_path: Path) -> None:
    first = contents(tmp_path / "a", TODAY, 7)
    assert contents(tmp_path / "b", TODAY, 7) == first
    other = contents(tmp_path / "c", TODAY, 8)
    assert other.keys() == first.keys()
    changed = {name for name in first if first[name] != other[name]}
    assert changed == {name for name in first if name.startswith("sample_")}


def test_every_file_is_listed_and_has_a_template(folder: Path) -> None:
    written = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    names = set(data(folder))
    assert written == {"kpis.toml", "truth.csv"} | {f"{n}.csv" for n in names} | {f"templates/{n}.toml" for n in names}
    for name, frame in data(folder).items():
        read = template(folder, name)
        assert (read.name, list(read.header)) == (name, frame.columns.tolist())
        assert set(read.sources) == set(frame.columns)


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_the_sample_ends_with_the_last_working_day_before_today(tmp_path: Path, today: dt.date) -> None:
    sample.write(tmp_path, today)
    calendars = {c.key: c for c in read_catalog(tmp_path / "kpis.toml").calendars}
    expected = today - dt.timedelta(days=1)
    while expected.weekday() in calendars["plant"].closed_weekdays or expected in calendars["plant"].closed_dates:
        expected -= dt.timedelta(days=1)
    frames = data(tmp_path)
    assert frames["sample_dispatch"]["Date"].max() == expected.isoformat()
    assert frames["sample_clinic"]["Date"].max() == (today - dt.timedelta(days=1)).isoformat()
    last_month = today.replace(day=1) - dt.timedelta(days=1)
    assert frames["sample_complaints"]["Month"].max() == last_month.replace(day=1).isoformat()


@pytest.mark.parametrize("today", DAYS[1:], ids=str)
def test_values_do_not_depend_on_the_day(tmp_path: Path, folder: Path, today: dt.date) -> None:
    sample.write(tmp_path, today)
    for name, frame in data(tmp_path).items():
        pd.testing.assert_frame_equal(
            frame.drop(columns=frame.columns[0]), data(folder)[name].drop(columns=frame.columns[0])
        )


def test_no_row_falls_on_a_closed_day_and_none_is_double(folder: Path, catalog: Catalog) -> None:
    for name, frame in data(folder).items():
        read = template(folder, name)
        for key in (entry.key for entry in read.kpis):
            calendar = catalog[key].calendar
            days = [dt.date.fromisoformat(day) for day in frame.iloc[:, 0].unique()]
            assert [d for d in days if d.weekday() in calendar.closed_weekdays or d in calendar.closed_dates] == []
        if read.repeats is None:
            assert not frame.duplicated(list(read.columns)).any()


def test_the_sample_says_that_it_is_one(folder: Path, catalog: Catalog) -> None:
    for frame in data(folder).values():
        assert set(frame["Site"].str.split().str[0]) == {"Sample"}
    assert {kpi.owner.split()[0] for kpi in catalog.kpis} == {"Sample"}


def test_the_installations_first_catalogue_is_that_of_the_sample(folder: Path) -> None:
    text = (folder / "kpis.toml").read_text(encoding="utf-8")
    assert (ROOT / "data" / "kpis.toml").read_text(encoding="utf-8") == text
    assert check(text) == ((), ())


def test_roles_and_keys_of_the_templates_are_those_of_the_catalogue(folder: Path, catalog: Catalog) -> None:
    told: list[str] = []
    for name in data(folder):
        read = template(folder, name)
        for entry in read.kpis:
            told.append(entry.key)
            assert set(read.dimensions) == set(catalog[entry.key].dimensions)
            assert (entry.value is None) == catalog[entry.key].counts
    assert sorted(told) == sorted(kpi.key for kpi in catalog.kpis)


def test_every_file_loads_whole_without_a_question(tmp_path: Path) -> None:
    sample.write(tmp_path, dt.date(2025, 6, 2))
    definitions = read_catalog(tmp_path / "kpis.toml")
    known = [template(tmp_path, name) for name in data(tmp_path)]
    for name, frame in data(tmp_path).items():
        sheet = ingest.read_file(tmp_path / f"{name}.csv")
        chosen = ingest.choose_template(sheet, known)
        assert chosen is not None
        batch = ingest.prepare(sheet, chosen, definitions)
        assert (chosen.name, batch.tally.records, batch.tally.rows) == (name, len(frame), len(frame))
        assert batch.counts.rows + batch.readings.rows == len(frame) * len(chosen.kpis)


# The truth -----------------------------------------------------------------------------------------------------------


def test_the_truth_names_every_watched_slice_and_every_stance(
    folder: Path, catalog: Catalog, truth: pd.DataFrame
) -> None:
    lines = data(folder)["sample_dispatch"]["Line"].unique()
    watched = {(kpi.key, "") for kpi in catalog.kpis} | {("late_deliveries", f"line={line}") for line in lines}
    assert set(truth.index) == watched
    assert set(truth["stance"]) == set(STANCES)


def plotted(folder: Path, catalog: Catalog, key: str, slice_text: str) -> pd.DataFrame:
    """Value (shown unit), centre and limits by period: p chart, or individuals chart of the means."""
    for name, frame in data(folder).items():
        read = template(folder, name)
        for entry in (e for e in read.kpis if e.key == key):
            for dimension, value in parse_slice([slice_text] if slice_text else []):
                frame = frame[frame[read.dimensions[dimension]] == value]
            grouped = frame.groupby(frame.columns[0])
            factor = catalog[key].multiplier
            if entry.value:
                x = grouped[entry.value].mean()
                return limits(x, x.mean(), x.diff().abs().mean() / 1.128)
            n = grouped[entry.denominator].sum()
            mean = frame[entry.numerator].sum() / n.sum()
            return limits(
                factor * grouped[entry.numerator].sum() / n, factor * mean, factor * np.sqrt(mean * (1 - mean) / n)
            )
    raise KeyError(key)


def limits(x: pd.Series, centre: float, error: pd.Series | float) -> pd.DataFrame:
    return pd.DataFrame({"x": x, "centre": centre, "lower": centre - 3 * error, "upper": centre + 3 * error})


def side_of(points: pd.DataFrame) -> str:
    """Where the last point says something: beyond a limit, or the eighth on one side."""
    last, run = points.iloc[-1], points.tail(8)
    if last["x"] > last["upper"] or (run["x"] > run["centre"]).all():
        return "high"
    return "low" if last["x"] < last["lower"] or (run["x"] < run["centre"]).all() else "none"


def against_target(points: pd.DataFrame, low: float, high: float) -> str:
    lower, upper = points["lower"].tail(12).median(), points["upper"].tail(12).median()
    if low < lower and upper < high:
        return "meets"
    return "fails" if upper < low or lower > high else "hit_or_miss"


SHEWHART = [
    ("late_deliveries", ""),
    ("late_deliveries", "line=Line 1"),
    ("late_deliveries", "line=Line 2"),
    ("late_deliveries", "line=Line 3"),
    ("scrap_rate", ""),
    ("first_pass_yield", ""),
    ("fill_weight", ""),
    ("pick_errors", ""),
    ("four_hour_breaches", ""),
    ("door_to_doctor", ""),
    ("complaints_answered", ""),
]


@pytest.mark.parametrize(("key", "part"), SHEWHART)
def test_a_naive_chart_says_what_the_truth_says(
    folder: Path, catalog: Catalog, truth: pd.DataFrame, key: str, part: str
) -> None:
    points, told = plotted(folder, catalog, key, part), truth.loc[(key, part)]
    if key == "pick_errors":
        points = points.iloc[: -sample.simulator.SILENT_DAYS]  # days without Dock B are not judged
    (target,) = catalog[key].targets
    better = catalog[key].better
    low = target.low if better == "neither" else target.value if better == "higher" else -np.inf
    high = target.high if better == "neither" else target.value if better == "lower" else np.inf
    assert side_of(points) == told["side"]
    assert against_target(points, low, high) == told["assurance"]


def test_the_events_are_where_the_truth_puts_them(folder: Path, truth: pd.DataFrame) -> None:
    frames = data(folder)
    step = truth.loc[("late_deliveries", "line=Line 3")]
    line_3 = frames["sample_dispatch"].query("Line == 'Line 3'")
    since = line_3["Date"] >= step["from"]
    before, after = (part["Late"].sum() / part["Orders"].sum() for part in (line_3[~since], line_3[since]))
    assert (since.sum(), before < 0.22, after > 0.38) == (9, True, True)
    silent = truth.loc[("pick_errors", "")]
    docks = frames["sample_warehouse"]
    assert set(docks[docks["Date"] >= silent["from"]]["Dock"]) == {"Dock A", "Dock C"}
    assert set(docks[docks["Date"] < silent["from"]].groupby("Date")["Dock"].nunique()) == {3}
    new = truth.loc[("courier_on_time", "")]
    assert (frames["sample_courier"]["Date"].min(), len(frames["sample_courier"])) == (new["from"], 7)


def test_the_rare_one_is_mostly_zero_and_the_constant_one_is_whole(folder: Path) -> None:
    clinic = data(folder)["sample_clinic"]
    assert 0.5 < (clinic["Dose errors"] == 0).mean() < 1
    assert (clinic["Checks done"] == clinic["Checks due"]).all()
