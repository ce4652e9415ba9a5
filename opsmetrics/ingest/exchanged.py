"""Day and month of dates such as 2026-10-05 that were exchanged: by a spreadsheet, or as the file is written.

A spreadsheet with another country's settings takes `05/10/2026` for a date, day and month exchanged, and leaves
`13/10/2026` a text. Dates that all have days up to 12 beside texts that all have days above 12 are its trace. Other
files write the day before the month (`2026-13-10`): days over 12 in the place of the month tell it for the column, and
so does a name such as 'date (yyyy-dd-mm)'. Without either, what speaks for it (`day_first_signs`) is asked about.
What is known of a source holds for its later files, unless their days contradict it: then it is asked.
"""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from opsmetrics.ingest.answers import said_now
from opsmetrics.ingest.date_forms import FORMS, form_sql
from opsmetrics.ingest.date_order import MINORITY, has_order
from opsmetrics.ingest.dates import DateStyle
from opsmetrics.ingest.day_first_signs import day_first_sign
from opsmetrics.ingest.layout import Layout
from opsmetrics.ingest.problems import IngestRefused, Question
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.measurements import Notice

CODE = "swapped_dates"
#: Forms whose day and month may have been exchanged.
_REAL = ("iso", "slashed iso", "serial")
#: So many different days above 12 in place of the month are no slip of the pen, nor a 13th period.
_DAYS = 2
#: What the name of the column says, where the dates do not tell.
_VERDICTS = {"ymd": "keep", "ydm": "named"}


@dataclass(frozen=True)
class _Found:
    """How many real dates can be read as they stand only, exchanged only, either way but differently, and at all; how
    many texts stand beside them, and how many of these have days up to 12; how many days above 12 stand in place of the
    month. `example`: a cell and its two readings."""

    kept: int
    back: int
    differ: int
    real: int
    texts: int
    small: int
    days: int
    example: tuple[str, str, str] | None

    @property
    def traced(self) -> bool:
        """True where the column bears the trace of a spreadsheet."""
        return bool(self.texts and self.differ and not self.small and not self.kept and not self.back)


def settle_exchanged(
    scratch: Scratch, layout: Layout, style: DateStyle, records: str, answers: Mapping[str, str], today: dt.date
) -> tuple[DateStyle, Question | None, list[Notice]]:
    """The style with the exchange of day and month undone where there was one, or what must be asked.

    `style` has its order. Raises IngestRefused (`unknown_answer`; `dates_not_understood` where days over 12 stand in
    both places).
    """
    forms = tuple(name for name in style.forms if name in _REAL)
    if not forms:
        return style, None, []
    assert layout.time is not None
    header = scratch.sheet.headers[layout.time]
    found = _look(scratch, layout, style, forms, records)
    if not found.differ and not found.back:
        return style, None, []
    before = answers.get(CODE)
    verdict = _verdict(header, found, before is not None and before.startswith("swap"), before is not None)
    sign = None
    if verdict == "keep" and not found.kept and before is None:
        verdict = _VERDICTS.get(scratch.sheet.said_order(layout.time) or "", "")
        sign = None if verdict else day_first_sign(scratch, layout, style, forms, records, today)
        verdict = verdict or ("keep" if sign is None else "open")
    if verdict == "keep" and (found.kept or _now(answers) == {}):
        return style, None, []
    if verdict in ("swap", "named"):
        told = f": {found.back:,} of them have days above 12" if verdict == "swap" else ", as its name says"
        said = f"The dates of '{header}' are written year, day, month{told}."
        return replace(style, swapped=True), None, [Notice("year_day_month", said)]
    question = _question(header, found, before, sign)
    answer = question.answered(answers if verdict != "contradicted" or scratch.sheet.mending else _now(answers))
    if answer is None:
        return style, question, []
    done = "exchanged back" if answer == "swap" else "left as they are"
    said = f"Day and month of the real dates of '{header}' were {done}, as answered."
    return replace(style, swapped=answer == "swap"), None, [Notice(CODE, said)]


def _verdict(header: str, found: _Found, swapped: bool, known: bool) -> str:
    """`keep` or `swap` where the file tells; `open` where it does not, `contradicted` where it tells otherwise than its
    source used to (`known`, and then `swapped` or not)."""
    few = MINORITY * (found.kept + found.back)
    if found.back > few and found.kept > few and found.back > 1:
        raise IngestRefused(
            "dates_not_understood",
            f"{found.kept:,} dates of column '{header}' can only be read year-month-day and {found.back:,} only "
            "year-day-month",
            "one order of day and month",
            "correct the export, or load each kind from a file of its own",
        )
    if found.back > few and not found.kept:
        if known and not swapped:
            return "contradicted"
        told = found.back > MINORITY * found.real and found.days >= _DAYS
        return "swap" if swapped or told else "open"
    if found.kept:
        return "contradicted" if swapped else "keep"
    return "open" if found.traced or swapped else "keep"


def _now(answers: Mapping[str, str]) -> Mapping[str, str]:
    """The answer given with this very file."""
    given = said_now(answers, CODE)
    return {} if given is None else {CODE: given}


def _look(scratch: Scratch, layout: Layout, style: DateStyle, forms: tuple[str, ...], records: str) -> _Found:
    assert layout.time is not None
    cell = layout.cell(layout.time)
    codes = ", ".join(str(code) for code, form in enumerate(FORMS) if form.name in forms)
    written = "NULL::TIMESTAMP"
    if has_order(style):
        ordered = tuple(form.name for form in FORMS if form.ordered and form.name in style.forms)
        written = replace(style, forms=ordered).sql(cell)
    real, back = (replace(style, forms=forms, swapped=swapped).sql(cell) for swapped in (False, True))
    columns = f"{cell} AS cell, {real} AS kept, {back} AS back, {written} AS written"
    read = f"(SELECT {columns}, {form_sql(cell)} IN ({codes}) AS real FROM {records})"
    day = "'%-d %B %Y'"
    counted = (
        "count_if(real AND kept IS NOT NULL AND back IS NULL), count_if(real AND kept IS NULL AND back IS NOT NULL), "
        "count_if(real AND kept <> back), count_if(real), count_if(written IS NOT NULL), count_if(day(written) <= 12), "
        "count(DISTINCT day(back)) FILTER (real AND kept IS NULL), "
        f"any_value([cell, strftime(kept, {day}), strftime(back, {day})]) FILTER (real AND kept <> back)"
    )
    *counts, example = scratch.rows(f"SELECT {counted} FROM {read}")[0]
    kept, exchanged, differ, found, texts, small, days = counts
    shown = (str(example[0])[:10], example[1], example[2]) if example else None
    return _Found(kept, exchanged, differ, found, texts, small, days, shown)


def _question(header: str, found: _Found, before: str | None, sign: str | None) -> Question:
    cell, kept, back = found.example or ("", "", "")
    if sign is not None:
        text = f"No day in column '{header}' is above 12. Read year, month, day, {sign}; read year, day, month not."
    elif found.traced:
        text = (
            f"In column '{header}' all real dates have days up to 12 and all texts days above 12: a spreadsheet may "
            "have exchanged day and month where it could."
        )
    elif before is not None and found.kept:
        text = (
            f"Day and month of column '{header}' were exchanged in this source so far, and {found.kept:,} of its dates "
            "cannot be exchanged."
        )
    else:
        text = f"{found.back:,} dates of column '{header}' are days only if day and month are exchanged."
    told = f", {cell} is" if cell else ""
    return Question(
        CODE, text, (f"swap: exchange them back{told} {back}".strip(), f"keep: as they are{told} {kept}".strip())
    )
