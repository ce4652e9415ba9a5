"""Whether the number beside a year is that of a month or of a week: `202605` is May, or the week from 26 January."""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from opsmetrics.ingest.cells import fold
from opsmetrics.ingest.date_forms import NUMBERED
from opsmetrics.ingest.dates import DateStyle, year_number
from opsmetrics.ingest.layout import Layout
from opsmetrics.ingest.problems import Question
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.measurements import Notice

_WEEKS = {"week", "weeks", "wk", "kw", "cw", "woche", "kalenderwoche", "semaine", "semana", "settimana", "yearweek"}
_MONTHS = {"month", "months", "monat", "kalendermonat", "mois", "mes", "mese", "maand", "berichtsmonat", "yearmonth"}
#: A month has no number above 12: so many of the cells above it are weeks, fewer are slips of the pen.
_TELLING = 0.2


def settle_weeks(
    scratch: Scratch, layout: Layout, style: DateStyle, records: str, answers: Mapping[str, str]
) -> tuple[DateStyle, Question | None, list[Notice]]:
    """The style with its numbers as weeks or as months, or what must be asked: of figures alone, where neither a number
    nor the name of the column tells. Raises IngestRefused (`unknown_answer`)."""
    form = style.forms[0]
    if form not in NUMBERED:
        return style, None, []
    assert layout.time is not None
    header, cell = scratch.sheet.headers[layout.time], layout.cell(layout.time)
    year, number = year_number(form, cell)
    number = f"TRY_CAST({number} AS INTEGER)"
    told = f"count({number}), count_if({number} > 12), min({cell}) FILTER ({number} <= 12)"
    said, above, example = scratch.rows(f"SELECT {told} FROM {records}")[0]
    words = set(fold(header).replace("/", " ").replace("-", " ").split())
    by_name = bool(words & _WEEKS), bool(words & _MONTHS)
    if by_name == (False, True) or (form != "compact month" and not by_name[0] and above <= _TELLING * said):
        return style, None, []
    if not any(by_name) and not above and _over_the_year(scratch, records, year, number):
        return style, None, []
    if by_name == (True, False) or above > _TELLING * said:
        return replace(style, weeks=True), None, []
    question = _question(scratch, header, cell, records, style, example)
    answer = question.answered(answers)
    if answer is None:
        return style, question, []
    text = f"The figures of '{header}' were read as {answer}s, as answered."
    return replace(style, weeks=answer == "week"), None, [Notice(question.code, text)]


def _over_the_year(scratch: Scratch, records: str, year: str, number: str) -> bool:
    """True where the numbers go over the end of a year, none of them above 12, and some year does not begin with its
    first: months, for weeks would go on to the 52nd."""
    by_year = f"SELECT min({number}) AS first FROM {records} AND {number} IS NOT NULL GROUP BY {year}"
    years, first = scratch.rows(f"SELECT count(*), max(first) FROM ({by_year})")[0]
    return bool(years > 1 and first > 1)


def _question(
    scratch: Scratch, header: str, cell: str, records: str, style: DateStyle, example: str | None
) -> Question:
    month, week = style.sql("cell"), replace(style, weeks=True).sql("cell")
    shown = f"strftime({month}, '%B %Y'), strftime({week}, '%-d %B %Y')"
    of = f"(SELECT min({cell}) AS cell FROM {records} AND {cell} = '{example}')"
    as_month, as_week = scratch.rows(f"SELECT {shown} FROM {of}")[0]
    return Question(
        "month_or_week",
        f"The figures of column '{header}' can be months or weeks.",
        (f"month: {example} is {as_month}", f"week: {example} is the week from {as_week}"),
    )
