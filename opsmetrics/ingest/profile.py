"""One scan over the whole file that decides how its dates and numbers are written, or what must be asked."""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial

from opsmetrics.ingest import date_forms, number_forms, numbers, plain
from opsmetrics.ingest.date_forms import FORMS
from opsmetrics.ingest.date_order import has_order, settle_order, settle_points
from opsmetrics.ingest.date_parts import refuse_other_years
from opsmetrics.ingest.dates import DateStyle
from opsmetrics.ingest.digits import digits_lost
from opsmetrics.ingest.exchanged import settle_exchanged
from opsmetrics.ingest.flag_columns import flag_styles
from opsmetrics.ingest.flags import RecordStyle
from opsmetrics.ingest.layout import Layout
from opsmetrics.ingest.month_week import settle_weeks
from opsmetrics.ingest.months import months_of, word_sql
from opsmetrics.ingest.number_forms import UNITED, WORDED
from opsmetrics.ingest.numbers import NumberStyle
from opsmetrics.ingest.pairs import pair_styles
from opsmetrics.ingest.problems import IngestRefused, NeedsAnswer, Question
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.ingest.serials import settle_base
from opsmetrics.ingest.sql import text
from opsmetrics.ingest.totals import is_total
from opsmetrics.ingest.units import unit_of
from opsmetrics.ingest.weekdays import without_weekday
from opsmetrics.measurements import Notice, counted

#: A column of which more than this share of cells cannot be read is taken for something else: refused as a whole.
UNREADABLE = 0.5

#: Words behind numbers are looked at, which is another scan of the file, where more than this share of cells has them.
WORTH_A_LOOK = 0.02
#: Cells in no plain form that are looked at one by one, for the rules that they need.
_WAYS = 2_000

Counts = Mapping[int, int]


@dataclass(frozen=True)
class Reading:
    """How a file's cells are read: one style for its dates, one for each column of numbers (by role)."""

    dates: DateStyle | None
    numbers: Mapping[str, NumberStyle]
    notices: tuple[Notice, ...] = ()
    ends: DateStyle | None = None  # of the stamps at which events closed
    unproven: tuple[str, ...] = ()  # roles of the columns of numbers without a cell that tells the decimal mark


def profile(scratch: Scratch, layout: Layout, answers: Mapping[str, str], today: dt.date) -> Reading:
    """Decide the styles over every cell of the file.

    Raises NeedsAnswer (`date_order`, `swapped_dates`, `serial_base`, `decimal`), IngestRefused (`dates_not_understood`,
    `numbers_not_understood`, `unknown_answer`). Whether the dates are there that it takes the cells for, `stage` sees.
    """
    stamps, tails, cells = _count(scratch, layout)
    if stamps.get(date_forms.OTHER) and _rewritten(scratch, layout):
        stamps, tails, cells = _count(scratch, layout)
    style, order_question = None, None
    notices: list[Notice] = []
    if layout.time is not None:
        style, order_question, found = _dates(scratch, layout, stamps, tails, answers, today)
        notices += found
    styles, decimal_question, found = _numbers(scratch, layout, cells, answers)
    ends, end_question, more = _ends(scratch, layout, style, answers, today)
    if questions := [q for q in (order_question or end_question, decimal_question) if q]:
        if style is not None and order_question is None:
            refuse_unread(scratch, layout, style)
        raise NeedsAnswer(questions)
    unproven = (role for role, codes in cells.items() if not any(number_forms.form_of(code).proves for code in codes))
    return Reading(style, styles, (*notices, *more, *found), ends, tuple(unproven))


def _ends(
    scratch: Scratch, layout: Layout, style: DateStyle | None, answers: Mapping[str, str], today: dt.date
) -> tuple[DateStyle | None, Question | None, list[Notice]]:
    """How the closing stamps are written; day and month stand as in the other stamps, where those tell."""
    if layout.end is None:
        return None, None, []
    order = style.order if style is not None and has_order(style) else layout.date_order
    alone = replace(layout, time=layout.end, parts=(), texts={}, numbers={}, flags={}, date_order=order)
    alone = replace(alone, end=None, events=None, bound=True)
    missing = number_forms.missing_sql(alone.cell(layout.end))
    stamps, tails, _ = _count(scratch, alone, missing)
    if stamps.get(date_forms.OTHER) and _rewritten(scratch, alone, missing):
        stamps, tails, _ = _count(scratch, alone, missing)
    found, question, notices = _dates(scratch, alone, stamps, tails, answers, today)
    if question is None:
        refuse_unread(scratch, alone, found)
    return found, question, [notice for notice in notices if notice.code != "ambiguous_date_order"]


