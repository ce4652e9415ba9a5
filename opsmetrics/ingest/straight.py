"""A long file whose records are all as plain as its first ones, typed by the engine's own reader of CSV.

Every cell is text until it was looked at (`stage`), which costs three times what it costs to read types that are known.
They are known where the first lines are written in a way that has one meaning only. Then the reader must take every
line: each with all its cells, a stamp of just this length, and finite numbers. What it cannot take, or might take for
something else, makes it give up, and every cell is looked at. Names are few: they are cleaned once each.
"""

# ruff: noqa: S608  (columns are named by position, texts are quoted by sql.text: no word of the file is SQL)

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import duckdb
import numpy as np

from opsmetrics.ingest.date_forms import FORMS, TAILS
from opsmetrics.ingest.dates import DateStyle
from opsmetrics.ingest.glance import FirstLines
from opsmetrics.ingest.layout import EARLIEST, Layout
from opsmetrics.ingest.numbers import NumberStyle
from opsmetrics.ingest.profile import Reading
from opsmetrics.ingest.scratch import NEVER, Scratch
from opsmetrics.ingest.sheet import Sheet
from opsmetrics.ingest.sql import text

#: Dates that can be read in one way only, and no other form reads them too.
CERTAIN = ("iso", "dotted")
#: Times behind them: none, to the minute, to the second.
_TAILS = (0, 1, 2)
#: Names are looked for at so many places of a file, in so many bytes each; more of them than this are no list.
_PLACES, _LOOK, _NAMES = 500, 1_000, 1_000
#: Bytes of records that are held in memory. More lie in the private file, which costs a third more.
_HELD = 256_000_000
_CHUNK = 1024 * 1024
_BLANK = ord(" ")


@dataclass(frozen=True)
class Stamp:
    """How stamps are read: an expression over the cell, the condition that it is as long as the first ones, the one
    that it is blank where they are, and how many blanks that is."""

    sql: str
    long: str
    blank: str
    blanks: int


def stamp_of(layout: Layout, reading: Reading, first: FirstLines) -> Stamp | None:
    """How the reader is told to read stamps that are as long as those of the first lines, and blank where they are;
    None: these are not as plain as that.

    `try_strptime` skips blanks before and between figures, so they are looked at. Other signs that it skips are control
    characters, of which a readable file has none.
    """
    style = reading.dates
    if style is None or layout.time is None or not _is_certain(style) or first.loose:
        return None
    stamps = set(first.columns[layout.time])
    form = next(form for form in FORMS if form.name == style.forms[0])
    lettered = {"T" in stamp for stamp in stamps}
    length = 10 + (0, 6, 9)[style.tails[0]]
    if len(lettered) != 1 or {len(stamp) for stamp in stamps} != {length}:
        return None
    tail, v, blanks = TAILS[style.tails[0]][1], f"v{layout.time}", not lettered.pop()
    blank = f"NOT contains({v}, ' ')"
    if tail and blanks:
        blank = f"strpos({v}, ' ') = 11 AND NOT contains({v}, '  ') AND NOT ends_with({v}, ' ')"
    written = text(form.formats[0] + (tail if blanks else tail.replace(" ", "T", 1)))
    return Stamp(f"try_strptime({v}, {written})", f"strlen({v}) = {length}", blank, int(bool(tail) and blanks))


def read_straight(
    scratch: Scratch, layout: Layout, stamp: Stamp, styles: Mapping[str, NumberStyle], whole: bool, today: dt.date
) -> bool:
    """Create the table `stage`; False where a record is not as plain as the first ones. `styles`: how numbers are read
    where the reader itself may not be trusted with them. `whole`: some are whole numbers only, which a point further
    down would make doubtful."""
    if scratch.sheet.tabs:
        return False
    with ThreadPoolExecutor(2) as beside:
        signs = beside.map(partial(_signs, scratch.sheet.readable, whole), _halves(scratch.sheet))
        names = _names(scratch.sheet, layout)
    blanks, certain = (list(told) for told in zip(*signs, strict=True))
    numbers = {} if all(certain) else styles
    size = 16 + 9 * len(layout.numbers) + 2 * len(layout.texts)
    try:
        if names is not None and size * scratch.sheet.lines <= _HELD:
            scratch.hold_in_memory()
            for name, listed in names.items():
                scratch.list_names(name, listed)
            cells = [f"TRY_CAST(v{column} AS {layout.text_name(role)})" for role, column in layout.texts.items()]
            counted = len(layout.columns) == len(scratch.sheet.headers)  # half as dear as a look at each stamp
            _build(scratch, layout, stamp, numbers, cells, stamp.long if counted else f"{stamp.long} AND {stamp.blank}")
            sound, named = _told(scratch, layout, today)
            if sound and named and (not counted or sum(blanks) == _expected_blanks(scratch, layout, stamp)):
                return _tidied(scratch, layout)
            scratch.hold_in_file()
            if not sound or named:
                return False
        cells = [f"v{column}" for column in layout.texts.values()]
        _build(scratch, layout, stamp, numbers, cells, f"{stamp.long} AND {stamp.blank}")
    except (duckdb.ConversionException, duckdb.InvalidInputException):  # not each line has just these cells
        scratch.hold_in_file()
        return False
    sound, _ = _told(scratch, layout, today)
    return sound and _tidied(scratch, layout)


