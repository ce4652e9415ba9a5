"""Hours and quarters numbered through the days on which the clock changes. Oracle: instants of Python's zoneinfo."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from opsmetrics.catalog import Kpi
from opsmetrics.ingest import Measured, NeedsAnswer, Template
from opsmetrics.measurements import Batch
from tests.ingest.builders import BERLIN, catalog, codes, prepared, readings, warnings

SPRING, AUTUMN = dt.date(2026, 3, 29), dt.date(2026, 10, 25)
HOURLY = Template(
    "hourly", {"day": "date", "hour": "time"}, (Measured("load", value="kWh"),), answers={"hours": "counted"}
)
QUARTERS = Template("quarters", {"day": "date", "quarter": "time"}, (Measured("load", value="kWh"),))
DEFINITIONS = catalog(Kpi("load", "Load", "measured", "neither", calendar=BERLIN))


def instants(day: dt.date, minutes: int = 60) -> list[dt.datetime]:
    """The beginnings of all stretches of a day of Berlin, in UTC."""
    zone = ZoneInfo("Europe/Berlin")
    start, end = (dt.datetime(d.year, d.month, d.day, tzinfo=zone) for d in (day, day + dt.timedelta(days=1)))
    at, step = start.astimezone(dt.UTC), dt.timedelta(minutes=minutes)
    return [at + step * i for i in range(int((end.astimezone(dt.UTC) - at) / step))]


def loaded(folder: Path, rows: list[tuple[dt.date, int]], template: Template = HOURLY, **answers: str) -> Batch:
    """The batch of a file with these days and numbers; each value is the position of its record."""
    clock = next(name for name, role in template.columns.items() if role == "time")
    body = f"day,{clock},kWh\n" + "".join(f"{day},{number},{i}\n" for i, (day, number) in enumerate(rows))
    return prepared(folder, body, template, DEFINITIONS, answers=answers)


def stamps(batch: Batch) -> list[dt.datetime]:
    """The instants that load, in the order of the file."""
    found = readings(batch).sort_values("value")["observed_at"]
    return [at.replace(tzinfo=dt.UTC) for at in found]


@pytest.mark.parametrize("first", [0, 1])
@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_hours_that_are_counted_on_past_a_change_of_the_clock(tmp_path: Path, day: dt.date, first: int) -> None:
    days = [day - dt.timedelta(days=1), day, day + dt.timedelta(days=1)]
    rows = [(d, first + i) for d in days for i in range(len(instants(d)))]
    batch = loaded(tmp_path, rows)
    assert stamps(batch) == [at for d in days for at in instants(d)]
    assert (batch.tally.rejected, "hours_counted_on" in warnings(batch)) == (0, True)


@pytest.mark.parametrize("day", [SPRING, AUTUMN])
def test_hours_by_the_clock_leave_one_out_and_have_one_twice(tmp_path: Path, day: dt.date) -> None:
    rows = [(day, at.astimezone(ZoneInfo("Europe/Berlin")).hour) for at in instants(day)]
    batch = loaded(tmp_path, rows)
    assert stamps(batch) == instants(day)
    assert "hours_counted_on" not in warnings(batch)


def test_one_day_of_a_change_tells_for_the_other(tmp_path: Path) -> None:
    spring = [(SPRING, i) for i in range(23)]
    batch = loaded(tmp_path, [*spring, *((AUTUMN, i) for i in range(24))])  # its last hour is missing
    assert stamps(batch) == [*instants(SPRING), *instants(AUTUMN)[:-1]]


def test_what_no_whole_day_tells_is_asked(tmp_path: Path) -> None:
    rows = [(SPRING, i) for i in range(14)]
    with pytest.raises(NeedsAnswer, match="29 March 2026 the clock was changed at 2:00 and the day had 23 hours"):
        loaded(tmp_path, rows)
    assert stamps(loaded(tmp_path, rows, numbered="count")) == instants(SPRING)[:14]
    batch = loaded(tmp_path, rows, numbered="clock")
    assert codes(batch) == [(4, "nonexistent_local_time")]
    assert stamps(batch) == instants(SPRING)[:13]


def test_quarters_of_the_days_of_a_change(tmp_path: Path) -> None:
    for day, number in ((SPRING, 92), (AUTUMN, 100)):
        batch = loaded(tmp_path, [(day, i + 1) for i in range(number)], QUARTERS)
        assert stamps(batch) == instants(day, 15)
        assert batch.tally.rows == number


def test_a_25th_hour_on_an_ordinary_day_is_rejected(tmp_path: Path) -> None:
    day = AUTUMN - dt.timedelta(days=7)
    batch = loaded(tmp_path, [*((day, i + 1) for i in range(25)), *((AUTUMN, i + 1) for i in range(25))])
    assert codes(batch) == [(26, "bad_time")]
    assert stamps(batch) == [*instants(day), *instants(AUTUMN)]
