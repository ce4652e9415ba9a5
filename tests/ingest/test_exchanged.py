"""Day before month where a file, or its source's earlier files, tell it. Oracle: the days that were written."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from opsmetrics.catalog import Kpi
from opsmetrics.ingest import IngestRefused, Measured, NeedsAnswer, Template, examine, read_file
from tests.ingest.builders import TODAY, catalog, readings, warnings, written

ROWS = Template("rows", {"when": "date"}, (Measured("wait", value="minutes"),), repeats="samples")
DEFINITIONS = catalog(Kpi("wait", "Wait", "measured", "lower"))
EARLY = [dt.date(2026, month, day) for month in (3, 4) for day in range(1, 13)]
WHOLE = [dt.date(2026, 3, day) for day in range(1, 32)]


def loaded(
    folder: Path, cells: list[str], template: Template = ROWS, **answers: str
) -> tuple[list[dt.date], Template | None]:
    """The days that load, in order, and the template that is kept (None: nothing to keep)."""
    body = "when\tminutes\n" + "".join(f"{cell}\t{i}\n" for i, cell in enumerate(cells))
    sheet = read_file(written(folder, body), template=template)
    batch = examine(sheet, template, DEFINITIONS, today=TODAY, answers=answers).batch
    assert batch.read_as is not None
    kept = batch.read_as.remembered
    found = readings(batch).sort_values("value")["observed_at"]
    return [at.date() for at in found], Template.load(kept) if kept else None


def asks(folder: Path, cells: list[str], template: Template = ROWS) -> str:
    """The code of the one question."""
    with pytest.raises(NeedsAnswer) as asked:
        loaded(folder, cells, template)
    (question,) = asked.value.questions
    return question.code


def in_style(days: list[dt.date], style: str) -> list[str]:
    """The days as text."""
    return [day.strftime(style) for day in days]


@pytest.mark.parametrize(
    ("style", "code"),
    [("%Y/%d/%m", "swapped_dates"), ("%m.%d.%Y", "point_order")],
)
def test_what_one_file_tells_holds_for_the_next_until_it_is_contradicted(tmp_path: Path, style: str, code: str) -> None:
    days, kept = loaded(tmp_path, in_style(WHOLE, style))
    assert days == WHOLE
    assert kept is not None
    assert loaded(tmp_path, in_style(EARLY, style), kept)[0] == EARLY  # no day above 12: the file itself tells nothing
    plain = {"%Y/%d/%m": "%Y/%m/%d", "%m.%d.%Y": "%d.%m.%Y"}[style]
    assert asks(tmp_path, in_style(WHOLE, plain), kept) == code


def test_the_order_of_a_template_is_asked_about_where_the_file_contradicts_it(tmp_path: Path) -> None:
    kept = ROWS.remembering({"date_order": "dmy"})
    assert loaded(tmp_path, in_style(EARLY, "%d/%m/%Y"), kept)[0] == EARLY
    assert asks(tmp_path, in_style([*EARLY, dt.date(2026, 5, 13)], "%m/%d/%Y"), kept) == "date_order"
    days, then = loaded(tmp_path, in_style(WHOLE, "%m/%d/%Y"), kept, date_order="mdy")
    assert (days, then and then.date_order) == (WHOLE, "mdy")


def test_few_months_above_12_are_asked_about_or_slips(tmp_path: Path) -> None:
    assert asks(tmp_path, ["2026-01-05", "2026-02-05", "2026-03-05", "2026-04-05", "2026-13-06"]) == "swapped_dates"
    assert asks(tmp_path, ["2026-13-01"]) == "swapped_dates"  # one day, or a 13th period
    days, _ = loaded(tmp_path, [*in_style(WHOLE, "%Y-%m-%d"), "2026-13-06"])
    assert days == WHOLE
    with pytest.raises(IngestRefused, match="only year-day-month"):
        loaded(tmp_path, [*in_style(WHOLE, "%Y-%m-%d"), *in_style(WHOLE, "%Y-%d-%m")])


def serials(days: list[dt.date], base: dt.date) -> list[str]:
    """The days as serial numbers."""
    return [str((day - base).days) for day in days]


def test_serial_numbers_of_a_text_count_from_1900_or_1904(tmp_path: Path) -> None:
    windows, mac = dt.date(1899, 12, 30), dt.date(1904, 1, 1)
    assert loaded(tmp_path, serials(EARLY, windows))[0] == EARLY  # from 1904 on they would lie in 2030
    assert asks(tmp_path, serials(EARLY, mac)) == "serial_base"
    days, kept = loaded(tmp_path, serials(EARLY, mac), serial_base="1904")
    assert days == EARLY
    assert kept is not None
    assert loaded(tmp_path, serials(WHOLE, mac), kept)[0] == WHOLE
    assert asks(tmp_path, serials(EARLY, windows), kept) == "serial_base"


EARLY_MAY = [dt.date(2026, 5, day) for day in range(2, 12)]
LAST_YEAR = [day.replace(year=2025) for day in EARLY]
DAY_FIRST = "%Y-%d-%m"


@pytest.mark.parametrize(
    ("days", "sign"),
    [
        (EARLY_MAY, "would all fall on day 5, in 10 months"),
        ([dt.date(2026, month, 12) for month in range(1, 11)], "10 of them would lie in the future"),
        (LAST_YEAR, "would not be in order of time"),
    ],
)
def test_days_before_months_are_asked_about_where_something_speaks_for_them(
    tmp_path: Path, days: list[dt.date], sign: str
) -> None:
    with pytest.raises(NeedsAnswer, match=sign):
        loaded(tmp_path, in_style(days, DAY_FIRST))
    found, kept = loaded(tmp_path, in_style(days, DAY_FIRST), swapped_dates="swap")
    assert found == days
    assert kept is not None
    assert loaded(tmp_path, in_style(EARLY, DAY_FIRST), kept)[0] == EARLY  # the source is asked about once
    _, kept = loaded(tmp_path, in_style(days[:1], "%Y-%m-%d"), swapped_dates="keep")
    assert kept is not None
    assert loaded(tmp_path, in_style(EARLY_MAY[:4], DAY_FIRST), kept)[0] == [
        dt.date(2026, day.day, day.month) for day in EARLY_MAY[:4]
    ]


@pytest.mark.parametrize(
    "days",
    [
        LAST_YEAR,
        LAST_YEAR[::-1],
        EARLY_MAY,
        [dt.date(2026, month, 1) for month in range(1, 12)],  # months by their first day
        [dt.date(2026, 11, day) for day in range(2, 12)],  # the other reading would lie in the future
        [dt.date(2026, month, 10) for month in range(2, 11)],  # on the tenth of each month: as above
        [dt.date(2026, 4, 3), dt.date(2026, 5, 3)],
    ],
)
def test_standard_dates_are_not_asked_about_without_a_sign(tmp_path: Path, days: list[dt.date]) -> None:
    if days[0] == dt.date(2026, 2, 10):
        days = [dt.date(2025, 12, 12), *days]
    assert loaded(tmp_path, in_style(days, "%Y-%m-%d"))[0] == days


def test_the_name_of_a_column_says_where_the_day_stands(tmp_path: Path) -> None:
    for name, style in (("day (yyyy-dd-mm)", DAY_FIRST), ("Datum JJJJ-MM-TT", "%Y-%m-%d"), ("AAAA/JJ/MM", "%Y/%d/%m")):
        template = Template("named", {name: "date"}, (Measured("wait", value="minutes"),), repeats="samples")
        body = f"{name}\tminutes\n" + "".join(f"{day:{style}}\t{i}\n" for i, day in enumerate(EARLY_MAY))
        sheet = read_file(written(tmp_path, body), template=template)
        found = readings(examine(sheet, template, DEFINITIONS, today=TODAY).batch).sort_values("value")
        assert [at.date() for at in found["observed_at"]] == EARLY_MAY


def test_the_name_of_a_column_says_which_of_two_orders_is_meant(tmp_path: Path) -> None:
    for name, style in (
        ("day (DD/MM/YYYY)", "%d/%m/%Y"),
        ("Date mm/dd/yyyy", "%m/%d/%Y"),
        ("fecha dd-mm-aa", "%d-%m-%y"),
    ):
        template = Template("named", {name: "date"}, (Measured("wait", value="minutes"),), repeats="samples")
        body = f"{name}\tminutes\n" + "".join(f"{day:{style}}\t{i}\n" for i, day in enumerate(EARLY_MAY))
        sheet = read_file(written(tmp_path, body), template=template)
        batch = examine(sheet, template, DEFINITIONS, today=TODAY).batch
        assert [at.date() for at in readings(batch).sort_values("value")["observed_at"]] == EARLY_MAY
        assert "named_date_order" in warnings(batch)


@pytest.mark.parametrize("style", ["%d.%m.%Y", "%d/%m/%Y", "%Y-%m-%d", "%d %b %Y"])
@pytest.mark.parametrize("base", [dt.date(1899, 12, 30), dt.date(1904, 1, 1)])
def test_serial_numbers_among_other_dates(tmp_path: Path, style: str, base: dt.date) -> None:
    days = [dt.date(2021, 3, day) for day in range(1, 32)]
    cells = [
        cell if i % 5 else str((day - base).days)
        for i, (day, cell) in enumerate(zip(days, in_style(days, style), strict=True))
    ]
    assert loaded(tmp_path, cells)[0] == days
    most = [
        cell if i % 5 == 0 else str((day - base).days)
        for i, (day, cell) in enumerate(zip(days, in_style(days, style), strict=True))
    ]
    if style != "%d/%m/%Y":  # a spreadsheet leaves such texts where it exchanged day and month of the others
        assert loaded(tmp_path, most)[0] == days


def test_figures_far_from_the_other_dates_are_no_serial_numbers(tmp_path: Path) -> None:
    cells = [*in_style(WHOLE, "%d.%m.%Y"), "60001", "31000"]
    assert loaded(tmp_path, cells)[0] == WHOLE


@pytest.mark.parametrize(("style", "order"), [("%d%m%Y", "dmy"), ("%m%d%Y", "mdy")])
def test_figures_with_the_year_last(tmp_path: Path, style: str, order: str) -> None:
    assert loaded(tmp_path, in_style(WHOLE, style))[0] == WHOLE
    assert loaded(tmp_path, [cell.lstrip("0") for cell in in_style(WHOLE, style)])[0] == WHOLE  # as a spreadsheet saves
    assert asks(tmp_path, in_style(EARLY, style)) == "date_order"
    assert loaded(tmp_path, in_style(EARLY, style), date_order=order)[0] == EARLY
