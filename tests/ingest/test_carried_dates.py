"""Dates that stand once for the records below them. Oracle: the same table with each date written out."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from opsmetrics.catalog import Kpi
from opsmetrics.ingest import Measured, NeedsAnswer, Template
from opsmetrics.measurements import Batch
from tests.ingest.builders import catalog, codes, prepared, readings, warnings

HEAD = "date,site,value\n"
SITES = Template("sites", {"date": "date", "site": "site"}, (Measured("wait", value="value"),))
DEFINITIONS = catalog(Kpi("wait", "Wait", "measured", "lower", dimensions=("site",)))
FIRST, SECOND = dt.date(2026, 3, 2), dt.date(2026, 3, 3)
#: Day or nothing, site, value.
GROUPS = [(FIRST, "A", 1), (None, "B", 2), (None, "C", 3), (SECOND, "A", 4), (None, "B", 5)]
WHOLE = [(FIRST, "A", 1.0), (FIRST, "B", 2.0), (FIRST, "C", 3.0), (SECOND, "A", 4.0), (SECOND, "B", 5.0)]


def line(day: dt.date | None, site: str, value: int) -> str:
    return f"{'' if day is None else f'{day:%d.%m.%Y}'},{site},{value}\n"


def loaded(folder: Path, text: str, **answers: str) -> Batch:
    return prepared(folder, text, SITES, DEFINITIONS, answers=answers)


def facts(batch: Batch) -> list[tuple[dt.date, str, float]]:
    found = readings(batch).sort_values("value")
    return list(zip(found["observed_at"].dt.date, found["site"], found["value"], strict=True))


def test_a_date_stands_for_the_records_below_it(tmp_path: Path) -> None:
    batch = loaded(tmp_path, HEAD + "".join(line(*row) for row in GROUPS))
    assert facts(batch) == WHOLE
    assert "dates_carried_down" in warnings(batch)
    assert (batch.tally.records, batch.tally.rows) == (5, 5)


def test_no_date_is_carried_into_totals_notes_empty_lines_and_headers(tmp_path: Path) -> None:
    between = [*(line(*row) for row in GROUPS[:3]), "Total,,6\n", ",Total,6\n", ",,\n", HEAD, "# checked,,\n"]
    batch = loaded(tmp_path, HEAD + "".join([*between, *(line(*row) for row in GROUPS[3:]), "Total,,9\n"]))
    assert facts(batch) == WHOLE
    assert (batch.tally.records, batch.tally.rows, batch.tally.skipped) == (11, 5, 6)


def test_few_records_without_a_date_are_damaged(tmp_path: Path) -> None:
    rows = [(FIRST + dt.timedelta(i), "A", i) for i in range(8)]
    batch = loaded(tmp_path, HEAD + "".join(line(*row) for row in rows[:4]) + ",B,9\n" + line(*rows[4]))
    assert codes(batch) == [(6, "no_date")]
    assert batch.tally.rows == 5


@pytest.mark.parametrize(
    "rows",
    [
        [(FIRST, "A", 1), (None, "A", 2), (None, "B", 3)],  # two of one site on one day
        [(FIRST, "A", 1), (FIRST, "B", 2), (None, "C", 3), (None, "D", 4)],  # the date is also written twice
        [*((FIRST + dt.timedelta(i), "A", i) for i in range(3)), (None, "B", 3), (None, "C", 4)],  # one group only
    ],
)
def test_what_is_not_certain_is_asked_once(tmp_path: Path, rows: list[tuple[dt.date | None, str, int]]) -> None:
    text = HEAD + "".join(line(*row) for row in rows)
    with pytest.raises(NeedsAnswer, match="no date in 'date', below ones that have"):
        loaded(tmp_path, text)
    carried, rejected = (loaded(tmp_path, text, blank_dates=said) for said in ("carry", "reject"))
    assert {day for day, _, _ in facts(carried)} == {day for day, _, _ in rows if day is not None}
    assert [code for _, code in codes(rejected)] == ["no_date"] * sum(day is None for day, _, _ in rows)
    assert carried.read_as is not None
    assert carried.read_as.remembered is not None
    assert '"blank_dates" = "carry"' in carried.read_as.remembered


def test_times_below_one_date(tmp_path: Path) -> None:
    template = Template("times", {"day": "date", "hour": "time"}, (Measured("wait", value="value"),))
    text = "day,hour,value\n2026-03-02,7:00,1\n,8:00,2\n,9:00,3\n2026-03-03,7:00,4\n,8:00,5\n"
    batch = prepared(tmp_path, text, template, catalog(Kpi("wait", "Wait", "measured", "lower")))
    found = [f"{at:%d %H}" for at in readings(batch).sort_values("value")["observed_at"]]
    assert found == ["02 07", "02 08", "02 09", "03 07", "03 08"]


NAMED = [(FIRST, "A", 1), (SECOND, "", 2), (FIRST, "B", 3), (SECOND, "", 4)]


def test_names_that_stand_once_are_asked_about(tmp_path: Path) -> None:
    text = HEAD + "".join(line(*row) for row in NAMED)
    with pytest.raises(NeedsAnswer, match="2 records have no name in 'site', below ones that have"):
        loaded(tmp_path, text)
    carried = loaded(tmp_path, text, **{"blank_names:site": "carry"})
    assert facts(carried) == [(FIRST, "A", 1.0), (SECOND, "A", 2.0), (FIRST, "B", 3.0), (SECOND, "B", 4.0)]
    assert "names_carried_down" in warnings(carried)
    assert codes(loaded(tmp_path, text, **{"blank_names:site": "reject"})) == [(3, "empty_key"), (5, "empty_key")]


@pytest.mark.parametrize(
    "rows",
    [
        [
            (FIRST, "A", 1),
            (FIRST, "B", 2),
            (FIRST, "", 3),
            (SECOND, "A", 4),
            (SECOND, "B", 5),
            (SECOND, "", 6),
        ],  # of all
        [(FIRST, "A", 1), (SECOND, "A", 2), (FIRST, "", 3), (SECOND, "", 4)],  # the name is written in each record
    ],
)
def test_names_that_would_make_records_one_are_not(tmp_path: Path, rows: list[tuple[dt.date | None, str, int]]) -> None:
    batch = loaded(tmp_path, HEAD + "".join(line(*row) for row in rows))
    assert {code for _, code in codes(batch)} == {"empty_key"}
