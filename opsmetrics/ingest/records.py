"""Lines into records: quoted cells, cells of several lines, and quotation marks that are never closed.

A quotation mark opens a cell only where the cell begins; anywhere else it is a character like others (12" pipe).
A cell may run over several lines only if it is closed properly and its record then has the header's width, or
nothing but blanks beyond it;
otherwise its first line alone is given up as unclosed and the lines after it are read on their own, so that one
lost mark costs one record. Two marks that were added or lost may enclose whole records: a cell that holds lines like
its own record is given up with all of them, as nobody knows which it is.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from opsmetrics.ingest.cells import kind_of

#: A record of more lines than this is an unclosed mark.
MOST_LINES = 500


#: As a delimiter: any number of blanks part two cells.
BLANK = " "


class Record(NamedTuple):
    """Cells of one record, and how many physical lines it takes; no cells where a quotation mark is never closed (one
    line) or a cell holds further records (several)."""

    cells: list[str] | None
    lines: int
    text: str


class _Open(Exception):
    """A quoted cell reaches the end of the text."""


class _Malformed(Exception):
    """A quotation mark inside a quoted cell is neither doubled nor followed by a delimiter."""


def split(text: str, delimiter: str, quote: str) -> list[str] | None:
    """The cells of one line; None where a quoted cell is not closed in it."""
    if delimiter == BLANK:
        return _parted(text, quote)
    try:
        return _cells(text, delimiter, quote, loose=True)
    except _Open:
        return None


def well_formed(text: str, delimiter: str, quote: str, width: int) -> bool:
    """True where a line has so many cells, and every quotation mark in a quoted one is doubled."""
    if delimiter == BLANK:
        return len(_parted(text, quote)) == width
    try:
        return len(_cells(text, delimiter, quote, loose=False)) == width
    except (_Open, _Malformed):
        return False


def records(lines: Iterable[str], delimiter: str, quote: str, width: int | None = None) -> Iterator[Record]:
    """The records of these lines; `width` is the number of cells that one of several lines must have."""
    ahead: deque[str] = deque()
    source = iter(lines)
    while True:
        line = ahead.popleft() if ahead else next(source, None)
        if line is None:
            return
        cells = line.split(delimiter) if quote not in line and delimiter != BLANK else split(line, delimiter, quote)
        if cells is not None:
            yield Record(cells, 1, line)
            continue
        found = _several_lines(line, ahead, source, delimiter, quote, width)
        yield found
        for _ in range(found.lines - 1):
            ahead.popleft()


def _parted(text: str, quote: str) -> list[str]:
    """The cells of a line between blanks; a mark that is never closed is a character like others."""
    if quote not in text:
        return text.split()
    found = re.findall(f"{quote}((?:[^{quote}]|{quote}{quote})*){quote}(?!\\S)|(\\S+)", text)
    return [bare or quoted.replace(2 * quote, quote) for quoted, bare in found]


def _several_lines(
    line: str, ahead: deque[str], source: Iterator[str], delimiter: str, quote: str, width: int | None
) -> Record:
    """The record that begins with this line; lines read in advance are left in `ahead`."""
    text = line
    for count in range(2, MOST_LINES + 1):
        if len(ahead) < count - 1:
            following = next(source, None)
            if following is None:
                break
            ahead.append(following)
        text = f"{text}\n{ahead[count - 2]}"
        if quote not in ahead[count - 2]:
            continue
        try:
            cells = _cells(text, delimiter, quote, loose=False)
        except _Open:
            continue
        except _Malformed:
            break
        if width is None or len(cells) == width or (len(cells) > width and not "".join(cells[width:]).strip()):
            swallows = width is not None and _swallows(cells, text.split("\n")[1:], delimiter, quote)
            return Record(None if swallows else cells, count, text)
        break
    return Record(None, 1, line)


def _swallows(cells: list[str], lines: list[str], delimiter: str, quote: str) -> bool:
    """True where a further line of a record is a record of its own, with dates and numbers in the same places. One
    number, or a date with one text, tells nothing: notes have lines such as '2, then 3' too."""
    kinds = {place: kind for place, cell in enumerate(cells) if (kind := kind_of(cell)) in ("date", "number")}
    tells = len(kinds) > 1 or (len(cells) > 3 and "date" in kinds.values())
    broken = next((place for place, cell in enumerate(cells) if "\n" in cell), 0)
    if not any(place < broken for place in kinds):
        lines = lines[:-1]  # all that stands behind the cell stands in its last line
    for line in lines if tells else []:
        own = split(line, delimiter, quote) or []
        if len(own) == len(cells) and all(kind_of(own[place]) == kind for place, kind in kinds.items()):
            return True
    return False


def _cells(text: str, delimiter: str, quote: str, *, loose: bool) -> list[str]:
    if quote not in text:
        return text.split(delimiter)
    if text[0] == quote and text[-1] == quote and len(text) > 1:  # the common case: every cell quoted
        inner = text[1:-1].split(quote + delimiter + quote)
        if text.count(quote) == 2 * len(inner):
            return inner
    cells: list[str] = []
    position = 0
    while position <= len(text):
        cell, position = _cell(text, position, delimiter, quote, loose)
        cells.append(cell)
    return cells


def _cell(text: str, start: int, delimiter: str, quote: str, loose: bool) -> tuple[str, int]:
    """One cell and where the next one starts (beyond the text after the last cell)."""
    opening = start
    while text[opening : opening + 1] == " ":
        opening += 1
    if text[opening : opening + 1] != quote:
        end = text.find(delimiter, start)
        end = len(text) if end < 0 else end
        return text[start:end], end + len(delimiter)
    inside, position = "", opening + 1
    while True:
        mark = text.find(quote, position)
        if mark < 0:
            end = text.find(delimiter, start)
            end = len(text) if end < 0 else end
            if loose and text.count(quote, opening, end) % 2 == 0:  # "loose" screw: an open cell has an odd number
                return text[start:end], end + len(delimiter)
            raise _Open
        inside += text[position:mark]
        after = mark + 1
        if text[after : after + 1] == quote:
            inside, position = inside + quote, after + 1
            continue
        while text[after : after + 1] == " ":
            after += 1
        if after == len(text):
            return inside, after + 1
        if text.startswith(delimiter, after):
            return inside, after + len(delimiter)
        if not loose:
            raise _Malformed
        inside, position = inside + quote, mark + 1


def unescaped(line: str, quote: str) -> str:
    """The line with doubled quotation marks, where it has them behind a backslash."""
    if "\\" not in line:
        return line
    return re.sub(r"\\([\\" + quote + "])", lambda found: 2 * quote if found[1] == quote else "\\", line)


def unwrapped(line: str, quote: str) -> str:
    """What stands in a line that is one quoted cell; another line as it is."""
    whole = len(line) > 1 and line[0] == line[-1] == quote
    return line[1:-1].replace(2 * quote, quote) if whole else line
