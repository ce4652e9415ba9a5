"""The likeliest cells of a line whose quotation marks are damaged, or whose number of cells is not the table's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

#: A line with more characters or more quotation marks than this is parted at every delimiter.
MOST_CHARACTERS, MOST_MARKS = 20_000, 60
#: What one cell too many or too few weighs, in stray marks.
OFF = 1.5


class _Reading(NamedTuple):
    """Cells from a place to the end of the line, and how many marks in them mean nothing."""

    strays: float
    cells: tuple[str, ...]


def mended(line: str, delimiter: str, quote: str, width: int) -> list[str]:
    """The cells of the reading that takes the fewest marks for strays and comes nearest to `width` cells.

    A mark at the beginning of a cell may be a character, a mark inside of one may open or close a quotation.
    """
    if quote not in line or len(line) > MOST_CHARACTERS or line.count(quote) > MOST_MARKS:
        return line.split(delimiter)
    readings = _readings(line, delimiter, quote)
    best = min(
        readings.values(), key=lambda found: (found.strays + OFF * abs(len(found.cells) - width), -len(found.cells))
    )
    return list(best.cells)


def _readings(line: str, delimiter: str, quote: str) -> dict[int, _Reading]:
    """By number of cells, the reading of the whole line with the fewest strays; worked out from the end of the line."""
    end = len(line) + len(delimiter)
    starts = [0]
    at = line.find(delimiter)
    while at >= 0:
        starts.append(at + len(delimiter))
        at = line.find(delimiter, at + len(delimiter))
    known: dict[int, dict[int, _Reading]] = {end: {0: _Reading(0, ())}}
    for start in reversed(starts):
        found: dict[int, _Reading] = {}
        for cell, strays, following in _cells_at(line, start, delimiter, quote):
            for count, rest in known.get(following, {}).items():
                reading = _Reading(strays + rest.strays, (cell, *rest.cells))
                if count + 1 not in found or reading.strays < found[count + 1].strays:
                    found[count + 1] = reading
        known[start] = found
    return known[0]


def _cells_at(line: str, start: int, delimiter: str, quote: str) -> Iterator[tuple[str, float, int]]:
    """What the cell that begins here may be, its stray marks, and where the next one begins."""
    end = line.find(delimiter, start)
    end = len(line) if end < 0 else end
    plain = line[start:end]
    yield plain, plain.count(quote), end + len(delimiter)
    mark = line.find(quote, start)
    before = line[start:mark] if mark >= 0 else ""
    if mark < 0 or delimiter in before:
        return
    opened = 0 if not before.strip() else 1
    closing = line.find(quote, mark + 1)
    while closing >= 0:
        after = closing + 1
        while line[after : after + 1] == " " and delimiter != " ":
            after += 1
        if after == len(line) or line.startswith(delimiter, after):
            inner = line[mark + 1 : closing]
            strays = inner.replace(2 * quote, "").count(quote) + opened
            text = (before if opened else "") + inner.replace(2 * quote, quote)
            yield text, strays, (after if after < len(line) else len(line)) + len(delimiter)
        closing = line.find(quote, closing + 1)
