"""Whether day or month stands first in a column of dates: settled by impossible days, or asked.

What a source was known by holds for its later files, unless their days contradict it: then it is asked anew.
"""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

from opsmetrics.ingest.answers import said_now
from opsmetrics.ingest.date_forms import FORMS, form_sql
from opsmetrics.ingest.dates import ORDER_WORDS, ORDERS, DateStyle
from opsmetrics.ingest.layout import Layout
from opsmetrics.ingest.problems import IngestRefused, Question
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.measurements import Notice, counted

#: Of the cells that tell day from month, at most this share may contradict the rest; they are then rejected.
MINORITY = 0.2
#: One and the same day of the month in so many years, and no other day, is no column of dates.
MANY_YEARS = 4
#: The question about dates with points, whose answer is known where a file has told it.
POINTS = "point_order"
_AMERICAN = "The dates of '{}' are written month first, with points{}."
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

    def against(self, order: str) -> int:
        """Cells that only another order can read."""
        return sum(self.alone.values()) - self.alone.get(order, 0)


def has_order(style: DateStyle) -> bool:
    """True where day and month of some cells may stand in either order."""
    return bool(set(style.forms) & set(_ORDERED))


def settle_order(
    scratch: Scratch,
    layout: Layout,
    style: DateStyle,
    records: str,
    answers: Mapping[str, str],
    known: str | None = None,
) -> tuple[DateStyle, Question | None, list[Notice]]:
    """The style with its order, or what must be asked. `records` is the scratch relation of the records, `known` the
    order of the source's earlier files.

    Raises IngestRefused (`unknown_answer`).
    """
    assert layout.time is not None
    header = scratch.sheet.headers[layout.time]
    read = _reading(layout, style, records)
    orders = [order for order, formats in ORDERS.items() if formats[0] or "ordered short" in style.forms]
    known = known if known in orders else None
    counts = _count(scratch, read, orders)
    example = _example(scratch, read, counts)
    question = _question(header, example, orders)
    answer = question.answered(answers)
    if answer is not None:
        said = f"The dates of '{header}' were read as {ORDER_WORDS[answer]}, as answered."
        return replace(style, order=answer), None, [Notice("ambiguous_date_order", said)]
    likely = _likely(scratch, read, counts.tied)
    named = scratch.sheet.said_order(layout.time)
    named = named if known is None and named in likely and len(likely) > 1 else None
    best = known or named or likely[0]
    undecided = known is None and named is None and len(likely) > 1 and example is not None
    against = counts.against(best)
    if undecided or against > MINORITY * sum(counts.alone.values()):
        return style, question, []
    notices = []
    if named and example is not None:
        said = f"The dates of '{header}' were read as {ORDER_WORDS[named]}, as its name says."
        notices.append(Notice("named_date_order", said))
    if against:
        told = counted(against, "{n} date does not fit", "{n} dates do not fit")
        text = f"{told} the order of '{header}' ({ORDER_WORDS[best]}): rejected."
        notices.append(Notice("mixed_date_order", text))
    return replace(style, order=best), None, notices


def settle_points(
    scratch: Scratch, layout: Layout, style: DateStyle, records: str, answers: Mapping[str, str]
) -> tuple[DateStyle, Question | None, list[Notice]]:
    """Days with points are day first; where days over 12 stand second, and hardly ever first, they are month first, and
    so are those of later files of the source that do not tell. One that tells otherwise is asked about.

    Raises IngestRefused (`dates_not_understood`) where they stand in both places.
    """
    forms = tuple(name for name in style.forms if name.startswith("dotted"))
    if not forms:
        return style, None, []
    assert layout.time is not None
    cell, header = layout.cell(layout.time), scratch.sheet.headers[layout.time]
    day, month = (replace(style, forms=forms, american=american).sql(cell) for american in (False, True))
    shown = "any_value([cell, strftime(d, '%-d %B %Y'), strftime(m, '%-d %B %Y')]) FILTER (d <> m)"
    telling = "count_if(d IS NOT NULL AND m IS NULL), count_if(m IS NOT NULL AND d IS NULL)"
    read = f"(SELECT {cell} AS cell, {day} AS d, {month} AS m FROM {records})"
    first, second, example = scratch.rows(f"SELECT {telling}, {shown} FROM {read}")[0]
    few = MINORITY * (first + second)
    if min(first, second) > few:
        raise IngestRefused(
            "dates_not_understood",
            f"{first:,} dates of column '{header}' can only be read day first and {second:,} only month first",
            "one order of day and month",
            "correct the export, or load each kind from a file of its own",
        )
    before = answers.get(POINTS)
    known = None if before is None else before.split(":", 1)[0]
    told = "mdy" if second > few else "dmy" if first else known or "dmy"
    if known is not None and told != known and not scratch.sheet.mending:
        question = _points_question(header, known, example)
        now = said_now(answers, POINTS)
        answer = question.answered({} if now is None else {POINTS: now})
        if answer is None:
            return style, question, []
        told = answer
    if told == "dmy":
        return style, None, []
    days = f": {second:,} of them have days above 12" if second else ", as in the source's earlier files"
    return replace(style, american=True), None, [Notice("month_first", _AMERICAN.format(header, days))]


def _points_question(header: str, known: str, example: Sequence[str] | None) -> Question:
    cell, day, month = example or ("", "", "")
    shown = {"dmy": f", {cell} is {day}", "mdy": f", {cell} is {month}"} if cell else {"dmy": "", "mdy": ""}
    text = f"The dates of column '{header}' were {ORDER_WORDS[known]} in this source so far; these tell otherwise."
    return Question(POINTS, text, tuple(f"{order}: {ORDER_WORDS[order]}{shown[order]}" for order in ("dmy", "mdy")))


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


def _likely(scratch: Scratch, read: str, tied: tuple[str, ...]) -> tuple[str, ...]:
    """Of the orders that read as many cells, those that are not absurd: 01/01/25 to 31/01/25 are no 25th of January in
    31 years where another order makes them days of one or two years."""
    if len(tied) < 2:
        return tied
    asked = ", ".join(f"count(DISTINCT day({order})), count(DISTINCT year({order}))" for order in tied)
    found = scratch.rows(f"SELECT {asked} FROM {read}")[0]
    days, years = (dict(zip(tied, found[start::2], strict=True)) for start in (0, 1))
    if not any(days[order] > 1 and years[order] <= 2 for order in tied):
        return tied
    return tuple(order for order in tied if days[order] > 1 or years[order] < MANY_YEARS)


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