def _rewritten(scratch: Scratch, layout: Layout, beside: str = "FALSE") -> bool:
    """True where cells of the column of time, in no plain form as they stand, are read once they are rewritten."""
    assert layout.time is not None
    cell = layout.cell(layout.time)
    other = (
        f"{date_forms.form_sql(cell, f'{_no_record(scratch, layout, layout.time)} OR {beside}')} = {date_forms.OTHER}"
    )
    found = scratch.rows(f"SELECT DISTINCT {cell} FROM {_filled(scratch, layout)} AND {other} LIMIT {_WAYS + 1}")
    rules = plain.rules_of((said for (said,) in found), date_forms.is_plain, len(found) <= _WAYS)
    if rules:
        scratch.rewritten[layout.time] = rules
    return bool(rules)


def _count(scratch: Scratch, layout: Layout, beside: str = "FALSE") -> tuple[Counts, Counts, dict[str, Counts]]:
    asked = []
    if layout.time is not None:
        cell = layout.cell(layout.time)
        form = date_forms.form_sql(cell, f"{_no_record(scratch, layout, layout.time)} OR {beside}")
        asked += [f"histogram({form})", f"histogram({date_forms.tail_sql(cell)})"]
    for column in layout.measured.values():
        form = number_forms.form_sql(scratch.number(layout.cell(column)), _no_record(scratch, layout, column))
        asked.append(f"histogram({scratch.exactly(layout.cell(column), '0', form)})")
    found = [
        dict(counts or {}) for counts in scratch.rows(f"SELECT {', '.join(asked)} FROM {_filled(scratch, layout)}")[0]
    ]
    first = 0 if layout.time is None else 2
    stamps, tails = (found[0], found[1]) if first else ({}, {})
    return stamps, tails, dict(zip(layout.measured, found[first:], strict=True))


def _no_record(scratch: Scratch, layout: Layout, column: int) -> str:
    """True for a cell of a line of totals, or of a repeated header: it says nothing about the column."""
    cell = f"lower({layout.cell(column)})"
    return f"{is_total(cell)} OR {cell} = lower({text(scratch.sheet.headers[column])})"


def _filled(scratch: Scratch, layout: Layout) -> str:
    """The records that have all their cells."""
    return f"{scratch.source(layout.columns)} WHERE len(f) >= {len(scratch.sheet.headers)}"


def _telling(scratch: Scratch, layout: Layout, column: int) -> str:
    """Those of them in which a column may say something."""
    first = layout.cell(layout.columns[0])
    timed = f"{first} <> '' AND NOT {is_total(f'lower({first})')}"
    return f"{_filled(scratch, layout)} AND {timed} AND NOT ({_no_record(scratch, layout, column)})"


def _dates(
    scratch: Scratch, layout: Layout, forms: Counts, tails: Counts, answers: Mapping[str, str], today: dt.date
) -> tuple[DateStyle, Question | None, list[Notice]]:
    assert layout.time is not None
    cell = layout.cell(layout.time)
    chosen = _chosen_forms(scratch, layout, forms)
    refuse_other_years(chosen[0], scratch.sheet.headers[layout.time])
    words: dict[str, int] = {}
    weekdays = any(tail >= date_forms.WEEKDAY for tail in tails)
    if set(chosen) & set(date_forms.NAMED):
        word = word_sql(without_weekday(cell) if weekdays else cell)
        found = scratch.rows(f"SELECT DISTINCT {word} FROM {_filled(scratch, layout)}")
        words = months_of(word for (word,) in found if word)
    around = tuple(dict.fromkeys(tail % date_forms.WEEKDAY for tail in tails)) or (0,)
    order = layout.date_order or "dmy"
    style = DateStyle(chosen, order, around, words, scratch.sheet.serial_base, weekdays=weekdays)
    records = _filled(scratch, layout)
    style, question, notices = settle_points(scratch, layout, style, records, answers)
    if (
        question is None
        and has_order(style)
        and (layout.date_order is None or not (layout.bound or scratch.sheet.mending))
    ):
        style, question, more = settle_order(scratch, layout, style, records, answers, layout.date_order)
        notices += more
    if question is None:
        style, question, more = settle_base(scratch, layout, style, records, answers, today)
        notices += more
    if question is None:
        style, question, more = settle_weeks(scratch, layout, style, records, answers)
        notices += more
    if question is None:
        style, question, more = settle_exchanged(scratch, layout, style, records, answers, today)
        notices += more
    return style, question, notices


