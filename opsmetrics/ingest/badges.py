"""The columns of a checked file in short: how each is read, its unit, how much is empty, from what to what."""

# ruff: noqa: S608  (columns are named by position: no word of the file is SQL)

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from opsmetrics.ingest import faults
from opsmetrics.ingest.checked import Checked
from opsmetrics.ingest.dates import ORDER_WORDS, DateStyle
from opsmetrics.ingest.faults import COLUMN
from opsmetrics.ingest.flags import FlagStyle
from opsmetrics.ingest.numbers import NumberStyle
from opsmetrics.ingest.recognised import MARKS
from opsmetrics.ingest.units import unit_in_header
from opsmetrics.measurements import stamp_to_sample

#: Cells of a column that are shown as examples.
EXAMPLES = 2

#: Forms of dates that are neither plain days nor plain stamps, in words.
_FORMS: Mapping[str, str] = {
    **dict.fromkeys(("week", "year week", "week year"), "week"),
    **dict.fromkeys(("month", "named month", "month year", "slashed month", "compact month"), "month"),
    **dict.fromkeys(("quarter", "quarter year"), "quarter"),
    **dict.fromkeys(("day of year", "compact day of year"), "day of the year"),
    **dict.fromkeys(("compact minute", "compact second"), "date and time, digits only"),
    "week day": "day of a week",
    "compact": "date, digits only",
    "serial": "serial date of a spreadsheet",
    "epoch": "seconds since 1970",
    "epoch ms": "milliseconds since 1970",
    "epoch us": "microseconds since 1970",
}
_APART = {".": "point", ",": "comma", "'": "apostrophe", "_": "underscore"}


#: Records whose cells can be told to be empty or not: a number that cannot be read is null as well.
_WHOLE = f"fault // {COLUMN} IN (0, {faults.DUPLICATE}, {faults.NO_DATE.kind}, {faults.EMPTY_KEY.kind})"


@dataclass(frozen=True)
class Badge:
    """One column that is read.

    `told`: how its cells are read. `empty`: share of the records that say nothing in it, of those that are read or lack
    only a date or a name; None where there are none. `least`, `most`: of the records that load, numbers as they are
    stored, times as written, numbers of samples; None of texts. `unit`: "s → min" where numbers become others.
    `examples`: cells as they stand in the file.
    """

    header: str
    told: str
    empty: float | None = None
    least: float | dt.datetime | None = None
    most: float | dt.datetime | None = None
    unit: str = ""
    examples: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Column:
    """A column, the name of its cells in the stage, and that of their units where they carry some."""

    place: int
    badge: Badge
    name: str
    units: str = ""
    stored: tuple[str, ...] = ()  # the units of the KPIs that its numbers belong to
    text: bool = False
    sample: bool = False

    def sql(self, loads: str) -> str:
        """Share of empty cells, least, most where a record `loads`, and the first and last of the units."""
        blank = f"coalesce({self.name}, '') = ''" if self.text else f"{self.name} IS NULL"
        ends = (
            "NULL, NULL"
            if self.text
            else ", ".join(f"{end}({self.name}) FILTER (WHERE {loads})" for end in ("min", "max"))
        )
        unit = f"nullif({self.units}, '')" if self.units else "NULL"
        return f"avg(({blank})::INTEGER), {ends}, min({unit}), max({unit})"

    def known(self, empty: float | None, least: Any, most: Any, first: str | None, last: str | None) -> Badge:
        """The badge with what was counted."""
        if self.sample and least is not None:
            least, most = (float(stamp_to_sample(stamp)) for stamp in (least, most))
        found = [unit for unit in dict.fromkeys((first, last, self.badge.unit)) if unit]
        unit = ", ".join(found)
        if self.stored and found and set(found) - set(self.stored):
            unit += f" → {', '.join(self.stored)}"
        return replace(self.badge, empty=empty, least=least, most=most, unit=unit or ", ".join(self.stored))


