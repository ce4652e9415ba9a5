"""Whether day or month stands first in a column of dates: settled by impossible days, or asked."""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from opsmetrics.ingest.dates import FORMS, ORDER_WORDS, ORDERS, DateStyle, form_sql
from opsmetrics.ingest.layout import Layout
from opsmetrics.ingest.problems import Question
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.measurements import Notice

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
        text = f"{counts.against} dates do not fit the order of '{header}' ({ORDER_WORDS[counts.best]}): rejected."
        notices.append(Notice("mixed_date_order", text))
    return replace(style, order=counts.best), None, notices


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
