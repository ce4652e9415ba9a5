"""Dates and stamps in every form. Authority: the datetime that was written; day or month first by impossible days."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd
import pytest

from opsmetrics.catalog import Kpi
from opsmetrics.ingest import IngestRefused, Measured, NeedsAnswer, Template
from tests.ingest.builders import catalog, codes, prepared, readings, warnings

DAYS = Template("days", {"when": "date"}, (Measured("wait", value="minutes"),))


def column(*cells: str) -> str:
    """A file with these cells as times; tabs part the columns, so that no form is cut."""
    return "when\tminutes\n" + "".join(f"{cell}\t{i}\n" for i, cell in enumerate(cells, start=1))


def stamps(folder: Path, *cells: str, **options: object) -> list[dt.datetime]:
    """The instants of these cells."""
    found = readings(prepared(folder, column(*cells), DAYS, **options))  # type: ignore[arg-type]
    return [stamp.to_pydatetime() for stamp in pd.DatetimeIndex(found["observed_at"])]


THE_27TH = dt.datetime(2025, 1, 27)


@pytest.mark.parametrize(
    "cell",
    [
        "2025-01-27",
        "2025/1/27",
        "2025.01.27",
        "20250127",
        "27/01/2025",
        "27-1-2025",
        "01/27/2025",
        "1/27/2025",
        "27.01.2025",
        "27.1.25",
        "27-Jan-2025",
        "27 January 2025",
        "27-Jan-25",
        "Jan 27, 2025",
        "January 27 2025",
        "27. Januar 2025",
        "27 janvier 2025",
        "27 de enero de 2025",
        "45684",  # Excel counts days from 30 December 1899
        "2025-W05",  # ISO 8601: the Monday of week 5
        "2025W05",
    ],
)
def test_forms_of_a_day(tmp_path: Path, cell: str) -> None:
    assert stamps(tmp_path, cell) == [THE_27TH]


@pytest.mark.parametrize("name", ["März", "mars", "Marzo", "MAR", "Mrz", "Maerz"])
def test_names_of_months(tmp_path: Path, name: str) -> None:
    assert stamps(tmp_path, f"5 {name} 2025") == [dt.datetime(2025, 3, 5)]


@pytest.mark.parametrize(("cell", "month"), [("2025-03", 3), ("March 2025", 3), ("Mai 2025", 5), ("août 2025", 8)])
def test_months(tmp_path: Path, cell: str, month: int) -> None:
    assert stamps(tmp_path, cell) == [dt.datetime(2025, month, 1)]


@pytest.mark.parametrize(
    ("cell", "time"),
    [
        ("2025-01-27 05:07", dt.time(5, 7)),
        ("2025-01-27T05:07:09", dt.time(5, 7, 9)),
        ("2025-01-27 05:07:09.25", dt.time(5, 7, 9, 250000)),
        ("2025-01-27 05:07:09,123456789", dt.time(5, 7, 9, 123456)),
        ("27.01.2025 5:07", dt.time(5, 7)),
        ("27/01/2025 23:59:59", dt.time(23, 59, 59)),
        ("1/27/2025 5:07 PM", dt.time(17, 7)),
        ("1/27/2025 12:07:09 am", dt.time(0, 7, 9)),
        ("27-Oct-2025 05:07", dt.time(5, 7)),
        ("1737954429", dt.time(5, 7, 9)),  # seconds since 1970 in UTC: `date -u -d @1737954429`
        ("1737954429000", dt.time(5, 7, 9)),
        ("45684.5", dt.time(12, 0)),
    ],
)
def test_forms_of_a_time(tmp_path: Path, cell: str, time: dt.time) -> None:
    day = dt.date(2025, 10, 27) if "Oct" in cell else THE_27TH.date()
    assert stamps(tmp_path, cell) == [dt.datetime.combine(day, time)]


@pytest.mark.parametrize(
    ("cell", "utc"),
    [
        ("2025-01-27T05:00:00Z", "2025-01-27 05:00"),
        ("2025-01-27T05:00:00+02:00", "2025-01-27 03:00"),
        ("2025-01-27 05:00:00 -0530", "2025-01-27 10:30"),
        ("2025-01-27 05:00+02", "2025-01-27 03:00"),
        ("27/01/2025 05:00 +02:00", "2025-01-27 03:00"),
        ("2025-01-27 05:00:00 UTC", "2025-01-27 05:00"),
    ],
)
def test_offsets(tmp_path: Path, cell: str, utc: str) -> None:
    assert stamps(tmp_path, cell) == [dt.datetime.fromisoformat(utc)]


@pytest.mark.parametrize(
    "cell",
    [
        "2025-02-30",
        "31/04/2025",
        "2025-13-01",
        "2025-01-27 24:01",
        "2025-01-27 12:60",
        "2025-W53",
        "27 Foo 2025",
        "soon",
    ],
)
def test_no_such_date(tmp_path: Path, cell: str) -> None:
    batch = prepared(tmp_path, column("2025-01-26", "2025-01-25", cell), DAYS)
    assert codes(batch) == [(4, "bad_date")]


def test_days_over_12_settle_the_order_for_the_whole_column(tmp_path: Path) -> None:
    assert stamps(tmp_path, "01/05/2025", "13/05/2025") == [dt.datetime(2025, 5, 1), dt.datetime(2025, 5, 13)]
    assert stamps(tmp_path, "01/05/2025", "05/13/2025") == [dt.datetime(2025, 1, 5), dt.datetime(2025, 5, 13)]


def test_both_orders_fit_so_a_person_is_asked(tmp_path: Path) -> None:
    with pytest.raises(NeedsAnswer) as asked:
        prepared(tmp_path, column("01/05/2025", "02/05/2025"), DAYS)
    (question,) = asked.value.questions
    assert question.code == "date_order"
    assert question.choices == (
        "dmy: day/month/year, 01/05/2025 is 1 May 2025",
        "mdy: month/day/year, 01/05/2025 is 5 January 2025",
    )
    wanted = {"dmy": dt.datetime(2025, 5, 1), "mdy": dt.datetime(2025, 1, 5)}
    for order, first in wanted.items():
        assert stamps(tmp_path, "01/05/2025", "02/05/2025", answers={"date_order": order})[0] == first
        told = Template("told", DAYS.columns, DAYS.kpis, date_order=order)
        batch = prepared(tmp_path, column("01/05/2025"), told)
        assert readings(batch)["observed_at"].iloc[0] == first
    answered = DAYS.remembering({"date_order": question.choices[1]})
    assert answered.date_order == "mdy"


def test_equal_readings_are_not_asked_about(tmp_path: Path) -> None:
    assert stamps(tmp_path, "01/01/2025", "05/05/2025") == [dt.datetime(2025, 1, 1), dt.datetime(2025, 5, 5)]


def test_few_dates_in_the_other_order_are_rejected_never_reread(tmp_path: Path) -> None:
    cells = [f"{day}/03/2025" for day in range(13, 23)] + ["03/20/2025", "09/03/2025"]
    batch = prepared(tmp_path, column(*cells), DAYS)
    assert codes(batch) == [(12, "bad_date")]
    assert readings(batch)["observed_at"].iloc[-1] == pd.Timestamp(2025, 3, 9)
    assert "mixed_date_order" in warnings(batch)


def test_many_dates_in_both_orders_are_asked_about(tmp_path: Path) -> None:
    with pytest.raises(NeedsAnswer) as asked:
        prepared(tmp_path, column("13/03/2025", "03/13/2025", "14/03/2025", "03/14/2025"), DAYS)
    assert asked.value.questions[0].code == "date_order"


def test_short_years_in_three_orders(tmp_path: Path) -> None:
    with pytest.raises(NeedsAnswer) as asked:
        prepared(tmp_path, column("25/01/27"), DAYS)  # 25 January 2027, or 27 January 2025: 1/25 is no month
    assert [choice[:3] for choice in asked.value.questions[0].choices] == ["dmy", "mdy", "ymd"]
    assert stamps(tmp_path, "25/01/27", answers={"date_order": "ymd"}) == [THE_27TH]
    january = [dt.datetime(2025, 1, day) for day in range(1, 32)]
    for form in ("%d/%m/%y", "%y/%m/%d"):  # the other order makes one day of 31 years of them
        assert stamps(tmp_path, *(f"{day:{form}}" for day in january)) == january
    with pytest.raises(NeedsAnswer):
        prepared(tmp_path, column(*(f"{day:%d/%m/%y}" for day in january[:12])), DAYS)


def test_dates_outside_living_memory_are_rejected(tmp_path: Path) -> None:
    batch = prepared(tmp_path, column("2025-01-27", "1900-03-01", "2125-03-01", "2026-11-23", "2026-11-24"), DAYS)
    assert codes(batch) == [(3, "implausible_date"), (4, "implausible_date"), (6, "implausible_date")]


def test_a_column_without_dates_is_refused(tmp_path: Path) -> None:
    with pytest.raises(IngestRefused, match="'Monday'") as refused:
        prepared(tmp_path, column("Monday", "Tuesday", "2025-01-27"), DAYS)
    assert refused.value.code == "dates_not_understood"


def test_serial_numbers_are_said(tmp_path: Path) -> None:
    assert "excel_serial_dates" in warnings(prepared(tmp_path, column("45684"), DAYS))
    assert stamps(tmp_path, '"45684,75"') == [dt.datetime(2025, 1, 27, 18)]


def test_sample_numbers(tmp_path: Path) -> None:
    juice = Template("juice", {"sample": "sample"}, (Measured("juice", numerator="d", denominator="n"),))
    text = "sample,d,n\n1,2,50\n2.0,3,50\nx,1,50\n-1,1,50\n2.5,1,50\n"
    batch = prepared(tmp_path, text, juice)
    found = batch.counts.reader().read_all().to_pandas()
    assert list(found["observed_at"]) == [pd.Timestamp("1970-01-01 00:15"), pd.Timestamp("1970-01-01 00:30")]
    assert codes(batch) == [(4, "bad_sample"), (5, "bad_sample"), (6, "bad_sample")]


def test_a_kpi_by_date_refuses_samples_and_the_other_way_round(tmp_path: Path) -> None:
    definitions = catalog(Kpi("wait", "Wait", "measured", "lower", operate="sample"))
    with pytest.raises(IngestRefused) as refused:
        prepared(tmp_path, column("2025-01-27"), DAYS, definitions)
    assert refused.value.code == "template_kpis"


#: 5 to 12 October day first, as a spreadsheet with American settings leaves them; 13 and 14 October stay texts.
EXCHANGED = ("2026-05-10", "2026-06-10", "2026-12-10", "13/10/2026", "14/10/2026")


@pytest.mark.parametrize(
    ("answer", "first"), [("swap", dt.datetime(2026, 10, 5)), ("keep", dt.datetime(2026, 5, 10))], ids=["swap", "keep"]
)
def test_day_and_month_that_a_spreadsheet_exchanged_are_asked_about(
    tmp_path: Path, answer: str, first: dt.datetime
) -> None:
    with pytest.raises(NeedsAnswer) as asked:
        stamps(tmp_path, *EXCHANGED, today=dt.date(2027, 1, 1))
    (question,) = asked.value.questions
    assert question.code == "swapped_dates"
    assert question.choices == (
        "swap: exchange them back, 2026-05-10 is 5 October 2026",
        "keep: as they are, 2026-05-10 is 10 May 2026",
    )
    batch = prepared(tmp_path, column(*EXCHANGED), DAYS, answers={"swapped_dates": answer}, today=dt.date(2027, 1, 1))
    found = readings(batch)
    assert first in list(found["observed_at"])
    assert dt.datetime(2026, 10, 13) in list(found["observed_at"])
    assert (len(found), codes(batch)) == (len(EXCHANGED), [])
    assert "swapped_dates" in warnings(batch)


@pytest.mark.parametrize(
    "cells",
    [
        ("2026-05-13", "13/10/2026"),  # a day above 12 among the real dates
        ("2026-05-10", "07/10/2026", "13/10/2026"),  # a day up to 12 among the texts
        ("2026-05-05", "13/10/2026"),  # the same day either way
        ("2026-05-10", "2026-06-10"),  # no texts at all
    ],
)
def test_other_mixtures_of_dates_are_no_exchange(tmp_path: Path, cells: tuple[str, ...]) -> None:
    assert len(stamps(tmp_path, *cells, today=dt.date(2027, 1, 1))) == len(cells)


def test_cells_that_look_like_dates_and_are_mostly_none_refuse_the_column(tmp_path: Path) -> None:
    with pytest.raises(IngestRefused, match=r"3 of 4 cells of column 'when' are not dates.*'2026-31-13'") as refused:
        prepared(tmp_path, column("2026-12-10", "2026-31-13", "2026-32-10", "2026-15-40"), DAYS)
    assert refused.value.code == "dates_not_understood"


@pytest.mark.parametrize(
    ("words", "month"),
    [
        ("gennaio januari janeiro", 1),
        ("febbraio februari fevereiro", 2),
        ("marzo maart março", 3),
        ("mrt marca marzec", 3),
        ("maj maja maí", 5),
        ("maggio mei maio", 5),
        ("giugno juni junho", 6),
        ("luglio juli julho", 7),
        ("settembre september setembro", 9),
        ("ottobre oktober outubro", 10),
        ("dicembre december dezembro", 12),
        ("grudnia des desember", 12),
        ("sty stycznia styczeń", 1),
        ("wrz września wrzesień", 9),
    ],
)
def test_months_in_other_languages(tmp_path: Path, words: str, month: int) -> None:
    cells = tuple(f"{day} {word} 2025" for day, word in enumerate(words.split(), start=1))
    assert stamps(tmp_path, *cells) == [dt.datetime(2025, month, day) for day in (1, 2, 3)]


MONDAY = dt.datetime(2025, 11, 3)  # 3 November 2025


@pytest.mark.parametrize(
    ("cell", "stamp"),
    [
        ("Mon 3 Nov 2025", MONDAY),
        ("Monday, 3 November 2025", MONDAY),
        ("Mon, Nov 3, 2025", MONDAY),
        ("Mo 03.11.2025", MONDAY),
        ("Mo., 03.11.25", MONDAY),
        ("Montag, 3. November 2025 14:30", MONDAY.replace(hour=14, minute=30)),
        ("lundi 3 novembre 2025", MONDAY),
        ("mar 4 nov 2025", dt.datetime(2025, 11, 4)),  # mardi
        ("mié 5 nov 2025", dt.datetime(2025, 11, 5)),
        ("segunda-feira, 3 de novembro de 2025", MONDAY),
        ("Mon 2025-11-03 05:06:07", MONDAY.replace(hour=5, minute=6, second=7)),
        ("1er janvier 2025", dt.datetime(2025, 1, 1)),
        ("1º de enero de 2025", dt.datetime(2025, 1, 1)),
        ("4th March 2025", dt.datetime(2025, 3, 4)),
        ("4th of March 2025", dt.datetime(2025, 3, 4)),
        ("March 22nd, 2025", dt.datetime(2025, 3, 22)),
        ("3rd-Mar-25", dt.datetime(2025, 3, 3)),
        ("2025-01-27 5:07 a.m.", dt.datetime(2025, 1, 27, 5, 7)),
        ("27.01.2025 12:07:09 p. m.", dt.datetime(2025, 1, 27, 12, 7, 9)),
        ("2025-01-27 12:00 A.M.", dt.datetime(2025, 1, 27)),
    ],
)
def test_weekdays_ordinals_and_halves_of_the_day(tmp_path: Path, cell: str, stamp: dt.datetime) -> None:
    assert stamps(tmp_path, cell) == [stamp]


def test_every_weekday_of_python_is_that_of_its_date(tmp_path: Path) -> None:
    days = [MONDAY + dt.timedelta(n) for n in range(14)]
    assert stamps(tmp_path, *(f"{day:%a %d %b %Y}" for day in days)) == days
    assert stamps(tmp_path, *(f"{day:%A, %B %d, %Y}" for day in days)) == days


def test_a_weekday_tells_day_from_month_and_a_wrong_one_is_no_date(tmp_path: Path) -> None:
    assert stamps(tmp_path, "Mon 03/11/2025", "Tue 04/11/2025") == [MONDAY, MONDAY + dt.timedelta(1)]
    assert stamps(tmp_path, "Tue 03/11/2025") == [dt.datetime(2025, 3, 11)]
    cells = column("Mon 3 Nov 2025", "Wed 4 Nov 2025", "Wed 5 Nov 2025")
    batch = prepared(tmp_path, cells, DAYS)
    assert codes(batch) == [(3, "bad_date")]


def test_mar_is_march_where_no_whole_date_follows(tmp_path: Path) -> None:
    third = dt.datetime(2025, 3, 3)
    assert stamps(tmp_path, "Mar 3, 2025", "Tue Mar 4, 2025") == [third, third + dt.timedelta(1)]
    assert stamps(tmp_path, "mar 4 mars 2025", "mer 5 mars 2025")[0] == third + dt.timedelta(1)
