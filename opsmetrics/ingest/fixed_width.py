"""Columns of fixed width: where every line has blanks at the same places."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

#: Fewer lines have blanks in common by chance.
FEWEST = 4
#: So many lines may run over the end of a column.
STRAY = 0.02
#: What parts the cells once a line is cut.
TAB = "\t"


def cuts_of(lines: Sequence[str]) -> tuple[int, ...]:
    """Where each column but the first begins; nothing where the lines have no columns in common."""
    lines = [line.rstrip() for line in lines if any(sign.isalnum() for sign in line)]
    aligned = sum("  " in line.strip() for line in lines)
    if len(lines) < FEWEST or any(TAB in line for line in lines) or 2 * aligned < len(lines):
        return ()
    counts = Counter(place for line in lines for place, sign in enumerate(line) if sign != " ")
    stray = max(STRAY * len(lines), len(lines) >= 2 * FEWEST)  # one line that runs over hides no column
    used = {place for place, count in counts.items() if count > stray or lines[0][place : place + 1].strip()}
    starts = (place for place in sorted(used) if place - 1 not in used)
    return tuple(starts)[1:]


def cut(line: str, cuts: Sequence[int]) -> str:
    """The cells of a line, parted by tabs; the line as it stands where a cell runs over the end of its column."""
    if any(line[place - 1 : place].strip() for place in cuts):
        return line
    return TAB.join(_parts(line.rstrip(), cuts))


def _parts(line: str, cuts: Sequence[int]) -> Iterator[str]:
    for start, end in zip((0, *cuts), (*cuts, len(line) + 1), strict=True):
        yield line[start:end].strip()
