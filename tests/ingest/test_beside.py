"""Times of day, offsets and parts of dates in columns of their own. Oracle: the instants that were written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb
import pytest

from opsmetrics.catalog import Kpi
from opsmetrics.ingest import IngestRefused, NeedsAnswer, Template, examine, read_file, suggest
from opsmetrics.ingest.date_parts import parts_sql
from opsmetrics.ingest.day_times import day_times
from opsmetrics.ingest.offset_cells import offset_style
from opsmetrics.ingest.sql import text
from opsmetrics.measurements import Batch
from tests.ingest.builders import BERLIN, TODAY, catalog, codes, readings, written

DEFINITIONS = catalog(Kpi("wait", "Wait", "measured", "lower", calendar=BERLIN))


def clocked(header: str, *cells: str, **answers: str) -> list[str | None]:
    """The cells as times of day."""
    style = day_times(header, cells, answers)
    assert style.question is None, style.question
    with duckdb.connect() as connection:
        found = connection.execute("SELECT " + ", ".join(style.sql(text(cell)) for cell in cells)).fetchone()
    assert found is not None
    return list(found)


@pytest.mark.parametrize(
    ("header", "cells", "wanted"),
    [
        ("Time", ("0:00", "07:03", "23:59:59"), ("0:00", "07:03", "23:59:59")),
        ("Uhrzeit", ("7.03 Uhr", "19 Uhr", "07:03 Uhr"), ("7:03", "19:00", "07:03")),
        ("Heure", ("7h03", "07 h 03", "8h"), ("7:03", "07:03", "8:00")),
        ("Hora", ("7:03 p. m.", "12:00 a.m.", "8 am"), ("7:03 pM", "12:00 aM", "8:00 aM")),
        ("Zeitraum", ("08-09", "9–10 Uhr", "22:00 - 23:00"), ("08:00", "9:00", "22:00")),
        ("Time", ("0703", "2359", "0000"), ("07:03:00", "23:59:00", "00:00:00")),
        ("Time", ("703", "0", "2359", "15"), ("07:03:00", "00:00:00", "23:59:00", "00:15:00")),
        ("Time", ("070304", "235959"), ("07:03:04", "23:59:59")),
        ("Time", ("0.5", "0,25", "0"), ("12:00:00", "06:00:00", "00:00:00")),
        ("Time", ("1899-12-30 07:03:00", "1900-01-00 08:00"), ("07:03:00", "08:00")),
        ("Hour", ("0", "5", "23"), ("00:00:00", "05:00:00", "23:00:00")),
        ("Hour ending", ("1", "24"), ("00:00:00", "23:00:00")),
        ("Viertelstunde", ("1", "5", "96"), ("00:00:00", "01:00:00", "23:45:00")),
        ("Settlement period", ("1", "48"), ("00:00:00", "23:30:00")),
    ],
)  # fmt: skip
def test_ways_of_writing_a_time_of_day(header: str, cells: Sequence[str], wanted: Sequence[str]) -> None:
    assert clocked(header, *cells) == list(wanted)


def test_hours_that_may_be_counted_from_one_are_asked_about_and_those_of_a_shift_told() -> None:
    hours = [str(hour) for hour in range(1, 25)]
    question = day_times("Hour", hours, {}).question
    assert question is not None
    assert [choice.split(",")[0] for choice in question.choices] == ["counted: 1 is the hour from 0:00 to 1:00",
                                                                     "clock: 1 is 1:00"]  # fmt: skip
    assert clocked("Hour", *hours, hours="counted")[::23] == ["00:00:00", "23:00:00"]
    assert clocked("Hour", *hours, hours="clock")[::23] == ["01:00:00", "24:00:00"]
    assert [notice.code for notice in day_times("Hour", ["6", "22"], {}).notices] == ["hours_of_the_clock"]


@pytest.mark.parametrize(
    ("header", "cells"), [("Hour", ("1", "26")), ("Viertelstunde", ("0", "100")), ("Time", ("60", "1275"))]
)
def test_figures_that_are_no_times_are_refused(header: str, cells: Sequence[str]) -> None:
    """No day has more than 25 hours, or 100 quarters."""
    with pytest.raises(IngestRefused, match="no times of day"):
        day_times(header, cells, {})


def batch(folder: Path, body: str, template: Template | None = None, **answers: str) -> Batch:
    """The batch of a file by what its columns are called."""
    path = written(folder, body)
    sheet = read_file(path, template=template)
    template = template or suggest(sheet, DEFINITIONS).as_template()
    return examine(sheet, template, DEFINITIONS, today=TODAY, answers=answers).batch


def instants(folder: Path, body: str, **answers: str) -> list[str]:
    """The instants in UTC in the order of the values, to the minute."""
    found = readings(batch(folder, body, **answers)).sort_values("value")["observed_at"]
    return [f"{at:%Y-%m-%d %H:%M}" for at in found]


FOLD = [dt.datetime(2025, 10, 25, 23, 30) + dt.timedelta(hours=hours) for hours in range(4)]


def test_date_and_time_in_two_columns_go_through_both_clock_changes(tmp_path: Path) -> None:
    local = [at.replace(tzinfo=dt.UTC).astimezone(ZoneInfo("Europe/Berlin")) for at in FOLD]
    body = "Datum;Uhrzeit;Wait\n" + "".join(f"{at:%d.%m.%Y};{at:%H:%M};{i}\n" for i, at in enumerate(local))
    assert instants(tmp_path, body) == [f"{at:%Y-%m-%d %H:%M}" for at in FOLD]
    done = batch(tmp_path, "Datum;Uhrzeit;Wait\n30.03.2025;02:30;1\n30.03.2025;03:30;2\n1.4.2025;;3\n1.4.2025;x;4\n")
    assert codes(done) == [(2, "nonexistent_local_time"), (4, "bad_time"), (5, "bad_time")]


@pytest.mark.parametrize("column", ["zone", "names"])
def test_an_offset_or_a_zone_beside_the_stamp(tmp_path: Path, column: str) -> None:
    body = f"Timestamp;{'UTC offset (min)' if column == 'minutes' else 'Zone'};Wait\n"
    places = ("Europe/Berlin", "America/New_York") if column == "names" else ("Europe/Berlin",)
    instants_written = FOLD[:1] + FOLD[3:] if column == "names" else FOLD
    for i, at in enumerate(instants_written):
        place = places[i % len(places)]
        there = at.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(place))
        minutes = round((there.utcoffset() or dt.timedelta()).total_seconds() / 60)
        said = {"zone": "MESZ" if minutes == 120 else "MEZ",
                "minutes": str(minutes), "names": place}[column]  # fmt: skip
        body += f"{there:%d.%m.%Y %H:%M};{said};{i}\n"
    assert instants(tmp_path, body) == [f"{at:%Y-%m-%d %H:%M}" for at in instants_written]


def test_what_is_no_zone() -> None:
    assert offset_style("Zone", ["UTC", "+1", "Asia/Kolkata"]).zones == ("Asia/Kolkata",)
    with pytest.raises(IngestRefused, match="no offsets from UTC"):
        offset_style("Zone", ["A", "B"])


@pytest.mark.parametrize(
    ("header", "cells", "wanted"),
    [
        ("Month", ("3", "11.0"), ("2026-03", "2026-11")),
        ("Monat", ("März", "Okt."), ("2026-03", "2026-10")),
        ("Mois", ("févr.", "août"), ("2026-02", "2026-08")),
        ("KW", ("5", "KW 05"), ("2026-W05", "2026-W05")),
        ("Trimestre", ("T2", "2", "2º trimestre"), ("2026-Q2", "2026-Q2", "2026-Q2")),
        ("Part", ("W05", "W6"), ("2026-W05", "2026-W06")),
        ("Month", ("3", "x"), ("2026-03", "2026 x")),
    ],
)
def test_what_stands_beside_a_year(header: str, cells: Sequence[str], wanted: Sequence[str]) -> None:
    with duckdb.connect() as connection:
        asked = ", ".join(parts_sql(["'2026'", text(cell)], header, cells) for cell in cells)
        assert connection.execute(f"SELECT {asked}").fetchone() == tuple(wanted)


@pytest.mark.parametrize(
    ("head", "cells", "day"),
    [
        ("Day;Month;Year", "5;3;2026", "2026-03-05"),
        ("Jahr", "2026", "2026-01-01"),
        ("Date;Month", "2026-03-05;3", "2026-03-05"),
    ],
)
def test_parts_of_a_date(tmp_path: Path, head: str, cells: str, day: str) -> None:
    at = dt.datetime.fromisoformat(day).replace(tzinfo=ZoneInfo("Europe/Berlin")).astimezone(dt.UTC)
    assert instants(tmp_path, f"{head};Wait\n{cells};1\n") == [f"{at:%Y-%m-%d %H:%M}"]


def test_years_of_business_are_not_taken_for_calendar_years(tmp_path: Path) -> None:
    body = "Geschäftsjahr;Quartal;Wait\n2026;1;1\n"
    kpis = suggest(read_file(written(tmp_path, body)), DEFINITIONS).kpis
    with pytest.raises(IngestRefused, match="in which month they begin"):
        batch(tmp_path, body, Template("fy", {}, kpis, date_parts=("Geschäftsjahr", "Quartal")))


def test_hours_of_a_source_are_asked_about_once(tmp_path: Path) -> None:
    body = "Date;Hour;Wait\n" + "".join(f"2026-03-02;{hour};{hour}\n" for hour in range(1, 25))
    with pytest.raises(NeedsAnswer):
        batch(tmp_path, body)
    done = batch(tmp_path, body, hours="counted")
    assert done.read_as is not None
    kept = Template.load(done.read_as.remembered)
    later = batch(tmp_path, "Date;Hour;Wait\n2026-03-03;7;1\n", kept)
    assert str(readings(later)["observed_at"].iloc[0]) == "2026-03-03 05:00:00"