def _is_certain(style: DateStyle) -> bool:
    once = len(style.forms) == len(style.tails) == 1
    return once and style.forms[0] in CERTAIN and style.tails[0] in _TAILS and not (style.american or style.swapped)


def _build(
    scratch: Scratch,
    layout: Layout,
    stamp: Stamp,
    numbers: Mapping[str, NumberStyle],
    texts: Sequence[str],
    passes: str,
) -> None:
    columns = [f"{stamp.sql} AS stamp", "FALSE AS zoned"]
    columns += [f"{cell} AS x{i}" for i, cell in enumerate(texts)]
    for i, (role, column) in enumerate(layout.numbers.items()):
        cell = f"v{column}"
        read = numbers[role].sql(scratch.number(cell)) if role in numbers else cell
        columns += [f"{read} AS n{i}", f"FALSE AS p{i}"]
    typed = set(layout.numbers.values()) if not numbers else set()
    scratch.run(
        f"CREATE OR REPLACE TABLE stage AS SELECT {', '.join(columns)}, 0::INTEGER AS fault "
        f"FROM {_reader(scratch.sheet, typed)} WHERE {passes}"
    )


def _reader(sheet: Sheet, typed: Collection[int]) -> str:
    """The records with their cells v0, v1 … by position in the sheet, some of them as numbers. An empty cell is a text,
    and no number."""
    types = (f"'v{c}': '{'DOUBLE' if c in typed else 'VARCHAR'}'" for c in range(len(sheet.headers)))
    return (
        f"read_csv({text(str(sheet.readable))}, columns = {{{', '.join(types)}}}, auto_detect = false, "
        f"header = false, delim = {text(sheet.separator)}, quote = '', escape = '', nullstr = '{NEVER}', "
        f"skip = {sheet.head.first - 1}, max_line_size = {4 * sheet.limits.line})"
    )


def _told(scratch: Scratch, layout: Layout, today: dt.date) -> tuple[bool, bool]:
    """Whether all lines are records with a plausible time and finite numbers, and whether all have their names."""
    latest = today + dt.timedelta(days=2)
    numbers = [f"count_if(isfinite({layout.number_name(role)}))" for role in layout.numbers]
    texts = [f"count({layout.text_name(role)})" for role in layout.texts]
    plausible = f"count_if(stamp >= TIMESTAMP '{EARLIEST}' AND stamp < TIMESTAMP '{latest}')"
    told = scratch.rows(f"SELECT {', '.join(['count(*)', plausible, *numbers, *texts])} FROM stage")[0]
    expected = scratch.sheet.lines - scratch.sheet.head.first + 1
    sound = all(count == expected for count in told[: 2 + len(numbers)])
    return sound, all(count == expected for count in told[2 + len(numbers) :])


def _tidied(scratch: Scratch, layout: Layout) -> bool:
    """The names are cleaned as cells are."""
    for name in map(layout.text_name, layout.texts):
        clean = scratch.tidy(name)
        scratch.rename(name, clean, f"{clean} <> {name}")
    return True


def _expected_blanks(scratch: Scratch, layout: Layout, stamp: Stamp) -> int:
    """How many blanks the file has where they stand in names, and in stamps as in the first ones. `try_strptime` wants
    those, and would skip more."""
    (records,) = scratch.rows("SELECT count(*) FROM stage")[0]
    in_names = 0
    for name in map(layout.text_name, layout.texts):
        said = scratch.rows(f"SELECT {name}, count(*) FROM stage GROUP BY 1")
        in_names += sum(written.count(" ") * times for written, times in said)
    return int(records) * stamp.blanks + in_names


def _halves(sheet: Sheet) -> list[tuple[int, int]]:
    """Where the records begin and half of their bytes end, and the same of the others."""
    with sheet.from_first_record() as file:
        first, after = file.tell(), sheet.readable.stat().st_size
    middle = (first + after) // 2
    return [(first, middle), (middle, after)]


def _signs(path: Path, whole: bool, within: tuple[int, int]) -> tuple[int, bool]:
    """How many blanks stand within these bytes, and whether no sign stands there by which the reader might take what is
    none for a number (1_000, +-1), or what is doubtful (1.234 where all others are whole)."""
    blanks, certain = 0, True
    at, after = within
    with path.open("rb") as file:
        file.seek(at)
        while at < after and (chunk := file.read(min(_CHUNK, after - at))):
            certain = certain and not (b"_" in chunk or b"+" in chunk or (whole and b"." in chunk))
            blanks += int(np.count_nonzero(np.frombuffer(chunk, np.uint8) == _BLANK))
            at += len(chunk)
    return blanks, certain


def _names(sheet: Sheet, layout: Layout) -> Mapping[str, list[str]] | None:
    """The names that stand at some places of the file, by column of the stage; None where they are too many."""
    found: dict[int, set[str]] = {column: set() for column in layout.texts.values()}
    with sheet.readable.open("rb") as file:
        for place in range(_PLACES):
            file.seek(place * sheet.size // _PLACES)
            lines = file.read(_LOOK).decode("utf-8", "replace").split("\n")
            for line in lines[1 : None if file.tell() == sheet.size else -1]:
                cells = line.removesuffix("\r").split(sheet.separator)
                for column, names in found.items():
                    names.update(cells[column : column + 1])
            if any(len(names) > _NAMES for names in found.values()):
                return None
    return {layout.text_name(r): sorted(found[c], key=str.encode) for r, c in layout.texts.items()}