def badges(checked: Checked, written: Sequence[Mapping[str, str]] = ()) -> list[Badge]:
    """The columns that are read, in the order of the file, each once; `written`: records to take examples from."""
    columns = sorted(_columns(checked), key=lambda column: column.place)
    if not columns:
        return []
    loads = f"fault = 0 AND {checked.loads}"
    (row,) = checked.scratch.rows(
        f"SELECT {', '.join(column.sql(loads) for column in columns)} FROM stage WHERE {_WHOLE}"
    )
    found = [column.known(*row[at * 5 : at * 5 + 5]) for at, column in enumerate(columns)]
    return [
        replace(badge, examples=_examples(checked, column, written))
        for badge, column in zip(found, columns, strict=True)
    ]


def _examples(checked: Checked, column: _Column, written: Sequence[Mapping[str, str]]) -> tuple[str, ...]:
    headers, layout = checked.sheet.headers, checked.layout
    parts = layout.instant if column.place == layout.time else (column.place,)
    cells = (" ".join(filter(None, (record.get(headers[p], "").strip() for p in parts))) for record in written)
    return tuple(dict.fromkeys(filter(None, cells)))[:EXAMPLES]


def _columns(checked: Checked) -> Iterator[_Column]:
    layout, reading, headers = checked.layout, checked.reading, checked.sheet.headers
    if layout.time is not None and reading.dates is not None:
        name = " ".join(headers[part] for part in layout.instant)
        yield _Column(layout.time, Badge(name, _dates(reading.dates, dated=checked.clock.dated)), "stamp")
    if layout.point is not None and not layout.in_order:
        yield _Column(layout.point, Badge(headers[layout.point], "number of the sample"), "stamp", sample=True)
    if layout.reading is not None:
        yield _Column(layout.reading, Badge(headers[layout.reading], "number of the reading"), "reading")
    if layout.end is not None and reading.ends is not None:
        yield _Column(layout.end, Badge(headers[layout.end], _dates(reading.ends)), "ended")
    for role, place in layout.texts.items():
        yield _Column(place, Badge(headers[place], "text"), layout.text_name(role), text=True)
    yield from _numbers(checked)


def _numbers(checked: Checked) -> Iterator[_Column]:
    layout, sheet, shown = checked.layout, checked.sheet, set[int]()
    for role, place in layout.numbers.items():
        if role in layout.records or place in shown:
            continue
        shown.add(place)
        style = checked.reading.numbers[role]
        below = sheet.head.units[place] if place < len(sheet.head.units) else ""
        unit = unit_in_header(sheet.headers[place], below)
        badge = Badge(sheet.headers[place], _number(style), unit=unit.name if unit else "")
        stored = dict.fromkeys(m.unit for m in checked.meaning.measures if m.columns[:1] == (role,) and m.unit)
        units = layout.unit_name(role) if style.marked else ""
        yield _Column(place, badge, layout.number_name(role), units, tuple(stored))


def _dates(style: DateStyle, *, dated: bool = False) -> str:
    """How instants are written, in words; `dated`: they have no time of day."""
    named = [_FORMS[form] for form in style.forms if form in _FORMS]
    if len(named) == len(style.forms):
        return " or ".join(dict.fromkeys(named))
    order = f", {ORDER_WORDS[style.order]}" if any(form.startswith("ordered") for form in style.forms) else ""
    return f"{'date' if dated else 'date and time'}{order}"


def _number(style: NumberStyle) -> str:
    """How numbers are written, in words."""
    if isinstance(style, FlagStyle):
        return "yes or no"
    if style.lasting:
        return "duration"
    thousands = dict.fromkeys(_APART.get(mark, "blank") for mark in style.thousands)
    apart = f", thousands {' or '.join(thousands)}" if thousands else ""
    return f"number, decimal {MARKS.get(style.decimal, style.decimal)}{apart}"
