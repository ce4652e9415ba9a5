"""Whether day or month stands first in a column of dates: settled by impossible days, or asked.

A spreadsheet with another country's settings takes `05/10/2026` for a date, day and month exchanged, and leaves
`13/10/2026` a text. Dates that all have days up to 12 beside texts that all have days above 12 are its trace.
"""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from opsmetrics.ingest.date_forms import FORMS, form_sql
from opsmetrics.ingest.dates import ORDER_WORDS, ORDERS, DateStyle
from opsmetrics.ingest.layout import Layout
from opsmetrics.ingest.problems import IngestRefused, Question
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.measurements import Notice, counted

#: Of the cells that tell day from month, at most this share may contradict the rest; they are then rejected.
MINORITY = 0.2
_ORDERED = tuple(form.name for form in FORMS if form.ordered)


@dataclass(frozen=True)
class _Counts:
    """For each order: how many cells it can read, and how many it alone can read."""

    readable: Mapping[str, int]
    alone: Mapping[str, int]

    @property
    def best(self) -> str:
        return max(self.readable, key=self.readable.__getitem__)

    @property
    def tied(self) -> tuple[str, ...]:
        """The orders that read as many cells as the best one."""
        return tuple(order for order, count in self.readable.items() if count == self.readable[self.best])

    @property
    def against(self) -> int:
        """Cells that only another order than the best can read."""
        return sum(self.alone.values()) - self.alone[self.best]


def has_order(style: DateStyle) -> bool:
    """True where day and month of some cells may stand in either order."""
    return bool(set(style.forms) & set(_ORDERED))


def settle_order(
    scratch: Scratch, layout: Layout, style: DateStyle, records: str, answers: Mapping[str, str]
) -> tuple[DateStyle, Question | None, list[Notice]]:
    """The style with its order, or what must be asked. `records` is the scratch relation of the records.

    Raises IngestRefused (`unknown_answer`).
    """
    assert layout.time is not None
    header = scratch.sheet.headers[layout.time]
    read = _reading(layout, style, records)
    orders = [order for order, formats in ORDERS.items() if formats[0] or "ordered short" in style.forms]
    counts = _count(scratch, read, orders)
    example = _example(scratch, read, counts)
    question = _question(header, example, orders)
    answer = question.answered(answers)
    if answer is not None:
        said = f"The dates of '{header}' were read as {ORDER_WORDS[answer]}, as answered."
        return replace(style, order=answer), None, [Notice("ambiguous_date_order", said)]
    undecided = len(counts.tied) > 1 and example is not None
    if undecided or counts.against > MINORITY * sum(counts.alone.values()):
        return style, question, []
    notices = []
    if counts.against:
        told = counted(counts.against, "{n} date does not fit", "{n} dates do not fit")
        text = f"{told} the order of '{header}' ({ORDER_WORDS[counts.best]}): rejected."
        notices.append(Notice("mixed_date_order", text))
    return replace(style, order=counts.best), None, notices


def settle_points(scratch: Scratch, layout: Layout, style: DateStyle, records: str) -> tuple[DateStyle, list[Notice]]:
    """Days with points are day first; where days over 12 stand second, and hardly ever first, they are month first.

    Raises IngestRefused (`dates_not_understood`) where they stand in both places.
    """
    forms = tuple(name for name in style.forms if name.startswith("dotted"))
    if not forms:
        return style, []
    assert layout.time is not None
    cell, header = layout.cell(layout.time), scratch.sheet.headers[layout.time]
    day, month = (replace(style, forms=forms, american=american).sql(cell) for american in (False, True))
    read = f"(SELECT {day} AS d, {month} AS m FROM {records})"
    first, second = scratch.rows(
        f"SELECT count_if(d IS NOT NULL AND m IS NULL), count_if(m IS NOT NULL AND d IS NULL) FROM {read}"
    )[0]
    if second <= MINORITY * (first + second):
        return style, []
    if first > MINORITY * (first + second):
        raise IngestRefused(
            "dates_not_understood",
            f"{first:,} dates of column '{header}' can only be read day first and {second:,} only month first",
            "one order of day and month",
            "correct the export, or load each kind from a file of its own",
        )
    text = f"The dates of '{header}' are written month first, with points: {second:,} of them have days above 12."
    return replace(style, american=True), [Notice("month_first", text)]


