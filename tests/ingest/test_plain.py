"""Dates in other ways of writing. Authority: the instant that was written, by the definition of each way."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from opsmetrics.catalog import Kpi
from opsmetrics.ingest import IngestRefused, Measured, NeedsAnswer, Template
from tests.ingest.builders import catalog, codes, prepared, readings

ROWS = Template("rows", {"when": "date"}, (Measured("wait", value="minutes"),), repeats="samples")
DEFINITIONS = catalog(Kpi("wait", "Wait", "measured", "lower"))


def read(folder: Path, *cells: str) -> dict[str, str]:
    """Cell → instant as ISO text, of those that load."""
    body = "when\tminutes\n" + "".join(f"{cell}\t{i}\n" for i, cell in enumerate(cells))
    found = readings(prepared(folder, body, ROWS, DEFINITIONS))
    return {
        cells[int(i)]: str(at) for i, at in zip(found["value"], pd.DatetimeIndex(found["observed_at"]), strict=True)
    }


WRITTEN = {
    "2026-01-05": "2026 01 05|Montag, den 5. Januar 2026|lunes 5 de enero del 2026|2026-Jan-05|2026 January 5|2026-005|"
    "05.01.2026 (Mo)|2026-01-05 Mon|2026年1月5日|05·01·2026|2026–01–05|'2026-01-05|05. 01. 2026|"
    "2026-01-05 (provisional)|2026-01-05*|05.01.2026 - 11.01.2026|2026-W02-1",
    "2026-01-26": "Week 5, 2026|week 05 2026|Semaine 5 2026|Sem. 5 2026|S05-2026|2026S05|Week 5 of 2026|2026 wk 5|"
    "5. KW 2026|KW 5, 2026|W05-26|KW 05/26|2026, week 5|Kalenderwoche 5/2026",
    "2026-05-01": "2026M05|M05 2026|May-26|mai-26|May'26|2026 Mai|05 2026|mayo de 2026",
    "2026-04-01": "Q2/26|2T2026|T2 2026|2026-T2|2. Quartal 2026|2Q26|Quarter 2, 2026|q2 2026|2º trimestre 2026",
    "2026-01-05 07:03:00": "2026-01-05T0703|20260105T0703|20260105 070300|05.01.2026 07:03 Uhr|05.01.2026 um 07:03|"
    "5 janvier 2026 à 07:03|05.01.2026 07h03|05.01.2026 7.03 Uhr|January 5, 2026 at 7:03 AM|Mon Jan 5 07:03:00 2026|"
    "07:03 05.01.2026|2026-01-05-07.03.00.000000|05JAN2026:07:03:00|05-JAN-26 07.03.00.000000000 AM|2026-01-05 7:03a|"
    "Jan  5 2026  7:03AM|2026. 01. 05. 07:03|2026.1.5. 7:03",
    "2026-01-05 19:00:00": "2026-01-05 7 PM|2026-01-05 19h|05.01.2026 19 Uhr|2026-01-05T19|2026-01-05 19:00 PM",
    "2026-01-06 00:00:00": "2026-01-05 24:00|2026-01-05T24:00:00|05.01.2026 24:00",
    "2026-01-05 07:03:04": "20260105T070304Z|2026-01-05 08:03:04 UTC+1|2026-01-05 08:03:04 GMT+0100|"
    "2026-01-05 08:03:04 (UTC+1)|2026-01-05T08:03:04+01:00[Europe/Berlin]|2026-01-05 08:03:04 CET|"
    "Mon Jan 5 08:03:04 CET 2026|05/Jan/2026:08:03:04 +0100|2026-01-05T07:03:04z",
}  # fmt: skip


@pytest.mark.parametrize("instant", WRITTEN)
def test_ways_of_writing(tmp_path: Path, instant: str) -> None:
    cells = WRITTEN[instant].split("|")
    wanted = str(dt.datetime.fromisoformat(instant))
    assert read(tmp_path, *cells) == dict.fromkeys(cells, wanted)


@pytest.mark.parametrize(
    ("cell", "instant"),
    [("202601050703", "2026-01-05 07:03:00"), ("20260105070304", "2026-01-05 07:03:04"), ("2026005", "2026-01-05"),
     ("1767596584000000", "2026-01-05 07:03:04"), ("1767596584000000000", "2026-01-05 07:03:04"),
     ("46027,5", "2026-01-05 12:00:00")],
)  # fmt: skip
def test_figures_only(tmp_path: Path, cell: str, instant: str) -> None:
    assert read(tmp_path, cell)[cell] == str(pd.Timestamp(instant))


NO_DATES = (
    *("2026-01-05 07:03 (IST)", "2026-01-05 7:03 (afternoon)", "05.01.2026-12.01", "S1 2026", "2025-366", "2026-W54-1"),
    *("2026-01-05 07:03 XYZ", "27 Foo 2025", "2026-01-05 24:01", "May 5"),
)


def test_what_may_mean_another_instant_is_held_back(tmp_path: Path) -> None:
    good = [f"2026-02-{day:02}" for day in range(1, 16)]
    body = "when\tminutes\n" + "".join(f"{cell}\t{i}\n" for i, cell in enumerate((*good, *NO_DATES)))
    batch = prepared(tmp_path, body, ROWS, DEFINITIONS)
    first = len(good) + 2
    assert codes(batch) == [(first + n, "bad_date") for n in range(len(NO_DATES))]


@pytest.mark.parametrize(
    "cells",
    [("2026-07-05 08:03 CET",), ("Jan-20", "Jan-21", "Jan-22")],
    ids=["the name of winter time in summer", "days of a month without their year"],
)
def test_columns_that_cannot_be_told_are_refused(tmp_path: Path, cells: tuple[str, ...]) -> None:
    with pytest.raises(IngestRefused) as refused:
        read(tmp_path, *cells)
    assert refused.value.code == "dates_not_understood"


def test_points_are_day_first_unless_days_above_12_stand_second(tmp_path: Path) -> None:
    assert read(tmp_path, "01.05.2026", "02.05.2026")["02.05.2026"] == "2026-05-02 00:00:00"
    assert read(tmp_path, "01.05.2026", "01.13.2026")["01.05.2026"] == "2026-01-05 00:00:00"
    mixed = [f"0{month}.{day}.2026" for month in (1, 2) for day in range(13, 20)]
    with pytest.raises(IngestRefused, match="only month first"):
        read(tmp_path, "13.01.2026", "14.01.2026", "15.01.2026", "16.01.2026", *mixed[:6], "01.02.2026")


def test_serial_numbers_beside_texts_that_no_spreadsheet_could_take_for_dates(tmp_path: Path) -> None:
    """5 and 6 October day first, taken for 10 May and 10 June; 13 October is left a text."""
    cells = ("46152", "46183", "13/10/2026")
    with pytest.raises(NeedsAnswer) as asked:
        read(tmp_path, *cells)
    (question,) = asked.value.questions
    assert question.choices[0] == "swap: exchange them back, 46152 is 5 October 2026"
    body = "when\tminutes\n" + "".join(f"{cell}\t1\n" for cell in cells)
    found = readings(prepared(tmp_path, body, ROWS.remembering({"swapped_dates": "swap"}), DEFINITIONS))
    assert [str(at)[:10] for at in found["observed_at"]] == ["2026-10-05", "2026-10-06", "2026-10-13"]


def test_the_name_of_summer_time_vouches_for_that_of_winter_time(tmp_path: Path) -> None:
    fold = ["2025-10-26 02:30 CEST", "2025-10-26 02:30 CET"]
    assert list(read(tmp_path, *fold).values()) == ["2025-10-26 00:30:00", "2025-10-26 01:30:00"]


def test_months_and_weeks_of_figures_are_told_by_their_numbers_or_asked_once(tmp_path: Path) -> None:
    assert (
        read(tmp_path, "202605", "202613", "202614")["202613"] == "2026-03-23 00:00:00"
    )  # weeks: there is no 13th month
    assert read(tmp_path, "202511", "202512", "202601")["202601"] == "2026-01-01 00:00:00"
    with pytest.raises(NeedsAnswer) as asked:
        read(tmp_path, "202605", "202606")
    (question,) = asked.value.questions
    assert question.choices == ("month: 202605 is May 2026", "week: 202605 is the week from 26 January 2026")
    body = "when\tminutes\n202605\t1\n202606\t2\n"
    for answer, first in (("month", "2026-05-01"), ("week", "2026-01-26")):
        kept = ROWS.remembering({"month_or_week": answer})
        assert str(readings(prepared(tmp_path, body, kept, DEFINITIONS))["observed_at"].min())[:10] == first


@pytest.mark.parametrize(
    ("name", "cell", "day"), [("Week", "2026-05", "2026-01-26"), ("Monat", "202605", "2026-05-01")]
)
def test_the_name_of_the_column_tells_months_from_weeks(tmp_path: Path, name: str, cell: str, day: str) -> None:
    told = Template("rows", {name: "date"}, ROWS.kpis, repeats="samples")
    found = readings(prepared(tmp_path, f"{name}\tminutes\n{cell}\t1\n", told, DEFINITIONS))
    assert str(found["observed_at"].iloc[0])[:10] == day
