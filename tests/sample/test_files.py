"""The files of the sample: labelled, repeatable, whole, and like the exports of three kinds of firm."""

from __future__ import annotations

import datetime as dt
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from opsmetrics import ingest, sample
from opsmetrics.catalog import Catalog, check, read_catalog
from opsmetrics.catalog.names import KINDS, STATISTICS
from opsmetrics.ingest import Template
from tests.cases import cases
from tests.paths import ROOT

TODAY = dt.date(2026, 11, 24)

#: A Sunday and a Monday (in `make soak` a whole week), a day after a holiday, one after a leap day.
DAYS = [TODAY + dt.timedelta(days=n) for n in cases([5, 6], [*range(1, 8)])] + [
    dt.date(2027, 1, 2),
    dt.date(2028, 3, 1),
]

#: 6 MB; and the store is filled within seconds only if the files are few.
LARGEST, MOST_FILES = 6_000_000, 40


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample")
    sample.write(path, TODAY)
    return path


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return read_catalog(sample.KPIS)


def tables(folder: Path) -> dict[str, pd.DataFrame]:
    return {path.stem: pd.read_csv(path, sep=None, engine="python") for path in sorted(folder.glob("sample_*.csv"))}


def template_of(folder: Path, name: str) -> dict[str, Any]:
    """The template whose header is that of a file, as plain TOML."""
    header = (folder / f"{name}.csv").read_text(encoding="utf-8").split("\n", 1)[0].replace(";", ",")
    read = [tomllib.loads(path.read_text(encoding="utf-8")) for path in (folder / "templates").glob("*.toml")]
    (fitting,) = [template for template in read if ",".join(template["header"]) == header]
    return fitting


def days_of(frame: pd.DataFrame) -> list[dt.date]:
    """The days of its first column."""
    german = frame.columns[0] == "Datum"
    return [stamp.date() for stamp in pd.to_datetime(frame.iloc[:, 0].drop_duplicates(), dayfirst=german)]


def contents(folder: Path, today: dt.date, seed: int) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in sample.write(folder, today, seed)}


def test_the_same_day_and_seed_write_the_same_bytes(tmp_path: Path) -> None:
    first = contents(tmp_path / "a", TODAY, 7)
    assert contents(tmp_path / "b", TODAY, 7) == first
    other = contents(tmp_path / "c", TODAY, 8)
    assert other.keys() == first.keys()
    assert {name for name in first if first[name] != other[name]} == {n for n in first if n.startswith("sample_")}


def test_every_file_is_listed_and_known_by_its_header(folder: Path) -> None:
    listed = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}
    templates = {template_of(folder, name)["name"] for name in tables(folder)}
    files = {f"{name}.csv" for name in tables(folder)} | {f"templates/{name}.toml" for name in templates}
    assert listed == {"kpis.toml", "truth.csv"} | files


def test_the_files_are_small_and_few(folder: Path) -> None:
    files = list(folder.glob("*.csv"))
    assert sum(path.stat().st_size for path in files) < LARGEST
    assert len(files) < MOST_FILES


def test_the_exports_are_of_several_kinds(folder: Path) -> None:
    """One with semicolons and decimal commas, one source in monthly files, streams of events."""
    energy = (folder / "sample_energie.csv").read_text(encoding="utf-8").splitlines()[1]
    assert energy.count(";") == 3
    assert "," in energy
    assert len(list(folder.glob("sample_attendances_*.csv"))) == 5
    streams = {template_of(folder, name).get("events", {}).get("stream") for name in tables(folder)} - {None}
    assert streams == {"stops", "defects", "incidents", "outages"}