def refuse_unread(scratch: Scratch, layout: Layout, style: DateStyle) -> None:
    """Cells may look like dates and be none: days of a 13th month, months of another language. Another scan of the
    file, which only a file needs that has more records without a time than with one (`stage`).

    Raises IngestRefused (`dates_not_understood`).
    """
    assert layout.time is not None
    cell = layout.cell(layout.time)
    looks = f"{date_forms.form_sql(cell, _no_record(scratch, layout, layout.time))} <> {date_forms.EMPTY}"
    counted = f"count(*) FILTER ({looks}), count(*) FILTER ({looks} AND {style.sql(cell)} IS NULL)"
    said, unread = scratch.rows(f"SELECT {counted} FROM {_filled(scratch, layout)}")[0]
    if unread > UNREADABLE * said:
        example = _example(scratch, layout, layout.time, f"{looks} AND {style.sql(cell)} IS NULL")
        raise _not_understood(scratch, layout, unread, said, example)


def _chosen_forms(scratch: Scratch, layout: Layout, forms: Counts) -> tuple[str, ...]:
    """The forms in which the column is written, the most frequent first."""
    said = sum(n for code, n in forms.items() if code != date_forms.EMPTY)
    known = {FORMS[code].name: n for code, n in forms.items() if code < len(FORMS)}
    ranked = sorted(known, key=lambda name: -known[name])
    kept = tuple(name for name in ranked if name == "serial" or name not in date_forms.BARE)  # of a spreadsheet: both
    if ranked and ranked[0] in date_forms.BARE and ranked[0] != "serial":
        kept = (ranked[0],)
    readable = sum(known[name] for name in kept)
    if said and said - readable > UNREADABLE * said:
        assert layout.time is not None
        form = date_forms.form_sql(layout.cell(layout.time), _no_record(scratch, layout, layout.time))
        other = f"{form} NOT IN ({_codes(kept)}, {date_forms.EMPTY})"
        example = _example(scratch, layout, layout.time, other)
        raise _not_understood(scratch, layout, said - readable, said, example)
    return kept or ("iso",)


def _not_understood(scratch: Scratch, layout: Layout, odd: int, said: int, example: str) -> IngestRefused:
    assert layout.time is not None
    return IngestRefused(
        "dates_not_understood",
        f"{odd:,} of {said:,} cells of column '{scratch.sheet.headers[layout.time]}' are not dates in a known form, "
        f"for example '{example}'",
        "dates such as 2025-01-27, 27.01.2025, 01/27/2025, 27 Jan 2025 or 2025-W05, with or without a time",
        "name another column in the template, or change the date format of the export",
    )


def _codes(names: tuple[str, ...]) -> str:
    return ", ".join(str(code) for code, form in enumerate(FORMS) if form.name in names) or "-1"


def _example(scratch: Scratch, layout: Layout, column: int, condition: str) -> str:
    cell = layout.cell(column)
    found = scratch.rows(f"SELECT {cell} FROM {_filled(scratch, layout)} AND ({condition}) LIMIT 1")
    return str(found[0][0])[:60] if found else ""


def _numbers(
    scratch: Scratch, layout: Layout, cells: Mapping[str, Counts], answers: Mapping[str, str]
) -> tuple[dict[str, NumberStyle], Question | None, list[Notice]]:
    flags, notices = flag_styles(scratch, layout, cells, partial(_telling, scratch, layout), answers)
    cells = {role: codes for role, codes in cells.items() if role not in flags}
    looked = {
        role: _worded(scratch, layout, role)
        for role, codes in cells.items()
        if codes.get(WORDED, 0) > WORTH_A_LOOK * sum(codes.values())
    }
    units = {role: words for role, (words, _) in looked.items()}
    cells |= {role: codes for role, (_, codes) in looked.items()}
    cells = {role: _signs(scratch, layout, role, codes) for role, codes in cells.items()}
    _refuse_texts(scratch, layout, cells, units)
    decimal = layout.decimal or {",": ".", ".": ","}.get(layout.thousands or "")
    styles, undecided = numbers.decide(cells, decimal, layout.thousands)
    question = _decimal_question(scratch, layout, undecided[0], cells[undecided[0]], units) if undecided else None
    if question and (answer := question.answered(answers)) is not None:
        styles, _ = numbers.decide(cells, answer, layout.thousands)
        said = {".": "point", ",": "comma"}[answer]
        notices.append(Notice("ambiguous_number_format", f"Decimals were read after a {said}, as answered."))
        question = None
    if errors := sum(counts.get(number_forms.SHEET_ERROR, 0) for counts in cells.values()):
        one, many = "{n} cell holds a spreadsheet error and counts", "{n} cells hold a spreadsheet error and count"
        notices.append(Notice("excel_error_values", f"{counted(errors, one, many)} as missing."))
    if odd := sum(numbers.mixed(counts) for counts in cells.values()):
        one, many = "{n} number does not fit", "{n} numbers do not fit"
        notices.append(Notice("mixed_number_format", f"{counted(odd, one, many)} the style of the column."))
    notices += digits_lost(scratch, layout, cells, _filled(scratch, layout))
    styles = numbers.with_units(styles, units)
    pairs = pair_styles(scratch, layout, partial(_telling, scratch, layout))
    apart = {**flags, **pairs, **dict.fromkeys(layout.records, RecordStyle())}
    return {**styles, **apart}, question, notices