def settle_swapped(
    scratch: Scratch, layout: Layout, style: DateStyle, records: str, answers: Mapping[str, str]
) -> tuple[DateStyle, Question | None, list[Notice]]:
    """The style with the exchange of day and month undone where a spreadsheet made one, or what must be asked.

    `style` has its order. Raises IngestRefused (`unknown_answer`).
    """
    assert layout.time is not None
    header = scratch.sheet.headers[layout.time]
    example = _exchanged(scratch, layout, style, records)
    if example is None:
        return style, None, []
    cell, kept, back = example
    question = Question(
        "swapped_dates",
        f"In column '{header}' all real dates have days up to 12 and all texts days above 12: a spreadsheet may have "
        "exchanged day and month where it could.",
        (f"swap: exchange them back, {cell} is {back}", f"keep: as they are, {cell} is {kept}"),
    )
    answer = question.answered(answers)
    if answer is None:
        return style, question, []
    done = "exchanged back" if answer == "swap" else "left as they are"
    said = f"Day and month of the real dates of '{header}' were {done}, as answered."
    return replace(style, swapped=answer == "swap"), None, [Notice("swapped_dates", said)]


def _exchanged(scratch: Scratch, layout: Layout, style: DateStyle, records: str) -> tuple[str, str, str] | None:
    """A real date and its two readings, where the column bears the trace of an exchange."""
    assert layout.time is not None
    form = next((name for name in ("iso", "serial") if name in style.forms), None)
    if form is None or not has_order(style):
        return None
    cell, code = layout.cell(layout.time), [known.name for known in FORMS].index(form)
    texts = replace(style, forms=tuple(name for name in style.forms if name in _ORDERED))
    real, back = replace(style, forms=(form,)), replace(style, forms=(form,), swapped=True)
    columns = f"{cell} AS cell, {real.sql(cell)} AS kept, {back.sql(cell)} AS back, {texts.sql(cell)} AS written"
    read = f"(SELECT {columns}, {form_sql(cell)} = {code} AS iso FROM {records})"
    impossible = "count_if(iso AND back IS NULL) + count_if(written IS NOT NULL AND day(written) <= 12)"
    telling = "count_if(iso AND kept <> back), count_if(written IS NOT NULL)"
    against, dates, others = scratch.rows(f"SELECT {impossible}, {telling} FROM {read}")[0]
    if against or not dates or not others:
        return None
    day = "'%-d %B %Y'"
    shown = f"cell, strftime(kept, {day}), strftime(back, {day})"
    (found,) = scratch.rows(f"SELECT {shown} FROM {read} WHERE iso AND kept <> back LIMIT 1")
    return str(found[0])[:10], found[1], found[2]


def _reading(layout: Layout, style: DateStyle, records: str) -> str:
    """The cells whose order is open, each with its reading in every order."""
    assert layout.time is not None
    cell = layout.cell(layout.time)
    forms = tuple(name for name in style.forms if name in _ORDERED)
    readings = ", ".join(f"{replace(style, forms=forms, order=o).sql(cell)} AS {o}" for o in ORDERS)
    codes = ", ".join(str(code) for code, form in enumerate(FORMS) if form.ordered)
    return f"(SELECT {cell} AS cell, {readings} FROM {records} AND {form_sql(cell)} IN ({codes}))"


def _count(scratch: Scratch, read: str, orders: Sequence[str]) -> _Counts:
    alone = []
    for order in orders:
        others = ", ".join(other for other in orders if other != order)
        alone.append(f"count_if({order} IS NOT NULL AND coalesce({others}) IS NULL)")
    found = scratch.rows(f"SELECT {', '.join([*(f'count({order})' for order in orders), *alone])} FROM {read}")[0]
    readable, only = found[: len(orders)], found[len(orders) :]
    return _Counts(dict(zip(orders, readable, strict=True)), dict(zip(orders, only, strict=True)))


def _example(scratch: Scratch, read: str, counts: _Counts) -> tuple[str, Mapping[str, str]] | None:
    """A cell that the best orders read differently, else one that contradicts the best; with its readings."""
    differ = " OR ".join(f"{a} <> {b}" for a, b in combinations(counts.tied, 2))
    others = [order for order in counts.readable if order != counts.best]
    odd = " OR ".join(f"({counts.best} IS NULL AND {order} IS NOT NULL)" for order in others)
    shown = ", ".join(f"strftime({order}, '%-d %B %Y')" for order in counts.readable)
    found = scratch.rows(f"SELECT cell, {shown} FROM {read} WHERE {differ or odd} LIMIT 1")
    if not found:
        return None
    cell, *readings = found[0]
    return cell, {order: text for order, text in zip(counts.readable, readings, strict=True) if text}


def _question(header: str, example: tuple[str, Mapping[str, str]] | None, orders: Sequence[str]) -> Question:
    cell, readings = example or ("", {})
    choices = []
    for order in orders:
        shown = f", {cell} is {readings[order]}" if order in readings else f", {cell} is no date" if cell else ""
        choices.append(f"{order}: {ORDER_WORDS[order]}{shown}")
    return Question("date_order", f"The dates of column '{header}' can be read in more than one order.", tuple(choices))
