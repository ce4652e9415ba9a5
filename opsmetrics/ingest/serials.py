"""From which day serial numbers of a spreadsheet count: 1900, or 1904 as older ones of Macs do.

A text file does not say. Where the later reading lies in the future, it is not meant; else a person is asked. Some
among other dates are serial numbers where they lie near those, which tell from which day they count.
"""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from opsmetrics.ingest.answers import said_now
from opsmetrics.ingest.dates import DateStyle
from opsmetrics.ingest.layout import Layout
from opsmetrics.ingest.problems import Question
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.measurements import Notice, counted

CODE = "serial_base"
#: The day with serial number 0.
BASES = {"1900": "1899-12-30", "1904": "1904-01-01"}
#: More than this share of days in the future is no slip of the pen.
_SLIPS = 0.01


def settle_base(
    scratch: Scratch, layout: Layout, style: DateStyle, records: str, answers: Mapping[str, str], today: dt.date
) -> tuple[DateStyle, Question | None, list[Notice]]:
    """The style with the day from which its serial numbers count, or what must be asked. A workbook says it itself.

    Raises IngestRefused (`unknown_answer`).
    """
    if "serial" not in style.forms:
        return style, None, []
    if len(style.forms) > 1:
        among = _among_dates(scratch, layout, style, records)
        if style.forms[0] != "serial" or "serial" in among[0].forms:
            return among
    if scratch.sheet.exact:
        return style, None, [_told(style)]
    assert layout.time is not None
    cell, header = layout.cell(layout.time), scratch.sheet.headers[layout.time]
    first, later = (replace(style, forms=("serial",), base=base).sql(cell) for base in BASES.values())
    latest = today + dt.timedelta(days=2)
    read = f"(SELECT {cell} AS cell, {first} AS first, {later} AS later FROM {records})"
    day = "'%-d %B %Y'"
    asked = (
        f"count(first), count_if(later >= TIMESTAMP '{latest}'), "
        f"any_value([cell, strftime(first, {day}), strftime(later, {day})]) FILTER (first IS NOT NULL)"
    )
    said, future, example = scratch.rows(f"SELECT {asked} FROM {read}")[0]
    if not said:
        return style, None, []
    cell, shown, shown_later = example
    question = Question(
        CODE,
        f"The dates of column '{header}' are serial numbers of a spreadsheet, which count from 1900 or from 1904.",
        (f"1900: {cell} is {shown}", f"1904: {cell} is {shown_later}"),
    )
    told_by_days = future > _SLIPS * said
    before, now = answers.get(CODE), said_now(answers, CODE)
    contradicted = told_by_days and before is not None and before.startswith("1904")
    if told_by_days and not contradicted:
        return style, None, [_told(style)]
    held = now if contradicted and scratch.sheet.mending is None else before
    answer = question.answered({} if held is None else {CODE: held})
    if answer is None:
        return style, question, []
    style = replace(style, base=BASES[answer])
    return style, None, [_told(style)]


def _among_dates(
    scratch: Scratch, layout: Layout, style: DateStyle, records: str
) -> tuple[DateStyle, Question | None, list[Notice]]:
    """The style with the serial numbers that stand among other dates, or without: counted from the day by which most
    of them lie within a year of the others."""
    assert layout.time is not None
    cell, header = layout.cell(layout.time), scratch.sheet.headers[layout.time]
    others = replace(style, forms=tuple(form for form in style.forms if form != "serial"))
    bases = [scratch.sheet.serial_base] if scratch.sheet.exact else list(BASES.values())
    serials = [replace(style, forms=("serial",), base=base) for base in bases]
    columns = [f"{one.sql(cell)} AS y{number}" for number, one in enumerate(serials)]
    dated = f"(SELECT {others.sql(cell)} AS dated, {', '.join(columns)} FROM {records})"
    near = "BETWEEN earliest - to_days(366) AND latest + to_days(366)"
    ends = f"(SELECT min(dated) AS earliest, max(dated) AS latest FROM {dated})"
    asked = ", ".join(f"count_if(y{number} {near})" for number in range(len(bases)))
    said, *found = scratch.rows(f"SELECT count(y0), {asked} FROM {dated}, {ends}")[0]
    if not said or 2 * max(found) < said:
        return others, None, []
    style = replace(style, base=bases[found.index(max(found))])
    told = counted(said, "{n} date", "{n} dates")
    are = counted(said, "is a serial number", "are serial numbers")
    text = f"{told} of '{header}' {are} of a spreadsheet, counted from {_day(style)}."
    return style, None, [Notice("excel_serial_dates", text)]


def _day(style: DateStyle) -> str:
    return f"{dt.date.fromisoformat(style.base):%-d %B %Y}"


def _told(style: DateStyle) -> Notice:
    said = f"The dates are Excel's serial numbers, counted from {_day(style)}."
    return Notice("excel_serial_dates", said)