@pytest.mark.parametrize("today", DAYS, ids=str)
def test_the_sample_covers_18_months_up_to_the_day_before(tmp_path: Path, today: dt.date, catalog: Catalog) -> None:
    sample.write(tmp_path, today)
    frames, calendars = tables(tmp_path), {c.key: c for c in catalog.calendars}
    yesterday = today - dt.timedelta(days=1)
    working = yesterday
    while working.weekday() in calendars["plant"].closed_weekdays or working in calendars["plant"].closed_dates:
        working -= dt.timedelta(days=1)
    assert days_of(frames["sample_dispatch"])[-1] == working
    assert days_of(frames["sample_waits"])[-1] == yesterday
    first = days_of(frames["sample_waits"])[0]
    assert (today.year - first.year) * 12 + today.month - first.month == 18
    assert days_of(frames["sample_readmissions"])[-1] == (today.replace(day=1) - dt.timedelta(days=1)).replace(day=1)
    week = days_of(frames["sample_hygiene"])[-1]
    assert week.weekday() == 0
    assert dt.timedelta(days=7) <= today - week < dt.timedelta(days=14)


def test_no_row_falls_on_a_closed_day_and_none_is_double(folder: Path, catalog: Catalog) -> None:
    for name, frame in tables(folder).items():
        read = template_of(folder, name)
        for key in (entry["key"] for entry in read.get("kpis", [])):
            calendar = catalog[key].calendar
            days = days_of(frame) if catalog[key].operate in ("day", "shift") else []
            assert [d for d in days if d.weekday() in calendar.closed_weekdays or d in calendar.closed_dates] == []
        if "repeats" not in read and "events" not in read:
            assert not frame.duplicated(list(read["columns"])).any()


def test_the_sample_says_that_it_is_one(folder: Path, catalog: Catalog) -> None:
    for name, frame in tables(folder).items():
        column = next(header for header, role in template_of(folder, name)["columns"].items() if role == "site")
        assert set(frame[column].str.split().str[0]) == {"Sample"}
    assert {kpi.owner.split()[0] for kpi in catalog.kpis} == {"Sample"}
    assert {decision.by.split()[0] for decision in sample.decisions(TODAY)} == {"Sample"}


def test_the_installations_first_catalogue_is_that_of_the_sample(folder: Path) -> None:
    text = (folder / "kpis.toml").read_text(encoding="utf-8")
    assert (ROOT / "data" / "kpis.toml").read_text(encoding="utf-8") == text
    assert check(text) == ((), ())


def test_every_kind_and_statistic_appears(catalog: Catalog) -> None:
    assert {kpi.kind for kpi in catalog.kpis} == set(KINDS)
    assert {kpi.statistic for kpi in catalog.kpis if kpi.kind == "measured"} == set(STATISTICS)
    assert {kpi.operate for kpi in catalog.kpis} == {"shift", "day", "week", "month"}
    assert {kpi.category for kpi in catalog.kpis} == {"Quality", "Flow", "Safety", "Cost", "People"}
    sources = {kpi.events.role for kpi in catalog.kpis if kpi.events}
    assert sources == {"numerator", "downtime"}
    assert any(kpi.parent for kpi in catalog.kpis)


def test_every_kpi_has_one_source(folder: Path, catalog: Catalog) -> None:
    """A file for each KPI with rows of its own; the others follow from events or from other KPIs."""
    found = {entry["key"] for name in tables(folder) for entry in template_of(folder, name).get("kpis", [])}
    without = {kpi.key for kpi in catalog.kpis} - found
    assert without == {"line_stops", "medication_errors", "uptime", "first_pass", "oee"}
    assert all(catalog[key].events or catalog[key].formula for key in without)


def test_every_file_is_read_whole_without_a_question(folder: Path, catalog: Catalog) -> None:
    known = [Template.load(path) for path in (folder / "templates").glob("*.toml")]
    for path in folder.glob("sample_*.csv"):
        sheet = ingest.read_file(path)
        chosen = ingest.choose_template(sheet, known)
        assert chosen is not None
        batch = ingest.prepare(sheet, chosen, catalog)
        lines = path.read_bytes().count(b"\n") - 1
        assert (batch.tally.records, batch.tally.rows, len(batch.rejects)) == (lines, lines, 0), path.name
        assert batch.counts.rows + batch.readings.rows + batch.events.rows == lines * max(len(chosen.kpis), 1)