def _worded(scratch: Scratch, layout: Layout, role: str) -> tuple[tuple[str, ...], Counts]:
    """The words behind the numbers of a column that can be read (known units, or the one word behind most of them) and
    the counts of the column in which only these stand behind numbers."""
    cell = scratch.number(layout.cell(layout.numbers[role]))
    form = scratch.exactly(layout.cell(layout.numbers[role]), "0", _form(scratch, layout, role, {role: None}))
    word = f"CASE WHEN form >= {UNITED} THEN {number_forms.unit_sql(cell)} END"
    formed = f"SELECT *, {form} AS form FROM {_filled(scratch, layout)}"
    found = scratch.rows(f"SELECT {word}, form, count(*) FROM ({formed}) GROUP BY 1, 2")
    said = sum(n for _, code, n in found if code != number_forms.EMPTY)
    words: dict[str, int] = {}
    for spelled, _, n in found:
        if spelled is not None:
            words[spelled] = words.get(spelled, 0) + n
    only = next(iter(words)) if len(words) == 1 else None
    kept = {word for word in words if unit_of(word) or (word == only and words[word] > UNREADABLE * said)}
    codes: dict[int, int] = {}
    for spelled, code, n in found:
        read = code if spelled is None or spelled in kept else number_forms.OTHER
        codes[read] = codes.get(read, 0) + n
    return tuple(sorted(kept)), numbers.without_odd_times(codes)


def _form(scratch: Scratch, layout: Layout, role: str, units: Mapping[str, tuple[str, ...] | None]) -> str:
    """The code of a cell's form, its words looked at in the columns of `units`."""
    column = layout.numbers[role]
    cell, beside = scratch.number(layout.cell(column)), _no_record(scratch, layout, column)
    if role in units:
        return number_forms.full_form_sql(cell, beside, units[role])
    return number_forms.form_sql(cell, beside)


def _signs(scratch: Scratch, layout: Layout, role: str, codes: Counts) -> Counts:
    """The counts of a column; a minus behind a number counts only where no number has it before."""
    if not any(number_forms.BEHIND <= code < UNITED for code in codes):
        return codes
    leads = number_forms.leads_sql(scratch.number(layout.cell(layout.numbers[role])))
    (before,) = scratch.rows(f"SELECT count_if({leads}) FROM {_filled(scratch, layout)}")[0]
    return numbers.without_behind(codes) if before else codes


def _refuse_texts(
    scratch: Scratch, layout: Layout, cells: Mapping[str, Counts], units: Mapping[str, tuple[str, ...]]
) -> None:
    for role, codes in cells.items():
        column = layout.numbers[role]
        other, said = numbers.not_numbers(codes)
        if said and other > UNREADABLE * said:
            odd = f"{_form(scratch, layout, role, units)} IN ({number_forms.OTHER}, {WORDED})"
            example = _example(scratch, layout, column, odd)
            raise IngestRefused(
                "numbers_not_understood",
                f"{other:,} of {said:,} cells of column '{scratch.sheet.headers[column]}' are not numbers, "
                f"for example '{example}'",
                "a column of numbers",
                "name another column in the template, or correct the export",
            )


def _decimal_question(
    scratch: Scratch, layout: Layout, role: str, counts: Counts, units: Mapping[str, tuple[str, ...]]
) -> Question:
    column = layout.numbers[role]
    forms = {code: number_forms.form_of(code) for code in counts}
    telling = [c for c, form in forms.items() if form.doubtful] or [c for c, form in forms.items() if form.proves]
    form = forms[telling[0]]
    example = _example(scratch, layout, column, f"{_form(scratch, layout, role, units)} = {telling[0]}")
    mark = form.doubtful or form.proves or "."
    return numbers.decimal_question(scratch.sheet.headers[column], example, mark, counts)
