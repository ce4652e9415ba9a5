"""The first lines of a long file, looked at as text: where they are as plain as can be, their style needs no engine.

Plain are days as 2026-05-03, with or without a time of one length, and numbers in figures that no other style writes.
`profile` finds the same in them, by some hundred patterns that the engine has to prepare for each column.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from opsmetrics.ingest.date_forms import CLOCK
from opsmetrics.ingest.dates import DateStyle
from opsmetrics.ingest.exchanged import CODE as EXCHANGED
from opsmetrics.ingest.layout import Layout
from opsmetrics.ingest.marks import CELL
from opsmetrics.ingest.numbers import NumberStyle
from opsmetrics.ingest.profile import Reading
from opsmetrics.ingest.scratch import Scratch
from opsmetrics.ingest.sheet import Sheet

#: The first lines are looked for in so many bytes.
_BYTES = 2_000_000
#: A wider table is parted line by line.
_WIDE = 200
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
#: A day, to the minute, to the second: by the position of their time in `date_forms.TAILS`.
_STAMPS = tuple(re.compile(f"{_DAY}{time}") for time in ("", f"[T ](?=..:){CLOCK}", f"[T ](?=..:){CLOCK}:[0-5][0-9]"))
#: Whole numbers, and those whose point is the decimal mark: not 1.234.
_WHOLE, _POINTED = re.compile("-?[0-9]+"), re.compile(r"-?[0-9]*\.(?:[0-9]{1,2}|[0-9]{4,})")


@dataclass(frozen=True)
class FirstLines:
    """The cells of the first records, by column; `loose`: a blank stands beside a separator, or at an end of a line."""

    columns: Sequence[Sequence[str]]
    loose: bool


def first_lines(scratch: Scratch, layout: Layout, most: int) -> FirstLines | None:
    """The first records (`most` at most), where they are a time, names and numbers of one cell each and nothing else is
    asked of them; None where some have other cells than the header."""
    sheet = scratch.sheet
    if sheet.separator == CELL or layout.time is None or not _has_only_cells(scratch, layout):
        return None
    lines = _lines(sheet, most)
    rows = [line.split(sheet.separator) for line in lines]
    if not rows or any(len(row) != len(sheet.headers) for row in rows):
        return None
    mark = sheet.separator
    loose = any(
        f" {mark}" in line or f"{mark} " in line or line.startswith(" ") or line.endswith(" ") for line in lines
    )
    return FirstLines(list(zip(*rows, strict=True)), loose)


def plain_reading(scratch: Scratch, layout: Layout, answers: Mapping[str, str], first: FirstLines) -> Reading | None:
    """What `profile` says of these lines, where they are plain and nothing known says otherwise; None elsewhere.

    That days are not months is left to be seen in all records: the first ones may be of one week.
    """
    assert layout.time is not None
    sheet = scratch.sheet
    told = EXCHANGED in answers or sheet.said_order(layout.time) or sheet.mending or not sheet.ascii
    if told or first.loose or layout.thousands or layout.decimal not in (None, "."):
        return None
    stamps = set(first.columns[layout.time])
    tail = next((t for t, form in enumerate(_STAMPS) if all(map(form.fullmatch, stamps))), None)
    if tail is None:
        return None
    unproven = []
    for role, column in layout.numbers.items():
        pointed = {cell for cell in set(first.columns[column]) if not _WHOLE.fullmatch(cell)}
        if not all(map(_POINTED.fullmatch, pointed)):
            return None
        if not pointed:
            unproven.append(role)
    style = DateStyle(("iso",), layout.date_order or "dmy", (tail,), {}, sheet.serial_base)
    return Reading(style, dict.fromkeys(layout.numbers, NumberStyle()), unproven=tuple(unproven))


def _lines(sheet: Sheet, most: int) -> list[str]:
    """Whole lines from the first record on."""
    with sheet.from_first_record() as file:
        lines = file.read(_BYTES).decode("utf-8", "replace").split("\n")
    return [line.removesuffix("\r") for line in lines[: min(most, len(lines) - 1)]]


def _has_only_cells(scratch: Scratch, layout: Layout) -> bool:
    """True where the records are a time, names and numbers of one cell each, and nothing else is asked of them."""
    columns = [layout.time, *layout.texts.values(), *layout.numbers.values()]
    other = (layout.reading, layout.end, layout.clock, layout.offset, layout.apart, layout.events)
    special = layout.parts or layout.pairs or layout.records or layout.lasting or any(layout.flags.values())
    texts = set(layout.texts) == set(layout.series) and len(set(columns)) == len(columns)
    plain = not (special or scratch.joined or scratch.rewritten or scratch.sheet.exact or layout.tells_equals)
    return plain and texts and all(each is None for each in other) and len(scratch.sheet.headers) <= _WIDE
